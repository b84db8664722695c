"""The members page: who runs the circle, who came last, who is called what; roles; the card about somebody; one's own
membership."""

import re

import pytest

from blueprints.accounts.actions import Profile, edit_profile
from blueprints.circles import actions, flairs, members, naming
from blueprints.circles.members import Only
from blueprints.circles.rooms import room
from core import clock
from core.errors import Conflict, Denied, Gone, Invalid
from core.policy import GUEST
from models import AuditEntry, Circle, Flair, Member, Membership, Sanction, database
from tests.blueprints.circle_stories import counted

ROW = re.compile(r'<li class="person" id="member-(\d+)"')
FACE_OF = 'data-card="/people/%s/card?circle=night-run"'


def rows(page: str) -> list[int]:
    return [int(number) for number in ROW.findall(page)]


def fill(circle: Circle, count: int, name: str = "走 {}", username: str = "walker-{}") -> list[int]:
    """So many new members of the circle; returns their ids, in the order in which they came."""
    ids = []
    for number in range(count):
        member = Member.create(
            username=username.format(number), username_key=username.format(number), display_name=name.format(number),
            password_hash="!", password_changed_at=0, created_at=0,
        )  # fmt: skip
        Membership.create(circle=circle, member=member, role="member", joined_at=clock.now())
        naming.note(member.id, circle.id)
        ids.append(member.id)
    return ids


def names(found: members.Hits) -> list[str]:
    return [row.username for row in found.rows]


# ---- the list -----------------------------------------------------------------------------------------------


def test_those_who_run_the_circle_stand_first_then_the_newest(as_, cast):
    came = fill(cast.running, 3)
    seen = rows(as_("lin").get("/circles/night-run/members").text)
    assert seen[:2] == [cast.che.id, cast.may.id] and seen[2:5] == came[::-1]
    assert len(seen) == len(set(seen)) == Membership.select().where(Membership.circle == cast.running).count()


