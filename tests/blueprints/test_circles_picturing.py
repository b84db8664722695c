"""The pictures of a post that is out: its author takes some away, adds others, orders them and says what they show, as
far as the circle allows it; and whoever reads the post can see that it was so."""

import re

import pytest

from blueprints.circles import posting
from blueprints.circles.posting import PostDraft
from blueprints.circles.screening import Screen
from blueprints.feed import moderating
from blueprints.feed import posting as showing
from blueprints.moderation import actions, watching
from core import clock
from core.errors import Conflict, Invalid
from core.media import PictureChanges
from models import LinkCard, Membership, Moment, Picture, Post, PostRevision
from tests.blueprints.circle_stories import stored_files, typed, upload, wrong_counters
from tests.blueprints.moderation_stories import decide, decisions, report
from tests.blueprints.moment_stories import picture, show
from tests.cast import png

WORDS = PostDraft("", "三张")


@pytest.fixture(autouse=True)
def counters_hold(cast):
    yield
    assert wrong_counters() == []


@pytest.fixture
def mine(cast) -> Post:
    """lin's, in the running circle."""
    pictures = [picture(alt) for alt in ("一", "二", "三")]
    return posting.write_post(cast.lin.actor, cast.running.id, WORDS, pictures)


def of(post: int) -> list[Picture]:
    mine = (Picture.subject_kind == "post") & (Picture.subject_id == post)
    return list(Picture.select().where(mine).order_by(Picture.position))


def said(post: Post) -> list[str]:
    return [each.alt for each in of(post.id)]


def keys(post: Post) -> list[str]:
    return [each.key for each in of(post.id)]


def at(post: Post, way: str = "edit") -> str:
    return f"/circles/night-run/posts/{post.id}/{way}"


def edit(cast, mine: Post, draft: PostDraft = WORDS, key: str = "", **asked) -> None:
    posting.edit_post(cast.lin.actor, cast.running.id, mine.id, draft, PictureChanges(**asked), key)


def test_its_author_takes_pictures_away_adds_some_and_says_what_they_show(cast, as_, post, mine):
    lin, there, before = as_("lin"), keys(mine), len(stored_files())
    page = lin.get(at(mine)).text
    assert re.findall(r'name="picture" value="(\w+)"', page) == there
    fields = {
        "body": "三张", "picture": there, "shows": ["一", "二", " 三只 猫 "], "drop": there[0], "alt": ["四"],
        "media": [upload(png(90), "d.png")],
    }  # fmt: skip
    assert post(lin, at(mine), fields).status_code == 303
    assert keys(mine)[:2] == there[1:] and said(mine) == ["二", "三只 猫", "四"]
    row = Post.get_by_id(mine.id)
    assert (row.picture_count, len(stored_files())) == (3, before) and row.edited_at
    with as_("ning").get(f"/media/{there[0]}/s.webp") as gone:
        assert gone.status_code == 404
    assert 'alt="三只 猫"' in as_("ning").get(at(mine, "")[:-1]).text


@pytest.mark.parametrize("places, order", [
    (["1", "2", "3"], "一二三"), (["3", "2", "1"], "三二一"), (["1", "2", "1"], "三一二"), (["3", "2", "3"], "二三一"),
    (["2", "2", "3"], "二一三"), (["x", "", "1"], "三一二"), (["9", "2", "3"], "二三一"), ([], "一二三"),
])  # fmt: skip
def test_they_are_put_in_another_order(cast, as_, post, mine, places, order):
    shows = ["一", "二", "三"]
    assert post(as_("lin"), at(mine), {"body": "三张", "picture": keys(mine), "shows": shows, "place": places}).location
    assert "".join(said(mine)) == order and [each.position for each in of(mine.id)] == [0, 1, 2]
    assert bool(Post.get_by_id(mine.id).edited_at) == (order != "一二三")


def test_pictures_of_a_moment_are_ordered_by_the_same_form(cast, as_, post):
    moment = show(cast.lin.actor, "两张", pictures=[picture("一"), picture("二")])
    there = [each.key for each in Picture.select().where(Picture.subject_kind == "moment").order_by(Picture.position)]
    post(as_("lin"), f"/feed/posts/{moment}/edit", {"body": "两张", "picture": there, "place": ["2", "2"]})
    now = [each.key for each in Picture.select().where(Picture.subject_kind == "moment").order_by(Picture.position)]
    assert now == there[::-1]


