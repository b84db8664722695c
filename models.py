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


class Attachment(Table):
    """A file that is only ever downloaded (core/files.py). What it belongs to says who may have it, as for pictures."""

    id = AutoField()
    key = CharField(max_length=64, unique=True)
    uploader = BigIntegerField(null=True, index=True)
    subject_kind = CharField(max_length=32, null=True)
    subject_id = BigIntegerField(null=True)
    position = IntegerField(default=0)
    name = CharField(max_length=120)
    kind = CharField(max_length=8)
    size = BigIntegerField()
    created_at = BigIntegerField()

    class Meta:
        indexes = ((("subject_kind", "subject_id", "position"), False),)


class LinkCard(Table):
    """What a page elsewhere says of itself, fetched once (core/outbound.py). `url_key` is its address's SHA-256."""

    id = AutoField()
    url_key = CharField(max_length=64, unique=True)
    url = TextField()
    title = CharField(max_length=200, default="")
    text = CharField(max_length=300, default="")
    site = CharField(max_length=100, default="")
    picture_key = CharField(max_length=64, null=True)
    asked_at = BigIntegerField()
    fetched_at = BigIntegerField(null=True)
    failed_at = BigIntegerField(null=True)


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
    shows_presence = BooleanField(default=True)
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


# ---- people -------------------------------------------------------------------------------------------------


class PersonSetting(Table):
    """What a member lets others see and do; without a row all is as the defaults say. `found_by`, `asked_by`: everyone,
    acquaintances (who share a friend or a circle), nobody. `friends_seen_by`, `circles_seen_by`: everyone, friends,
    nobody. `strangers_see` counts public moments, `friends_see_days` is 0 for all. `code` is in the address of their
    QR code and can be changed."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    cover_key = CharField(max_length=64, null=True)
    found_by = CharField(max_length=16, default="everyone")
    asked_by = CharField(max_length=16, default="everyone")
    friends_seen_by = CharField(max_length=16, default="friends")
    circles_seen_by = CharField(max_length=16, default="everyone")
    strangers_see = IntegerField(default=10)
    friends_see_days = IntegerField(default=0)
    code = CharField(max_length=32, null=True, unique=True)


class Friendship(Table):
    """One side of it: two rows a pair. `alias` is what `member` alone calls their friend. `met`: how they found each
    other (search, profile, code, circle)."""

    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    friend = ForeignKeyField(Member, on_delete="CASCADE")
    alias = CharField(max_length=40, default="")
    met = CharField(max_length=8, default="")
    since_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("member", "friend")
        indexes = ((("member", "since_at"), False),)


class FriendRequest(Table):
    """Somebody asked somebody. One that was declined stays, so that who asked cannot tell, nor ask again; withdrawn it
    stays as well, since asking once more would tell."""

    asker = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    asked = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    words = CharField(max_length=100, default="")
    met = CharField(max_length=8, default="")
    asked_at = BigIntegerField()
    declined_at = BigIntegerField(null=True)
    withdrawn_at = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("asker", "asked")
        indexes = ((("asked", "asked_at"), False),)


class FriendList(Table):
    """Some of a member's friends under a name that only the member knows."""

    id = AutoField()
    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    name = CharField(max_length=30)
    made_at = BigIntegerField()

    class Meta:
        indexes = ((("member", "name"), True),)


class FriendListEntry(Table):
    list = ForeignKeyField(FriendList, on_delete="CASCADE", index=False)
    friend = ForeignKeyField(Member, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("list", "friend")


class Block(Table):
    """`member` wants to have nothing to do with `blocked`; it works both ways (blueprints/people/apart.py)."""

    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    blocked = ForeignKeyField(Member, on_delete="CASCADE")
    at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("member", "blocked")


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
    rules = TextField(default="")
    rules_html = TextField(default="")
    welcome = TextField(default="")
    welcome_html = TextField(default="")
    flair_by = CharField(max_length=8, default="circle")
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


class Topic(Table):
    """One of the few headings under which a circle files its posts."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    name = CharField(max_length=30)
    position = IntegerField(default=0)

    class Meta:
        indexes = ((("circle", "position", "id"), False),)


class Flair(Table):
    """A word that a circle puts behind a member's name."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    name = CharField(max_length=20)
    hue = IntegerField(default=0)
    position = IntegerField(default=0)

    class Meta:
        indexes = ((("circle", "position", "id"), False),)


class Membership(Table):
    """`notify` is what the member wants to be told of: all, mentions, digest, none. `read_post` is the latest post of
    the circle that they have seen, on whatever device. `name_key` and `username_key` are what a member is found by
    within the circle (blueprints/circles/naming.py); empty until that is known."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    member = ForeignKeyField(Member, on_delete="CASCADE")
    role = CharField(max_length=12)
    joined_at = BigIntegerField()
    name_key = CharField(max_length=64, default="")
    username_key = CharField(max_length=64, default="")
    notify = CharField(max_length=12, default="mentions")
    flair = ForeignKeyField(Flair, null=True, on_delete="SET NULL", index=False)
    rules_accepted_at = BigIntegerField(null=True)
    welcomed_at = BigIntegerField(null=True)
    read_post = BigIntegerField(default=0)

    class Meta:
        indexes = (
            (("circle", "member"), True),
            (("member", "circle"), False),
            (("circle", "id"), False),
            (("circle", "role", "id"), False),
            (("circle", "name_key"), False),
            (("circle", "username_key"), False),
            (("flair", "id"), False),
        )


class JoinRequest(Table):
    """Asking again after a refusal opens the same row anew."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE")
    member = ForeignKeyField(Member, on_delete="CASCADE")
    answer = CharField(max_length=500, default="")
    asked_at = BigIntegerField()
    rules_accepted_at = BigIntegerField(null=True)
    reply = CharField(max_length=300, default="")
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


