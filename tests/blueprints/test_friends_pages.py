"""Friends on pages: asking from a profile, a card or a code; answering; the list, lists, names of one's own."""

import re

import pytest

from blueprints.feed.gate import shown
from blueprints.people import codes, friending, lists
from blueprints.people.friends import are_friends
from core import clock
from core.errors import Gone, Invalid
from core.limits import LIMITS
from models import (
    Block,
    FriendList,
    FriendListEntry,
    FriendRequest,
    Friendship,
    Member,
    Moment,
    MomentList,
    PersonSetting,
    Suspension,
)
from tests.blueprints.people_stories import befriend
from tests.cast import walkers


def ids(page: str, prefix: str) -> list[int]:
    return [int(number) for number in re.findall(rf'<li class="person" id="{prefix}-(\d+)"', page)]


# ---- asking -------------------------------------------------------------------------------------------------


def test_a_profile_leads_to_a_form_and_the_form_to_a_request(as_, cast, post):
    browser = as_("ning")
    assert "/people/lin/friend" in browser.get("/people/lin").text
    assert 'name="words"' in browser.get("/people/lin/friend?met=search").text
    answer = post(browser, "/people/lin/friend", {"words": "夜跑认识的", "met": "search"})
    assert answer.status_code == 303 and answer.location.endswith("/people/lin")
    row = FriendRequest.get()
    assert (row.asker_id, row.asked_id, row.words, row.met) == (cast.ning.id, cast.lin.id, "夜跑认识的", "search")
    page = browser.get("/people/lin").text
    assert "/people/lin/friend/withdraw" in page and "/people/lin/friend/accept" not in page


def test_htmx_gets_the_form_and_then_the_tie_in_the_same_place(as_, cast, post):
    browser, id_ = as_("ning"), f"tie-{cast.lin.id}"
    form = browser.get("/people/lin/friend", headers={"HX-Request": "true", "HX-Target": id_}).text
    assert form.startswith(f'<form class="form" method="post" action="/people/lin/friend" id="{id_}"')
    wrong = post(browser, "/people/lin/friend", {"words": "长" * 101}, htmx=id_)
    assert wrong.status_code == 422 and f'id="{id_}"' in wrong.text and "长" * 101 in wrong.text
    tie = post(browser, "/people/lin/friend", {"words": "你好"}, htmx=id_).text
    assert tie.startswith(f'<div class="tie cluster" id="{id_}"') and "withdraw" in tie
    again = post(browser, "/people/lin/friend/withdraw", htmx=id_).text
    assert f'id="{id_}"' in again and "/people/lin/friend" in again and not FriendRequest.select().exists()


def test_the_card_of_somebody_met_in_a_circle_says_where(as_, cast, post):
    headers = {"HX-Request": "true"}
    card = as_("may").get("/people/lin/card?circle=night-run", headers=headers).text
    assert "/people/lin/friend?met=circle" in card
    assert "/friend" not in as_("lin").get("/people/lin/card?circle=night-run", headers=headers).text


def test_who_was_found_by_a_search_is_asked_so(as_, cast):
    page = as_("ning").get("/people/lin", headers={"Referer": "http://localhost/search?q=lin"}).text
    assert "/people/lin/friend?met=search" in page


def test_who_is_no_member_sees_no_tie(client, as_, cast):
    for browser in (client, as_("leaving"), as_("lin")):
        assert "/people/lin/friend" not in browser.get("/people/lin").text


def test_where_one_may_not_ask_there_is_nothing_to_press(as_, cast, post):
    PersonSetting.create(member=cast.lin.id, asked_by="nobody")
    browser = as_("ning")
    assert "/people/lin/friend" not in browser.get("/people/lin").text
    assert 'name="words"' not in browser.get("/people/lin/friend").text
    answer = post(browser, "/people/lin/friend", {"words": ""})
    assert answer.status_code == 403 and not FriendRequest.select().exists()


def test_who_was_suspended_is_not_asked_but_can_be_parted_from(as_, cast, post):
    befriend(cast.may, cast.lin)
    Suspension.create(member=cast.lin.id, reason="x", suspended_at=1)
    assert "/people/lin/friend" not in as_("ning").get("/people/lin").text
    assert "/people/lin/friend" in as_("may").get("/people/lin").text
    assert post(as_("may"), "/people/lin/friend/end").status_code == 303
    assert not Friendship.select().exists()


