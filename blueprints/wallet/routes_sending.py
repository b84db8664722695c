"""Sending money to a friend: whom, how much, and the PIN when it is a lot."""

from typing import NamedTuple, TypeVar

from flask import Response, request, session, url_for
from flask_babel import gettext as _

from blueprints.people.apart import apart
from blueprints.people.friends import aliases
from blueprints.wallet import bp, freezing, paying, pins, sending
from blueprints.wallet.forms import Paying, Send
from blueprints.wallet.routes import whose
from core import clock, hx, ledger
from core.errors import Gone, Refusal
from core.guard import limit
from core.limits import LIMITS
from core.plain import clean_line
from core.policy import Actor
from core.viewer import current_actor
from models import Friendship, Member


class Friend(NamedTuple):
    id: int
    username: str
    name: str
    picture_key: str | None

    @property
    def hue(self) -> int:
        return self.id % 12


def proven(actor: Actor, form: Paying) -> bool:
    """Whether the right PIN was typed. Raises Invalid, TooMany."""
    if form.pin.data:
        limit("wallet.pin", actor.member_id)
    return pins.prove(actor, form.pin.data or "")


Form = TypeVar("Form", bound=Paying)

ASIDE = "payment"
"""Where in the session lies what somebody typed who goes to set a PIN first."""
ASIDE_MS = clock.HOUR


def wants_pin() -> bool:
    """Whether a form of a payment was sent in order to set a PIN."""
    return "set_pin" in request.form


def put_aside(form: Paying, back: str) -> Response:
    """On to the page that sets a PIN. At `back`, where it leads afterwards, `taken_up` finds what was typed."""
    typed = {field.name: field.data for field in form if field.name != "pin"}
    session[ASIDE] = {"kind": form.kind, "back": back, "at": clock.now(), "typed": typed}
    return hx.see_other(url_for(".pin", back=back))


def taken_up(form: type[Form], back: str) -> Form | None:
    """The same form with the same key, so that what was sent from another tab meanwhile is not sent again."""
    kept = session.get(ASIDE)
    if kept is None or (kept["kind"], kept["back"]) != (form.kind, back):
        return None
    del session[ASIDE]
    key = paying.key_of(form.kind, current_actor().member_id or 0, kept["typed"]["key"])
    if kept["at"] < clock.now() - ASIDE_MS or ledger.known(key) is not None:
        return None
    found = form(data=kept["typed"])
    found.asks_pin = True
    return found


@bp.get("/wallet/send", permission="wallet:pay")
def choose() -> Response:
    q = clean_line(request.args.get("q", ""))[: LIMITS["search_query"]]
    return hx.page("wallet/choose.html", {"friends": "wallet/_friends.html"}, friends=_friends(current_actor(), q), q=q)


def _friends(actor: Actor, q: str) -> list[Friend]:
    """Some of them, by name."""
    me = actor.member_id or 0
    query = (
        Friendship.select(Member.id, Member.username, Member.display_name, Friendship.alias, Member.avatar_key)
        .join(Member, on=Friendship.friend == Member.id)
        .where(Friendship.member == me, Member.erased_at.is_null(), ~apart(me, Member.id))
    )
    if q:
        named = Friendship.alias.contains(q) | Member.display_name.contains(q)
        query = query.where(named | Member.username.contains(q.removeprefix("@")))
    rows = query.order_by(Friendship.since_at.desc()).limit(LIMITS["page_friends"]).tuples()
    return [Friend(id_, username, alias or name, picture) for id_, username, name, alias, picture in rows]


def _friend(actor: Actor, username: str) -> Friend:
    """Raises Gone, Denied("not_your_friend")."""
    person = Member.get_or_none(Member.username == whose(username), Member.erased_at.is_null())
    if person is None:
        raise Gone
    sending.require_receiver(actor, person.id)
    name = aliases(actor.member_id or 0, [person.id]).get(person.id) or person.display_name
    return Friend(person.id, person.username, name, person.avatar_key)


@bp.get("/wallet/send/<username>", permission="wallet:pay")
def send_form(username: str) -> Response:
    actor = current_actor()
    friend = _friend(actor, username)
    return _page(actor, friend, taken_up(Send, _address(friend)) or Send())


def _address(friend: Friend) -> str:
    return url_for(".send_form", username=friend.username)


@bp.post("/wallet/send/<username>", permission="wallet:pay")
def send(username: str) -> Response:
    actor, form = current_actor(), Send.posted()
    friend = _friend(actor, username)
    try:
        if form.validate():
            if wants_pin():
                return put_aside(form, _address(friend))
            limit("wallet.send", actor.member_id)
            amount = form.amount.minor()
            is_proven = proven(actor, form)
            sent = sending.send(actor, friend.id, amount, form.words.data, form.key.data or "", proven=is_proven)
            return hx.see_other(
                url_for(".receipt", posting=sent.posting_id), toast=_("Sent to %(name)s.", name=friend.name)
            )
    except Refusal as refusal:
        form.refuse(refusal)
    return _page(actor, friend, form, 422)


def _page(actor: Actor, friend: Friend, form: Send, status: int = 200) -> Response:
    me = actor.member_id or 0
    return hx.page(
        "wallet/send.html", {"send-form": "wallet/_send_form.html"}, status=status, friend=friend, form=form,
        balance=ledger.balance(paying.wallet_of(me)), limits=paying.limits(me), has_pin=pins.has_pin(me),
        frost=freezing.frost(me),
    )  # fmt: skip
