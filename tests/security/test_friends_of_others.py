"""What somebody could learn or reach among friends that is not theirs: by lists, by numbers, with others' eyes."""

import re

import pytest
from flask.testing import FlaskClient

from blueprints.circles.joining import leave
from blueprints.circles.posting import NewPicture, PostDraft, write_post
from blueprints.feed import posting, tasting, watching
from blueprints.people import blocking, friending, lists
from blueprints.people.privacy import Settings, choose
from core import clock, config, jobs, media, stream_log
from core.policy import GUEST, visible
from models import Moment, Suspension, Video, database
from tests.blueprints.moderation_stories import report
from tests.blueprints.moment_stories import befriend, listed, sees, show
from tests.cast import png

# ---- blocks -----------------------------------------------------------------------------------------------------


def test_a_block_is_not_told_by_what_one_wanted_less_of(cast, as_):
    """Whoever left is not on this page, and somebody without a page would be: so a block would show."""
    befriend(cast.lin, cast.may)
    tasting.want(cast.lin.actor, cast.may.id, "hide")
    lin = as_("lin")
    assert "May Chen" in lin.get("/feed/settings").text
    blocking.block(cast.may.actor, cast.lin.id)
    assert "May Chen" not in lin.get("/feed/settings").text


# ---- profiles ---------------------------------------------------------------------------------------------------


def test_somebody_suspended_has_no_page_of_posts_either(cast, as_, client):
    show(cast.lin.actor, "给大家看", "public")
    readers = (client, as_("ning"))
    assert [reader.get("/people/lin/posts").status_code for reader in readers] == [200, 200]
    Suspension.create(member=cast.lin.id, suspended_by=cast.owner.id, suspended_at=1)
    assert [reader.get("/people/lin/posts").status_code for reader in readers] == [404, 404]


@pytest.mark.parametrize(("found_by", "kept_out"), [("everyone", False), ("acquaintances", True), ("nobody", True)])
def test_whoever_is_not_to_be_found_is_not_found_from_outside_either(cast, client, found_by, kept_out):
    choose(cast.lin.actor, Settings(found_by=found_by))
    answer = client.get("/people/lin")
    assert answer.status_code == 200
    assert ("noindex" in answer.headers.get("X-Robots-Tag", "")) == kept_out
    assert ('property="og:' in answer.text) != kept_out


def test_whoever_shows_nobody_their_friends_is_on_no_list_of_others(cast, as_):
    befriend(cast.lin, cast.may, cast.che)
    befriend(cast.che, cast.may)
    befriend(cast.staff, cast.lin)
    choose(cast.che.actor, Settings(friends_seen_by="nobody"))
    row = f'id="friend-{cast.che.id}"'
    assert row not in as_("staff").get("/people/lin/friends").text
    assert row in as_("may").get("/people/lin/friends").text, "a friend of both still knows"
    assert row in as_("che").get("/people/lin/friends").text
    assert f'id="friend-{cast.may.id}"' in as_("staff").get("/people/lin/friends").text


def test_the_eyes_of_a_friend_do_not_tell_in_which_circles_they_are(cast, as_):
    """Of a circle that one has left, one is not told who is in it."""
    befriend(cast.lin, cast.che, cast.may)
    show(cast.lin.actor, "给暗房", "circle", circle=cast.darkroom.id)
    write_post(cast.lin.actor, cast.darkroom.id, PostDraft("", "暗房里的话"))
    lin = as_("lin")
    assert "给暗房" in lin.get("/me/seen-as?friend=che").text
    leave(cast.lin.actor, cast.darkroom.id)
    page = lin.get("/me/seen-as?friend=che").text
    assert "给暗房" not in page and "暗房里的话" not in page
    assert "给暗房" not in lin.get("/me/seen-as?friend=may").text


# ---- what is asked for without a choice --------------------------------------------------------------------------


def test_what_was_for_a_list_that_is_gone_does_not_become_for_all(cast, as_, post):
    """A program that says nothing of the audience is asked for one, where the last cannot be taken again."""
    befriend(cast.lin, cast.may)
    family = listed(cast.lin, "家人", cast.may)
    show(cast.lin.actor, "给家人", "only", of=(family,))
    lists.drop_list(cast.lin.actor, family)
    answer = post(as_("lin"), "/feed/posts", {"body": "悄悄话"})
    assert answer.status_code == 422
    assert not Moment.select().where(Moment.source == "悄悄话").exists()


# ---- open pages -------------------------------------------------------------------------------------------------


