"""Which language, which time zone; dates, amounts and numbers in them. Flask-Babel underneath."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from datetime import date as date_type
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_location
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, LazyString, force_locale, get_locale, get_translations, lazy_gettext
from flask_login import current_user

from core import clock, site
from core.money import Currency, currency

LANGUAGES = {"zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW", "en": "en"}
LANGUAGE_NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
_BY_CATALOGUE = {catalogue: code for code, catalogue in LANGUAGES.items()}
_TRADITIONAL = {"tw", "hk", "mo", "hant"}
RELATIVE_UP_TO_MS = 7 * clock.DAY


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, default_locale="en", locale_selector=_select_catalogue, timezone_selector=time_zone)
    app.before_request(choose_again)
    app.teardown_request(choose_again)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _translations().ugettext(text),
        lambda one, many, count: _translations().ungettext(one, many, count),
        newstyle=True,
    )
    app.add_template_filter(ago)
    app.add_template_filter(until)
    app.add_template_filter(exact)
    app.add_template_filter(iso)
    app.add_template_filter(day)
    app.add_template_filter(number)
    app.add_template_filter(money)
    app.add_template_global(unit_name)


_catalogues: dict[str, Any] = {}


def _translations() -> Any:
    """The reader's catalogue. Flask-Babel's own look-up for each sentence takes a fifth of a page's time."""
    code = locale_code()
    found = _catalogues.get(code)
    if found is None:
        found = _catalogues[code] = get_translations()
    return found


def add_translations(app: Flask, folder: Path) -> None:
    """Catalogues of a blueprint from outside. They stand before the site's own, which are read last and so count."""
    app.extensions["babel"].translation_directories.insert(0, str(folder))


def from_browser(header: str) -> str | None:
    """The first language of an Accept-Language header that we speak. Best-match gets zh-HK wrong, so: by hand."""
    wanted = []
    for place, part in enumerate(header.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), place, tag.lower().split("-")))
        except ValueError:
            continue
    for _, _, parts in sorted(wanted, key=lambda each: each[:2]):
        if parts[0] == "zh":
            return "zh-Hant" if _TRADITIONAL & set(parts[1:]) and "hans" not in parts else "zh-Hans"
        if parts[0] == "en":
            return "en"
    return None


def _choose() -> str:
    chosen = current_user.locale or session.get("locale", "")
    if chosen in LANGUAGES:
        return str(chosen)
    return from_browser(request.headers.get("Accept-Language", "")) or site.get("locale")


def guess() -> None:
    """Choose language and time zone from the browser alone, for a page that may not ask the database."""
    chosen = session.get("locale", "")
    browser = from_browser(request.headers.get("Accept-Language", ""))
    _locale.set(chosen if chosen in LANGUAGES else browser or "en")
    _zone.set("UTC")


def _select_catalogue() -> Locale:
    """A name would be parsed anew for each request."""
    return _babel_locale(locale_code() if has_request_context() else site.get("locale"))


# Asked dozens of times a page: kept in context variables, which are several times quicker than flask's g.
_locale: ContextVar[str | None] = ContextVar("locale", default=None)
_zone: ContextVar[str | None] = ContextVar("zone", default=None)


def choose_again(_error: BaseException | None = None) -> None:
    """Forget the reader: at the borders of a request, and when they have changed their mind."""
    _locale.set(None)
    _zone.set(None)


@contextmanager
def as_read_by(locale: str, zone: str) -> Iterator[None]:
    """Words for somebody who is not the one looking, such as the reader of a letter: in their language (the site's when
    it is empty) and their time zone."""
    code = locale if locale in LANGUAGES else site.get("locale")
    language, place = _locale.set(code), _zone.set(zone or site.get("time_zone"))
    try:
        with force_locale(LANGUAGES[code]):
            yield
    finally:
        _locale.reset(language)
        _zone.reset(place)


def locale_code() -> str:
    """`zh-Hans`, `zh-Hant` or `en`."""
    code = _locale.get()
    if code is None:
        if not has_request_context():
            return _BY_CATALOGUE.get(str(get_locale()), "en")
        code = _choose()
        _locale.set(code)
    return code


def time_zone() -> str:
    """IANA name of the reader's time zone."""
    zone = _zone.get()
    if zone is None:
        if not has_request_context():
            return site.get("time_zone")
        zone = str(current_user.time_zone or site.get("time_zone"))
        _zone.set(zone)
    return zone


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """Zones to choose from: those named after a place."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))


def zone_name(zone: str) -> str:
    """An IANA name for people: in Chinese with the name of the place."""
    return _zone_name(zone, locale_code())


@lru_cache(maxsize=2048)
def _zone_name(zone: str, code: str) -> str:
    plain = zone.replace("_", " ")
    if code == "en":
        return plain
    place = get_timezone_location(zone, locale=_babel_locale(code), return_city=True)
    return plain if plain.endswith(place) else f"{plain}（{place}）"


def zone_options() -> list[tuple[str, LazyString]]:
    """Every zone with its name, read when it is shown: a form's class knows no reader."""
    return [(zone, LazyString(zone_name, zone)) for zone in time_zones()]


