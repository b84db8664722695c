"""The scene on which circles are measured: a big and a small one on the same site, fifty people in a third, and two
hundred who all come at once. Opens the app in this process; one site at a time."""

import re
import secrets
import sqlite3
import threading
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.inside import cookie_of, opened, signed_in

CROWD = 200
FEW = 50
PLACES = 50
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in: what their browser sends."""

    cookie: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Cookie": self.cookie, "X-CSRFToken": self.token, "Accept-Language": "zh-CN",
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Addresses: pages by circle and name; what is announced in the big circle and among few, and what all run for."""

    bench: Visitor
    crowd: list[Visitor]
    pages: dict[str, dict[str, str]]
    announced: dict[str, list[str]]
    link: str
    vote: str
    option: int
    like: str
    apply: str
    numbers: dict[str, int]
    """Ids that the counting afterwards asks for."""


def scene(data: Path) -> Scene:
    """Made anew each time, also on a site that was kept."""
    with opened(data) as (site, _):
        with site.app_context():
            made, me, people = _make()
        # Outside of the context: what one page keeps for its request would be there for the next visitor.
        return replace(made, bench=visitor(site, me), crowd=[visitor(site, member) for member in people])


def _make() -> tuple[Scene, int, list[int]]:
    """The scene without its people, and who they are."""
    from blueprints.circles import posting
    from blueprints.circles.invite_links import LinkDraft, make_link
    from blueprints.circles.polls import PollDraft
    from core.policy import Actor, Standing
    from models import Circle, InviteLink, Member, Pin, Post, PostPoll, PostPollOption, RateCount

    RateCount.delete().execute()  # a site that was kept has counted the announcements of the run before
    me = Member.get(Member.username == "bench").id
    actor = Actor(me, Standing.MEMBER, "bench")
    people = [id_ for (id_,) in Member.select(Member.id).order_by(Member.id).offset(1).limit(FEW + CROWD).tuples()]
    few = _circle("few", people[:FEW], me, "open")
    asked = _circle("asked", [], me, "apply")
    big, small = (Circle.get(Circle.slug == slug) for slug in ("bench", "bench-small"))
    Pin.delete().where(Pin.pinned_by == me).execute()
    newest = Post.select(Post.id).where(Post.circle == big.id).order_by(Post.id.desc()).limit(1).scalar()
    question = posting.PostDraft("几点", "选一个", poll=PollDraft(("七点", "八点", "九点")))
    poll_post = posting.write_post(actor, big.id, question)
    poll = PostPoll.get(PostPoll.post == poll_post.id)
    option = PostPollOption.select(PostPollOption.id).where(PostPollOption.poll == poll.id).limit(1).scalar()
    announced = {
        circle.slug: [_address(circle.slug, _say(actor, circle.id)) for _ in range(4)] for circle in (big, few)
    }
    link = InviteLink.get_by_id(make_link(actor, few.id, LinkDraft(7, PLACES)))
    made = Scene(
        bench=Visitor("", ""), crowd=[],
        pages={circle.slug: _pages(circle, me) for circle in (big, small)},
        announced={"big": announced[big.slug], "few": announced[few.slug]}, link=f"/i/{link.code}",
        vote=f"{_address(big.slug, poll_post.id)}/vote", option=option, like=f"{_address(big.slug, newest)}/like",
        apply=f"/circles/{asked.slug}/join",
        numbers={
            "link": link.id, "few": few.id, "poll": poll.id, "liked": newest, "asked": asked.id, "big": big.id,
            "big_members": big.member_count, "few_members": few.member_count,
        },
    )  # fmt: skip
    return made, me, people[FEW:]


def _say(actor: Any, circle: int) -> int:
    from blueprints.circles import posting

    return int(posting.write_post(actor, circle, posting.PostDraft("公告", f"大家好 {secrets.token_hex(3)}")).id)


def _circle(name: str, people: list[int], moderator: int, policy: str) -> Any:
    from core import clock
    from models import Circle, Membership

    now = clock.now()
    circle = Circle.create(
        slug=f"bench-{name}-{secrets.token_hex(3)}", name="测量", purpose="测量", category="other", visibility="public",
        join_policy=policy, founder=moderator, founded_at=now, active_at=now, member_count=len(people) + 1,
    )  # fmt: skip
    rows = [{"circle": circle.id, "member": each, "role": "member", "joined_at": now} for each in people]
    rows.append({"circle": circle.id, "member": moderator, "role": "owner", "joined_at": now})
    Membership.insert_many(rows).execute()
    return circle


def _address(slug: str, post: int) -> str:
    return f"/circles/{slug}/posts/{post}"


def _pages(circle: Any, me: int) -> dict[str, str]:
    from models import Membership, Post

    mark = Membership.get(Membership.circle == circle.id, Membership.member == me).read_post
    after = Post.select(Post.id).where(Post.circle == circle.id, Post.id > mark).order_by(Post.id).limit(1).scalar()
    at = f"/circles/{circle.slug}"
    return {
        "circle page": at, "members page": f"{at}/members", "unread jump": f"{at}?from={after}",
        "moderation queue": f"{at}/moderation/", "catch-up": f"{at}/catch-up?period=week",
    }  # fmt: skip


def visitor(site: Any, member: int) -> Visitor:
    """A browser in which this member is signed in."""
    browser = signed_in(site, member)
    page = browser.get("/no-such-page").text
    found = _TOKEN.search(page)
    if found is None:
        raise RuntimeError("a page carries no token")
    return Visitor(cookie_of(site, browser), found[1])


# ---- all at once --------------------------------------------------------------------------------------------


def send(port: int, path: str, visitor: Visitor, form: dict[str, str]) -> int:
    """Post a form; returns the status."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("POST", path, urlencode(form), visitor.headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def all_at_once(port: int, path: str, visitors: list[Visitor], form: dict[str, str]) -> list[int]:
    """The same form from all of them, in the same moment; returns the statuses."""
    statuses: list[int] = []
    together = threading.Barrier(len(visitors))

    def one(visitor: Visitor) -> None:
        together.wait(60)
        statuses.append(send(port, path, visitor, form))

    threads = [threading.Thread(target=one, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def count(data: Path, sql: str, *values: int) -> int:
    """One number of the site's database, read beside the server."""
    database = sqlite3.connect(f"file:{data / 'quanzi.sqlite3'}?mode=ro", uri=True, timeout=30)
    try:
        return int(database.execute(sql, values).fetchone()[0] or 0)
    finally:
        database.close()
