"""One who speaks everywhere, one who reads everywhere: what stories about blocks share.

`speaker` leaves their name, their words and their picture in every place where a member of a circle, a host of an
event or a friend can; `reader` looks into each of these places.
"""

from dataclasses import dataclass

from flask.testing import FlaskClient

from blueprints.accounts.actions import Registration, register, set_avatar
from blueprints.circles import arranging, bookmarks, invite_links, presence
from blueprints.circles.actions import CircleDraft, found_circle, invite, join
from blueprints.circles.commenting import write_comment
from blueprints.circles.polls import PollDraft
from blueprints.circles.posting import NewPicture, PostDraft, write_post
from blueprints.circles.reactions import like_comment, like_post
from blueprints.circles.rooms import room
from blueprints.circles.voting import vote
from blueprints.feed.commenting import write_comment as remark
from blueprints.feed.reacting import react
from blueprints.live import asking, commenting, guests, scheduling
from blueprints.people import friending
from blueprints.wallet.sending import send
from core import clock, config, jobs, media
from core.policy import GUEST, Actor, Standing
from models import InviteLink, Member, Picture, PostPollOption
from tests.blueprints.moment_stories import show
from tests.blueprints.tip_stories import fill, tip
from tests.cast import PASSWORD, Cast, png

NAME, USERNAME, WORD = "红熊猫九号", "redpanda", "竹林深处"
TRACES = (NAME, USERNAME, WORD)
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Place:
    """Where something of the speaker shows. `gone`: nothing else is there, so the page itself is missing."""

    name: str
    path: str
    gone: bool = False
    fragment: bool = False


@dataclass(frozen=True)
class Scene:
    speaker: Actor
    reader: Actor
    circle: int
    post: int
    readers_post: int
    mays_post: int
    comment: int
    answered: int
    reply: int
    event: int
    question: int
    places: tuple[Place, ...]


def newcomer(username: str, name: str) -> Actor:
    register(GUEST, Registration(username, PASSWORD, name))
    return Actor(Member.get(Member.username == username).id, Standing.MEMBER, username)


def speaks_everywhere(cast: Cast) -> Scene:
    speaker, reader = newcomer(USERNAME, NAME), newcomer("bluewhale", "蓝鲸一号")
    set_avatar(speaker, png())
    circle = cast.running.id
    for actor in (speaker, reader):
        join(actor, circle)
    made = _posts(cast, circle, speaker, reader)
    talk = _comments(cast, circle, speaker, reader, made)
    event, question = _event(cast, circle, speaker)
    presence.note(speaker, room(speaker, circle))
    club, code = _invites(speaker, reader)
    places = _places(cast, speaker, made, talk, event, club, code)
    return Scene(
        speaker, reader, circle, made["post"], made["readers"], made["mays"], talk["plain"], talk["answered"],
        talk["reply"], event, question, places,
    )  # fmt: skip


def _posts(cast: Cast, circle: int, speaker: Actor, reader: Actor) -> dict[str, int]:
    stored = media.store_picture(png(), config.current().data / "media")
    post = write_post(
        speaker, circle, PostDraft(WORD, f"{WORD}，@bluewhale 你也来。"), [NewPicture(stored, "竹子")]
    ).id
    readers = write_post(reader, circle, PostDraft("", "今天跑了十公里。")).id
    poll = PollDraft(("东岸", "西岸"))
    mays = write_post(cast.may.actor, circle, PostDraft("Where to", "Which bank?", poll=poll)).id
    shares = write_post(cast.may.actor, circle, PostDraft("", "Look at this one.", shared=post)).id
    for actor in (speaker, cast.lin.actor):
        like_post(actor, circle, readers, True)
        like_post(actor, circle, mays, True)
    option = PostPollOption.select(PostPollOption.id).order_by(PostPollOption.id).scalar()
    vote(speaker, circle, mays, [option])
    arranging.pin_post(cast.may.actor, circle, post)
    arranging.choose_post(cast.may.actor, circle, post, True)
    bookmarks.keep(reader, circle, post)
    return {"post": post, "readers": readers, "mays": mays, "shares": shares}


def _comments(cast: Cast, circle: int, speaker: Actor, reader: Actor, made: dict[str, int]) -> dict[str, int]:
    mays = made["mays"]
    plain = write_comment(speaker, circle, mays, f"{WORD}。").id
    answered = write_comment(speaker, circle, mays, f"{WORD}，有人吗？").id
    write_comment(cast.lin.actor, circle, mays, "在。", parent_id=answered)
    mine = write_comment(reader, circle, mays, "我选东岸。").id
    reply = write_comment(speaker, circle, mays, f"{WORD}，同意。", parent_id=mine).id
    write_comment(speaker, circle, made["readers"], f"{WORD}，厉害。")
    for actor in (speaker, cast.lin.actor):
        like_comment(actor, circle, mays, mine, True)
    return {"plain": plain, "answered": answered, "mine": mine, "reply": reply}


def _event(cast: Cast, circle: int, speaker: Actor) -> tuple[int, int]:
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR)
    event = int(scheduling.announce(cast.che.actor, draft, circle).id)
    guests.appoint(cast.che.actor, event, speaker.member_id or 0, "host")
    scheduling.begin(cast.che.actor, event)
    commenting.write_bullet(speaker, event, f"{WORD}！")
    return event, asking.ask(speaker, event, f"{WORD}在哪？")


