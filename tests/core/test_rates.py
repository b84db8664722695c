"""How often something may happen: a sliding window that holds over restarts and processes."""

import pytest

from core import clock, rates, site
from core.errors import TooMany
from core.limits import RATES, Rate
from models import RateCount


@pytest.fixture(autouse=True)
def ten_a_minute(app, monkeypatch):
    monkeypatch.setitem(RATES, "probe", Rate(10, 60))
    clock.shift(60_000 - clock.now() % 60_000)  # the tests begin where a window does


def hits(count: int, key: str = "a") -> None:
    for _ in range(count):
        rates.hit("probe", key)


def test_as_many_as_allowed_pass_and_the_next_one_waits():
    hits(10)
    with pytest.raises(TooMany) as refusal:
        rates.hit("probe", "a")
    assert 1 <= refusal.value.retry_after <= 60
    hits(10, "b")


def test_a_burst_at_the_border_of_two_windows_gets_no_double_share():
    clock.shift(59_000)
    hits(10)
    clock.shift(2_000)
    hits(1)  # a sixtieth of the older window has slid out
    with pytest.raises(TooMany):
        rates.hit("probe", "a")


def test_the_window_slides():
    hits(10)
    clock.shift(89_000)  # half of the first window still counts
    hits(5)
    with pytest.raises(TooMany):
        rates.hit("probe", "a")
    clock.shift(120_000)
    hits(10)


def test_a_restart_forgets_nothing():
    hits(10)
    site.forget()
    with pytest.raises(TooMany):
        rates.hit("probe", "a")


def test_a_right_password_forgives_the_wrong_ones():
    hits(10)
    rates.forgive("probe", "a")
    hits(10)


def test_thirty_at_once_pass_no_more_than_ten(in_threads):
    passed, refused = [], []

    def hit(number: int) -> None:
        try:
            rates.hit("probe", "a")
            passed.append(number)
        except TooMany:
            refused.append(number)

    in_threads(30, hit)
    assert (len(passed), len(refused)) == (10, 20)


def test_a_long_key_is_cut_and_still_counts():
    hits(10, "x" * 1000)
    with pytest.raises(TooMany):
        rates.hit("probe", "x" * 1000)


def test_windows_that_no_rate_looks_at_are_swept():
    hits(1)
    longest = max(rate.seconds for rate in RATES.values())
    clock.shift(2 * longest * 1000 + clock.HOUR)
    hits(1, "b")
    assert rates.sweep() == 1
    assert [row.key for row in RateCount.select()] == ["probe:b"]


def test_every_rate_is_a_number_of_hits_in_a_time():
    assert all(rate.hits > 0 and rate.seconds > 0 for rate in RATES.values())
