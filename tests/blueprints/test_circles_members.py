"""Coming and going: joining, asking, being invited, roles, leaving, being removed."""

import re

import pytest

from blueprints.circles import actions
from blueprints.circles.rooms import room
from core.errors import Conflict, Denied, Gone, Invalid
from models import AuditEntry, Circle, CircleInvitation, JoinRequest, Membership, Post
from tests.blueprints.circle_stories import typed, write


def role(circle: Circle, person) -> str | None:
    return actions.role_of(circle.id, person.id)


def people_in(circle: Circle) -> int:
    return Circle.get_by_id(circle.id).member_count


def request_of(person) -> JoinRequest:
    return JoinRequest.get(JoinRequest.member == person.id)


# ---- open ---------------------------------------------------------------------------------------------------


def test_an_open_circle_takes_whoever_likes_it(as_, post, cast):
    ning, before = as_("ning"), people_in(cast.running)
    answer = post(ning, "/circles/night-run/join")
    assert answer.status_code == 303 and answer.location == "/circles/night-run"
    assert role(cast.running, cast.ning) == "member" and people_in(cast.running) == before + 1
    assert "城市夜跑圈" in ning.get("/circles/night-run").text


def test_joining_twice_changes_nothing(as_, post, cast):
    ning, before = as_("ning"), people_in(cast.running)
    for _ in range(2):
        assert post(ning, "/circles/night-run/join", htmx=True).headers["HX-Redirect"] == "/circles/night-run"
    assert people_in(cast.running) == before + 1


def test_leaving_twice_changes_nothing_and_coming_back_is_possible(as_, post, cast):
    lin, before = as_("lin"), people_in(cast.running)
    for _ in range(2):
        assert post(lin, "/circles/night-run/leave").status_code == 303
    assert role(cast.running, cast.lin) is None and people_in(cast.running) == before - 1
    post(lin, "/circles/night-run/join")
    assert people_in(cast.running) == before


# ---- by application -----------------------------------------------------------------------------------------


def test_who_applies_answers_the_question_and_is_let_in(as_, post, cast):
    ning, che = as_("ning"), as_("che")
    assert "最近在读什么？" in ning.get("/circles/desk/join").text
    assert post(ning, "/circles/desk/join", {"answer": "《活着》"}).status_code == 303
    assert role(cast.desk, cast.ning) is None
    page = che.get("/circles/desk/requests").text
    assert "《活着》" in page and "最近在读什么？" in page and cast.ning.display_name in page
    answer = post(che, f"/circles/desk/requests/{request_of(cast.ning).id}", {"accept": "1"})
    assert answer.status_code == 303 and role(cast.desk, cast.ning) == "member"
    assert "《活着》" not in che.get("/circles/desk/requests").text
    assert AuditEntry.select().where(AuditEntry.action == "circle.admit").exists()


def test_a_question_wants_an_answer_and_the_page_says_so(as_, post, cast):
    answer = post(as_("ning"), "/circles/desk/join", {"answer": " \n\u200b"})
    assert answer.status_code == 422 and 'id="answer-error"' in answer.text
    assert JoinRequest.select().count() == 0


def test_an_answer_that_is_too_long_is_kept(as_, post):
    answer = post(as_("ning"), "/circles/desk/join", {"answer": "长" * 501})
    assert answer.status_code == 422 and "长" * 501 in typed(answer.text)


def test_who_is_declined_may_ask_again(as_, post, cast):
    ning, che = as_("ning"), as_("che")
    post(ning, "/circles/desk/join", {"answer": "一"})
    post(che, f"/circles/desk/requests/{request_of(cast.ning).id}", {"accept": "0"})
    assert role(cast.desk, cast.ning) is None
    assert "《" not in che.get("/circles/desk/requests").text
    post(ning, "/circles/desk/join", {"answer": "二"})
    assert request_of(cast.ning).answer == "二" and request_of(cast.ning).decided_at is None


