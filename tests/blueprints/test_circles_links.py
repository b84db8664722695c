"""Links that let people into a circle: who sees what of it, how many come in, and when it is over."""

import re
from collections import Counter

import pytest

from blueprints.circles import actions, invite_links
from blueprints.circles.invite_links import LinkDraft
from core import clock
from core.errors import Denied, Gone, Invalid, Refusal
from core.limits import LIMITS, RATES, Rate
from core.policy import Actor, Standing
from models import AuditEntry, Circle, InviteLink, InviteLinkUse, Member, Membership, Suspension
from tests.blueprints.circle_stories import wrong_counters

MANY = 200


def made(cast, circle, days=7, uses=10, role="member", reason="", by="che") -> InviteLink:
    return InviteLink.get_by_id(
        invite_links.make_link(cast[by].actor, circle.id, LinkDraft(days, uses, role, reason))
    )


def role(circle, person) -> str | None:
    return actions.role_of(circle.id, person.id)


def uses_of(link: InviteLink) -> int:
    return InviteLink.get_by_id(link.id).uses


@pytest.fixture
def crowd(cast) -> list[Actor]:
    """Two hundred people who are in no circle yet."""
    rows = [
        {"username": f"guest-{n}", "username_key": f"guest-{n}", "display_name": f"客 {n}", "password_hash": "!",
         "password_changed_at": 0, "created_at": 0}
        for n in range(MANY)
    ]  # fmt: skip
    Member.insert_many(rows).execute()
    ids = Member.select(Member.id).where(Member.username.startswith("guest-")).tuples()
    return [Actor(id_, Standing.MEMBER, f"guest-{id_}") for (id_,) in ids]


# ---- making them --------------------------------------------------------------------------------------------


def test_a_link_is_made_shown_used_and_taken_back(as_, post, cast):
    che, url = as_("che"), f"/circles/{cast.darkroom.slug}/invitations/"
    form = {"days": "1", "uses": "1", "role": "member", "why": "你会冲胶卷"}
    assert post(che, f"{url}links/", form).location == f"{url}#links"
    link = InviteLink.get()
    assert (link.role, link.max_uses, link.reason) == ("member", 1, "你会冲胶卷")
    assert abs(link.expires_at - clock.now() - clock.DAY) < clock.MINUTE
    page = che.get(url).text
    assert f"http://localhost/i/{link.code}" in page and '<svg viewBox="0 0' in page and "你会冲胶卷" in page
    ning = as_("ning")
    page = ning.get(f"/i/{link.code}").text
    assert all(words in page for words in ("暗房", "只给几个人", "你会冲胶卷", cast.che.display_name))
    assert post(ning, f"/i/{link.code}").location == f"/circles/{cast.darkroom.slug}"
    assert role(cast.darkroom, cast.ning) == "member" and uses_of(link) == 1
    assert InviteLinkUse.get().member_id == cast.ning.id
    second = made(cast, cast.darkroom)
    assert post(che, f"{url}{second.id}/revoke").status_code == 303
    assert as_("may").get(f"/i/{second.code}").status_code == 410
    assert f"/i/{second.code}" not in che.get(url).text
    said = {row.action for row in AuditEntry.select().where(AuditEntry.subject_kind == "invite_link")}
    assert said == {"circle.make_link", "circle.revoke_link"}


def test_a_link_without_end_and_without_number(cast):
    link = made(cast, cast.running, days=0, uses=0)
    assert link.expires_at is None and link.max_uses is None
    clock.shift(400 * clock.DAY)
    invite_links.redeem(cast.ning.actor, link.code)
    assert role(cast.running, cast.ning) == "member"


