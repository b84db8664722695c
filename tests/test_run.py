"""python3 run.py as somebody at a console lives through it."""

import ast
import fcntl
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from launcher import checks, environment, install
from launcher.console import Problem
from launcher.supervisor import GRACE_S, SETTLED_AFTER_S, Child
from tests.launched import ROOT, Launched, run, stand_in_tree, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc, which is Linux")


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    return stand_in_tree(folder)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def complaint(result) -> str:
    """The one line on standard error of a run that did not work out."""
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("Quanzi stopped: "), result.stderr
    return result.stderr


# ---- one line for what goes wrong


def test_an_old_python_is_told_so_in_a_grammar_that_it_can_read():
    source = (ROOT / "run.py").read_text()
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, too_new)]
    old = "import sys, runpy; sys.version_info = (3, 10, 13); runpy.run_path('run.py', run_name='__main__')"
    command = [sys.executable, "-c", old]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Python 3.11 or newer is needed" in complaint(result)


def test_a_taken_port_is_named_with_another_to_try(tree, data):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = complaint(run(tree, "--data", str(data), "--port", str(port)))
    assert f"Port {port} on 127.0.0.1 is taken" in line
    assert f"--port {port + 1}" in line


def test_an_address_of_another_machine_is_refused(tree, data):
    line = complaint(run(tree, "--data", str(data), "--host", "192.0.2.1"))
    assert "not an address of this machine" in line


def test_a_data_folder_that_cannot_be_written_is_named(tree, data):
    data.write_text("a file, not a folder")
    line = complaint(run(tree, "--data", str(data), "--port", "0"))
    assert str(data) in line
    assert "--data" in line


def test_secrets_that_cannot_be_read_are_not_made_anew(tree, data):
    data.mkdir()
    (data / "secrets.json").write_text("{")
    assert "backup" in complaint(run(tree, "--data", str(data), "--port", "0"))
    assert (data / "secrets.json").read_text() == "{"


def test_a_second_run_on_the_same_data_is_refused(tree, data):
    data.mkdir()
    with open(data / "run.lock", "w") as lock:
        json.dump({"process": os.getppid(), "address": "http://127.0.0.1:8000"}, lock)
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = complaint(run(tree, "--data", str(data), "--port", "0"))
    assert f"process {os.getppid()} at http://127.0.0.1:8000" in line


def test_a_database_newer_than_the_code_is_left_alone(tree, data):
    data.mkdir()
    write_version(data, 5)
    assert "newer than this code" in complaint(run(tree, "--data", str(data), "--port", "0"))
    assert tables(data) == {"migration"}


def test_a_setting_that_cannot_be_read_is_named(tree, data):
    assert "QUANZI_PORT must be a whole number" in complaint(run(tree, "--port", "eighty"))
    assert "between 1 and 65535" in complaint(run(tree, "--data", str(data), "--port", "99999"))
    assert "at least one process" in complaint(run(tree, "--data", str(data), "--workers", "0"))
    assert "QUANZI_BASE_URL" in complaint(run(tree, "--data", str(data), QUANZI_BASE_URL="club.example"))


def test_a_missing_venv_module_names_the_debian_package(tree, data, tmp_path):
    without_venv(tree)
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "ensurepip.py").write_text("raise ImportError('not packaged')")
    result = run(tree, "--data", str(data), "--port", "0", PYTHONPATH=str(tmp_path / "hidden"))
    assert "apt install python3-venv" in complaint(result)


@pytest.mark.slow
def test_a_first_install_without_network_says_so(tree, data):
    without_venv(tree)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": "", "PIP_NO_CACHE_DIR": "1"}
    for _ in range(2):  # half an environment must not pass for a whole one
        result = run(tree, "--data", str(data), "--port", "0", PIP_CONFIG_FILE=os.devnull, **nowhere)
        assert "no way to the package index" in complaint(result)


def test_a_worker_that_cannot_start_stops_everything(tree, data):
    """The site does not answer before the worker has ended: else it is up, and a worker that ends is started again."""
    with Launched(tree, data, STAND_IN_BROKEN_WORKER="1", STAND_IN_UNWELL="1") as site:
        assert site.process.wait(30) == 1
        site.says(r"The job worker ended while it started \(exit status 7\)")
        assert not site.processes()


# ---- the database: a way back


