"""The door of a circle: rules that are accepted, a welcome, a word with a refusal, and nothing left for who went."""

import re

import pytest

from blueprints.circles import actions, admission
from blueprints.circles.rooms import room
from core import clock
from core.errors import Denied, Gone, Invalid, Refusal
from core.limits import LIMITS
from models import CircleInvitation, JoinRequest, Membership
from tests.blueprints.circle_stories import say, typed, write, wrong_counters

RULES = "别丢下人。**最后一个**到了才算结束。"
WELCOME = "新人先看置顶。"


def give_rules(cast, circle, rules=RULES, welcome=""):
    here = room(cast.che.actor, circle.id)
    door = actions.Door(here.visibility, here.join_policy, here.question, rules, welcome)
    actions.edit_circle(cast.che.actor, circle.id, door)


def membership(circle, person) -> Membership | None:
    return Membership.get_or_none(Membership.circle == circle, Membership.member == person.id)


def ask(cast, person, answer="《活着》", **how) -> JoinRequest:
    actions.join(person.actor, cast.desk.id, answer, **how)
    return JoinRequest.get(JoinRequest.member == person.id, JoinRequest.circle == cast.desk)


# ---- rules --------------------------------------------------------------------------------------------------


def test_one_tap_joins_where_there_are_no_rules(as_, post, cast):
    ning = as_("ning")
    assert 'formaction="/circles/night-run/join"' in ning.get("/circles/night-run").text
    assert post(ning, "/circles/night-run/join").location == "/circles/night-run"
    assert membership(cast.running, cast.ning).rules_accepted_at is None


def test_rules_are_read_and_accepted_before_the_door_opens(as_, post, cast):
    give_rules(cast, cast.running)
    ning = as_("ning")
    page = ning.get("/circles/night-run").text
    assert 'href="/circles/night-run/join"' in page and 'formaction="/circles/night-run/join"' not in page
    page = ning.get("/circles/night-run/join").text
    assert "<strong>最后一个</strong>" in page and 'name="accept"' in page
    assert post(ning, "/circles/night-run/join").location == "/circles/night-run/join", "an old page leads to the rules"
    refused = post(ning, "/circles/night-run/join", {"shown": "1"})
    assert refused.status_code == 422 and 'id="accept-error"' in refused.text and "最后一个" in refused.text
    part = post(ning, "/circles/night-run/join", {"shown": "1"}, htmx="join-form")
    assert part.status_code == 422 and part.text.lstrip().startswith("<form") and 'id="accept-error"' in part.text
    assert membership(cast.running, cast.ning) is None
    before = clock.now()
    assert post(ning, "/circles/night-run/join", {"shown": "1", "accept": "1"}).location == "/circles/night-run"
    assert before <= membership(cast.running, cast.ning).rules_accepted_at <= clock.now()


def test_the_action_itself_wants_the_rules_accepted(cast):
    give_rules(cast, cast.running)
    with pytest.raises(Invalid, match="rules_first"):
        actions.join(cast.ning.actor, cast.running.id)
    assert actions.join(cast.ning.actor, cast.running.id, accepts=True) == "joined"


def test_what_was_accepted_when_asking_holds_when_let_in(as_, post, cast):
    give_rules(cast, cast.desk)
    ning = as_("ning")
    form = {"shown": "1", "answer": "《活着》"}
    refused = post(ning, "/circles/desk/join", form)
    assert refused.status_code == 422 and "《活着》" in typed(refused.text), "the answer is kept"
    assert post(ning, "/circles/desk/join", {**form, "accept": "1"}).status_code == 303
    asked = JoinRequest.get(JoinRequest.member == cast.ning.id)
    actions.decide(cast.che.actor, cast.desk.id, asked.id, accept=True)
    assert membership(cast.desk, cast.ning).rules_accepted_at == asked.rules_accepted_at is not None


def test_an_invitation_does_not_lead_past_the_rules(as_, post, cast):
    give_rules(cast, cast.darkroom)
    actions.invite(cast.che.actor, cast.darkroom.id, cast.ning.id, "来")
    ning, url = as_("ning"), f"/circles/{cast.darkroom.slug}/join"
    assert post(ning, url).location == url and "最后一个" in ning.get(url).text
    assert membership(cast.darkroom, cast.ning) is None
    assert post(ning, url, {"shown": "1", "accept": "1"}).status_code == 303
    assert membership(cast.darkroom, cast.ning).rules_accepted_at
    assert CircleInvitation.get(CircleInvitation.member == cast.ning.id).accepted


