"""Voting in a post's poll. A member has one ballot; what it says may be changed until the poll ends."""

from typing import NamedTuple

from blueprints.circles.gate import live_post
from blueprints.circles.polls import of_posts
from blueprints.circles.publishing import changed
from blueprints.circles.queries import Page, cut
from blueprints.circles.reading import PostRow
from blueprints.circles.rooms import Room, side
from blueprints.people.apart import apart
from core import clock
from core.db import atomic
from core.errors import Conflict, Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, require
from models import Member, PostPoll, PostPollBallot, PostPollOption, PostPollVote


def vote(actor: Actor, circle: int, post: int, options: list[int]) -> None:
    """These options and no others; none at all takes the ballot back. The same twice changes nothing.

    Raises Gone, Denied, Invalid, Conflict when the poll has ended."""
    me, wanted = actor.member_id or 0, set(options)
    with atomic():
        here, row = live_post(actor, circle, post)
        require(actor, "post:like", here)
        poll = PostPoll.get_or_none(PostPoll.post == row.id)
        if poll is None:
            raise Gone
        if poll.ends_at is not None and poll.ends_at <= clock.now():
            raise Conflict("poll_over")
        there = {id_ for (id_,) in PostPollOption.select(PostPollOption.id).where(PostPollOption.poll == poll).tuples()}
        if not wanted <= there:
            raise Invalid("choice", field="option")
        if len(wanted) > 1 and not poll.is_multiple:
            raise Invalid("poll_choose_one", field="option")
        if _marks(there, me) == wanted:
            return
        changed(circle, post)  # holds circle and post until the commit, so two votes of one member come in turn
        _set_marks(poll.id, there, me, wanted)


def _marks(options: set[int], member: int) -> set[int]:
    mine = PostPollVote.select(PostPollVote.option).where(
        PostPollVote.option.in_(options), PostPollVote.member == member
    )
    return {option for (option,) in mine.tuples()}


def _set_marks(poll: int, options: set[int], member: int, wanted: set[int]) -> None:
    before = _marks(options, member)
    gone, new = before - wanted, wanted - before
    if gone:
        PostPollVote.delete().where(PostPollVote.option.in_(gone), PostPollVote.member == member).execute()
        PostPollOption.update(vote_count=PostPollOption.vote_count - 1).where(PostPollOption.id.in_(gone)).execute()
    if new:
        PostPollVote.insert_many([(option, member) for option in new], ("option", "member")).execute()
        PostPollOption.update(vote_count=PostPollOption.vote_count + 1).where(PostPollOption.id.in_(new)).execute()
    if wanted and not before:
        PostPollBallot.insert(poll=poll, member=member, voted_at=clock.now()).execute()
    elif before and not wanted:
        PostPollBallot.delete().where(PostPollBallot.poll == poll, PostPollBallot.member == member).execute()
    if bool(wanted) != bool(before):
        step = 1 if wanted else -1
        PostPoll.update(ballot_count=PostPoll.ballot_count + step).where(PostPoll.id == poll).execute()


def take_back_all(member: int) -> None:
    """Every ballot of a member who is being erased, also in polls that have ended: what was voted stays nobody's."""
    polls = PostPollBallot.select(PostPollBallot.poll).where(PostPollBallot.member == member)
    for (poll,) in list(polls.tuples()):
        options = PostPollOption.select(PostPollOption.id).where(PostPollOption.poll == poll)
        _set_marks(poll, {id_ for (id_,) in options.tuples()}, member, set())


# ---- who voted for what -------------------------------------------------------------------------------------


class VoterRow(NamedTuple):
    member_id: int
    username: str
    display_name: str
    avatar_key: str | None
    option: int

    @property
    def hue(self) -> int:
        return self.member_id % 12


def voters(actor: Actor, here: Room, row: PostRow, after: str = "") -> Page:
    """Who voted for what in the poll of a post that has passed the gate, option by option; `after` is `option.member`
    of the last one shown. Raises Gone where nobody may know: it is anonymous, or its numbers do not show yet."""
    require(actor, "poll:voters", here)
    poll = of_posts(actor, [row]).get(row.id)
    if poll is None or poll.is_anonymous or not poll.shows:
        raise Gone
    query = (
        PostPollVote.select(
            Member.id, Member.username, Member.display_name, Member.avatar_key, PostPollVote.option
        )
        .join(Member, on=PostPollVote.member == Member.id)
        .where(
            PostPollVote.option.in_([option.id for option in poll.options]),
            ~apart(side(actor, here), PostPollVote.member),
        )
        .order_by(PostPollVote.option, PostPollVote.member)
    )  # fmt: skip
    option, _, member = after.partition(".")
    if option.isdecimal() and member.isdecimal() and max(len(option), len(member)) < 18:
        last = int(option)
        query = query.where(
            (PostPollVote.option > last) | ((PostPollVote.option == last) & (PostPollVote.member > int(member)))
        )
    size = LIMITS["page_members"]
    rows = [VoterRow(*each) for each in query.limit(size + 1).tuples()]
    return cut(rows, size, lambda voter: f"{voter.option}.{voter.member_id}")
