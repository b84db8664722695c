# Generated from a schema diff on 2026-11-22 06:32.
from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)


def add_needed(db, table, name, field):
    """A column that is never null, with its value in all rows at once: the generator's way copies the whole table for
    each, which takes minutes and twice the room where there are a million rows."""
    class Owner(Model):
        class Meta:
            database = db
            table_name = table
    field.bind(Owner, name, set_attribute=False)
    context = db.get_sql_context()
    kind = context.sql(field.ddl_datatype(context)).query()[0]
    value = {True: 'TRUE', False: 'FALSE'}[field.default] if isinstance(field, BooleanField) else repr(field.default)
    value = str(int(field.default)) if isinstance(field, BooleanField) and isinstance(db, SqliteDatabase) else value
    db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind} NOT NULL DEFAULT {value}')
    if not isinstance(db, SqliteDatabase):
        db.execute_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{name}" DROP DEFAULT')


def up(migrator, db):
    class Circle(Model):
        class Meta:
            database = db
            table_name = 'circle'

    class Comment(Model):
        class Meta:
            database = db
            table_name = 'comment'

    class Member(Model):
        class Meta:
            database = db
            table_name = 'member'

    class Post(Model):
        class Meta:
            database = db
            table_name = 'post'

    class Attachment(Model):
        key = CharField(unique=True, max_length=64)
        uploader = BigIntegerField(index=True, null=True)
        subject_kind = CharField(null=True, max_length=32)
        subject_id = BigIntegerField(null=True)
        position = IntegerField(default=0)
        name = CharField(max_length=120)
        kind = CharField(max_length=8)
        size = BigIntegerField()
        created_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'attachment'
            indexes = ((('subject_kind', 'subject_id', 'position'), False),)
    db.create_tables([Attachment])

    class Topic(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        name = CharField(max_length=30)
        position = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'topic'
            indexes = ((('circle', 'position', 'id'), False),)
    db.create_tables([Topic])

    class LinkCard(Model):
        url_key = CharField(unique=True, max_length=64)
        url = TextField()
        title = CharField(max_length=200, default='')
        text = CharField(max_length=300, default='')
        site = CharField(max_length=100, default='')
        picture_key = CharField(null=True, max_length=64)
        asked_at = BigIntegerField()
        fetched_at = BigIntegerField(null=True)
        failed_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'link_card'
    db.create_tables([LinkCard])

    class Bookmark(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        post = ForeignKeyField(Post, on_delete='CASCADE')
        note = CharField(max_length=200, default='')
        kept_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'bookmark'
            primary_key = CompositeKey('member', 'post')
            indexes = ((('member', 'kept_at', 'post'), False),)
    db.create_tables([Bookmark])

    class DigestPost(Model):
        post = ForeignKeyField(Post, primary_key=True, on_delete='CASCADE')
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        chosen_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        chosen_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'digest_post'
            indexes = ((('circle', 'post'), False),)
    db.create_tables([DigestPost])

    class DigestSubscription(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        every = CharField(max_length=8)
        sent_at = BigIntegerField(default=0)
        next_at = BigIntegerField(index=True)
        class Meta:
            database = db
            table_name = 'digest_subscription'
    db.create_tables([DigestSubscription])

    class Draft(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        name = CharField(max_length=80)
        title = CharField(max_length=120, default='')
        body = TextField()
        path = CharField(max_length=300, default='/')
        changed_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'draft'
            primary_key = CompositeKey('member', 'name')
            indexes = ((('changed_at',), False),)
    db.create_tables([Draft])

    class Flair(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        name = CharField(max_length=20)
        hue = IntegerField(default=0)
        position = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'flair'
            indexes = ((('circle', 'position', 'id'), False),)
    db.create_tables([Flair])

    class InviteLink(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        code = CharField(unique=True, max_length=32)
        role = CharField(max_length=12)
        reason = CharField(max_length=120, default='')
        created_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        created_at = BigIntegerField()
        expires_at = BigIntegerField(null=True)
        max_uses = IntegerField(null=True)
        uses = IntegerField(default=0)
        revoked_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'invite_link'
            indexes = ((('circle', 'id'), False),)
    db.create_tables([InviteLink])

    class InviteLinkUse(Model):
        link = ForeignKeyField(InviteLink, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        used_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'invite_link_use'
            primary_key = CompositeKey('link', 'member')
    db.create_tables([InviteLinkUse])

    class ModerationCase(Model):
        circle = ForeignKeyField(Circle, null=True, on_delete='CASCADE', index=False)
        level = CharField(max_length=8, default='circle')
        subject_kind = CharField(max_length=32)
        subject_id = BigIntegerField()
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        open_key = CharField(unique=True, null=True, max_length=64)
        report_count = IntegerField(default=0)
        noticed = CharField(max_length=120, default='')
        opened_at = BigIntegerField()
        closed_at = BigIntegerField(null=True)
        closed_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        class Meta:
            database = db
            table_name = 'moderation_case'
            indexes = ((('circle', 'closed_at', 'id'), False), (('level', 'closed_at', 'id'), False), (('subject_kind', 'subject_id', 'id'), False), (('member', 'id'), False))
    db.create_tables([ModerationCase])

    class ModerationDecision(Model):
        circle = ForeignKeyField(Circle, null=True, on_delete='CASCADE', index=False)
        case = ForeignKeyField(ModerationCase, null=True, on_delete='SET NULL')
        action = CharField(max_length=16)
        subject_kind = CharField(max_length=32)
        subject_id = BigIntegerField()
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        decided_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        reason = CharField(max_length=120, default='')
        note = CharField(max_length=500, default='')
        until_at = BigIntegerField(null=True)
        decided_at = BigIntegerField()
        reversed_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'moderation_decision'
            indexes = ((('circle', 'id'), False), (('member', 'id'), False), (('subject_kind', 'subject_id', 'id'), False))
    db.create_tables([ModerationDecision])

    class ModerationAppeal(Model):
        decision = ForeignKeyField(ModerationDecision, primary_key=True, on_delete='CASCADE')
        circle = ForeignKeyField(Circle, null=True, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        words = CharField(max_length=500)
        asked_at = BigIntegerField()
        decided_at = BigIntegerField(null=True)
        decided_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        upheld = BooleanField(null=True)
        answer = CharField(max_length=500, default='')
        class Meta:
            database = db
            table_name = 'moderation_appeal'
            indexes = ((('circle', 'decided_at', 'decision'), False),)
    db.create_tables([ModerationAppeal])

    class ModerationLook(Model):
        circle = ForeignKeyField(Circle, null=True, on_delete='CASCADE', index=False)
        case = ForeignKeyField(ModerationCase, null=True, on_delete='SET NULL')
        moderator = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        subject_kind = CharField(max_length=32)
        subject_id = BigIntegerField()
        looked_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'moderation_look'
            indexes = ((('circle', 'id'), False),)
    db.create_tables([ModerationLook])

    class ModerationReason(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        text = CharField(max_length=120)
        position = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'moderation_reason'
            indexes = ((('circle', 'position', 'id'), False),)
    db.create_tables([ModerationReason])

    class Notice(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        kind = CharField(max_length=32)
        circle = BigIntegerField(null=True)
        subject_kind = CharField(max_length=32)
        subject_id = BigIntegerField()
        facts = CharField(max_length=200, default='{}')
        open_key = CharField(null=True, max_length=80)
        first_at = BigIntegerField()
        at = BigIntegerField()
        seen_at = BigIntegerField(null=True)
        read_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'notice'
            indexes = ((('member', 'open_key'), True), (('member', 'at', 'id'), False), (('member', 'seen_at', 'id'), False), (('circle', 'member'), False), (('subject_kind', 'subject_id'), False), (('at',), False))
    db.create_tables([Notice])

    class Pending(Model):
        kind = CharField(max_length=8)
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        post = ForeignKeyField(Post, null=True, on_delete='CASCADE')
        parent = ForeignKeyField(Comment, null=True, on_delete='CASCADE')
        author = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        title = CharField(max_length=120, default='')
        source = TextField()
        html = TextField()
        excerpt = CharField(max_length=240, default='')
        policy_version = IntegerField()
        extras = TextField(default='{}')
        created_at = BigIntegerField()
        due_at = BigIntegerField(index=True, null=True)
        held_for = CharField(max_length=12, default='')
        note = CharField(max_length=120, default='')
        refused_at = BigIntegerField(null=True)
        refused_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        refusal = CharField(max_length=500, default='')
        class Meta:
            database = db
            table_name = 'pending'
            indexes = ((('circle', 'held_for', 'id'), False), (('author', 'id'), False))
    db.create_tables([Pending])

    class Pin(Model):
        post = ForeignKeyField(Post, primary_key=True, on_delete='CASCADE')
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        position = IntegerField(default=0)
        pinned_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        pinned_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'pin'
            indexes = ((('circle', 'position', 'post'), False),)
    db.create_tables([Pin])

    class PinFold(Model):
        post = ForeignKeyField(Post, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        folded_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'pin_fold'
            primary_key = CompositeKey('post', 'member')
    db.create_tables([PinFold])

    class PostPoll(Model):
        post = ForeignKeyField(Post, unique=True, on_delete='CASCADE')
        is_multiple = BooleanField(default=False)
        is_anonymous = BooleanField(default=False)
        results = CharField(max_length=8, default='always')
        ends_at = BigIntegerField(null=True)
        ballot_count = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'post_poll'
    db.create_tables([PostPoll])

    class PostPollBallot(Model):
        poll = ForeignKeyField(PostPoll, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        voted_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'post_poll_ballot'
            primary_key = CompositeKey('poll', 'member')
    db.create_tables([PostPollBallot])

    class PostPollOption(Model):
        poll = ForeignKeyField(PostPoll, on_delete='CASCADE', index=False)
        position = IntegerField()
        text = CharField(max_length=80)
        vote_count = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'post_poll_option'
            indexes = ((('poll', 'position'), True),)
    db.create_tables([PostPollOption])

    class PostPollVote(Model):
        option = ForeignKeyField(PostPollOption, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        class Meta:
            database = db
            table_name = 'post_poll_vote'
            primary_key = CompositeKey('option', 'member')
    db.create_tables([PostPollVote])

    class PostReading(Model):
        post = ForeignKeyField(Post, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        comment = BigIntegerField(default=0)
        read_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'post_reading'
            primary_key = CompositeKey('post', 'member')
    db.create_tables([PostReading])

    class Presence(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        seen_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'presence'
            primary_key = CompositeKey('circle', 'member')
            indexes = ((('circle', 'seen_at'), False),)
    db.create_tables([Presence])

    class Report(Model):
        case = ForeignKeyField(ModerationCase, on_delete='CASCADE', index=False)
        reporter = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        reason = CharField(max_length=120)
        note = CharField(max_length=500, default='')
        reported_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'report'
            indexes = ((('case', 'reporter'), True),)
    db.create_tables([Report])

    class Sanction(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        kind = CharField(max_length=8)
        reason = CharField(max_length=300, default='')
        decided_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        decided_at = BigIntegerField()
        until_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'sanction'
            indexes = ((('circle', 'member', 'kind'), True), (('circle', 'kind', 'id'), False))
    db.create_tables([Sanction])

    class Screening(Model):
        circle = ForeignKeyField(Circle, primary_key=True, on_delete='CASCADE')
        approval = CharField(max_length=12, default='none')
        newcomer_days = IntegerField(default=0)
        newcomer_posts = IntegerField(default=0)
        newcomer_links = BooleanField(default=True)
        repeats = BooleanField(default=False)
        class Meta:
            database = db
            table_name = 'screening'
    db.create_tables([Screening])

    class WatchedWord(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE', index=False)
        word = CharField(max_length=60)
        key = CharField(max_length=120)
        action = CharField(max_length=8)
        added_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        added_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'watched_word'
            indexes = ((('circle', 'key'), True),)
    db.create_tables([WatchedWord])

    add_needed(db, 'member', 'shows_presence', BooleanField(default=True))
    add_needed(db, 'circle', 'rules', TextField(default=''))
    add_needed(db, 'circle', 'rules_html', TextField(default=''))
    add_needed(db, 'circle', 'welcome', TextField(default=''))
    add_needed(db, 'circle', 'welcome_html', TextField(default=''))
    add_needed(db, 'circle', 'flair_by', CharField(max_length=8, default='circle'))
    migrator.migrate(migrator.add_column('post', 'hidden_at', BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column('post', 'locked_at', BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column('post', 'topic_id', ForeignKeyField(Topic, field=Topic.id, null=True, on_delete='SET NULL', index=False)))
    migrator.migrate(migrator.add_column('post', 'shared_id', ForeignKeyField(Post, field=Post.id, null=True, on_delete='SET NULL')))
    migrator.migrate(migrator.add_column('post', 'card_id', ForeignKeyField(LinkCard, field=LinkCard.id, null=True, on_delete='SET NULL')))
    add_needed(db, 'post', 'has_poll', BooleanField(default=False))
    add_needed(db, 'post', 'file_count', IntegerField(default=0))
    add_needed(db, 'post', 'reactions', CharField(max_length=80, default=''))
    migrator.migrate(migrator.add_column('post', 'pinned_comment', BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column('comment', 'hidden_at', BigIntegerField(null=True)))
    add_needed(db, 'comment', 'reactions', CharField(max_length=80, default=''))
    add_needed(db, 'comment_like', 'kind', IntegerField(default=0))
    migrator.migrate(migrator.add_column('join_request', 'rules_accepted_at', BigIntegerField(null=True)))
    add_needed(db, 'join_request', 'reply', CharField(max_length=300, default=''))
    add_needed(db, 'membership', 'name_key', CharField(max_length=64, default=''))
    add_needed(db, 'membership', 'username_key', CharField(max_length=64, default=''))
    add_needed(db, 'membership', 'notify', CharField(max_length=12, default='mentions'))
    migrator.migrate(migrator.add_column('membership', 'flair_id', ForeignKeyField(Flair, field=Flair.id, null=True, on_delete='SET NULL', index=False)))
    migrator.migrate(migrator.add_column('membership', 'rules_accepted_at', BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column('membership', 'welcomed_at', BigIntegerField(null=True)))
    add_needed(db, 'membership', 'read_post', BigIntegerField(default=0))
    add_needed(db, 'post_like', 'kind', IntegerField(default=0))
    migrator.migrate(migrator.add_index('post', ('topic_id', 'id')))
    migrator.migrate(migrator.add_index('membership', ('circle_id', 'name_key')))
    migrator.migrate(migrator.add_index('membership', ('circle_id', 'username_key')))
    migrator.migrate(migrator.add_index('membership', ('flair_id', 'id')))

    # Who has been in a circle has seen what there was and needs no welcome: nothing is new to them but what comes now.
    db.execute_sql('UPDATE "membership" SET "welcomed_at" = "joined_at", "read_post" = COALESCE((SELECT MAX("post"."id") '
                   'FROM "post" WHERE "post"."circle_id" = "membership"."circle_id"), 0)')


def down(migrator, db):
    migrator.migrate(migrator.drop_index('membership', 'membership_flair_id_id'))
    migrator.migrate(migrator.drop_index('membership', 'membership_circle_id_username_key'))
    migrator.migrate(migrator.drop_index('membership', 'membership_circle_id_name_key'))
    migrator.migrate(migrator.drop_index('post', 'post_topic_id_id'))
    migrator.migrate(migrator.drop_index('post', 'post_shared_id'))
    migrator.migrate(migrator.drop_index('post', 'post_card_id'))
    migrator.migrate(migrator.drop_column('post_like', 'kind'))
    migrator.migrate(migrator.drop_column('membership', 'read_post'))
    migrator.migrate(migrator.drop_column('membership', 'welcomed_at'))
    migrator.migrate(migrator.drop_column('membership', 'rules_accepted_at'))
    migrator.migrate(migrator.drop_column('membership', 'flair_id'))
    migrator.migrate(migrator.drop_column('membership', 'notify'))
    migrator.migrate(migrator.drop_column('membership', 'username_key'))
    migrator.migrate(migrator.drop_column('membership', 'name_key'))
    migrator.migrate(migrator.drop_column('join_request', 'reply'))
    migrator.migrate(migrator.drop_column('join_request', 'rules_accepted_at'))
    migrator.migrate(migrator.drop_column('comment_like', 'kind'))
    migrator.migrate(migrator.drop_column('comment', 'reactions'))
    migrator.migrate(migrator.drop_column('comment', 'hidden_at'))
    migrator.migrate(migrator.drop_column('post', 'pinned_comment'))
    migrator.migrate(migrator.drop_column('post', 'reactions'))
    migrator.migrate(migrator.drop_column('post', 'file_count'))
    migrator.migrate(migrator.drop_column('post', 'has_poll'))
    migrator.migrate(migrator.drop_column('post', 'card_id'))
    migrator.migrate(migrator.drop_column('post', 'shared_id'))
    migrator.migrate(migrator.drop_column('post', 'topic_id'))
    migrator.migrate(migrator.drop_column('post', 'locked_at'))
    migrator.migrate(migrator.drop_column('post', 'hidden_at'))
    migrator.migrate(migrator.drop_column('circle', 'flair_by'))
    migrator.migrate(migrator.drop_column('circle', 'welcome_html'))
    migrator.migrate(migrator.drop_column('circle', 'welcome'))
    migrator.migrate(migrator.drop_column('circle', 'rules_html'))
    migrator.migrate(migrator.drop_column('circle', 'rules'))
    migrator.migrate(migrator.drop_column('member', 'shows_presence'))
    migrator.migrate(migrator.drop_table('watched_word'))
    migrator.migrate(migrator.drop_table('screening'))
    migrator.migrate(migrator.drop_table('sanction'))
    migrator.migrate(migrator.drop_table('report'))
    migrator.migrate(migrator.drop_table('presence'))
    migrator.migrate(migrator.drop_table('post_reading'))
    migrator.migrate(migrator.drop_table('post_poll_vote'))
    migrator.migrate(migrator.drop_table('post_poll_option'))
    migrator.migrate(migrator.drop_table('post_poll_ballot'))
    migrator.migrate(migrator.drop_table('post_poll'))
    migrator.migrate(migrator.drop_table('pin_fold'))
    migrator.migrate(migrator.drop_table('pin'))
    migrator.migrate(migrator.drop_table('pending'))
    migrator.migrate(migrator.drop_table('notice'))
    migrator.migrate(migrator.drop_table('moderation_reason'))
    migrator.migrate(migrator.drop_table('moderation_look'))
    migrator.migrate(migrator.drop_table('moderation_appeal'))
    migrator.migrate(migrator.drop_table('moderation_decision'))
    migrator.migrate(migrator.drop_table('moderation_case'))
    migrator.migrate(migrator.drop_table('invite_link_use'))
    migrator.migrate(migrator.drop_table('invite_link'))
    migrator.migrate(migrator.drop_table('flair'))
    migrator.migrate(migrator.drop_table('draft'))
    migrator.migrate(migrator.drop_table('digest_subscription'))
    migrator.migrate(migrator.drop_table('digest_post'))
    migrator.migrate(migrator.drop_table('bookmark'))
    migrator.migrate(migrator.drop_table('link_card'))
    migrator.migrate(migrator.drop_table('topic'))
    migrator.migrate(migrator.drop_table('attachment'))
