"""Founding a circle, and changing what was founded."""

import re

import pytest

from blueprints.circles.actions import CircleDraft, edit_circle, found_circle
from core import site
from core.errors import Conflict, Denied, Invalid, TooMany
from core.limits import LIMITS
from models import AuditEntry, Circle, Membership
from tests.blueprints.circle_stories import FOUNDING, typed


def draft(**changes: str) -> CircleDraft:
    return CircleDraft(**{**FOUNDING, **changes})


def made() -> Circle:
    return Circle.select().order_by(Circle.id.desc()).first()


# ---- what a founder gets ------------------------------------------------------------------------------------


def test_who_founds_a_circle_owns_it_and_is_led_into_it(as_, post, cast):
    answer = post(as_("ning"), "/circles/", {**FOUNDING, "question": "走过哪里？", "about": "**雨天**不走。"})
    assert answer.status_code == 303 and answer.location == "/circles/hikes"
    circle = made()
    assert (circle.slug, circle.name, circle.purpose) == ("hikes", "山野徒步", "周末走山路")
    assert (circle.category, circle.visibility, circle.join_policy) == ("travel", "public", "open")
    assert circle.question == "走过哪里？" and "<strong>雨天</strong>" in circle.about_html
    assert (circle.founder_id, circle.member_count) == (cast.ning.id, 1)
    assert [(row.member_id, row.role) for row in Membership.select().where(Membership.circle == circle)] == [
        (cast.ning.id, "owner")
    ]
    assert AuditEntry.select().where(AuditEntry.action == "circle.found", AuditEntry.subject_id == circle.id).exists()
    assert "山野徒步" in as_("lin").get("/circles/").text


def test_with_htmx_the_browser_is_sent_on(as_, post):
    answer = post(as_("ning"), "/circles/", FOUNDING, htmx="circle-form")
    assert answer.status_code == 200 and answer.headers["HX-Redirect"] == "/circles/hikes"


def test_without_an_address_one_is_made_up(cast):
    circle = found_circle(cast.ning.actor, draft(slug=""))
    assert re.fullmatch(r"c-[0-9a-f]{8}", circle.slug)


def test_nobody_can_guess_the_address_of_an_invisible_circle(cast):
    one = found_circle(cast.ning.actor, draft(visibility="invisible", join_policy="invitation"))
    two = found_circle(cast.ning.actor, draft(visibility="invisible", join_policy="invitation"))
    assert re.fullmatch(r"hikes-[0-9a-f]{18}", one.slug)
    assert one.slug != two.slug


def test_a_circle_that_becomes_invisible_moves_to_an_address_nobody_knows(as_, post, cast):
    che = as_("che")
    form = {**FOUNDING, "visibility": "invisible", "join_policy": "apply"}
    answer = post(che, "/circles/night-run/door", form)
    assert answer.status_code == 303
    assert re.fullmatch(r"/circles/night-run-[0-9a-f]{18}/about", answer.location)
    assert as_("ning").get("/circles/night-run").status_code == 404
    assert che.get(answer.location).status_code == 200


# ---- what cannot be taken -----------------------------------------------------------------------------------

