"""What is shared into a moment: it stays where it is, and nobody sees more of it than before."""

import re

import pytest

from blueprints.circles import posting as circle_posting
from blueprints.circles.posting import PostDraft
from blueprints.feed import catching_up, commenting, reading, tasting
from blueprints.feed.sharing import Shared
from blueprints.live.scheduling import EventDraft, announce
from blueprints.people import blocking
from core import clock, jobs
from core.errors import Gone, Invalid
from models import Moment
from tests.blueprints.circle_stories import counted, typed, write
from tests.blueprints.moment_stories import befriend, show


@pytest.fixture
def friends(cast):
    befriend(cast.lin, cast.che, cast.may, cast.ning)
    return cast


def card(browser, moment: int) -> str:
    page = browser.get(f"/feed/posts/{moment}").text
    return page[page.index(f'id="shared-moment-{moment}"') :].partition("</aside>")[0]


def test_a_post_is_shared_from_its_menu(friends, as_, post):
    source, lin = friends.post_in(friends.running), as_("lin")
    way = f"/feed/write?shared=post:{source.id}"
    assert way in lin.get(f"/circles/night-run/posts/{source.id}").text
    page = lin.get(way).text
    assert f'name="shared" value="post:{source.id}"' in page and "周三夜跑" in page
    fields = {"body": "一起来", "audience": "friends", "shared": f"post:{source.id}"}
    assert post(lin, "/feed/posts", fields).status_code == 303
    shown = card(as_("ning"), Moment.get().id)
    assert "周三夜跑" in shown and f"/circles/night-run/posts/{source.id}" in shown


def test_an_event_is_shared_from_its_menu(friends, as_):
    event = announce(friends.che.actor, EventDraft("夜跑直播", clock.now() + clock.HOUR), friends.running.id)
    way = f"/feed/write?shared=live:{event.id}"
    page = as_("lin").get(f"/live/{event.id}").text
    assert way in page
    assert "夜跑直播" in as_("lin").get(way).text
    moment = show(friends.lin.actor, "", shared=Shared("live", event.id))
    assert f"/live/{event.id}" in card(as_("ning"), moment)


def test_a_visitor_is_offered_nothing(friends, client):
    source = friends.post_in(friends.running)
    assert "/feed/write" not in client.get(f"/circles/night-run/posts/{source.id}").text


def test_whoever_may_not_read_the_source_sees_that_there_is_one_and_nothing_of_it(friends, as_):
    moment = show(friends.che.actor, "读这个", shared=Shared("post", friends.post_in(friends.desk).id))
    assert "城南旧事" in card(as_("che"), moment)
    befriend(friends.che, friends.may)
    hidden = card(as_("may"), moment)
    assert "城南旧事" not in hidden and "书桌" not in hidden and "/circles/" not in hidden and "阿澈" not in hidden


def test_nobody_shares_what_they_may_not_read(friends, as_, post):
    secret = friends.post_in(friends.desk)
    for shared in (Shared("post", secret.id), Shared("post", 99999), Shared("live", 1), Shared("member", 1)):
        with pytest.raises(Gone):
            show(friends.ning.actor, shared=shared)
    page = as_("ning").get(f"/feed/write?shared=post:{secret.id}").text
    assert "城南旧事" not in page and "书桌" not in page
    for shared in ("post:-1", "post:x", "member:1", "post", "post:1:2"):
        answer = post(as_("ning"), "/feed/posts", {"body": "看", "audience": "me", "shared": shared})
        assert answer.status_code == 422 and "看" in typed(answer.text)
    assert Moment.select().count() == 0


def test_word_of_an_invisible_circle_stays_inside(friends):
    secret = friends.post_in(friends.darkroom)
    for kind in ("friends", "public"):
        with pytest.raises(Invalid) as refused:
            show(friends.lin.actor, kind=kind, shared=Shared("post", secret.id))
        assert refused.value.code == "share_stays_inside"
    with pytest.raises(Invalid):
        show(friends.lin.actor, kind="circle", circle=friends.running.id, shared=Shared("post", secret.id))
    inside = show(friends.lin.actor, kind="circle", circle=friends.darkroom.id, shared=Shared("post", secret.id))
    assert Moment.get_by_id(inside).shared_id == secret.id
    assert show(friends.lin.actor, kind="me", shared=Shared("post", secret.id))


