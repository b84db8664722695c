"""Between the beginning of a request and its writing, somebody loses what they had."""

import pytest

from blueprints.accounts.actions import Profile, edit_profile
from blueprints.accounts.leaving import erase_member
from blueprints.admin import actions as admin
from blueprints.circles import actions, reactions
from core.errors import Denied, Refusal, SignInNeeded
from core.policy import CONSOLE
from models import Circle, Member, Membership, Post, StaffRole, Suspension
from tests.blueprints.circle_stories import write, wrong_counters
from tests.cast import png

DRAFT = actions.CircleDraft("新圈子", "brand-new", "x", "sport", "public", "open")


def test_who_is_suspended_while_their_pictures_are_made_posts_nothing(as_, post, cast, monkeypatch):
    from io import BytesIO

    from blueprints.circles import forms_files

    store = forms_files.store_uploads

    def slowly(files):
        stored = store(files)
        admin.suspend(cast.owner.actor, cast.lin.id, "spam")
        return stored

    monkeypatch.setattr(forms_files, "store_uploads", slowly)
    before = Post.select().count()
    sent = {"body": "还来得及吗", "media": (BytesIO(png()), "a.png")}
    assert post(as_("lin"), "/circles/night-run/posts/", sent).status_code == 403
    assert Post.select().count() == before


@pytest.mark.parametrize(
    "act",
    [
        lambda cast: actions.join(cast.ning.actor, cast.running.id),
        lambda cast: actions.found_circle(cast.ning.actor, DRAFT),
        lambda cast: edit_profile(cast.ning.actor, Profile("宁", "又回来了")),
    ],
    ids=["join", "found", "profile"],
)
def test_who_is_erased_meanwhile_leaves_nothing_new(cast, act):
    erase_member(CONSOLE, cast.ning.id, keeps_words=True)
    with pytest.raises(SignInNeeded):
        act(cast)
    row = Member.get_by_id(cast.ning.id)
    assert (row.display_name, row.bio) == ("", "")
    assert not Membership.select().where(Membership.member == cast.ning.id).exists()
    assert not Circle.select().where(Circle.slug == "brand-new").exists()


def test_who_helps_no_longer_has_no_power_left(cast):
    StaffRole.delete().where(StaffRole.member == cast.staff.id).execute()
    with pytest.raises(Denied):
        admin.suspend(cast.staff.actor, cast.ning.id, "a last one")
    assert not Suspension.select().where(Suspension.member == cast.ning.id).exists()


def test_erasing_and_writing_at_once_leave_no_words_and_right_counts(cast, in_threads):
    def act(place):
        try:
            if place == 0:
                erase_member(CONSOLE, cast.lin.id, keeps_words=False)
            elif place % 2:
                write(cast.lin.actor, cast.running.id, f"第 {place} 句")
            else:
                reactions.like_post(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id, True)
        except Refusal:
            pass

    in_threads(12, act)
    assert not Post.select().where(Post.author.is_null(), Post.source != "").exists()
    assert not Post.select().where(Post.author == cast.lin.id).exists()
    assert wrong_counters() == []