WRONG = [
    ("name", ""), ("name", "  \u200b\u202e "), ("name", "圈" * 41), ("purpose", ""), ("purpose", "x" * 121),
    ("slug", "a"), ("slug", "-ab"), ("slug", "ab-"), ("slug", "a--b"), ("slug", "a b"), ("slug", "a/b"),
    ("slug", "圈子"), ("slug", "ａｂｃ"), ("slug", "a" * 41), ("slug", "a_b"), ("slug", "../x"), ("slug", "a\x00b"),
    ("slug", "new"), ("slug", "search"), ("slug", "night-run"), ("category", "weapons"), ("category", ""),
    ("visibility", "secret"), ("join_policy", "never"), ("question", "x" * 201), ("about", "x" * 5001),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_field_is_named_and_the_rest_is_kept(as_, post, field, value):
    form = {**FOUNDING, "about": "Kept as typed", field: value}
    answer = post(as_("ning"), "/circles/", form)
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error"|aria-describedby="{field}-error', answer.text), "it says so"
    if field not in ("about", "name"):
        assert 'value="山野徒步"' in answer.text and "Kept as typed" in typed(answer.text)
    assert Circle.select().count() == 3


def test_capital_letters_and_spaces_around_an_address_are_forgiven(as_, post):
    assert post(as_("ning"), "/circles/", {**FOUNDING, "slug": " Hikes "}).location == "/circles/hikes"


def test_an_invisible_circle_cannot_be_open_to_all(as_, post):
    answer = post(as_("ning"), "/circles/", {**FOUNDING, "visibility": "invisible"})
    assert answer.status_code == 422 and 'id="join_policy-error"' in answer.text


def test_with_htmx_only_the_form_comes_back(as_, post):
    answer = post(as_("ning"), "/circles/", {**FOUNDING, "slug": "night-run"}, htmx="circle-form")
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form") and "<html" not in answer.text
    assert 'value="night-run"' in answer.text


def test_actions_refuse_what_forms_would_not_let_through(cast):
    for changes in ({"slug": "About"}, {"name": " "}, {"name": "x" * 41}, {"category": "x"}, {"question": "x" * 201}):
        with pytest.raises(Invalid):
            found_circle(cast.ning.actor, draft(**changes))
    assert Circle.select().count() == 3


def test_trying_some_taken_addresses_does_not_use_up_the_day(as_, post):
    ning = as_("ning")
    for _ in range(8):
        assert post(ning, "/circles/", {**FOUNDING, "slug": "night-run"}).status_code == 422
    assert post(ning, "/circles/", FOUNDING).status_code == 303


# ---- who may, and how many ----------------------------------------------------------------------------------


def test_twenty_circles_are_as_many_as_one_person_founds(as_, post, cast):
    for _ in range(LIMITS["circles_founded"]):
        found_circle(cast.ning.actor, draft(slug=""))
    with pytest.raises(TooMany):
        found_circle(cast.ning.actor, draft(slug=""))
    answer = post(as_("ning"), "/circles/", {**FOUNDING, "about": "Long words about it"})
    assert answer.status_code in (422, 429) and "Long words about it" in typed(answer.text)
    assert Circle.select().where(Circle.founder == cast.ning.id).count() == LIMITS["circles_founded"]


def test_where_staff_founds_members_do_not(as_, post, cast):
    site.change({"founding": "staff"})
    assert as_("ning").get("/circles/new").status_code == 403
    answer = post(as_("ning"), "/circles/", {**FOUNDING, "about": "Long words about it"})
    assert answer.status_code == 403 and "Long words about it" in typed(answer.text)
    assert post(as_("staff"), "/circles/", FOUNDING).status_code == 303


# ---- sent twice ---------------------------------------------------------------------------------------------


def test_the_same_key_again_makes_one_circle_and_gives_the_same_answer(as_, post, fresh_key):
    ning, form = as_("ning"), {**FOUNDING, "slug": "", "key": fresh_key()}
    first, second = post(ning, "/circles/", form), post(ning, "/circles/", form)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert Circle.select().count() == 4


@pytest.mark.parametrize("htmx", [False, "circle-form"])
def test_the_same_key_with_other_words_is_refused_and_they_are_kept(as_, post, fresh_key, htmx):
    ning, key = as_("ning"), fresh_key()
    post(ning, "/circles/", {**FOUNDING, "key": key})
    answer = post(ning, "/circles/", {**FOUNDING, "slug": "other", "about": "Other words", "key": key}, htmx=htmx)
    assert answer.status_code == 409
    assert "Other words" in typed(answer.text) and f'value="{key}"' not in answer.text
    assert Circle.select().count() == 4


def test_a_key_longer_than_the_limit_is_said_where_it_can_be_read(as_, post):
    answer = post(as_("ning"), "/circles/", {**FOUNDING, "key": "k" * 65})
    assert answer.status_code == 422 and 'role="alert"' in answer.text


# ---- changing it --------------------------------------------------------------------------------------------


def test_an_owner_changes_everything_but_the_address(as_, post, cast):
    che = as_("che")
    form = {"name": "夜跑", "purpose": "慢慢跑", "category": "local", "slug": "elsewhere", "about": "新的"}
    assert post(che, "/circles/night-run/edit", form).location == "/circles/night-run/about"
    form = {"visibility": "listed", "join_policy": "apply", "slug": "elsewhere", "question": "", "rules": "别丢下人。"}
    assert post(che, "/circles/night-run/door", form).location == "/circles/night-run/about"
    circle = Circle.get(Circle.slug == "night-run")
    assert (circle.name, circle.visibility, circle.join_policy, circle.category) == ("夜跑", "listed", "apply", "local")


def test_a_moderator_changes_nothing_and_keeps_the_words(as_, post, cast):
    with pytest.raises(Denied):
        edit_circle(cast.may.actor, cast.running.id, draft())
    answer = post(as_("may"), "/circles/night-run/edit", {**FOUNDING, "about": "Words of a moderator"})
    assert answer.status_code == 403 and "Words of a moderator" in typed(answer.text)
    assert cast.running.name == "城市夜跑圈"


def test_a_wrong_edit_keeps_what_was_typed(as_, post, cast):
    answer = post(as_("che"), "/circles/night-run/edit", {**FOUNDING, "purpose": "", "about": "Kept"})
    assert answer.status_code == 422 and "Kept" in typed(answer.text)
    assert cast.running.purpose == "下班一起跑"


def test_the_conflict_names_what_the_key_made(cast, fresh_key):
    key = fresh_key()
    circle = found_circle(cast.ning.actor, draft(), key)
    with pytest.raises(Conflict) as refusal:
        found_circle(cast.ning.actor, draft(name="别的"), key)
    assert refusal.value.facts["result"] == circle.id
