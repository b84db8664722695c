"""Devices, a copy of one's data, and leaving."""

import io
import json
import zipfile

import pytest

from blueprints.accounts import exporting, leaving
from blueprints.accounts.events import MemberErased
from core import clock, config, jobs, personal, search
from core.errors import Conflict, Denied, Gone
from core.limits import LIMITS
from core.policy import CONSOLE, Standing
from models import (
    AuditEntry,
    Comment,
    Departure,
    Export,
    Job,
    Member,
    Membership,
    OneTimeLink,
    Picture,
    Post,
    Session,
    StaffRole,
    Suspension,
    Table,
)
from tests.blueprints.account_stories import PASSWORD, actor, at_once, letters, member, with_address
from tests.blueprints.test_accounts_settings import picture

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0"


@pytest.fixture
def anna(cast) -> int:
    return member("anna", display_name="Anna")


@pytest.fixture
def hers(as_, anna):
    """Her browser."""
    return as_(anna)


# ---- devices --------------------------------------------------------------------------------------------------


def test_devices_are_named_and_signed_out_one_by_one(app, post, anna):
    phone, laptop = app.test_client(), app.test_client()
    for browser, agent in ((phone, PHONE), (laptop, LAPTOP)):
        form = {"username": "anna", "password": PASSWORD}
        post(browser, "/login", form, headers={"User-Agent": agent})
    page = laptop.get("/settings/devices").text
    assert "Safari on iPhone" in page and "Edge on Windows" in page and page.count("tag is-accent") == 1
    lost = Session.get(Session.agent == PHONE)
    assert post(laptop, f"/settings/devices/{lost.id}/sign-out").status_code == 303
    assert phone.get("/me").status_code == 401 and laptop.get("/me").status_code == 200


def test_all_other_devices_are_signed_out_at_once(hers, as_, post, anna):
    others = [as_(anna) for _ in range(3)]
    assert post(hers, "/settings/devices/sign-out-elsewhere").status_code == 303
    assert '<div class="toast' in hers.get("/settings/devices").text
    assert [each.get("/me").status_code for each in others] == [401] * 3


def test_signing_out_this_device_is_signing_out(hers, post):
    here = Session.select().order_by(Session.id.desc()).first()
    assert post(hers, f"/settings/devices/{here.id}/sign-out").location == "/"
    assert hers.get("/me").status_code == 401


def test_nobody_signs_out_somebody_elses_device(hers, as_, post, cast):
    other = as_("lin")
    theirs = Session.get(Session.member == cast.lin.id)
    assert post(hers, f"/settings/devices/{theirs.id}/sign-out").status_code == 404
    assert other.get("/me").status_code == 200


# ---- a copy of my data ----------------------------------------------------------------------------------------


def test_a_copy_is_made_and_downloaded(hers, post, anna, as_, cast):
    post(hers, "/settings/profile", {"display_name": "Anna", "bio": "about me", "avatar": (picture(), "me.png")})
    post(hers, "/circles/night-run/join")
    post(hers, "/circles/night-run/posts/", {"body": "我的第一篇", "key": "k1"})
    assert post(hers, "/settings/export", {"key": "k2"}).status_code == 303
    page = hers.get("/settings/export").text
    assert 'value="0"' in page and "data-live" in page and "<noscript>" in page

    jobs.run_due()
    row = Export.get(Export.member == anna)
    assert f'href="/settings/export/{row.id}.zip"' in hers.get("/settings/export").text
    with hers.get(f"/settings/export/{row.id}.zip") as sent:
        assert sent.mimetype == "application/zip" and "attachment" in sent.headers["Content-Disposition"]
        assert "no-store" in sent.headers["Cache-Control"]
        archive = zipfile.ZipFile(io.BytesIO(sent.data))
    names = archive.namelist()
    assert {"README.txt", "accounts.json", "circles.json"} <= set(names)
    assert f"pictures/{Member.get_by_id(anna).avatar_key}.webp" in names
    profile = json.loads(archive.read("accounts.json"))["profile"]
    assert profile["bio"] == "about me" and "我的第一篇" in archive.read("circles.json").decode()
    everything = b"".join(archive.read(name) for name in names if name.endswith(".json"))
    assert b"argon2" not in everything and b"token" not in everything

    for other in (as_("lin"), as_("owner")):
        assert other.get(f"/settings/export/{row.id}.zip").status_code == 404


