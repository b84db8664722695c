"""The pictures of a moment: what they show is said in words, and their author takes some away and adds others."""

import re

import pytest

from blueprints.feed import posting
from blueprints.feed.posting import Change
from blueprints.moderation import watching
from core.errors import Conflict, Invalid
from models import Moment, Picture
from tests.blueprints.circle_stories import stored_files, typed, upload
from tests.blueprints.moderation_stories import decide, report
from tests.blueprints.moment_stories import befriend, picture, show
from tests.cast import png


@pytest.fixture
def friends(cast):
    befriend(cast.lin, cast.che)
    return cast


def of(moment: int) -> list[Picture]:
    mine = (Picture.subject_kind == "moment") & (Picture.subject_id == moment)
    return list(Picture.select().where(mine).order_by(Picture.position))


def said(moment: int) -> list[str]:
    return [each.alt for each in of(moment)]


def three(cast, **more) -> int:
    return show(cast.lin.actor, more.pop("body", "三张"), pictures=[picture(alt) for alt in ("一", "二", "三")], **more)


def test_what_a_picture_shows_is_written_with_it_and_read_out(friends, as_, post):
    lin = as_("lin")
    assert "data-word-alt" in lin.get("/feed/write").text
    fields = {"body": "晨跑", "audience": "friends", "alt": ["江面上的雾", ""]}
    post(lin, "/feed/posts", fields | {"media": [upload(png(), "a.png"), upload(png(80), "b.png")]})
    moment = Moment.get().id
    assert said(moment) == ["江面上的雾", ""]
    shown = re.findall(r'<img [^>]*alt="([^"]*)" loading', as_("che").get(f"/feed/posts/{moment}").text)
    assert shown[-2] == "江面上的雾" and "2" in shown[-1]


def test_its_author_takes_pictures_away_adds_some_and_says_what_they_show(friends, as_, post):
    moment, lin = three(friends), as_("lin")
    keys, before = [each.key for each in of(moment)], len(stored_files())
    page = lin.get(f"/feed/posts/{moment}/edit").text
    assert re.findall(r'name="picture" value="(\w+)"', page) == keys
    assert re.findall(r'name="shows" value="([^"]*)"', page) == ["一", "二", "三"]
    fields = {
        "body": "三张", "picture": keys, "shows": ["一", "二", " 三只 猫 "], "drop": keys[0], "alt": ["四"],
        "media": [upload(png(90), "d.png")],
    }  # fmt: skip
    assert post(lin, f"/feed/posts/{moment}/edit", fields).status_code == 303
    assert [each.key for each in of(moment)][:2] == keys[1:] and said(moment) == ["二", "三只 猫", "四"]
    row = Moment.get_by_id(moment)
    assert (row.picture_count, len(stored_files())) == (3, before) and row.edited_at
    with as_("che").get(f"/media/{keys[0]}/s.webp") as gone:
        assert gone.status_code == 404
    assert 'alt="三只 猫"' in as_("che").get(f"/feed/posts/{moment}").text


def test_a_form_that_says_nothing_of_pictures_leaves_them(friends, as_, post):
    moment = three(friends)
    assert post(as_("lin"), f"/feed/posts/{moment}/edit", {"body": "改"}).status_code == 303
    assert said(moment) == ["一", "二", "三"]
    seq, edited = Moment.get_by_id(moment).seq, Moment.get_by_id(moment).edited_at
    keys = [each.key for each in of(moment)]
    posting.edit(friends.lin.actor, moment, Change("改", shows=dict(zip(keys, ["一", "二", "三"], strict=True))))
    assert Moment.get_by_id(moment).seq == seq
    posting.edit(friends.lin.actor, moment, Change("改", shows={keys[0]: "壹"}))
    row = Moment.get_by_id(moment)
    assert row.seq > seq and row.edited_at == edited, "who looks at it sees the same as before"


def test_ten_pictures_or_none_and_no_word_come_back_as_they_were_typed(friends, as_, post):
    moment, lin, before = three(friends, body=""), as_("lin"), len(stored_files())
    keys = [each.key for each in of(moment)]
    seven = [upload(png(60 + number), f"{number}.png") for number in range(7)]
    address, typed_in = f"/feed/posts/{moment}/edit", {"body": "十张", "picture": keys, "shows": ["甲", "乙", "丙"]}
    for fields in (typed_in | {"media": seven}, typed_in | {"body": "", "drop": keys},
                   typed_in | {"media": [upload(png()[:60], "坏的.png")]}):  # fmt: skip
        answer = post(lin, address, fields)
        assert answer.status_code == 422 and fields["body"] in typed(answer.text) and "field-error" in answer.text
        assert re.findall(r'name="shows" value="([^"]*)"', answer.text) == ["甲", "乙", "丙"]
        assert len(re.findall(r'name="drop" value="\w+" checked', answer.text)) == len(fields.get("drop", ()))
    assert said(moment) == ["一", "二", "三"] and len(stored_files()) == before
    eight = [upload(png(60 + number), f"{number}.png") for number in range(8)]
    assert post(lin, address, typed_in | {"media": eight, "drop": keys[:2]}).status_code == 303
    assert Moment.get_by_id(moment).picture_count == 9 == len(of(moment))
    assert [each.position for each in of(moment)] == list(range(9))


def test_pictures_of_somebody_else_are_not_touched(friends, as_, post):
    theirs, mine = show(friends.che.actor, "别人的", pictures=[picture("一")]), three(friends)
    key, before = of(theirs)[0].key, len(stored_files())
    posting.edit(friends.lin.actor, mine, Change("三张", removed=(key, "0" * 32), shows={key: "我的"}))
    assert said(theirs) == ["一"] and said(mine) == ["一", "二", "三"]
    fields = {"body": "我的", "media": [upload(png())], "picture": key, "drop": key}
    assert post(as_("lin"), f"/feed/posts/{theirs}/edit", fields).status_code == 404
    assert said(theirs) == ["一"] and len(stored_files()) == before


def test_the_same_form_twice_adds_a_picture_once(friends, fresh_key):
    moment, key, before = three(friends), fresh_key(), len(stored_files())
    for _ in range(2):
        posting.edit(friends.lin.actor, moment, Change("三张", pictures=[picture("四")]), key)
    assert said(moment) == ["一", "二", "三", "四"]
    with pytest.raises(Conflict):
        posting.edit(friends.lin.actor, moment, Change("别的", pictures=[picture("五")]), key)
    assert len(stored_files()) == before + 3


def test_what_pictures_are_said_to_show_is_watched_where_a_circle_sees_them(friends):
    watching.watch(friends.che.actor, friends.running.id, "赌博", "hold")
    moment = three(friends, kind="circle", circle=friends.running.id)
    key, before = of(moment)[0].key, len(stored_files())
    for change in (Change("三张", shows={key: "赌 博"}), Change("三张", pictures=[picture("赌博")])):
        with pytest.raises(Invalid) as refused:
            posting.edit(friends.lin.actor, moment, change)
        assert refused.value.code == "word_refused"
    assert said(moment) == ["一", "二", "三"] and len(stored_files()) == before


def test_what_was_reported_and_taken_away_since_can_still_be_decided_about(friends, as_):
    moment = three(friends)
    first = of(moment)[0]
    case = report(friends.che.actor, "picture", first.id)
    page = f"/moderation/cases/{case}"
    assert first.key in as_("staff").get(page).text
    posting.edit(friends.lin.actor, moment, Change("三张", removed=(first.key,)))
    shown = as_("staff").get(page)
    assert shown.status_code == 200 and first.key not in shown.text
    assert len(decide(friends.staff.actor, case)) == 1