def test_what_was_shared_into_a_circle_leads_to_its_source(friends):
    source = friends.post_in(friends.running)
    draft = PostDraft("", "转", shared=source.id)
    again = circle_posting.write_post(friends.lin.actor, friends.darkroom.id, draft)
    moment = show(friends.lin.actor, "", shared=Shared("post", again.id))
    assert Moment.get_by_id(moment).shared_id == source.id


def test_a_source_that_goes_leaves_the_moment(friends, as_):
    source = friends.post_in(friends.running)
    moment = show(friends.lin.actor, "我的话", shared=Shared("post", source.id))
    circle_posting.delete_post(friends.che.actor, friends.running.id, source.id)
    page = as_("may").get(f"/feed/posts/{moment}").text
    assert "我的话" in page and "周三夜跑" not in re.sub(r"<title>.*?</title>", "", page)


def test_a_block_takes_the_card_as_well(friends, as_):
    """Ning has nothing to do with che; a post of che's is shared by lin."""
    post = circle_posting.write_post(friends.che.actor, friends.running.id, PostDraft("明天", "六点"))
    moment = show(friends.lin.actor, "看", shared=Shared("post", post.id))
    assert "明天" in card(as_("ning"), moment)
    blocking.block(friends.che.actor, friends.ning.id)
    assert "明天" not in card(as_("ning"), moment)


# ---- words that somebody keeps out ---------------------------------------------------------------------------


def in_feed(person) -> list[int]:
    jobs.run_due()
    return [row.id for row in reading.page(person.actor).rows]


def test_a_word_that_is_kept_out_is_looked_for_in_what_is_shared_as_well(friends):
    event = announce(friends.che.actor, EventDraft("相机闲置专场", clock.now() + clock.HOUR), friends.running.id)
    titled = circle_posting.write_post(friends.che.actor, friends.running.id, PostDraft("出 闲 置", "九成新"))
    worded = write(friends.che.actor, friends.running.id, "家里的闲置都在这里")
    cards = [Shared("live", event.id), Shared("post", titled.id), Shared("post", worded.id)]
    shared = [show(friends.lin.actor, "看", shared=each) for each in cards]
    other = show(friends.lin.actor, "看", shared=Shared("post", friends.post_in(friends.running).id))
    assert in_feed(friends.ning) == [other, *shared[::-1]]
    tasting.mute(friends.ning.actor, "闲置", 7)
    assert in_feed(friends.ning) == [other]
    for moment in (*shared, other):
        for number in range(3):
            commenting.write_comment(friends.may.actor, moment, f"好 {number}")
    missed = catching_up.missed(friends.ning.actor, 0)
    assert [each.moment.id for group in missed.groups.values() for each in group] == [other]


def test_what_is_kept_out_tells_nothing_of_what_one_may_not_read(friends):
    """Whoever cannot open the card would learn word by word what stands in it."""
    moment = show(friends.lin.actor, "读这个", shared=Shared("post", friends.post_in(friends.darkroom).id), kind="me")
    Moment.update(audience="friends").where(Moment.id == moment).execute()
    jobs.run_due()
    words = re.sub(r"\W", "", friends.post_in(friends.darkroom).source)[:2]
    for reader in (friends.may, friends.che):
        tasting.mute(reader.actor, words, 7)
    assert moment in in_feed(friends.may) and moment not in in_feed(friends.che)


def test_looking_into_cards_costs_the_same_however_many_there_are(friends):
    def asked() -> int:
        with counted() as seen:
            reading.page(friends.ning.actor)
        return len(seen)

    tasting.mute(friends.ning.actor, "闲置", 7)
    source = friends.post_in(friends.running).id
    show(friends.lin.actor, "看", shared=Shared("post", source))
    jobs.run_due()
    asked()
    few = asked()
    for _ in range(8):
        show(friends.lin.actor, "看", shared=Shared("post", source))
    jobs.run_due()
    assert asked() == few
