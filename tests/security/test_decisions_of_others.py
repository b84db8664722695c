"""Deciding in one circle opens nothing of another, and nobody decides about those above them."""

import pytest

from blueprints.circles import rooms, sanctions
from blueprints.circles.actions import CircleDraft, found_circle, set_role
from blueprints.circles.commenting import edit_comment, write_comment
from blueprints.circles.posting import PostDraft, edit_post
from blueprints.moderation import actions as deciding
from blueprints.moderation.actions import Ruling
from blueprints.moderation.reasons import reasons_of
from blueprints.moderation.reporting import ReportDraft, report
from core.errors import Conflict
from core.limits import RATES
from models import Comment, ModerationDecision, Notice, Post


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


@pytest.fixture
def moved(cast):
    """lin's post in 夜跑, moved to the dark room by che, who looks after both, and talked about there."""
    post = cast.post_in(cast.running)
    to = Ruling("move", reason=reason(cast.running), to=cast.darkroom.slug)
    return post.id, deciding.act(cast.che.actor, "post", post.id, to)[0]


def reason(circle):
    return reasons_of(circle.id)[0]


def reported(cast, kind, number, circle=""):
    return report(cast.ning.actor, kind, number, ReportDraft(reason(cast.running)), circle)


def last_decision():
    return ModerationDecision.select().order_by(ModerationDecision.id.desc()).get().id


# ---- what was decided elsewhere -----------------------------------------------------------------------------


def test_a_case_about_a_person_says_nothing_of_what_another_circle_decided(cast, as_):
    sanctions.ban(cast.che.actor, cast.darkroom.id, cast.lin.id, "底片的事", "在暗房里说过")
    sanctions.mute(cast.che.actor, cast.running.id, cast.lin.id, "刷屏")
    case = reported(cast, "member", cast.lin.id, cast.running.slug)
    page = as_("may").get(f"/moderation/cases/{case}").text
    assert "刷屏" in page
    assert "底片的事" not in page and "在暗房里说过" not in page


def test_a_case_about_a_post_that_was_moved_shows_no_more_of_it(cast, as_):
    post = cast.post_in(cast.running)
    case = reported(cast, "comment", write_comment(cast.lin.actor, cast.running.id, post.id, "广告").id)
    deciding.act(
        cast.che.actor, "post", post.id, Ruling("move", reason=reason(cast.running), to=cast.darkroom.slug)
    )
    write_comment(cast.che.actor, cast.darkroom.id, post.id, "只在这里说")
    edit_post(cast.lin.actor, cast.darkroom.id, post.id, PostDraft("只在这里写", "x"))
    may = as_("may")
    page = may.get(f"/moderation/cases/{case}")
    assert page.status_code == 200
    assert "只在这里" not in page.text
    assert "只在这里" not in may.get(f"/moderation/decisions/{last_decision()}").text


def test_nor_can_its_former_moderators_decide_about_it(cast):
    post = cast.post_in(cast.running)
    comment = write_comment(cast.lin.actor, cast.running.id, post.id, "广告")
    case = reported(cast, "comment", comment.id)
    deciding.act(
        cast.che.actor, "post", post.id, Ruling("move", reason=reason(cast.running), to=cast.darkroom.slug)
    )
    with pytest.raises(Conflict):
        deciding.decide(cast.may.actor, case, Ruling("hide", reason=reason(cast.running)))
    assert Comment.get_by_id(comment.id).hidden_at is None
    assert deciding.decide(cast.may.actor, case, Ruling()), "the case can be closed"


def test_what_another_circle_hides_stays_hidden_when_the_first_one_changes_its_mind(cast):
    post = cast.post_in(cast.running)
    hidden = deciding.act(cast.may.actor, "post", post.id, Ruling("hide", reason=reason(cast.running)))[0]
    deciding.act(
        cast.che.actor, "post", post.id, Ruling("move", reason=reason(cast.running), to=cast.darkroom.slug)
    )
    deciding.reverse(cast.may.actor, hidden)
    assert Post.get_by_id(post.id).hidden_at is not None


