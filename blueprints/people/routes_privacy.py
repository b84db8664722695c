"""What others see of one, with their eyes, and who sees nothing at all."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.people import blocking, bp, covers, queries_friends
from blueprints.people.forms_privacy import HINTS, PrivacyForm
from blueprints.people.privacy import choose, settings_of
from blueprints.people.queries import Person, oneself, person
from blueprints.people.queries_friends import FriendRow
from blueprints.people.seen_as import SeenAs, seen_as, seen_by_list
from core import guard, hx
from core.blueprint import slot
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from core.uploads import store_uploads, uploads
from core.viewer import current_actor

MOST_CHOICES = 12


@bp.get("/settings/privacy", permission="people:privacy")
def privacy() -> Response:
    return _privacy_page(PrivacyForm(obj=settings_of(current_actor().member_id or 0)))


@bp.post("/settings/privacy", permission="people:privacy")
def choose_privacy() -> Response:
    form = PrivacyForm.posted()
    if form.validate():
        choose(current_actor(), form.wanted())
        return hx.see_other(url_for(".privacy"), toast=_("Saved. It holds from now on, for what is older as well."))
    return _privacy_page(form, 422)


def _privacy_page(form: PrivacyForm, status: int = 200) -> Response:
    regions = {"privacy-form": "people/_privacy_form.html"}
    return hx.page("people/privacy.html", regions, status=status, form=form, hints=HINTS)


# ---- the picture over the profile ---------------------------------------------------------------------------


@bp.get("/settings/cover", permission="people:cover")
def cover() -> Response:
    return _cover_page()


@bp.post("/settings/cover", permission="people:cover")
def set_cover() -> Response:
    """`remove` takes it away."""
    actor = current_actor()
    require(actor, "people:cover")
    if request.form.get("remove"):
        covers.set_cover(actor, None)
        return hx.see_other(url_for(".cover"), toast=_("Saved."))
    files = uploads()
    try:
        if not files:
            raise Invalid("no_file", field="media")
        guard.limit("picture.store", actor.member_id)
        covers.set_cover(actor, store_uploads(files, most=1)[0].stored)
    except Invalid as refusal:
        return _cover_page(hx.say(refusal), 422)
    return hx.see_other(url_for(".cover"), toast=_("Saved."))


def _cover_page(error: str = "", status: int = 200) -> Response:
    return hx.page("people/cover.html", status=status, person=oneself(current_actor()), error=error)


# ---- with the eyes of others --------------------------------------------------------------------------------


@bp.get("/me/seen-as", permission="people:seen_as")
def as_seen() -> Response:
    """`friend` is a username, `list` one of one's own lists, of which all see what is shown, `q` looks for a friend;
    without any, a stranger."""
    actor, args = current_actor(), request.args
    chosen, query = _whole(args.get("list", "")), args.get("q", "")[: LIMITS["search_query"]].strip()
    choices = queries_friends.friends(actor, query, of_list=chosen).rows[:MOST_CHOICES]
    known = _friend(actor, args["friend"]) if args.get("friend") else None
    by_list = chosen if chosen and not known else None
    seen = seen_by_list(actor, by_list) if by_list else seen_as(actor, known.id if known else None)
    me, lists = oneself(actor), queries_friends.own_lists(actor)
    return hx.page(
        "people/seen_as.html", person=me, seen=seen, known=known, choices=choices, chosen=chosen, query=query,
        lists=lists, by_list=next((row.name for row in lists if row.id == by_list), None),
        friends=queries_friends.friend_count(actor), sections=_sections_seen(actor, me, seen, by_list),
    )  # fmt: skip


def _sections_seen(actor: Actor, me: Person, seen: SeenAs | None, by_list: int | None) -> list[str]:
    if seen is None:
        return []
    if by_list:
        return slot("people.seen_by_list", actor, [(me, by_list)]).get(me.id, [])
    return slot("people.seen_as", seen.eyes, [me]).get(me.id, [])


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _friend(actor: Actor, username: str) -> FriendRow:
    """Raises Gone for who is none."""
    found = queries_friends.friend(actor, person(actor, username).id)
    if found is None:
        raise Gone
    return found


# ---- nothing to do with each other --------------------------------------------------------------------------


@bp.get("/settings/blocked", permission="people:block")
def blocked() -> Response:
    return hx.page("people/blocked.html", people=blocking.blocked(current_actor()))


@bp.post("/people/<username>/block", permission="people:block")
def block(username: str) -> Response:
    actor = current_actor()
    seen = person(actor, username)
    guard.limit("people.block", actor.member_id)
    blocking.block(actor, seen.id)
    undo = (url_for(".unblock", username=seen.username), _("Undo"))
    return hx.see_other(
        url_for(".blocked"), undo=undo,
        toast=_("%(name)s is blocked. You see nothing of each other any more.", name=seen.display_name),
    )  # fmt: skip


@bp.post("/people/<username>/unblock", permission="people:block")
def unblock(username: str) -> Response:
    actor = current_actor()
    row = blocking.blocked_named(actor, username.lower())
    blocking.unblock(actor, row.id)
    said = _("%(name)s is not blocked any more. What you were to each other does not come back.", name=row.name)
    return hx.see_other(url_for(".blocked"), toast=said)

