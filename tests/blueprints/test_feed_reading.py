"""Reading a feed: its order, its pages, its dot and its bar; what its reader has put away; somebody's own posts."""

import re

import pytest

from blueprints.feed import commenting, fanout, narrowing, posting, reading, seeing, streams, tasting
from blueprints.feed.audience import Audience
from blueprints.live.running import begin
from blueprints.live.scheduling import EventDraft, announce
from blueprints.people import aliasing, blocking, friending
from core import clock, jobs
from core.blueprint import has_unread
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.policy import GUEST
from models import FeedEntry, FeedMute, FeedSetting, Moment, PersonSetting
from tests.blueprints.circle_stories import counted
from tests.blueprints.moment_stories import befriend, show

SHOWN = re.compile(r'id="moment-(\d+)" data-row')


@pytest.fixture
def friends(cast):
    befriend(cast.lin, cast.che, cast.may)
    jobs.run_due()
    return cast


def read(person, before=None, **how):
    return [row.id for row in reading.page(person.actor, before, **how).rows]


def by(author, count=1, body="一句话"):
    """So many moments, laid into feeds."""
    made = [show(author.actor, f"{body} {number}") for number in range(count)]
    jobs.run_due()
    return made


def shown(answer):
    return shown_in(answer.text)


def shown_in(html):
    return [int(number) for number in SHOWN.findall(html)]


def bulk(author, readers, count, at=None):
    """Many, past the actions."""
    first = int(Moment.select(Moment.id).order_by(Moment.id.desc()).limit(1).scalar() or 0) + 1
    rows = [
        {"id": id_, "author": author.id, "audience": "friends", "source": "x", "html": "<p>x</p>",
         "created_at": at or clock.now()}
        for id_ in range(first, first + count)
    ]  # fmt: skip
    Moment.insert_many(rows).execute()
    day = fanout.day_of(at or clock.now())
    entries = [(reader.id, row["id"], author.id, day) for row in rows for reader in readers]
    FeedEntry.insert_many(entries, (FeedEntry.member, FeedEntry.moment, FeedEntry.author, FeedEntry.day)).execute()
    return [row["id"] for row in rows]


# ---- order and pages ----------------------------------------------------------------------------------------


def test_newest_first_whoever_wrote_it(friends):
    made = [show(who.actor) for who in (friends.may, friends.lin, friends.che, friends.may)]
    jobs.run_due()
    assert read(friends.lin) == made[::-1]
    assert read(friends.may) == [made[3], made[1], made[0]], "che is no friend of may"
    assert read(friends.ning) == []


def test_pages_follow_each_other_without_gap_or_double(friends):
    bulk(friends.may, [friends.lin], 47)
    first = reading.page(friends.lin.actor)
    second = reading.page(friends.lin.actor, first.older)
    third = reading.page(friends.lin.actor, second.older)
    ids = [row.id for page in (first, second, third) for row in page.rows]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == 47 and third.older is None


def test_the_gate_decides_whatever_the_index_says(friends):
    moment = by(friends.may)[0]
    FeedEntry.create(member=friends.ning.id, moment=moment, author=friends.may.id, day=1)
    assert read(friends.ning) == []
    assert seeing.some(friends.ning.actor, [moment]) == []
    PersonSetting.create(member=friends.may.id, friends_see_days=3)
    assert read(friends.lin) == [moment]
    clock.shift(4 * clock.DAY)
    assert read(friends.lin) == []


def test_a_friend_has_the_name_that_the_reader_gave_them(friends):
    by(friends.may)
    aliasing.note(friends.lin.actor, friends.may.id, "五月", set())
    assert [row.name for row in reading.page(friends.lin.actor).rows] == ["五月"]
    assert reading.page(friends.may.actor).rows[0].name == friends.may.display_name


def test_the_page_and_its_older_link(friends, as_, client):
    made = bulk(friends.may, [friends.lin], 25)
    page = as_("lin").get("/feed")
    assert shown(page) == made[:-21:-1]
    older = f"/feed?before={made[5]}"
    assert older in page.text
    fragment = as_("lin").get(older, headers={"HX-Request": "true"})
    assert shown(fragment) == made[4::-1] and "<html" not in fragment.text
    whole = as_("lin").get(older)
    assert shown(whole) == made[4::-1] and "<html" in whole.text
    assert client.get("/feed").status_code in (303, 302, 401)


