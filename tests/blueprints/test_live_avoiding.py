"""What one member does not want to see in bullet comments: theirs alone, everywhere, in replays too."""

import pytest

from blueprints.live import avoiding, bullets, scheduling, streams
from blueprints.live.commenting import write_bullet
from blueprints.live.halls import hall
from core import clock
from core.errors import Conflict, Denied, Gone, Invalid, SignInNeeded
from core.limits import LIMITS
from core.policy import GUEST
from models import LiveAvoided, LiveTaste


@pytest.fixture
def event(cast) -> int:
    draft = scheduling.EventDraft("夜跑之夜", clock.now() + clock.HOUR)
    made = scheduling.announce(cast.che.actor, draft, cast.running.id).id
    for person, body in ((cast.lin, "林说"), (cast.may, "May 说剧透"), (cast.che, "澈说")):
        write_bullet(person.actor, made, body)
    return made


def listed(actor, event: int) -> list[str]:
    return [row.body for row in bullets.bullets(actor, hall(actor, event)).rows]


def replayed(actor, event: int) -> list[str]:
    return [row.body for row in bullets.replayed(actor, hall(actor, event), -(2**40), 2**40).rows]


def test_somebody_avoided_is_gone_from_list_and_replay_for_one_alone(cast, event):
    assert avoiding.avoid(cast.ning.actor, cast.lin.id) and not avoiding.avoid(cast.ning.actor, cast.lin.id)
    for read in (listed, replayed):
        assert read(cast.ning.actor, event) == ["May 说剧透", "澈说"]
        assert read(cast.lin.actor, event) == read(GUEST, event) == ["林说", "May 说剧透", "澈说"]
    assert [person.id for person in avoiding.avoided_people(cast.ning.actor)] == [cast.lin.id]
    avoiding.welcome_back(cast.ning.actor, cast.lin.id)
    assert len(listed(cast.ning.actor, event)) == 3


def test_the_open_stream_leaves_them_out_too(cast, event):
    avoiding.avoid(cast.ning.actor, cast.lin.id)
    assert streams._watch(cast.ning.actor, event).hides == (cast.lin.id,)
    assert streams._watch(cast.may.actor, event).hides == ()


def test_words_are_found_in_disguise(cast, event):
    avoiding.choose_words(cast.ning.actor, "剧透\n\n 剧透 \nspoiler")
    assert LiveTaste.get().words == "剧透\nspoiler"
    write_bullet(cast.lin.actor, event, "我要劇 透了")
    write_bullet(cast.lin.actor, event, "big SPOILER")
    for read in (listed, replayed):
        assert read(cast.ning.actor, event) == ["林说", "澈说"]
    avoiding.choose_words(cast.ning.actor, "")
    assert len(listed(cast.ning.actor, event)) == 5


def test_pages_are_filled_with_what_one_wants_to_see(cast, event, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_bullets", 5)
    monkeypatch.setitem(LIMITS, "page_replay", 5)
    avoiding.avoid(cast.ning.actor, cast.may.id)
    for number in range(30):
        clock.shift(4000)
        write_bullet((cast.may if number % 3 else cast.lin).actor, event, f"第{number}")
    here, seen, before = hall(cast.ning.actor, event), [], None
    for _page in range(20):
        page = bullets.bullets(cast.ning.actor, here, before)
        seen = [row.body for row in page.rows] + seen
        if page.more is None:
            break
        before = page.more[0]
    wanted = ["林说", "澈说", *(f"第{number}" for number in range(0, 30, 3))]
    assert seen == wanted
    seen, cursor = [], (-(2**40), 0)
    for _page in range(20):
        page = bullets.replayed(cast.ning.actor, here, cursor[0], 2**40, cursor[1])
        seen += [row.body for row in page.rows]
        if page.more is None:
            break
        cursor = page.more
    assert seen == wanted


def test_what_cannot_be_avoided(cast, monkeypatch):
    with pytest.raises(SignInNeeded):
        avoiding.avoid(GUEST, cast.lin.id)
    with pytest.raises(Conflict, match="live_avoid_self"):
        avoiding.avoid(cast.lin.actor, cast.lin.id)
    with pytest.raises(Gone):
        avoiding.avoid(cast.lin.actor, 10**9)
    with pytest.raises(Denied):
        avoiding.avoid(cast.suspended.actor, cast.lin.id)
    with pytest.raises(Invalid):
        avoiding.choose_words(cast.lin.actor, "字" * 10_001)
    with pytest.raises(Invalid, match="live_avoided_word"):
        avoiding.choose_words(cast.lin.actor, "好\n…")
    monkeypatch.setitem(LIMITS, "page_avoided", 1)
    avoiding.avoid(cast.lin.actor, cast.may.id)
    with pytest.raises(Conflict, match="live_avoided_many"):
        avoiding.avoid(cast.lin.actor, cast.che.id)


def test_avoiding_from_the_menu_of_a_comment_and_back_on_one_s_own_page(cast, event, as_, post):
    ning = as_("ning")
    number = bullets.bullets(cast.ning.actor, hall(cast.ning.actor, event)).rows[0].id
    url = f"/live/avoided/{cast.lin.id}"
    for headers in ({}, {"HX-Request": "true"}):
        menu = ning.get(f"/live/{event}/comments/{number}/menu", headers=headers)
        assert menu.status_code == 200 and f'formaction="{url}"' in menu.text
    answer = post(ning, url, {"on": "1"}, htmx=True)
    assert answer.status_code == 200 and '"avoid"' in answer.headers["HX-Trigger"]
    assert "林说" not in ning.get(f"/live/{event}/comments").text
    assert "林说" not in ning.get(f"/live/{event}/replay").text
    page = ning.get("/live/avoided").text
    assert f'formaction="{url}"' in page and "林间" in page
    assert post(ning, url, {"on": "0"}, htmx="avoided").text.count(url) == 0
    assert not LiveAvoided.select().exists()
    assert post(ning, url).status_code == 303 and LiveAvoided.select().count() == 1
    assert post(ning, f"{url}?on=0").status_code == 303 and not LiveAvoided.select().exists()


def test_words_are_typed_into_a_form(cast, as_, post):
    ning = as_("ning")
    assert post(ning, "/live/avoided/words", {"words": "剧透\r\n结局"}).status_code == 303
    assert "剧透\n结局" in ning.get("/live/avoided").text
    refused = post(ning, "/live/avoided/words", {"words": "<b>\n!!!"})
    assert refused.status_code == 422 and "&lt;b&gt;\n!!!" in refused.text


def test_guests_and_one_s_own_comments_have_no_such_way(cast, event, as_, client):
    number = bullets.bullets(GUEST, hall(GUEST, event)).rows[0].id
    for browser in (client, as_("lin")):
        menu = browser.get(f"/live/{event}/comments/{number}/menu")
        assert menu.status_code == 200 and "/live/avoided/" not in menu.text
