"""Every route × every role. A route that tests/access_table.py does not know fails the test."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from blueprints.accounts.addresses import PURPOSE
from blueprints.circles.arranging import pin_post
from blueprints.circles.bookmarks import keep
from blueprints.circles.commenting import write_comment
from blueprints.circles.invite_links import LinkDraft, make_link
from blueprints.circles.polls import PollDraft as PostPollDraft
from blueprints.circles.polls import create as create_poll
from blueprints.feed.commenting import write_comment as say_beneath
from blueprints.feed.posting import NewMoment
from blueprints.feed.posting import write as write_moment
from blueprints.live import asking, polling
from blueprints.live.commenting import write_bullet
from blueprints.live.hosting import keep_out
from blueprints.live.moderating import delete_comment
from blueprints.live.scheduling import EventDraft, announce
from blueprints.moderation.actions import Ruling, act
from blueprints.moderation.cases import open_case
from blueprints.moderation.subjects import locate
from blueprints.notices.digests import token as summary_token
from blueprints.people import codes, friending, lists
from blueprints.polls.actions import PollDraft, open_poll
from core import clock, config, jobs, links
from core.policy import catalogue
from models import (
    Circle,
    Export,
    InviteLink,
    Job,
    JoinRequest,
    LiveAct,
    LiveEvent,
    ModerationCase,
    ModerationDecision,
    Pending,
    Post,
    Session,
    SiteInvitation,
    WatchedWord,
)
from tests.access_payments import NUMBER, furnish_payments
from tests.access_table import CIRCLES, ROLES, TABLE, Row
from tests.access_wallet import furnish_wallets, order_that_waits, posting_of
from tests.cast import Cast, assemble, png, read_cast
from tests.conftest import signed_in
from tests.house import House, token_of

REFUSED = ("S", "3", "4")
ONLY_ONE = ("/requests/", "/invitations/", "/polls/", "/pending/", "/lists/", "/feed/posts/")


@pytest.fixture
def state(app: Flask, house: House) -> Iterator[None]:
    """What the cast does not bring along: something for every address to lead to."""
    fresh(house)
    yield


def fresh(house: House) -> Cast:
    house.start_from("access", lambda: furnish(house.app))
    jobs.beat()
    return read_cast()


def furnish(app: Flask) -> None:
    assemble(app)
    cast, now = read_cast(), clock.now()
    JoinRequest.create(circle=cast.desk, member=cast.ning.id, answer="《城南旧事》", asked_at=now)
    make_link(cast.che.actor, cast.running.id, LinkDraft(7, 0))
    SiteInvitation.create(code="welcome", created_by=cast.owner.id, created_at=now)
    open_poll(cast.lin.actor, PollDraft("几点？", ("七点", "八点")))
    for circle in (cast.running, cast.desk, cast.darkroom):
        pin_post(cast.che.actor, circle.id, cast.post_in(circle).id)
        create_poll(cast.post_in(circle).id, PostPollDraft(("七点", "八点")))
        Post.update(has_poll=True).where(Post.circle == circle).execute()
    keep(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id)
    Pending.create(
        kind="post", circle=cast.running, author=cast.lin.id, source="x", html="<p>x</p>", policy_version=1,
        created_at=now,
        extras='{"topic": null, "poll": null, "shared": null, "card": null, "mentions": [], "text": "x"}',
        held_for="approval", refused_at=now,
    )  # fmt: skip
    moderate(cast)
    befriend(cast)
    furnish_wallets(cast)
    furnish_payments(cast)
    say_beneath(cast.che.actor, write_moment(cast.lin.actor, NewMoment("给朋友们")), "好")
    event = announce(cast.che.actor, EventDraft("夜跑直播", now + clock.HOUR), cast.running.id)
    polling.open_poll(cast.may.actor, event.id, polling.PollDraft("往哪边？", ("滨江", "公园")))
    asking.ask(cast.lin.actor, event.id, "跑多远？")
    write_bullet(cast.lin.actor, event.id, "等你们")
    keep_out(cast.may.actor, event.id, "x")
    delete_comment(cast.may.actor, event.id, write_bullet(cast.lin.actor, event.id, "看不惯").id)
    Job.create(name="letter", due_at=now, created_at=now, failed_at=now, error="no way")
    (config.current().data / "exports" / "lin.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    Export.create(member=cast.lin.id, file_name="lin.zip", size=22, asked_at=now, ready_at=now,
                  expires_at=now + clock.DAY)  # fmt: skip


def befriend(cast: Cast) -> None:
    """Lin and che are friends, and lin is on a list of che's; may has not answered yet."""
    friending.ask(cast.lin.actor, cast.che.id)
    friending.accept(cast.che.actor, cast.lin.id)
    friending.ask(cast.lin.actor, cast.may.id)
    lists.put_on(cast.che.actor, lists.make_list(cast.che.actor, "家人"), [cast.lin.id])


def moderate(cast: Cast) -> None:
    """In every circle a case, a word that is watched, something that waits, and a decision about lin."""
    for circle in (cast.running, cast.desk, cast.darkroom):
        subject = locate("post", cast.post_in(circle).id)
        assert subject is not None
        open_case(subject, circle.id, "circle")
        WatchedWord.create(circle=circle, word="x", key="x", action="hold", added_at=clock.now())
    act(cast.may.actor, "comment", say_something(cast), Ruling("hide", reason=":spam"))