class InviteLink(Table):
    """A link that lets people into a circle: until when, how many, and as what. `max_uses` None: any number."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    code = CharField(max_length=32, unique=True)
    role = CharField(max_length=12)
    reason = CharField(max_length=120, default="")
    created_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    created_at = BigIntegerField()
    expires_at = BigIntegerField(null=True)
    max_uses = IntegerField(null=True)
    uses = IntegerField(default=0)
    revoked_at = BigIntegerField(null=True)

    class Meta:
        indexes = ((("circle", "id"), False),)


class InviteLinkUse(Table):
    link = ForeignKeyField(InviteLink, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    used_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("link", "member")


class Sanction(Table):
    """Somebody who may not write (mute) or not come in (ban) until a moment, or for good. One row a kind: what was
    decided before stands in ModerationDecision."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    kind = CharField(max_length=8)
    reason = CharField(max_length=300, default="")
    decided_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    decided_at = BigIntegerField()
    until_at = BigIntegerField(null=True)

    class Meta:
        indexes = ((("circle", "member", "kind"), True), (("circle", "kind", "id"), False))


class Presence(Table):
    """When a member was last seen in a circle; nothing is kept of those who do not want it."""

    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    seen_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("circle", "member")
        indexes = ((("circle", "seen_at"), False),)


