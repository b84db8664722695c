"""The commands and options of run.py."""

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence

from core import config
from launcher import ROOT
from launcher.console import Problem, Stopped, complain, say
from launcher.supervisor import STOP_SIGNALS

OPTIONS = ("host", "port", "data", "workers")


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status. What goes wrong is one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console of another alphabet shows ? and loses no line
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # a parent that ignores it would hide how children end
    for signum in STOP_SIGNALS:
        if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:  # nohup means it
            signal.signal(signum, _stop)
    try:
        return _run(arguments)
    except (Problem, config.BadSetting) as problem:
        complain(f"Quanzi stopped: {problem}")
        return 1
    except Stopped:
        say("Stopped before it was running.")
        return 130


def _stop(*_: object) -> None:
    raise Stopped


def _run(arguments: Sequence[str]) -> int:
    if sys.platform == "win32":
        raise Problem("Quanzi runs on Linux and macOS. On Windows, install WSL and start it there.")
    # Taken out before argparse, which would keep pytest's options for itself.
    if arguments[:1] == ["test"]:
        from launcher.checks import run_checks

        return run_checks(arguments[1:])
    options = _parser().parse_args(arguments)
    if options.command == "check-env":
        from launcher.environment import report

        return report()
    _into_environment(options)
    from launcher.serve import serve

    settings = config.load()
    if settings.workers < 1 or settings.threads < 1:
        raise Problem("The web server needs at least one process and one thread: --workers 1")
    serve(settings)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 run.py",
        description="Start Quanzi, or test (checks and tests), check-env (what this machine lacks).",
        epilog="Each option can also be given as an environment variable, such as QUANZI_PORT; "
        "docs/settings.md lists them all.",
        allow_abbrev=False,
    )
    about = {setting.name: f"{setting.meaning} Default: {setting.default}." for setting in config.SETTINGS}
    parser.add_argument("command", nargs="?", choices=("test", "check-env"), help="Instead of starting.")
    for name in OPTIONS:
        parser.add_argument(f"--{name}", metavar=name.upper(), help=about[name])
    no_demo = "Leave an empty database empty and print a link to the first-visit wizard."
    parser.add_argument("--no-demo", action="store_true", help=no_demo)
    return parser


def _into_environment(options: argparse.Namespace) -> None:
    """Options win over the environment. The default data folder is the tree's, wherever one stands."""
    for name in OPTIONS:
        value = getattr(options, name)
        if value is not None:
            os.environ[f"QUANZI_{name.upper()}"] = value
    if options.no_demo:
        os.environ["QUANZI_DEMO"] = "0"
    if not os.environ.get("QUANZI_DATA", "").strip():
        os.environ["QUANZI_DATA"] = str(ROOT / "data")
