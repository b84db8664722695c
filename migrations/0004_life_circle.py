# Generated from a schema diff on 2026-11-22 12:12.
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

ONLY_ADDED = ("ledger_posting", "ledger_entry")
"""The books are never changed and never deleted: what was wrong is set right by another posting."""


def guard_books(db):
    if isinstance(db, SqliteDatabase):
        for table in ONLY_ADDED:
            for act in ("UPDATE", "DELETE"):
                db.execute_sql(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the books are only added to'); END"
                )
        return
    db.execute_sql(
        "CREATE FUNCTION books_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the books are only added to'; END $$"
    )
    for table in ONLY_ADDED:
        db.execute_sql(
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION books_only_added()"
        )


def leave_books(db):
    if isinstance(db, SqliteDatabase):
        for table in ONLY_ADDED:
            for act in ("update", "delete"):
                db.execute_sql(f"DROP TRIGGER {table}_no_{act}")
        return
    for table in ONLY_ADDED:
        db.execute_sql(f"DROP TRIGGER {table}_only_added ON {table}")
    db.execute_sql("DROP FUNCTION books_only_added()")


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
        class Meta:
            database = db
            table_name = 'video'

    class Block(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        blocked = ForeignKeyField(Member, on_delete='CASCADE')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'block'
            primary_key = CompositeKey('member', 'blocked')
    db.create_tables([Block])

    class LedgerPosting(Model):
        key = CharField(unique=True, max_length=120)
        request_hash = CharField(max_length=64)
        kind = CharField(max_length=16)
        currency = CharField(max_length=8)
        by = BigIntegerField(null=True)
        subject_kind = CharField(max_length=16, default='')
        subject_id = BigIntegerField(null=True)
        reverses = ForeignKeyField('self', unique=True, null=True, on_delete='RESTRICT')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'ledger_posting'
            indexes = ((('subject_kind', 'subject_id'), False), (('at',), False))
    db.create_tables([LedgerPosting])

    class CashOrder(Model):
        kind = CharField(max_length=8)
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        amount = BigIntegerField()
        currency = CharField(max_length=8)
        reason = CharField(max_length=200, default='')
        state = CharField(max_length=8)
        asked_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        asked_at = BigIntegerField()
        decided_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        decided_at = BigIntegerField(null=True)
        answer = CharField(max_length=200, default='')
        posting = ForeignKeyField(LedgerPosting, null=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'cash_order'
            indexes = ((('state', 'id'), False),)
    db.create_tables([CashOrder])

    class Moment(Model):
        author = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        source = TextField(default='')
        html = TextField(default='')
        policy_version = IntegerField(default=0)
        audience = CharField(max_length=8)
        circle = ForeignKeyField(Circle, null=True, on_delete='SET NULL', index=False)
        shared_kind = CharField(max_length=16, default='')
        shared_id = BigIntegerField(null=True)
        picture_count = IntegerField(default=0)
        video = ForeignKeyField(Video, null=True, on_delete='SET NULL')
        comments_by = CharField(max_length=8, default='all')
        takes_tips = BooleanField(default=True)
        created_at = BigIntegerField()
        edited_at = BigIntegerField(null=True)
        narrowed_at = BigIntegerField(null=True)
        expires_at = BigIntegerField(null=True)
        deleted_at = BigIntegerField(null=True)
        hidden_at = BigIntegerField(null=True)
        comment_count = IntegerField(default=0)
        like_count = IntegerField(default=0)
        reactions = CharField(max_length=80, default='')
        seq = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'moment'
            indexes = ((('author', 'id'), False), (('author', 'audience', 'id'), False), (('circle', 'id'), False), (('shared_kind', 'shared_id'), False), (('expires_at',), False), (('deleted_at',), False))
    db.create_tables([Moment])

    class FeedEntry(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        moment = ForeignKeyField(Moment, on_delete='CASCADE')
        author = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        day = IntegerField()
        class Meta:
            database = db
            table_name = 'feed_entry'
            primary_key = CompositeKey('member', 'moment')
            indexes = ((('member', 'author', 'moment'), False), (('author',), False))
    db.create_tables([FeedEntry])

    class FeedMute(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        word = CharField(max_length=40)
        until_at = BigIntegerField(null=True)
        made_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'feed_mute'
            indexes = ((('member', 'word'), True),)
    db.create_tables([FeedMute])

    class FeedSetting(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        audience = CharField(max_length=8, default='friends')
        comments_by = CharField(max_length=8, default='all')
        retire_days = IntegerField(default=0)
        sells = BooleanField(default=False)
        folds_sellers = BooleanField(default=True)
        read_moment = BigIntegerField(default=0)
        read_at = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'feed_setting'
    db.create_tables([FeedSetting])

    class FeedTaste(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        author = ForeignKeyField(Member, on_delete='CASCADE')
        kind = CharField(max_length=8)
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'feed_taste'
            primary_key = CompositeKey('member', 'author')
    db.create_tables([FeedTaste])

    class FriendList(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        name = CharField(max_length=30)
        made_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'friend_list'
            indexes = ((('member', 'name'), True),)
    db.create_tables([FriendList])

    class FriendListEntry(Model):
        list = ForeignKeyField(FriendList, on_delete='CASCADE', index=False)
        friend = ForeignKeyField(Member, on_delete='CASCADE')
        class Meta:
            database = db
            table_name = 'friend_list_entry'
            primary_key = CompositeKey('list', 'friend')
    db.create_tables([FriendListEntry])

    class FriendRequest(Model):
        asker = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        asked = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        words = CharField(max_length=100, default='')
        met = CharField(max_length=8, default='')
        asked_at = BigIntegerField()
        declined_at = BigIntegerField(null=True)
        withdrawn_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'friend_request'
            primary_key = CompositeKey('asker', 'asked')
            indexes = ((('asked', 'asked_at'), False),)
    db.create_tables([FriendRequest])

    class Friendship(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE', index=False)
        friend = ForeignKeyField(Member, on_delete='CASCADE')
        alias = CharField(max_length=40, default='')
        met = CharField(max_length=8, default='')
        since_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'friendship'
            primary_key = CompositeKey('member', 'friend')
            indexes = ((('member', 'since_at'), False),)
    db.create_tables([Friendship])

    class LedgerAccount(Model):
        name = CharField(unique=True, max_length=80)
        kind = CharField(max_length=12)
        owner = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        currency = CharField(max_length=8)
        balance = BigIntegerField(default=0)
        made_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'ledger_account'
    db.create_tables([LedgerAccount])

    class LedgerEntry(Model):
        posting = ForeignKeyField(LedgerPosting, on_delete='RESTRICT')
        account = ForeignKeyField(LedgerAccount, on_delete='RESTRICT', index=False)
        amount = BigIntegerField()
        balance = BigIntegerField()
        free_at = BigIntegerField(default=0)
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'ledger_entry'
            indexes = ((('account', 'id'), False), (('account', 'at'), False), (('account', 'free_at'), False))
    db.create_tables([LedgerEntry])

    class LedgerStop(Model):
        at = BigIntegerField()
        why = CharField(max_length=300)
        lifted_at = BigIntegerField(null=True)
        lifted_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        class Meta:
            database = db
            table_name = 'ledger_stop'
    db.create_tables([LedgerStop])

    class MomentComment(Model):
        moment = ForeignKeyField(Moment, on_delete='CASCADE', index=False)
        parent = ForeignKeyField('self', null=True, on_delete='SET NULL')
        author = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        source = TextField()
        html = TextField()
        policy_version = IntegerField()
        created_at = BigIntegerField()
        deleted_at = BigIntegerField(null=True)
        hidden_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'moment_comment'
            indexes = ((('moment', 'id'), False), (('author', 'id'), False), (('deleted_at',), False))
    db.create_tables([MomentComment])

    class MomentLike(Model):
        moment = ForeignKeyField(Moment, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        kind = IntegerField(default=0)
        liked_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'moment_like'
            primary_key = CompositeKey('moment', 'member')
            indexes = ((('moment', 'liked_at', 'member'), False),)
    db.create_tables([MomentLike])

    class MomentList(Model):
        moment = ForeignKeyField(Moment, on_delete='CASCADE', index=False)
        list = ForeignKeyField(FriendList, on_delete='CASCADE')
        class Meta:
            database = db
            table_name = 'moment_list'
            primary_key = CompositeKey('moment', 'list')
    db.create_tables([MomentList])

    class Payment(Model):
        number = CharField(unique=True, max_length=40)
        provider = CharField(max_length=16)
        member = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        amount = BigIntegerField()
        currency = CharField(max_length=8)
        state = CharField(max_length=8)
        reference = CharField(null=True, max_length=64)
        paid_amount = BigIntegerField(null=True)
        problem = CharField(max_length=16, default='')
        refunded = BigIntegerField(default=0)
        posting = ForeignKeyField(LedgerPosting, null=True, on_delete='RESTRICT')
        made_at = BigIntegerField()
        paid_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'payment'
            indexes = ((('state', 'made_at'), False), (('provider', 'reference'), True))
    db.create_tables([Payment])

    class PersonSetting(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        cover_key = CharField(null=True, max_length=64)
        found_by = CharField(max_length=16, default='everyone')
        asked_by = CharField(max_length=16, default='everyone')
        friends_seen_by = CharField(max_length=16, default='friends')
        circles_seen_by = CharField(max_length=16, default='everyone')
        strangers_see = IntegerField(default=10)
        friends_see_days = IntegerField(default=0)
        code = CharField(unique=True, null=True, max_length=32)
        class Meta:
            database = db
            table_name = 'person_setting'
    db.create_tables([PersonSetting])

    class Refund(Model):
        payment = ForeignKeyField(Payment, on_delete='RESTRICT')
        number = CharField(unique=True, max_length=40)
        amount = BigIntegerField()
        reason = CharField(max_length=200, default='')
        state = CharField(max_length=8)
        asked_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        asked_at = BigIntegerField()
        decided_at = BigIntegerField(null=True)
        posting = ForeignKeyField(LedgerPosting, null=True, on_delete='RESTRICT')
        class Meta:
            database = db
            table_name = 'refund'
    db.create_tables([Refund])

    class Tip(Model):
        giver = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        receiver = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        subject_kind = CharField(max_length=16)
        subject_id = BigIntegerField()
        amount = BigIntegerField()
        currency = CharField(max_length=8)
        note = CharField(max_length=30, default='')
        posting = ForeignKeyField(LedgerPosting, on_delete='RESTRICT')
        at = BigIntegerField()
        undone_at = BigIntegerField(null=True)
        thanked_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'tip'
            indexes = ((('giver', 'at'), False), (('receiver', 'id'), False), (('subject_kind', 'subject_id', 'id'), False))
    db.create_tables([Tip])

    class TipTotal(Model):
        subject_kind = CharField(max_length=16)
        subject_id = BigIntegerField()
        currency = CharField(max_length=8)
        tips = IntegerField(default=0)
        total = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'tip_total'
            primary_key = CompositeKey('subject_kind', 'subject_id', 'currency')
    db.create_tables([TipTotal])

    class Transfer(Model):
        giver = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        receiver = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        amount = BigIntegerField()
        currency = CharField(max_length=8)
        words = CharField(max_length=60, default='')
        posting = ForeignKeyField(LedgerPosting, on_delete='RESTRICT')
        at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'transfer'
    db.create_tables([Transfer])

    class WalletFreeze(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE')
        by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        reason = CharField(max_length=200, default='')
        at = BigIntegerField()
        lifted_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        lifted_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'wallet_freeze'
    db.create_tables([WalletFreeze])

    class WalletPin(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        pin_hash = CharField(max_length=200)
        set_at = BigIntegerField()
        tries = IntegerField(default=0)
        locked_until = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'wallet_pin'
    db.create_tables([WalletPin])

    class WalletSetting(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        takes_tips = BooleanField(default=True)
        free_ceiling = BigIntegerField(null=True)
        day_out = BigIntegerField(null=True)
        tips_day = BigIntegerField(null=True)
        tip_amount = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'wallet_setting'
    db.create_tables([WalletSetting])
    guard_books(db)


def down(migrator, db):
    leave_books(db)
    migrator.migrate(migrator.drop_table('wallet_setting'))
    migrator.migrate(migrator.drop_table('wallet_pin'))
    migrator.migrate(migrator.drop_table('wallet_freeze'))
    migrator.migrate(migrator.drop_table('transfer'))
    migrator.migrate(migrator.drop_table('tip_total'))
    migrator.migrate(migrator.drop_table('tip'))
    migrator.migrate(migrator.drop_table('refund'))
    migrator.migrate(migrator.drop_table('person_setting'))
    migrator.migrate(migrator.drop_table('payment'))
    migrator.migrate(migrator.drop_table('moment_list'))
    migrator.migrate(migrator.drop_table('moment_like'))
    migrator.migrate(migrator.drop_table('moment_comment'))
    migrator.migrate(migrator.drop_table('ledger_stop'))
    migrator.migrate(migrator.drop_table('ledger_entry'))
    migrator.migrate(migrator.drop_table('ledger_account'))
    migrator.migrate(migrator.drop_table('friendship'))
    migrator.migrate(migrator.drop_table('friend_request'))
    migrator.migrate(migrator.drop_table('friend_list_entry'))
    migrator.migrate(migrator.drop_table('friend_list'))
    migrator.migrate(migrator.drop_table('feed_taste'))
    migrator.migrate(migrator.drop_table('feed_setting'))
    migrator.migrate(migrator.drop_table('feed_mute'))
    migrator.migrate(migrator.drop_table('feed_entry'))
    migrator.migrate(migrator.drop_table('moment'))
    migrator.migrate(migrator.drop_table('cash_order'))
    migrator.migrate(migrator.drop_table('ledger_posting'))
    migrator.migrate(migrator.drop_table('block'))