def test_whose_feed_is_empty_is_led_to_people(cast, as_):
    empty = as_("lin").get("/feed").text.split('id="no-moments"')[1]
    assert 'href="/search"' in empty.split("</main>")[0]


def test_a_page_costs_as_many_queries_with_many_rows_as_with_few(friends, as_):
    browser = as_("lin")
    bulk(friends.may, [friends.lin], 2)
    browser.get("/feed")
    with counted() as few:
        browser.get("/feed")
    bulk(friends.may, [friends.lin], 40)
    browser.get("/feed")
    with counted() as many:
        browser.get("/feed")
    assert len(many) <= len(few), "\n".join(many)


def test_the_index_is_read_as_one_range(friends):
    with counted() as seen:
        reading.entries(friends.lin.id, seeing.NEWEST, 24)
    plan = Moment._meta.database.obj.execute_sql("EXPLAIN QUERY PLAN " + seen[0], _filled(seen[0])).fetchall()
    lines = [row[3] for row in plan]
    assert lines[0].startswith("SEARCH t1 USING INDEX sqlite_autoindex_feed_entry"), lines
    assert not any("TEMP B-TREE" in line or line.startswith("SCAN") for line in lines), lines


def _filled(sql):
    return [1] * sql.count("?")


# ---- the dot and the bar ------------------------------------------------------------------------------------


def feed_place(app):
    return app.blueprints["feed"].place


def test_the_dot_is_lit_by_others_and_goes_out_when_the_feed_is_opened(friends, as_, app):
    place = feed_place(app)
    show(friends.lin.actor)
    assert not has_unread(friends.lin.actor, place), "one's own is no news"
    by(friends.may)
    assert has_unread(friends.lin.actor, place)
    as_("lin").get("/feed?before=1")
    assert has_unread(friends.lin.actor, place), "an older page is not the top"
    as_("lin").get("/feed")
    assert not has_unread(friends.lin.actor, place)


def test_who_is_put_away_lights_no_dot(friends, app):
    place = feed_place(app)
    tasting.want(friends.lin.actor, friends.may.id, "hide")
    by(friends.may)
    assert not has_unread(friends.lin.actor, place)
    tasting.want(friends.lin.actor, friends.may.id, "")
    assert has_unread(friends.lin.actor, place)


def test_an_open_feed_is_told_how_many_are_new(friends, as_):
    by(friends.may)
    browser = as_("lin")
    page = browser.get("/feed")
    assert f'data-channel="feed-{friends.lin.id}"' in page.text
    since = int(re.search(r"/feed/changes\?since=(\d+)", page.text)[1])
    assert browser.get(f"/feed/changes?since={since}").status_code == 204
    assert not streams.feed_changed(friends.lin.actor, friends.lin.id, since)
    by(friends.may, 3)
    show(friends.lin.actor)
    assert streams.feed_changed(friends.lin.actor, friends.lin.id, since)
    told = browser.get(f"/feed/changes?since={since}")
    assert 'id="news"' in told.text and "3" in told.text and f"since={since}" in told.text
    assert browser.get(f"/feed/changes?since={since}&told=3").status_code == 204


def test_nobody_watches_the_feed_of_another(friends):
    with pytest.raises(Gone):
        streams.watch_feed(friends.may.actor, friends.lin.id)
    with pytest.raises(Gone):
        streams.watch_feed(GUEST, friends.lin.id)
    streams.watch_feed(friends.lin.actor, friends.lin.id)


def test_a_page_that_was_put_aside_learns_what_became_of_its_rows(friends, as_, client):
    gone, narrowed, talked, same, busy = by(friends.may, 5)
    lin = as_("lin")
    page = lin.get("/feed").text
    at = dict(re.findall(r'data-shown="(\d+):(\d+)"', page))
    assert set(at) == {str(number) for number in (gone, narrowed, talked, same, busy)}
    posting.delete(friends.may.actor, gone)
    narrowing.narrow(friends.may.actor, narrowed, Audience("me"))
    for moment in (talked, busy):
        commenting.write_comment(friends.may.actor, moment, "还有一句")
    asks = ",".join(f"{number}:{at[str(number)]}" for number in (gone, narrowed, talked, same)) + f",{busy}:"
    answer = lin.get(f"/feed/again?rows={asks}", headers={"HX-Request": "true"}).text
    assert [int(number) for number in re.findall(r'id="moment-(\d+)" hx-swap-oob="delete"', answer)] == [gone, narrowed]
    assert shown_in(answer) == [talked] and "还有一句" in answer
    assert lin.get(f"/feed/again?rows={same}:{at[str(same)]}").status_code == 204
    assert lin.get("/feed/again?rows=x,:,-4:1,").status_code == 204
    assert f'id="moment-{same}"' in client.get(f"/feed/again?rows={same}:1").text, "gone for whoever may not see it"


