"""A circle in which everything has happened once: each of its pages in the hands of axe, every other one dark and on a
phone; their parts are the same."""

import sqlite3
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults

pytestmark = pytest.mark.browser

WORDS = "**粗体**，||剧透||\n\n> 引用\n\n| 周 | 公里 |\n| --- | --- |\n| 一 | 5 |\n\n```python\nprint(1)\n```"
PAGES = {
    "": ["{url}", "{post}", "{url}/pinned", "{link}", "{url}/about"],
    "ning": ["{link}", "{url}/join", "{post}/reactions", "/report/post/{number}", "/report/person/{member}"],
    "lin": ["{url}", "{post}", "{poll}", "{post}/reactions", "{post}/keep", "{post}/share", "{post}?quote=post",
            "{url}/pinned", "{url}/catch-up", "/circles/catch-up", "{url}/pending", "/me/pending", "/me/bookmarks",
            "/me/drafts", "{poll}/votes", "{url}/log", "{decision}", "/notices/",
            "{url}?topic={topic}", "{url}/members?q=m"],
    "owner": ["{url}", "{post}", "{post}/pin", "{post}/topic", "{url}/edit", "{url}/door",
              "{url}/settings/topics", "{url}/settings/flairs", "{url}/settings/moderation", "{url}/invitations/",
              "{url}/invitations/{invitation}/print", "{url}/banned", "{url}/requests", "{url}/members",
              "{url}/members/{member}/sanction", "{url}/moderation/", "{url}/moderation/?what=waiting",
              "{url}/moderation/?what=appeals", "{url}/moderation/?what=decided", "{url}/moderation/looks",
              "{url}/log", "{case}", "{decision}", "{url}/moderation/act/post/{number}"],
}  # fmt: skip


@pytest.fixture(scope="module")
def places(browser: Any, live_server: Any) -> dict[str, Any]:
    """Addresses by name, of a circle that has all that a circle can have."""
    stage = on.build(browser, None, live_server, owner="owner")

    def lead(path: str, **form: str) -> None:
        stage.send("owner", f"{stage.url}{path}", **form)

    lead("/settings/topics", name="路线")
    lead("/settings/flairs", name="聊天组", hue="4")
    lead("/settings/moderation/words", words="代购", action="hold")
    lead("/invitations/links/", days="7", uses="10", role="member", why="江边见过")
    lead("/invitations/", username="ada", reason="跑得稳")
    post = stage.post_by("lin", WORDS, "新人必读")
    poll = stage.send("lin", f"{stage.url}/posts/", body="哪天跑？", poll_option=["周三", "周六"], poll_results="voted")
    number = post.rpartition("/")[2]
    stage.send("lin", f"{poll}/vote", option=str(_last(live_server, "post_poll_option")))
    stage.send("may", f"{post}/like", kind="2")
    stage.send("may", f"{post}/comments/", body="@lin 好")
    stage.send("lin", f"{post}/keep", on="1")
    lead(f"/posts/{number}/pin", on="1")
    lead(f"/posts/{number}/choose", on="1")
    hidden = stage.post_by("lin", "广告")
    stage.send("may", f"/report/post/{hidden.rpartition('/')[2]}", reason=":spam")
    lead(f"/moderation/act/post/{hidden.rpartition('/')[2]}", thing="hide", reason=":spam", days="7", key="a" * 16)
    decision = f"/moderation/decisions/{_last(live_server, 'moderation_decision')}"
    stage.send("lin", f"{decision}/appeal", words="不是广告")
    stage.send("may", f"/report/post/{number}", reason=":spam", note="第三次了")
    lead("/settings/moderation", approval="all", newcomer_days="0", newcomer_posts="0")
    lead("/door", visibility="public", join_policy="open", rules="1. 别迟到", welcome="先看置顶")
    stage.post_by("lin", "等一等")
    stage.send("lin", f"/drafts/comment:{number}:0", body="还没写完")
    lead(f"/members/{_member(live_server, 'may')}/sanction", kind="mute", days="1", reason="刷屏")
    return {
        "url": stage.url, "post": post, "poll": poll, "number": number, "decision": decision,
        "link": f"/i/{_last(live_server, 'invite_link', 'code')}", "invitation": _last(live_server, "invite_link"),
        "case": f"/moderation/cases/{_last(live_server, 'moderation_case')}", "topic": _last(live_server, "topic"),
        "member": _member(live_server, "lin"),
    }  # fmt: skip


def _ask(server: Any, question: str, *values: str) -> Any:
    database = sqlite3.connect(server.data / "quanzi.sqlite3", timeout=10)
    found = database.execute(question, values).fetchone()[0]
    database.close()
    return found


def _last(server: Any, table: str, column: str = "id") -> Any:
    return _ask(server, f"SELECT {column} FROM {table} ORDER BY id DESC LIMIT 1")


def _member(server: Any, username: str) -> int:
    return int(_ask(server, "SELECT id FROM member WHERE username = ?", username))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("reader", PAGES)
def test_axe_finds_nothing_where_much_has_happened(browser, live_server, places, reader, look):
    paths = [path.format(**places) for path in PAGES[reader]][list(LOOKS).index(look) :: len(LOOKS)]
    assert not faults(browser, live_server, reader, look, paths, all_there=True)