def test_the_page_asks_how_far_it_is(hers, post, anna):
    post(hers, "/settings/export", {"key": "k"})
    state = exporting.latest(actor(anna))
    assert state is not None
    ask = f"/settings/export/progress?since={state.stamp}"
    headers = {"HX-Request": "true"}
    assert hers.get(ask, headers=headers).status_code == 204
    Job.update(progress=40).where(Job.name == "accounts.export").execute()
    moved = hers.get(ask, headers=headers)
    assert moved.status_code == 200 and "40%" in moved.text and "data-live" in moved.text
    jobs.run_due()
    ready = hers.get(ask, headers=headers)
    assert '.zip"' in ready.text and "data-live" not in ready.text and "hx-swap-oob" in ready.text


def test_of_many_requests_at_once_one_copy_is_made(anna):
    made = at_once(6, lambda place: exporting.ask_export(actor(anna), f"key-{place}"))
    assert len(set(made)) == 1 and Export.select().count() == 1
    assert Job.select().where(Job.name == "accounts.export").count() == 1


def test_a_copy_survives_a_worker_that_was_killed(anna, app):
    export_id = exporting.ask_export(actor(anna))
    (exporting.folder() / f"{export_id}.part").write_bytes(b"half a zip")
    with app.app_context():
        jobs.run_due()
        exporting.build(export_id, "again", lambda percent: None)
    path = exporting.download(actor(anna), export_id)
    assert zipfile.ZipFile(path).testzip() is None
    assert [each.name for each in exporting.folder().iterdir()] == [path.name]
    assert path.stat().st_mode & 0o077 == 0


def test_a_copy_that_cannot_be_made_says_so_and_can_be_asked_for_again(hers, post, anna, monkeypatch):
    def fail(*args):
        raise OSError("no space left")

    monkeypatch.setattr(exporting, "_write", fail)
    post(hers, "/settings/export", {"key": "k"})
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.run_due()
        clock.shift(clock.HOUR)
    assert "notice is-danger" in hers.get("/settings/export").text
    monkeypatch.undo()
    post(hers, "/settings/export", {"key": "k2"})
    jobs.run_due()
    assert '.zip"' in hers.get("/settings/export").text


def test_a_copy_is_gone_after_its_time(hers, post, anna):
    export_id = exporting.ask_export(actor(anna))
    jobs.run_due()
    path = exporting.download(actor(anna), export_id)
    clock.shift(LIMITS["export_kept_seconds"] * 1000 + 1)
    with pytest.raises(Gone):
        exporting.download(actor(anna), export_id)
    assert '.zip"' not in hers.get("/settings/export").text
    exporting.drop_expired()
    assert not path.exists() and not Export.select().exists()


def test_half_states_get_their_copy(as_, cast, post):
    for name in ("suspended", "leaving"):
        hers = as_(name)
        assert post(hers, "/settings/export", {"key": "k"}).status_code == 303
        jobs.run_due()
        row = Export.get(Export.member == cast[name].id)
        assert f'href="/settings/export/{row.id}.zip"' in hers.get("/settings/export").text


# ---- leaving --------------------------------------------------------------------------------------------------


def test_who_asks_to_leave_can_change_their_mind(hers, post, anna, caplog):
    Member.update(email="anna@example.org").where(Member.id == anna).execute()
    assert post(hers, "/settings/leave", {"words": "keep", "password": "not this one"}).status_code == 422
    assert post(hers, "/settings/leave", {"words": "remove", "password": PASSWORD}).status_code == 303
    row = Departure.get(Departure.member == anna)
    assert not row.keeps_words and row.due_at - row.asked_at == LIMITS["leaving_seconds"] * 1000
    assert 'id="leaving"' in hers.get("/settings/leave").text
    assert letters(caplog)[0].to == "anna@example.org"
    assert hers.get("/settings/profile").status_code == 403
    assert post(hers, "/circles/night-run/join").status_code == 403

    assert post(hers, "/settings/leave/cancel").status_code == 303
    assert not Departure.select().where(Departure.member == anna).exists()
    assert hers.get("/settings/profile").status_code == 200