def test_a_failed_migration_puts_the_database_back(tree, data):
    data.mkdir()
    write_version(data, 1)
    trouble = {"STAND_IN_VERSION": "2", "STAND_IN_BROKEN_MIGRATION": "1"}
    result = run(tree, "--data", str(data), "--port", "0", **trouble)
    assert "the database was put back as it was" in complaint(result)
    assert "no such column: colour" in result.stdout
    assert tables(data) == {"migration"}
    assert not (data / "migrating.json").exists()


def test_a_migration_that_was_cut_off_is_taken_back_at_the_next_start(tree, data):
    data.mkdir()
    write_version(data, 1)
    with Launched(tree, data, STAND_IN_VERSION="2", STAND_IN_SLOW_MIGRATION="1") as site:
        wait_for(lambda: "half_done" in tables(data))
        site.process.kill()
        wait_for(lambda: not site.processes())
    assert "half_done" in tables(data)
    with Launched(tree, data) as site:
        site.says("Going back to the snapshot")
        assert site.address
        assert tables(data) == {"migration"}
        assert [name for name in snapshots(data) if "set-aside" in name]


def test_stopping_in_the_middle_of_a_migration_takes_it_back_at_once(tree, data):
    data.mkdir()
    write_version(data, 1)
    with Launched(tree, data, STAND_IN_VERSION="2", STAND_IN_SLOW_MIGRATION="1") as site:
        wait_for(lambda: "half_done" in tables(data))
        site.stop(signal.SIGINT)
        assert site.process.returncode == 130
        assert not site.processes()
    assert tables(data) == {"migration"}


def test_only_the_last_snapshots_are_kept(tree, data):
    (data / "snapshots").mkdir(parents=True)
    for year in range(2020, 2025):
        (data / "snapshots" / f"{year}0101T000000-before-migration.sqlite3").touch()
    write_version(data, 1)
    with Launched(tree, data, STAND_IN_VERSION="2") as site:
        assert site.address
    assert [name[:4] for name in snapshots(data)[:2]] == ["2023", "2024"]
    assert len(snapshots(data)) == 3
    newest = data / "snapshots" / snapshots(data)[-1]
    assert newest.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(newest) as copy:
        assert copy.execute("SELECT max(version) FROM migration").fetchone() == (1,)
    copy.close()


def test_a_new_database_needs_no_snapshot(tree, data):
    with Launched(tree, data) as site:
        assert site.address
    assert snapshots(data) == []


# ---- start, watch, stop


def test_it_prints_the_address_and_the_way_in(tree, data):
    with Launched(tree, data) as site:
        assert "ok" in site.get("/up")
        assert site.says("demo-admin, password quanzi-demo")
        assert (data / "secrets.json").stat().st_mode & 0o777 == 0o600
    with Launched(tree, data, "--no-demo") as site:
        assert site.says(rf"{site.address}/setup/once")
        assert "demo-admin" not in site.console


def test_a_second_run_finds_the_first(tree, data):
    with Launched(tree, data) as site:
        expected = f"process {site.process.pid} at {site.address}"
        assert expected in complaint(run(tree, "--data", str(data), "--port", "0"))


def test_whatever_dies_is_started_again_and_the_console_says_so(tree, data):
    with Launched(tree, data) as site:
        assert site.address
        for title, having in (("The job worker", "flask"), ("The web server", "gunicorn")):
            (before,) = site.parents(having)
            os.kill(before, signal.SIGKILL)
            site.says(rf"{title} \(process {before}\) ended, killed by SIGKILL; starting it again")
            wait_for(lambda having=having, before=before: site.parents(having) not in ([], [before]))
            assert "ok" in site.get("/up"), "requests wait for the new web server instead of being refused"
        one_of_two = int(site.get("/process"))
        os.kill(one_of_two, signal.SIGKILL)
        wait_for(lambda: len(site.processes("gunicorn")) == 3 and one_of_two not in site.processes())
        assert "ok" in site.get("/up")


@pytest.mark.parametrize(("signum", "worker"), [(signal.SIGTERM, "DEAF"), (signal.SIGINT, "POLITE")])
def test_a_stop_waits_for_nobody_who_has_hours_to_do(tree, data, signum, worker):
    assert GRACE_S < 5
    with Launched(tree, data, **{f"STAND_IN_{worker}_WORKER": "1"}) as site:
        ask_for_something_slow(site)
        site.stop(signum)
        assert site.process.returncode == 0
        assert not site.processes()


