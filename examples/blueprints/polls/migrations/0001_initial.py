"""The tables of polls. Models are written out again here: a migration stays what it was when the models move on."""

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    class Member(Model):
        class Meta:
            database = db
            table_name = "member"

    class Poll(Model):
        id = AutoField()
        author = ForeignKeyField(Member, null=True, on_delete="SET NULL")
        question = CharField(max_length=140)
        opened_at = BigIntegerField()
        closed_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "polls_poll"
            indexes = ((("closed_at", "opened_at"), False),)

    class PollOption(Model):
        id = AutoField()
        poll = ForeignKeyField(Poll, on_delete="CASCADE")
        text = CharField(max_length=80)
        votes = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "polls_option"

    class PollVote(Model):
        poll = ForeignKeyField(Poll, on_delete="CASCADE", index=False)
        member = ForeignKeyField(Member, on_delete="CASCADE")
        option = ForeignKeyField(PollOption, on_delete="CASCADE")
        voted_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "polls_vote"
            primary_key = CompositeKey("poll", "member")

    db.create_tables([Poll, PollOption, PollVote])


def down(migrator, db):
    for table in ("polls_vote", "polls_option", "polls_poll"):
        db.execute_sql(f'DROP TABLE "{table}"')