def test_whoever_reads_it_sees_that_its_pictures_were_changed(cast, as_, mine):
    edit(cast, mine, removed=(keys(mine)[0],))
    page = as_("ning").get(at(mine, "history")).text
    assert page.count('id="version-') == 1 and 'class="difference"' not in page
    edit(cast, mine, PostDraft("", "两张"), shows={keys(mine)[0]: "二号"})
    page = as_("ning").get(at(mine, "history")).text
    assert page.count('id="version-') == 3 and page.count('class="difference"') == 1
    assert "<del>三</del><ins>两</ins>" in page
    assert at(mine, "history") in as_("ning").get(at(mine, "")[:-1]).text


def test_a_form_that_says_nothing_of_pictures_leaves_them(cast, as_, post, mine):
    edit(cast, mine, shows=dict(zip(keys(mine), ["一", "二", "三"], strict=True)), order=tuple(keys(mine)))
    assert not PostRevision.select().exists() and Post.get_by_id(mine.id).edited_at is None
    assert post(as_("lin"), at(mine), {"body": "改"}).status_code == 303
    assert said(mine) == ["一", "二", "三"] and PostRevision.select().count() == 1


def test_ten_pictures_or_none_and_no_word_come_back_as_they_were_typed(cast, as_, post, mine):
    lin, there, before = as_("lin"), keys(mine), len(stored_files())
    seven = [upload(png(60 + number), f"{number}.png") for number in range(7)]
    typed_in = {"body": "十张", "picture": there, "shows": ["甲", "乙", "丙"], "place": ["1", "2", "1"]}
    for fields in (typed_in | {"media": seven}, typed_in | {"body": "", "drop": there},
                   typed_in | {"media": [upload(png()[:60], "坏的.png")]}):  # fmt: skip
        answer = post(lin, at(mine), fields)
        assert answer.status_code == 422 and fields["body"] in typed(answer.text) and "field-error" in answer.text
        assert re.findall(r'name="shows" value="([^"]*)"', answer.text) == ["丙", "甲", "乙"]
        assert len(re.findall(r'name="drop" value="\w+" checked', answer.text)) == len(fields.get("drop", ()))
    assert said(mine) == ["一", "二", "三"] and len(stored_files()) == before


def test_nobody_changes_pictures_of_somebody_else(cast, as_, post, mine):
    theirs = posting.write_post(cast.che.actor, cast.running.id, WORDS, [picture("别人的")])
    before = len(stored_files())
    edit(cast, mine, removed=(keys(theirs)[0], "0" * 32), shows={keys(theirs)[0]: "我的"}, order=(keys(theirs)[0],))
    assert said(theirs) == ["别人的"] and said(mine) == ["一", "二", "三"]
    for who, status in (("lin", 403), ("staff", 403), ("ning", 403)):
        fields = {"body": "我的", "media": [upload(png())], "drop": keys(theirs)}
        assert post(as_(who), at(theirs), fields).status_code == status, who
    assert said(theirs) == ["别人的"] and len(stored_files()) == before


def test_the_same_form_twice_adds_a_picture_once(cast, mine, fresh_key):
    key, before = fresh_key(), len(stored_files())
    for _ in range(2):
        edit(cast, mine, key=key, pictures=[picture("四")])
    assert said(mine) == ["一", "二", "三", "四"] and len(stored_files()) == before + 3
    with pytest.raises(Conflict):
        edit(cast, mine, PostDraft("", "别的"), key=key, pictures=[picture("五")])
    assert len(stored_files()) == before + 3


@pytest.mark.parametrize("approval, days, adds", [("all", 0, False), ("newcomers", 9, False), ("newcomers", 1, True)])
def test_where_a_moderator_looks_first_no_picture_comes_in_by_an_edit(cast, mine, approval, days, adds):
    joined = clock.now() - 3 * clock.DAY
    Membership.update(joined_at=joined).where(Membership.member == cast.lin.id).execute()
    watching.set_screening(cast.che.actor, cast.running.id, Screen(approval=approval, newcomer_days=days))
    before = len(stored_files())
    try:
        edit(cast, mine, pictures=[picture("四")])
        assert adds
    except Invalid as refused:
        assert not adds and (refused.code, refused.facts) == ("pictures_wait", {}) and len(stored_files()) == before
    left = said(mine)[:0:-1]
    edit(cast, mine, removed=(keys(mine)[0],), order=tuple(keys(mine)[::-1]))
    assert said(mine) == left, "what takes nothing in is no concern of a moderator"


