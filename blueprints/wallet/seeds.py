"""Demo money: a gift to everybody when the site began, the thanks that people have given each other since, and
something that waits at the cash desk for a second person."""

from collections.abc import Callable
from functools import partial
from random import Random

from peewee import fn

from blueprints.wallet import desk, sending, tipping
from blueprints.wallet.desk import OrderDraft
from core import clock, ledger, seeding
from core.ledger import Move
from core.policy import CONSOLE, Actor, Standing
from core.seeding import moment
from models import (
    CashOrder,
    LedgerAccount,
    Member,
    Moment,
    MomentLike,
    Post,
    PostLike,
    StaffRole,
    Tip,
    TipTotal,
    Transfer,
)

GIFT = 3000
GIFTS_BEGAN = "68d 09:00"
REASON = "开站礼，试试打赏"
NOTES = ("", "", "", "辛苦了", "谢谢", "Thank you", "看完心里一松", "This made my morning", "", "請你飲杯茶")
LARGE = ("linjian", "1d 18:20", 120_000, "江边接力的补给，给志愿者分")
"""What waits there for a second person: for whom, since when, how much, why."""
SENT = (
    ("demo-member", "maisui", "11d 08:10", 800, "两个牛奶卷，替舟拿的"),
    ("zhouzhou", "demo-member", "11d 09:30", 800, "牛奶卷，坐着吃的"),
    ("may", "elena", "6d 20:00", 1200, "Half of the film rolls"),
    ("demo-operator", "linjian", "4d 21:15", 650, "昨晚的姜茶"),
)
"""Who sent whom how much (minor units), and why; the two are friends."""


class Stage:
    """What happens with money in the order in which it does: an entry's balance is that after all before it."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.dice = Random(11)  # noqa: S311 - it chooses who thanks whom
        self.acts: list[tuple[int, int, Callable[[], object]]] = []
        demo = Member.select(Member.username, Member.id).where(Member.is_demo == True)  # noqa: E712 - SQL
        self.actors = {name: Actor(id_, Standing.MEMBER, name) for name, id_ in demo.tuples()}
        self.by_id = {actor.member_id: actor for actor in self.actors.values()}

    def put(self, at: int, act: Callable[[], object]) -> None:
        self.acts.append((min(at, self.now - clock.MINUTE), len(self.acts), act))

    def play(self) -> None:
        for at, _, act in sorted(self.acts, key=lambda each: each[:2]):
            with seeding.at(at):
                act()

    def owner(self) -> Actor:
        owner = StaffRole.get(StaffRole.role == "owner").member_id
        return Actor(owner, Standing.STAFF, "demo-admin", owns_site=True)

    def desk(self) -> None:
        whose, at, amount, reason = LARGE
        draft = OrderDraft("issue", self.actors[whose].member_id or 0, amount, reason)
        self.put(moment(at, self.now), partial(desk.order, self.owner(), draft, "demo-large"))

    def gifts(self) -> None:
        giver = self.owner()
        for place, actor in enumerate(self.actors.values()):
            draft = OrderDraft("issue", actor.member_id or 0, GIFT, REASON)
            at = max(moment(GIFTS_BEGAN, self.now) + place * clock.HOUR, _arrived(actor) + clock.HOUR)
            self.put(at, partial(desk.order, giver, draft, f"demo-gift-{place}"))

    def thanks(self) -> None:
        """From some of those who liked something."""
        begun = moment(GIFTS_BEGAN, self.now) + 3 * clock.DAY
        moments = MomentLike.select(MomentLike.moment, MomentLike.member, MomentLike.liked_at).join(Moment)
        self.tips("moment", moments.where(Moment.audience.in_(("friends", "public"))), 0.4, begun)
        posts = PostLike.select(PostLike.post, PostLike.member, PostLike.liked_at).join(Post)
        self.tips("post", posts.where(Post.deleted_at.is_null(), Post.hidden_at.is_null()), 0.08, begun)

    def tips(self, kind: str, likes: object, share: float, begun: int) -> None:
        for subject, member, liked_at in list(likes.tuples()):  # type: ignore[attr-defined]
            actor = self.by_id.get(member)
            if actor is not None and self.dice.random() < share and liked_at > max(begun, _arrived(actor) + clock.DAY):
                self.put(liked_at + clock.MINUTE, partial(self.tip, actor, kind, subject, self.dice.choice(NOTES)))

    def tip(self, actor: Actor, kind: str, subject: int, note: str) -> None:
        author = {"moment": Moment, "post": Post}[kind].get_by_id(subject).author_id
        if author is None or author == actor.member_id or author not in self.by_id:
            return
        given = tipping.give_tip(
            actor, kind, subject, key=f"demo-{kind}-{subject}", amount=self.dice.randint(1, 99), note=note
        )
        if self.dice.random() < 0.6:
            tipping.thank(self.by_id[author], given.id)

    def sent(self) -> None:
        for place, (giver, receiver, at, amount, words) in enumerate(SENT):
            to = self.actors[receiver].member_id or 0
            self.put(
                moment(at, self.now),
                partial(sending.send, self.actors[giver], to, amount, words=words, key=f"demo-sent-{place}"),
            )


def _arrived(actor: Actor) -> int:
    return int(Member.get_by_id(actor.member_id).created_at)


def plant() -> None:
    stage = Stage()
    stage.desk()
    stage.gifts()
    stage.thanks()
    stage.sent()
    stage.play()


def uproot() -> None:
    """The books stay, as they always do; what demo members hold goes back to where it came from, and their accounts
    carry no number that a new member could be given. What came in within the last seconds is swept later."""
    demo = Member.select(Member.id).where(Member.is_demo == True)  # noqa: E712 - SQL
    waiting = (CashOrder.kind == "payout") & (CashOrder.state == "waiting")
    for order in CashOrder.select().where(CashOrder.member.in_(demo), waiting):
        desk.settle(order, CONSOLE, done=False)
    for account in LedgerAccount.select().where(LedgerAccount.owner.in_(demo)):
        if free := ledger.balance(account.name).free:
            moves = [Move(account.name, -free), Move(ledger.house("issuance", account.currency), free)]
            ledger.post("withdraw", moves, key=f"demo-removed:{account.id}", by=CONSOLE.member_id)
        ledger.let_go(account.id)
    _forget_what_was_for_them(demo)


def _forget_what_was_for_them(demo: object) -> None:
    """What new rows with the numbers of removed ones would be taken for; what real people got stays."""
    received = Tip.select().where(Tip.receiver.in_(demo), TipTotal.subject_kind == Tip.subject_kind)
    TipTotal.delete().where(fn.EXISTS(received.where(TipTotal.subject_id == Tip.subject_id))).execute()
    Tip.delete().where(Tip.receiver.in_(demo)).execute()
    Transfer.delete().where(Transfer.giver.in_(demo), Transfer.receiver.in_(demo)).execute()
    CashOrder.delete().where(CashOrder.member.in_(demo)).execute()


seeding.register(seeding.Demo("wallet", order=50, plant=plant, uproot=uproot))
