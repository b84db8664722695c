"""Moments and what stands beneath them are reported to those who run the site, who see the reported thing and no
more; and what the feed holds of a member is handed out and goes with them."""

import json

import pytest

from blueprints.accounts.leaving import erase_member
from blueprints.circles.posting import NewPicture
from blueprints.feed import commenting, erasing, posting, reacting, talking
from blueprints.moderation import appealing
from core import clock, config, media, personal
from core.errors import Conflict, Gone
from core.policy import CONSOLE
from models import (
    FeedEntry,
    FeedMute,
    FeedSetting,
    FeedTaste,
    ModerationLook,
    Moment,
    MomentComment,
    MomentLike,
    Notice,
    Picture,
    SearchDoc,
)
from tests.blueprints.moderation_stories import case_of, decide, report, told
from tests.blueprints.notice_stories import rings
from tests.blueprints.talk_stories import befriend, felt, heard, row_of, say, show
from tests.cast import png


@pytest.fixture
def moment(cast) -> int:
    befriend(cast.lin, cast.che, cast.may)
    picture = NewPicture(media.store_picture(png(), config.current().data / "media"), "云")
    return show(cast.lin, "看不惯的一天", pictures=[picture])


def test_who_sees_it_reports_it_from_its_menu_and_nobody_else_can(cast, moment, as_, post):
    way = f"/report/moment/{moment}"
    assert way in as_("che").get(f"/feed/posts/{moment}").text
    assert way not in as_("lin").get(f"/feed/posts/{moment}").text
    assert as_("ning").get(way).status_code == 404
    answer = post(as_("che"), way, {"reason": ":spam", "note": ""})
    assert answer.status_code == 303 and answer.location.endswith(f"/feed/posts/{moment}")
    with pytest.raises(Conflict):
        report(cast.lin.actor, "moment", moment)
    with pytest.raises(Gone):
        report(cast.ning.actor, "moment", moment)


def test_staff_see_what_was_reported_and_nothing_around_it(cast, moment, as_):
    first = say(cast.che, moment, "旁边的话")
    comment = say(cast.may, moment, "过分的话", first)
    case = report(cast.lin.actor, "moment_comment", comment)
    assert (case_of(case).level, case_of(case).circle_id, case_of(case).member_id) == ("site", None, cast.may.id)
    page = as_("staff").get(f"/moderation/cases/{case}").text
    assert "过分的话" in page and "旁边的话" not in page and "看不惯的一天" not in page
    assert ModerationLook.select().where(ModerationLook.case == case).count() == 1
    assert as_("staff").get(f"/feed/posts/{moment}").status_code == 404
    assert as_("che").get(f"/moderation/cases/{case}").status_code == 404
    whole = report(cast.che.actor, "moment", moment)
    page = as_("staff").get(f"/moderation/cases/{whole}").text
    key = Picture.get(Picture.subject_kind == "moment", Picture.subject_id == moment).key
    assert "看不惯的一天" in page and f"/pictures/{key}" in page and "过分的话" not in page
    answer = as_("staff").get(f"/moderation/cases/{whole}/pictures/{key}")
    assert answer.status_code == 200
    answer.close()
    answer = as_("staff").get(f"/moderation/cases/{case}/pictures/{key}")
    assert answer.status_code == 404


def test_hiding_a_moment_leaves_it_to_its_author_and_an_appeal_brings_it_back(cast, moment):
    reacting.react(cast.may.actor, moment, True)
    case = report(cast.che.actor, "moment", moment)
    (decision,) = decide(cast.staff.actor, case, "hide")
    assert talking.talk(cast.lin.actor, moment) and told(cast.lin.id) == ["moderated"]
    with pytest.raises(Gone):
        talking.talk(cast.che.actor, moment)
    with pytest.raises(Gone):
        say(cast.che, moment)
    appealing.appeal(cast.lin.actor, decision, "只是天气")
    appealing.answer(cast.owner.actor, decision, upheld=True)
    assert talking.talk(cast.che.actor, moment).total == 1


def test_hiding_a_comment_takes_it_from_everybody_and_counts_stay_right(cast, moment):
    comment = say(cast.may, moment, "过分的话")
    assert rings(cast.lin) > 0 and row_of(moment).comment_count == 1
    case = report(cast.lin.actor, "moment_comment", comment)
    (decision,) = decide(cast.staff.actor, case, "hide")
    assert heard(cast.lin.actor, moment) == heard(cast.may.actor, moment) == []
    assert row_of(moment).comment_count == 0
    appealing.appeal(cast.may.actor, decision, "玩笑")
    appealing.answer(cast.owner.actor, decision, upheld=True)
    assert len(heard(cast.che.actor, moment)) == 1 == row_of(moment).comment_count
    again = report(cast.lin.actor, "moment_comment", comment)
    decide(cast.staff.actor, again, "hide")
    commenting.delete_comment(cast.may.actor, moment, comment)
    assert row_of(moment).comment_count == 0