def test_what_pictures_are_said_to_show_is_watched_and_taking_one_away_is_not(cast, mine):
    before = len(stored_files())
    watching.watch(cast.che.actor, cast.running.id, "赌博", "hold")
    for asked in ({"shows": {keys(mine)[0]: "赌 博"}}, {"pictures": [picture("赌博")]}):
        with pytest.raises(Invalid) as refused:
            edit(cast, mine, **asked)
        assert refused.value.code == "word_refused"
    assert said(mine) == ["一", "二", "三"] and len(stored_files()) == before
    watching.watch(cast.che.actor, cast.running.id, "三张", "hold")
    edit(cast, mine, removed=(keys(mine)[0],))
    assert said(mine) == ["二", "三"]


def test_a_card_that_was_taken_away_stays_away_when_pictures_change(cast):
    draft = PostDraft("", "看 https://map.example/a")
    row = posting.write_post(cast.lin.actor, cast.running.id, draft, [picture("一"), picture("二")])
    assert LinkCard.select().exists()
    posting.take_card_away(cast.lin.actor, cast.running.id, row.id)
    edit(cast, row, draft, removed=(keys(row)[0],))
    assert Post.get_by_id(row.id).card_id is None and said(row) == ["二"]


def test_open_pages_show_the_pictures_that_are_left(cast, as_, mine):
    ning, gone = as_("ning"), keys(mine)[0]
    pages = [ning.get(address).text for address in (at(mine, "")[:-1], "/circles/night-run")]
    asked = [re.search(r'hx-get="([^"]+/changes[^"]*)"', page)[1].replace("&amp;", "&") for page in pages]
    edit(cast, mine, removed=(gone,))
    for url in asked:
        answer = ning.get(url, headers={"HX-Request": "true"})
        assert keys(mine)[0] in answer.text and gone not in answer.text, url


def test_many_forms_at_once_leave_as_many_as_fit_and_as_are_counted(cast, mine, in_threads):
    """Each takes one away and brings two: who comes first leaves no room for the fifth."""
    gone = keys(mine)

    def change(number: int) -> None:
        try:
            edit(cast, mine, removed=(gone[number % 3],), pictures=[picture(f"{number}-{each}") for each in "甲乙"])
        except Invalid as refused:
            assert refused.code == "too_many_pictures"

    in_threads(8, change)
    assert Post.get_by_id(mine.id).picture_count == len(of(mine.id)) in (8, 9)
    assert [each.position for each in of(mine.id)] == list(range(len(of(mine.id))))
    assert len(stored_files()) == 3 * Picture.select().count()


def test_what_is_hidden_for_a_picture_keeps_it_until_that_is_taken_back(cast, as_, post, mine):
    bad = Picture.get(Picture.key == keys(mine)[0])
    hidden = decide(cast.che.actor, report(cast.ning.actor, "picture", bad.id), "hide")[0]
    answer = post(as_("lin"), at(mine), {"body": "三张", "drop": bad.key})
    assert answer.status_code == 422 and "field-error" in answer.text and len(keys(mine)) == 3
    edit(cast, mine, PostDraft("", "还是三张"), shows={bad.key: "遮住的"})
    assert actions.reverse(cast.che.actor, hidden) and Post.get_by_id(mine.id).hidden_at is None
    edit(cast, mine, removed=(bad.key,))
    moment = show(cast.lin.actor, "一张", pictures=[picture("一")])
    moderating.hide_moment(moment, True)
    shown = Picture.get(Picture.subject_kind == "moment").key
    with pytest.raises(Invalid) as refused:
        showing.edit(cast.lin.actor, moment, showing.Change("没有", removed=(shown,)))
    assert refused.value.code == "pictures_stay" and Moment.get_by_id(moment).picture_count == 1


def test_taking_a_reported_picture_away_is_no_way_out_of_a_report(cast, as_, mine):
    bad = Picture.get(Picture.key == keys(mine)[0])
    case = report(cast.ning.actor, "picture", bad.id)
    edit(cast, mine, removed=(bad.key,))
    page = as_("che").get(f"/moderation/cases/{case}").text
    assert "@lin" in page and 'value="warn"' in page and 'value="hide"' not in page and "case-picture" not in page
    with pytest.raises(Conflict):
        decide(cast.che.actor, case, "hide")
    decide(cast.che.actor, case, "", "warn")
    assert decisions() == [("warn", "picture", False)]
