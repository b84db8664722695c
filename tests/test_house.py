"""The fixtures themselves: a clean house for every test."""

import threading

from peewee import fn

from core import clock, policy
from models import Circle, Member
from tests import quick


def test_a_test_begins_with_an_empty_site(app):
    assert Member.select().count() == 0
    Member.create(username="x", username_key="x", display_name="x", password_hash="!", password_changed_at=0,
                  created_at=clock.now())  # fmt: skip


def test_what_the_test_before_wrote_is_gone(app):
    assert Member.select().count() == 0


def test_files_are_put_back_as_they_were(cast, house):
    before = {path: path.read_bytes() for path in house.data.glob("media/**/*") if path.is_file()}
    changed, removed, *_ = before
    changed.write_bytes(before[changed][::-1])
    removed.unlink()
    (house.data / "media" / "more").mkdir()
    (house.data / "media" / "more" / "x").write_text("x")
    house.start_from("cast", lambda: None)
    assert {path: path.read_bytes() for path in house.data.glob("media/**/*") if path.is_file()} == before
    assert not (house.data / "media" / "more").exists()


def test_time_passes_by_looking_at_it_and_not_while_a_machine_is_slow(cast):
    began, there_before = clock.now(), Circle.select(fn.MAX(Circle.founded_at)).scalar()
    threading.Event().wait(0.05)
    assert clock.now() == began + 1 and there_before < began
    assert (began // clock.MINUTE) % (24 * 60) == 10 * 60 + 30


def test_the_cast_is_there_with_its_circles(cast):
    assert cast.lin.display_name == "林间" and cast.owner.actor.owns_site
    assert cast.suspended.actor.standing is policy.Standing.SUSPENDED
    assert {circle.visibility for circle in Circle.select()} == {"public", "listed", "invisible"}
    assert cast.darkroom.visibility == "invisible"


def test_as_signs_in_and_the_visitor_stays_a_visitor(as_, client, cast):
    assert f'data-member="{cast.lin.id}"' in as_("lin").get("/no-such-page").text
    assert 'data-member=""' in client.get("/no-such-page").text


def test_post_carries_the_token_of_a_page(as_, post):
    assert post(as_("lin"), "/no-such-page").status_code == 404
    assert as_("lin").post("/no-such-page").status_code == 404


def test_what_a_killed_run_left_in_memory_goes_with_the_next_one(tmp_path, monkeypatch):
    monkeypatch.setattr(quick, "IN_MEMORY", tmp_path)
    monkeypatch.setattr(quick, "ENOUGH_BYTES", 0)
    left = tmp_path / f"{quick.PREFIX}killed"
    left.mkdir()
    (left / "data").write_text("x")
    with quick.quick_folder(tmp_path / "otherwise") as first, quick.quick_folder(tmp_path / "otherwise") as second:
        assert not left.exists()
        assert first.is_dir() and second.is_dir() and first != second, "those of others who still run stay"
    assert not list(tmp_path.glob(f"{quick.PREFIX}*/"))