def test_nothing_outlives_a_run_that_is_killed(tree, data):
    with Launched(tree, data, STAND_IN_DEAF_WORKER="1") as site:
        ask_for_something_slow(site)
        wait_for(lambda: len(site.processes()) == 5)
        site.process.kill()
        wait_for(lambda: not site.processes())
    with Launched(tree, data) as site:
        assert site.address, "the data folder is free again"


def test_what_dies_at_once_is_started_again_ever_later():
    child = Child("The job worker", [], {})
    child.started_at = float("inf")
    assert [child.pause_before_restart() for _ in range(8)] == [0, 1, 2, 4, 8, 16, 30, 30]
    child.started_at = -SETTLED_AFTER_S
    assert child.pause_before_restart() == 0


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--no-demo",)])
def test_the_real_site_comes_up_and_goes_down(data, options):
    with Launched(ROOT, data, *options) as site:
        site.says("running at")
        assert json.loads(site.get("/up"))["status"] == "ok"
        (worker,) = site.parents("flask")
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: site.parents("flask") not in ([], [worker]))
        site.stop()
        assert not site.processes()
        assert "Traceback" not in site.console


# ---- install, checks, environment


def test_a_changed_lock_is_installed_and_an_unchanged_one_is_not(tree, monkeypatch):
    installed = []
    borrowed_install(tree, monkeypatch, installed.append)
    install.ensure_installed()
    assert installed == []
    with open(tree / "requirements.txt", "a") as lock:
        lock.write("# a new pin\n")
    install.ensure_installed()
    install.ensure_installed()
    assert installed == [["requirements.txt"]]
    install.ensure_installed(install.TEST_LOCKS)
    assert installed == [["requirements.txt"]]


def test_another_python_behind_the_link_means_a_new_install(tree, monkeypatch):
    installed = []
    borrowed_install(tree, monkeypatch, installed.append)
    stamp = json.loads(install.STAMP.read_text())
    install.STAMP.write_text(json.dumps(stamp | {"python": "/usr/bin/python3.9"}))
    install.ensure_installed()
    assert installed == [["requirements.txt"]]


def test_an_install_that_failed_is_tried_again(tree, monkeypatch):
    def fails(_locks):
        raise Problem("no network")

    borrowed_install(tree, monkeypatch, fails)
    with open(tree / "requirements.txt", "a") as lock:
        lock.write("# a new pin\n")
    for _ in range(2):
        with pytest.raises(Problem):
            install.ensure_installed()


@pytest.mark.parametrize(
    ("arguments", "selects"),
    [
        ([], False),
        (["-q", "-x"], False),
        (["tests/test_run.py"], True),
        (["tests/test_run.py::test_it"], True),
        (["-k", "run"], True),
        (["-m", "slow"], True),
        (["--markers"], False),
        (["--lf"], True),
    ],
)
def test_arguments_that_choose_tests_leave_the_other_checks_out(arguments, selects):
    assert checks.selects_tests(arguments) is selects


def test_check_env_names_the_package_of_what_is_missing(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert environment.report() == 0, "nothing that is missing keeps the site from running"
    shown = capsys.readouterr().out
    assert "lacks  Chromium: needed for browser tests" in shown
    assert "apt install chromium" in shown


# ---- helpers


def borrowed_install(tree: Path, monkeypatch, pip_install) -> None:
    monkeypatch.setattr(install, "ROOT", tree)
    monkeypatch.setattr(install, "PYTHON", tree / ".venv" / "bin" / "python")
    monkeypatch.setattr(install, "STAMP", tree / ".venv" / "quanzi-lock.json")
    monkeypatch.setattr(install, "_pip_install", pip_install)


def without_venv(tree: Path) -> None:
    for path in sorted((tree / ".venv").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    (tree / ".venv").rmdir()


def write_version(data: Path, version: int) -> None:
    with sqlite3.connect(data / "quanzi.sqlite3") as database:
        database.execute("CREATE TABLE migration (version INTEGER)")
        database.execute("INSERT INTO migration VALUES (?)", (version,))
    database.close()


def tables(data: Path) -> set[str]:
    database = sqlite3.connect(data / "quanzi.sqlite3")
    try:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        database.close()


def snapshots(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "snapshots").iterdir())


def ask_for_something_slow(site: Launched) -> None:
    """A request that is still being answered when the site stops."""
    address = site.address

    def ask() -> None:
        try:
            site.get("/slow")
        except OSError:
            pass

    assert address
    threading.Thread(target=ask, daemon=True).start()
    wait_for(lambda: "ok" in site.get("/up"))
