# Generated from a schema diff on 2026-11-22 09:03.
from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class Circle(Model):
        class Meta:
            database = db
            table_name = 'circle'

    class Member(Model):
        class Meta:
            database = db
            table_name = 'member'

    class Video(Model):
        key = CharField(unique=True, max_length=64)
        uploader = BigIntegerField(index=True, null=True)
        subject_kind = CharField(null=True, max_length=32)
        subject_id = BigIntegerField(null=True)
        name = CharField(max_length=120)
        kind = CharField(max_length=8)
        size = BigIntegerField()
        received = BigIntegerField(default=0)
        state = CharField(max_length=8, default='sending')
        error = CharField(max_length=32, default='')
        width = IntegerField(null=True)
        height = IntegerField(null=True)
        duration_ms = BigIntegerField(null=True)
        poster_key = CharField(null=True, max_length=64)
        created_at = BigIntegerField()
        ready_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'video'
            indexes = ((('subject_kind', 'subject_id'), False), (('state', 'created_at'), False))
    db.create_tables([Video])

    class LiveEvent(Model):
        circle = ForeignKeyField(Circle, null=True, on_delete='CASCADE', index=False)
        title = CharField(max_length=80)
        about = TextField(default='')
        about_html = TextField(default='')
        visibility = CharField(max_length=12)
        password_hash = CharField(null=True, max_length=200)
        stage = CharField(max_length=8, default='none')
        source = CharField(max_length=500, default='')
        video = ForeignKeyField(Video, null=True, on_delete='SET NULL')
        cover_key = CharField(null=True, max_length=64)
        starts_at = BigIntegerField()
        ends_at = BigIntegerField(null=True)
        started_at = BigIntegerField(null=True)
        ended_at = BigIntegerField(null=True)
        cancelled_at = BigIntegerField(null=True)
        postponed_from = BigIntegerField(null=True)
        created_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        created_at = BigIntegerField()
        slow_seconds = IntegerField(default=0)
        hold_seconds = IntegerField(default=0)
        members_only = BooleanField(default=False)
        emoji_only = BooleanField(default=False)
        repeats = BooleanField(default=True)
        closed_at = BigIntegerField(null=True)
        announcement = CharField(max_length=200, default='')
        announced_at = BigIntegerField(null=True)
        comment_count = IntegerField(default=0)
        revision = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'live_event'
            indexes = ((('circle', 'starts_at', 'id'), False), (('starts_at', 'id'), False), (('ended_at', 'id'), False))
    db.create_tables([LiveEvent])

    class LiveAct(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        actor = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        action = CharField(max_length=24)
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        detail = CharField(max_length=200, default='')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'live_act'
            indexes = ((('event', 'id'), False),)
    db.create_tables([LiveAct])

    class LiveAvoided(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        other = ForeignKeyField(Member, on_delete='CASCADE')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'live_avoided'
            primary_key = CompositeKey('member', 'other')
    db.create_tables([LiveAvoided])

    class LiveComment(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        author = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        key = CharField(max_length=64, default='')
        name = CharField(max_length=40, default='')
        colour = IntegerField(null=True)
        body = CharField(max_length=100)
        mode = IntegerField(default=0)
        role = IntegerField(default=0)
        offset_ms = BigIntegerField()
        at = BigIntegerField()
        shows_at = BigIntegerField(null=True)
        hidden_at = BigIntegerField(null=True)
        hidden_by = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        class Meta:
            database = db
            table_name = 'live_comment'
            indexes = ((('event', 'id'), False), (('event', 'offset_ms', 'id'), False), (('event', 'author', 'id'), False), (('author', 'id'), False), (('hidden_by',), False), (('shows_at',), False))
    db.create_tables([LiveComment])

    class LiveEntry(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        how = CharField(max_length=8)
        by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'live_entry'
            primary_key = CompositeKey('event', 'member')
    db.create_tables([LiveEntry])

    class LiveHost(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        role = CharField(max_length=12)
        added_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        added_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'live_host'
            primary_key = CompositeKey('event', 'member')
    db.create_tables([LiveHost])

    class LiveMinute(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        minute = BigIntegerField()
        viewers = IntegerField(default=0)
        peak = IntegerField(default=0)
        comments = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'live_minute'
            primary_key = CompositeKey('event', 'minute')
    db.create_tables([LiveMinute])

    class LivePoll(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        question = CharField(max_length=120)
        asked_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        asked_at = BigIntegerField()
        closed_at = BigIntegerField(null=True)
        told_at = BigIntegerField(default=0)
        tell_at = BigIntegerField(index=True, null=True)
        class Meta:
            database = db
            table_name = 'live_poll'
            indexes = ((('event', 'id'), False),)
    db.create_tables([LivePoll])

    class LivePollOption(Model):
        poll = ForeignKeyField(LivePoll, on_delete='CASCADE', index=False)
        position = IntegerField()
        text = CharField(max_length=40)
        votes = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'live_poll_option'
            indexes = ((('poll', 'position'), True),)
    db.create_tables([LivePollOption])

    class LivePollVote(Model):
        poll = ForeignKeyField(LivePoll, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        option = ForeignKeyField(LivePollOption, on_delete='CASCADE')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'live_poll_vote'
            primary_key = CompositeKey('poll', 'member')
    db.create_tables([LivePollVote])

    class LiveQuestion(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        author = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        body = CharField(max_length=200)
        votes = IntegerField(default=0)
        asked_at = BigIntegerField()
        answered_at = BigIntegerField(null=True)
        hidden_at = BigIntegerField(null=True)
        told_at = BigIntegerField(default=0)
        tell_at = BigIntegerField(index=True, null=True)
        class Meta:
            database = db
            table_name = 'live_question'
            indexes = ((('event', 'id'), False),)
    db.create_tables([LiveQuestion])

    class LiveQuestionVote(Model):
        question = ForeignKeyField(LiveQuestion, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'live_question_vote'
            primary_key = CompositeKey('question', 'member')
    db.create_tables([LiveQuestionVote])

    class LiveReaction(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        slot = IntegerField()
        kind = CharField(max_length=8)
        hits = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'live_reaction'
            primary_key = CompositeKey('event', 'slot', 'kind')
    db.create_tables([LiveReaction])

    class LiveReminder(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        by_mail = BooleanField(default=False)
        asked_at = BigIntegerField()
        told_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'live_reminder'
            primary_key = CompositeKey('event', 'member')
    db.create_tables([LiveReminder])

    class LiveSanction(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        kind = CharField(max_length=8)
        decided_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        decided_at = BigIntegerField()
        until_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'live_sanction'
            primary_key = CompositeKey('event', 'member', 'kind')
    db.create_tables([LiveSanction])

    class LiveTaste(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        words = TextField(default='')
        class Meta:
            database = db
            table_name = 'live_taste'
    db.create_tables([LiveTaste])

    class LiveWord(Model):
        event = ForeignKeyField(LiveEvent, on_delete='CASCADE', index=False)
        word = CharField(max_length=60)
        key = CharField(max_length=120)
        added_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        added_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'live_word'
            indexes = ((('event', 'key'), True),)
    db.create_tables([LiveWord])

    class StreamPosition(Model):
        channel = CharField(primary_key=True, max_length=40)
        seq = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'stream_position'
    db.create_tables([StreamPosition])

    class StreamRevocation(Model):
        seq = BigIntegerField(primary_key=True)
        tags = CharField(max_length=120)
        at = BigIntegerField(index=True)
        class Meta:
            database = db
            table_name = 'stream_revocation'
    db.create_tables([StreamRevocation])

    class StreamRow(Model):
        channel = CharField(max_length=40)
        seq = BigIntegerField()
        kind = CharField(max_length=16)
        ref = BigIntegerField(default=0)
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'stream_row'
            primary_key = CompositeKey('channel', 'seq')
            indexes = ((('at',), False),)
    db.create_tables([StreamRow])

    class StreamTally(Model):
        channel = CharField(max_length=40)
        hub = CharField(max_length=16)
        viewers = IntegerField(default=0)
        peak = IntegerField(default=0)
        seconds = BigIntegerField(default=0)
        counted_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'stream_tally'
            primary_key = CompositeKey('channel', 'hub')
            indexes = ((('counted_at',), False),)
    db.create_tables([StreamTally])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('stream_tally'))
    migrator.migrate(migrator.drop_table('stream_row'))
    migrator.migrate(migrator.drop_table('stream_revocation'))
    migrator.migrate(migrator.drop_table('stream_position'))
    migrator.migrate(migrator.drop_table('live_word'))
    migrator.migrate(migrator.drop_table('live_taste'))
    migrator.migrate(migrator.drop_table('live_sanction'))
    migrator.migrate(migrator.drop_table('live_reminder'))
    migrator.migrate(migrator.drop_table('live_reaction'))
    migrator.migrate(migrator.drop_table('live_question_vote'))
    migrator.migrate(migrator.drop_table('live_question'))
    migrator.migrate(migrator.drop_table('live_poll_vote'))
    migrator.migrate(migrator.drop_table('live_poll_option'))
    migrator.migrate(migrator.drop_table('live_poll'))
    migrator.migrate(migrator.drop_table('live_minute'))
    migrator.migrate(migrator.drop_table('live_host'))
    migrator.migrate(migrator.drop_table('live_entry'))
    migrator.migrate(migrator.drop_table('live_comment'))
    migrator.migrate(migrator.drop_table('live_avoided'))
    migrator.migrate(migrator.drop_table('live_act'))
    migrator.migrate(migrator.drop_table('live_event'))
    migrator.migrate(migrator.drop_table('video'))