def test_the_first_decision_counts_and_the_second_is_told_so(as_, post, cast):
    post(as_("ning"), "/circles/desk/join", {"answer": "一"})
    number, che = request_of(cast.ning).id, as_("che")
    post(che, f"/circles/desk/requests/{number}", {"accept": "0"})
    late = post(che, f"/circles/desk/requests/{number}", {"accept": "1"}, htmx=f"request-{number}")
    assert role(cast.desk, cast.ning) is None
    assert "They are in" not in late.headers["HX-Trigger"]
    early = post(che, f"/circles/desk/requests/{number}", {"accept": "0"}, htmx=f"request-{number}")
    assert late.headers["HX-Trigger"] == early.headers["HX-Trigger"]


def test_a_request_can_be_taken_back(as_, post, cast):
    ning = as_("ning")
    post(ning, "/circles/desk/join", {"answer": "一"})
    assert post(ning, "/circles/desk/withdraw").status_code == 303
    assert JoinRequest.select().count() == 0


@pytest.mark.parametrize("accept", ["", "2", "yes", "11"])
def test_a_decision_is_yes_or_no(as_, post, cast, accept):
    post(as_("ning"), "/circles/desk/join", {"answer": "一"})
    answer = post(as_("che"), f"/circles/desk/requests/{request_of(cast.ning).id}", {"accept": accept})
    assert answer.status_code == 422 and request_of(cast.ning).decided_at is None


def test_only_who_runs_the_circle_sees_and_decides_requests(as_, post, cast):
    post(as_("ning"), "/circles/desk/join", {"answer": "一"})
    number = request_of(cast.ning).id
    assert as_("lin").get("/circles/desk/requests").status_code == 403
    assert post(as_("lin"), f"/circles/desk/requests/{number}", {"accept": "1"}).status_code == 403
    assert post(as_("che"), f"/circles/night-run/requests/{number}", {"accept": "1"}).status_code == 404, (
        "a request to another circle"
    )
    assert role(cast.desk, cast.ning) is None


# ---- by invitation ------------------------------------------------------------------------------------------


def invite_ning(as_, post, cast, reason="她会冲胶卷"):
    return post(
        as_("che"), f"/circles/{cast.darkroom.slug}/invitations/", {"username": "@Ning", "reason": reason}
    )  # fmt: skip


def test_an_invitation_says_who_asks_and_why(as_, post, cast):
    assert invite_ning(as_, post, cast).status_code == 303
    ning = as_("ning")
    for page in ("/circles/", f"/circles/{cast.darkroom.slug}"):
        text = ning.get(page).text
        assert re.search(rf"{cast.che.display_name}[^<]{{0,30}}她会冲胶卷", text), page
        assert f"/circles/{cast.darkroom.slug}/decline" in text, page
    assert post(ning, f"/circles/{cast.darkroom.slug}/join").status_code == 303
    assert role(cast.darkroom, cast.ning) == "member"
    assert "她会冲胶卷" not in ning.get("/circles/").text


def test_a_declined_invitation_leaves_no_trace_and_no_door(as_, post, cast):
    invite_ning(as_, post, cast)
    ning, slug = as_("ning"), cast.darkroom.slug
    assert post(ning, f"/circles/{slug}/decline").status_code == 303
    assert ning.get(f"/circles/{slug}").status_code == 404
    assert post(ning, f"/circles/{slug}/join").status_code == 404
    assert cast.ning.display_name not in as_("che").get(f"/circles/{slug}/members").text


def test_nobody_joins_by_invitation_without_one(cast):
    circle = actions.found_circle(
        cast.che.actor, actions.CircleDraft("摄影", "photo", "x", "photo", "listed", "invitation")
    )
    with pytest.raises(Conflict, match="invitation_only"):
        actions.join(cast.ning.actor, circle.id)


@pytest.mark.parametrize(("username", "status"), [("", 422), ("nobody", 422), ("lin", 422), ("x" * 400, 422)])
def test_an_invitation_needs_somebody_who_is_not_in_yet(as_, post, cast, username, status):
    form = {"username": username, "reason": "kept as typed"}
    answer = post(as_("che"), f"/circles/{cast.darkroom.slug}/invitations/", form)
    assert answer.status_code == status and 'value="kept as typed"' in answer.text
    assert "username-error" in answer.text


