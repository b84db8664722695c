"""Held comments come out when their time has come."""

from blueprints.live import held
from core import jobs

jobs.each_second("live.held")(held.come_out)