def test_a_hundred_requests_an_hour_are_too_many(as_, cast, post, monkeypatch):
    from core.limits import RATES, Rate

    monkeypatch.setitem(RATES, "friend.ask", Rate(2, 3600))
    browser = as_("ning")
    said = [post(browser, "/people/lin/friend", {"words": ""}).status_code for _ in range(3)]
    assert said == [303, 303, 429]


# ---- answering ----------------------------------------------------------------------------------------------


def test_requests_wait_with_their_words_until_they_are_answered(as_, cast, post):
    friending.ask(cast.ning.actor, cast.lin.id, "夜跑 <认识的>")
    friending.ask(cast.may.actor, cast.lin.id)
    browser = as_("lin")
    page = browser.get("/friends/requests").text
    assert ids(page, "request") == [cast.may.id, cast.ning.id] and "夜跑 &lt;认识的&gt;" in page
    row = post(browser, "/people/ning/friend/accept", htmx=f"request-{cast.ning.id}")
    assert row.status_code == 200 and ids(row.text, "request") == [cast.ning.id] and "accept" not in row.text
    gone = post(browser, "/people/may/friend/decline", htmx=f"request-{cast.may.id}")
    assert gone.status_code == 200 and gone.text == ""
    assert ids(browser.get("/friends/requests").text, "request") == []
    assert are_friends(cast.lin.id, cast.ning.id) and not are_friends(cast.lin.id, cast.may.id)


def test_without_javascript_an_answer_leads_back_to_the_requests(as_, cast, post):
    friending.ask(cast.ning.actor, cast.lin.id)
    back = {"Referer": "http://localhost/friends/requests"}
    answer = post(as_("lin"), "/people/ning/friend/accept", headers=back)
    assert answer.status_code == 303 and answer.location == "/friends/requests"


@pytest.mark.parametrize("htmx", [True, False])
def test_both_lists_of_requests_have_older_pages_of_their_own(as_, cast, monkeypatch, htmx):
    monkeypatch.setitem(LIMITS, "page_friends", 3)
    actors = walkers(14)
    for actor in actors[:7]:
        friending.ask(actor, cast.lin.id)
    for actor in actors[7:]:
        friending.ask(cast.lin.actor, actor.member_id or 0)
    for name, wanted in (("older", actors[:7]), ("older-asked", actors[7:])):
        browser, url, shown = as_("lin"), "/friends/requests", []
        while url:
            headers = {"HX-Request": "true", "HX-Target": name} if htmx and shown else {}
            shown += ids(page := browser.get(url, headers=headers).text, "request")
            older = re.search(rf'id="{name}"><a class="btn quiet" href="([^"]+)"', page)
            url = older[1].replace("&amp;", "&") if older else ""
        assert {actor.member_id for actor in wanted} <= set(shown)
        assert len(shown) == len(set(shown)) or not htmx


def test_a_no_leaves_no_trace_for_who_asked(as_, cast, post):
    """What the asker gets is the same, letter by letter, whether the other is silent or has declined."""
    friending.ask(cast.ning.actor, cast.lin.id, "你好")
    browser, seen = as_("ning"), []
    for decline in (False, True):
        if decline:
            friending.decline(cast.lin.actor, cast.ning.id)
        pages = [browser.get(url).text for url in ("/people/lin", "/friends/requests", "/people/lin/friend", "/me")]
        seen.append([re.sub(r'nonce="[^"]*"|content="[^"]*"|value="[^"]*"|stream\?[^"]*', "", page) for page in pages])
    assert seen[0] == seen[1]


def test_the_dot_on_ones_own_page_is_there_while_somebody_waits(as_, cast):
    browser = as_("lin")
    dot = 'id="way-to-requests"'
    assert dot not in browser.get("/me").text
    friending.ask(cast.ning.actor, cast.lin.id)
    assert dot in browser.get("/me").text
    friending.decline(cast.lin.actor, cast.ning.id)
    assert dot not in browser.get("/me").text


def test_requests_of_people_with_whom_one_has_nothing_to_do_are_not_listed(as_, cast):
    friending.ask(cast.ning.actor, cast.lin.id)
    Block.create(member=cast.lin.id, blocked=cast.ning.id, at=1)
    assert ids(as_("lin").get("/friends/requests").text, "request") == []
    assert ids(as_("ning").get("/friends/requests").text, "request") == []


