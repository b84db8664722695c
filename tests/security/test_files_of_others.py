"""Other users of the machine read nothing of the site, also where the data folder was there before."""

import stat

import pytest

from core import backup, config, db, jobs
from tests.cast import assemble


@pytest.fixture
def shared_folder(tmp_path):
    """A data folder that somebody made with `mkdir`, as everybody may look into it."""
    folder = tmp_path / "srv"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    return folder


def open_to_others(folder):
    """What another user of the machine can reach."""
    found = []
    for path in folder.iterdir():
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            found.append(path.name)
    return found


def test_all_that_is_made_is_for_its_user_alone(make_app, shared_folder):
    site = make_app(QUANZI_DATA=str(shared_folder))
    assemble(site)
    with site.app_context():
        jobs.run_due()
    assert open_to_others(shared_folder) == []
    assert (shared_folder / "quanzi.sqlite3-wal").exists(), "the log beside the database was looked at too"


def test_what_is_restored_as_well(make_app, cast, shared_folder, tmp_path):
    backup.make(tmp_path / "whole.tar", config.current())
    make_app(QUANZI_DATA=str(shared_folder))
    backup.restore(tmp_path / "whole.tar", config.current())
    assert open_to_others(shared_folder) == []
    assert db.pending() == []
