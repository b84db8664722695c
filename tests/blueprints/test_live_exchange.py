"""Bullet comments as files: what was written out comes back the same, twice is once, no file reaches beyond itself."""

import re
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from blueprints.live import exchange, scheduling, subtitles
from blueprints.live.bullets import Bullet
from blueprints.live.commenting import write_bullet
from core import clock
from core.errors import Conflict, Denied, Gone, Invalid, SignInNeeded
from core.limits import LIMITS
from core.policy import GUEST
from models import LiveAct, LiveComment, LiveEvent


def announce(cast, visibility="public", circle=None) -> int:
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR, visibility=visibility)
    return scheduling.announce(cast.che.actor, draft, (circle or cast.running).id).id


def over(cast) -> int:
    event = announce(cast)
    scheduling.begin(cast.che.actor, event)
    scheduling.end(cast.che.actor, event)
    return event


@pytest.fixture
def event(cast) -> int:
    """One that is over, in which three things were said."""
    made = announce(cast)
    write_bullet(cast.may.actor, made, "等 <着> & \"看\"")
    scheduling.begin(cast.che.actor, made)
    for person, body, mode in ((cast.lin, "第一", "top"), (cast.che, "{\\an8}第二", "bottom")):
        clock.shift(1500)
        write_bullet(person.actor, made, body, mode)
    hidden = write_bullet(cast.lin.actor, made, "看不见的").id
    LiveComment.update(hidden_at=1).where(LiveComment.id == hidden).execute()
    scheduling.end(cast.che.actor, made)
    return made


def xml(actor, event: int) -> str:
    return "".join(exchange.as_xml(*exchange.taken_along(actor, event)))


def ass(actor, event: int) -> str:
    here, rows = exchange.taken_along(actor, event)
    return "".join(subtitles.as_ass(here.title, rows))


def said(event: int) -> list[tuple]:
    rows = LiveComment.select(LiveComment.offset_ms, LiveComment.mode, LiveComment.body, LiveComment.colour)
    shown = rows.where(LiveComment.event == event, LiveComment.hidden_at.is_null())
    return list(shown.order_by(LiveComment.offset_ms, LiveComment.id).tuples())


