"""python3 run.py: from an empty machine to a running site."""

import errno
import json
import os
import resource
import select
import signal
import socket
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

from core import clock
from core.config import VERSION, Config
from launcher import data_folder
from launcher.console import Problem, Stopped, say, step
from launcher.install import PYTHON, ensure_installed
from launcher.processes import Finished, run_step
from launcher.supervisor import Child, Supervisor

TOO_NEW = 3  # exit status of the commands that find a database newer than the code
UP_WITHIN_S = 60.0
ASK_AGAIN_AFTER_S = 0.3
BACKLOG = 2048
HUB_SOCKET = "hub.sock"


def serve(config: Config) -> None:
    """Start the site and watch it until somebody asks to stop. Raises Problem, or Stopped before it runs."""
    say(f"Quanzi {VERSION}, data in {config.data}")
    lock = data_folder.open_data_folder(config.data)
    listener = bind(config.host, config.port)
    config = replace(config, port=listener.getsockname()[1])
    data_folder.write_holder(lock, address_of(config))
    ensure_installed()
    environ = child_environ(config)
    way_in = prepare_database(config, environ)
    hub = hub_socket(config.data)
    if hub:
        environ["QUANZI_HUB"] = str(config.data / HUB_SOCKET)
    raise_file_limit()
    with Supervisor(children(environ, listener, hub, lock)) as supervisor:
        with step("Starting the web server and the job worker"):
            listen(listener, config)
            supervisor.start()
            wait_until_up(supervisor, config)
        welcome(config, way_in)
        supervisor.watch()
        say("Stopping.")
    say("Stopped.")


