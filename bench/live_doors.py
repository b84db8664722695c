"""Who gets nothing: strangers, those whose rights end while they watch; and one member with a hundred tabs."""

import time
from http.client import HTTPConnection
from pathlib import Path

from bench.crowd import Visitor, send
from bench.harness import Figure, tell
from bench.live_crowd import CATCH_UP_SECONDS
from bench.live_site import Scene, Site
from bench.live_sizes import REVOKED_SECONDS, SLOW_RATE
from bench.live_tools import Poster, Stream, Tools, Viewers

TABS = 100
OTHERS = 20


def door_figures(made: Tools, where: Path, site: Site, scene: Scene) -> list[Figure]:
    return [*strangers(site, scene), *revoked(made, where, site, scene), tabs(made, where, site, scene)]


def strangers(site: Site, scene: Scene) -> list[Figure]:
    path = f"/stream?since={scene.channel}:0"
    member = {"Cookie": next(iter(scene.spare.values())).cookie}
    asked: tuple[tuple[str, dict[str, str]], ...] = (
        ("a stranger's stream", {"Cookie": scene.stranger.cookie}),
        ("a stream without a session", {}),
        ("a stream from another site's page", member | {"Sec-Fetch-Site": "cross-site"}),
        ("a stream with another origin", member | {"Origin": "https://elsewhere.example"}),
        ("a stream of an old position", member),
    )
    answers = [(name, _status(site.port, path, headers)) for name, headers in asked]
    wanted = [404] * (len(asked) - 1) + [200]
    return [
        Figure(name, f"{status}", f"{right}", 1.0 if status == right else 2.0, True)
        for (name, status), right in zip(answers, wanted, strict=True)
    ]


def _status(port: int, path: str, headers: dict[str, str]) -> int:
    """Of an answer that may never end."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def revoked(made: Tools, where: Path, site: Site, scene: Scene) -> list[Figure]:
    """Somebody is removed from the circle, somebody signs out, while comments come and they watch."""
    removed, signs_out, *_ = scene.spare
    remove = f"/circles/{scene.slug}/members/{removed}/sanction"
    reason = {"kind": "remove", "reason": "other", "note": "测量"}
    return [
        _cut_off(made, where, site, scene, "removed from the circle", removed, remove, scene.bench, reason),
        _cut_off(made, where, site, scene, "signed out", signs_out, "/logout", scene.spare[signs_out], {}),
    ]


def _cut_off(
    made: Tools, where: Path, site: Site, scene: Scene, name: str, who: int, path: str, by: Visitor,
    form: dict[str, str],
) -> Figure:  # fmt: skip
    with (
        Viewers(made, site.port, scene.channel, scene.only(who), comes_back=True) as theirs,
        Viewers(made, site.port, scene.channel, scene.people) as others,
    ):
        position = scene.position()
        theirs.open(2, position)
        others.open(1, position)
        poster = Poster(made, where, site.port, scene.comments, scene.people, a_second=SLOW_RATE, seconds=4)
        time.sleep(1)
        asked = time.monotonic_ns() // 1000
        status = send(site.port, path, by, form)
        poster.finish()
        got, other = theirs.each(where), others.each(where)[0]
    tell(f"{name}: {status}, {got}, {other}")
    after = max(max(stream.latest, 0) for stream in got) - asked
    ended = all(not stream.is_open and stream.status in (401, 404) for stream in got)
    shown = f"last frame {after / 1e6:+.2f} s, then {got[0].status}"
    began = all(stream.count for stream in got) and other.latest > asked + REVOKED_SECONDS * 1e6
    share = max(0.0, after / 1e6 / REVOKED_SECONDS)
    whole = status == 303 and ended and began
    goal = f"ends in {REVOKED_SECONDS:.0f} s"
    return Figure(f"a stream of somebody {name}", shown, goal, share if whole else 2.0, True)


def tabs(made: Tools, where: Path, site: Site, scene: Scene) -> Figure:
    from core.limits import LIMITS

    with (
        Viewers(made, site.port, scene.channel, scene.only(list(scene.spare)[2])) as many,
        Viewers(made, site.port, scene.channel, scene.people) as others,
    ):
        position = scene.position()
        many.open(TABS, position)
        others.open(OTHERS, position)
        Poster(made, where, site.port, scene.comments, scene.people, a_second=SLOW_RATE, seconds=1).finish()
        end = scene.position()
        there = others.wait(end, CATCH_UP_SECONDS)
        streams = many.each(where)
    open_now = [stream for stream in streams if stream.is_open]
    whole = there == OTHERS and 0 < len(open_now) <= LIMITS["streams_per_member"]
    whole = whole and all(_has_all(stream, position, end) for stream in open_now)
    shown = f"{len(open_now)} open and complete, {TABS - len(open_now)} parked"
    return Figure(f"{TABS} tabs of one member", shown, "the others feel nothing", 1.0 if whole else 2.0, True)


def _has_all(stream: Stream, position: int, end: int) -> bool:
    return stream.position == end and stream.count == end - position
