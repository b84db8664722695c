"""Which language and which time zone, and how moments and numbers read in them."""

from datetime import UTC, datetime

import pytest
from flask import session

from core import clock, i18n, site
from models import Member


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-Hans-TW,en", "zh-Hans"),
        ("zh-TW,zh;q=0.9,en-US;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO,zh-CN;q=0.5", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("ZH-hk", "zh-Hant"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,en;q=0.5,zh-TW;q=0.7", "zh-Hant"),
        ("fr, en;q=0.1, zh-CN;q=0.05", "en"),
        ("en;q=0.5,zh-CN;q=0.9", "zh-Hans"),
        ("en; q=0.5, zh-CN", "zh-Hans"),
        ("en;q=0, zh-TW;q=0.5", "zh-Hant"),
        ("en;q=x, zh-TW", "zh-Hant"),
        ("de,fr", None),
        ("", None),
        ("*", None),
        (";;;,,,q=", None),
        ("zho-TW", None),
    ],
)
def test_the_browser_asks_and_is_understood(header, code):
    assert i18n.from_browser(header) == code


def language(app, header="", chosen="") -> str:
    with app.test_request_context("/", headers={"Accept-Language": header}):
        if chosen:
            session["locale"] = chosen
        return i18n.locale_code()


def test_a_visitor_reads_what_they_chose_then_what_the_browser_asks_for_then_the_sites_own(cast, app):
    assert language(app, "en", chosen="zh-Hant") == "zh-Hant"
    assert language(app, "en") == "en"
    assert language(app, "de") == "zh-Hans"
    site.change({"locale": "zh-Hant"})
    assert language(app, "de") == "zh-Hant"
    assert language(app, "de", chosen="klingon") == "zh-Hant"


def test_a_member_reads_their_own_language_whatever_the_browser_says(as_, cast):
    page = as_("may").get("/no-such-page", headers={"Accept-Language": "zh-TW"})
    assert '<html lang="en"' in page.text
    Member.update(locale="").where(Member.username == "may").execute()
    page = as_("may").get("/no-such-page", headers={"Accept-Language": "zh-TW"})
    assert '<html lang="zh-Hant"' in page.text


def at(year, month, day, hour=0, minute=0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


def shown(app, function, ms, code="en") -> str:
    with app.test_request_context("/", headers={"Accept-Language": code}):
        return function(ms)


@pytest.mark.parametrize(
    ("seconds", "english", "simplified"),
    [
        (0, "just now", None),
        (44, "just now", None),
        (50, "1 minute ago", "1分钟前"),
        (59 * 60, "59 minutes ago", "59分钟前"),
        (3600, "1 hour ago", "1小时前"),
        (26 * 3600, "1 day ago", "1天前"),
        (6 * 24 * 3600, "6 days ago", "6天前"),
    ],
)
def test_how_long_ago(cast, app, seconds, english, simplified):
    moment = clock.now() - seconds * 1000
    assert shown(app, i18n.ago, moment) == english
    if simplified:
        assert shown(app, i18n.ago, moment, "zh-CN") == simplified


@pytest.mark.parametrize(
    ("seconds", "english", "simplified"),
    [
        (1, "in 1 minute", "1分钟后"),
        (59 * 60, "in 59 minutes", "59分钟后"),
        (3601, "in 1 hour", "1小时后"),
        (26 * 3600, "in 1 day", "1天后"),
        (-30, "in 1 minute", "1分钟后"),
    ],
)
def test_how_long_until_then(cast, app, seconds, english, simplified):
    moment = clock.now() + seconds * 1000
    assert shown(app, i18n.until, moment) == english
    assert shown(app, i18n.until, moment, "zh-CN") == simplified


def test_what_is_more_than_a_week_away_has_its_date(cast, app):
    clock.shift(at(2026, 5, 20, 4) - clock.now())
    assert shown(app, i18n.until, at(2026, 7, 2)) == "2 Jul"
    assert shown(app, i18n.until, at(2027, 7, 2), "zh-CN") == "2027年7月2日"


def test_what_is_older_than_a_week_has_its_date_and_another_year_says_so(cast, app):
    clock.shift(at(2026, 5, 20, 4) - clock.now())
    assert shown(app, i18n.ago, at(2026, 3, 2)) == "2 Mar"
    assert shown(app, i18n.ago, at(2025, 3, 2)) == "2 Mar 2025"
    assert shown(app, i18n.ago, at(2026, 3, 2), "zh-CN") == "3月2日"
    assert shown(app, i18n.ago, at(2025, 3, 2), "zh-TW") == "2025年3月2日"


def test_a_moment_is_shown_in_the_readers_zone(cast, app, as_):
    evening = at(2026, 3, 2, 20, 30)
    assert shown(app, i18n.exact, evening) == "3 Mar 2026, 04:30", "the site keeps the time of Shanghai"
    site.change({"time_zone": "America/New_York"})
    assert shown(app, i18n.exact, evening) == "2 Mar 2026, 15:30"
    assert shown(app, i18n.exact, evening, "zh-CN") == "2026年3月2日 15:30"
    assert i18n.iso(evening) == "2026-03-02T20:30:00Z"


def test_numbers_are_grouped_as_the_language_does(cast, app):
    assert shown(app, i18n.number, 1234567) == "1,234,567"


def test_credit_has_a_name_in_each_language_until_the_owner_gives_it_one(cast, app):
    assert shown(app, i18n.money, 1250) == "12.50\u00a0shells"
    assert shown(app, i18n.money, 1250, "zh-CN") == "12.50\u00a0贝"
    assert shown(app, i18n.money, 1250, "zh-TW") == "12.50\u00a0貝"
    site.change({"unit": "桨"})
    assert shown(app, i18n.money, 1250) == shown(app, i18n.money, 1250, "zh-TW") == "12.50\u00a0桨"
    site.change({"unit": ""})
    assert shown(app, i18n.money, 1250) == "12.50\u00a0shells"


def test_the_zones_to_choose_from_are_places():
    zones = i18n.time_zones()
    assert {"Asia/Shanghai", "Asia/Taipei", "Europe/Berlin"} <= set(zones)
    assert all("/" in zone for zone in zones) and "Etc/GMT+8" not in zones


def test_a_currency_without_a_sign_of_its_own_stands_behind_the_amount(app):
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert i18n.money(-2618, "XTS") == "\u221226.18\u00a0XTS"
        assert i18n.money(2618, "CNY", signed=True) == "+¥26.18"


def test_what_is_less_than_nothing_has_a_minus_as_wide_as_the_plus(cast, app):
    assert shown(app, i18n.money, -1250) == "\u221212.50\u00a0shells"
    assert shown(app, lambda minor: i18n.money(minor, "CNY"), -1250, "zh-CN") == "\u2212¥12.50"