def test_members_invite_nobody(as_, post, cast):
    form = {"username": "ning", "reason": "words of a member"}
    answer = post(as_("lin"), f"/circles/{cast.darkroom.slug}/invitations/", form)
    assert answer.status_code == 403 and "words of a member" in typed(answer.text)
    assert CircleInvitation.select().where(CircleInvitation.member == cast.ning.id).count() == 0


def test_an_invitation_ends_when_its_member_came_in_by_another_door(cast):
    """Otherwise who was let in, and removed later, could simply walk in again."""
    actions.join(cast.ning.actor, cast.desk.id, "一")
    actions.invite(cast.che.actor, cast.desk.id, cast.ning.id, "来")
    actions.decide(cast.che.actor, cast.desk.id, request_of(cast.ning).id, accept=True)
    actions.remove(cast.che.actor, cast.desk.id, cast.ning.id)
    assert not room(cast.ning.actor, cast.desk.id).is_invited
    assert actions.join(cast.ning.actor, cast.desk.id, "二") == "asked"


# ---- roles, leaving, removing -------------------------------------------------------------------------------


def test_an_owner_makes_moderators_and_moderators_make_nobody(as_, post, cast):
    slug = "/circles/night-run/members"
    assert post(as_("che"), f"{slug}/{cast.lin.id}/role", {"role": "moderator"}).status_code == 303
    assert role(cast.running, cast.lin) == "moderator"
    assert post(as_("may"), f"{slug}/{cast.lin.id}/role", {"role": "owner"}).status_code == 403
    assert post(as_("che"), f"{slug}/{cast.lin.id}/role", {"role": "emperor"}).status_code == 422
    assert post(as_("che"), f"{slug}/{cast.ning.id}/role", {"role": "owner"}).status_code == 404
    assert role(cast.running, cast.lin) == "moderator" and role(cast.running, cast.ning) is None


def test_the_last_owner_stays_until_there_is_another(as_, post, cast):
    che = as_("che")
    refused = post(che, "/circles/night-run/leave")
    assert refused.status_code == 409 and "<h1>还差一步</h1>" in refused.text
    assert post(che, f"/circles/night-run/members/{cast.che.id}/role", {"role": "member"}).status_code == 409
    assert role(cast.running, cast.che) == "owner"
    post(che, f"/circles/night-run/members/{cast.may.id}/role", {"role": "owner"})
    assert post(che, "/circles/night-run/leave").status_code == 303
    assert role(cast.running, cast.che) is None


def test_a_moderator_removes_members_and_nobody_above(as_, post, cast):
    may, out = as_("may"), {"kind": "remove", "days": "0", "reason": "x"}
    for who, status in (("lin", 303), ("che", 409), ("may", 409), ("ning", 303)):
        assert post(may, f"/circles/night-run/members/{cast[who].id}/sanction", out).status_code == status, who
    assert role(cast.running, cast.lin) is None and role(cast.running, cast.che) == "owner"
    assert post(as_("che"), f"/circles/night-run/members/{cast.may.id}/sanction", out).status_code == 303
    assert role(cast.running, cast.may) is None
    assert AuditEntry.select().where(AuditEntry.action == "circle.remove").count() == 2


def test_members_remove_nobody(cast):
    with pytest.raises(Denied):
        actions.remove(cast.lin.actor, cast.running.id, cast.may.id)
    with pytest.raises(Denied):
        actions.remove(cast.ning.actor, cast.running.id, cast.may.id)
    with pytest.raises(Gone):
        actions.remove(cast.ning.actor, cast.darkroom.id, cast.lin.id)


# ---- removed while writing ----------------------------------------------------------------------------------

LONG = "这几行字写了很久，\n不该因为被移出圈子就没了。"


def test_who_was_removed_in_another_tab_gets_the_words_back(as_, post, cast):
    lin = as_("lin")
    number = cast.post_in(cast.running).id
    actions.remove(cast.may.actor, cast.running.id, cast.lin.id)
    posts = Post.select().count()
    for url in ("posts/", "preview", f"posts/{number}/comments/", f"posts/{number}/edit"):
        answer = post(lin, f"/circles/night-run/{url}", {"title": "长标题在此 ok", "body": LONG})
        assert answer.status_code == 403, url
        assert LONG in typed(answer.text), url
    assert Post.select().count() == posts