def test_asking_again_changes_what_becomes_of_the_words_and_not_the_day(anna):
    first = leaving.ask_to_leave(actor(anna), PASSWORD, keeps_words=True)
    clock.shift(clock.DAY)
    again = leaving.ask_to_leave(actor(anna, Standing.LEAVING), PASSWORD, keeps_words=False)
    assert first == again and not Departure.get(Departure.member == anna).keeps_words


def test_nobody_is_erased_a_day_too_early(anna, app):
    leaving.ask_to_leave(actor(anna), PASSWORD, keeps_words=True)
    clock.shift((LIMITS["leaving_seconds"] - 86_400) * 1000)
    assert leaving.carry_out_departures() == 0


@pytest.mark.parametrize("choice", ["keep", "remove"])
def test_after_thirty_days_all_that_is_personal_is_erased(hers, post, anna, choice, client):
    post(hers, "/settings/profile", {"display_name": "Anna", "bio": "findme-words", "avatar": (picture(), "me.png")})
    post(hers, "/settings/email", {"email": "new@example.org", "password": PASSWORD})
    post(hers, "/circles/night-run/join")
    post(hers, "/circles/night-run/posts/", {"body": "有人记得这句话吗", "key": "k1"})
    post(hers, "/settings/export", {"key": "k2"})
    jobs.run_due()
    post(hers, "/settings/leave", {"words": choice, "password": PASSWORD})
    avatar = Member.get_by_id(anna).avatar_key

    clock.shift(LIMITS["leaving_seconds"] * 1000 + 1000)
    jobs.later("accounts.carry_out_departures")
    jobs.run_due()

    row = Member.get_by_id(anna)
    assert row.erased_at and row.username == f"*{anna}" and row.password_hash == "!"
    assert (row.display_name, row.bio, row.bio_html, row.email, row.avatar_key) == ("", "", "", None, None)
    for table in (Session, Departure, Export, OneTimeLink, Membership):
        assert not table.select().where(table.member == anna).exists(), table
    assert not Picture.select().where(Picture.key == avatar).exists()
    assert not list((config.current().data / "media").rglob(f"{avatar}*"))
    assert not list(exporting.folder().iterdir())
    assert search.find(CONSOLE, "member", "findme").ids == []
    assert client.get("/people/anna").status_code == 404 and client.get(f"/people/*{anna}").status_code == 404
    assert hers.get("/me").status_code == 401
    page = client.get("/circles/night-run").text
    assert ("有人记得这句话吗" in page) == (choice == "keep") and ">Anna<" not in page
    assert AuditEntry.select().where(AuditEntry.action == "account.erase", AuditEntry.subject_id == anna).exists()


def test_erasing_twice_is_erasing_once(anna, app):
    leaving.ask_to_leave(actor(anna), PASSWORD, keeps_words=True)
    clock.shift(LIMITS["leaving_seconds"] * 1000 + 1000)
    assert sum(at_once(3, lambda place: leaving.carry_out_departures())) == 2, "Anna, and Noor of the cast"
    assert AuditEntry.select().where(AuditEntry.action == "account.erase", AuditEntry.subject_id == anna).count() == 1


def test_a_change_of_mind_at_the_last_moment_counts(anna, monkeypatch):
    """Between reading who is due and erasing her she presses the button; the erasing looks again."""
    leaving.ask_to_leave(actor(anna), PASSWORD, keeps_words=True)
    clock.shift(LIMITS["leaving_seconds"] * 1000 + 1000)
    begin = leaving.atomic

    def she_is_faster():
        Departure.delete().where(Departure.member == anna).execute()
        return begin()

    monkeypatch.setattr(leaving, "atomic", she_is_faster)
    leaving.carry_out_departures()
    assert Member.get_by_id(anna).erased_at is None


