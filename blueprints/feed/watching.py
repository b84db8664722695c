"""By what right an open page of a moment hears of its changes, and what ends that right."""

import hmac

from core import stream_log
from core.config import secret
from core.policy import Actor, require_visible
from models import Moment


def tags(actor: Actor, moment: int) -> tuple[str, ...]:
    """What a stream carries that shows this moment: `t` for the moment, `w` for who wrote it, `c` for the circle that
    it is for. Raises Gone."""
    require_visible("moment", moment, actor)
    author, circle = Moment.select(Moment.author, Moment.circle).where(Moment.id == moment).tuples().first()
    return (f"t{moment}", f"w{author}", *([f"c{circle}"] if circle else []))


def state_of(moment: int, seq: int) -> int:
    """Stands for this state of a moment on a page. A count of its changes would tell whoever sees only some of what is
    beneath it how much they do not see."""
    return int.from_bytes(hmac.digest(secret("moment"), f"{moment}:{seq}".encode(), "sha256")[:6])


def moment_changed(actor: Actor, moment: int, state: int) -> bool:
    seq = Moment.select(Moment.seq).where(Moment.id == moment).scalar()
    return seq is not None and state_of(moment, seq) != state


def close(moment: int) -> None:
    """Fewer people see it than before; whoever still does comes back by themselves."""
    stream_log.revoke(f"t{moment}")


def of_author(author: int) -> None:
    """The author lets strangers or friends see less, or more, or is suspended."""
    stream_log.revoke(f"w{author}")


def part(one: int, other: int) -> None:
    """Each may see less of what the other shows."""
    stream_log.revoke(f"m{one}", f"w{other}")
    stream_log.revoke(f"m{other}", f"w{one}")
