"""Words are their author's: they are in nobody else's copy and in no log, and once they are gone they stay gone."""

import json

import pytest

from blueprints.accounts.leaving import erase_member
from blueprints.circles import actions, posting
from blueprints.circles import jobs as circle_jobs
from blueprints.circles.erasing import purge_deleted
from core import clock, markup, personal
from core.jobs import Running
from core.policy import CONSOLE
from models import AuditEntry, CircleInvitation, Post

REASON = "她会冲胶卷"


def copy_of(member_id):
    return json.dumps({name: what for name, what, _ in personal.copies(member_id)}, ensure_ascii=False)


@pytest.fixture
def invited(cast):
    """che asked ning into the dark room."""
    actions.invite(cast.che.actor, cast.darkroom.id, cast.ning.id, REASON)


def test_why_somebody_was_invited_is_in_the_copy_of_who_wrote_it(cast, invited):
    assert REASON in copy_of(cast.che.id)
    assert REASON not in copy_of(cast.ning.id)


@pytest.mark.parametrize("keeps_words", [True, False])
def test_an_invitation_outlives_who_wrote_it_its_words_only_if_they_may(cast, invited, keeps_words):
    erase_member(CONSOLE, cast.che.id, keeps_words=keeps_words)
    left = CircleInvitation.get(CircleInvitation.member == cast.ning.id)
    assert left.invited_by_id is None and left.reason == (REASON if keeps_words else "")


def test_the_audit_log_takes_no_text_of_a_person(as_, post, cast):
    sent = {"kind": "remove", "days": "0", "reason": "说了一件很私人的事", "note": ""}
    assert post(as_("che"), f"/circles/night-run/members/{cast.lin.id}/sanction", sent).status_code == 303
    entry = AuditEntry.get(AuditEntry.action == "circle.remove")
    assert entry.subject_id == cast.lin.id and json.loads(entry.detail) == {}


# ---- texts that are made again under a newer policy ---------------------------------------------------------


@pytest.fixture
def while_rendering(monkeypatch):
    """A newer policy; `while_rendering(act)` lets something happen between reading a text and writing it anew."""
    render = markup.render
    monkeypatch.setattr(markup, "POLICY_VERSION", markup.POLICY_VERSION + 1)

    def arrange(act):
        def slowly(source, names=None):
            made = render(source, names)
            monkeypatch.setattr(markup, "render", render)
            act()
            return made

        monkeypatch.setattr(markup, "render", slowly)
        circle_jobs.render_again(Running(0))

    return arrange


def test_what_is_emptied_meanwhile_stays_empty(cast, while_rendering):
    post = cast.post_in(cast.running)
    posting.delete_post(cast.lin.actor, cast.running.id, post.id)
    clock.shift(30 * clock.DAY)
    while_rendering(purge_deleted)
    row = Post.get_by_id(post.id)
    assert (row.source, row.html, row.policy_version) == ("", "", 0)


def test_what_is_edited_meanwhile_keeps_the_edit(cast, while_rendering):
    post = cast.post_in(cast.running)
    while_rendering(lambda: posting.edit_post(cast.lin.actor, cast.running.id, post.id, posting.PostDraft("", "新的")))
    row = Post.get_by_id(post.id)
    assert row.source == "新的" and "新的" in row.html
    assert not Post.select().where(Post.policy_version > 0, Post.policy_version < markup.POLICY_VERSION).exists()