def say_something(cast: Cast) -> int:
    mine = cast.post_in(cast.running)
    return int(write_comment(cast.lin.actor, mine.circle_id, mine.id, "看不惯").id)


def rules(app: Flask) -> dict[str, Rule]:
    """`POST /circles/<slug>/join` -> its rule."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[f"{method} {rule.rule}"] = rule
    return found


def address(route: str, cast: Cast, circle_name: str) -> str:
    """The route with something real in every place."""
    circle = getattr(cast, circle_name or "running")
    if "/acts/" in route:
        LiveAct.update(at=clock.now()).execute()  # it can be taken back for a minute only
    values: dict[str, Callable[[], object]] = {
        "slug": lambda: circle.slug, "number": lambda: number(route, circle, cast), "username": lambda: "lin",
        "comment": lambda: "1" if "/live/" in route or "/feed/" in route else cast.comment_in(circle).id,
        "digest": lambda: "x", "name": lambda: "app.css", "size": lambda: "s", "export_id": lambda: "1",
        "key": lambda: (cast.file_in if "/files/" in route else cast.picture_in)(circle),
        "code": lambda: codes.own_code(cast.lin.actor) if "/people/" in route else InviteLink.get().code,
        "event": lambda: LiveEvent.get().id, "poll": lambda: "1", "question": lambda: "1", "word": lambda: "1",
        "act": lambda: LiveAct.get(LiveAct.action == "delete_comment").id, "member": lambda: cast.lin.id,
        "tip": lambda: "1", "moment": lambda: "1", "posting": lambda: posting_of(cast.lin.id),
        "order": lambda: NUMBER,
        "session_id": lambda: Session.select(Session.id).order_by(Session.id.desc()).limit(1).scalar() or 0,
        "token": lambda: token(route, cast), "names": lambda: "post:circle-1",
        "kind": lambda: "picture" if "<key>" in route else "post",
    }  # fmt: skip
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]()), route.partition(" ")[2])


def number(route: str, circle: Circle, cast: Cast) -> int | str:
    if "/members/" in route:
        return {"public": cast.leaving, "listed": cast.che, "invisible": cast.lin}[circle.visibility].id
    if any(part in route for part in ONLY_ONE):
        return 1
    if any(part in route for part in ("/cases/", "/decisions/", "/waiting/", "/words/")):
        return moderated(route, circle, cast)
    if "/wallet/" in route:
        return order_that_waits()
    if "/jobs/" in route:
        return int(Job.get(Job.failed_at.is_null(False)).id)
    return int(cast.post_in(circle).id)


def moderated(route: str, circle: Circle, cast: Cast) -> int:
    """Something in this circle, for those who look after it to decide."""
    if "/words/" in route:
        return int(WatchedWord.get(WatchedWord.circle == circle).id)
    if "/waiting/" in route:
        return int(Pending.get(Pending.circle == cast.running).id)
    if "/cases/" in route:
        return int(ModerationCase.get(ModerationCase.subject_id == cast.post_in(circle).id).id)
    return int(ModerationDecision.get().id)


def token(route: str, cast: Cast) -> str:
    purpose = route.partition("/")[2].partition("/")[0]
    if purpose == "unsubscribe":
        return summary_token(cast.lin.id)
    if purpose not in ("confirm", "reset", "setup"):
        return ""
    purpose = PURPOSE if purpose == "confirm" else purpose
    return links.token(links.make(purpose, 3600, member=cast.lin.id, email="lin@example.org"))


def ask(app: Flask, cast: Cast, route: str, role: str, row: Row, circle: str) -> str:
    """How it ends: `+` let in, `S` asked to sign in, `3` told that it is not for them, `4` not there."""
    browser = app.test_client() if role == "guest" else signed_in(app, cast[ROLES[role]].id)
    url = address(route, cast, circle)
    if route.startswith("GET"):
        answer = browser.get(url)
    else:
        data: dict[str, Any] = dict(row.data)
        if "media" in data:
            data["media"] = (png_file(), "a.png")
        answer = browser.post(url, data={**data, "csrf_token": token_of(browser)})
    answer.close()
    known = {401: "S", 403: "3", 404: "4", 409: "C"}
    return known.get(answer.status_code, "+" if answer.status_code < 400 else str(answer.status_code))


def png_file() -> Any:
    from io import BytesIO

    return BytesIO(png())


def outcome(house: House, route: str, row: Row, circle: str) -> str:
    cast, seen = fresh(house), []
    for role in ROLES:
        seen.append(ask(house.app, cast, route, role, row, circle))
        if route.startswith("POST") and seen[-1] not in REFUSED:  # what was refused changed nothing
            cast = fresh(house)
    return " ".join(seen)


def test_every_route_is_in_the_table_and_every_row_is_a_route(app):
    assert set(rules(app)) == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_who_gets_where(state, house, route):
    row = TABLE[route]
    circles = CIRCLES if "/circles/<slug>" in route or "<key>/<" in route else ("",)
    assert len(row.expected) == len(circles)
    for circle, expected in zip(circles, row.expected, strict=True):
        assert outcome(house, route, row, circle) == expected, circle or route


def test_every_permission_that_a_route_names_is_declared(app):
    assert set(app.extensions["permissions"].values()) <= set(catalogue())
