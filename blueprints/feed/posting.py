"""Verbs on one's own moments. Text becomes HTML and pictures become files before the transaction, never inside it."""

from dataclasses import dataclass, field, replace

from blueprints.circles import picturing
from blueprints.circles.picturing import Enclosed
from blueprints.circles.posting import check_undo
from blueprints.circles.screening import screen_edit, screen_said
from blueprints.circles.wording import Wording, word
from blueprints.feed import audience, events, filming, narrowing, sharing
from blueprints.feed.audience import Audience
from blueprints.feed.narrowing import LASTS
from blueprints.feed.sharing import Shared
from core import clock, markup, stream_log
from core.db import atomic
from core.errors import Gone, Invalid
from core.limits import LIMITS
from core.media import NewPicture, PictureChanges
from core.once import once
from core.plain import clean_body
from core.policy import Actor, require
from core.signals import announce
from models import FeedSetting, Moment

COMMENTS_BY = ("all", "mutual", "closed")


@dataclass(frozen=True)
class NewMoment:
    """`video` is the key of a film that was sent for it (blueprints/feed/filming.py). `lasts` is one of LASTS, empty:
    until its author says so. `comments_by` is one of COMMENTS_BY. `insists` sends it in spite of a circle's warning."""

    body: str = ""
    audience: Audience = field(default_factory=Audience)
    pictures: list[NewPicture] = field(default_factory=list)
    video: str = ""
    shared: Shared | None = None
    lasts: str = ""
    comments_by: str = "all"
    takes_tips: bool = True
    insists: bool = False


@dataclass(frozen=True)
class Change(PictureChanges):
    body: str
    comments_by: str = "all"
    takes_tips: bool = True


def tidy(new: NewMoment) -> NewMoment:
    """What can be kept of it. Raises Invalid with the field that needs another look."""
    clean = replace(new, body=_clean(new.body, new.comments_by), audience=new.audience.tidy())
    if new.lasts and new.lasts not in LASTS:
        raise Invalid("choice", field="lasts")
    if len(new.pictures) > LIMITS["pictures_per_post"]:
        raise Invalid("too_many_pictures", field="media", most=LIMITS["pictures_per_post"])
    if new.pictures and new.video:
        raise Invalid("moment_either", field="video")
    if not clean.body.strip() and not (new.pictures or new.video or new.shared):
        raise Invalid("moment_empty", field="body")
    return clean


def _clean(body: str, comments_by: str) -> str:
    clean = clean_body(body)
    if len(clean) > LIMITS["moment"]:
        raise Invalid("too_long", field="body", most=LIMITS["moment"])
    if comments_by not in COMMENTS_BY:
        raise Invalid("choice", field="comments_by")
    return clean


def write(actor: Actor, new: NewMoment, key: str = "") -> int:
    """The moment's id; sent twice with one key, it is one. Raises Denied, Gone, Invalid, Conflict. What lies on disk of
    its pictures is removed again when nothing was made."""
    enclosed = Enclosed(new.pictures, [])
    made = False
    try:
        clean = tidy(new)
        wording = word(actor, clean.body)
        content = [*list(vars(replace(clean, pictures=[])).items()), enclosed.content()]
        number, made = once(
            f"member:{actor.member_id}", key, "moment.write", content, lambda: _make(actor, clean, wording, enclosed)
        )
    finally:
        if not made:
            enclosed.discard()
    return number


def _make(actor: Actor, new: NewMoment, wording: Wording, enclosed: Enclosed) -> int:
    require(actor, "moment:write")
    chosen = audience.check(actor, new.audience)
    if chosen.circle:
        seen = "\n".join(enclosed.words())
        screen_said(actor, audience.place(actor, chosen.circle), "post", wording, beside=seen, insists=new.insists)
    shared = sharing.checked(actor, new.shared, chosen) if new.shared else None
    now, me = clock.now(), actor.member_id or 0
    row = Moment.create(
        author=me, source=wording.source, html=wording.html, policy_version=markup.POLICY_VERSION,
        audience=chosen.kind, circle=chosen.circle, shared_kind=shared.kind if shared else "",
        shared_id=shared.id if shared else None, picture_count=len(new.pictures),
        comments_by=new.comments_by, takes_tips=new.takes_tips, created_at=now,
        expires_at=now + LASTS[new.lasts] if new.lasts else None,
    )  # fmt: skip
    moment = int(row.id)
    audience.keep_lists(moment, chosen)
    enclosed.attach(actor, "moment", moment)
    if new.video:
        filming.take(actor, new.video, moment)
    if row.expires_at:
        narrowing.wake(moment, row.expires_at)
    # What was public once is no reason for the next one to be so.
    usual = {"comments_by": new.comments_by} | ({"audience": chosen.kind} if chosen.kind != "public" else {})
    FeedSetting.insert(member=me, **usual).on_conflict(conflict_target=[FeedSetting.member], update=usual).execute()
    announce(events.MomentWritten(moment, me))
    return moment


