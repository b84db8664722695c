"""Drafts: they follow their author from one device to another, cover nothing unseen, and are nobody else's."""

import re

import pytest

from blueprints.circles import actions as circles
from blueprints.drafts import actions, queries
from blueprints.drafts.actions import Writing
from core import clock, jobs, personal
from core.errors import Conflict, Invalid
from core.limits import LIMITS
from models import Draft, Post
from tests.blueprints.circle_stories import typed
from tests.conftest import csrf_of

JSON = {"Accept": "application/json"}
WRITE = "/circles/night-run/posts/"


@pytest.fixture
def name(cast) -> str:
    return f"post:circle-{cast.running.id}"


def keep(browser, name: str, body: str, seen_at: int = 0, title: str = "", **more):
    """As the script does."""
    data = {"title": title, "body": body, "path": "/circles/night-run", "seen_at": seen_at, **more}
    headers = JSON | {"X-CSRFToken": csrf_of(browser), "Origin": "http://localhost"}
    return browser.post(f"/drafts/{name}", data=data, headers=headers)


# ---- from one device to another -----------------------------------------------------------------------------


def test_what_is_begun_on_the_phone_is_there_on_the_laptop(as_, name):
    phone, laptop = as_("lin"), as_("lin")
    kept = keep(phone, name, "写到一半", title="题目").json["changed_at"]
    assert laptop.get(f"/drafts/{name},comment:1:0").json == {
        name: {"title": "题目", "body": "写到一半", "changed_at": kept}
    }


def test_the_later_one_wins_when_it_has_seen_the_earlier(as_, name):
    phone, laptop = as_("lin"), as_("lin")
    first = keep(phone, name, "一").json["changed_at"]
    second = keep(laptop, name, "一二", first).json["changed_at"]
    assert second > first and Draft.get().body == "一二"


def test_what_was_not_seen_is_not_covered_but_shown(as_, name):
    phone, laptop = as_("lin"), as_("lin")
    first = keep(phone, name, "一").json["changed_at"]
    second = keep(phone, name, "一二", first).json["changed_at"]
    for seen in (first, 0):
        answer = keep(laptop, name, "另一个", seen)
        assert answer.status_code == 409
        assert answer.json == {"draft": {"title": "", "body": "一二", "changed_at": second}}
    assert keep(laptop, name, "另一个", second).status_code == 200 and Draft.get().body == "另一个"


def test_saying_the_same_again_is_no_quarrel(as_, name):
    first = keep(as_("lin"), name, "一").json["changed_at"]
    assert keep(as_("lin"), name, " 一 \r\n".strip()).json["changed_at"] == first


def test_emptied_it_is_gone_and_the_other_device_learns_it(as_, name):
    phone, laptop = as_("lin"), as_("lin")
    first = keep(phone, name, "一").json["changed_at"]
    assert keep(phone, name, "  ", first).json == {"changed_at": 0} and not Draft.select().exists()
    answer = keep(laptop, name, "一二", first)
    assert answer.status_code == 409 and answer.json == {"draft": None}
    assert laptop.get(f"/drafts/{name}").json == {}


def test_many_at_once_leave_one_draft_and_each_is_told_the_truth(cast, name, in_threads):
    kept, refused = [], []

    def write(number: int) -> None:
        try:
            kept.append(actions.save(cast.lin.actor, name, Writing("", f"第{number}版", "/", 0)))
        except Conflict:
            refused.append(number)

    in_threads(20, write)
    assert len(kept) == 1 and len(refused) == 19 and Draft.select().count() == 1


# ---- without scripts ----------------------------------------------------------------------------------------


def test_saved_by_its_button_it_stands_in_the_list_and_leads_back(as_, post, cast, name):
    browser = as_("lin")
    assert f'formaction="/drafts/{name}"' in browser.get("/circles/night-run").text
    answer = post(
        browser, f"/drafts/{name}", {"title": "题目", "body": "写到一半", "seen_at": ""},
        headers={"Referer": "http://localhost/circles/night-run"},
    )  # fmt: skip
    assert answer.status_code == 303 and answer.location == "/me/drafts"
    assert Draft.get().path == "/circles/night-run"
    page = browser.get("/me/drafts").text
    way = re.search(r'href="(/circles/night-run\?draft=[^"]+)"', page)[1]
    assert "写到一半" in page and "城市夜跑圈" in page
    back = browser.get(way).text
    assert typed(back)[0] == "写到一半" and 'value="题目"' in back
    assert f'name="seen_at" value="{Draft.get().changed_at}"' in back
    assert 'id="way-to-drafts"' in browser.get("/me").text


