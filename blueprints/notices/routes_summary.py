"""The summary by e-mail: wanting it, seeing what it would say, ending it."""

from flask import Response, url_for
from flask_babel import gettext as _

from blueprints.accounts.queries import reader
from blueprints.notices import actions, bp, digests, words_summary
from blueprints.notices.forms import Summary
from core import clock, guard, hx
from core.errors import Invalid
from core.viewer import current_actor, current_user

guard.proven_by_address("notices.unsubscribe")


@bp.get("/settings/notices", permission="notice:subscribe")
def settings() -> Response:
    kept = digests.subscription(current_actor().member_id or 0)
    return _page(Summary(data={"every": kept.every if kept else ""}))


@bp.post("/settings/notices", permission="notice:subscribe")
def subscribe() -> Response:
    form = Summary.posted()
    try:
        if form.validate():
            actions.subscribe(current_actor(), form.every.data)
            said = _("The summary is on its way to you from now on.") if form.every.data else _("No summary is sent.")
            return hx.see_other(url_for("notices.settings"), toast=said)
    except Invalid as refusal:
        form.refuse(refusal)
    return _page(form, status=422)


def _page(form: Summary, *, status: int = 200) -> Response:
    member = current_actor().member_id or 0
    kept = digests.subscription(member)
    return hx.page(
        "notices/settings.html", status=status, form=form, has_address=reader(member) is not None,
        next_at=kept.next_at if kept else None,
    )  # fmt: skip


@bp.get("/settings/notices/preview", permission="notice:subscribe")
def preview() -> Response:
    actor = current_actor()
    kept = digests.subscription(actor.member_id or 0)
    every = kept.every if kept else "week"
    since = kept.sent_at if kept else clock.now() - 7 * clock.DAY
    paragraphs = words_summary.what_is_new(actor, since)
    if paragraphs:
        paragraphs = [words_summary.greeting(current_user.display_name), *paragraphs]
    return hx.page("notices/preview.html", subject=words_summary.subject(every), paragraphs=paragraphs)


# ---- ending it, without signing in ---------------------------------------------------------------------------


@bp.get("/unsubscribe/<token>", permission="notice:unsubscribe")
def leave(token: str) -> Response:
    """A link may be opened by a program that looks for bad ones: it takes a button to end anything."""
    digests.member_of(token)
    return hx.page("notices/unsubscribe.html", token=token, is_ended=False)


@bp.post("/unsubscribe/<token>", permission="notice:unsubscribe")
def unsubscribe(token: str) -> Response:
    """By the button, or by a mail program on its own (RFC 8058): no token of a page, and no way on to another page,
    which such programs do not follow."""
    actions.unsubscribe(token)
    return hx.page("notices/unsubscribe.html", token=token, is_ended=True)