@lru_cache(maxsize=64)
def _babel_locale(code: str) -> Locale:
    return Locale.parse(LANGUAGES[code])


def ago(ms: int) -> str:
    """How long ago in words; the date for what is older than a week."""
    passed = clock.now() - ms
    if passed < 45 * clock.SECOND:
        return _just_now(locale_code())
    if passed > RELATIVE_UP_TO_MS:
        return day(ms)
    for unit in (clock.DAY, clock.HOUR, clock.MINUTE):
        if passed >= unit:
            return _passed(passed // unit * unit // 1000, locale_code())
    return _passed(60, locale_code())


def until(ms: int) -> str:
    """How long until then, in words; the date for what is more than a week away."""
    ahead = ms - clock.now()
    if ahead > RELATIVE_UP_TO_MS:
        return day(ms)
    for unit in (clock.DAY, clock.HOUR):
        if ahead >= unit:
            return _ahead(ahead // unit * unit // 1000, locale_code())
    return _ahead(max(1, -(-ahead // clock.MINUTE)) * 60, locale_code())


@lru_cache(maxsize=4096)
def _ahead(seconds: int, code: str) -> str:
    locale = _babel_locale(code)
    return str(format_timedelta(seconds, granularity="minute", threshold=1, add_direction=True, locale=locale))


_JUST_NOW = lazy_gettext("just now")
# NOTE: the site's own credit, behind an amount: "12.50 shells"
_SHELLS = lazy_gettext("shells")


@lru_cache(maxsize=8)
def _just_now(_code: str) -> str:
    return str(_JUST_NOW)


@lru_cache(maxsize=4096)
def _passed(seconds: int, code: str) -> str:
    locale = _babel_locale(code)
    return str(format_timedelta(-seconds, granularity="minute", threshold=1, add_direction=True, locale=locale))


def exact(ms: int) -> str:
    """Date and time in the reader's zone, to the minute."""
    return _exact(ms // 60_000, time_zone(), locale_code())


@lru_cache(maxsize=4096)
def _exact(minutes: int, zone: str, code: str) -> str:
    moment = datetime.fromtimestamp(minutes * 60, UTC).astimezone(ZoneInfo(zone))
    pattern = "d MMM y, HH:mm" if code == "en" else "y年M月d日 HH:mm"
    return str(format_datetime(moment, pattern, locale=_babel_locale(code)))


def iso(ms: int) -> str:
    """For machines, in UTC: `<time datetime>`."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(ms: int) -> str:
    """The date in the reader's zone; the year only when it is another one."""
    zone = ZoneInfo(time_zone())
    this_year = datetime.fromtimestamp(clock.now() / 1000, zone).year
    return _day(datetime.fromtimestamp(ms / 1000, zone).date(), this_year, locale_code())


@lru_cache(maxsize=4096)
def _day(date: date_type, this_year: int, code: str) -> str:
    if code == "en":
        pattern = "d MMM" if date.year == this_year else "d MMM y"
    else:
        pattern = "M月d日" if date.year == this_year else "y年M月d日"
    return str(format_date(date, pattern, locale=_babel_locale(code)))


def money(minor: int, code: str = "", signed: bool = False) -> str:
    """An amount in minor units with its sign, or with the name of the site's own unit; `signed` shows a plus."""
    unit = currency(code)
    return _money(minor, unit, site.get("unit") if unit.is_credit else "", signed and minor > 0, locale_code())


@lru_cache(maxsize=4096)
def _money(minor: int, unit: Currency, name: str, plus: bool, locale: str) -> str:
    value, sign = Decimal(minor) / unit.one, "+" if plus else ""
    name = name or _sign(unit, locale)
    if not unit.is_credit and name != unit.code:
        shown = format_currency(value, unit.code, locale=_babel_locale(locale), currency_digits=True)
        return sign + _with_minus(shown)
    pattern = "#,##0" + ("." + "0" * unit.decimals if unit.decimals else "")
    shown = format_decimal(value, pattern, locale=_babel_locale(locale))
    return f"{sign}{_with_minus(shown)}\u00a0{name}"


def _with_minus(shown: str) -> str:
    """With the sign that is as wide as a plus, wherever the language puts it: most locales name a hyphen there."""
    return shown.replace("-", "\u2212")


def unit_name(code: str = "") -> str:
    """What stands beside a number that is an amount: the name of the site's own unit, or the sign of a currency."""
    unit = currency(code)
    return (site.get("unit") if unit.is_credit else "") or _sign(unit, locale_code())


def _sign(unit: Currency, locale: str) -> str:
    return str(_SHELLS if unit.is_credit else get_currency_symbol(unit.code, _babel_locale(locale)))


def number(value: int) -> str:
    return _number(value, locale_code())


@lru_cache(maxsize=4096)
def _number(value: int, code: str) -> str:
    return str(format_decimal(value, locale=_babel_locale(code)))