def test_a_long_list_is_paged_without_gaps_or_doubles(as_, cast):
    came = fill(cast.running, 95)
    lin, url, seen = as_("lin"), "/circles/night-run/members", []
    while url:
        page = lin.get(url, headers={"HX-Request": "true"} if seen else {}).text
        seen += rows(page)
        older = re.search(r'href="([^"]*before=\d+)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) and set(came) <= set(seen)
    assert [each for each in seen if each in came] == came[::-1]


def test_roles_and_flairs_choose_whom_the_list_shows(as_, cast):
    ids = fill(cast.running, 2)
    flair = flairs.add_flair(cast.che.actor, cast.running.id, "领跑", 3)
    flairs.give(cast.che.actor, cast.running.id, ids[0], flair)
    flairs.give(cast.che.actor, cast.running.id, cast.may.id, flair)
    lin = as_("lin")
    assert rows(lin.get("/circles/night-run/members?role=owner").text) == [cast.che.id]
    assert rows(lin.get("/circles/night-run/members?role=moderator").text) == [cast.may.id]
    assert rows(lin.get(f"/circles/night-run/members?flair={flair}").text) == [ids[0], cast.may.id]


@pytest.mark.parametrize("query", ["flair=999999", "flair=x", "role=admin", "before=-1", "flair=-3", "before=1e9"])
def test_what_the_circle_does_not_have_is_nothing_to_choose(as_, query):
    whole, lin = "/circles/night-run/members", as_("lin")
    assert rows(lin.get(f"{whole}?{query}").text) == rows(lin.get(whole).text)


def test_the_flair_of_another_circle_shows_nobody_of_it(cast):
    foreign = flairs.add_flair(cast.che.actor, cast.darkroom.id, "冲洗", 1)
    flairs.give(cast.che.actor, cast.darkroom.id, cast.lin.id, foreign)
    here = room(cast.may.actor, cast.running.id)
    assert members.listed(cast.may.actor, here, Only(flair=foreign)).rows == []


def test_the_list_costs_the_same_for_few_and_for_many(as_, cast):
    lin = as_("lin")
    lin.get("/circles/night-run/members")
    with counted() as few:
        lin.get("/circles/night-run/members")
    ids = fill(cast.running, 30)
    flair = flairs.add_flair(cast.che.actor, cast.running.id, "领跑", 3)
    for id_ in ids[:9]:
        flairs.give(cast.che.actor, cast.running.id, id_, flair)
    with counted() as many:
        lin.get("/circles/night-run/members")
    assert len(many) == len(few)


# ---- looking for somebody -----------------------------------------------------------------------------------


def test_a_search_finds_how_a_name_or_a_username_begins(as_, cast):
    actor, here = cast.lin.actor, room(cast.lin.actor, cast.running.id)
    for query, found in (
        ("林", ["lin"]), ("林间", ["lin"]), ("lin", ["lin"]), ("LIN", ["lin"]), ("@lin", ["lin"]), ("may c", ["may"]),
        ("Ｍａｙ", ["may"]), ("chen", []), ("间", []), ("", []), ("   ", []), ("%", []), ("_", []), ("l%", []),
    ):  # fmt: skip
        assert names(members.named(actor, here, query)) == found, query
    assert rows(as_("lin").get("/circles/night-run/members?q=林").text) == [cast.lin.id]


def test_a_search_stays_in_the_circle(cast):
    fill(cast.desk, 3, name="林 {}")
    here = room(cast.lin.actor, cast.running.id)
    assert names(members.named(cast.lin.actor, here, "林")) == ["lin"]


def test_a_search_answers_with_the_region_and_says_when_there_are_more(as_, cast):
    fill(cast.running, 60, name="小雨 {}")
    answer = as_("lin").get("/circles/night-run/members?q=小雨", headers={"HX-Request": "true", "HX-Target": "who"})
    assert answer.text.lstrip().startswith('<div id="who"') and len(rows(answer.text)) == 40
    assert members.named(cast.lin.actor, room(cast.lin.actor, cast.running.id), "小雨").more


def test_nobody_found_is_said(as_):
    page = as_("lin").get("/circles/night-run/members?q=zzzz").text
    assert not rows(page) and 'class="empty"' in page


def test_a_name_much_longer_than_its_key_is_found_and_others_are_not(cast):
    long = "夜跑的人在江边跑了又跑跑了又跑"
    fill(cast.running, 1, name=long + "甲", username="first-{}")
    fill(cast.running, 1, name=long + "乙", username="second-{}")
    here = room(cast.lin.actor, cast.running.id)
    assert names(members.named(cast.lin.actor, here, long + "甲")) == ["first-0"]


def test_a_new_name_is_found_and_the_old_one_is_not(cast):
    edit_profile(cast.lin.actor, Profile("江风", ""))
    here = room(cast.may.actor, cast.running.id)
    assert names(members.named(cast.may.actor, here, "江")) == ["lin"]
    assert names(members.named(cast.may.actor, here, "林")) == []


def test_members_from_before_or_in_bulk_are_named_by_the_daily_work(app, cast):
    from blueprints.circles.jobs import look_after_members

    Membership.update(name_key="", username_key="").execute()
    here = room(cast.may.actor, cast.running.id)
    assert names(members.named(cast.may.actor, here, "林")) == []
    look_after_members(None)
    assert names(members.named(cast.may.actor, here, "林")) == ["lin"]


def test_search_and_list_are_ranges_of_an_index(cast):
    """Whatever the circle's size: no sorting, no scan, no counting."""
    here = room(cast.lin.actor, cast.running.id)
    flair = flairs.add_flair(cast.che.actor, cast.running.id, "领跑", 3)
    with counted() as seen:
        members.listed(cast.lin.actor, here, Only())
        members.listed(cast.lin.actor, here, Only("moderator"))
        members.listed(cast.lin.actor, here, Only(flair=flair))
        members.named(cast.lin.actor, here, "林")
    lists = [sql for sql in seen if 'FROM "membership"' in sql]
    assert len(lists) == 5
    for sql in lists:
        plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", (1,) * sql.count("?")).fetchall()]
        assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step], plan
        assert "COUNT(" not in sql and "OFFSET" not in sql


# ---- who may see, who may do --------------------------------------------------------------------------------


def test_strangers_of_a_listed_circle_see_no_list_and_no_search(as_, client):
    assert client.get("/circles/desk/members?q=a").status_code == 401
    assert as_("ning").get("/circles/desk/members?q=a").status_code == 403
    assert as_("ning").get("/circles/darkroom/members").status_code == 404


