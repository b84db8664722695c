"""Somebody had a post of a friend before their eyes, and was told, tipped, searched and watched it; then they may not
see it any more. From that moment on nothing of it reaches them, on no way, before any job has run."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from blueprints.admin import actions as admin
from blueprints.circles.actions import leave
from blueprints.feed import commenting, filming, moderating, narrowing, posting, reacting, reading, streams
from blueprints.feed.audience import Audience
from blueprints.people import blocking, friending, lists, privacy
from core import clock, config, film, jobs, media, personal, site, video
from core.db import atomic
from core.errors import Gone
from models import Picture, Tip, Video
from tests import films
from tests.blueprints.moment_stories import befriend, listed, show
from tests.blueprints.notice_stories import nothing_told_yet, rings, words
from tests.blueprints.tip_stories import fill, tip
from tests.cast import png

WORDS = ("独家晚霞", "独家回答", "独家影片")


class Scene(NamedTuple):
    moment: int
    filmed: int
    remark: int
    list: int
    picture: str
    film: str

    def asked(self) -> list[str]:
        at = f"/feed/posts/{self.moment}"
        return [
            at, f"{at}/film", f"{at}/talk", f"{at}/comments", f"{at}/comments/{self.remark}", f"{at}/comments/new",
            f"{at}/comments/{self.remark}/reply", f"{at}/reactions", f"/report/moment/{self.moment}",
            f"/report/moment_comment/{self.remark}", f"/report/picture/{self.picture}", f"/tips/moment/{self.moment}",
            f"/tips/moment_comment/{self.remark}", f"/media/{self.picture}/s.webp", f"/videos/{self.film}/film",
            f"/feed/posts/{self.filmed}",
        ]  # fmt: skip

    def sent(self) -> list[tuple[str, dict[str, str]]]:
        at = f"/feed/posts/{self.moment}"
        return [
            (f"{at}/react", {"on": "1"}), (f"{at}/comments", {"body": "x"}),
            ("/tips", {"tap": f"moment:{self.moment}"}), (f"/report/moment/{self.moment}", {"reason": "spam"}),
        ]  # fmt: skip


def code(browser: Any, address: str) -> int:
    with browser.get(address) as answer:
        return int(answer.status_code)


PLACES = ("/feed", "/feed/sellers", "/feed/catch-up?period=month", "/search?q=独家", "/search?q=独家&kind=moment",
          "/people/lin", "/people/lin/posts", "/people/lin/card", "/feed/changes?since=0", "/notices/", "/wallet",
          "/wallet/statement.csv")  # fmt: skip


@pytest.fixture
def scene(cast, monkeypatch) -> Callable[..., Scene]:
    """What lin shows to an audience with may in it, who looks at all of it; `kind` is the audience."""

    def made(kind: str) -> Scene:
        monkeypatch.setattr(film, "has_ffmpeg", lambda: False)
        befriend(cast.lin, cast.may, cast.che)
        befriend(cast.may, cast.che)
        number = listed(cast.lin, "跑友", cast.che, *([cast.may] if kind == "only" else []))
        chosen: dict[str, Any] = {"kind": kind}
        if kind in ("only", "except"):
            chosen["of"] = (number,) if kind == "only" else (listed(cast.lin, "别人", cast.che),)
        if kind == "circle":
            chosen["circle"] = cast.running.id
        stored = media.NewPicture(media.store_picture(png(), config.current().data / "media"))
        moment = show(cast.lin.actor, "独家晚霞", pictures=[stored], lasts="week", **chosen)
        begun = video.begin(cast.lin.actor, filming.WAITING, cast.lin.id, "跑.mp4", len(films.bare_mp4()))
        films.send(cast.lin.actor, begun, films.bare_mp4())
        filmed = show(cast.lin.actor, "独家影片", video=begun.key, lasts="week", **chosen)
        jobs.run_due()
        mine = commenting.write_comment(cast.may.actor, moment, "哪里？")
        reacting.react(cast.may.actor, moment, True)
        fill(cast.may.id, 1000)
        tip(cast.may.actor, "moment", moment)
        nothing_told_yet()
        remark = commenting.write_comment(cast.lin.actor, moment, "独家回答", mine)
        picture = Picture.get(Picture.subject_kind == "moment", Picture.subject_id == moment).key
        return Scene(moment, filmed, remark, number, picture, Video.get(Video.key == begun.key).key)

    return made


def test_beforehand_all_of_it_is_there(cast, scene, as_, app):
    """Else what follows would prove nothing."""
    here, may = scene("friends"), as_("may")
    codes = {address: code(may, address) for address in here.asked()}
    assert set(codes.values()) <= {200, 303}, [each for each in codes.items() if each[1] not in (200, 303)]
    text = "".join(may.get(place).text for place in PLACES)
    assert all(word in text for word in WORDS)
    assert rings(cast.may) == 0, "the list of notices has been opened"
    assert any(WORDS[1] in each for each in words(app, cast.may))


def each(end: Callable[[Any, int], None]) -> Callable[[Any, Scene], None]:
    """The same is done to both posts."""

    def done(cast: Any, here: Scene) -> None:
        end(cast, here.moment)
        end(cast, here.filmed)

    return done


def hide(cast: Any, moment: int) -> None:
    with atomic():
        moderating.hide_moment(moment, True)


ENDS: dict[str, tuple[str, Callable[[Any, Scene], Any]]] = {
    "friends no more": ("friends", lambda cast, here: friending.end(cast.lin.actor, cast.may.id)),
    "the reader ends it": ("friends", lambda cast, here: friending.end(cast.may.actor, cast.lin.id)),
    "blocked": ("friends", lambda cast, here: blocking.block(cast.lin.actor, cast.may.id)),
    "blocks": ("public", lambda cast, here: blocking.block(cast.may.actor, cast.lin.id)),
    "narrowed": ("friends", each(lambda cast, moment: narrowing.narrow(cast.lin.actor, moment, Audience("me")))),
    "retired": ("public", each(lambda cast, moment: narrowing.retire(cast.lin.actor, moment))),
    "over": ("friends", lambda cast, here: clock.shift(8 * clock.DAY)),
    "hidden": ("friends", each(hide)),
    "deleted": ("friends", each(lambda cast, moment: posting.delete(cast.lin.actor, moment))),
    "off the list": ("only", lambda cast, here: lists.take_off(cast.lin.actor, here.list, [cast.may.id])),
    "no list": ("only", lambda cast, here: lists.drop_list(cast.lin.actor, here.list)),
    "out of the circle": ("circle", lambda cast, here: leave(cast.may.actor, cast.running.id)),
    "suspended": ("public", lambda cast, here: admin.suspend(cast.staff.actor, cast.lin.id, "广告", 7)),
    "only the last days": ("friends", lambda cast, here: [
        clock.shift(4 * clock.DAY), privacy.choose(cast.lin.actor, privacy.Settings(friends_see_days=3))]),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_nothing_of_it_reaches_who_may_not_see_it_any_more(cast, scene, as_, post, app, name):
    kind, end = ENDS[name]
    here, may = scene(kind), as_("may")
    assert rings(cast.may) == 1
    end(cast, here)
    codes = {address: code(may, address) for address in here.asked()}
    assert set(codes.values()) == {404}, codes
    codes = {address: post(may, address, form).status_code for address, form in here.sent()}
    assert set(codes.values()) == {404}, codes
    receipt = f"/wallet/receipts/{Tip.get(Tip.giver == cast.may.id).posting_id}"
    for place in (*PLACES, receipt, f"/feed/again?rows={here.moment}:0,{here.filmed}:0"):
        text = may.get(place).text
        assert not [word for word in WORDS if word in text], place
        assert here.picture not in text and here.film not in text, place
    copy = json.dumps([content for _, content, _ in personal.copies(cast.may.id)], ensure_ascii=False, default=str)
    assert not [word for word in WORDS if word in copy]
    assert words(app, cast.may) == []
    assert reading.newer(cast.may.actor, 0) == 0
    with pytest.raises(Gone):
        streams.watch_moment(cast.may.actor, here.moment)


@pytest.mark.parametrize("name", [name for name in ENDS if name != "only the last days"])
def test_the_bell_does_not_go_on_ringing_for_it(cast, scene, name):
    """Once the work is done. What slips out of the last days does so without anybody doing anything."""
    kind, end = ENDS[name]
    here = scene(kind)
    end(cast, here)
    jobs.run_due()
    assert rings(cast.may) == 0


@pytest.fixture
def public(cast, scene) -> Scene:
    """Before the eyes of everybody, also of who is nobody's friend and of visitors."""
    site.change({"public_moments": "on", "reading": "everyone"})
    return scene("public")


