"""The place where a moment is written, and the choice of those who see it."""

from dataclasses import replace
from typing import Any, NamedTuple

from flask import Flask, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from blueprints.circles import queries as circles
from blueprints.drafts import queries as drafts
from blueprints.feed import audience, bp, filming
from blueprints.feed.audience import Audience
from blueprints.feed.forms_posting import Typed
from blueprints.feed.rows import own_words
from core import guard, hx, site
from core.blueprint import slot
from core.errors import BadVideo
from core.fragments import region
from core.markup import trusted
from core.policy import Actor
from models import FeedSetting, Video

DRAFT = "moment:new"
ICONS = {"friends": "users", "only": "list", "except": "eye-off", "circle": "circles", "me": "lock",
         "public": "globe"}  # fmt: skip
NAMES = {
    "friends": _l("All friends"), "only": _l("Only some friends"), "except": _l("All friends but some"),
    "circle": _l("One circle"), "me": _l("Only me"), "public": _l("Public"),
}  # fmt: skip
HINTS = {
    "friends": _l("Everybody who is your friend, now or later."),
    "only": _l("Friends who are on one of these lists."),
    "except": _l("Friends who are on none of these lists. Nobody learns that they were left out."),
    "circle": _l("Members of this circle, whether they are friends of yours or not."),
    "me": _l("Nobody else. You can keep it as a diary."),
}
PUBLIC_HINTS = {
    "everyone": _l("Anybody who finds your profile, also people without an account."),
    "members": _l("Every member of this site who finds your profile."),
}
COMMENTS = {
    "all": _l("Seen by all who see the post"), "mutual": _l("Seen among mutual friends only"),
    "closed": _l("No comments"),
}  # fmt: skip
LASTS = {"": _l("Until I say so"), "day": _l("One day"), "week": _l("One week")}


@bp.record_once
def _words_in_templates(state: BlueprintSetupState) -> None:
    app: Flask = state.app  # type: ignore[assignment]
    app.jinja_env.globals["moment_words"] = {
        "icons": ICONS, "names": NAMES, "comments": COMMENTS, "lasts": LASTS,
    }  # fmt: skip


class Choice(NamedTuple):
    """One kind of audience as it is offered; `words` say it as it would be kept now, `hint` who that is."""

    kind: str
    words: str
    hint: str


class Film(NamedTuple):
    """A film that waits for its moment."""

    key: str
    name: str
    state: str
    poster_key: str | None
    width: int | None
    height: int | None


def composer(actor: Actor, values: Typed | None = None, **shown: Any) -> Markup:
    """The composer; `values` are what was typed, `errors` what is wrong with it, `inline` for the head of a feed, whose
    list takes in what was written."""
    given = values or begin(actor)
    films = [_film(row) for row in filming.waiting(actor) if row.state in ("waiting", "ready")]
    film = next((each for each in films if each.key == given.video or not given.video), None)
    card = card_of(actor, given.shared)
    inline = shown.get("inline", False) and not (film or card)
    return region(
        "feed/_composer.html", typed=given, draft=DRAFT, film=film, card=card, inline=inline,
        audience=chooser(actor, given.audience, audience.offered(), shown.get("errors", {}).get("audience", [])),
        errors=shown.get("errors", {}),
    )  # fmt: skip


def begin(actor: Actor) -> Typed:
    """An empty one: for whom the last was, with the draft that the address names."""
    comments_by = (
        FeedSetting.select(FeedSetting.comments_by).where(FeedSetting.member == actor.member_id).scalar() or "all"
    )
    values = Typed(audience=audience.usual(actor), comments_by=comments_by, key=hx.new_key())
    draft = drafts.one(actor, DRAFT) if request.args.get("draft") == DRAFT else None
    return replace(values, body=draft.body, seen_at=str(draft.changed_at)) if draft else values


def _film(row: Video) -> Film:
    return Film(row.key, row.name, row.state, row.poster_key, row.width, row.height)


def failed_films(actor: Actor) -> list[tuple[str, str, str]]:
    """Key, name and what was wrong with them."""
    rows = [row for row in filming.waiting(actor) if row.state == "failed"]
    return [(row.key, row.name, hx.say(BadVideo(row.error))) for row in rows]


def card_of(actor: Actor, shared: str) -> Markup:
    """What is being shared, as its readers will meet it; nothing for what this writer does not see."""
    kind, _colon, number = shared.partition(":")
    if not number.isdecimal() or len(number) > 15:
        return trusted("")
    thing = (kind, int(number))
    return trusted("").join(slot("feed.card", actor, [thing]).get(thing, ()))


def chooser(
    actor: Actor, chosen: Audience, kinds: tuple[str, ...], errors: list[str], *, oob: bool = False, bare: bool = False
) -> Markup:
    """The choice of those who see it. `bare`: as the whole of a form, not folded away in a composer."""
    lists = audience.lists_of(actor)
    mine = [row for row in circles.of_member(actor, actor.member_id or 0, 100) if row.role] if "circle" in kinds else []
    places = {row.id: row.name for row in mine}
    shown = [
        Choice(
            kind, _as_now(actor, chosen if kind == chosen.kind else Audience(kind), lists, places),
            str(HINTS.get(kind) or PUBLIC_HINTS[site.get("reading")]),
        )
        for kind in kinds
        if (lists or kind not in ("only", "except")) and (places or kind != "circle")
    ]
    return region(
        "feed/_audience.html", choices=shown, chosen=chosen, lists=lists, circles=places, errors=errors, oob=oob,
        bare=bare,
    )  # fmt: skip


def _as_now(
    actor: Actor, chosen: Audience, lists: dict[int, tuple[str, int]], places: dict[int, str]
) -> str:
    if chosen.kind in ("only", "except") and not chosen.lists:
        return str(NAMES[chosen.kind])
    if chosen.kind == "circle":
        return places.get(chosen.circle or 0) or str(NAMES["circle"])
    names = tuple(lists[id_][0] for id_ in chosen.lists if id_ in lists)
    if chosen.kind in ("me", "public"):
        return str(NAMES[chosen.kind])
    return own_words(chosen.kind, names, audience.people(actor.member_id or 0, chosen))


def open_for_films() -> None:
    """A film's length is looked at before it is sent; the page may read it for that."""
    guard.allow(media_src="blob:")


def posted_words(chosen: Audience) -> str:
    """What is said once it is out."""
    return _("Kept for you alone.") if chosen.kind == "me" else _("Posted.")
