"""What one does about somebody: ask, answer, call them by a name of one's own, part."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints.people import aliasing, bp, friending, queries_friends
from blueprints.people.forms_friends import AskForm, NotesForm
from blueprints.people.queries import Person, person
from blueprints.people.queries_friends import FriendRow
from blueprints.people.rows_ties import answered_row, tie_region
from blueprints.people.ties import tie
from core import guard, hx
from core.errors import Gone, Invalid
from core.viewer import current_actor


@bp.get("/people/<username>/friend", permission="friend:own")
def friend(username: str) -> Response:
    """A friend as one has noted them down; the form to ask, for who is none."""
    actor = current_actor()
    seen = person(actor, username)
    known = queries_friends.friend(actor, seen.id)
    if known:
        form = NotesForm(data={"alias": known.alias, "lists": sorted(aliasing.lists_with(actor, known.id))})
        return _friend_page(known, form)
    return _ask_page(seen, AskForm(data={"met": request.args.get("met", "")}))


def _ask_page(seen: Person, form: AskForm, status: int = 200) -> Response:
    """Where htmx asks for the place on a profile, the form takes it."""
    actor = current_actor()
    may = tie(actor, seen.id).state == "open" and not seen.is_suspended
    shown = tie_region(actor, seen)
    if hx.wants_fragment() and not may:
        return hx.fragment(shown)
    url = url_for(".ask", username=seen.username)
    regions = {f"tie-{seen.id}": "people/_ask_form.html"}
    return hx.page("people/ask.html", regions, status=status, person=seen, form=form, url=url, tie=shown, may=may)


@bp.post("/people/<username>/friend", permission="friend:own")
def ask(username: str) -> Response:
    actor, form = current_actor(), AskForm.posted()
    seen = person(actor, username)
    if form.validate():
        guard.limit("friend.ask", actor.member_id)
        try:
            friends = friending.ask(actor, seen.id, form.words.data, form.met.data or "")
        except Invalid as refusal:
            form.refuse(refusal)
            return _ask_page(seen, form, 422)
        said = _("You are friends now.") if friends else _("Your request was sent.")
        return hx.changed(url_for(".profile", username=seen.username), tie_region(actor, seen), toast=said)
    return _ask_page(seen, form, 422)


@bp.post("/people/<username>/friend/withdraw", permission="friend:own")
def withdraw_request(username: str) -> Response:
    seen = person(current_actor(), username)
    friending.withdraw(current_actor(), seen.id)
    return _again(seen, _("The request was taken back."))


@bp.post("/people/<username>/friend/accept", permission="friend:own")
def accept_friend(username: str) -> Response:
    seen = person(current_actor(), username)
    try:
        friending.accept(current_actor(), seen.id)
    except Gone as refusal:
        if refusal.code != "friend_request_gone":
            raise
        return _again(seen, hx.say(refusal))
    return _again(seen, _("You are friends now."))


@bp.post("/people/<username>/friend/decline", permission="friend:own")
def decline_friend(username: str) -> Response:
    seen = person(current_actor(), username)
    friending.decline(current_actor(), seen.id)
    return _again(seen, _("Declined. They are not told."))


def _again(seen: Person, said: str) -> Response:
    """The place that it was done from, as it is now: who answered on another page has made friends there."""
    actor = current_actor()
    known = queries_friends.friend(actor, seen.id)
    said = _("You are friends now.") if known else said
    if hx.target() == f"request-{seen.id}":
        return hx.fragment(answered_row(known) if known else "", toast=said)
    address = hx.back(url_for(".profile", username=seen.username))
    return hx.changed(address, tie_region(actor, seen), toast=said)


# ---- friends ------------------------------------------------------------------------------------------------


@bp.post("/people/<username>/friend/notes", permission="friend:own")
def note_friend(username: str) -> Response:
    known, form = _friend(username), NotesForm.posted()
    form.offer(queries_friends.own_lists(current_actor()))
    if form.validate():
        guard.limit("friend.sort", current_actor().member_id)
        try:
            aliasing.note(current_actor(), known.id, form.alias.data, set(form.lists.data or ()))
            return hx.see_other(url_for(".friend", username=known.username), toast=_("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _friend_page(known, form, 422)


@bp.post("/people/<username>/friend/end", permission="friend:own")
def end_friendship(username: str) -> Response:
    seen = person(current_actor(), username)
    friending.end(current_actor(), seen.id)
    return hx.see_other(url_for(".friends"), toast=_("You are no longer friends. They are not told."))


def _friend(username: str) -> FriendRow:
    """Raises Gone for who is no friend."""
    known = queries_friends.friend(current_actor(), person(current_actor(), username).id)
    if known is None:
        raise Gone
    return known


def _friend_page(known: FriendRow, form: NotesForm, status: int = 200) -> Response:
    form.offer(queries_friends.own_lists(current_actor()))
    regions = {"notes-form": "people/_notes_form.html"}
    return hx.page("people/friend.html", regions, status=status, friend=known, form=form)