def test_rules_stand_on_the_page_about_the_circle_for_those_who_may_read_it(as_, client, cast):
    give_rules(cast, cast.running, welcome=WELCOME)
    give_rules(cast, cast.desk, welcome=WELCOME)
    assert "最后一个" in client.get("/circles/night-run/about").text
    assert "最后一个" not in client.get("/circles/desk/about").text
    for browser, url in ((client, "/circles/night-run"), (as_("ning"), "/circles/desk/join"),
                         (client, "/circles/night-run/about"), (client, "/circles/desk")):  # fmt: skip
        assert WELCOME not in browser.get(url).text, "a welcome is for members"


def test_rules_are_markdown_and_nothing_else(as_, post, cast):
    form = {"visibility": "public", "join_policy": "open", "rules": "# 一\n<script>alert(1)</script>", "welcome": ""}
    assert post(as_("che"), "/circles/night-run/door", form).status_code == 303
    page = as_("ning").get("/circles/night-run/join").text
    assert "<script>alert" not in page and "一</h" in page


@pytest.mark.parametrize("field", ["rules", "welcome", "question"])
def test_a_text_of_the_door_that_is_too_long_is_kept_and_named(as_, post, cast, field):
    text = "规" * (LIMITS[f"circle_{field}"] + 1)
    form = {"visibility": "public", "join_policy": "open", field: text}
    answer = post(as_("che"), "/circles/night-run/door", form)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and text in answer.text
    assert cast.running.rules == ""


def test_an_invisible_circle_cannot_be_open(as_, post, cast):
    answer = post(as_("che"), "/circles/night-run/door", {"visibility": "invisible", "join_policy": "open"})
    assert answer.status_code == 422 and cast.running.visibility == "public"


def test_the_join_page_is_not_there_for_who_is_in_or_cannot_come_in(as_, cast):
    assert as_("lin").get("/circles/night-run/join").location == "/circles/night-run"
    circle = actions.found_circle(
        cast.che.actor, actions.CircleDraft("摄影", "photo", "x", "photo", "listed", "invitation")
    )
    assert as_("ning").get(f"/circles/{circle.slug}/join").location == "/circles/photo"


# ---- welcome ------------------------------------------------------------------------------------------------


def test_the_welcome_stands_on_top_until_it_was_read(as_, post, cast):
    give_rules(cast, cast.running, rules="", welcome=WELCOME)
    ning = as_("ning")
    assert 'id="welcome"' not in ning.get("/circles/night-run").text
    post(ning, "/circles/night-run/join")
    page = ning.get("/circles/night-run").text
    assert page.index(WELCOME) < page.index('id="post-list"')
    assert WELCOME in ning.get("/circles/night-run").text, "looking at it does not take it away"
    assert post(ning, "/circles/night-run/welcome", htmx="welcome").text == ""
    assert 'id="welcome"' not in ning.get("/circles/night-run").text
    first = membership(cast.running, cast.ning).welcomed_at
    assert post(ning, "/circles/night-run/welcome").location == "/circles/night-run"
    assert membership(cast.running, cast.ning).welcomed_at == first


def test_who_was_there_before_the_welcome_is_not_welcomed(as_, post, cast):
    post(as_("ning"), "/circles/night-run/join")
    give_rules(cast, cast.running, rules="", welcome=WELCOME)
    assert 'id="welcome"' not in as_("ning").get("/circles/night-run").text


def test_rules_that_came_after_the_request_are_shown_with_the_welcome_and_accepted_with_it(as_, post, cast):
    asked = ask(cast, cast.ning)
    give_rules(cast, cast.desk)
    actions.decide(cast.che.actor, cast.desk.id, asked.id, accept=True)
    ning = as_("ning")
    assert 'id="welcome"' in ning.get("/circles/desk").text and "最后一个" in ning.get("/circles/desk").text
    assert membership(cast.desk, cast.ning).rules_accepted_at is None
    post(ning, "/circles/desk/welcome")
    assert membership(cast.desk, cast.ning).rules_accepted_at
    assert 'id="welcome"' not in ning.get("/circles/desk").text


# ---- requests -----------------------------------------------------------------------------------------------


