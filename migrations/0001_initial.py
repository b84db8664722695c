# Generated from a schema diff on 2026-11-22 03:37.
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

SEARCH_SQLITE = (
    # The index over our own tokens; the database keeps it in step with search_doc.
    "CREATE VIRTUAL TABLE search_fts USING fts5(tokens, content='search_doc', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER search_doc_written AFTER INSERT ON search_doc BEGIN "
    "INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER search_doc_erased AFTER DELETE ON search_doc BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER search_doc_changed AFTER UPDATE OF tokens ON search_doc BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
)
SEARCH_POSTGRES = (
    "ALTER TABLE search_doc ADD COLUMN tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', tokens)) STORED",
    "CREATE INDEX search_doc_tsv ON search_doc USING GIN (tsv)",
)


def up(migrator, db):
    class Member(Model):
        username = CharField(unique=True, max_length=30)
        username_key = CharField(unique=True, max_length=60)
        display_name = CharField(max_length=40)
        password_hash = CharField(max_length=200)
        password_changed_at = BigIntegerField()
        email = CharField(unique=True, null=True, max_length=254)
        email_confirmed_at = BigIntegerField(null=True)
        bio = TextField(default='')
        bio_html = TextField(default='')
        avatar_key = CharField(null=True, max_length=64)
        locale = CharField(max_length=12, default='')
        time_zone = CharField(max_length=64, default='')
        theme = CharField(max_length=8, default='')
        is_demo = BooleanField(index=True, default=False)
        created_at = BigIntegerField()
        seen_at = BigIntegerField(default=0)
        erased_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'member'
    db.create_tables([Member])

    class AuditEntry(Model):
        at = BigIntegerField()
        actor = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        action = CharField(max_length=48)
        subject_kind = CharField(max_length=32, default='')
        subject_id = BigIntegerField(null=True)
        circle = BigIntegerField(null=True)
        detail = TextField(default='{}')
        class Meta:
            database = db
            table_name = 'audit_entry'
            indexes = ((('circle', 'id'), False), (('actor', 'id'), False), (('action', 'id'), False))
    db.create_tables([AuditEntry])

    class Circle(Model):
        slug = CharField(unique=True, max_length=60)
        name = CharField(max_length=40)
        purpose = CharField(max_length=120)
        about = TextField(default='')
        about_html = TextField(default='')
        question = CharField(max_length=200, default='')
        category = CharField(max_length=20)
        visibility = CharField(max_length=12)
        join_policy = CharField(max_length=12)
        picture_key = CharField(null=True, max_length=64)
        cover_key = CharField(null=True, max_length=64)
        founder = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        founded_at = BigIntegerField()
        member_count = IntegerField(default=0)
        post_count = IntegerField(default=0)
        active_at = BigIntegerField()
        seq = BigIntegerField(default=0)
        closed_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'circle'
            indexes = ((('visibility', 'active_at', 'id'), False), (('category', 'active_at', 'id'), False))
    db.create_tables([Circle])

    class CircleInvitation(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE')
        member = ForeignKeyField(Member, on_delete='CASCADE')
        invited_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        reason = CharField(max_length=120, default='')
        invited_at = BigIntegerField()
        answered_at = BigIntegerField(null=True)
        accepted = BooleanField(null=True)
        class Meta:
            database = db
            table_name = 'circle_invitation'
            indexes = ((('circle', 'member'), True), (('member', 'answered_at'), False))
    db.create_tables([CircleInvitation])

    class Post(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE')
        author = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        title = CharField(max_length=120, default='')
        source = TextField()
        html = TextField()
        excerpt = CharField(max_length=240, default='')
        policy_version = IntegerField()
        created_at = BigIntegerField()
        edited_at = BigIntegerField(null=True)
        deleted_at = BigIntegerField(null=True)
        deleted_by = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        picture_count = IntegerField(default=0)
        comment_count = IntegerField(default=0)
        like_count = IntegerField(default=0)
        seq = BigIntegerField(default=0)
        circle_seq = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'post'
            indexes = ((('circle', 'id'), False), (('circle', 'circle_seq'), False), (('author', 'id'), False), (('deleted_by',), False), (('deleted_at',), False))
    db.create_tables([Post])

    class Comment(Model):
        post = ForeignKeyField(Post, on_delete='CASCADE', index=False)
        parent = ForeignKeyField('self', null=True, on_delete='CASCADE', index=False)
        author = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        source = TextField()
        html = TextField()
        policy_version = IntegerField()
        created_at = BigIntegerField()
        edited_at = BigIntegerField(null=True)
        deleted_at = BigIntegerField(null=True)
        deleted_by = ForeignKeyField(Member, null=True, on_delete='SET NULL', index=False)
        like_count = IntegerField(default=0)
        reply_count = IntegerField(default=0)
        born_seq = BigIntegerField(default=0)
        post_seq = BigIntegerField(default=0)
        class Meta:
            database = db
            table_name = 'comment'
            indexes = ((('post', 'parent', 'id'), False), (('parent', 'id'), False), (('post', 'post_seq'), False), (('author', 'id'), False), (('deleted_by',), False), (('deleted_at',), False))
    db.create_tables([Comment])

    class CommentLike(Model):
        comment = ForeignKeyField(Comment, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        liked_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'comment_like'
            primary_key = CompositeKey('comment', 'member')
    db.create_tables([CommentLike])

    class Departure(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        keeps_words = BooleanField()
        asked_at = BigIntegerField()
        due_at = BigIntegerField(index=True)
        class Meta:
            database = db
            table_name = 'departure'
    db.create_tables([Departure])

    class Job(Model):
        name = CharField(max_length=64)
        args = TextField(default='{}')
        unique_key = CharField(unique=True, null=True, max_length=128)
        due_at = BigIntegerField()
        created_at = BigIntegerField()
        claimed_at = BigIntegerField(null=True)
        claimed_by = CharField(null=True, max_length=64)
        attempts = IntegerField(default=0)
        progress = IntegerField(default=0)
        done_at = BigIntegerField(null=True)
        failed_at = BigIntegerField(null=True)
        error = TextField(null=True)
        class Meta:
            database = db
            table_name = 'job'
            indexes = ((('done_at', 'failed_at', 'due_at'), False),)
    db.create_tables([Job])

    class Export(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE')
        job = ForeignKeyField(Job, null=True, on_delete='SET NULL')
        file_name = CharField(null=True, max_length=80)
        size = BigIntegerField(null=True)
        asked_at = BigIntegerField()
        ready_at = BigIntegerField(null=True)
        expires_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'export'
    db.create_tables([Export])

    class JoinRequest(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE')
        member = ForeignKeyField(Member, on_delete='CASCADE')
        answer = CharField(max_length=500, default='')
        asked_at = BigIntegerField()
        decided_at = BigIntegerField(null=True)
        decided_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        accepted = BooleanField(null=True)
        class Meta:
            database = db
            table_name = 'join_request'
            indexes = ((('circle', 'decided_at', 'id'), False), (('member', 'circle'), True))
    db.create_tables([JoinRequest])

    class Membership(Model):
        circle = ForeignKeyField(Circle, on_delete='CASCADE')
        member = ForeignKeyField(Member, on_delete='CASCADE')
        role = CharField(max_length=12)
        joined_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'membership'
            indexes = ((('circle', 'member'), True), (('member', 'circle'), False), (('circle', 'id'), False), (('circle', 'role', 'id'), False))
    db.create_tables([Membership])

    class Once(Model):
        scope = CharField(max_length=64)
        key = CharField(max_length=64)
        action = CharField(max_length=32)
        request_hash = CharField(max_length=64)
        result = BigIntegerField()
        created_at = BigIntegerField(index=True)
        class Meta:
            database = db
            table_name = 'once'
            primary_key = CompositeKey('scope', 'key')
    db.create_tables([Once])

    class OneTimeLink(Model):
        purpose = CharField(max_length=16)
        nonce = CharField(max_length=32)
        member = ForeignKeyField(Member, null=True, on_delete='CASCADE')
        email = CharField(null=True, max_length=254)
        created_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        created_at = BigIntegerField()
        expires_at = BigIntegerField(index=True)
        used_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'one_time_link'
    db.create_tables([OneTimeLink])

    class Picture(Model):
        key = CharField(unique=True, max_length=64)
        uploader = BigIntegerField(index=True, null=True)
        subject_kind = CharField(null=True, max_length=32)
        subject_id = BigIntegerField(null=True)
        position = IntegerField(default=0)
        width = IntegerField()
        height = IntegerField()
        size = BigIntegerField()
        animated = BooleanField(default=False)
        colour = CharField(max_length=7, default='#cccccc')
        alt = CharField(max_length=300, default='')
        created_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'picture'
            indexes = ((('subject_kind', 'subject_id', 'position'), False),)
    db.create_tables([Picture])

    class PostLike(Model):
        post = ForeignKeyField(Post, on_delete='CASCADE', index=False)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        liked_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'post_like'
            primary_key = CompositeKey('post', 'member')
    db.create_tables([PostLike])

    class PostRevision(Model):
        post = ForeignKeyField(Post, on_delete='CASCADE')
        editor = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        title = CharField(max_length=120, default='')
        source = TextField()
        html = TextField()
        written_at = BigIntegerField()
        replaced_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'post_revision'
    db.create_tables([PostRevision])

    class RateCount(Model):
        key = CharField(max_length=200)
        window_at = BigIntegerField()
        hits = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'rate_count'
            primary_key = CompositeKey('key', 'window_at')
            indexes = ((('window_at',), False),)
    db.create_tables([RateCount])

    class SearchDoc(Model):
        kind = CharField(max_length=16)
        subject_id = BigIntegerField()
        circle = BigIntegerField(null=True)
        tokens = TextField()
        class Meta:
            database = db
            table_name = 'search_doc'
            indexes = ((('kind', 'subject_id'), True),)
    db.create_tables([SearchDoc])

    class Session(Model):
        token_hash = CharField(unique=True, max_length=64)
        member = ForeignKeyField(Member, on_delete='CASCADE')
        created_at = BigIntegerField()
        seen_at = BigIntegerField()
        expires_at = BigIntegerField(index=True)
        address = CharField(max_length=64, default='')
        agent = CharField(max_length=200, default='')
        class Meta:
            database = db
            table_name = 'session'
    db.create_tables([Session])

    class SiteInvitation(Model):
        code = CharField(unique=True, max_length=32)
        note = CharField(max_length=120, default='')
        created_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        created_at = BigIntegerField()
        expires_at = BigIntegerField(null=True)
        max_uses = IntegerField(default=1)
        uses = IntegerField(default=0)
        revoked_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'site_invitation'
    db.create_tables([SiteInvitation])

    class SiteInvitationUse(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        invitation = ForeignKeyField(SiteInvitation, on_delete='CASCADE')
        used_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'site_invitation_use'
    db.create_tables([SiteInvitationUse])

    class SiteSetting(Model):
        name = CharField(primary_key=True, max_length=64)
        value = TextField()
        changed_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'site_setting'
    db.create_tables([SiteSetting])

    class StaffRole(Model):
        member = ForeignKeyField(Member, primary_key=True, on_delete='CASCADE')
        role = CharField(max_length=16)
        granted_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        granted_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'staff_role'
    db.create_tables([StaffRole])

    class Suspension(Model):
        member = ForeignKeyField(Member, on_delete='CASCADE')
        reason = CharField(max_length=300, default='')
        suspended_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        suspended_at = BigIntegerField()
        until_at = BigIntegerField(null=True)
        lifted_by = ForeignKeyField(Member, null=True, on_delete='SET NULL')
        lifted_at = BigIntegerField(null=True)
        class Meta:
            database = db
            table_name = 'suspension'
    db.create_tables([Suspension])

    class WorkerBeat(Model):
        worker = CharField(primary_key=True, max_length=64)
        beat_at = BigIntegerField()
        class Meta:
            database = db
            table_name = 'worker_beat'
    db.create_tables([WorkerBeat])
    for statement in SEARCH_SQLITE if isinstance(db, SqliteDatabase) else SEARCH_POSTGRES:
        db.execute_sql(statement)


def down(migrator, db):
    if isinstance(db, SqliteDatabase):
        db.execute_sql("DROP TABLE search_fts")
    migrator.migrate(migrator.drop_table('worker_beat'))
    migrator.migrate(migrator.drop_table('suspension'))
    migrator.migrate(migrator.drop_table('staff_role'))
    migrator.migrate(migrator.drop_table('site_setting'))
    migrator.migrate(migrator.drop_table('site_invitation_use'))
    migrator.migrate(migrator.drop_table('site_invitation'))
    migrator.migrate(migrator.drop_table('session'))
    migrator.migrate(migrator.drop_table('search_doc'))
    migrator.migrate(migrator.drop_table('rate_count'))
    migrator.migrate(migrator.drop_table('post_revision'))
    migrator.migrate(migrator.drop_table('post_like'))
    migrator.migrate(migrator.drop_table('picture'))
    migrator.migrate(migrator.drop_table('one_time_link'))
    migrator.migrate(migrator.drop_table('once'))
    migrator.migrate(migrator.drop_table('membership'))
    migrator.migrate(migrator.drop_table('join_request'))
    migrator.migrate(migrator.drop_table('export'))
    migrator.migrate(migrator.drop_table('job'))
    migrator.migrate(migrator.drop_table('departure'))
    migrator.migrate(migrator.drop_table('comment_like'))
    migrator.migrate(migrator.drop_table('comment'))
    migrator.migrate(migrator.drop_table('post'))
    migrator.migrate(migrator.drop_table('circle_invitation'))
    migrator.migrate(migrator.drop_table('circle'))
    migrator.migrate(migrator.drop_table('audit_entry'))
    migrator.migrate(migrator.drop_table('member'))
