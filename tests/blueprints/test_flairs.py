"""Flairs: the circle's list, who gives them, who wears them."""

import re

import pytest

from blueprints.circles import actions, flairs, members, reading
from blueprints.circles.rooms import room
from core import personal
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
from models import AuditEntry, Circle, Flair, Membership

PAGE = "/circles/night-run/settings/flairs"


def add(cast, name: str, hue: int = 0, circle: Circle | None = None) -> int:
    return flairs.add_flair(cast.che.actor, (circle or cast.running).id, name, hue)


def listed(cast) -> list[str]:
    return [flair.name for flair in flairs.of_circle(room(cast.che.actor, cast.running.id))]


def worn(cast, who: str) -> int | None:
    return Membership.get(Membership.circle == cast.running, Membership.member == cast[who].id).flair_id


# ---- the circle's list --------------------------------------------------------------------------------------


def test_an_owner_adds_changes_orders_and_deletes(as_, post, cast):
    che = as_("che")
    for name, hue in (("领跑", "3"), ("补给", "5"), ("摄影", "9")):
        answer = post(che, PAGE, {"name": name, "hue": hue}, htmx="add-label")
        assert answer.headers["HX-Redirect"] == PAGE
    first, second, third = (flair.id for flair in Flair.select().order_by(Flair.id))
    up = post(che, f"{PAGE}/{third}", {"do": "up"}, htmx="labels")
    assert re.findall(r'<li class="label" id="label-(\d+)"', up.text) == [str(first), str(third), str(second)]
    assert post(che, f"{PAGE}/{first}", {"do": "up"}).status_code == 303 and listed(cast) == ["领跑", "摄影", "补给"]
    changed = post(che, f"{PAGE}/{first}", {"name": " 配速员 ", "hue": "11"}, htmx=f"label-{first}")
    assert changed.text.lstrip().startswith(f'<li class="label" id="label-{first}"') and "配速员" in changed.text
    assert Flair.get_by_id(first).hue == 11
    assert post(che, f"{PAGE}/{second}", {"do": "remove"}).status_code == 303
    assert listed(cast) == ["配速员", "摄影"]
    assert post(che, f"{PAGE}/{second}", {"do": "down"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "hue"),
    [("", "1"), ("   ", "1"), ("长" * 21, "1"), ("领跑", "1"), ("\u200b", "1"), ("新", "12"), ("新", "-1"), ("新", "x"),
     ("新", ""), ("ＡＢ", "99999999999999999999")],
)  # fmt: skip
def test_what_cannot_be_taken_comes_back_with_what_was_typed(as_, post, cast, name, hue):
    add(cast, "领跑")
    che = as_("che")
    answer = post(che, PAGE, {"name": name, "hue": hue}, htmx="add-label")
    assert answer.status_code == 422 and answer.text.lstrip().startswith("<form") and listed(cast) == ["领跑"]
    if name.strip("\u200b "):
        assert f'value="{name}"' in answer.text
    assert post(che, PAGE, {"name": name, "hue": hue}).status_code == 422


def test_a_change_that_cannot_be_taken_leaves_the_flair(as_, post, cast):
    kept, other = add(cast, "领跑", 3), add(cast, "补给", 4)
    answer = post(as_("che"), f"{PAGE}/{other}", {"name": "领跑", "hue": "1"}, htmx=f"label-{other}")
    assert answer.status_code == 422 and answer.text.lstrip().startswith("<form") and "field-error" in answer.text
    whole = post(as_("che"), f"{PAGE}/{other}", {"name": "", "hue": "1"})
    assert whole.status_code == 422 and f'id="label-{kept}"' in whole.text
    assert Flair.get_by_id(other).hue == 4 and listed(cast) == ["领跑", "补给"]
    flairs.change_flair(cast.che.actor, cast.running.id, kept, "领跑", 7)  # its own name is not taken by another


def test_twelve_fit_also_when_all_are_added_at_once(cast, in_threads):
    said = []

    def one(number: int) -> None:
        try:
            add(cast, f"号 {number}")
        except Invalid as refusal:
            said.append(refusal.code)

    in_threads(30, one)
    assert Flair.select().count() == LIMITS["flairs"] == 12 and said == ["flairs_full"] * 18


def test_one_name_is_taken_once_by_those_who_add_it_at_once(cast, in_threads):
    said = []

    def one(number: int) -> None:
        try:
            add(cast, "领跑" if number % 2 else " 领跑")
        except Invalid as refusal:
            said.append(refusal.code)

    in_threads(12, one)
    assert listed(cast) == ["领跑"] and said == ["label_taken"] * 11


def test_a_full_list_offers_no_further_one(as_, cast):
    for number in range(12):
        add(cast, f"号 {number}")
    assert 'id="add-label"' not in as_("che").get(PAGE).text


def test_moving_at_once_loses_none(cast, in_threads):
    ids = [add(cast, f"号 {number}") for number in range(6)]
    owner, here = cast.che.actor, cast.running.id
    in_threads(24, lambda number: flairs.move_flair(owner, here, ids[number % 6], up=number % 3 > 0))
    assert sorted(flair.id for flair in flairs.of_circle(room(cast.che.actor, cast.running.id))) == ids
    assert sorted(flair.position for flair in Flair.select()) == list(range(6))