def test_a_reply_finds_its_place_again(as_, cast):
    talk, said = cast.post_in(cast.running), cast.comment_in(cast.running)
    for parent in (0, said.id):
        actions.save(cast.lin.actor, f"comment:{talk.id}:{parent}", Writing("", f"回 {parent}"))
    page = as_("lin").get("/me/drafts").text
    ways = re.findall(r'href="(/circles/night-run/posts/[^"]+draft=[^"]+)#answer"', page)
    assert sorted(typed(as_("lin").get(way).text)[-1] for way in ways) == sorted(["回 0", f"回 {said.id}"])


def test_over_a_newer_one_both_are_shown_and_one_is_chosen(as_, post, cast, name):
    browser = as_("lin")
    actions.save(cast.lin.actor, name, Writing("", "手机上的"))
    answer = post(browser, f"/drafts/{name}", {"body": "电脑上的"})
    assert answer.status_code == 409 and "手机上的" in answer.text and "电脑上的" in answer.text
    assert Draft.get().body == "手机上的"
    post(browser, f"/drafts/{name}", {"body": "电脑上的", "over": "1", "path": "/circles/night-run"})
    assert Draft.get().body == "电脑上的" and Draft.get().path == "/circles/night-run"


@pytest.mark.parametrize("htmx", [False, "draft-1"])
def test_discarded_in_the_list(as_, post, cast, name, htmx):
    actions.save(cast.lin.actor, name, Writing("", "不要了"))
    answer = post(as_("lin"), f"/drafts/{name}", {}, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303) and not Draft.select().exists()


# ---- sending ------------------------------------------------------------------------------------------------


def test_what_is_sent_is_no_draft_any_more(as_, post, cast, name):
    seen = actions.save(cast.lin.actor, name, Writing("", "写到一半"))
    post(as_("lin"), WRITE, {"body": "写完了", "seen_at": str(seen)})
    assert not Draft.select().exists()
    talk = cast.post_in(cast.running)
    seen = actions.save(cast.lin.actor, f"comment:{talk.id}:0", Writing("", "好"))
    post(as_("lin"), f"{WRITE}{talk.id}/comments/", {"body": "好的", "seen_at": str(seen)}, htmx="comment-list")
    assert not Draft.select().exists()


def test_one_that_was_written_elsewhere_meanwhile_stays(as_, post, cast, name):
    seen = actions.save(cast.lin.actor, name, Writing("", "旧的"))
    actions.save(cast.lin.actor, name, Writing("", "别处的新稿", "/", seen))
    for value in (str(seen), "", "x", "-1"):
        post(as_("lin"), WRITE, {"body": "写完了", "seen_at": value})
    assert Draft.get().body == "别处的新稿"


def test_what_is_refused_keeps_its_draft(as_, post, cast, name):
    seen = actions.save(cast.lin.actor, name, Writing("题目", ""))
    answer = post(as_("lin"), WRITE, {"title": "题目", "body": "", "seen_at": str(seen)})
    assert answer.status_code == 422 and f'name="seen_at" value="{seen}"' in answer.text and Draft.select().exists()
    assert Post.select().where(Post.title == "题目").count() == 0


# ---- nobody else's ------------------------------------------------------------------------------------------


def test_nobody_else_reads_it(as_, client, cast, name):
    actions.save(cast.lin.actor, name, Writing("秘密", "只有我"))
    for who in ("che", "may", "ning", "staff", "owner"):
        browser = as_(who)
        assert browser.get(f"/drafts/{name}").json == {} and "只有我" not in browser.get("/me/drafts").text
        assert "只有我" not in browser.get(f"/circles/night-run?draft={name}").text
        assert 'class="result"' not in browser.get("/search?q=只有我").text
        keep(browser, name, "我的")
    assert client.get(f"/drafts/{name}").status_code == 401 and client.get("/me/drafts").status_code == 401
    assert queries.one(cast.lin.actor, name).body == "只有我"
    for who in ("suspended", "leaving"):
        assert as_(who).get(f"/drafts/{name}").status_code == 403