def file_of(*rows: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><i>{"".join(rows)}</i>'.encode()


ROW = '<d p="{},1,25,16777215,1700000000,0,abcdef12,{}">{}</d>'


# ---- out ----------------------------------------------------------------------------------------------------


def test_the_file_says_what_was_shown_and_names_nobody(cast, event):
    text = xml(cast.ning.actor, event)
    rows = [(each.get("p").split(","), each.text) for each in ElementTree.fromstring(text).iter("d")]
    assert [body for _, body in rows] == ["等 <着> & \"看\"", "第一", "{\\an8}第二"]
    assert [facts[1] for facts, _ in rows] == ["1", "5", "4"]
    assert float(rows[0][0][0]) < 0 < float(rows[1][0][0]) < float(rows[2][0][0])
    assert len({facts[6] for facts, _ in rows}) == 3 and all(len(facts) == 8 for facts, _ in rows)
    assert all(re.fullmatch("[0-9a-f]{8}", facts[6]) for facts, _ in rows)
    assert "林间" not in text and "看不见的" not in text


def test_the_same_person_is_somebody_else_in_another_event(cast, event):
    other = announce(cast)
    write_bullet(cast.lin.actor, other, "第一")
    hashes = [re.search(r",([0-9a-f]{8}),\d+\">第一", xml(cast.lin.actor, each))[1] for each in (event, other)]
    assert hashes[0] != hashes[1]


def test_what_one_may_not_watch_one_may_not_take_along(cast, as_):
    closed, hidden = announce(cast, "invited"), announce(cast, "members", cast.darkroom)
    for actor, number, error in (
        (GUEST, announce(cast), SignInNeeded), (cast.ning.actor, hidden, Gone),
        (cast.ning.actor, closed, (Gone, Denied)),
    ):  # fmt: skip
        with pytest.raises(error):
            exchange.taken_along(actor, number)
    for ending in ("xml", "ass"):
        assert as_("ning").get(f"/live/{hidden}/comments.{ending}").status_code == 404


def test_files_are_sent_page_by_page(cast, event, as_, monkeypatch):
    monkeypatch.setattr(exchange, "PAGE", 2)
    answer = as_("ning").get(f"/live/{event}/comments.xml")
    assert answer.status_code == 200 and answer.is_streamed and answer.mimetype == "application/xml"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    written = [each.text for each in ElementTree.fromstring(answer.get_data()).iter("d")]
    assert written == [row[2] for row in said(event)]
    subtitled = as_("ning").get(f"/live/{event}/comments.ass")
    assert subtitled.status_code == 200 and "Dialogue:" in subtitled.text


def test_subtitles_hold_no_commands_of_those_who_wrote(cast, event):
    text = ass(cast.ning.actor, event)
    lines = [line.split(",", 9)[9] for line in text.splitlines() if line.startswith("Dialogue:")]
    assert len(lines) == 2, "what was said before the beginning has no place in a film"
    for line in lines:
        command, _, words = line[1:].partition("}")
        assert not set("{}\\") & set(words) and command.startswith("\\")
    assert "PlayResX: 1920" in text and r"\an8" in lines[0] and r"\an2" in lines[1]


def bullet(number: int, offset: int, body: str, mode: int = 0) -> Bullet:
    return Bullet(number, 1, "x", None, body, mode, 0, offset, 0, None)


def test_no_two_subtitles_meet_in_their_lane():
    rows = [bullet(at, at * 137, "字" * (1 + at * 7 % 40), (0, 0, 0, 1, 2)[at % 5]) for at in range(600)]
    seen: dict[str, list[tuple[float, float, int]]] = {}
    for line in "".join(subtitles.as_ass("x", iter(rows))).splitlines():
        found = re.match(r"Dialogue: (\d),0:(\d+):([\d.]+),0:(\d+):([\d.]+),.*?\{(.*?)\}(.*)", line)
        if found:
            mode, m1, s1, m2, s2, how, words = found.groups()
            start, end = int(m1) * 60 + float(s1), int(m2) * 60 + float(s2)
            lane = how if mode != "0" else "scroll" + how.split(",")[1]
            seen.setdefault(lane, []).append((start, end, subtitles.width_of(words)))
    assert sum(map(len, seen.values())) > 200 and len(seen) > 20
    for lane, taken in seen.items():
        for (start, end, width), (after, _, next_width) in pairwise(taken):
            if not lane.startswith("scroll"):
                assert after >= end - 0.011
                continue
            tail = subtitles.WIDTH - (after - start) * (subtitles.WIDTH + width) / 10 + width
            assert after >= end or tail <= subtitles.WIDTH
            head = subtitles.WIDTH - max(0, end - after) * (subtitles.WIDTH + next_width) / 10
            assert head >= 0


# ---- in -----------------------------------------------------------------------------------------------------


def test_there_and_back_is_the_same(cast, event):
    there = over(cast)
    taken = exchange.take_in(cast.che.actor, there, xml(cast.che.actor, event).encode())
    assert (taken.added, taken.there, taken.left_out) == (3, 0, 0)
    assert said(there) == said(event)
    assert LiveEvent.get_by_id(there).comment_count == 3
    assert LiveAct.select().where(LiveAct.event == there, LiveAct.action == "take_in").exists()
    back = xml(cast.che.actor, there)
    assert [each.text for each in ElementTree.fromstring(back).iter("d")] == [row[2] for row in said(event)]


def test_the_same_file_twice_adds_nothing_also_where_it_came_from(cast, event):
    there, raw = over(cast), xml(cast.che.actor, event).encode()
    exchange.take_in(cast.che.actor, there, raw)
    again = exchange.take_in(cast.che.actor, there, raw)
    assert (again.added, again.there) == (0, 3)
    home = exchange.take_in(cast.che.actor, event, raw)
    assert (home.added, home.there) == (0, 3) and len(said(event)) == 3


def test_twice_at_once_is_once(cast, in_threads):
    there = over(cast)
    raw = file_of(*(ROW.format(number / 10, number, f"第{number}") for number in range(1200)))
    in_threads(6, lambda _number: exchange.take_in(cast.che.actor, there, raw))
    assert LiveComment.select().where(LiveComment.event == there).count() == 1200
    assert LiveEvent.get_by_id(there).comment_count == 1200


def test_what_other_tools_write_is_understood(cast):
    there = over(cast)
    raw = file_of(
        "<chatserver>chat.bilibili.com</chatserver>",
        '<d p="23.826,5,25,15138834,1312863760,0,eff85771,42759017" user="小红">上面</d>',
        '<d p="1,4,25,255">短的</d>', '<d p="2.5,6,18,16777215,0,0,x,y">反的</d>',
        '<d p="3,7,25,1,0,0,x,9">[0,0,"程序"]</d>', '<d p="nan,1,25,1">什么时候</d>', '<d p="1e99,1,25,1">太久</d>',
        '<d p="">没有</d>', "<d>也没有</d>", '<d p="4,1,25,1,1,0,x,10">  </d>', "<x><d p='5,1,25,-1'>里面</d></x>",
        ROW.format(6, 11, "长" * 300), ROW.format(7, 12, "a\x07b\x1b"),
    )  # fmt: skip
    taken = exchange.take_in(cast.che.actor, there, raw)
    assert (taken.added, taken.left_out) == (6, 6)
    assert [row[1:] for row in said(there)] == [
        (2, "短的", 255), (0, "反的", None), (0, "里面", None), (0, "长" * 100, None), (0, "a b", None),
        (1, "上面", 15138834),
    ]  # fmt: skip
    assert LiveComment.get(LiveComment.body == "上面").name == "小红"


HOSTILE = {
    "laughs": b'<!DOCTYPE i [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><i><d p="1,1,25,1">&b;</d></i>',
    "outside": b'<!DOCTYPE i [<!ENTITY x SYSTEM "file:///etc/passwd">]><i><d p="1,1,25,1">&x;</d></i>',
    "outside dtd": b'<!DOCTYPE i SYSTEM "http://127.0.0.1/x.dtd"><i/>',
    "utf-16": '<!DOCTYPE i [<!ENTITY a "x">]><i><d p="1,1,25,1">&a;</d></i>'.encode("utf-16"),
    "unknown entity": b'<i><d p="1,1,25,1">&x;</d></i>',
    "cut off": b'<i><d p="1,1,25,1">x</d>',
    "no xml": b"\x89PNG\r\n\x1a\n",
    "nothing": b"",
    "an odd encoding": b'<?xml version="1.0" encoding="utf-99"?><i/>',
    "no comments": b"<i></i>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_and_add_nothing(cast, name):
    there = over(cast)
    with pytest.raises(Invalid):
        exchange.take_in(cast.che.actor, there, HOSTILE[name])
    assert not LiveComment.select().exists()


def test_too_many_and_too_large_are_refused(cast, monkeypatch):
    there = over(cast)
    monkeypatch.setitem(LIMITS, "live_import", 10)
    with pytest.raises(Invalid, match="live_file_many"):
        exchange.take_in(cast.che.actor, there, file_of(*(ROW.format(1, number, "x") for number in range(11))))
    monkeypatch.setitem(LIMITS, "live_import_bytes", 1000)
    with pytest.raises(Invalid, match="live_file_large"):
        exchange.take_in(cast.che.actor, there, b" " * 1001)
    assert not LiveComment.select().exists()


def test_only_hosts_take_in_and_only_afterwards(cast, event):
    raw = file_of(ROW.format(1, 1, "x"))
    for person in (cast.may, cast.ning, cast.owner):
        with pytest.raises(Denied):
            exchange.take_in(person.actor, event, raw)
    running = announce(cast)
    with pytest.raises(Conflict, match="live_not_over"):
        exchange.take_in(cast.che.actor, running, raw)


def test_a_file_is_sent_by_a_form(cast, event, as_, post):
    che, url = as_("che"), f"/live/{event}/import"
    assert 'type="file"' in che.get(url).text
    sent = post(che, url, {"file": (BytesIO(file_of(ROW.format(1, 1, "新的"))), "a.xml")})
    assert sent.status_code == 303 and LiveComment.select().where(LiveComment.body == "新的").exists()
    refused = post(che, url, {"file": (BytesIO(HOSTILE["laughs"]), "a.xml")})
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.text
    assert post(che, url).status_code == 422
    assert post(as_("ning"), url, {"file": (BytesIO(b"<i/>"), "a.xml")}).status_code == 403
