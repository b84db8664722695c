"""How the web server runs; gunicorn reads this file by itself. run.py adds the socket it has opened."""

import gc
import os
import signal

from core.config import load
from launcher.processes import die_with_parent

settings = load()

bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
worker_class = "core.web_worker.Worker"
workers = settings.workers
threads = settings.threads
preload_app = not settings.dev
reload = settings.dev
# The heartbeat of a worker is a file; on a busy disk it would come late and look like a hung worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
timeout = 60
graceful_timeout = 2
keepalive = 5
loglevel = "warning"
# What a proxy reports of scheme and address is read in one place, core/guard.py.
forwarded_allow_ips = ""
proc_name = "quanzi"


def pre_request(worker, request):
    worker.head_is_read()


def when_ready(server):
    """What was made before the fork is never collected, so that workers share its memory and copy none."""
    gc.collect()
    gc.freeze()


def pre_fork(server, worker):
    worker.end_with_master = die_with_parent(signal.SIGKILL)


def post_fork(server, worker):
    worker.end_with_master()
    # A request makes some thousand objects and leaves nothing behind: looking for rings of them ten times a request
    # costs more than it finds.
    gc.set_threshold(20_000, 20, 20)
