"""Figures of an event, for its hosts: live, on a page afterwards, and as a file."""

import csv
import io
from typing import NamedTuple

from flask import Response, render_template, url_for

from blueprints.live import bp, figures, polling, rows_taking_part
from blueprints.live.halls import Hall
from blueprints.live.taking_part import SHUT
from core import clock, hx
from core.i18n import iso
from core.limits import LIMITS
from core.viewer import current_actor

EVENT = "/live/<int:event>"


class Step(NamedTuple):
    """A row of the table, and `value` where it is a point of a chart."""

    label: str
    viewers: int
    peak: int
    comments: int


class Point(NamedTuple):
    label: str
    value: int


@bp.get(f"{EVENT}/figures", permission="live:host")
def event_figures(event: int) -> Response:
    here = figures.shown_to(current_actor(), event)
    rows, step = figures.gathered(figures.minutes(here), LIMITS["live_chart_steps"])
    steps = [Step(since_beginning(here, row.at), row.viewers, row.peak, row.comments) for row in rows]
    return hx.page(
        "live/figures.html", here=here, figures=figures.figures(here), steps=steps, step=step,
        viewers=[Point(row.label, row.peak) for row in steps],
        comments=[Point(row.label, row.comments) for row in steps],
        reactions=rows_taking_part.reaction_totals(here), polls=polling.page(here)[0],
        url=url_for(".figures_now", event=event) if here.state not in SHUT else None,
    )  # fmt: skip


@bp.get(f"{EVENT}/figures/now", permission="live:host")
def figures_now(event: int) -> Response:
    """The numbers as they are, and where they are asked for next; nowhere when the event is over."""
    here = figures.shown_to(current_actor(), event)
    if not hx.wants_fragment():
        return hx.see_other(url_for(".event_figures", event=event))
    context = {"here": here, "figures": figures.figures(here)}
    if here.state in SHUT:
        return hx.fragment(render_template("live/_figures.html", oob=True, **context))
    return hx.fragment(render_template("live/_figures_now.html", url=url_for(".figures_now", event=event), **context))


@bp.get(f"{EVENT}/figures.csv", permission="live:host")
def figures_csv(event: int) -> Response:
    here = figures.shown_to(current_actor(), event)
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("minute", "viewers", "peak", "comments"))
    lines.writerows((iso(row.at), row.viewers, row.peak, row.comments) for row in figures.minutes(here))
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="live-{event}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def since_beginning(here: Hall, at: int) -> str:
    """Hours and minutes, less than 0 before the minute in which it began: `1:05`, `-0:10`."""
    minutes = at // clock.MINUTE - (here.started_at or here.starts_at) // clock.MINUTE
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
