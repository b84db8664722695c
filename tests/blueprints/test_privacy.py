"""What a member lets others find, ask and see; their profile with others' eyes; the picture over it."""

import re
from io import BytesIO

import pytest

from blueprints.circles.actions import join
from blueprints.people import blocking, covers
from blueprints.people.privacy import (
    Settings,
    choose,
    may_ask,
    may_find,
    sees_circles,
    sees_friends,
    settings_of,
)
from blueprints.people.seen_as import STRANGER, seen_as
from core import personal, search
from core.config import current
from core.db import atomic
from core.errors import Gone, Invalid, SignInNeeded
from core.limits import LIMITS
from core.media import path_of
from core.policy import GUEST
from models import Block, FriendList, FriendListEntry, Friendship, Moment, MomentList, PersonSetting, Picture
from tests.cast import png

OPEN = {
    "found_by": "everyone", "asked_by": "everyone", "friends_seen_by": "friends", "circles_seen_by": "everyone",
    "strangers_see": "10", "friends_see_days": "0",
}  # fmt: skip


def befriend(one: int, other: int, at: int = 1) -> None:
    for mine, theirs in ((one, other), (other, one)):
        Friendship.create(member=mine, friend=theirs, since_at=at)


def let(actor, **wanted) -> None:
    choose(actor, Settings(**wanted))


# ---- the choices ----------------------------------------------------------------------------------------------


def test_without_a_choice_the_defaults_hold(cast):
    row = PersonSetting(member=cast.lin.id)
    assert settings_of(cast.lin.id) == Settings() == Settings(
        row.found_by, row.asked_by, row.friends_seen_by, row.circles_seen_by, row.strangers_see, row.friends_see_days
    )


def test_each_choice_is_kept_and_says_what_it_means(as_, cast, post):
    lin = as_("lin")
    wanted = {**OPEN, "found_by": "nobody", "asked_by": "acquaintances", "strangers_see": "0", "friends_see_days": "3"}
    assert post(lin, "/settings/privacy", wanted).status_code == 303
    assert settings_of(cast.lin.id) == Settings("nobody", "acquaintances", "friends", "everyone", 0, 3)
    page = lin.get("/settings/privacy").text
    assert page.count('type="radio"') == len(re.findall(r"<small id=\"[a-z_]+-\d-hint\">[^<]+", page)) == 17
    form = page.partition('id="privacy-form"')[2].partition("</form>")[0]
    assert form.count(" checked") == 6


@pytest.mark.parametrize("field", list(OPEN))
def test_what_is_no_choice_is_refused_and_changes_nothing(as_, cast, post, field):
    answer = post(as_("lin"), "/settings/privacy", {**OPEN, "found_by": "nobody", field: "7"})
    assert answer.status_code == 422 and "is-wrong" in answer.text
    assert settings_of(cast.lin.id) == Settings()
    with pytest.raises(Invalid):
        let(cast.lin.actor, **{field: "7"})


def test_choices_are_for_members(cast):
    with pytest.raises(SignInNeeded):
        let(GUEST)


# ---- found, asked ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found_by", "who"), [("everyone", "ning may staff"), ("acquaintances", "may"), ("nobody", "")]
)
def test_who_finds_somebody(as_, cast, found_by, who):
    """may shares a circle with lin, ning and staff share nothing."""
    search.index("member", cast.lin.id, "林间\nlin")
    let(cast.lin.actor, found_by=found_by)
    finders = [name for name in ("ning", "may", "staff") if may_find(cast[name].actor, [cast.lin.id, cast.che.id])
               == {cast.lin.id, cast.che.id}]  # fmt: skip
    assert " ".join(finders) == who
    for name in ("ning", "may"):
        found = f'id="found-member-{cast.lin.id}"' in as_(name).get("/search?q=林间").text
        assert found == (name in who)


def test_friends_and_friends_of_friends(cast):
    let(cast.ning.actor, found_by="nobody", asked_by="acquaintances")
    befriend(cast.ning.id, cast.staff.id)
    assert may_find(cast.staff.actor, [cast.ning.id]) == {cast.ning.id}, "friends always find each other"
    assert not may_ask(cast.lin.actor, cast.ning.id)
    befriend(cast.lin.id, cast.staff.id)
    assert may_ask(cast.lin.actor, cast.ning.id), "they share a friend"
    assert may_find(cast.lin.actor, [cast.ning.id]) == set()


