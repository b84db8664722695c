"""The core schema in dependency order, a section a blueprint. Tables only, no workflow.

Times are integers, milliseconds since 1970 UTC. State with a who and a when is a row of its own.
Texts keep what was typed (`source`) and the safe HTML made of it (`html`, see core/markup.py).
"""

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DatabaseProxy,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

database = DatabaseProxy()


class Table(Model):
    class Meta:
        database = database
        legacy_table_names = False


# ---- site ---------------------------------------------------------------------------------------------------


class SiteSetting(Table):
    """What the site's owner has changed in admin; everything else keeps its default (core/site.py)."""

    name = CharField(primary_key=True, max_length=64)
    value = TextField()
    changed_at = BigIntegerField()


class RateCount(Table):
    """Hits of one key (`login.name:…`) in one window; survives a restart."""

    key = CharField(max_length=200)
    window_at = BigIntegerField()
    hits = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("key", "window_at")
        indexes = ((("window_at",), False),)


class Job(Table):
    """Work to be done later. The row is the truth; the queue is only its doorbell (core/jobs.py)."""

    id = AutoField()
    name = CharField(max_length=64)
    args = TextField(default="{}")
    unique_key = CharField(max_length=128, null=True, unique=True)
    due_at = BigIntegerField()
    created_at = BigIntegerField()
    claimed_at = BigIntegerField(null=True)
    claimed_by = CharField(max_length=64, null=True)
    attempts = IntegerField(default=0)
    progress = IntegerField(default=0)
    done_at = BigIntegerField(null=True)
    failed_at = BigIntegerField(null=True)
    error = TextField(null=True)

    class Meta:
        indexes = ((("done_at", "failed_at", "due_at"), False),)


class WorkerBeat(Table):
    """When each job worker was last alive."""

    worker = CharField(primary_key=True, max_length=64)
    beat_at = BigIntegerField()


# ---- accounts -----------------------------------------------------------------------------------------------


class Picture(Table):
    """A picture that was decoded and stored anew in three sizes (core/media.py). What it belongs to says who
    may see it: `subject_kind` and `subject_id` name a row that passes `policy.visible`."""

    id = AutoField()
    key = CharField(max_length=64, unique=True)
    uploader = BigIntegerField(null=True, index=True)
    subject_kind = CharField(max_length=32, null=True)
    subject_id = BigIntegerField(null=True)
    position = IntegerField(default=0)
    width = IntegerField()
    height = IntegerField()
    size = BigIntegerField()
    animated = BooleanField(default=False)
    colour = CharField(max_length=7, default="#cccccc")
    alt = CharField(max_length=300, default="")
    created_at = BigIntegerField()

    class Meta:
        indexes = ((("subject_kind", "subject_id", "position"), False),)


class Member(Table):
    id = AutoField()
    username = CharField(max_length=30, unique=True)
    username_key = CharField(max_length=60, unique=True)
    display_name = CharField(max_length=40)
    password_hash = CharField(max_length=200)
    password_changed_at = BigIntegerField()
    email = CharField(max_length=254, null=True, unique=True)
    email_confirmed_at = BigIntegerField(null=True)
    bio = TextField(default="")
    bio_html = TextField(default="")
    avatar_key = CharField(max_length=64, null=True)
    locale = CharField(max_length=12, default="")
    time_zone = CharField(max_length=64, default="")
    theme = CharField(max_length=8, default="")
    is_demo = BooleanField(default=False, index=True)
    created_at = BigIntegerField()
    seen_at = BigIntegerField(default=0)
    erased_at = BigIntegerField(null=True)


class StaffRole(Table):
    """Who runs the site. `owner` cannot be taken away by other staff."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    role = CharField(max_length=16)
    granted_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    granted_at = BigIntegerField()


class Suspension(Table):
    id = AutoField()
    member = ForeignKeyField(Member, on_delete="CASCADE", backref="suspensions")
    reason = CharField(max_length=300, default="")
    suspended_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    suspended_at = BigIntegerField()
    until_at = BigIntegerField(null=True)
    lifted_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    lifted_at = BigIntegerField(null=True)


class Departure(Table):
    """A member who asked to leave; until `due_at` they can change their mind."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    keeps_words = BooleanField()
    asked_at = BigIntegerField()
    due_at = BigIntegerField(index=True)


