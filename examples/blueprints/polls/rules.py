"""Who may do what with a poll, and for whom polls are there."""

from peewee import ModelSelect

from blueprints.polls.models import Poll
from core.policy import Actor, Standing, permission, visibility


@visibility(Poll, "poll")
def polls(query: ModelSelect, actor: Actor) -> ModelSelect:
    """For members; a visitor finds none."""
    return query if actor.standing >= Standing.MEMBER else query.where(Poll.id.is_null())


@permission("poll:list", "See polls and how they stand")
@permission("poll:open", "Ask a question")
def every_member(actor: Actor, thing: None) -> bool:
    return True


@permission("poll:vote", "Vote, or vote differently, while a poll is open")
def votes(actor: Actor, poll: Poll) -> bool:
    return poll.closed_at is None


@permission("poll:close", "Close one's own poll; staff close any")
def closes(actor: Actor, poll: Poll) -> bool:
    return actor.is_staff or (poll.author_id is not None and poll.author_id == actor.member_id)