# ---- what a reader has put away -----------------------------------------------------------------------------


def test_who_is_hidden_is_nowhere_in_the_feed_but_on_their_profile(friends, as_):
    moment, other = by(friends.may)[0], by(friends.che)[0]
    tasting.want(friends.lin.actor, friends.may.id, "hide")
    assert read(friends.lin) == [other]
    assert [row.id for row in seeing.of_author(friends.lin.actor, friends.may.id).rows] == [moment]
    assert shown(as_("lin").get(f"/people/{friends.may.username}")) == [moment]


def test_less_of_somebody_is_the_newest_of_each_day(friends):
    first = by(friends.may, 3)
    clock.shift(clock.DAY)
    second = by(friends.may, 2)
    tasting.want(friends.lin.actor, friends.may.id, "less")
    assert read(friends.lin) == [second[-1], first[-1]]
    assert read(friends.lin, second[-1]) == [first[-1]], "the page before knows of the newest of its day"
    Moment.update(deleted_at=1).where(Moment.id == second[-1]).execute()
    assert read(friends.lin) == [second[0], first[-1]], "one that is gone stands in nobody's way"


def test_sellers_have_a_lane_of_their_own(friends, as_):
    sold, said = by(friends.may, 2), by(friends.che)
    tasting.want(friends.lin.actor, friends.may.id, "seller")
    page = reading.page(friends.lin.actor)
    assert [row.id for row in page.rows] == said and [row.id for row in page.lane] == sold[::-1]
    assert read(friends.lin, lane=True) == sold[::-1]
    browser = as_("lin")
    folded = browser.get("/feed").text
    assert f'<details class="lane" id="lane-{sold[-1]}">' in folded
    tasting.choose(friends.lin.actor, folds_sellers=False, sells=False)
    assert f'<details class="lane" id="lane-{sold[-1]}" open>' in browser.get("/feed").text
    assert shown(browser.get("/feed/sellers")) == sold[::-1]


def test_who_says_that_they_sell_is_in_the_lane_of_all(friends):
    tasting.choose(friends.may.actor, folds_sellers=True, sells=True)
    sold = by(friends.may)
    assert read(friends.lin) == [] and read(friends.lin, lane=True) == sold
    assert read(friends.may, lane=True) == sold, "for themselves as well, so that they see where it is"


def test_a_lane_shows_a_few_and_a_page_of_its_own_the_rest(friends, as_):
    tasting.want(friends.lin.actor, friends.may.id, "seller")
    bulk(friends.may, [friends.lin], 12)
    page = reading.page(friends.lin.actor)
    assert len(page.lane) == reading.LANE_SHOWN and page.in_lane == 12
    text = as_("lin").get("/feed").text
    address = re.search(r'href="(/feed/sellers\?before=\d+)"', text)[1]
    assert len(shown(as_("lin").get(address))) == 12


def test_words_that_stay_out_for_a_while(friends):
    sold = show(friends.may.actor, "**出 闲置** 相机")
    said = show(friends.may.actor, "今天天气好")
    mine = show(friends.lin.actor, "我也出闲置")
    jobs.run_due()
    tasting.mute(friends.lin.actor, "闲置", 7)
    assert read(friends.lin) == [mine, said], "but one's own stays"
    assert read(friends.may) == [mine, said, sold], "it is the reader's alone"
    clock.shift(8 * clock.DAY)
    assert read(friends.lin) == [mine, said, sold] and tasting.mutes(friends.lin.actor) == []


def test_looking_for_something_ends_somewhere(friends):
    """A feed that is put away as a whole is not gone through to its end for one page; the next one goes on."""
    tasting.want(friends.lin.actor, friends.may.id, "hide")
    old = by(friends.che)[0]
    bulk(friends.may, [friends.lin], 700)
    with counted() as seen:
        page = reading.page(friends.lin.actor)
    assert page.rows == [] and page.older and len(seen) < 10
    pages = 1
    while not page.rows:
        page, pages = reading.page(friends.lin.actor, page.older), pages + 1
    assert [row.id for row in page.rows] == [old] and pages == 3