def test_that_somebody_is_muted_is_for_moderators(as_, cast):
    until = clock.now() + clock.DAY
    Sanction.create(circle=cast.running, member=cast.lin.id, kind="mute", decided_at=clock.now(), until_at=until)
    person = {who: members.one(room(cast[who].actor, cast.running.id), cast.lin.id) for who in ("may", "lin")}
    assert person["may"].muted_until == until and person["lin"].muted_at is None
    row = re.compile(rf'id="member-{cast.lin.id}".*?</li>', re.DOTALL)
    shown = [row.search(as_(who).get("/circles/night-run/members").text)[0].count("<time") for who in ("may", "lin")]
    assert shown == [2, 1]
    clock.shift(2 * clock.DAY)
    assert members.one(room(cast.may.actor, cast.running.id), cast.lin.id).muted_at is None


def test_the_menu_offers_what_the_reader_may_do(as_, cast):
    flairs.add_flair(cast.che.actor, cast.running.id, "领跑", 3)
    role, flair, out = (f"/members/{cast.lin.id}/{what}" for what in ("role", "flair", "sanction"))
    owner, moderator, member = (as_(who).get("/circles/night-run/members").text for who in ("che", "may", "lin"))
    assert role in owner and flair in owner and out in owner
    assert role not in moderator and flair in moderator and out in moderator
    assert role not in member and flair not in member and out not in member
    assert f"/members/{cast.che.id}/sanction" not in moderator and f"/members/{cast.may.id}/sanction" not in moderator
    assert f"/members/{cast.may.id}/sanction" in owner and f"/members/{cast.che.id}/role" not in owner


def test_a_new_role_is_shown_in_the_row_and_written_down(as_, post, cast):
    url = f"/circles/night-run/members/{cast.lin.id}/role"
    answer = post(as_("che"), url, {"role": "moderator"}, htmx=f"member-{cast.lin.id}")
    assert rows(answer.text) == [cast.lin.id] and "HX-Trigger" in answer.headers
    assert actions.role_of(cast.running.id, cast.lin.id) == "moderator"
    entry = AuditEntry.select().where(AuditEntry.action == "circle.appoint").order_by(AuditEntry.id.desc()).first()
    assert entry.subject_id == cast.lin.id and entry.actor_id == cast.che.id
    assert post(as_("may"), url, {"role": "owner"}).status_code == 403
    assert post(as_("che"), url, {"role": "emperor"}).status_code == 422


def test_two_owners_who_put_each_other_down_leave_one(cast, in_threads):
    actions.set_role(cast.che.actor, cast.running.id, cast.may.id, "owner")
    pair, said = ((cast.che, cast.may), (cast.may, cast.che)), []

    def put_down(number: int) -> None:
        one, other = pair[number % 2]
        try:
            actions.set_role(one.actor, cast.running.id, other.id, "member")
        except (Conflict, Denied) as refusal:
            said.append(refusal.code)

    in_threads(10, put_down)
    owners = Membership.select().where(Membership.circle == cast.running, Membership.role == "owner").count()
    assert owners == 1 and said == ["denied"] * 5  # whoever was put down first may say nothing any more


def test_the_last_owner_can_neither_be_put_down_nor_step_down(cast):
    for role in ("member", "moderator"):
        with pytest.raises(Conflict, match="last_owner"):
            actions.set_role(cast.che.actor, cast.running.id, cast.che.id, role)
    assert actions.role_of(cast.running.id, cast.che.id) == "owner"


# ---- one's own membership -----------------------------------------------------------------------------------


def chosen(browser) -> str:
    """The level that the page has ticked."""
    ticked = [tag for tag in re.findall(r"<input[^>]*>", browser.get("/circles/night-run/mine").text)
              if 'name="notify"' in tag and "checked" in tag]  # fmt: skip
    assert len(ticked) == 1
    return re.search(r'value="(\w+)"', ticked[0])[1]


def test_a_member_sets_what_they_are_told_of(as_, post, cast):
    lin = as_("lin")
    assert chosen(lin) == "mentions"
    assert post(lin, "/circles/night-run/mine", {"notify": "none"}).status_code == 303
    assert room(cast.lin.actor, cast.running.id).tie.notify == chosen(lin) == "none"
    refused = post(lin, "/circles/night-run/mine", {"notify": "shout"}, htmx="mine-form")
    assert refused.status_code == 422 and refused.text.lstrip().startswith('<form class="form"')
    assert room(cast.lin.actor, cast.running.id).tie.notify == "none"


def test_the_level_is_each_circles_own(cast):
    members.set_notify(cast.lin.actor, cast.running.id, "all")
    assert room(cast.lin.actor, cast.darkroom.id).tie.notify == "mentions"
    assert room(cast.may.actor, cast.running.id).tie.notify == "mentions"