class Session(Table):
    """A signed-in device. The cookie carries the token, the row its SHA-256."""

    id = AutoField()
    token_hash = CharField(max_length=64, unique=True)
    member = ForeignKeyField(Member, on_delete="CASCADE", backref="sessions")
    created_at = BigIntegerField()
    seen_at = BigIntegerField()
    expires_at = BigIntegerField(index=True)
    address = CharField(max_length=64, default="")
    agent = CharField(max_length=200, default="")


class OneTimeLink(Table):
    """A link that works once. Its token is computed from the secret and this row, so a copy of the database opens
    nothing (core/links.py)."""

    id = AutoField()
    purpose = CharField(max_length=16)
    nonce = CharField(max_length=32)
    member = ForeignKeyField(Member, null=True, on_delete="CASCADE")
    email = CharField(max_length=254, null=True)
    created_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    created_at = BigIntegerField()
    expires_at = BigIntegerField(index=True)
    used_at = BigIntegerField(null=True)


class SiteInvitation(Table):
    """A code that lets people register where registration is by invitation."""

    id = AutoField()
    code = CharField(max_length=32, unique=True)
    note = CharField(max_length=120, default="")
    created_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    created_at = BigIntegerField()
    expires_at = BigIntegerField(null=True)
    max_uses = IntegerField(default=1)
    uses = IntegerField(default=0)
    revoked_at = BigIntegerField(null=True)


class SiteInvitationUse(Table):
    invitation = ForeignKeyField(SiteInvitation, on_delete="CASCADE")
    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    used_at = BigIntegerField()


class Once(Table):
    """A creating request that was carried out: the same key again finds its answer here and makes nothing twice."""

    scope = CharField(max_length=64)
    key = CharField(max_length=64)
    action = CharField(max_length=32)
    request_hash = CharField(max_length=64)
    result = BigIntegerField()
    created_at = BigIntegerField(index=True)

    class Meta:
        primary_key = CompositeKey("scope", "key")


class Export(Table):
    """A copy of everything a member gave the site, made by a job."""

    id = AutoField()
    member = ForeignKeyField(Member, on_delete="CASCADE")
    job = ForeignKeyField(Job, null=True, on_delete="SET NULL")
    file_name = CharField(max_length=80, null=True)
    size = BigIntegerField(null=True)
    asked_at = BigIntegerField()
    ready_at = BigIntegerField(null=True)
    expires_at = BigIntegerField(null=True)


class AuditEntry(Table):
    """What staff and circle owners did, and what happened to an account. Never edited."""

    id = AutoField()
    at = BigIntegerField()
    actor = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    action = CharField(max_length=48)
    subject_kind = CharField(max_length=32, default="")
    subject_id = BigIntegerField(null=True)
    circle = BigIntegerField(null=True)
    detail = TextField(default="{}")

    class Meta:
        indexes = ((("circle", "id"), False), (("actor", "id"), False), (("action", "id"), False))


# ---- circles ------------------------------------------------------------------------------------------------


class Circle(Table):
    """A room. `seq` counts every change in it; a page that shows position n has seen all changes up to n."""

    id = AutoField()
    slug = CharField(max_length=60, unique=True)
    name = CharField(max_length=40)
    purpose = CharField(max_length=120)
    about = TextField(default="")
    about_html = TextField(default="")
    question = CharField(max_length=200, default="")
    category = CharField(max_length=20)
    visibility = CharField(max_length=12)
    join_policy = CharField(max_length=12)
    picture_key = CharField(max_length=64, null=True)
    cover_key = CharField(max_length=64, null=True)
    founder = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    founded_at = BigIntegerField()
    member_count = IntegerField(default=0)
    post_count = IntegerField(default=0)
    active_at = BigIntegerField()
    seq = BigIntegerField(default=0)
    closed_at = BigIntegerField(null=True)

    class Meta:
        indexes = ((("visibility", "active_at", "id"), False), (("category", "active_at", "id"), False))