def test_who_is_declined_reads_the_word_on_the_circles_page_and_nobody_else_does(as_, post, cast):
    asked, word = ask(cast, cast.ning), "这个月满了，下个月再来。"
    answer = post(as_("che"), f"/circles/desk/requests/{asked.id}", {"accept": "0", "reply": word})
    assert answer.status_code == 303
    ning = as_("ning")
    page = ning.get("/circles/desk").text
    assert 'id="declined"' in page and word in page and 'href="/circles/desk/join"' in page
    assert word not in as_("lin").get("/circles/desk").text
    ask(cast, cast.ning, "再来")
    assert word not in ning.get("/circles/desk").text and 'id="declined"' not in ning.get("/circles/desk").text
    assert room(cast.ning.actor, cast.desk.id).tie.asked_at


def test_a_word_that_is_too_long_is_kept_and_nothing_is_decided(as_, post, cast):
    asked, word = ask(cast, cast.ning), "长" * (LIMITS["join_reply"] + 1)
    for how in (False, f"request-{asked.id}"):
        answer = post(as_("che"), f"/circles/desk/requests/{asked.id}", {"accept": "0", "reply": word}, htmx=how)
        assert answer.status_code == 422 and word in answer.text
        assert f'for="reply-{asked.id}"' in answer.text and f'id="reply-{asked.id}-error"' in answer.text
    assert JoinRequest.get_by_id(asked.id).decided_at is None
    with pytest.raises(Invalid):
        actions.decide(cast.che.actor, cast.desk.id, asked.id, accept=False, reply=word)


def test_a_word_is_not_kept_for_who_is_let_in(as_, post, cast):
    asked = ask(cast, cast.ning)
    post(as_("che"), f"/circles/desk/requests/{asked.id}", {"accept": "1", "reply": "x"})
    assert JoinRequest.get_by_id(asked.id).reply == "" and membership(cast.desk, cast.ning)


def test_the_queue_shows_what_came_before(as_, post, cast):
    che = as_("che")
    asked = ask(cast, cast.ning)
    assert 'class="earlier' not in che.get("/circles/desk/requests").text
    actions.decide(cast.che.actor, cast.desk.id, asked.id, accept=False)
    clock.shift(clock.DAY)
    asked = ask(cast, cast.ning, "再来")
    actions.decide(cast.che.actor, cast.desk.id, asked.id, accept=True)
    actions.remove(cast.che.actor, cast.desk.id, cast.ning.id, "跑题")
    ask(cast, cast.ning, "三来")
    row = admission.asked(cast.che.actor, room(cast.che.actor, cast.desk.id)).rows[0]
    assert [each.action for each in row.earlier] == ["circle.remove", "circle.decline"]
    assert row.earlier[0].at - row.earlier[1].at >= clock.DAY
    assert che.get("/circles/desk/requests").text.count("<li>") >= 2
    assert 'class="earlier' in che.get("/circles/desk/requests").text


def test_earlier_refusals_elsewhere_are_nobodys_business_here(cast):
    other = actions.found_circle(
        cast.che.actor, actions.CircleDraft("摄影", "photo", "x", "photo", "listed", "apply")
    )
    actions.join(cast.ning.actor, other.id)
    asked = JoinRequest.get(JoinRequest.circle == other)
    actions.decide(cast.che.actor, other.id, asked.id, accept=False)
    ask(cast, cast.ning)
    assert admission.asked(cast.che.actor, room(cast.che.actor, cast.desk.id)).rows[0].earlier == ()


def test_the_queue_asks_as_often_for_many_as_for_few(cast, as_, monkeypatch):
    from tests.blueprints.account_stories import actor, member
    from tests.blueprints.circle_stories import counted

    def queries() -> int:
        with counted() as seen:
            che.get("/circles/desk/requests")
        return len(seen)

    che = as_("che")
    for name in ("aba", "bcb"):
        actions.join(actor(member(name)), cast.desk.id, "x")
    che.get("/circles/desk/requests")
    few = queries()
    for name in ("cdc", "ded", "efe", "fgf", "ghg"):
        actions.join(actor(member(name)), cast.desk.id, "x")
    assert queries() == few


def test_two_hundred_applications_of_one_are_one_row(cast, in_threads):
    in_threads(200, lambda number: actions.join(cast.ning.actor, cast.desk.id, f"第{number}次"))
    assert JoinRequest.select().where(JoinRequest.circle == cast.desk, JoinRequest.member == cast.ning.id).count() == 1
    in_threads(100, lambda _number: actions.join(cast.ning.actor, cast.running.id))
    assert Membership.select().where(Membership.member == cast.ning.id).count() == 1
    assert wrong_counters() == []