def test_even_where_the_circle_is_gone_for_them(as_, post, cast):
    lin = as_("lin")
    actions.remove(cast.che.actor, cast.darkroom.id, cast.lin.id)
    answer = post(lin, f"/circles/{cast.darkroom.slug}/posts/", {"body": LONG})
    assert answer.status_code == 404 and LONG in typed(answer.text)
    assert "暗房" not in answer.text


def test_htmx_leaves_the_words_where_they_are_and_says_why(as_, post, cast):
    lin = as_("lin")
    actions.remove(cast.may.actor, cast.running.id, cast.lin.id)
    answer = post(lin, "/circles/night-run/posts/", {"body": LONG}, htmx="post-list")
    assert answer.status_code == 403 and answer.text == "" and "toast" in answer.headers["HX-Trigger"]


@pytest.mark.parametrize("who", ["suspended", "leaving"])
def test_who_was_suspended_or_is_leaving_gets_the_words_back_too(as_, post, who):
    answer = post(as_(who), "/circles/night-run/posts/", {"body": LONG}, page="/settings/leave")
    assert answer.status_code == 403 and LONG in typed(answer.text)


def test_words_that_another_site_sent_are_not_shown(as_, csrf, cast):
    """Else anybody could have our page say anything."""
    lin = as_("lin")
    data = {"body": LONG, "csrf_token": "wrong"}
    answer = lin.post("/circles/night-run/posts/", data=data, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403 and LONG not in answer.text
    data["csrf_token"] = csrf(lin)
    answer = lin.post("/circles/night-run/posts/", data=data, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


def test_passwords_and_tokens_are_not_shown_among_what_was_typed(as_, post, cast):
    secret = "a very long and secret phrase"
    data = {"body": LONG, "password": secret, "new_password": secret, "key": "k e y"}
    answer = post(as_("ning"), "/circles/night-run/posts/", data)
    assert answer.status_code == 403 and secret not in answer.text and "k e y" not in answer.text


def test_what_was_typed_is_shown_as_text(as_, post, cast):
    answer = post(as_("ning"), "/circles/night-run/posts/", {"body": "</textarea><script>alert(1)</script> x"})
    assert answer.status_code == 403 and not re.search("<script>alert", answer.text)


# ---- what everybody sees ------------------------------------------------------------------------------------


def test_the_list_of_members_is_for_those_who_may_read(as_, client, cast):
    assert cast.may.display_name in as_("ning").get("/circles/night-run/members").text
    assert as_("ning").get("/circles/desk/members").status_code == 403
    assert as_("ning").get(f"/circles/{cast.darkroom.slug}/members").status_code == 404
    assert client.get("/circles/desk/members").status_code == 401


def test_members_are_paged_without_gaps_or_doubles(cast, as_, monkeypatch):
    from core.limits import LIMITS
    from tests.blueprints.account_stories import actor, member

    monkeypatch.setitem(LIMITS, "page_members", 3)
    for name in ("aba", "bcb", "cdc", "ded"):
        actions.join(actor(member(name)), cast.running.id)
    shown: list[str] = []
    url = "/circles/night-run/members"
    while url:
        page = as_("lin").get(url, headers={"HX-Request": "true", "HX-Target": "older"}).text
        shown += re.findall(r'id="member-(\d+)"', page)
        after = re.search(r'hx-get="([^"]*before=[^"]*)"', page)
        url = after[1].replace("&amp;", "&") if after else ""
    assert len(shown) == len(set(shown)) == Membership.select().where(Membership.circle == cast.running).count()


def test_actions_check_the_circle_itself(cast):
    with pytest.raises(Gone):
        actions.join(cast.ning.actor, cast.darkroom.id)
    with pytest.raises(Invalid):
        actions.invite(cast.che.actor, cast.darkroom.id, cast.ning.id, "x" * 121)
    with pytest.raises(Denied):
        write(cast.ning.actor, cast.running.id)
