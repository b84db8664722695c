"""What whoever runs the site does at the console: the same actions as the pages, and the care of the data folder."""

import json
import os
import sqlite3
import tarfile

import pytest

from blueprints.circles.reactions import like_post
from core import backup, checks, clock, config, search, site
from models import (
    AuditEntry,
    Circle,
    Comment,
    Job,
    Member,
    Post,
    SearchDoc,
    Session,
    SiteInvitation,
    StaffRole,
    Suspension,
    WorkerBeat,
    database,
)


@pytest.fixture
def flask(cast, app):
    """Run a command; its exit code and what it said."""

    def run(*arguments: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=list(arguments))
        return done.exit_code, done.output.strip()

    return run


# ---- admin --------------------------------------------------------------------------------------------------


def test_settings_are_listed_with_what_they_may_be(flask):
    code, said = flask("settings")
    assert code == 0 and "open | invitation | closed" in said and len(said.splitlines()) == len(site.KINDS)


def test_a_setting_is_changed(flask):
    assert flask("set", "registration", "closed") == (0, "registration: open -> closed")
    assert flask("set", "registration", "closed") == (0, "registration is that already.")
    assert site.get("registration") == "closed"
    assert AuditEntry.get(AuditEntry.action == "site.configure").actor_id is None


@pytest.mark.parametrize(("name", "value"), [("registration", "perhaps"), ("colour", "red"), ("name", "")])
def test_a_wrong_setting_is_refused_in_one_line(flask, name, value):
    code, said = flask("set", name, value)
    assert code == 1 and len(said.splitlines()) == 1 and name in said


def test_an_invitation_is_printed_as_an_address(flask):
    _, said = flask("invite", "--note", "老同学", "--uses", "5")
    made = SiteInvitation.get()
    assert said.endswith(f"/register?code={made.code}") and made.max_uses == 5


def test_suspending_and_lifting(flask, cast):
    assert flask("suspend", "@Lin", "--reason", "because", "--days", "3")[0] == 0
    assert Suspension.select().where(Suspension.member == cast.lin.id, Suspension.lifted_at.is_null()).exists()
    assert flask("lift", "lin")[0] == 0
    assert not Suspension.select().where(Suspension.member == cast.lin.id, Suspension.lifted_at.is_null()).exists()


def test_even_the_console_does_not_suspend_the_owner(flask):
    code, said = flask("suspend", "zhou-lan", "--reason", "because")
    assert code == 1 and len(said.splitlines()) == 1 and Suspension.select().count() == 1


def test_staff_come_and_go(flask, cast):
    assert flask("grant-staff", "may")[0] == 0 and StaffRole.select().count() == 3
    assert flask("take-staff", "may")[0] == 0 and StaffRole.select().count() == 2


def test_nobody_by_that_name(flask):
    assert flask("suspend", "nobody", "--reason", "x") == (1, "Nobody by that name is here. (gone)")


def test_the_log_at_the_console(flask):
    flask("suspend", "lin", "--reason", "because")
    code, said = flask("audit", "--action", "member")
    assert code == 0 and "member.suspend" in said and "林间" in said and "because" not in said


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (("guest", "circle:list"), "yes"),
        (("guest", "admin:open"), "no: admin:open needs staff"),
        (("lin", "circle:found"), "yes"),
        (("gu-yan", "circle:found"), "no: circle:found needs member, this is a suspended"),
        (("ada", "member:suspend", "@zhou-lan"), "no: the rule of member:suspend"),
        (("zhou-lan", "member:suspend", "@ada"), "yes"),
        (("lin", "no:such"), "no: no:such is not a known permission"),
        (("lin", "post:write"), "depends: post:write is about one particular thing"),
    ],
)
def test_why_explains(flask, question, answer):
    code, said = flask("why", *question)
    assert code == 0 and said.startswith(answer)


