"""A small cast, used by name in every test, made through the actions that pages call.

| name | who | in the circles |
| --- | --- | --- |
| lin | 林间, a member | member of 夜跑 (public) and 暗房 (invisible) |
| che | 阿澈, a member | founded 夜跑, 书桌 (listed, by application) and 暗房 |
| may | May Chen, a member who reads English | moderates 夜跑 |
| ning | 宁, a member | in no circle: the stranger |
| owner | 周岚, owns the site | in no circle |
| staff | Ada, helps to run the site | in no circle |
| suspended | 顾言, was suspended | was a member of 夜跑 |
| leaving | Noor, asked to leave | member of 夜跑 |

Each circle has one post with one comment: in 夜跑 by lin and may, in 书桌 by che, in 暗房 by lin and che. Every
post has a picture.
"""

from dataclasses import dataclass
from io import BytesIO

from flask import Flask

from blueprints.accounts.actions import Registration, make_owner, register
from blueprints.accounts.leaving import ask_to_leave
from blueprints.circles.actions import CircleDraft, found_circle, invite, join, set_role
from blueprints.circles.commenting import write_comment
from blueprints.circles.files import NewFile
from blueprints.circles.posting import PostDraft, write_post
from core import clock, config, db, files, media
from core.policy import GUEST, Actor, Standing
from models import Attachment, Circle, Comment, Departure, Member, Picture, Post, StaffRole, Suspension

PASSWORD = "correct horse 7"

NAMES = {
    "lin": ("lin", "林间", "zh-Hans"),
    "che": ("che", "阿澈", "zh-Hans"),
    "may": ("may", "May Chen", "en"),
    "ning": ("ning", "宁", "zh-Hant"),
    "owner": ("zhou-lan", "周岚", "zh-Hans"),
    "staff": ("ada", "Ada", "en"),
    "suspended": ("gu-yan", "顾言", "zh-Hans"),
    "leaving": ("noor", "Noor", "en"),
}


@dataclass(frozen=True)
class Person:
    id: int
    username: str
    display_name: str
    actor: Actor
    password: str = PASSWORD


@dataclass(frozen=True)
class Cast:
    """`cast.lin` or `cast["lin"]`; the circles are `cast.running`, `cast.desk`, `cast.darkroom`."""

    people: dict[str, Person]

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def running(self) -> Circle:
        """Public, open to all."""
        return Circle.get(Circle.visibility == "public")

    @property
    def desk(self) -> Circle:
        """Listed, by application: everybody knows of it, members read it."""
        return Circle.get(Circle.visibility == "listed")

    @property
    def darkroom(self) -> Circle:
        """Invisible, by invitation."""
        return Circle.get(Circle.visibility == "invisible")

    def post_in(self, circle: Circle) -> Post:
        return Post.select().where(Post.circle == circle).order_by(Post.id).first()

    def picture_in(self, circle: Circle) -> str:
        """The key of the picture in a circle's post."""
        return Picture.get(Picture.subject_kind == "post", Picture.subject_id == self.post_in(circle).id).key

    def file_in(self, circle: Circle) -> str:
        """The key of the file in a circle's post."""
        return Attachment.get(Attachment.subject_kind == "post", Attachment.subject_id == self.post_in(circle).id).key

    def comment_in(self, circle: Circle) -> Comment:
        return Comment.get(Comment.post == self.post_in(circle))


def assemble(app: Flask) -> None:
    """Make everybody and everything."""
    db.migrate()
    with app.app_context():
        for username, display_name, locale in NAMES.values():
            register(GUEST, Registration(username, PASSWORD, display_name, locale=locale))
        make_owner(read_cast().owner.id)
        StaffRole.create(
            member=read_cast().staff.id, role="staff", granted_by=read_cast().owner.id, granted_at=clock.now()
        )
        _circles(read_cast())
        cast = read_cast()
        Suspension.create(member=cast.suspended.id, suspended_by=cast.owner.id, suspended_at=clock.now())
        ask_to_leave(cast.leaving.actor, PASSWORD, keeps_words=True)


def _circles(cast: Cast) -> None:
    che, lin, may = cast.che.actor, cast.lin.actor, cast.may.actor
    running = _found(che, CircleDraft("城市夜跑圈", "night-run", "下班一起跑", "sport", "public", "open"))
    for name in ("lin", "may", "suspended", "leaving"):
        join(cast[name].actor, running)
    set_role(che, running, may.member_id, "moderator")
    first = PostDraft("周三夜跑", "**七点半**，滨江路口。")
    post = write_post(lin, running, first, [_picture("江边的路灯")], papers=[_paper()])
    write_comment(may, running, post.id, "Count me in.")

    desk = _found(che, CircleDraft("书桌", "desk", "每月一本", "reading", "listed", "apply", "最近在读什么？"))
    post = write_post(che, desk, PostDraft("", "这个月读《城南旧事》。"), [_picture("封面")], papers=[_paper()])
    write_comment(che, desk, post.id, "周日见。")

    darkroom = _found(che, CircleDraft("暗房", "darkroom", "只给几个人", "photo", "invisible", "invitation"))
    invite(che, darkroom, lin.member_id or 0)
    join(lin, darkroom)
    post = write_post(lin, darkroom, PostDraft("胶卷", "第一卷冲好了。"), [_picture("一格底片")], papers=[_paper()])
    write_comment(che, darkroom, post.id, "好看。")


def _paper() -> NewFile:
    return NewFile(files.store_file("周三，七点半。".encode(), "说明.txt", config.current().data / "files"))


def _picture(alt: str) -> media.NewPicture:
    return media.NewPicture(media.store_picture(png(), config.current().data / "media"), alt)


def png(width: int = 60, height: int = 40) -> bytes:
    """A small picture, as somebody would upload it."""
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (width, height), "#4a7").save(out, "PNG")
    return out.getvalue()


def _found(actor: Actor, draft: CircleDraft) -> int:
    return found_circle(actor, draft).id


def read_cast() -> Cast:
    """The cast as the database has it now."""
    rows = {row.username: row for row in Member.select()}
    staff = dict(StaffRole.select(StaffRole.member, StaffRole.role).tuples())
    suspended = {member for (member,) in Suspension.select(Suspension.member).tuples()}
    leaving = {member for (member,) in Departure.select(Departure.member).tuples()}
    people = {}
    for name, (username, display_name, _locale) in NAMES.items():
        id_ = rows[username].id
        standing = Standing.STAFF if id_ in staff else Standing.MEMBER
        standing = Standing.LEAVING if id_ in leaving else standing
        standing = Standing.SUSPENDED if id_ in suspended else standing
        actor = Actor(id_, standing, username, owns_site=staff.get(id_) == "owner")
        people[name] = Person(id_, username, display_name, actor)
    return Cast(people)


def walkers(count: int) -> list[Actor]:
    """So many people who are in no circle."""
    ids = [
        Member.create(
            username=f"walker-{number}", username_key=f"walker-{number}", display_name=f"走 {number}",
            password_hash="!", password_changed_at=0, created_at=0,
        ).id
        for number in range(count)
    ]  # fmt: skip
    return [Actor(id_, Standing.MEMBER, f"walker-{id_}") for id_ in ids]