def test_a_code_opens_what_is_closed_but_no_block(cast):
    let(cast.ning.actor, asked_by="nobody")
    assert not may_ask(cast.lin.actor, cast.ning.id)
    assert may_ask(cast.lin.actor, cast.ning.id, by_code=True)
    blocking.block(cast.ning.actor, cast.lin.id)
    assert not may_ask(cast.lin.actor, cast.ning.id, by_code=True)
    assert not may_ask(GUEST, cast.ning.id, by_code=True)


# ---- friends and circles on a profile -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen_by", "who"), [("everyone", "may ning"), ("friends", "may"), ("nobody", "")]
)
def test_who_sees_somebodys_friends_and_circles(as_, app, cast, seen_by, who):
    befriend(cast.lin.id, cast.may.id)
    befriend(cast.lin.id, cast.che.id, 2)
    befriend(cast.may.id, cast.che.id, 3)
    let(cast.lin.actor, friends_seen_by=seen_by, circles_seen_by=seen_by)
    for name in ("may", "ning"):
        reader, shown = as_(name), name in who
        assert sees_friends(cast[name].actor, cast.lin.id) == sees_circles(cast[name].actor, cast.lin.id) == shown
        answer = reader.get("/people/lin/friends")
        assert answer.status_code == (200 if shown else 404)
        profile = reader.get("/people/lin").text
        assert ('href="/people/lin/friends"' in profile) == shown
        assert ('class="of-member' in profile and 'class="shelf' in profile) == shown
        if shown:
            assert f'id="friend-{cast.che.id}"' in answer.text and "阿澈" in answer.text
    Friendship.update(alias="老陈").where(Friendship.member == cast.may.id, Friendship.friend == cast.che.id).execute()
    common = as_("may").get("/people/lin").text
    assert ('href="/people/che">老陈' in common) == bool(who), "a friend of both, where friends are shown"
    assert app.test_client().get("/people/lin/friends").status_code == 404, "nobody outside sees them"


def test_a_list_of_friends_is_paged(as_, cast, monkeypatch):
    for place, name in enumerate(("may", "che", "ning", "staff")):
        befriend(cast.lin.id, cast[name].id, place)
    let(cast.lin.actor, friends_seen_by="everyone")
    blocking.block(cast.ning.actor, cast.may.id)
    monkeypatch.setitem(LIMITS, "page_friends", 1)
    reader, url, seen = as_("may"), "/people/lin/friends", []
    while url:
        page = reader.get(url, headers={"HX-Request": "true"} if seen else {}).text
        seen += re.findall(r'id="friend-(\d+)"', page)
        older = re.search(r'href="([^"]*before=[\d.]+)"', page)
        url = older and older[1].replace("&amp;", "&")
    others = {cast.staff.id, cast.che.id, cast.may.id}
    assert [int(id_) for id_ in seen] == sorted(others, reverse=True), "less ning, who blocked the reader"


def test_since_when_people_are_friends_is_nobody_elses_business(as_, cast, monkeypatch):
    """Neither by an address nor by an order: the page is the same, whenever it was."""
    pages = []
    monkeypatch.setitem(LIMITS, "page_friends", 1)
    let(cast.lin.actor, friends_seen_by="everyone")
    for since in (1_700_000_000_001, 1_600_000_000_001):
        Friendship.delete().execute()
        befriend(cast.lin.id, cast.che.id, since)
        befriend(cast.lin.id, cast.staff.id, 1_650_000_000_001)
        pages.append(as_("may").get("/people/lin/friends").text.partition('id="people"')[2].partition("</ul>")[0])
    assert pages[0] == pages[1] and "before=" in pages[0]


def test_circles_in_common_stand_on_the_profile(as_, cast):
    page = as_("may").get("/people/lin").text
    between = page.partition(f'id="between-{cast.lin.id}"')[2].partition("</section>")[0]
    assert "/circles/night-run" in between and "darkroom" not in between
    assert f'id="between-{cast.lin.id}"' not in as_("ning").get("/people/lin").text