# ---- the way back -------------------------------------------------------------------------------------------


def test_a_post_that_was_moved_in_comes_back_out_while_nothing_was_said(cast, moved):
    post, decision = moved
    assert deciding.reverse(cast.may.actor, decision)
    assert Post.get_by_id(post).circle_id == cast.running.id


@pytest.mark.parametrize("what", ["comment", "edited comment", "edited post"])
def test_but_not_with_what_was_said_to_fewer_people(cast, as_, post, moved, what):
    number, decision = moved
    if what == "comment":
        write_comment(cast.che.actor, cast.darkroom.id, number, "只在这里说")
    elif what == "edited comment":
        row = write_comment(cast.lin.actor, cast.darkroom.id, number, "先这样")
        Comment.update(created_at=1).where(Comment.id == row.id).execute()
        edit_comment(cast.lin.actor, cast.darkroom.id, number, row.id, "只在这里说")
    else:
        edit_post(cast.lin.actor, cast.darkroom.id, number, PostDraft("", "只在这里写"))
    assert post(as_("may"), f"/moderation/decisions/{decision}/reverse").status_code == 409
    assert Post.get_by_id(number).circle_id == cast.darkroom.id
    assert ModerationDecision.get_by_id(decision).reversed_at is None


def test_a_removal_that_is_taken_back_lets_nobody_in_who_was_banned_since(cast):
    sanctions.remove(cast.may.actor, cast.running.id, cast.lin.id, "第一次")
    removal = last_decision()
    sanctions.ban(cast.che.actor, cast.running.id, cast.lin.id, "第二次")
    deciding.reverse(cast.may.actor, removal)
    here = rooms.room(cast.lin.actor, cast.running.id)
    assert here.is_banned and not here.is_member


# ---- about whom ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruling", [Ruling("hide"), Ruling(person="warn"), Ruling(person="ban")])
def test_a_case_about_somebody_who_became_an_owner_is_no_moderators_to_decide(cast, ruling):
    case = reported(cast, "post", cast.post_in(cast.running).id)
    set_role(cast.che.actor, cast.running.id, cast.lin.id, "owner")
    meant = Ruling(ruling.thing, ruling.person, reason(cast.running))
    with pytest.raises(Conflict):
        deciding.decide(cast.may.actor, case, meant)
    assert deciding.decide(cast.may.actor, case, Ruling()), "it can be left as it is"


def test_a_moderator_who_was_muted_does_not_unmute_themselves_nor_another(cast, as_, post):
    set_role(cast.che.actor, cast.running.id, cast.lin.id, "moderator")
    for who in ("may", "lin"):
        sanctions.mute(cast.che.actor, cast.running.id, cast[who].id, "冷静一下")
    may = as_("may")
    for who in ("may", "lin"):
        answer = post(may, f"/circles/{cast.running.slug}/members/{cast[who].id}/lift", {"kind": "mute"})
        assert answer.status_code == 409
        assert rooms.room(cast[who].actor, cast.running.id).is_muted
    sanctions.lift(cast.che.actor, cast.running.id, cast.may.id, "mute")
    assert not rooms.room(cast.may.actor, cast.running.id).is_muted


def test_whoever_founds_a_circle_cannot_fill_a_strangers_notices_by_banning_them(cast, as_, post):
    here = found_circle(cast.ning.actor, CircleDraft("刷屏", "flood", "x", "sport", "public", "open"))
    ning, most = as_("ning"), RATES["decision.write"].hits
    url = f"/circles/{here.slug}/members/{cast.che.id}/sanction"
    answers = [post(ning, url, {"kind": "ban", "days": "1", "reason": "x", "note": f"买 {n}"}).status_code
               for n in range(most + 2)]  # fmt: skip
    assert answers[-2:] == [429, 429]
    assert Notice.select().where(Notice.member == cast.che.id).count() <= most
