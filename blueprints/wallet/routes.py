"""The wallet: what is in it, every movement, receipts, and all of it as a file."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import Response, render_template, request, stream_with_context, url_for
from flask_babel import get_locale

from blueprints.wallet import bp, closing, freezing, paying, pins, rows, statement
from blueprints.wallet.statement import Asked
from core import clock, hx, i18n, ledger
from core.errors import Gone
from core.guard import limit
from core.limits import LIMITS
from core.money import currency, plain
from core.plain import clean_line
from core.policy import Actor
from core.viewer import current_actor
from models import CashOrder, LedgerPosting, LedgerStop

MONTHS_SHOWN = 3


class Month(NamedTuple):
    """`key` is `2026-11`; `since` and `until` in ms since 1970, in the reader's time zone."""

    key: str
    since: int
    until: int

    @property
    def name(self) -> str:
        year, number = map(int, self.key.split("-"))
        return str(format_skeleton("yMMMM", date(year, number, 1), locale=get_locale()))


def month_of(key: str) -> Month | None:
    """None for what is no month."""
    year, _dash, number = key.partition("-")
    if not (len(key) == 7 and year.isdecimal() and number.isdecimal() and 1970 <= int(year) < 9999):
        return None
    if not 1 <= int(number) <= 12:
        return None
    after = (int(year) + 1, 1) if int(number) == 12 else (int(year), int(number) + 1)
    return Month(f"{int(year):04}-{int(number):02}", _first_of(int(year), int(number)), _first_of(*after))


def _first_of(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=ZoneInfo(i18n.time_zone())).timestamp() * 1000)


def latest_months(first_at: int | None) -> list[Month]:
    """This month and those before it, as far back as there is something."""
    here = datetime.fromtimestamp(clock.now() / 1000, ZoneInfo(i18n.time_zone()))
    year, number, found = here.year, here.month, []
    for _ in range(MONTHS_SHOWN):
        month = month_of(f"{year:04}-{number:02}")
        if month is None or first_at is None or month.until <= first_at:
            break
        found.append(month)
        year, number = (year - 1, 12) if number == 1 else (year, number - 1)
    return found


def month_before(month: Month, first_at: int | None) -> Month | None:
    if first_at is None or month.since <= first_at:
        return None
    year, number = map(int, month.key.split("-"))
    return month_of(f"{year - 1:04}-12" if number == 1 else f"{year:04}-{number - 1:02}")


def asked() -> tuple[Asked, Month | None]:
    """What the address asks for. Raises Gone for a currency that there is not."""
    month = month_of(request.args.get("month", ""))
    words = clean_line(request.args.get("q", ""))[: LIMITS["search_query"]]
    code = closing.known_code(request.args.get("currency", ""))
    return Asked(code, month.since if month else None, month.until if month else None, words), month


def before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


@bp.get("/wallet", permission="wallet:own")
def index() -> Response:
    actor = current_actor()
    part, month = asked()
    page = statement.page(actor, part, before())
    named = {"q": part.words, "month": month.key if month else "", "currency": request.args.get("currency", "")}
    chosen: dict[str, Any] = {name: value for name, value in named.items() if value}
    older_url = page.older and url_for(".index", before=page.older, **chosen)
    shown = rows.movements(actor, page.rows)
    if hx.wants_fragment() and before():
        return hx.fragment(render_template("wallet/_movements.html", movements=shown, older_url=older_url))
    first_at = statement.first_at(actor, part.code)
    months = latest_months(first_at)
    return hx.page(
        "wallet/index.html", {"statement": "wallet/_statement.html"}, movements=shown, older_url=older_url,
        q=part.words, month=month, months=months,
        earlier=month_before(month, first_at) if month and month not in months[:-1] else None,
        sums=statement.sums(actor, part) if month or part.words else None, csv_url=url_for(".as_csv", **chosen),
        kept=_kept(actor, part.code), code=part.code,
    )  # fmt: skip


class Kept(NamedTuple):
    """What stands above the statement."""

    balance: ledger.Balance
    is_credit: bool
    is_test: bool
    is_now: bool
    frost: freezing.Frost | None
    has_pin: bool
    payout: CashOrder | None
    stopped: LedgerStop | None
    others: list[statement.Purse]
    limits: paying.Limits


def _kept(actor: Actor, code: str) -> Kept:
    me = actor.member_id or 0
    stopped = LedgerStop.get_or_none(LedgerStop.lifted_at.is_null())
    return Kept(
        ledger.balance(ledger.member(me, code)), currency(code).is_credit, code == "XTS", code == currency().code,
        freezing.frost(me), pins.has_pin(me), closing.waiting_payout(me, code), stopped, statement.others(actor, code),
        paying.limits(me),
    )  # fmt: skip


@bp.get("/wallet/receipts/<int:posting>", permission="wallet:own")
def receipt(posting: int) -> Response:
    actor = current_actor()
    line = statement.receipt(actor, posting)
    undone = LedgerPosting.get_or_none(LedgerPosting.reverses == posting)
    return hx.page(
        "wallet/receipt.html", movement=rows.movements(actor, [line])[0], undone_by=undone.id if undone else None,
    )  # fmt: skip


@bp.get("/wallet/statement.csv", permission="wallet:own")
def as_csv() -> Response:
    actor = current_actor()
    limit("wallet.export", actor.member_id)
    part, month = asked()
    answer = Response(stream_with_context(_csv(actor, part)), mimetype="text/csv")
    name = f"wallet-{part.code}-{month.key if month else 'all'}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _csv(actor: Actor, part: Asked) -> Iterator[str]:
    unit = currency(part.code)
    yield "\ufeff" + _line(("receipt", "time", "what", "words", "amount", "balance", "currency"))
    for batch in statement.all_lines(actor, part):
        for each in rows.movements(actor, batch):
            line = each.line
            amounts = plain(line.amount, unit), plain(line.balance, unit)
            yield _line(
                (line.posting, i18n.iso(line.at), _harmless(each.title), _harmless(each.words), *amounts, part.code)
            )


def _line(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet would carry out what begins like a formula, some also where its sign is a wide one."""
    return f"'{text}" if text[:1] in tuple("=+-@＝＋－＠\t\r") else text


def whose(username: str) -> str:
    """A name as it stands in an address or a form. Raises Gone for none."""
    name = clean_line(username).removeprefix("@").lower()
    if not name:
        raise Gone
    return name