def own(actor: Actor, moment: int) -> Moment:
    """The actor's own moment, inside a transaction that changes it. Raises Gone for everybody else's."""
    row = Moment.get_or_none(Moment.id == moment, Moment.author == actor.member_id, Moment.deleted_at.is_null())
    if row is None:
        raise Gone
    require(actor, "moment:change", row.author_id)
    return row


def changed(moment: int) -> int:
    """Count a change and ring at open pages, inside the transaction; returns the count."""
    Moment.update(seq=Moment.seq + 1).where(Moment.id == moment).execute()
    stream_log.touch(f"moment-{moment}")
    return int(Moment.select(Moment.seq).where(Moment.id == moment).scalar())


def edit(actor: Actor, moment: int, change: Change, key: str = "") -> None:
    """Its words and pictures, who comments, whether it takes tips. Saying the same again changes nothing. A form with
    new pictures that is sent twice with one key adds them once. Raises Denied, Gone, Invalid, Conflict; what lies on
    disk of new pictures is removed again when they were not taken."""
    new = Enclosed(change.pictures, [])
    made = False
    try:
        clean = replace(change, body=_clean(change.body, change.comments_by))
        wording = word(actor, clean.body)
        content = [moment, *list(vars(replace(clean, pictures=[])).items()), new.content()]
        _number, made = once(
            f"member:{actor.member_id}", key if new else "", "moment.edit", content,
            lambda: _edit(actor, moment, clean, wording),
        )  # fmt: skip
    finally:
        if not made:
            new.discard()


def _edit(actor: Actor, moment: int, clean: Change, wording: Wording) -> int:
    picturing.take_turn("moment", moment)
    row = own(actor, moment)
    pictures = picturing.plan("moment", row, clean)
    if clean.pictures and row.video_id:
        raise Invalid("moment_either", field="media")
    if not clean.body.strip() and not (pictures.count or row.video_id or row.shared_id):
        raise Invalid("moment_empty", field="body")
    rewords, seen = row.source != clean.body, pictures.words()
    if (rewords, row.comments_by, row.takes_tips) == (False, clean.comments_by, clean.takes_tips) and not pictures:
        return moment
    if row.circle_id and (rewords or seen or clean.pictures):
        place = audience.place(actor, row.circle_id)
        screen_edit(place, seen, wording, row.html, adds=bool(clean.pictures))
    picturing.carry_out(actor, "moment", moment, pictures)
    Moment.update(
        source=clean.body, html=wording.html, policy_version=markup.POLICY_VERSION,
        edited_at=clock.now() if rewords or pictures.moves else row.edited_at, comments_by=clean.comments_by,
        takes_tips=clean.takes_tips,
    ).where(Moment.id == moment).execute()  # fmt: skip
    changed(moment)
    announce(events.MomentChanged(moment))
    return moment


def delete(actor: Actor, moment: int) -> None:
    """Out of sight at once; can be undone for a minute. Doing it twice changes nothing."""
    with atomic():
        if _deleted(actor, moment):
            return
        row = own(actor, moment)
        Moment.update(deleted_at=clock.now()).where(Moment.id == moment).execute()
        changed(moment)
        announce(events.MomentDeleted(moment, row.author_id))


def undo_delete(actor: Actor, moment: int) -> None:
    """Announces it as changed: whoever forgot it when it went takes it up again. Raises Conflict("undo_over") when the
    time is up."""
    with atomic():
        row = _deleted(actor, moment)
        if row is None:
            own(actor, moment)
            return
        require(actor, "moment:change", row.author_id)
        check_undo(row)
        Moment.update(deleted_at=None).where(Moment.id == moment).execute()
        changed(moment)
        announce(events.MomentChanged(moment))


def _deleted(actor: Actor, moment: int) -> Moment | None:
    gone = Moment.deleted_at.is_null(False)
    return Moment.get_or_none(Moment.id == moment, Moment.author == actor.member_id, gone)