# ---- the list -----------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(cast, monkeypatch) -> list[int]:
    """Seven friends of lin, on pages of three; two of them since the same moment."""
    monkeypatch.setitem(LIMITS, "page_friends", 3)
    actors = walkers(7)
    for number, actor in enumerate(actors):
        at = max(number, 1)
        Friendship.create(member=cast.lin.id, friend=actor.member_id, since_at=at)
        Friendship.create(member=actor.member_id, friend=cast.lin.id, since_at=at)
    return [actor.member_id or 0 for actor in actors]


@pytest.mark.parametrize("htmx", [True, False])
def test_friends_are_listed_latest_first_without_gaps_or_doubles(as_, crowd, htmx):
    browser, url, shown = as_("lin"), "/friends", []
    while url:
        headers = {"HX-Request": "true", "HX-Target": "older"} if htmx and shown else {}
        page = browser.get(url, headers=headers).text
        shown += ids(page, "friend")
        older = re.search(r'id="older"><a class="btn quiet" href="([^"]+)"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    assert shown == sorted(crowd, reverse=True)


@pytest.mark.parametrize(("query", "found"), [("走 3", [3]), ("WALKER-5", [5]), ("阿跑", [2]), ("%", []), ("_", [])])
def test_a_friend_is_found_by_any_of_their_names(as_, cast, crowd, query, found):
    Friendship.update(alias="阿跑").where(Friendship.friend == crowd[2], Friendship.member == cast.lin.id).execute()
    Member.update(username="rabbit-6").where(Member.id == crowd[6]).execute()
    page = as_("lin").get("/friends", query_string={"q": query}).text
    assert ids(page, "friend") == [crowd[number] for number in found]


def test_an_alias_is_shown_to_its_owner_only(as_, cast, post):
    befriend(cast.lin, cast.ning)
    browser = as_("lin")
    answer = post(browser, "/people/ning/friend/notes", {"alias": "  跑得快的宁  "})
    assert answer.status_code == 303
    assert "跑得快的宁" in browser.get("/friends").text and "跑得快的宁" in browser.get("/people/ning").text
    for who in ("ning", "may", "staff"):
        for url in ("/friends", "/people/ning", "/people/lin"):
            assert "跑得快的宁" not in as_(who).get(url).text
    wrong = post(browser, "/people/ning/friend/notes", {"alias": "长" * 41})
    assert wrong.status_code == 422 and "长" * 41 in wrong.text
    assert Friendship.get(Friendship.member == cast.lin.id).alias == "跑得快的宁"


def test_nobody_notes_down_who_is_no_friend(as_, cast, post):
    assert post(as_("lin"), "/people/ning/friend/notes", {"alias": "x"}).status_code == 404


@pytest.mark.parametrize("url", ["/friends?list=1", "/friends?before=x.y", "/friends?before=9", "/friends?list=x"])
def test_odd_addresses_are_no_trouble(as_, cast, url):
    assert as_("lin").get(url).status_code in (200, 404)


# ---- lists --------------------------------------------------------------------------------------------------


def test_lists_are_made_filled_renamed_and_dropped(as_, cast, post):
    befriend(cast.lin, cast.ning)
    browser = as_("lin")
    made = post(browser, "/friends/lists", {"name": " 跑友 "})
    number = FriendList.get().id
    assert made.status_code == 303 and made.location == f"/friends/lists/{number}"
    row = post(browser, f"/friends/lists/{number}/friends/{cast.ning.id}", {"on": 1}, htmx=f"listed-{cast.ning.id}")
    assert ids(row.text, "listed") == [cast.ning.id] and 'value="0"' in row.text
    assert ids(browser.get(f"/friends?list={number}").text, "friend") == [cast.ning.id]
    page = browser.get(f"/friends/lists/{number}").text
    assert ids(page, "listed") == [cast.ning.id]
    assert post(browser, f"/friends/lists/{number}", {"name": "夜跑"}).status_code == 303
    assert FriendList.get().name == "夜跑"
    post(browser, f"/friends/lists/{number}/friends/{cast.ning.id}", {"on": 0})
    assert not FriendListEntry.select().exists()
    assert post(browser, f"/friends/lists/{number}/delete").status_code == 303
    assert not FriendList.select().exists() and are_friends(cast.lin.id, cast.ning.id)


def test_whoever_is_put_on_a_list_moves_over_to_it(as_, cast, post):
    """From the friends beneath it, where the list said a moment ago that nobody is on it."""
    befriend(cast.lin, cast.ning)
    number, ning, browser = lists.make_list(cast.lin.actor, "跑友"), cast.ning.id, as_("lin")
    page = browser.get(f"/friends/lists/{number}").text
    assert ids(page, "other") == [ning] and ids(page, "listed") == []
    moved = post(browser, f"/friends/lists/{number}/friends/{ning}", {"on": 1}, htmx=f"other-{ning}").text
    assert moved.startswith('<ul hx-swap-oob="beforeend:#inside-people">') and ids(moved, "listed") == [ning]
    back = post(browser, f"/friends/lists/{number}/friends/{ning}", {"on": 0}, htmx=f"listed-{ning}").text
    assert "hx-swap-oob" not in back and ids(back, "listed") == [ning] and 'value="1"' in back


def test_a_long_list_brings_whoever_was_put_on_it_with_an_older_page(as_, cast, crowd, post):
    number, browser = lists.make_list(cast.lin.actor, "跑友"), as_("lin")
    lists.put_on(cast.lin.actor, number, crowd[1:])
    oldest = crowd[0]
    moved = post(browser, f"/friends/lists/{number}/friends/{oldest}", {"on": 1}, htmx=f"other-{oldest}")
    assert moved.text == "" and "toast" in moved.headers["HX-Trigger"]
    older = re.search(r'href="(/friends/lists/[^"]*before=[^"]+)"', browser.get(f"/friends/lists/{number}").text)[1]
    rest = browser.get(older, headers={"HX-Request": "true"}).text
    assert ids(rest, "listed") == [crowd[3], crowd[2], crowd[1]]


def test_a_list_that_goes_keeps_posts_from_those_on_it(cast):
    befriend(cast.lin, cast.ning)
    number = lists.make_list(cast.lin.actor, "跑友")
    lists.put_on(cast.lin.actor, number, [cast.ning.id])
    moment = Moment.create(author=cast.lin.id, source="x", html="x", audience="except", created_at=clock.now())
    MomentList.create(moment=moment, list=number)
    lists.drop_list(cast.lin.actor, number)
    assert not Moment.select().where(shown(cast.ning.id, clock.now(), True)).exists()
    assert Moment.select().where(shown(cast.lin.id, clock.now(), True)).exists()


@pytest.mark.parametrize("name", ["", "   ", "长" * 31, "跑友"])
def test_a_list_needs_a_name_of_its_own(as_, cast, post, name):
    lists.make_list(cast.lin.actor, "跑友")
    lists.make_list(cast.may.actor, "家人")
    answer = post(as_("lin"), "/friends/lists", {"name": name})
    assert answer.status_code == 422 and 'id="list-form"' in answer.text
    assert FriendList.select().where(FriendList.member == cast.lin.id).count() == 1


def test_another_member_s_list_is_not_there(as_, cast, post):
    befriend(cast.lin, cast.ning)
    befriend(cast.may, cast.ning)
    number = lists.make_list(cast.may.actor, "跑友")
    lists.put_on(cast.may.actor, number, [cast.ning.id])
    browser = as_("lin")
    for url in (f"/friends/lists/{number}", f"/friends?list={number}"):
        assert browser.get(url).status_code == 404
    for url, data in (
        (f"/friends/lists/{number}", {"name": "x"}), (f"/friends/lists/{number}/delete", {}),
        (f"/friends/lists/{number}/friends/{cast.ning.id}", {"on": 0}),
    ):  # fmt: skip
        assert post(browser, url, data).status_code == 404
    own = lists.make_list(cast.lin.actor, "x")
    answer = post(browser, "/people/ning/friend/notes", {"alias": "", "lists": [own, number]})
    assert answer.status_code == 422
    assert FriendList.get_by_id(number).name == "跑友" and FriendListEntry.select().count() == 1


def test_only_friends_are_put_on_a_list(as_, cast, post):
    number = lists.make_list(cast.lin.actor, "跑友")
    for member in (cast.ning.id, cast.lin.id, 10**9):
        assert post(as_("lin"), f"/friends/lists/{number}/friends/{member}", {"on": 1}).status_code == 404
    with pytest.raises(Gone):
        lists.put_on(cast.lin.actor, number, [cast.ning.id])
    assert not FriendListEntry.select().exists()


def test_a_friend_is_put_on_lists_where_they_are_noted_down(as_, cast, post):
    befriend(cast.lin, cast.ning)
    one, other = (lists.make_list(cast.lin.actor, name) for name in ("跑友", "家人"))
    browser = as_("lin")
    post(browser, "/people/ning/friend/notes", {"alias": "宁", "lists": [one]})
    assert {row.list_id for row in FriendListEntry.select()} == {one}
    page = browser.get("/people/ning/friend").text
    assert len(re.findall(r"<input checked[^>]* name=\"lists\"", page)) == 1
    post(browser, "/people/ning/friend/notes", {"alias": "宁", "lists": [other]})
    assert {row.list_id for row in FriendListEntry.select()} == {other}


def test_there_is_an_end_to_the_number_of_lists(cast, monkeypatch):
    from core.errors import Conflict

    monkeypatch.setitem(LIMITS, "friend_lists", 2)
    for name in ("1", "2"):
        lists.make_list(cast.lin.actor, name)
    with pytest.raises(Conflict):
        lists.make_list(cast.lin.actor, "3")


def test_the_same_list_from_many_threads_is_made_once(cast, in_threads):
    said = []

    def make(_number: int) -> None:
        try:
            lists.make_list(cast.lin.actor, "跑友")
        except Invalid as refusal:
            said.append(refusal.code)

    in_threads(12, make)
    assert FriendList.select().count() == 1 and said == ["friend_list_taken"] * 11


# ---- the code -----------------------------------------------------------------------------------------------


def test_the_code_leads_to_a_form_whatever_the_setting_says(as_, cast, post):
    PersonSetting.create(member=cast.lin.id, asked_by="nobody")
    page = as_("lin").get("/me/code").text
    path = re.search(r'value="http://localhost(/people/code/[\w-]+)"', page)[1]
    assert 'class="qr"' in page
    browser = as_("ning")
    landing = browser.get(path)
    assert 'name="words"' in landing.text and "noindex" in landing.headers["X-Robots-Tag"]
    assert post(browser, path, {"words": "扫到的"}).status_code == 303
    assert FriendRequest.get().met == "code"
    friending.accept(cast.lin.actor, cast.ning.id)
    assert 'name="words"' not in browser.get(path).text


def test_a_new_code_makes_the_old_one_lead_nowhere(as_, cast, post):
    old = codes.own_code(cast.lin.actor)
    assert codes.own_code(cast.lin.actor) == old
    assert post(as_("lin"), "/me/code/renew").status_code == 303
    new = codes.own_code(cast.lin.actor)
    assert new != old
    browser = as_("ning")
    assert browser.get(f"/people/code/{new}").status_code == 200
    assert browser.get(f"/people/code/{old}").status_code == 404
    assert post(browser, f"/people/code/{old}", {"words": ""}).status_code == 404


def test_a_visitor_is_led_to_sign_in_and_back(client, cast):
    code = codes.own_code(cast.lin.actor)
    page = client.get(f"/people/code/{code}").text
    assert f"/login?next=/people/code/{code}" in page and 'name="words"' not in page


def test_codes_are_not_to_be_guessed(as_, cast, monkeypatch):
    from core.limits import RATES, Rate

    monkeypatch.setitem(RATES, "link.guess", Rate(3, 3600))
    code, browser = codes.own_code(cast.lin.actor), as_("ning")
    assert [browser.get(f"/people/code/wrong-{number}").status_code for number in range(4)] == [404, 404, 404, 429]
    assert browser.get(f"/people/code/{code}").status_code == 429


def test_the_code_of_who_blocked_one_leads_nowhere(as_, cast):
    code = codes.own_code(cast.lin.actor)
    Block.create(member=cast.lin.id, blocked=cast.ning.id, at=1)
    assert as_("ning").get(f"/people/code/{code}").status_code == 404


def test_one_member_has_one_code_however_often_it_is_asked_for(cast, in_threads):
    seen = set()
    in_threads(12, lambda _number: seen.add(codes.own_code(cast.lin.actor)))
    assert len(seen) == 1