def test_an_erasure_that_fails_changes_nothing(anna, monkeypatch):
    def fail(member_id, keeps_words):
        raise RuntimeError("half way")

    broken = dict(personal._holdings)
    broken["accounts"] = personal.Holding("accounts", (), broken["accounts"].exports, fail)
    monkeypatch.setattr(personal, "_holdings", broken)
    before = Membership.select().count()
    with pytest.raises(RuntimeError):
        leaving.erase_member(CONSOLE, anna, keeps_words=False)
    assert Member.get_by_id(anna).username == "anna" and Membership.select().count() == before


def test_the_only_owner_of_the_site_stays(cast, as_, post):
    from blueprints.accounts import passwords

    Member.update(password_hash=passwords.make_hash(PASSWORD)).where(Member.id == cast.owner.id).execute()
    assert post(as_("owner"), "/settings/leave", {"words": "keep", "password": PASSWORD}).status_code == 409
    with pytest.raises(Conflict):
        leaving.erase_member(CONSOLE, cast.owner.id, keeps_words=True)
    assert StaffRole.get(StaffRole.member == cast.owner.id)


def test_nobody_erases_somebody_else(cast):
    for who in (cast.lin, cast.staff, cast.suspended):
        with pytest.raises(Denied):
            leaving.erase_member(who.actor, cast.ning.id, keeps_words=True)


def test_who_listens_is_told_of_an_erasure(anna):
    from core import signals

    heard = []
    signals._inside[MemberErased].append(heard.append)
    try:
        leaving.erase_member(CONSOLE, anna, keeps_words=True)
    finally:
        signals._inside[MemberErased].remove(heard.append)
    assert heard == [MemberErased(anna)]


def test_a_suspended_member_can_leave(as_, cast, post):
    from blueprints.accounts import passwords

    Member.update(password_hash=passwords.make_hash(PASSWORD)).where(Member.id == cast.suspended.id).execute()
    hers = as_("suspended")
    assert post(hers, "/settings/leave", {"words": "remove", "password": PASSWORD}).status_code == 303
    clock.shift(LIMITS["leaving_seconds"] * 1000 + 1000)
    assert leaving.carry_out_departures() >= 1
    assert Member.get_by_id(cast.suspended.id).erased_at
    assert not Suspension.select().where(Suspension.member == cast.suspended.id).exists()


# ---- nothing is forgotten -------------------------------------------------------------------------------------


def refers_to_members() -> list[type[Table]]:
    found = {Member}
    for table in Table.__subclasses__():
        if Member in table._meta.model_refs or any(model is Member for model in table._meta.refs.values()):
            found.add(table)
    return sorted(found, key=lambda table: table.__name__)


@pytest.mark.parametrize("table", refers_to_members(), ids=lambda table: table.__name__)
def test_somebody_answers_for_every_table_that_refers_to_a_member(app, table):
    assert table in personal.answered_for(), f"no personal.py names {table.__name__}"


def test_no_trace_of_a_name_stays_in_any_table(hers, post, anna):
    """All texts of all tables are looked through."""
    with_address("bert", "bert@example.org")
    post(hers, "/settings/profile", {"display_name": "Zyzzyva", "bio": "Zyzzyva was here"})
    post(hers, "/settings/email", {"email": "zyzzyva@example.org", "password": PASSWORD})
    post(hers, "/circles/night-run/join")
    post(hers, "/circles/night-run/posts/", {"body": "Zyzzyva wrote this", "key": "k1"})
    number = Post.select().order_by(Post.id.desc()).first().id
    post(hers, f"/circles/night-run/posts/{number}/comments/", {"body": "Zyzzyva said", "key": "k2"})
    assert Comment.select().where(Comment.author == anna).exists()
    leaving.erase_member(CONSOLE, anna, keeps_words=False)
    clock.shift(30 * clock.DAY)
    for name in ("accounts.sweep", "jobs.sweep"):
        jobs.later(name)
    jobs.run_due()
    jobs.run_due()
    for table in Table.__subclasses__():
        for row in table.select().dicts():
            assert "zyzzyva" not in repr(row).lower(), table.__name__