# ---- blocking from the profile --------------------------------------------------------------------------------


def test_a_block_from_the_profile_and_its_end(as_, cast, post):
    ning = as_("ning")
    assert 'formaction="/people/lin/block"' in ning.get("/people/lin").text
    assert post(ning, "/people/lin/block").headers["Location"] == "/settings/blocked"
    assert f'id="blocked-{cast.lin.id}"' in ning.get("/settings/blocked").text
    assert ning.get("/people/lin").status_code == as_("lin").get("/people/ning").status_code == 404
    assert post(as_("lin"), "/people/ning/unblock").status_code == 404, "it is not theirs to end"
    assert post(ning, "/people/lin/block").status_code == 404
    assert post(ning, "/people/lin/unblock").status_code == 303
    assert ning.get("/people/lin").status_code == 200 and not Block.select().exists()


def test_nobody_is_offered_to_block_themselves(as_, app, cast):
    assert "/block" not in as_("lin").get("/people/lin").text
    assert "/block" not in app.test_client().get("/people/lin").text


# ---- the cover ------------------------------------------------------------------------------------------------


def is_stored(key: str) -> bool:
    try:
        return path_of(current().data / "media", key, "s").exists()
    except Gone:
        return False


def test_a_cover_is_put_up_replaced_and_taken_away(as_, cast, post):
    lin = as_("lin")

    def send() -> str:
        data = {"media": (BytesIO(png(640, 200)), "cover.png")}
        assert post(lin, "/settings/cover", data, content_type="multipart/form-data").status_code == 303
        return str(covers.cover_of(cast.lin.id))

    first = send()
    assert first in as_("ning").get("/people/lin").text
    second = send()
    assert Picture.select().where(Picture.subject_kind == "cover").count() == 1
    assert not is_stored(first) and is_stored(second)
    shown = as_("ning").get(f"/media/{second}/s.webp")
    assert shown.status_code == 200
    shown.close()
    blocking.block(cast.lin.actor, cast.ning.id)
    assert as_("ning").get(f"/media/{second}/s.webp").status_code == 404
    assert post(lin, "/settings/cover", {"remove": "1"}).status_code == 303
    assert covers.cover_of(cast.lin.id) is None and not is_stored(second)


def test_a_cover_does_not_go_with_the_portrait(cast):
    from blueprints.accounts.actions import set_avatar
    from core import media

    covers.set_cover(cast.lin.actor, media.store_picture(png(), current().data / "media"))
    set_avatar(cast.lin.actor, png())
    set_avatar(cast.lin.actor, None)
    assert Picture.select().where(Picture.subject_kind == "cover").count() == 1


@pytest.mark.parametrize("sent", [None, b"", b"no picture at all"])
def test_what_is_no_picture_leaves_the_page_with_a_word(as_, cast, post, sent):
    data = {} if sent is None else {"media": (BytesIO(sent), "cover.png")}
    answer = post(as_("lin"), "/settings/cover", data, content_type="multipart/form-data")
    assert answer.status_code == 422 and 'id="cover-error"' in answer.text
    assert covers.cover_of(cast.lin.id) is None


def test_choices_and_cover_do_not_undo_each_other(cast):
    from core import media

    covers.set_cover(cast.lin.actor, media.store_picture(png(), current().data / "media"))
    let(cast.lin.actor, found_by="nobody")
    assert covers.cover_of(cast.lin.id) and settings_of(cast.lin.id).found_by == "nobody"
    with atomic():
        personal.erase(cast.lin.id, keeps_words=True)
    assert not Picture.select().where(Picture.subject_kind == "cover").exists()


# ---- with the eyes of others ----------------------------------------------------------------------------------


def moment(author: int, audience: str, text: str, lists: tuple[int, ...] = ()) -> int:
    made = Moment.create(
        author=author, source=text, html=f"<p>{text}</p>", policy_version=1, audience=audience, created_at=1,
    ).id  # fmt: skip
    for number in lists:
        MomentList.create(moment=made, list=number)
    return made


