"""What a site's owner sets: rows over defaults, checked, and in force everywhere within two seconds."""

import pytest

from core import site
from core.errors import Invalid
from models import SiteSetting

pytestmark = pytest.mark.usefixtures("app")


def test_defaults_hold_until_somebody_changes_them():
    assert site.get("registration") == "open" and SiteSetting.select().count() == 0
    assert site.change({"registration": "closed", "name": "圈子 Quanzi"}) == {"registration": ("open", "closed")}
    assert site.get("registration") == "closed"
    assert [row.name for row in SiteSetting.select()] == ["registration"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("registration", "perhaps"), ("locale", "de"), ("time_zone", "Mars/Olympus"), ("time_zone", ""), ("name", ""),
        ("name", "x" * 41), ("nothing", "x"), ("reading", None), ("tagline", "x" * 121),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_field_and_changes_nothing(name, value):
    with pytest.raises(Invalid) as refusal:
        site.change({"tagline": "夜里也亮着", name: value})
    assert refusal.value.field == name and SiteSetting.select().count() == 0


def test_another_process_sees_a_change_within_two_seconds(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(site.clock, "monotonic", lambda: now[0])
    assert site.get("founding") == "members"
    SiteSetting.create(name="founding", value='"staff"', changed_at=1)  # as somebody else's process would
    assert site.get("founding") == "members"
    now[0] += site.CACHE_SECONDS + 0.1
    assert site.get("founding") == "staff"


def test_a_row_of_a_setting_that_is_no_more_does_no_harm():
    SiteSetting.create(name="retired", value='"x"', changed_at=1)
    site.forget()
    assert "retired" not in site.settings()