WRONG = [
    ("days", "2"), ("days", "x"), ("days", "-1"), ("uses", "5000"), ("uses", ""), ("role", "owner"), ("role", ""),
    ("why", "x" * 121),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_cannot_be_is_named_and_the_rest_is_kept(as_, post, cast, field, value):
    form = {"days": "30", "uses": "50", "role": "member", "why": "Kept as typed", field: value}
    answer = post(as_("che"), "/circles/night-run/invitations/links/", form)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert "Kept as typed" in answer.text or field == "why"
    part = post(as_("che"), "/circles/night-run/invitations/links/", form, htmx="link-form")
    assert part.status_code == 422 and part.text.lstrip().startswith("<form")
    assert InviteLink.select().count() == 0


def test_only_owners_make_moderators(as_, post, cast):
    form = {"days": "7", "uses": "1", "role": "moderator", "why": ""}
    assert post(as_("may"), "/circles/night-run/invitations/links/", form).status_code == 422
    with pytest.raises(Invalid):
        made(cast, cast.running, role="moderator", by="may")
    assert post(as_("lin"), "/circles/night-run/invitations/links/", form).status_code == 403
    link = made(cast, cast.running, role="moderator")
    invite_links.redeem(cast.ning.actor, link.code)
    assert role(cast.running, cast.ning) == "moderator"
    for who, choices in (("che", 1), ("may", 0)):
        assert as_(who).get("/circles/night-run/invitations/").text.count('<select id="role"') == choices, who


def test_sending_twice_makes_one(as_, post, cast, fresh_key):
    form = {"days": "7", "uses": "1", "role": "member", "why": "", "key": fresh_key()}
    for _ in range(2):
        assert post(as_("che"), "/circles/night-run/invitations/links/", form).status_code == 303
    assert InviteLink.select().count() == 1


def test_a_circle_has_so_many_open_links_and_no_more(as_, post, cast, monkeypatch):
    monkeypatch.setitem(LIMITS, "open_links", 2)
    first = made(cast, cast.running)
    made(cast, cast.running)
    answer = post(as_("che"), "/circles/night-run/invitations/links/",
                  {"days": "7", "uses": "1", "role": "member", "why": ""})  # fmt: skip
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    invite_links.revoke_link(cast.che.actor, cast.running.id, first.id)
    made(cast, cast.running)


def test_a_link_of_another_circle_is_not_there(as_, post, cast):
    link = made(cast, cast.darkroom)
    may = as_("may")
    assert post(may, f"/circles/night-run/invitations/{link.id}/revoke").status_code == 404
    assert may.get(f"/circles/night-run/invitations/{link.id}/print").status_code == 404
    assert InviteLink.get_by_id(link.id).revoked_at is None


# ---- what whoever has it sees -------------------------------------------------------------------------------


def test_the_code_shows_name_and_purpose_and_nothing_else(client, cast):
    link = made(cast, cast.darkroom, reason="来坐坐")
    page = client.get(f"/i/{link.code}")
    assert page.status_code == 200 and "暗房" in page.text and "只给几个人" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    for hidden in (cast.darkroom.slug, "胶卷", "第一卷", cast.lin.display_name, "/media/"):
        assert hidden not in page.text, hidden
    assert client.get(f"/circles/{cast.darkroom.slug}").status_code == 404
    assert "暗房" not in client.get("/circles/").text


def test_a_visitor_signs_in_or_registers_and_comes_back(app, client, post, cast):
    link = made(cast, cast.darkroom)
    page = client.get(f"/i/{link.code}").text
    assert f"/login?next=/i/{link.code}" in page and f"/register?next=/i/{link.code}" in page
    assert 'id="join-form"' not in page
    refused = post(client, f"/i/{link.code}")
    assert refused.status_code == 401 and role(cast.darkroom, cast.ning) is None
    signed = post(client, "/login", {"username": "ning", "password": cast.ning.password, "next": f"/i/{link.code}"})
    assert signed.location == f"/i/{link.code}"
    assert 'id="join-form"' in client.get(f"/i/{link.code}").text
    assert uses_of(link) == 0
    other = app.test_client()
    form = {"username": "newcomer", "password": "battery staple 9", "next": f"/i/{link.code}"}
    assert post(other, "/register", form).location == f"/i/{link.code}"
    assert post(other, f"/i/{link.code}").status_code == 303 and uses_of(link) == 1


def test_rules_are_accepted_on_the_page_of_the_link(as_, post, cast):
    door = actions.Door("invisible", "invitation", "", "不开红灯以外的灯。", "")
    actions.edit_circle(cast.che.actor, cast.darkroom.id, door)
    link, ning = made(cast, cast.darkroom), as_("ning")
    assert "不开红灯以外的灯" in ning.get(f"/i/{link.code}").text
    for how in (False, "join-form"):
        refused = post(ning, f"/i/{link.code}", htmx=how)
        assert refused.status_code == 422 and 'id="accept-error"' in refused.text
    assert role(cast.darkroom, cast.ning) is None and uses_of(link) == 0
    assert post(ning, f"/i/{link.code}", {"accept": "1"}).status_code == 303
    assert Membership.get(Membership.member == cast.ning.id).rules_accepted_at


def test_who_is_in_is_led_in_even_when_the_link_is_over(as_, post, cast):
    link, lin = made(cast, cast.darkroom, uses=1), as_("lin")
    for _ in range(2):
        page = lin.get(f"/i/{link.code}")
        assert page.status_code == 200 and f'href="/circles/{cast.darkroom.slug}"' in page.text
        assert 'id="already"' in page.text and 'id="join-form"' not in page.text
        assert post(lin, f"/i/{link.code}").status_code == 303
        assert uses_of(link) == 0, "who is in takes nobody's place"
        invite_links.revoke_link(cast.che.actor, cast.darkroom.id, link.id)


@pytest.mark.parametrize("way", ["expired", "used", "revoked", "closed"])
def test_a_link_that_is_over_says_so_and_names_nothing(as_, client, post, cast, way):
    link = made(cast, cast.darkroom, days=1, uses=1)
    if way == "expired":
        clock.shift(clock.DAY + 1)
    elif way == "used":
        invite_links.redeem(cast.may.actor, link.code)
    elif way == "revoked":
        invite_links.revoke_link(cast.che.actor, cast.darkroom.id, link.id)
    else:
        Circle.update(closed_at=clock.now()).where(Circle.id == cast.darkroom.id).execute()
    for browser in (client, as_("ning")):
        page = browser.get(f"/i/{link.code}")
        assert page.status_code == 410 and 'id="fault"' in page.text
        assert "暗房" not in page.text and cast.che.display_name not in page.text
    assert post(as_("ning"), f"/i/{link.code}").status_code == 410
    assert role(cast.darkroom, cast.ning) is None


@pytest.mark.parametrize("code", ["nope", "x" * 33, "x" * 3000, "暗房", "%00", "'", "a%2Fb", "."])
def test_a_code_that_never_was_leads_nowhere(client, cast, code):
    made(cast, cast.darkroom)
    assert client.get(f"/i/{code}").status_code == 404


def test_guessing_ends_soon_and_opening_a_real_one_does_not_count(client, post, as_, cast, monkeypatch):
    monkeypatch.setitem(RATES, "link.guess", Rate(3, 600))
    link = made(cast, cast.running, uses=0)
    for _ in range(6):
        assert client.get(f"/i/{link.code}").status_code == 200
    statuses = [client.get(f"/i/guess-{number}").status_code for number in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
    assert client.get(f"/i/{link.code}").status_code == 429, "the right one cannot be told from the wrong ones"
    assert post(as_("ning"), "/i/guess-again").status_code == 429


# ---- coming in ----------------------------------------------------------------------------------------------


def test_a_link_leads_past_an_application_and_closes_it(cast):
    actions.join(cast.ning.actor, cast.desk.id, "《活着》")
    invite_links.redeem(cast.ning.actor, made(cast, cast.desk).code)
    from models import JoinRequest

    assert role(cast.desk, cast.ning) == "member" and JoinRequest.select().count() == 0


def test_coming_back_by_the_same_link_does_not_count_again(cast):
    link = made(cast, cast.running, uses=10)
    for _ in range(3):
        invite_links.redeem(cast.ning.actor, link.code)
        invite_links.redeem(cast.ning.actor, link.code)
        actions.leave(cast.ning.actor, cast.running.id)
    assert uses_of(link) == 1 == InviteLinkUse.select().count()


def test_a_full_link_takes_nobody_back(cast):
    link = made(cast, cast.darkroom, uses=1)
    invite_links.redeem(cast.ning.actor, link.code)
    actions.remove(cast.che.actor, cast.darkroom.id, cast.ning.id, "x")
    with pytest.raises(Refusal, match="link_over"):
        invite_links.redeem(cast.ning.actor, link.code)


def test_who_is_banned_is_told_and_stays_out(as_, post, cast):
    link, ning = made(cast, cast.darkroom, uses=0), as_("ning")
    actions.ban(cast.che.actor, cast.darkroom.id, cast.ning.id, "卖相机", until_at=clock.now() + 3 * clock.DAY)
    page = ning.get(f"/i/{link.code}")
    assert page.status_code == 200 and 'id="banned"' in page.text and "卖相机" in page.text
    assert 'id="join-form"' not in page.text
    assert post(ning, f"/i/{link.code}").status_code == 403
    with pytest.raises(Denied, match="banned"):
        invite_links.redeem(cast.ning.actor, link.code)
    assert role(cast.darkroom, cast.ning) is None and uses_of(link) == 0
    clock.shift(3 * clock.DAY + 1)
    assert post(ning, f"/i/{link.code}").status_code == 303


def test_who_was_suspended_meanwhile_stays_out(cast):
    link = made(cast, cast.running)
    Suspension.create(member=cast.ning.id, suspended_at=clock.now())
    with pytest.raises(Denied):
        invite_links.redeem(cast.ning.actor, link.code)
    with pytest.raises(Gone):
        invite_links.redeem(cast.lin.actor, "no-such-code")
    assert uses_of(link) == 0


@pytest.mark.parametrize("how", ["left", "removed", "demoted", "banned"])
def test_links_end_with_the_office_of_who_made_them(cast, how):
    link = made(cast, cast.running, uses=0, by="may")
    if how == "left":
        actions.leave(cast.may.actor, cast.running.id)
    elif how == "removed":
        actions.remove(cast.che.actor, cast.running.id, cast.may.id, "x")
    elif how == "demoted":
        actions.set_role(cast.che.actor, cast.running.id, cast.may.id, "member")
    else:
        actions.ban(cast.che.actor, cast.running.id, cast.may.id, "x")
    with pytest.raises(Refusal, match="link_over"):
        invite_links.redeem(cast.ning.actor, link.code)


def test_an_owner_who_becomes_a_moderator_makes_no_moderators_any_more(cast):
    actions.set_role(cast.che.actor, cast.running.id, cast.may.id, "owner")
    plain, strong = made(cast, cast.running, by="may"), made(cast, cast.running, role="moderator", by="may")
    actions.set_role(cast.che.actor, cast.running.id, cast.may.id, "moderator")
    with pytest.raises(Refusal, match="link_over"):
        invite_links.redeem(cast.ning.actor, strong.code)
    invite_links.redeem(cast.ning.actor, plain.code)
    assert role(cast.running, cast.ning) == "member"


# ---- many at once -------------------------------------------------------------------------------------------


def test_two_hundred_redeem_a_link_for_fifty_and_fifty_are_in(cast, crowd, in_threads):
    link, before, said = made(cast, cast.darkroom, uses=50), cast.darkroom.member_count, []

    def redeem(number: int) -> None:
        try:
            said.append(invite_links.redeem(crowd[number], link.code).standing)
        except Refusal as refusal:
            said.append(refusal.code)

    in_threads(MANY, redeem)
    assert Counter(said) == {"open": 50, "link_over": 150}
    members = [row.member_id for row in Membership.select().where(Membership.circle == cast.darkroom)]
    assert len(members) == len(set(members)) == before + 50 == cast.darkroom.member_count
    assert uses_of(link) == 50 == InviteLinkUse.select().count()
    assert {row.member_id for row in InviteLinkUse.select()} <= set(members)
    assert wrong_counters() == []


def test_one_member_redeems_two_hundred_times_and_counts_once(cast, in_threads):
    link, before = made(cast, cast.darkroom, uses=50), cast.darkroom.member_count
    in_threads(MANY, lambda _number: invite_links.redeem(cast.ning.actor, link.code))
    assert uses_of(link) == 1 == InviteLinkUse.select().count() and cast.darkroom.member_count == before + 1


def test_redeeming_while_it_is_taken_back_lets_in_whom_it_counts(cast, crowd, in_threads):
    link, before = made(cast, cast.darkroom, uses=0), cast.darkroom.member_count

    def act(number: int) -> None:
        try:
            if number == 20:
                invite_links.revoke_link(cast.che.actor, cast.darkroom.id, link.id)
            else:
                invite_links.redeem(crowd[number], link.code)
        except Refusal:
            pass

    in_threads(40, act)
    assert uses_of(link) == cast.darkroom.member_count - before == InviteLinkUse.select().count()
    with pytest.raises(Refusal):
        invite_links.redeem(crowd[50], link.code)


# ---- the picture of it --------------------------------------------------------------------------------------


def test_the_code_can_be_printed_and_leads_to_the_link(as_, cast):
    link = made(cast, cast.darkroom, reason="你会冲胶卷")
    page = as_("che").get(f"/circles/{cast.darkroom.slug}/invitations/{link.id}/print").text
    poster = re.search(r'<article class="poster".*?</article>', page, re.DOTALL)[0]
    assert all(words in poster for words in ("暗房", "只给几个人", "你会冲胶卷", cast.che.display_name,
                                             f"http://localhost/i/{link.code}"))  # fmt: skip
    assert "<script" not in poster and 'style="' not in poster and "<svg" in poster and "<title>" in poster


def test_what_the_picture_says_is_the_address(cast):
    """Read back by its own modules: the same picture as one that is made of the address."""
    import segno

    from core.qr_codes import qr_svg

    address = "https://club.example/i/abcdefghijklmnop"
    drawn = qr_svg(address, "x & <y>")
    path = re.search(r'stroke="#000" d="([^"]+)"', drawn)[1]
    other = segno.make(address, error="m", micro=False).svg_inline(border=4, dark="#000")
    assert path in other and "x &amp; &lt;y&gt;" in drawn
    assert path != re.search(r'stroke="#000" d="([^"]+)"', qr_svg(address + "q", "x"))[1]


def test_a_link_that_is_over_is_not_printed(as_, cast):
    link = made(cast, cast.running)
    invite_links.revoke_link(cast.che.actor, cast.running.id, link.id)
    assert as_("che").get(f"/circles/night-run/invitations/{link.id}/print").status_code == 404


def test_the_address_carries_the_public_name_of_the_site(make_app, cast):
    from tests.conftest import signed_in

    link = made(cast, cast.running)
    browser = signed_in(make_app(QUANZI_BASE_URL="http://club.example"), cast.che.id)
    assert f"http://club.example/i/{link.code}" in browser.get("/circles/night-run/invitations/").text