def test_asking_and_deciding_at_once_leaves_one_of_both(cast, in_threads):
    asked, said = ask(cast, cast.ning), []

    def act(number: int) -> None:
        try:
            if number % 2:
                said.append(actions.join(cast.ning.actor, cast.desk.id, "x"))
            else:
                said.append(actions.decide(cast.che.actor, cast.desk.id, asked.id, accept=True))
        except Refusal as refusal:
            said.append(refusal.code)

    in_threads(20, act)
    assert membership(cast.desk, cast.ning) and wrong_counters() == []
    assert not room(cast.ning.actor, cast.desk.id).tie.asked_at


# ---- who is in no more --------------------------------------------------------------------------------------


@pytest.fixture
def ways(cast) -> dict[str, str]:
    """Addresses of what 林间 can reach in 暗房 as long as they are in."""
    made = write(cast.che.actor, cast.darkroom.id, "暗语：红灯亮着别开门", "暗房的规矩")
    remark = say(cast.che.actor, made, "显影液在左边")
    slug, picture = cast.darkroom.slug, cast.picture_in(cast.darkroom)
    return {
        "circle": f"/circles/{slug}", "post": f"/circles/{slug}/posts/{made.id}", "about": f"/circles/{slug}/about",
        "members": f"/circles/{slug}/members", "changes": f"/circles/{slug}/changes?since=0",
        "post changes": f"/circles/{slug}/posts/{made.id}/changes?since=0",
        "history": f"/circles/{slug}/posts/{made.id}/history",
        "replies": f"/circles/{slug}/posts/{made.id}/comments/{remark.id}/replies",
        "picture": f"/media/{picture}/s.webp", "another": f"/circles/{slug}/posts/{cast.post_in(cast.darkroom).id}",
    }  # fmt: skip


@pytest.mark.parametrize("how", ["left", "removed", "banned"])
def test_who_is_out_finds_every_old_way_closed_at_once(as_, cast, ways, how):
    browser = as_("ning")
    actions.invite(cast.che.actor, cast.darkroom.id, cast.ning.id, "来")
    actions.join(cast.ning.actor, cast.darkroom.id)
    for name, url in ways.items():
        with browser.get(url) as answer:
            assert answer.status_code == 200, name
    assert "红灯" in browser.get("/search?q=红灯").text
    if how == "left":
        actions.leave(cast.ning.actor, cast.darkroom.id)
    elif how == "removed":
        actions.remove(cast.che.actor, cast.darkroom.id, cast.ning.id, "x")
    else:
        actions.ban(cast.che.actor, cast.darkroom.id, cast.ning.id, "x")
    for name, url in ways.items():
        answer = browser.get(url)
        assert answer.status_code == 404 and "红灯" not in answer.text and "暗房" not in answer.text, name
        assert browser.get(url, headers={"HX-Request": "true"}).status_code == 404, name
    for page in ("/search?q=红灯", "/search?q=暗房", "/circles/", f"/people/{cast.ning.username}", "/people/che"):
        assert cast.darkroom.slug not in browser.get(page).text, page


def test_even_a_picture_that_the_browser_kept_is_asked_for_again(as_, cast, ways):
    """What is not for everybody must not be shown out of the browser's own store for an hour."""
    with as_("lin").get(ways["picture"]) as answer:
        assert answer.status_code == 200 and "no-cache" in answer.headers["Cache-Control"]
    known = {"If-None-Match": answer.headers["ETag"]}
    with as_("lin").get(ways["picture"], headers=known) as again:
        assert again.status_code == 304
    assert as_("ning").get(ways["picture"], headers=known).status_code == 404
    with as_("lin").get(f"/media/{cast.picture_in(cast.running)}/s.webp") as public:
        assert "max-age=3600" in public.headers["Cache-Control"]


def test_notices_of_a_circle_go_with_the_membership(cast):
    from core import notices
    from models import Notice

    post = cast.post_in(cast.darkroom)
    notices.tell([cast.lin.id], "commented", "post", post.id, circle=cast.darkroom.id)
    notices.tell([cast.lin.id], "commented", "post", cast.post_in(cast.running).id, circle=cast.running.id)
    actions.remove(cast.che.actor, cast.darkroom.id, cast.lin.id, "x")
    left = Notice.select().where(Notice.member == cast.lin.id, Notice.kind == "commented")
    assert [row.circle for row in left] == [cast.running.id]


# ---- settings -----------------------------------------------------------------------------------------------