def bind(host: str, port: int) -> socket.socket:
    """Take the port before the long steps begin. The web server gets the open socket, so that no request is
    refused while it is started again. Raises Problem."""
    if port > 65535:  # the resolver would take it modulo 65536
        raise Problem("The port must be between 1 and 65535. Choose one with --port.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise Problem(_why_not_bound(host, port, error)) from None
    return listener


def hub_socket(data: Path) -> socket.socket | None:
    """Where the hub of live updates (core/hub.py) listens: held here, so that what is sent while the hub is started
    again waits for it. None on a system without epoll, where each web process sends live updates by itself."""
    if not hasattr(select, "epoll"):
        return None
    (data / HUB_SOCKET).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with chdir(data):  # a socket's path must be short, a data folder's may be long
        listener.bind(HUB_SOCKET)
        os.chmod(HUB_SOCKET, 0o600)
    listener.listen(BACKLOG)
    return listener


def raise_file_limit() -> None:
    """Every open page of a viewer is an open file of the hub, and for a moment of the web server."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listen(listener: socket.socket, config: Config) -> None:
    try:
        listener.listen(BACKLOG)
    except OSError as error:  # two that start at once can both bind, but only one can listen
        raise Problem(_why_not_bound(config.host, config.port, error)) from None


def _why_not_bound(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        free = port + 1 if port < 65535 else 8000
        return (
            f"Port {port} on {host} is taken by another program. "
            f"Stop that one, or choose another port: python3 run.py --port {free}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs special rights. Choose one from 1024 up with --port, behind a proxy."
    return f"{host} is not an address of this machine ({error.strerror}). Choose another with --host."


def child_environ(config: Config) -> dict[str, str]:
    """The environment of every process of the site: the settings as they hold after reading the options."""
    return os.environ | {
        "QUANZI_DATA": str(config.data),
        "QUANZI_HOST": config.host,
        "QUANZI_PORT": str(config.port),
        "QUANZI_WORKERS": str(config.workers),
        "QUANZI_THREADS": str(config.threads),
        "QUANZI_DEMO": "1" if config.demo else "0",
        "PYTHONUNBUFFERED": "1",
        # glibc keeps an arena of freed memory for each thread; two are enough for a handful of threads.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
    }


def flask(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "flask", "--app", "app", *arguments]


def prepare_database(config: Config, environ: dict[str, str]) -> str:
    """Migrate with a way back, and fill an empty database with demo data. Raises Problem.

    Returns what the person at the console needs to get in: demo sign-ins or the address of the wizard."""
    snapshot = data_folder.unfinished_migration(config.data)
    if snapshot:
        say("A migration was cut off before it had finished.")
        data_folder.go_back(config.data, snapshot, set_aside=True)
    is_new = data_folder.has_no_database(config)  # asked first, because a look at the database creates it
    found = _look(environ)
    if found["pending"]:
        if not is_new:
            data_folder.snapshot_before_migration(config)
        _migrate(config, environ)
        found = _look(environ)
    if found["untouched"] and config.demo:
        made = run_step("Making demo data", flask("seed-demo"), environ)
        _check("seed-demo", made)
        return made.output
    way_in = found["way_in"]
    if not way_in.startswith("/"):
        return way_in
    return f"Set it up here, this address works once: {config.base_url or address_of(config)}{way_in}"


def _look(environ: dict[str, str]) -> dict[str, Any]:
    """What `flask look` tells. All that an ordinary start has to know in one step: each is a start of the program."""
    looked = run_step("Looking at the database", flask("look"), environ)
    _check("look", looked)
    found: dict[str, Any] = json.loads(looked.output.splitlines()[-1])
    return found


def _migrate(config: Config, environ: dict[str, str]) -> None:
    try:
        migrated = run_step("Migrating the database", flask("migrate"), environ)
    except Stopped:
        _take_back(config)
        raise
    if migrated.status == 0:
        data_folder.migration_is_done(config.data)
        return
    say(migrated.told)
    if _take_back(config):
        raise Problem(
            "A migration failed (the lines above say why), and the database was put back as it was. "
            "Go back to the version of the program that you had, or report these lines."
        )
    raise Problem("A migration failed; the lines above say why. Nothing was started.")


def _take_back(config: Config) -> bool:
    snapshot = data_folder.unfinished_migration(config.data)
    if snapshot:
        data_folder.go_back(config.data, snapshot, set_aside=False)
    return snapshot is not None


def _check(name: str, command: Finished) -> None:
    if command.status == TOO_NEW:
        raise Problem(command.reason)
    if command.status:
        say(command.told)
        raise Problem(f"The command {name!r} failed ({command.reason}). The lines above say more.")


def children(
    environ: dict[str, str], listener: socket.socket, hub: socket.socket | None, lock: int
) -> list[Child]:
    inherited = listener.fileno()
    gunicorn = [str(PYTHON), "-m", "gunicorn", "--bind", f"fd://{inherited}", "app:create_app()"]
    first = []
    if hub is not None:
        command = [str(PYTHON), "-m", "core.hub", str(hub.fileno())]
        first = [Child("The hub of live updates", command, environ, (hub.fileno(), lock))]
    return [
        *first,
        # Gunicorn ends its workers in good order when it is asked to; the others are ended by the kernel.
        Child("The web server", gunicorn, environ, (inherited, lock), on_orphan=signal.SIGTERM),
        Child("The job worker", flask("work"), environ, (lock,)),
    ]


def reachable_host(host: str) -> str:
    """The name under which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def address_of(config: Config) -> str:
    host = reachable_host(config.host)
    return f"http://[{host}]:{config.port}" if ":" in host else f"http://{host}:{config.port}"


def wait_until_up(supervisor: Supervisor, config: Config) -> None:
    deadline = clock.monotonic() + UP_WITHIN_S
    answer = "no answer"
    while clock.monotonic() < deadline:
        status, answer = _ask_up(supervisor, config, deadline)
        if status == 200:
            return
        supervisor.wait_while_starting(ASK_AGAIN_AFTER_S)
    raise Problem(f"The site did not come up within {UP_WITHIN_S:.0f} s; /up says: {answer}")


def _ask_up(supervisor: Supervisor, config: Config, deadline: float) -> tuple[int, str]:
    """Status and body of GET /up. Raises Problem when a child ends before it answers."""
    host = address_of(config).removeprefix("http://")
    request = f"GET /up HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    received = b""
    try:
        with socket.create_connection((reachable_host(config.host), config.port), timeout=5) as connection:
            connection.sendall(request.encode())
            while clock.monotonic() < deadline:
                if supervisor.wait_while_starting(1.0, connection.fileno()):
                    part = connection.recv(65536)
                    received += part
                    if not part:
                        break
    except OSError as error:
        return 0, str(error)
    head, _, body = received.decode(errors="replace").partition("\r\n\r\n")
    words = head.split(" ", 2)
    return (int(words[1]), body.strip()) if len(words) > 1 and words[1].isdecimal() else (0, "no answer")


def welcome(config: Config, way_in: str) -> None:
    """Print where the site is and how to get in."""
    here = address_of(config)
    say(f"Quanzi is running at {here}" + (f", for its visitors at {config.base_url}" if config.base_url else ""))
    for line in way_in.splitlines():
        say(f"  {line}")
    say("Stop it with Ctrl-C.")
