"""An event in one's own calendar: what RFC 5545 asks of the file, that it follows changes, and who gets it."""

import re
from types import SimpleNamespace

import pytest

from blueprints.live import guests, ical, running, scheduling
from blueprints.live.scheduling import EventDraft
from core import clock
from tests.blueprints.live_stories import an_event, row_of

START = 1_893_499_200_000  # 2030-01-01T12:00:00Z


def parsed(text: str) -> dict[str, str]:
    """Name -> value of each line of the event, unfolded and unescaped; of its alarm as `VALARM.…`."""
    lines = text.replace("\r\n ", "").split("\r\n")
    found, inside = {}, ""
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        if name in ("BEGIN", "END"):
            inside = f"{value}." if name == "BEGIN" and value == "VALARM" else ""
        value = re.sub(r"\\([\\;,nN])", lambda match: "\n" if match[1] in "nN" else match[1], value)
        found[inside + name] = value
    return found


def event(**facts):
    row = {
        "id": 7, "revision": 0, "starts_at": START, "ends_at": None, "title": "城市马拉松", "circle_name": None,
        "state": "upcoming",
    }  # fmt: skip
    return SimpleNamespace(**{**row, **facts})


def made(about: str = "", **facts) -> str:
    return ical.calendar(event(**facts), host="club.example", address="https://club.example/live/7", about=about)


def test_every_line_ends_in_crlf_and_none_is_longer_than_75_octets():
    text = made(about="雨天照常，" * 60 + "👨‍👩‍👧 " * 30, title="长" * 80, circle_name="圈;子")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    lines = text.encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two
    assert parsed(text)["DESCRIPTION"] == "雨天照常，" * 60 + "👨‍👩‍👧 " * 30
    assert parsed(text)["SUMMARY"] == "长" * 80


@pytest.mark.parametrize("width", range(60, 90))
def test_folding_loses_nothing_wherever_a_line_breaks(width):
    for letter in ("a", "é", "跑", "🏃"):
        line = "X" * (width % 7) + letter * width
        folded = ical.folded(line)
        assert folded.replace("\r\n ", "") == line
        assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))


@pytest.mark.parametrize("text", [
    r"back\slash", "semi;colon, comma", "two\nlines\r\nof it", "BEGIN:VEVENT\r\nATTACH:file:///etc/passwd",
    "\x00\x07bell", r"\n is not a line", "\u2028 between lines",
])  # fmt: skip
def test_text_is_escaped_and_cannot_write_lines_of_its_own(text):
    whole = made(about=text, title=text[:80])
    names = [line.partition(":")[0] for line in whole.replace("\r\n ", "").split("\r\n")]
    assert "ATTACH" not in names and names.count("BEGIN") == 3
    assert parsed(whole)["DESCRIPTION"] == "\n".join(re.sub(r"[\x00\x07]", "", text).splitlines())


def test_times_are_in_utc():
    found = parsed(made(ends_at=START + 90 * clock.MINUTE))
    assert (found["DTSTART"], found["DTEND"]) == ("20300101T120000Z", "20300101T133000Z")
    assert re.fullmatch(r"\d{8}T\d{6}Z", found["DTSTAMP"])


def test_it_names_what_calendars_ask_for():
    text = made()
    found = parsed(text)
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") and text.endswith("END:VCALENDAR\r\n")
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == ("live-7@club.example", "0", "CONFIRMED")
    assert (found["VALARM.ACTION"], found["VALARM.TRIGGER"]) == ("DISPLAY", "-PT15M")
    assert found["METHOD"] == "PUBLISH" and found["URL"] == "https://club.example/live/7"
    assert "DTEND" not in found and "DESCRIPTION" not in found


def test_the_same_uid_a_rising_number_and_cancelled_at_the_end(cast, as_):
    number = an_event(cast.che.actor, cast.running.id)
    che = as_("che")

    def read() -> dict[str, str]:
        answer = che.get(f"/live/{number}.ics")
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert "attachment" in answer.headers["Content-Disposition"]
        return parsed(answer.get_data(as_text=True))

    seen = [read()]
    starts_at = row_of(number).starts_at
    scheduling.postpone(cast.che.actor, number, starts_at + clock.HOUR)
    seen.append(read())
    scheduling.change(cast.che.actor, number, EventDraft("新的名字", starts_at + clock.HOUR))
    seen.append(read())
    scheduling.cancel(cast.che.actor, number)
    seen.append(read())
    assert len({each["UID"] for each in seen}) == 1
    assert [int(each["SEQUENCE"]) for each in seen] == [0, 1, 2, 3]
    assert [each["STATUS"] for each in seen] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    assert seen[1]["DTSTART"] == ical.moment(starts_at + clock.HOUR) and seen[2]["SUMMARY"] == "新的名字"
    assert "VALARM.ACTION" not in seen[3]


def test_what_has_begun_rings_no_alarm(cast, as_):
    number = an_event(cast.che.actor, cast.running.id)
    running.begin(cast.che.actor, number)
    assert "VALARM.ACTION" not in parsed(as_("che").get(f"/live/{number}.ics").text)


def test_it_stands_behind_the_gate(cast, client, as_):
    public = an_event(cast.che.actor, cast.running.id, about="**带上水**")
    private = an_event(cast.che.actor, cast.running.id, visibility="invited", about="带上水")
    locked = an_event(cast.che.actor, cast.running.id, visibility="password", password="0000 zero", about="带上水")
    assert parsed(client.get(f"/live/{public}.ics").text)["DESCRIPTION"] == "带上水"
    assert client.get(f"/live/{private}.ics").status_code == 404
    assert as_("lin").get(f"/live/{private}.ics").status_code == 404
    assert client.get("/live/999.ics").status_code == 404
    assert "DESCRIPTION" not in parsed(client.get(f"/live/{locked}.ics").text)
    guests.invite(cast.che.actor, private, cast.ning.id)
    assert parsed(as_("ning").get(f"/live/{private}.ics").text)["SUMMARY"] == "终点直播"