def test_choices_are_for_friends_and_can_be_taken_back(friends):
    with pytest.raises(Gone):
        tasting.want(friends.lin.actor, friends.ning.id, "hide")
    with pytest.raises(Invalid):
        tasting.want(friends.lin.actor, friends.may.id, "louder")
    assert tasting.want(friends.lin.actor, friends.may.id, "hide") == ""
    assert tasting.want(friends.lin.actor, friends.may.id, "less") == "hide"
    assert [(each.id, each.kind) for each in tasting.tastes(friends.lin.actor)] == [(friends.may.id, "less")]
    blocking.block(friends.lin.actor, friends.may.id)
    assert tasting.want(friends.lin.actor, friends.may.id, "") == "less"


def test_words_have_limits(friends, monkeypatch):
    me = friends.lin.actor
    for word in ("", "  ", "\u200b"):
        with pytest.raises(Invalid):
            tasting.mute(me, word, 7)
    with pytest.raises(Invalid):
        tasting.mute(me, "长" * (LIMITS["feed_mute"] + 1), 7)
    with pytest.raises(Invalid):
        tasting.mute(me, "广告", 12345)
    monkeypatch.setitem(LIMITS, "feed_mutes", 2)
    tasting.mute(me, "一", 1)
    tasting.mute(me, "二", 0)
    with pytest.raises(Conflict):
        tasting.mute(me, "三", 0)
    tasting.mute(me, "一", 30)
    assert FeedMute.select().count() == 2
    clock.shift(31 * clock.DAY)
    tasting.mute(me, "三", 0)
    assert [each.word for each in tasting.mutes(me)] == ["三", "二"]
    tasting.unmute(friends.may.actor, tasting.mutes(me)[0].id)
    assert len(tasting.mutes(me)) == 2, "somebody else's stays"


def test_the_same_word_at_once_is_kept_once(friends, in_threads):
    in_threads(12, lambda number: tasting.mute(friends.lin.actor, "广告", 7))
    assert FeedMute.select().count() == 1


def test_choosing_over_the_web(friends, as_, post):
    browser, moment = as_("lin"), by(friends.may)[0]
    assert f'formaction="/feed/people/{friends.may.id}"' in browser.get("/feed").text
    answer = post(browser, f"/feed/people/{friends.may.id}", {"kind": "hide"}, follow_redirects=True)
    assert shown(answer) == [] and f"/feed/people/{friends.may.id}?kind=" in answer.text, "with a way back"
    settings = post(browser, "/feed/mutes", {"word": "促销", "days": "7"}, follow_redirects=True)
    assert "促销" in settings.text and f'id="taste-{friends.may.id}"' in settings.text
    wrong = post(browser, "/feed/mutes", {"word": "", "days": "7"}, htmx="feed-mutes")
    assert wrong.status_code == 422 and 'id="feed-mutes"' in wrong.text
    number = FeedMute.get().id
    gone = post(browser, f"/feed/mutes/{number}/remove", {}, htmx="feed-mutes")
    assert "促销" not in gone.text and FeedMute.select().count() == 0
    again = post(browser, f"/feed/people/{friends.may.id}", {"kind": ""}, htmx="feed-tastes")
    assert 'id="feed-tastes"' in again.text and "<html" not in again.text
    post(browser, "/feed/settings", {"sells": "on"})
    row = FeedSetting.get(FeedSetting.member == friends.lin.id)
    assert (row.sells, row.folds_sellers) == (True, False)
    assert shown(browser.get("/feed")) == [moment]
    assert post(browser, f"/feed/people/{friends.ning.id}", {"kind": "hide"}).status_code == 404


# ---- somebody's own -----------------------------------------------------------------------------------------


def theirs(actor, author):
    return [row.id for row in seeing.of_author(actor, author.id).rows]


def test_a_profile_shows_to_each_what_is_theirs_to_see(friends, as_, client):
    may = friends.may
    made = {kind: show(may.actor, kind=kind) for kind in ("friends", "me", "public")}
    made["circle"] = show(may.actor, kind="circle", circle=friends.running.id)
    assert theirs(may.actor, may) == sorted(made.values(), reverse=True)
    assert theirs(friends.lin.actor, may) == [made["circle"], made["public"], made["friends"]]
    assert theirs(friends.che.actor, may) == [made["circle"], made["public"]], "in the circle, but no friend"
    assert theirs(friends.ning.actor, may) == [made["public"]]
    assert shown(as_("ning").get(f"/people/{may.username}/posts")) == [made["public"]]
    blocking.block(may.actor, friends.ning.id)
    assert theirs(friends.ning.actor, may) == []
    assert as_("ning").get(f"/people/{may.username}/posts").status_code == 404