def test_who_is_no_member_has_nothing_to_set(as_, cast):
    assert as_("ning").get("/circles/night-run/mine").status_code == 403
    with pytest.raises(Denied):
        members.set_notify(cast.ning.actor, cast.running.id, "all")
    with pytest.raises(Gone):
        members.set_notify(cast.ning.actor, cast.darkroom.id, "all")
    with pytest.raises(Invalid):
        members.set_notify(cast.lin.actor, cast.running.id, "")


def test_the_head_leads_to_it_and_it_leads_out(as_, client):
    lin = as_("lin")
    assert "/circles/night-run/mine" in lin.get("/circles/night-run").text
    assert "/circles/night-run/mine" not in client.get("/circles/night-run").text
    assert 'formaction="/circles/night-run/leave"' in lin.get("/circles/night-run/mine").text


# ---- the card -----------------------------------------------------------------------------------------------

HTMX = {"HX-Request": "true"}


def card(browser, username: str, circle: str = "night-run") -> str:
    return browser.get(f"/people/{username}/card?circle={circle}", headers=HTMX).text


def test_a_card_tells_who_somebody_is_in_the_circle(as_, cast):
    flair = flairs.add_flair(cast.che.actor, cast.running.id, "领跑", 3)
    flairs.give(cast.che.actor, cast.running.id, cast.may.id, flair)
    shown = card(as_("lin"), "may")
    assert "May Chen" in shown and "领跑" in shown and "hue-3" in shown and "<time" in shown
    assert 'href="/people/may"' in shown and shown.count("about-person-line") == 3  # in the circle, in common, thanks


def test_a_card_is_silent_about_circles_that_the_reader_may_not_read(as_, client, cast):
    inside = card(as_("che"), "lin", cast.darkroom.slug)
    assert "<time" in inside
    for browser in (as_("ning"), client):
        for slug in (cast.darkroom.slug, "no-such-circle", "%00", "x" * 500, ""):
            outside = card(browser, "lin", slug)
            assert "林间" in outside and "<time" not in outside and "/circles/" not in outside
    alone = card(as_("ning"), "che", "desk")
    assert "<time" not in alone and "/circles/" not in alone


def test_circles_in_common_are_those_that_both_are_in(cast):
    assert members.in_common(cast.lin.actor, cast.che.id) == 2
    assert members.in_common(cast.may.actor, cast.che.id) == 1
    assert members.in_common(cast.ning.actor, cast.che.id) == 0
    assert members.in_common(cast.lin.actor, cast.lin.id) == members.in_common(GUEST, cast.lin.id) == 0
    Circle.update(closed_at=1).where(Circle.id == cast.darkroom.id).execute()
    assert members.in_common(cast.lin.actor, cast.che.id) == 1


def test_a_card_of_somebody_suspended_gives_nothing_but_the_name(as_, cast):
    Member.update(bio="秘密", bio_html="<p>秘密</p>").where(Member.id == cast.suspended.id).execute()
    shown = card(as_("lin"), "gu-yan")
    assert "顾言" in shown and "秘密" not in shown and "about-person-line" not in shown


def test_whoever_opens_a_card_by_its_address_gets_the_profile(client, cast):
    answer = client.get("/people/lin/card?circle=night-run")
    assert answer.status_code == 303 and answer.location == "/people/lin"
    assert client.get("/people/nobody/card").status_code == 404


def test_names_and_faces_in_a_circle_carry_their_card(client, cast):
    for url in ("/circles/night-run", f"/circles/night-run/posts/{cast.post_in(cast.running).id}",
                "/circles/night-run/members"):  # fmt: skip
        assert client.get(url).text.count(FACE_OF % "lin") >= 2, url
    assert FACE_OF % "may" in client.get(f"/circles/night-run/posts/{cast.post_in(cast.running).id}").text


def test_a_face_is_a_link_that_only_pointers_meet(client, cast):
    page = client.get("/circles/night-run").text
    faces = re.findall(r'<a class="face"[^>]*>', page)
    assert faces and all('tabindex="-1"' in face and 'aria-hidden="true"' in face for face in faces)
    assert all(re.search(r'href="/people/[\w-]+"', face) for face in faces)


def test_flairs_that_no_one_has_leave_the_rows_alone(cast):
    flairs.add_flair(cast.che.actor, cast.running.id, "领跑", 3)
    assert members.one(room(cast.lin.actor, cast.running.id), cast.lin.id).flair is None
    assert Flair.select().count() == 1