def test_why_tells_what_is_there_for_whom(flask, cast):
    hidden = cast.darkroom.id
    assert f"circle:{hidden} is not there for ning" in flask("why", "ning", "circle:list", f"circle:{hidden}")[1]
    assert f"circle:{hidden} is there for che" in flask("why", "che", "circle:list", f"circle:{hidden}")[1]


# ---- doctor -------------------------------------------------------------------------------------------------


@pytest.fixture
def well(cast):
    WorkerBeat.create(worker="here:1", beat_at=clock.now())
    os.chmod(config.current().data, 0o700)


def test_a_healthy_site(flask, well):
    code, said = flask("doctor")
    assert (code, said) == (0, f"{len(checks.names())} checks, nothing wrong.")


def test_no_worker(flask, cast):
    code, said = flask("doctor")
    assert code == 1 and said.startswith("jobs.worker: no worker was heard of") and len(said.splitlines()) == 1


def test_secrets_that_others_can_read(flask, well):
    secrets = config.current().data / "secrets.json"
    os.chmod(secrets, 0o644)
    try:
        assert "data.modes" in flask("doctor")[1]
    finally:
        os.chmod(secrets, 0o600)


def test_counters_that_drifted(flask, well, cast):
    Circle.update(member_count=99).where(Circle.id == cast.running.id).execute()
    Post.update(like_count=7).where(Post.id == cast.post_in(cast.running).id).execute()
    Comment.update(reply_count=3).where(Comment.id == cast.comment_in(cast.running).id).execute()
    code, said = flask("doctor")
    assert code == 1 and [line.partition(":")[0] for line in said.splitlines()] == ["circles.counters"] * 3
    assert "member_count says 99, there are 5" in said


def test_counters_in_use_do_not_drift(flask, well, cast):
    like_post(cast.may.actor, cast.running.id, cast.post_in(cast.running).id, True)
    assert flask("doctor")[0] == 0


def test_a_search_index_out_of_step(flask, well, cast):
    SearchDoc.create(kind="post", subject_id=10**6, tokens="lost")
    database.execute_sql("INSERT INTO search_fts(rowid, tokens) VALUES (999999, 'nothing')")
    code, said = flask("doctor")
    assert code == 1 and "documents of kind post belong to nothing" in said
    assert flask("reindex")[0] == 0
    assert flask("doctor")[0] == 0
    assert search.find(cast.lin.actor, "post", "滨江").ids


def test_a_job_that_failed(flask, well):
    Job.create(name="media.sweep", due_at=0, created_at=0, failed_at=clock.now())
    assert "1 jobs failed for good" in flask("doctor")[1]


def test_a_check_that_breaks_is_itself_a_problem(monkeypatch, flask, well):
    def burst():
        raise RuntimeError("no eyes")

    monkeypatch.setitem(checks._checks, "data.modes", burst)
    assert flask("doctor") == (1, "data.modes: could not be checked: no eyes")


# ---- backup and restore -------------------------------------------------------------------------------------


@pytest.fixture
def saved(flask, tmp_path):
    target = tmp_path / "site.tar"
    code, said = flask("backup", str(target))
    assert code == 0 and "Without secrets" in said
    return target


@pytest.fixture
def elsewhere(tmp_path):
    data = tmp_path / "other"
    config.ensure_data_folder(data)
    return config.load({"QUANZI_DATA": str(data)})


def rows(data, sql: str) -> list:
    with sqlite3.connect(data / backup.DATABASE) as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


def test_a_backup_comes_back_whole(saved, elsewhere, cast):
    backup.restore(saved, elsewhere)
    assert rows(elsewhere.data, "SELECT COUNT(*) FROM member")[0][0] == Member.select().count()
    key = cast.picture_in(cast.running)
    here = config.current().data / "media" / key[:2] / f"{key}-l.webp"
    assert (elsewhere.data / "media" / key[:2] / f"{key}-l.webp").read_bytes() == here.read_bytes()
    assert rows(elsewhere.data, "SELECT COUNT(*) FROM search_fts WHERE search_fts MATCH '滨江'")[0][0] >= 1