def test_a_picture_of_a_moment_goes_with_its_moment(cast, moment, as_):
    picture = Picture.get(Picture.subject_kind == "moment", Picture.subject_id == moment)
    case = report(cast.che.actor, "picture", picture.id)
    page = as_("staff").get(f"/moderation/cases/{case}").text
    assert "看不惯的一天" not in page and f"/pictures/{picture.key}" in page
    decide(cast.staff.actor, case, "hide")
    assert row_of(moment).hidden_at is not None


def test_what_was_deleted_meanwhile_is_decided_about_without_doing_anything(cast, moment):
    comment = say(cast.may, moment)
    case = report(cast.lin.actor, "moment_comment", comment)
    commenting.delete_comment(cast.may.actor, moment, comment)
    with pytest.raises(Conflict):
        decide(cast.staff.actor, case, "hide")
    assert row_of(moment).comment_count == 0


# ---- personal -----------------------------------------------------------------------------------------------


def of_lin(cast, moment: int) -> int:
    """Lin takes part in everything; returns may's moment."""
    theirs = show(cast.may, "May 的一天", "friends")
    say(cast.may, moment, "旁边的话")
    mine = say(cast.lin, theirs, "林间的话")
    say(cast.may, theirs, "回林间", mine)
    reacting.react(cast.lin.actor, theirs, True, 3)
    reacting.react(cast.may.actor, moment, True)
    now = clock.now()
    FeedMute.create(member=cast.lin.id, word="广告", made_at=now)
    FeedTaste.insert(member=cast.lin.id, author=cast.may.id, kind="less", at=now).execute()
    FeedTaste.insert(member=cast.che.id, author=cast.lin.id, kind="hide", at=now).execute()
    return theirs


def test_the_copy_holds_what_is_theirs_and_no_word_of_others(cast, moment):
    of_lin(cast, moment)
    copies = {name: (content, files) for name, content, files in personal.copies(cast.lin.id)}
    content, files = copies["feed"]
    text = json.dumps(content, ensure_ascii=False, default=str)
    for own in ("看不惯的一天", "林间的话", "广告", "may"):
        assert own in text, own
    for others in ("旁边的话", "回林间", "May 的一天"):
        assert others not in text, others
    assert files == [Picture.get(Picture.subject_kind == "moment", Picture.subject_id == moment).key]


@pytest.mark.parametrize("keeps_words", [True, False])
def test_who_leaves_takes_their_life_along(cast, moment, keeps_words):
    theirs = of_lin(cast, moment)
    erase_member(CONSOLE, cast.lin.id, keeps_words=keeps_words)
    assert not Moment.select().where(Moment.id == moment).exists()
    assert not Picture.select().where(Picture.subject_kind == "moment").exists()
    assert not SearchDoc.select().where(SearchDoc.kind == "moment", SearchDoc.subject_id == moment).exists()
    assert not MomentComment.select().where(MomentComment.author == cast.lin.id).exists()
    for table in (FeedEntry, FeedTaste):
        assert not table.select().where((table.member == cast.lin.id) | (table.author == cast.lin.id)).exists()
    for table in (FeedMute, FeedSetting, MomentLike):
        assert not table.select().where(table.member == cast.lin.id).exists()
    assert felt(cast.may.actor, theirs) == (set(), 0)
    said = heard(cast.may.actor, theirs)
    assert row_of(theirs).comment_count == len(said) == (2 if keeps_words else 1)
    assert ("林间的话" in "".join(said)) is keeps_words
    assert not Notice.select().where(Notice.subject_kind == "moment", Notice.subject_id == moment).exists()


def test_deleted_comments_go_after_their_time_and_answers_stay(cast, moment):
    first = say(cast.che, moment, "先说")
    say(cast.may, moment, "后答", first)
    commenting.delete_comment(cast.che.actor, moment, first)
    assert not erasing.purge_comments()
    assert erasing.purge_comments(kept_ms=-1) and not erasing.purge_comments(kept_ms=-1)
    assert MomentComment.select().count() == 1 == len(heard(cast.lin.actor, moment))
    posting.delete(cast.lin.actor, moment)
