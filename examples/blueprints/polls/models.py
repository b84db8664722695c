"""Tables of this blueprint; their names begin with its own."""

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, ForeignKeyField, IntegerField

from models import Member, Table


class Poll(Table):
    id = AutoField()
    author = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    question = CharField(max_length=140)
    opened_at = BigIntegerField()
    closed_at = BigIntegerField(null=True)

    class Meta:
        table_name = "polls_poll"
        indexes = ((("closed_at", "opened_at"), False),)


class PollOption(Table):
    """`votes` is kept beside the rows that it counts, so that a list asks nothing more; see checks.py."""

    id = AutoField()
    poll = ForeignKeyField(Poll, on_delete="CASCADE")
    text = CharField(max_length=80)
    votes = IntegerField(default=0)

    class Meta:
        table_name = "polls_option"


class PollVote(Table):
    """One a member and poll: the key sees to it, however often a button is pressed."""

    poll = ForeignKeyField(Poll, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    option = ForeignKeyField(PollOption, on_delete="CASCADE")
    voted_at = BigIntegerField()

    class Meta:
        table_name = "polls_vote"
        primary_key = CompositeKey("poll", "member")
