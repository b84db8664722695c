"""Demo moderation: a circle with watched words and reasons of its own, a case that waits, one that a word opened, one
that was decided and appealed. Everything goes with the circle."""

from blueprints.circles.commenting import write_comment
from blueprints.circles.posting import PostDraft, write_post
from blueprints.circles.screening import Screen
from blueprints.moderation import actions, appealing, reporting, watching
from blueprints.moderation.actions import Ruling
from blueprints.moderation.reporting import ReportDraft
from core import clock, seeding
from core.policy import Actor, Standing
from models import Circle, Member, Membership, Post

KEEPER = "demo-operator"
REASONS = ("广告或代购", "说话不客气", "与这个圈子无关", "泄露别人的行踪", "其他")
HELD, HIDING, WARNED = "代购", "加V信", "转让名额"
HIDDEN_POST = "半马名额用不上了，想要的加 Ｖ 信细聊"
RUDE, RUDER = "配速五分半也好意思来？在家躺着吧", "这都跑不动，别拖累大家"
APPEAL = "那天是跟老朋友开玩笑，他也没有生气。以后在圈子里我会注意。"
ANSWER = "问过当事人了，确实是玩笑。这次撤回。"


def plant() -> None:
    runs = (Member.username == KEEPER) & (Membership.role == "owner")
    here = Circle.select().join(Membership).join(Member, on=Membership.member == Member.id).where(runs).first()
    if here is None:
        return
    keeper, people = _cast(here)
    post = Post.select().where(Post.circle == here, Post.author != keeper.member_id).order_by(Post.id.desc()).first()
    if post is None or len(people) < 4:
        return
    now = clock.now()
    with seeding.at(now - 20 * clock.DAY):
        _set_up(keeper, here.id)
    with seeding.at(now - 9 * clock.DAY):
        decided = _rude(people[0], people[1:3], here.id, post.id, RUDER)
        hidden = actions.decide(keeper, decided, Ruling("hide", "warn", REASONS[1], "换个说法就好。"))[0]
    with seeding.at(now - 8 * clock.DAY):
        appealing.appeal(people[0], hidden, APPEAL)
    with seeding.at(now - 7 * clock.DAY):
        appealing.answer(keeper, hidden, upheld=True, words=ANSWER)
    with seeding.at(now - 5 * clock.HOUR):
        _rude(people[3], people[:2], here.id, post.id, RUDE)
    with seeding.at(now - 2 * clock.HOUR):
        write_post(people[1], here.id, PostDraft("", HIDDEN_POST))


def _cast(here: Circle) -> tuple[Actor, list[Actor]]:
    """Who runs it, and some of its members."""
    rows = (
        Member.select(Member.id, Member.username)
        .join(Membership)
        .where(Membership.circle == here, Membership.role == "member", ~Member.username.startswith("demo-"))
        .order_by(Member.id)
        .limit(4)
    )
    keeper = Member.get(Member.username == KEEPER)
    return _actor(keeper), [_actor(row) for row in rows]


def _actor(row: Member) -> Actor:
    return Actor(row.id, Standing.MEMBER, row.username)


def _set_up(keeper: Actor, circle: int) -> None:
    watching.set_reasons(keeper, circle, "\n".join(REASONS))
    for word, action in ((HELD, "hold"), (HIDING, "hide"), (WARNED, "warn")):
        watching.watch(keeper, circle, word, action)
    watching.set_screening(keeper, circle, Screen(newcomer_days=7, newcomer_posts=5, newcomer_links=False))


def _rude(author: Actor, others: list[Actor], circle: int, post: int, words: str) -> int:
    """Somebody is rude, others report it; the number of the case."""
    comment = write_comment(author, circle, post, words)
    draft = ReportDraft(REASONS[1])
    return [reporting.report(actor, "comment", comment.id, draft) for actor in others][-1]


seeding.register(seeding.Demo("moderation", order=80, plant=plant))