def test_a_backup_opens_no_door(as_, flask, tmp_path, cast):
    as_("lin")
    token = Session.select(Session.token_hash).scalar()
    target = tmp_path / "site.tar"
    flask("backup", str(target))
    with tarfile.open(target) as tar:
        names = tar.getnames()
        content = tar.extractfile(backup.DATABASE).read()
    assert not [name for name in names if "secret" in name]
    assert token.encode() not in content and config.current().data.name.encode() not in json.dumps(names).encode()
    assert Session.select().count() == 1


def test_a_backup_is_for_its_owner_alone(saved):
    assert saved.stat().st_mode & 0o777 == 0o600
    assert sorted(saved.parent.glob(".backup-*")) == []


def test_a_backup_overwrites_nothing(flask, saved):
    before = saved.read_bytes()
    code, said = flask("backup", str(saved))
    assert code == 1 and "choose another name" in said and saved.read_bytes() == before


def test_a_backup_can_be_compressed(flask, tmp_path, elsewhere):
    target = tmp_path / "site.tar.gz"
    assert flask("backup", str(target))[0] == 0 and target.read_bytes()[:2] == b"\x1f\x8b"
    assert backup.restore(target, elsewhere).version == config.VERSION


def test_admin_shows_when_the_last_backup_was_made(saved, as_):
    page = as_("owner").get("/admin/").text
    assert "none yet" not in page


def test_nothing_is_restored_over_a_site(flask, saved):
    code, said = flask("restore", str(saved))
    assert code == 1 and "is not empty" in said and Member.select().count() == 8


@pytest.mark.parametrize(
    "name", ["../evil", "secrets.json", "media/ab/x.webp", "/etc/passwd", f"media/ab/{'a' * 32}-s.webp/../../x"]
)
def test_a_file_that_no_backup_has_stops_it(tmp_path, elsewhere, name):
    odd = tmp_path / "odd.tar"
    with tarfile.open(odd, "w") as tar:
        backup._add_text(tar, name, "x")
    with pytest.raises(backup.BackupProblem):
        backup.restore(odd, elsewhere)
    left = ["exports", "files", "media", "secrets.json", "snapshots", "videos"]
    assert sorted(path.name for path in elsewhere.data.iterdir()) == left


def test_a_link_in_a_backup_stops_it(tmp_path, elsewhere):
    odd = tmp_path / "odd.tar"
    with tarfile.open(odd, "w") as tar:
        link = tarfile.TarInfo(backup.DATABASE)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(backup.BackupProblem):
        backup.restore(odd, elsewhere)


def test_half_a_backup_is_none(saved, tmp_path, elsewhere):
    half = tmp_path / "half.tar"
    half.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    with pytest.raises(backup.BackupProblem):
        backup.restore(half, elsewhere)
    assert not (elsewhere.data / backup.DATABASE).exists() and not list((elsewhere.data / "media").iterdir())


def test_a_damaged_database_is_not_restored(saved, tmp_path, elsewhere):
    damaged = tmp_path / "damaged.tar"
    with tarfile.open(damaged, "w") as tar:
        backup._add_text(tar, backup.DATABASE, "x" * 5000)
        backup._add_text(tar, backup.MANIFEST, json.dumps({"format": 1, "version": "0", "made_at": 0, "pictures": 0}))
    with pytest.raises(backup.BackupProblem, match="damaged"):
        backup.restore(damaged, elsewhere)


def test_another_database_server_is_backed_up_with_its_own_tools(tmp_path):
    settings = config.load({"QUANZI_DATA": str(tmp_path), "QUANZI_DATABASE_URL": "postgresql://localhost/quanzi"})
    with pytest.raises(backup.BackupProblem, match="pg_dump"):
        backup.make(tmp_path / "x.tar", settings)
