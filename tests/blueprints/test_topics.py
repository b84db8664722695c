"""Topics: the few headings of a circle, kept by its owners; posts outlive them."""

import re

import pytest

from blueprints.circles import posting, reading, topics
from blueprints.circles.rooms import room
from core.errors import Denied, Gone, Invalid
from core.limits import LIMITS
from models import Post, Topic
from tests.blueprints.circle_stories import counted

PAGE = "/circles/night-run/settings/topics"


def add(cast, name: str, circle=None) -> int:
    return topics.add_topic(cast.che.actor, (circle or cast.running).id, name)


def listed(cast) -> list[str]:
    return [topic.name for topic in topics.of_circle(room(cast.lin.actor, cast.running.id))]


def test_an_owner_adds_renames_orders_and_deletes(as_, post, cast):
    che = as_("che")
    for name in ("路线", "装备", "赛事"):
        assert post(che, PAGE, {"name": name}).location == PAGE
    first, second, third = (topic.id for topic in Topic.select().order_by(Topic.id))
    down = post(che, f"{PAGE}/{first}", {"do": "down"}, htmx="labels")
    assert re.findall(r'<li class="label" id="label-(\d+)"', down.text) == [str(second), str(first), str(third)]
    renamed = post(che, f"{PAGE}/{third}", {"name": "比赛"}, htmx=f"label-{third}")
    assert renamed.text.lstrip().startswith(f'<li class="label" id="label-{third}"')
    assert listed(cast) == ["装备", "路线", "比赛"]
    assert post(che, f"{PAGE}/{second}", {"do": "remove"}, htmx="labels").status_code == 200
    assert listed(cast) == ["路线", "比赛"]
    assert post(che, f"{PAGE}/{second}", {"name": "又来"}).status_code == 404


def test_at_the_ends_of_the_list_nothing_moves(cast):
    ids = [add(cast, name) for name in ("一", "二")]
    topics.move_topic(cast.che.actor, cast.running.id, ids[0], up=True)
    topics.move_topic(cast.che.actor, cast.running.id, ids[1], up=False)
    assert listed(cast) == ["一", "二"]


@pytest.mark.parametrize("name", ["", "  ", "长" * 31, "路线", " 路线 ", "\u200b\u200b"])
def test_what_cannot_be_taken_comes_back(as_, post, cast, name):
    add(cast, "路线")
    answer = post(as_("che"), PAGE, {"name": name}, htmx="add-label")
    assert answer.status_code == 422 and answer.text.lstrip().startswith("<form") and listed(cast) == ["路线"]


def test_names_differ_by_more_than_case(cast):
    add(cast, "Gear")
    with pytest.raises(Invalid, match="label_taken"):
        add(cast, "GEAR")
    add(cast, "Gear", circle=cast.darkroom)  # in another circle it is another name


def test_a_name_is_shown_as_text(as_, post, cast):
    post(as_("che"), PAGE, {"name": "<b>x</b>"})
    assert "<b>x</b>" not in as_("che").get(PAGE).text and listed(cast) == ["<b>x</b>"]


def test_ten_fit_also_when_all_are_added_at_once(cast, in_threads):
    said = []

    def one(number: int) -> None:
        try:
            add(cast, f"题 {number}")
        except Invalid as refusal:
            said.append(refusal.code)

    in_threads(40, one)
    assert len(listed(cast)) == LIMITS["topics"] == 10 and said == ["topics_full"] * 30


def test_room_that_was_made_can_be_taken_again(cast):
    ids = [add(cast, f"题 {number}") for number in range(10)]
    with pytest.raises(Invalid, match="topics_full"):
        add(cast, "第十一")
    topics.remove_topic(cast.che.actor, cast.running.id, ids[4])
    add(cast, "第十一")
    assert listed(cast)[-1] == "第十一" and len(listed(cast)) == 10


def test_posts_outlive_their_topic(cast):
    topic = add(cast, "路线")
    number = posting.write_post(cast.lin.actor, cast.running.id, posting.PostDraft("", "滨江", topic=topic)).id
    here = room(cast.lin.actor, cast.running.id)
    assert reading.post(cast.lin.actor, here, number).topic == "路线"
    topics.remove_topic(cast.che.actor, cast.running.id, topic)
    assert reading.post(cast.lin.actor, here, number).topic is None
    assert Post.get_by_id(number).topic_id is None


def test_only_owners_keep_them_and_only_their_own(as_, post, cast):
    mine, theirs = add(cast, "路线"), add(cast, "冲洗", circle=cast.darkroom)
    for who in ("may", "lin", "ning", "owner"):
        assert as_(who).get(PAGE).status_code == 403
        assert post(as_(who), PAGE, {"name": "又一"}).status_code == 403
        with pytest.raises(Denied):
            topics.remove_topic(cast[who].actor, cast.running.id, mine)
    for verb in (
        lambda: topics.rename_topic(cast.che.actor, cast.running.id, theirs, "x"),
        lambda: topics.move_topic(cast.che.actor, cast.running.id, theirs, up=True),
        lambda: topics.remove_topic(cast.che.actor, cast.running.id, theirs),
        lambda: topics.add_topic(cast.ning.actor, cast.darkroom.id, "x"),
    ):
        with pytest.raises(Gone):
            verb()
    assert Topic.select().count() == 2


def test_the_list_is_one_query(cast):
    for number in range(5):
        add(cast, f"题 {number}")
    here = room(cast.lin.actor, cast.running.id)
    with counted() as seen:
        topics.of_circle(here)
    assert len(seen) == 1


def test_the_settings_pages_lead_to_each_other(as_):
    for page in (PAGE, "/circles/night-run/settings/flairs", "/circles/night-run/edit"):
        text = as_("che").get(page).text
        assert f'href="{PAGE}"' in text and 'href="/circles/night-run/settings/flairs"' in text