class Membership(Table):
    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    member = ForeignKeyField(Member, on_delete="CASCADE")
    role = CharField(max_length=12)
    joined_at = BigIntegerField()

    class Meta:
        indexes = (
            (("circle", "member"), True),
            (("member", "circle"), False),
            (("circle", "id"), False),
            (("circle", "role", "id"), False),
        )


class JoinRequest(Table):
    """Asking again after a refusal opens the same row anew."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    member = ForeignKeyField(Member, on_delete="CASCADE")
    answer = CharField(max_length=500, default="")
    asked_at = BigIntegerField()
    decided_at = BigIntegerField(null=True)
    decided_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    accepted = BooleanField(null=True)

    class Meta:
        indexes = ((("circle", "decided_at", "id"), False), (("member", "circle"), True))


class CircleInvitation(Table):
    """Who was asked into a circle, by whom and why."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    member = ForeignKeyField(Member, on_delete="CASCADE")
    invited_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    reason = CharField(max_length=120, default="")
    invited_at = BigIntegerField()
    answered_at = BigIntegerField(null=True)
    accepted = BooleanField(null=True)

    class Meta:
        indexes = ((("circle", "member"), True), (("member", "answered_at"), False))


class Post(Table):
    """`seq` counts the changes of this post and its comments; `circle_seq` is the circle's position at the last
    change that a list of posts shows."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    author = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    title = CharField(max_length=120, default="")
    source = TextField()
    html = TextField()
    excerpt = CharField(max_length=240, default="")
    policy_version = IntegerField()
    created_at = BigIntegerField()
    edited_at = BigIntegerField(null=True)
    deleted_at = BigIntegerField(null=True)
    deleted_by = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    picture_count = IntegerField(default=0)
    comment_count = IntegerField(default=0)
    like_count = IntegerField(default=0)
    seq = BigIntegerField(default=0)
    circle_seq = BigIntegerField(default=0)

    class Meta:
        indexes = (
            (("circle", "id"), False),
            (("circle", "circle_seq"), False),
            (("author", "id"), False),
            (("deleted_by",), False),
            (("deleted_at",), False),
        )


class PostRevision(Table):
    """What a post said before an edit."""

    id = AutoField()
    post = ForeignKeyField(Post, on_delete="CASCADE")
    editor = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    title = CharField(max_length=120, default="")
    source = TextField()
    html = TextField()
    written_at = BigIntegerField()
    replaced_at = BigIntegerField()


class PostLike(Table):
    post = ForeignKeyField(Post, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    liked_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post", "member")


class Comment(Table):
    """`born_seq` and `post_seq` are the post's positions when this comment was written and when it last changed."""

    id = AutoField()
    post = ForeignKeyField(Post, on_delete="CASCADE", index=False)
    parent = ForeignKeyField("self", null=True, on_delete="CASCADE", index=False)
    author = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    source = TextField()
    html = TextField()
    policy_version = IntegerField()
    created_at = BigIntegerField()
    edited_at = BigIntegerField(null=True)
    deleted_at = BigIntegerField(null=True)
    deleted_by = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    like_count = IntegerField(default=0)
    reply_count = IntegerField(default=0)
    born_seq = BigIntegerField(default=0)
    post_seq = BigIntegerField(default=0)

    class Meta:
        indexes = (
            (("post", "parent", "id"), False),
            (("parent", "id"), False),
            (("post", "post_seq"), False),
            (("author", "id"), False),
            (("deleted_by",), False),
            (("deleted_at",), False),
        )


class CommentLike(Table):
    comment = ForeignKeyField(Comment, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    liked_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("comment", "member")


# ---- search -------------------------------------------------------------------------------------------------


class SearchDoc(Table):
    """What can be found of one row. `tokens` are our own (core/tokens.py); the index over them is made by the
    migration: FTS5 on SQLite, a tsvector column on PostgreSQL."""

    id = AutoField()
    kind = CharField(max_length=16)
    subject_id = BigIntegerField()
    circle = BigIntegerField(null=True)
    tokens = TextField()

    class Meta:
        indexes = ((("kind", "subject_id"), True),)


TABLES = tuple(Table.__subclasses__())