def test_all_settings_pages_lead_to_each_other(as_, cast):
    che = as_("che")
    pages = ("edit", "door", "invitations/", "banned")
    for page in pages:
        text = che.get(f"/circles/night-run/{page}").text
        nav = re.search(r'<nav class="chips" id="settings-nav".*?</nav>', text, re.DOTALL)[0]
        for other in pages:
            assert f'href="/circles/night-run/{other}"' in nav, (page, other)
        assert nav.count('aria-current="true"') == 1
    nav = re.search(r'id="settings-nav".*?</nav>', as_("may").get("/circles/night-run/banned").text, re.DOTALL)[0]
    assert "/circles/night-run/edit" not in nav and "/circles/night-run/invitations/" in nav


def test_another_feature_can_add_a_settings_page(as_, cast, monkeypatch):
    from core import blueprint

    def more(actor, rooms):
        return {here: f'<a class="chip" href="/more/{here.slug}">更多</a>' for here in rooms}

    monkeypatch.setitem(blueprint._slots, "circles.settings", [*blueprint._slots["circles.settings"], more])
    assert 'href="/more/night-run"' in as_("che").get("/circles/night-run/edit").text


def test_open_invitations_are_listed_and_taken_back(as_, post, cast):
    actions.invite(cast.che.actor, cast.desk.id, cast.ning.id, "她什么都读")
    che, url = as_("che"), "/circles/desk/invitations/"
    assert "她什么都读" in che.get(url).text
    taken = post(che, f"{url}members/{cast.ning.id}/withdraw", htmx=f"invited-{cast.ning.id}")
    assert taken.status_code == 200 and taken.text == ""
    assert "她什么都读" not in che.get(url).text
    assert not room(cast.ning.actor, cast.desk.id).is_invited
    assert post(che, f"{url}members/{cast.ning.id}/withdraw").status_code == 303, "twice changes nothing"


def test_the_notice_of_an_invitation_goes_with_it(cast):
    from models import Notice

    told = Notice.select().where(Notice.member == cast.ning.id, Notice.kind == "invited")
    actions.invite(cast.che.actor, cast.desk.id, cast.ning.id)
    assert told.count() == 1
    actions.withdraw_invitation(cast.che.actor, cast.desk.id, cast.ning.id)
    assert told.count() == 0


def test_nobody_is_told_of_a_request_that_was_taken_back(cast):
    from models import Notice

    ask(cast, cast.ning)
    told = Notice.select().where(Notice.member == cast.che.id, Notice.kind == "asked")
    assert told.count() == 1
    actions.withdraw(cast.ning.actor, cast.desk.id)
    assert told.count() == 0


def test_an_invitation_that_was_taken_back_opens_nothing(cast):
    actions.invite(cast.che.actor, cast.darkroom.id, cast.ning.id)
    actions.withdraw_invitation(cast.che.actor, cast.darkroom.id, cast.ning.id)
    with pytest.raises(Gone):
        actions.join(cast.ning.actor, cast.darkroom.id)
    with pytest.raises(Denied):
        actions.withdraw_invitation(cast.lin.actor, cast.darkroom.id, cast.may.id)


# ---- personal data ------------------------------------------------------------------------------------------


def test_the_copy_of_ones_data_holds_links_sanctions_and_answers(cast):
    from blueprints.circles.invite_links import LinkDraft, make_link
    from blueprints.circles.personal import exports

    actions.mute(cast.che.actor, cast.running.id, cast.may.id, "吵")
    make_link(cast.may.actor, cast.running.id, LinkDraft(7, 10, "member", "江边见"))
    content, _ = exports(cast.may.id)
    assert content["sanctions"][0]["reason"] == "吵" and content["invite_links"][0]["reason"] == "江边见"


def test_nothing_of_them_is_left_when_a_member_is_erased(cast):
    from blueprints.circles.erasing import erase_member
    from blueprints.circles.invite_links import LinkDraft, make_link, redeem
    from core.db import atomic
    from models import InviteLink, InviteLinkUse, Sanction

    made = make_link(cast.may.actor, cast.running.id, LinkDraft(7, 10, "member", "江边见"))
    redeem(cast.ning.actor, InviteLink.get_by_id(made).code)
    actions.mute(cast.may.actor, cast.running.id, cast.ning.id, "吵")
    with atomic():
        erase_member(cast.may.id, keeps_words=False)
    link = InviteLink.get_by_id(made)
    assert (link.created_by_id, link.reason) == (None, "") and link.revoked_at
    assert Sanction.get().decided_by_id is None
    with atomic():
        erase_member(cast.ning.id, keeps_words=True)
    assert InviteLinkUse.select().count() == Sanction.select().count() == 0
