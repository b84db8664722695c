"""Who may vote, ask and react: everybody who watches, from the waiting room to the end."""

from blueprints.live.halls import Hall, hall
from core.db import is_postgres
from core.errors import Conflict, Gone
from core.policy import Actor, require
from models import database

SHUT = ("over", "cancelled")


def admitted(actor: Actor, event: int) -> Hall:
    """The event, for somebody who may take part in it now. Raises Gone, SignInNeeded, Denied, Conflict."""
    here = watched(actor, event)
    require(actor, "live:react", here)
    if here.state in SHUT:
        raise Conflict("live_over")
    return here


def watched(actor: Actor, event: int) -> Hall:
    """The event, for somebody who sees what goes on in it. Raises Gone, SignInNeeded, Denied."""
    here = hall(actor, event)
    if not here.is_let_in:
        raise Gone
    require(actor, "live:watch", here)
    return here


def looked_after(actor: Actor, event: int) -> Hall:
    """The event, for those who look after it. Raises Gone, SignInNeeded, Denied."""
    here = hall(actor, event)
    require(actor, "live:moderate", here)
    return here


def queue_up(event: int) -> None:
    """Where writers do not queue by themselves, those of one event do from here to the commit: what is asked after it
    stays true."""
    if is_postgres():
        database.execute_sql("SELECT id FROM live_event WHERE id = %s FOR UPDATE", (event,))