class Post(Table):
    """`seq` counts the changes of this post and its comments; `circle_seq` is the circle's position at the last
    change that a list of posts shows. `reactions` counts each kind (`0:12 3:1`), `like_count` all of them. A hidden
    post is there for its author and for moderators."""

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
    hidden_at = BigIntegerField(null=True)
    locked_at = BigIntegerField(null=True)
    topic = ForeignKeyField(Topic, null=True, on_delete="SET NULL", index=False)
    shared = ForeignKeyField("self", null=True, on_delete="SET NULL")
    card = ForeignKeyField(LinkCard, null=True, on_delete="SET NULL")
    has_poll = BooleanField(default=False)
    picture_count = IntegerField(default=0)
    file_count = IntegerField(default=0)
    comment_count = IntegerField(default=0)
    like_count = IntegerField(default=0)
    reactions = CharField(max_length=80, default="")
    pinned_comment = BigIntegerField(null=True)
    seq = BigIntegerField(default=0)
    circle_seq = BigIntegerField(default=0)

    class Meta:
        indexes = (
            (("circle", "id"), False),
            (("circle", "circle_seq"), False),
            (("author", "id"), False),
            (("topic", "id"), False),
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
    """A member's one reaction to a post; `kind` 0 is a like, the others stand in blueprints/circles/reactions.py."""

    post = ForeignKeyField(Post, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    kind = IntegerField(default=0)
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
    hidden_at = BigIntegerField(null=True)
    like_count = IntegerField(default=0)
    reactions = CharField(max_length=80, default="")
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
    kind = IntegerField(default=0)
    liked_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("comment", "member")


class Pin(Table):
    post = ForeignKeyField(Post, primary_key=True, on_delete="CASCADE")
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    position = IntegerField(default=0)
    pinned_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    pinned_at = BigIntegerField()

    class Meta:
        indexes = ((("circle", "position", "post"), False),)


class PinFold(Table):
    """A pin that a member has folded away for themselves."""

    post = ForeignKeyField(Post, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    folded_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post", "member")


class DigestPost(Table):
    """A post that was chosen to last (精华)."""

    post = ForeignKeyField(Post, primary_key=True, on_delete="CASCADE")
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    chosen_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    chosen_at = BigIntegerField()

    class Meta:
        indexes = ((("circle", "post"), False),)


class PostPoll(Table):
    """`results` says who sees the numbers: always, voted, ended."""

    id = AutoField()
    post = ForeignKeyField(Post, on_delete="CASCADE", unique=True)
    is_multiple = BooleanField(default=False)
    is_anonymous = BooleanField(default=False)
    results = CharField(max_length=8, default="always")
    ends_at = BigIntegerField(null=True)
    ballot_count = IntegerField(default=0)


class PostPollOption(Table):
    id = AutoField()
    poll = ForeignKeyField(PostPoll, on_delete="CASCADE", index=False)
    position = IntegerField()
    text = CharField(max_length=80)
    vote_count = IntegerField(default=0)

    class Meta:
        indexes = ((("poll", "position"), True),)


class PostPollBallot(Table):
    """Who has voted; what for, stands in PostPollVote."""

    poll = ForeignKeyField(PostPoll, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    voted_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("poll", "member")


class PostPollVote(Table):
    option = ForeignKeyField(PostPollOption, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("option", "member")


class Bookmark(Table):
    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    post = ForeignKeyField(Post, on_delete="CASCADE")
    note = CharField(max_length=200, default="")
    kept_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("member", "post")
        indexes = ((("member", "kept_at", "post"), False),)


class PostReading(Table):
    """How far a member has read the comments of a post: the highest number they have seen."""

    post = ForeignKeyField(Post, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    comment = BigIntegerField(default=0)
    read_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post", "member")


class Pending(Table):
    """A post or comment that is written but not out: until a moment (`due_at`), or until a moderator has looked
    (`held_for`: approval, newcomer, words, links). Publishing makes a Post or Comment of it and removes it, so nothing
    here is reached by those who read the circle. `extras` is JSON: topic, poll, shared. Its pictures and files belong
    to the kind `pending`."""

    id = AutoField()
    kind = CharField(max_length=8)
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    post = ForeignKeyField(Post, null=True, on_delete="CASCADE")
    parent = ForeignKeyField(Comment, null=True, on_delete="CASCADE")
    author = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    title = CharField(max_length=120, default="")
    source = TextField()
    html = TextField()
    excerpt = CharField(max_length=240, default="")
    policy_version = IntegerField()
    extras = TextField(default="{}")
    created_at = BigIntegerField()
    due_at = BigIntegerField(null=True, index=True)
    held_for = CharField(max_length=12, default="")
    note = CharField(max_length=120, default="")
    refused_at = BigIntegerField(null=True)
    refused_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    refusal = CharField(max_length=500, default="")

    class Meta:
        indexes = ((("circle", "held_for", "id"), False), (("author", "id"), False))


# ---- drafts -------------------------------------------------------------------------------------------------


class Draft(Table):
    """What a member is writing, so that it follows them from one device to another. `name` is the composer's, `path`
    the page that holds it."""

    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    name = CharField(max_length=80)
    title = CharField(max_length=120, default="")
    body = TextField()
    path = CharField(max_length=300, default="/")
    changed_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("member", "name")
        indexes = ((("changed_at",), False),)


# ---- notices ------------------------------------------------------------------------------------------------


class Notice(Table):
    """That something happened which concerns a member. No words and no names: they are made when it is read, through
    the gate. `open_key` gathers what happens to one thing until it is read, and is NULL from then on; that of what
    happens once begins with `=` and stays."""

    id = AutoField()
    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    kind = CharField(max_length=32)
    circle = BigIntegerField(null=True)
    subject_kind = CharField(max_length=32)
    subject_id = BigIntegerField()
    facts = CharField(max_length=200, default="{}")
    open_key = CharField(max_length=80, null=True)
    first_at = BigIntegerField()
    at = BigIntegerField()
    seen_at = BigIntegerField(null=True)
    read_at = BigIntegerField(null=True)

    class Meta:
        indexes = (
            (("member", "open_key"), True),
            (("member", "at", "id"), False),
            (("member", "seen_at", "id"), False),
            (("circle", "member"), False),
            (("subject_kind", "subject_id"), False),
        )


class DigestSubscription(Table):
    """Who gets a summary by mail, and when next. `every` is day or week."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    every = CharField(max_length=8)
    sent_at = BigIntegerField(default=0)
    next_at = BigIntegerField(index=True)


# ---- moderation ---------------------------------------------------------------------------------------------


class Screening(Table):
    """What a circle looks at before something is published. `approval`: none, newcomers, all. A circle without a row
    has the defaults of blueprints/circles/screening.py."""

    circle = ForeignKeyField(Circle, primary_key=True, on_delete="CASCADE")
    approval = CharField(max_length=12, default="none")
    newcomer_days = IntegerField(default=0)
    newcomer_posts = IntegerField(default=0)
    newcomer_links = BooleanField(default=True)
    repeats = BooleanField(default=False)


class WatchedWord(Table):
    """`key` is the word as core/likeness.py folds it; `action`: hold, hide, warn."""

    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    word = CharField(max_length=60)
    key = CharField(max_length=120)
    action = CharField(max_length=8)
    added_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    added_at = BigIntegerField()

    class Meta:
        indexes = ((("circle", "key"), True),)


class ModerationReason(Table):
    id = AutoField()
    circle = ForeignKeyField(Circle, on_delete="CASCADE", index=False)
    text = CharField(max_length=120)
    position = IntegerField(default=0)

    class Meta:
        indexes = ((("circle", "position", "id"), False),)


class ModerationCase(Table):
    """Something that was reported, or that a rule noticed. `open_key` is unique while the case is open. `level`:
    circle, or site when its moderators are not to decide."""

    id = AutoField()
    circle = ForeignKeyField(Circle, null=True, on_delete="CASCADE", index=False)
    level = CharField(max_length=8, default="circle")
    subject_kind = CharField(max_length=32)
    subject_id = BigIntegerField()
    member = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    open_key = CharField(max_length=64, null=True, unique=True)
    report_count = IntegerField(default=0)
    noticed = CharField(max_length=120, default="")
    opened_at = BigIntegerField()
    closed_at = BigIntegerField(null=True)
    closed_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")

    class Meta:
        indexes = (
            (("circle", "closed_at", "id"), False),
            (("level", "closed_at", "id"), False),
            (("subject_kind", "subject_id", "id"), False),
            (("member", "id"), False),
        )


class Report(Table):
    id = AutoField()
    case = ForeignKeyField(ModerationCase, on_delete="CASCADE", index=False)
    reporter = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    reason = CharField(max_length=120)
    note = CharField(max_length=500, default="")
    reported_at = BigIntegerField()

    class Meta:
        indexes = ((("case", "reporter"), True),)


class ModerationDecision(Table):
    """What was done to whom or what, and why. Only ever appended; `reversed_at` when it was taken back."""

    id = AutoField()
    circle = ForeignKeyField(Circle, null=True, on_delete="CASCADE", index=False)
    case = ForeignKeyField(ModerationCase, null=True, on_delete="SET NULL")
    action = CharField(max_length=16)
    subject_kind = CharField(max_length=32)
    subject_id = BigIntegerField()
    member = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    decided_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    reason = CharField(max_length=120, default="")
    note = CharField(max_length=500, default="")
    until_at = BigIntegerField(null=True)
    decided_at = BigIntegerField()
    reversed_at = BigIntegerField(null=True)

    class Meta:
        indexes = (
            (("circle", "id"), False),
            (("member", "id"), False),
            (("subject_kind", "subject_id", "id"), False),
        )


class ModerationAppeal(Table):
    """One for each decision at most."""

    decision = ForeignKeyField(ModerationDecision, primary_key=True, on_delete="CASCADE")
    circle = ForeignKeyField(Circle, null=True, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    words = CharField(max_length=500)
    asked_at = BigIntegerField()
    decided_at = BigIntegerField(null=True)
    decided_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    upheld = BooleanField(null=True)
    answer = CharField(max_length=500, default="")

    class Meta:
        indexes = ((("circle", "decided_at", "decision"), False),)


class ModerationLook(Table):
    """That a moderator looked at something which is not theirs to see otherwise. Never edited."""

    id = AutoField()
    circle = ForeignKeyField(Circle, null=True, on_delete="CASCADE", index=False)
    case = ForeignKeyField(ModerationCase, null=True, on_delete="SET NULL")
    moderator = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    subject_kind = CharField(max_length=32)
    subject_id = BigIntegerField()
    looked_at = BigIntegerField()

    class Meta:
        indexes = ((("circle", "id"), False),)


# ---- streams ------------------------------------------------------------------------------------------------


class StreamPosition(Table):
    """How far a channel's log has come (core/stream_log.py). Counting here takes the channel's lock, so no number is
    ever seen before all smaller ones."""

    channel = CharField(primary_key=True, max_length=40)
    seq = BigIntegerField(default=0)


class StreamRow(Table):
    """One message of a channel: what happened to which row. What is shown of it is made when it is sent."""

    channel = CharField(max_length=40)
    seq = BigIntegerField()
    kind = CharField(max_length=16)
    ref = BigIntegerField(default=0)
    at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("channel", "seq")
        indexes = ((("at",), False),)


class StreamRevocation(Table):
    """Open streams that carry all of these tags (with blanks between) must end: somebody's rights have changed."""

    seq = BigIntegerField(primary_key=True)
    tags = CharField(max_length=120)
    at = BigIntegerField(index=True)


class StreamTally(Table):
    """Viewers of a channel as one run of the hub (`hub` is its number) counted them: now, at most, and seconds watched
    in all."""

    channel = CharField(max_length=40)
    hub = CharField(max_length=16)
    viewers = IntegerField(default=0)
    peak = IntegerField(default=0)
    seconds = BigIntegerField(default=0)
    counted_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("channel", "hub")
        indexes = ((("counted_at",), False),)


# ---- videos -------------------------------------------------------------------------------------------------


class Video(Table):
    """An uploaded film, sent in pieces (core/video.py). `state`: sending, waiting (for the job), ready, failed. What it
    belongs to says who may see it, as for pictures. `received` counts bytes."""

    id = AutoField()
    key = CharField(max_length=64, unique=True)
    uploader = BigIntegerField(null=True, index=True)
    subject_kind = CharField(max_length=32, null=True)
    subject_id = BigIntegerField(null=True)
    name = CharField(max_length=120)
    kind = CharField(max_length=8)
    size = BigIntegerField()
    received = BigIntegerField(default=0)
    state = CharField(max_length=8, default="sending")
    error = CharField(max_length=32, default="")
    width = IntegerField(null=True)
    height = IntegerField(null=True)
    duration_ms = BigIntegerField(null=True)
    poster_key = CharField(max_length=64, null=True)
    created_at = BigIntegerField()
    ready_at = BigIntegerField(null=True)

    class Meta:
        indexes = ((("subject_kind", "subject_id"), False), (("state", "created_at"), False))


# ---- live ---------------------------------------------------------------------------------------------------


class LiveEvent(Table):
    """Something watched together. `circle` None: the site's own. `visibility`: public, members, invited, password.
    `stage`: none, hls, video, embed; `source` is its address. An event is live from `started_at` to `ended_at`.
    `slow_seconds`, `hold_seconds`, `members_only`, `emoji_only` and `closed_at` are how its comments are run.
    `revision` counts the changes that calendars have to hear of."""

    id = AutoField()
    circle = ForeignKeyField(Circle, null=True, on_delete="CASCADE", index=False)
    title = CharField(max_length=80)
    about = TextField(default="")
    about_html = TextField(default="")
    visibility = CharField(max_length=12)
    password_hash = CharField(max_length=200, null=True)
    stage = CharField(max_length=8, default="none")
    source = CharField(max_length=500, default="")
    video = ForeignKeyField(Video, null=True, on_delete="SET NULL")
    cover_key = CharField(max_length=64, null=True)
    starts_at = BigIntegerField()
    ends_at = BigIntegerField(null=True)
    started_at = BigIntegerField(null=True)
    ended_at = BigIntegerField(null=True)
    cancelled_at = BigIntegerField(null=True)
    postponed_from = BigIntegerField(null=True)
    created_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    created_at = BigIntegerField()
    slow_seconds = IntegerField(default=0)
    hold_seconds = IntegerField(default=0)
    members_only = BooleanField(default=False)
    emoji_only = BooleanField(default=False)
    repeats = BooleanField(default=True)
    closed_at = BigIntegerField(null=True)
    announcement = CharField(max_length=200, default="")
    announced_at = BigIntegerField(null=True)
    comment_count = IntegerField(default=0)
    revision = IntegerField(default=0)

    class Meta:
        indexes = (
            (("circle", "starts_at", "id"), False),
            (("starts_at", "id"), False),
            (("ended_at", "id"), False),
        )


class LiveHost(Table):
    """Who runs an event beside those who run its circle. `role`: host, moderator."""

    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    role = CharField(max_length=12)
    added_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    added_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("event", "member")


class LiveEntry(Table):
    """Who was let in: invited by a host, or by the password. `how`: invited, password."""

    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    how = CharField(max_length=8)
    by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("event", "member")


class LiveReminder(Table):
    """Who wants to be told before an event begins."""

    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    by_mail = BooleanField(default=False)
    asked_at = BigIntegerField()
    told_at = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("event", "member")


class LiveSanction(Table):
    """Who may not comment (mute) or not watch (remove) in one event. One row a kind; until None: to its end."""

    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    kind = CharField(max_length=8)
    decided_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    decided_at = BigIntegerField()
    until_at = BigIntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("event", "member", "kind")


class LiveComment(Table):
    """A bullet comment. `mode`: 0 scroll, 1 top, 2 bottom. `role`: 0 member, 1 moderator, 2 host, as its author was
    then. `offset_ms` counts from the event's beginning (less than 0 before it). `shows_at` is set while it is held.
    `name` and `colour` (0xRRGGBB) belong to those that were imported and have no author. `key` is what the author's
    browser called it, so that one which is sent again is found among their latest and not made twice."""

    id = AutoField()
    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    author = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    key = CharField(max_length=64, default="")
    name = CharField(max_length=40, default="")
    colour = IntegerField(null=True)
    body = CharField(max_length=100)
    mode = IntegerField(default=0)
    role = IntegerField(default=0)
    offset_ms = BigIntegerField()
    at = BigIntegerField()
    shows_at = BigIntegerField(null=True)
    hidden_at = BigIntegerField(null=True)
    hidden_by = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)

    class Meta:
        indexes = (
            (("event", "id"), False),
            (("event", "offset_ms", "id"), False),
            (("event", "author", "id"), False),
            (("author", "id"), False),
            (("hidden_by",), False),
            (("shows_at",), False),
        )


class LiveAvoided(Table):
    """Somebody whose bullet comments a member does not want to see."""

    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    other = ForeignKeyField(Member, on_delete="CASCADE")
    at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("member", "other")


class LiveTaste(Table):
    """Words that a member does not want to see in bullet comments, one a line."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    words = TextField(default="")


class LiveReaction(Table):
    """How often each kind came in ten seconds of an event (`slot` counts them from its beginning)."""

    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    slot = IntegerField()
    kind = CharField(max_length=8)
    hits = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("event", "slot", "kind")


class LivePoll(Table):
    """`told_at` is when open pages were last told how it stands; `tell_at`, when they are to be told next."""

    id = AutoField()
    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    question = CharField(max_length=120)
    asked_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    asked_at = BigIntegerField()
    closed_at = BigIntegerField(null=True)
    told_at = BigIntegerField(default=0)
    tell_at = BigIntegerField(null=True, index=True)

    class Meta:
        indexes = ((("event", "id"), False),)


class LivePollOption(Table):
    id = AutoField()
    poll = ForeignKeyField(LivePoll, on_delete="CASCADE", index=False)
    position = IntegerField()
    text = CharField(max_length=40)
    votes = IntegerField(default=0)

    class Meta:
        indexes = ((("poll", "position"), True),)


class LivePollVote(Table):
    poll = ForeignKeyField(LivePoll, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    option = ForeignKeyField(LivePollOption, on_delete="CASCADE")
    at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("poll", "member")


class LiveQuestion(Table):
    """What somebody asks the host. `told_at` and `tell_at` as for a poll."""

    id = AutoField()
    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    author = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    body = CharField(max_length=200)
    votes = IntegerField(default=0)
    asked_at = BigIntegerField()
    answered_at = BigIntegerField(null=True)
    hidden_at = BigIntegerField(null=True)
    told_at = BigIntegerField(default=0)
    tell_at = BigIntegerField(null=True, index=True)

    class Meta:
        indexes = ((("event", "id"), False),)


class LiveQuestionVote(Table):
    question = ForeignKeyField(LiveQuestion, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("question", "member")


class LiveWord(Table):
    """A word that keeps a comment of this event from showing. `key` is the word as core/likeness.py folds it."""

    id = AutoField()
    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    word = CharField(max_length=60)
    key = CharField(max_length=120)
    added_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    added_at = BigIntegerField()

    class Meta:
        indexes = ((("event", "key"), True),)


class LiveAct(Table):
    """What those who run an event did there. Never edited."""

    id = AutoField()
    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    actor = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    action = CharField(max_length=24)
    member = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    detail = CharField(max_length=200, default="")
    at = BigIntegerField()

    class Meta:
        indexes = ((("event", "id"), False),)


class LiveMinute(Table):
    """What one minute of an event was like: streams open at its end, the most at once in it, comments written."""

    event = ForeignKeyField(LiveEvent, on_delete="CASCADE", index=False)
    minute = BigIntegerField()
    viewers = IntegerField(default=0)
    peak = IntegerField(default=0)
    comments = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("event", "minute")


# ---- feed ---------------------------------------------------------------------------------------------------


class Moment(Table):
    """What a member shows of their life. `audience`: friends, only and except (MomentList says whom), circle, me,
    public. From `expires_at` on it is there for its author alone. `comments_by`: all, mutual (of whom one is a friend
    as well), closed. `shared_kind` and `shared_id` name what is shown in it as a card, through the gate of that.
    `reactions` counts each kind as for posts, `seq` every change."""

    id = AutoField()
    author = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    source = TextField(default="")
    html = TextField(default="")
    policy_version = IntegerField(default=0)
    audience = CharField(max_length=8)
    circle = ForeignKeyField(Circle, null=True, on_delete="SET NULL", index=False)
    shared_kind = CharField(max_length=16, default="")
    shared_id = BigIntegerField(null=True)
    picture_count = IntegerField(default=0)
    video = ForeignKeyField(Video, null=True, on_delete="SET NULL")
    comments_by = CharField(max_length=8, default="all")
    takes_tips = BooleanField(default=True)
    created_at = BigIntegerField()
    edited_at = BigIntegerField(null=True)
    narrowed_at = BigIntegerField(null=True)
    expires_at = BigIntegerField(null=True)
    deleted_at = BigIntegerField(null=True)
    hidden_at = BigIntegerField(null=True)
    comment_count = IntegerField(default=0)
    like_count = IntegerField(default=0)
    reactions = CharField(max_length=80, default="")
    seq = BigIntegerField(default=0)

    class Meta:
        indexes = (
            (("author", "id"), False),
            (("author", "audience", "id"), False),
            (("circle", "id"), False),
            (("shared_kind", "shared_id"), False),
            (("expires_at",), False),
            (("deleted_at",), False),
        )


class MomentList(Table):
    """The lists of friends that a moment is for (audience `only`), or not for (`except`)."""

    moment = ForeignKeyField(Moment, on_delete="CASCADE", index=False)
    list = ForeignKeyField(FriendList, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("moment", "list")


class MomentLike(Table):
    """A member's one reaction to a moment; kinds as for posts."""

    moment = ForeignKeyField(Moment, on_delete="CASCADE", index=False)
    member = ForeignKeyField(Member, on_delete="CASCADE")
    kind = IntegerField(default=0)
    liked_at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("moment", "member")
        indexes = ((("moment", "liked_at", "member"), False),)


class MomentComment(Table):
    """`parent` is the comment that this one answers; both stand in one row of comments."""

    id = AutoField()
    moment = ForeignKeyField(Moment, on_delete="CASCADE", index=False)
    parent = ForeignKeyField("self", null=True, on_delete="SET NULL")
    author = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    source = TextField()
    html = TextField()
    policy_version = IntegerField()
    created_at = BigIntegerField()
    deleted_at = BigIntegerField(null=True)
    hidden_at = BigIntegerField(null=True)

    class Meta:
        indexes = ((("moment", "id"), False), (("author", "id"), False), (("deleted_at",), False))


class FeedEntry(Table):
    """A moment in somebody's feed, written when it was posted; the gate decides again when it is read. `day` counts
    days since 1970 in the site's time zone."""

    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    moment = ForeignKeyField(Moment, on_delete="CASCADE")
    author = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    day = IntegerField()

    class Meta:
        primary_key = CompositeKey("member", "moment")
        indexes = ((("member", "author", "moment"), False), (("author",), False))


class FeedTaste(Table):
    """What a reader wants of one author. `kind`: less (the newest of a day), hide, seller (in the sellers' lane)."""

    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    author = ForeignKeyField(Member, on_delete="CASCADE")
    kind = CharField(max_length=8)
    at = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("member", "author")


class FeedMute(Table):
    """A word that a reader does not want to meet in the feed, until then or for good."""

    id = AutoField()
    member = ForeignKeyField(Member, on_delete="CASCADE", index=False)
    word = CharField(max_length=40)
    until_at = BigIntegerField(null=True)
    made_at = BigIntegerField()

    class Meta:
        indexes = ((("member", "word"), True),)


class FeedSetting(Table):
    """How somebody writes and reads. `retire_days`: older moments are for their author alone, 0: none. `sells`: their
    moments go to the sellers' lane of others. `read_moment` and `read_at`: how far they have read their feed, and when
    they did."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    audience = CharField(max_length=8, default="friends")
    comments_by = CharField(max_length=8, default="all")
    retire_days = IntegerField(default=0)
    sells = BooleanField(default=False)
    folds_sellers = BooleanField(default=True)
    read_moment = BigIntegerField(default=0)
    read_at = BigIntegerField(default=0)


# ---- ledger -------------------------------------------------------------------------------------------------


class LedgerAccount(Table):
    """Where money lies. `name` says whose and for what (`member:5:CNY`, core/ledger.py); `kind`: member, escrow,
    issuance, provider, chest, fees. `balance` is in minor units and is the sum of its entries, proven by
    `flask doctor ledger`."""

    id = AutoField()
    name = CharField(max_length=80, unique=True)
    kind = CharField(max_length=12)
    owner = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    currency = CharField(max_length=8)
    balance = BigIntegerField(default=0)
    made_at = BigIntegerField()


class LedgerPosting(Table):
    """One event of the books; never changed, never deleted (triggers). `key` makes it once, `request_hash` tells a
    repetition from another request with the same key. `by` is who acted, `subject` what it was about."""

    id = AutoField()
    key = CharField(max_length=120, unique=True)
    request_hash = CharField(max_length=64)
    kind = CharField(max_length=16)
    currency = CharField(max_length=8)
    by = BigIntegerField(null=True)
    subject_kind = CharField(max_length=16, default="")
    subject_id = BigIntegerField(null=True)
    reverses = ForeignKeyField("self", null=True, unique=True, on_delete="RESTRICT")
    at = BigIntegerField()


class LedgerEntry(Table):
    """One side of a posting, in minor units; those of a posting sum to zero. `balance` is the account's after it.
    Before `free_at` (ms since 1970; 0: at once) it counts in the balance but cannot be spent."""

    id = AutoField()
    posting = ForeignKeyField(LedgerPosting, on_delete="RESTRICT")
    account = ForeignKeyField(LedgerAccount, on_delete="RESTRICT", index=False)
    amount = BigIntegerField()
    balance = BigIntegerField()
    free_at = BigIntegerField(default=0)
    at = BigIntegerField()

    class Meta:
        indexes = ((("account", "id"), False), (("account", "at", "amount", "free_at"), False))


class LedgerStop(Table):
    """Money stands still from `at` until somebody lifts it: the books did not add up."""

    id = AutoField()
    at = BigIntegerField()
    why = CharField(max_length=300)
    lifted_at = BigIntegerField(null=True)
    lifted_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")


# ---- wallet -------------------------------------------------------------------------------------------------


class WalletPin(Table):
    """Six digits for what is above the password-free ceiling. `tries` counts wrong ones since the last right one."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    pin_hash = CharField(max_length=200)
    set_at = BigIntegerField()
    tries = IntegerField(default=0)
    locked_until = BigIntegerField(null=True)


class WalletSetting(Table):
    """A member's own limits in minor units, lower than the site's; None: the site's. `tip_amount` is what a tap gives,
    None: another amount each time. They hold while the site counts in `currency`; empty: whatever that is."""

    member = ForeignKeyField(Member, primary_key=True, on_delete="CASCADE")
    currency = CharField(max_length=8, default="")
    takes_tips = BooleanField(default=True)
    free_ceiling = BigIntegerField(null=True)
    day_out = BigIntegerField(null=True)
    tips_day = BigIntegerField(null=True)
    tip_amount = BigIntegerField(null=True)


class WalletFreeze(Table):
    """Nothing leaves a wallet while one of these is open."""

    id = AutoField()
    member = ForeignKeyField(Member, on_delete="CASCADE")
    by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    reason = CharField(max_length=200, default="")
    at = BigIntegerField()
    lifted_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    lifted_at = BigIntegerField(null=True)


class Tip(Table):
    """Thanks of a random amount (minor units). `subject_kind`: moment, moment_comment, post, comment, live_comment,
    member."""

    id = AutoField()
    giver = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    receiver = ForeignKeyField(Member, null=True, on_delete="SET NULL", index=False)
    subject_kind = CharField(max_length=16)
    subject_id = BigIntegerField()
    amount = BigIntegerField()
    currency = CharField(max_length=8)
    note = CharField(max_length=30, default="")
    posting = ForeignKeyField(LedgerPosting, on_delete="RESTRICT")
    at = BigIntegerField()
    undone_at = BigIntegerField(null=True)
    thanked_at = BigIntegerField(null=True)

    class Meta:
        indexes = (
            (("giver", "at", "currency", "amount", "undone_at"), False),
            (("receiver", "id"), False),
            (("subject_kind", "subject_id", "id"), False),
        )


class TipTotal(Table):
    """What a thing was tipped: how often, and how much in minor units; undone ones are out."""

    subject_kind = CharField(max_length=16)
    subject_id = BigIntegerField()
    currency = CharField(max_length=8)
    tips = IntegerField(default=0)
    total = BigIntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("subject_kind", "subject_id", "currency")


class Transfer(Table):
    """Money from a member to a friend, with a word."""

    id = AutoField()
    giver = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    receiver = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    amount = BigIntegerField()
    currency = CharField(max_length=8)
    words = CharField(max_length=60, default="")
    posting = ForeignKeyField(LedgerPosting, on_delete="RESTRICT")
    at = BigIntegerField()


class CashOrder(Table):
    """What the cash desk did or is asked to do. `kind`: issue, withdraw (by staff), payout (asked by the member, whose
    money waits in escrow). `state`: waiting, done, refused."""

    id = AutoField()
    kind = CharField(max_length=8)
    member = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    amount = BigIntegerField()
    currency = CharField(max_length=8)
    reason = CharField(max_length=200, default="")
    state = CharField(max_length=8)
    asked_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    asked_at = BigIntegerField()
    decided_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    decided_at = BigIntegerField(null=True)
    answer = CharField(max_length=200, default="")
    posting = ForeignKeyField(LedgerPosting, null=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("state", "id"), False),)


class Payment(Table):
    """Money on its way in from a payment provider. `number` is our order number there, `reference` theirs. `state`:
    waiting, paid, closed (not paid in time), odd (paid another amount, or too late: somebody has to look), refunded."""

    id = AutoField()
    number = CharField(max_length=40, unique=True)
    provider = CharField(max_length=16)
    member = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    amount = BigIntegerField()
    currency = CharField(max_length=8)
    state = CharField(max_length=8)
    reference = CharField(max_length=64, null=True)
    paid_amount = BigIntegerField(null=True)
    problem = CharField(max_length=16, default="")
    refunded = BigIntegerField(default=0)
    posting = ForeignKeyField(LedgerPosting, null=True, on_delete="RESTRICT")
    made_at = BigIntegerField()
    paid_at = BigIntegerField(null=True)

    class Meta:
        indexes = ((("state", "made_at"), False), (("provider", "reference"), True))


class Refund(Table):
    """Money that goes back the way it came. `state`: waiting, done, failed."""

    id = AutoField()
    payment = ForeignKeyField(Payment, on_delete="RESTRICT")
    number = CharField(max_length=40, unique=True)
    amount = BigIntegerField()
    reason = CharField(max_length=200, default="")
    state = CharField(max_length=8)
    asked_by = ForeignKeyField(Member, null=True, on_delete="SET NULL")
    asked_at = BigIntegerField()
    decided_at = BigIntegerField(null=True)
    posting = ForeignKeyField(LedgerPosting, null=True, on_delete="RESTRICT")


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