def test_only_owners_change_the_list_and_only_their_own(as_, post, cast):
    mine, theirs = add(cast, "领跑"), add(cast, "冲洗", circle=cast.darkroom)
    for who in ("may", "lin", "ning", "owner"):
        assert as_(who).get(PAGE).status_code == 403
        assert post(as_(who), f"{PAGE}/{mine}", {"do": "remove"}).status_code == 403
    assert post(as_("che"), f"{PAGE}/{theirs}", {"do": "remove"}).status_code == 404
    assert post(as_("che"), f"{PAGE}/{theirs}", {"name": "x", "hue": "1"}).status_code == 404
    assert Flair.select().count() == 2


# ---- who gives, who wears -----------------------------------------------------------------------------------


def test_a_moderator_gives_a_flair_from_the_list(as_, post, cast):
    flair, may = add(cast, "领跑", 3), as_("may")
    url, row = f"/circles/night-run/members/{cast.lin.id}/flair", f"member-{cast.lin.id}"
    answer = post(may, url, {"flair": flair}, htmx=row)
    assert answer.text.lstrip().startswith(f'<li class="person" id="{row}"') and "hue-3" in answer.text
    assert worn(cast, "lin") == flair
    assert AuditEntry.select().where(AuditEntry.action == "circle.flair", AuditEntry.subject_id == cast.lin.id).exists()
    assert post(may, url, {"flair": "0"}).status_code == 303 and worn(cast, "lin") is None
    assert post(may, url, {"flair": "x"}).status_code == 422
    assert post(may, url, {"flair": 10**6}).status_code == 404


def test_members_and_strangers_give_none(as_, post, cast):
    flair = add(cast, "领跑")
    for who in ("lin", "ning", "owner"):
        answer = post(as_(who), f"/circles/night-run/members/{cast.lin.id}/flair", {"flair": flair})
        assert answer.status_code == 403 and worn(cast, "lin") is None


def test_a_flair_belongs_to_its_circle_and_goes_to_its_members(cast):
    foreign, own = add(cast, "冲洗", circle=cast.darkroom), add(cast, "领跑")
    with pytest.raises(Gone):
        flairs.give(cast.che.actor, cast.running.id, cast.lin.id, foreign)
    with pytest.raises(Gone):
        flairs.give(cast.che.actor, cast.running.id, cast.ning.id, own)
    assert worn(cast, "lin") is None


def test_members_choose_where_the_circle_leaves_it_to_them(as_, post, cast):
    flair, lin, mine = add(cast, "领跑"), as_("lin"), "/circles/night-run/mine"
    assert 'name="flair"' not in lin.get(mine).text
    post(lin, mine, {"notify": "all", "flair": flair})
    assert worn(cast, "lin") is None
    with pytest.raises(Conflict, match="flair_given"):
        flairs.choose(cast.lin.actor, cast.running.id, flair)
    assert post(as_("che"), f"{PAGE}/by", {"flair_by": "members"}).status_code == 303
    assert 'name="flair"' in lin.get(mine).text
    assert post(lin, mine, {"notify": "all", "flair": flair}).status_code == 303 and worn(cast, "lin") == flair
    assert post(lin, mine, {"notify": "all", "flair": "0"}).status_code == 303 and worn(cast, "lin") is None
    foreign = add(cast, "冲洗", circle=cast.darkroom)
    for bad in (foreign, "x", "-1"):
        assert post(lin, mine, {"notify": "all", "flair": bad}).status_code == 422 and worn(cast, "lin") is None
    with pytest.raises(Gone):
        flairs.choose(cast.lin.actor, cast.running.id, foreign)
    with pytest.raises(Denied):
        flairs.choose(cast.ning.actor, cast.running.id, flair)


@pytest.mark.parametrize("by", ["", "everyone", "members "])
def test_who_gives_is_one_of_two(as_, post, cast, by):
    assert post(as_("che"), f"{PAGE}/by", {"flair_by": by}).status_code == 422
    assert Circle.get_by_id(cast.running.id).flair_by == "circle"
    assert post(as_("may"), f"{PAGE}/by", {"flair_by": "members"}).status_code == 403


def test_a_flair_stands_behind_the_name_until_it_is_deleted(as_, post, cast):
    flair, lin = add(cast, "领跑", 7), as_("may")
    flairs.give(cast.che.actor, cast.running.id, cast.lin.id, flair)
    assert '<span class="flair hue-7">领跑</span>' in lin.get("/circles/night-run").text
    flairs.change_flair(cast.che.actor, cast.running.id, flair, "配速", 8)
    assert '<span class="flair hue-8">配速</span>' in lin.get("/circles/night-run").text
    flairs.remove_flair(cast.che.actor, cast.running.id, flair)
    assert worn(cast, "lin") is None and 'class="flair' not in lin.get("/circles/night-run").text
    row = reading.post(cast.lin.actor, room(cast.lin.actor, cast.running.id), cast.post_in(cast.running).id)
    assert row.flair is None


def test_who_leaves_comes_back_without_it(cast):
    flair = add(cast, "领跑")
    flairs.give(cast.che.actor, cast.running.id, cast.lin.id, flair)
    actions.leave(cast.lin.actor, cast.running.id)
    actions.join(cast.lin.actor, cast.running.id)
    assert worn(cast, "lin") is None


def test_the_copy_of_ones_data_names_flair_and_level(cast):
    flairs.give(cast.che.actor, cast.running.id, cast.lin.id, add(cast, "领跑"))
    members.set_notify(cast.lin.actor, cast.running.id, "digest")
    mine = next(content for name, content, _pictures in personal.copies(cast.lin.id) if name == "circles")
    row = next(each for each in mine["circles"] if each["slug"] == "night-run")
    assert (row["flair"], row["notify"]) == ("领跑", "digest")