def _invites(speaker: Actor, reader: Actor) -> tuple[str, str]:
    club = found_circle(speaker, CircleDraft("慢跑", "slow-run", "慢慢跑", "sport", "public", "open"))
    invite(speaker, club.id, reader.member_id or 0, "一起来")
    invite_links.make_link(speaker, club.id, invite_links.LinkDraft(7, 0))
    return club.slug, InviteLink.select(InviteLink.code).scalar()


def _places(
    cast: Cast, speaker: Actor, made: dict[str, int], talk: dict[str, int], event: int, club: str, code: str
) -> tuple[Place, ...]:
    run, post, mays = "/circles/night-run", f"/circles/night-run/posts/{made['post']}", made["mays"]
    beneath = f"{run}/posts/{mays}"
    avatar = Member.get_by_id(speaker.member_id).avatar_key
    photo = Picture.get(Picture.subject_kind == "post", Picture.subject_id == made["post"]).key
    return (
        Place("profile", f"/people/{USERNAME}", gone=True),
        Place("card", f"/people/{USERNAME}/card?circle=night-run", gone=True, fragment=True),
        Place("avatar", f"/media/{avatar}/s.webp", gone=True),
        Place("picture of a post", f"/media/{photo}/s.webp", gone=True),
        Place("circle", run),
        Place("members", f"{run}/members"), Place("members by name", f"{run}/members?q={NAME[:2]}"),
        Place("names to mention", f"{run}/mentions?q={USERNAME[:3]}", fragment=True),
        Place("who is here", f"{run}/here", fragment=True), Place("pinned, digest", f"{run}/pinned"),
        Place("post", post, gone=True), Place("history of a post", f"{post}/history", gone=True),
        Place("who reacted to the post", f"{run}/posts/{made['readers']}/reactions"),
        Place("shared post", f"{run}/posts/{made['shares']}"),
        Place("comments", beneath), Place("posts", f"{run}/posts/"),
        Place("beneath the reader's post", f"{run}/posts/{made['readers']}"),
        Place("what changed beneath a post", f"{beneath}/changes?since=0", fragment=True),
        Place("replies", f"{beneath}/comments/{talk['mine']}/replies"),
        Place("who reacted to a comment", f"{beneath}/comments/{talk['mine']}/reactions"),
        Place("who voted", f"{beneath}/votes"), Place("bookmarks", "/me/bookmarks"),
        Place("catching up", "/circles/catch-up?since=month"), Place("in one circle", f"{run}/catch-up?since=month"),
        Place("search for a name", f"/search?q={NAME[:3]}"),
        Place("search for words", f"/search?q={WORD[:2]}&kind=post"),
        Place("notices", "/notices/"), Place("invitations", "/circles/"),
        Place("circle of their own", f"/circles/{club}"), Place("link of their own", f"/i/{code}"),
        Place("event", f"/live/{event}"),
        Place("comments of an event", f"/live/{event}/comments", fragment=True),
        Place("replay", f"/live/{event}/replay", fragment=True),
        Place("event as a file", f"/live/{event}/comments.xml"),
    )  # fmt: skip


# ---- among friends --------------------------------------------------------------------------------------------


def lives_among_friends(cast: Cast, scene: Scene) -> tuple[Place, ...]:
    """Speaker, reader and may are friends of each other; the speaker shows, comments, reacts, tips."""
    speaker, reader, may = scene.speaker, scene.reader, cast.may.actor
    for one, other in ((speaker, reader), (speaker, may), (reader, may)):
        friending.ask(one, other.member_id or 0)
        friending.accept(other, one.member_id or 0)
    own, mays, readers = show(speaker, f"{WORD}，早。"), show(may, "Morning."), show(reader, "早上好。")
    mine = remark(reader, mays, "早。")
    for moment in (mays, readers):
        remark(speaker, moment, f"{WORD}，早上好。")
        react(speaker, moment, True)
    remark(speaker, mays, f"{WORD}，你也早。", mine)
    fill(speaker.member_id or 0, 1000)
    tip(speaker, "post", scene.readers_post, note=WORD)
    tip(speaker, "moment", readers)
    clock.shift(clock.MINUTE)
    send(speaker, reader.member_id or 0, 100, WORD, "for-the-reader")
    jobs.run_due()
    return (
        Place("feed", "/feed"), Place("moment", f"/feed/posts/{own}", gone=True),
        Place("their moments", f"/people/{USERNAME}/posts", gone=True),
        Place("beneath a moment", f"/feed/posts/{mays}"), Place("beneath one's own", f"/feed/posts/{readers}"),
        Place("who reacted to a moment", f"/feed/posts/{mays}/reactions"),
        Place("search for moments", f"/search?q={WORD[:2]}&kind=moment"), Place("notices", "/notices/"),
        Place("friends", "/friends"), Place("a friend", f"/people/{USERNAME}/friend", gone=True),
        Place("friends of a friend", "/people/may/friends"), Place("friends in common", "/people/may"),
        Place("whom to send money", "/wallet/send"), Place("sending money", f"/wallet/send/{USERNAME}", gone=True),
        Place("tips", "/wallet/tips"),
    )  # fmt: skip


def traces(browser: FlaskClient, place: Place) -> list[str]:
    """What of the speaker stands there: name, words, or that the page itself is there. Searches ask for a part only,
    since a page says again what was asked."""
    answer = browser.get(place.path, headers=HTMX if place.fragment else {})
    if place.gone:
        answer.close()
        return [] if answer.status_code == 404 else [place.path]
    assert answer.status_code in (200, 204), (place.name, answer.status_code)
    text = answer.text
    answer.close()
    return [trace for trace in TRACES if trace in text]