def test_strangers_see_the_newest_few_and_no_way_to_more(friends):
    ids = bulk(friends.may, [], 30)
    Moment.update(audience="public").where(Moment.id.in_(ids)).execute()
    page = seeing.of_author(friends.ning.actor, friends.may.id)
    assert [row.id for row in page.rows] == ids[:-11:-1] and page.older is None
    assert seeing.of_author(friends.ning.actor, friends.may.id, ids[-10]).rows == []
    assert len(theirs(friends.lin.actor, friends.may)) == LIMITS["page_moments"]
    PersonSetting.create(member=friends.may.id, strangers_see=0)
    assert theirs(friends.ning.actor, friends.may) == [] and len(theirs(friends.lin.actor, friends.may)) == 20


def test_the_posts_of_somebody_have_pages(friends, as_):
    ids = bulk(friends.may, [], 25)
    browser = as_("lin")
    profile = browser.get(f"/people/{friends.may.username}")
    assert shown(profile) == ids[:-6:-1] and f'href="/people/{friends.may.username}/posts"' in profile.text
    first = browser.get(f"/people/{friends.may.username}/posts")
    older = re.search(r'href="(/people/[^"]+/posts\?before=\d+)"', first.text)[1]
    assert shown(first) + shown(browser.get(older)) == ids[::-1]
    assert shown(browser.get(older, headers={"HX-Request": "true"})) == ids[4::-1]
    assert browser.get("/people/nobody-there/posts").status_code == 404


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "9" * 30, "1e3", "٣"])
def test_odd_places_to_begin(friends, as_, before):
    by(friends.may)
    for address in ("/feed", "/feed/sellers", f"/people/{friends.may.username}/posts"):
        assert as_("lin").get(address, query_string={"before": before}).status_code == 200
    assert as_("lin").get("/feed/changes", query_string={"since": before}).status_code in (200, 204)



# ---- above the feed -----------------------------------------------------------------------------------------


def test_events_that_run_or_begin_soon_stand_above_it_for_those_who_may_see_them(friends, as_):
    che, now = friends.che.actor, clock.now()
    soon = announce(che, EventDraft("夜跑直播", now + clock.HOUR), friends.running.id)
    announce(che, EventDraft("下周再说", now + 7 * clock.DAY), friends.running.id)
    inside = announce(che, EventDraft("暗房之夜", now + clock.HOUR, visibility="members"), friends.darkroom.id)
    begin(che, inside.id)
    strip = re.compile(r'<li class="strip-event is-(\w+)"><a href="/live/(\d+)"')
    assert strip.findall(as_("lin").get("/feed").text) == [("live", str(inside.id)), ("upcoming", str(soon.id))]
    assert strip.findall(as_("ning").get("/feed").text) == [("upcoming", str(soon.id))]
    clock.shift(8 * clock.DAY)
    assert ("upcoming", str(soon.id)) not in strip.findall(as_("ning").get("/feed").text)


def test_beside_it_stand_what_begins_later_this_week_and_who_asks(friends, as_):
    che, now = friends.che.actor, clock.now()
    announce(che, EventDraft("夜跑直播", now + clock.HOUR), friends.running.id)
    later = announce(che, EventDraft("后天再跑", now + 2 * clock.DAY), friends.running.id)
    announce(che, EventDraft("下个月", now + 30 * clock.DAY), friends.running.id)
    announce(che, EventDraft("暗房之夜", now + 2 * clock.DAY, visibility="members"), friends.darkroom.id)
    friending.ask(friends.ning.actor, friends.may.id)

    def beside(name):
        return re.findall(r'class="here-name" href="([^"]+)"', as_(name).get("/feed").text)

    assert beside("may") == [f"/people/{friends.ning.username}", f"/live/{later.id}"]
    assert beside("ning") == [f"/live/{later.id}"]
    friending.withdraw(friends.ning.actor, friends.may.id)
    assert beside("may") == [f"/live/{later.id}"]