FOR_ALL = ("", "/talk", "/comments")


@pytest.mark.parametrize("switch", [{"public_moments": "off"}, {"reading": "members"}])
def test_what_is_public_is_so_for_as_long_as_the_site_lets_it(public, client, as_, switch):
    """A visitor sees nothing of it any more; a stranger who is signed in, if the site has no public posts."""
    at, picture = f"/feed/posts/{public.moment}", f"/media/{public.picture}/s.webp"
    ning = as_("ning")
    for eyes in (client, ning):
        assert {code(eyes, f"{at}{part}") for part in FOR_ALL} <= {200, 303}
        assert code(eyes, picture) == 200 and WORDS[0] in eyes.get("/people/lin").text
    site.change(switch)
    assert all(code(client, f"{at}{part}") in (303, 404) for part in FOR_ALL)
    assert code(client, picture) == 404
    assert WORDS[0] not in client.get("/people/lin").text + client.get(at, follow_redirects=True).text
    seen = 200 if "reading" in switch else 404
    assert code(ning, at) == code(ning, picture) == seen


def test_a_picture_is_asked_for_each_time_since_any_post_can_be_narrowed(public, as_):
    with as_("ning").get(f"/media/{public.picture}/s.webp") as answer:
        assert answer.status_code == 200 and "no-cache" in answer.headers["Cache-Control"]
