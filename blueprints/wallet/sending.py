"""Money from a member to a friend, with a few words."""

from blueprints.people.apart import require_together
from blueprints.people.friends import are_friends
from blueprints.wallet.events import MoneySent
from blueprints.wallet.paying import Outgo, pay, wallet_of
from core import clock
from core.db import atomic
from core.errors import Denied, Gone, Invalid
from core.limits import LIMITS
from core.money import currency
from core.plain import clean_line
from core.policy import Actor
from core.signals import announce
from models import Member, Transfer


def require_receiver(actor: Actor, member_id: int) -> None:
    """Raises Gone for somebody who is not there for the actor, Denied("not_your_friend")."""
    require_together(actor, member_id)
    if not Member.select().where(Member.id == member_id, Member.erased_at.is_null()).exists():
        raise Gone
    if member_id == actor.member_id or not are_friends(actor.member_id or 0, member_id):
        raise Denied("not_your_friend")


def send(actor: Actor, to: int, amount: int, words: str, key: str, *, proven: bool = False) -> Transfer:
    """`amount` in minor units of what the site counts in. With the same key it is sent once. Raises what `pay` raises,
    Gone, Denied("not_your_friend"), Invalid with the field."""
    words = clean_line(words)
    if len(words) > LIMITS["transfer_words"]:
        raise Invalid("setting_long", field="words", most=LIMITS["transfer_words"])
    if amount <= 0:
        raise Invalid("amount_zero", field="amount")

    def what() -> Outgo:
        require_receiver(actor, to)
        return Outgo(wallet_of(to), amount, proven=proven)

    with atomic(durable=True):
        posted = pay(actor, "send", what, key=key, content=[to, amount, words], about=("member", to))
        if not posted.is_new:
            sent: Transfer = Transfer.get(Transfer.posting == posted.id)
            return sent
        sent = Transfer.create(
            giver=actor.member_id, receiver=to, amount=amount, currency=currency().code, words=words,
            posting=posted.id, at=clock.now(),
        )  # fmt: skip
        announce(MoneySent(sent.id, actor.member_id or 0, to))
        return sent
