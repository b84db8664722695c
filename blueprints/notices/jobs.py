"""The summary by e-mail, and notices whose time is over."""

from blueprints.accounts.queries import reader
from blueprints.notices import digests, words_summary
from core import clock, mail, notices
from core.jobs import Running, job


@job("notices.digest", every_seconds=900)
def digest(running: Running) -> None:
    """Some time zones are a half or a quarter of an hour off, so four times an hour."""
    while members := digests.due():
        for member in members:
            digests.hand_over(member)


@job(digests.SEND_JOB)
def send_summary(running: Running, member: int, until: int) -> None:
    """Once a period: see blueprints/notices/digests.py."""
    kept, to = digests.subscription(member), reader(member)
    if kept is None or to is None or kept.sent_at >= until:
        return
    since: int = kept.sent_at
    letter = words_summary.letter(to, kept.every, since)
    if not digests.take(member, since, until) or letter is None:
        return
    try:
        mail.deliver(letter)
    except mail.NotReached:
        digests.give_back(member, since, until)
        raise


@job("notices.sweep", every_seconds=clock.DAY // clock.SECOND)
def sweep(running: Running) -> None:
    while notices.sweep():
        pass