@pytest.fixture
def shown(cast) -> dict[str, str]:
    befriend(cast.lin.id, cast.may.id)
    befriend(cast.lin.id, cast.che.id)
    family = FriendList.create(member=cast.lin.id, name="family", made_at=1)
    FriendListEntry.create(list=family, friend=cast.che.id)
    moment(cast.lin.id, "friends", "给朋友")
    moment(cast.lin.id, "only", "给家人", (family.id,))
    moment(cast.lin.id, "me", "给自己")
    return {"list": str(family.id)}


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("", set()), ("friend=may", {"给朋友"}), ("friend=che", {"给朋友", "给家人"}),
        ("list", {"给朋友", "给家人"}), ("list&friend=may", {"给朋友"}),
    ],
)
def test_ones_profile_as_others_see_it(as_, cast, shown, asked, seen):
    query = asked.replace("list", f"list={shown['list']}")
    page = as_("lin").get(f"/me/seen-as?{query}").text
    assert {text for text in ("给朋友", "给家人", "给自己") if text in page} == seen
    inside = page.partition('id="seen-as" disabled')[2].partition("</fieldset>")[0]
    assert "<h1>林间</h1>" in inside and "formaction" not in inside and "hx-post" not in inside


def test_a_list_shows_what_everybody_on_it_sees(as_, cast, shown):
    """che sees more than may, who is on the list as well: by another one, and as a friend from before."""
    FriendListEntry.create(list=shown["list"], friend=cast.may.id)
    runners = FriendList.create(member=cast.lin.id, name="runners", made_at=1)
    FriendListEntry.create(list=runners, friend=cast.che.id)
    moment(cast.lin.id, "only", "给跑友", (runners.id,))
    moment(cast.lin.id, "except", "除了跑友", (runners.id,))
    page = as_("lin").get(f"/me/seen-as?list={shown['list']}").text
    texts = ("给朋友", "给家人", "给自己", "给跑友", "除了跑友")
    assert {text for text in texts if text in page} == {"给朋友", "给家人"}
    assert "family" in page.partition('<div class="notice')[2].partition("</div>")[0], "and says what that means"


def test_nothing_of_the_friends_own_is_told(as_, cast, shown):
    """What may calls lin, whom may blocks and knows: none of it shows on the page."""
    Friendship.update(alias="跑友小林").where(Friendship.member == cast.may.id).execute()
    before = as_("lin").get("/me/seen-as?friend=may").text
    blocking.block(cast.may.actor, cast.che.id)
    befriend(cast.may.id, cast.staff.id)
    after = as_("lin").get("/me/seen-as?friend=may").text
    assert "跑友小林" not in before
    strip = re.compile(r'nonce="[^"]+"|content="[\w-]+=*"|value="[\w-]{30,}=*"')
    assert strip.sub("", before) == strip.sub("", after)


def test_only_friends_can_be_looked_through(as_, cast, shown):
    assert as_("lin").get("/me/seen-as?friend=ning").status_code == 404
    assert as_("lin").get("/me/seen-as?list=999").status_code == 404
    assert as_("may").get(f"/me/seen-as?list={shown['list']}").status_code == 404, "somebody else's list"
    with pytest.raises(Gone):
        seen_as(cast.lin.actor, cast.ning.id)
    assert seen_as(cast.lin.actor, None).eyes is STRANGER


def test_an_empty_list_says_so(as_, cast, shown):
    empty = FriendList.create(member=cast.lin.id, name="runners", made_at=1)
    page = as_("lin").get(f"/me/seen-as?list={empty.id}").text
    assert 'id="seen-as"' not in page and "给朋友" not in page


def test_a_stranger_sees_what_the_settings_say(as_, cast, shown):
    let(cast.lin.actor, friends_seen_by="everyone", circles_seen_by="nobody")
    assert seen_as(cast.lin.actor, None).friends and not seen_as(cast.lin.actor, None).circles
    assert 'class="shelf' not in as_("lin").get("/me/seen-as").text
    join(cast.ning.actor, cast.running.id)
    assert "夜跑" not in as_("ning").get("/people/lin").text.partition('class="of-member')[2].partition("<ul")[0]