def test_the_list_tells_nothing_of_a_circle_that_is_out_of_sight(as_, cast):
    actions.save(cast.lin.actor, f"post:circle-{cast.darkroom.id}", Writing("", "底片"))
    assert "暗房" in as_("lin").get("/me/drafts").text
    circles.remove(cast.che.actor, cast.darkroom.id, cast.lin.id)
    page = as_("lin").get("/me/drafts").text
    assert "底片" in page and "暗房" not in page


def test_without_the_token_nothing_is_kept(as_, name):
    answer = as_("lin").post(f"/drafts/{name}", data={"body": "x"}, headers=JSON)
    assert answer.status_code == 400 and not Draft.select().exists()


# ---- bounds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["x" * 81, "Post:1", "%00", "a b", "<script>", "é"])
def test_strange_names_are_refused(as_, bad):
    assert keep(as_("lin"), bad, "x").status_code in (405, 422) and not Draft.select().exists()


def test_too_long_and_too_many(cast, name, monkeypatch):
    with pytest.raises(Invalid) as refusal:
        actions.save(cast.lin.actor, name, Writing("", "长" * 7000))
    assert refusal.value.code == "draft_too_long"
    monkeypatch.setitem(LIMITS, "drafts", 2)
    for number in (1, 2):
        actions.save(cast.lin.actor, f"comment:{number}:0", Writing("", "x"))
    with pytest.raises(Invalid) as refusal:
        actions.save(cast.lin.actor, name, Writing("", "x"))
    assert refusal.value.code == "drafts_full"
    actions.save(cast.lin.actor, "comment:1:0", Writing("", "xy"))


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil", "javascript:x", "/x" * 200])
def test_a_draft_leads_to_pages_of_this_site_only(as_, path):
    keep(as_("lin"), "elsewhere:1", "x", path=path)
    assert Draft.get().path == "/"


def test_many_names_are_one_request_of_few(as_, cast, name):
    actions.save(cast.lin.actor, name, Writing("", "x"))
    assert as_("lin").get("/drafts/" + ",".join([*(f"a{n}" for n in range(30)), name])).json == {}


# ---- time and leaving ---------------------------------------------------------------------------------------


def test_what_nobody_touches_goes_after_months(cast, name):
    actions.save(cast.lin.actor, name, Writing("", "x"))
    clock.shift(LIMITS["draft_kept_seconds"] * 1000 - clock.DAY)
    jobs.later("drafts.sweep")
    jobs.run_due()
    assert Draft.select().exists()
    clock.shift(2 * clock.DAY)
    jobs.later("drafts.sweep")
    jobs.run_due()
    assert not Draft.select().exists()


def test_they_are_in_the_copy_and_go_with_their_author(cast, name):
    actions.save(cast.lin.actor, name, Writing("题", "我的稿"))
    copies = {part: content for part, content, _ in personal.copies(cast.lin.id)}
    assert [row["body"] for row in copies["drafts"]["drafts"]] == ["我的稿"]
    personal.erase(cast.lin.id, keeps_words=True)
    assert not Draft.select().exists()


# ---- sent while it was being kept ---------------------------------------------------------------------------


def test_what_was_sent_is_not_kept_by_a_page_that_closes_late(as_, post, name):
    """A page that closes keeps what stands in it; that may reach the site before or after the post itself."""
    lin = as_("lin")
    for key, is_early in (("k" * 12, True), ("l" * 12, False)):
        body = f"刚刚发出去的话 {key}"
        if is_early:
            keep(lin, name, body, key=key)
        assert post(lin, WRITE, {"title": "", "body": body, "key": key, "seen_at": "0"}).status_code == 303
        if not is_early:
            assert keep(lin, name, body, key=key).json["changed_at"] == 0
        assert not Draft.select().exists()