def test_a_stream_of_a_circles_moment_ends_with_the_membership(cast):
    made = show(cast.che.actor, "给夜跑", "circle", circle=cast.running.id)
    assert f"c{cast.running.id}" in watching.tags(cast.lin.actor, made)
    assert not any(tag.startswith("c") for tag in watching.tags(cast.che.actor, show(cast.che.actor)))


def test_fewer_see_it_so_open_pages_ask_again(cast):
    befriend(cast.lin, cast.may)
    show(cast.lin.actor)
    before = len(stream_log.revocations())
    choose(cast.lin.actor, Settings(friends_see_days=3, strangers_see=0))
    assert f"w{cast.lin.id}" in [tags for _, tags in stream_log.revocations()][before:]


# ---- staff ------------------------------------------------------------------------------------------------------


def test_pictures_of_a_deleted_moment_are_gone_for_staff_as_well(cast, as_):
    befriend(cast.lin, cast.may)
    stored = media.store_picture(png(), config.current().data / "media")
    made = show(cast.lin.actor, "给朋友", pictures=[NewPicture(stored, "")])
    case = report(cast.may.actor, "moment", made)
    staff, key = as_("staff"), stored.key
    path = f"/moderation/cases/{case}/pictures/{key}"
    answer = staff.get(path)
    assert answer.status_code == 200
    answer.close()
    posting.delete(cast.lin.actor, made)
    assert staff.get(path).status_code == 404
    page = staff.get(f"/moderation/cases/{case}").text
    assert key not in page and "给朋友" not in page
    assert "给朋友" not in staff.get("/moderation/").text


# ---- except -----------------------------------------------------------------------------------------------------


def test_those_who_see_it_do_not_learn_that_somebody_was_left_out(cast, as_):
    """Neither by words nor by the sign beside them; its author does."""
    befriend(cast.lin, cast.may, cast.che)
    work = listed(cast.lin, "同事", cast.che)
    kept, open_ = show(cast.lin.actor, "不给同事", "except", of=(work,)), show(cast.lin.actor, "给所有朋友")
    may, lin = as_("may"), as_("lin")

    def sign(browser: FlaskClient, path: str, moment: int) -> str:
        row = browser.get(path).text.partition(f'id="moment-{moment}"')[2]
        return row.partition('class="moment-for"')[2].partition("</span>")[0]

    for path in ("/feed", "/people/lin/posts"):
        jobs.run_due()
        assert sign(may, path, kept) == sign(may, path, open_) != ""
    assert sign(lin, "/feed", kept) != sign(lin, "/feed", open_)
    assert sign(lin, "/me/seen-as?friend=may", kept) == sign(lin, "/me/seen-as?friend=may", open_) != ""


def test_whoever_was_left_out_is_not_let_in_by_parting_and_asking_again(cast):
    befriend(cast.lin, cast.may, cast.che)
    work = listed(cast.lin, "同事", cast.che)
    kept = show(cast.lin.actor, "不给同事", "except", of=(work,))
    assert sees(cast.may, kept) and not sees(cast.che, kept)
    friending.end(cast.che.actor, cast.lin.id)
    clock.shift(1)
    befriend(cast.che, cast.lin)
    assert not sees(cast.che, kept) and sees(cast.may, kept)
    assert sees(cast.che, show(cast.lin.actor, "给所有朋友"))


def test_whoever_was_left_out_does_not_see_it_after_a_block_that_is_over(cast):
    befriend(cast.lin, cast.che)
    kept = show(cast.lin.actor, "不给同事", "except", of=(listed(cast.lin, "同事", cast.che),))
    clock.shift(1)
    blocking.block(cast.che.actor, cast.lin.id)
    blocking.unblock(cast.che.actor, cast.lin.id)
    befriend(cast.che, cast.lin)
    assert not sees(cast.che, kept)


# ---- films ------------------------------------------------------------------------------------------------------


def test_a_piece_of_a_film_asks_about_its_own_moment_alone(cast):
    """A player asks for every megabyte: each time, all moments of the site would be asked about."""
    for reader in (cast.may.actor, GUEST):
        sql, values = visible(Video.select(Video.id).where(Video.id == 1), reader).sql()
        plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()]
        moments = re.search(r'FROM "moment" AS "(t\d+)"', sql)[1]
        steps = [step for step in plan if f" {moments} " in f"{step} "]
        assert steps and all("INTEGER PRIMARY KEY" in step for step in steps), steps
