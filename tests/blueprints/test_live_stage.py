"""What is on an event's stage: addresses that are taken and refused, the one page that is opened to them, films of an
event, and who gets to see them."""

import re

import pytest

from blueprints.live import moderating, running
from blueprints.live.halls import hall
from blueprints.live.showing import stage_of
from blueprints.live.stages import frame_of, read_source
from core import guard, video
from core.errors import Invalid
from models import LiveEvent, Membership
from tests.blueprints.live_stories import an_event, row_of

PIECE = video.PIECE_BYTES
STREAM = "https://stream.example/live/index.m3u8"
BILIBILI = "https://www.bilibili.com/video/BV1GJ411x7h7/"

# ---- addresses ----------------------------------------------------------------------------------------------

BV = "https://player.bilibili.com/player.html?bvid=BV1GJ411x7h7&p={}&autoplay=1&danmaku=0&isOutside=true"
TUBE = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&playsinline=1&rel=0"
VIMEO = "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"

TAKEN = [
    ("https://www.bilibili.com/video/BV1GJ411x7h7/?spm_id_from=333&vd_source=abc", BV.format(1)),
    ("https://www.bilibili.com/video/BV1GJ411x7h7?p=3&t=75", BV.format(3) + "&t=75"),
    ("m.bilibili.com/video/BV1GJ411x7h7", BV.format(1)),
    ("http://www.bilibili.com/video/av170001", BV.format(1).replace("bvid=BV1GJ411x7h7", "aid=170001")),
    ('<iframe src="//player.bilibili.com/player.html?isOutside=true&amp;aid=80433022&amp;bvid=BV1GJ411x7h7&amp;p=2" '
     'scrolling="no" allowfullscreen="true"></iframe>', BV.format(2)),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1&si=track", TUBE),
    ("https://youtu.be/dQw4w9WgXcQ?si=track&t=1m30s", TUBE + "&start=90"),
    ("https://m.youtube.com/live/dQw4w9WgXcQ", TUBE),
    ("https://www.youtube.com/shorts/dQw4w9WgXcQ", TUBE),
    ('<iframe width="560" src="https://www.youtube.com/embed/dQw4w9WgXcQ?start=9" title="x"></iframe>',
     TUBE + "&start=9"),
    ("https://vimeo.com/76979871", VIMEO),
    ("https://vimeo.com/channels/staffpicks/76979871", VIMEO),
    ("https://vimeo.com/76979871/abcdef0123", VIMEO + "&h=abcdef0123"),
    ("https://player.vimeo.com/video/76979871?h=abcdef0123&title=0", VIMEO + "&h=abcdef0123"),
    ("https://vimeo.com/event/1234567", "https://vimeo.com/event/1234567/embed?dnt=1&autoplay=1"),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "kept"), TAKEN)
def test_what_is_pasted_becomes_the_one_address_of_the_player(app, pasted, kept):
    assert read_source("embed", f"  {pasted}\n") == kept
    assert read_source("embed", kept) == kept, "and stays it when the form is saved again"
    assert frame_of(kept).address == kept and kept.startswith(frame_of(kept).origin + "/")


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("https://evil.example/video/BV1GJ411x7h7", "stage_provider"),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", "stage_provider"),
        ("https://evil.example/?u=https://youtu.be/dQw4w9WgXcQ", "stage_provider"),
        ("https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ", "stage_provider"),
        ("https://user:word@www.youtube.com/watch?v=dQw4w9WgXcQ", "stage_provider"),
        ("https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ", "stage_provider"),
        ("javascript:alert(1)//www.youtube.com/watch?v=dQw4w9WgXcQ", "stage_provider"),
        ("data:text/html,<script>alert(1)</script>", "stage_provider"),
        ("https://[::1", "stage_address"),
        ('https://www.youtube.com/watch?v=dQw4w9WgXcQ"><script>', "stage_no_video"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXc١", "stage_no_video"),
        ("https://www.youtube.com/@somebody", "stage_no_video"),
        ("https://www.bilibili.com/", "stage_no_video"),
        ("https://space.bilibili.com/1", "stage_provider"),
        ("https://www.bilibili.com/video/BV1GJ411x7h7;frame-src%20*", "stage_no_video"),
        ("https://vimeo.com/about", "stage_no_video"),
        ("https://b23.tv/abcdefg", "stage_short"),
        ("", "stage_missing"),
        ("x" * 9000, "stage_long"),
    ],
)
def test_other_players_are_refused_with_the_reason(app, pasted, code):
    with pytest.raises(Invalid) as refusal:
        read_source("embed", pasted)
    assert (refusal.value.code, refusal.value.field) == (code, "source")


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (STREAM, STREAM),
        ("https://STREAM.example:8443/a/b.m3u8?token=a.b-c", "https://stream.example:8443/a/b.m3u8?token=a.b-c"),
        ("https://stream.example/a.m3u8#here", "https://stream.example/a.m3u8"),
        ("/hls/run.m3u8", "/hls/run.m3u8"),
        ("http://127.0.0.1:8888/run/index.m3u8", "http://127.0.0.1:8888/run/index.m3u8"),
    ],
)
def test_addresses_of_streams(app, pasted, kept):
    assert read_source("hls", pasted) == kept == read_source("hls", kept)


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("http://stream.example/a.m3u8", "stage_not_https"),
        ("rtmp://stream.example/a.m3u8", "stage_not_https"),
        ("//stream.example/a.m3u8", "stage_not_https"),
        ("https://stream.example/a.mp4", "stage_playlist"),
        ("https://stream.example/?a.m3u8", "stage_playlist"),
        ("https://stream.example;frame-src *;/a.m3u8", "stage_address"),
        ("https://stream.example,evil.example/a.m3u8", "stage_address"),
        ("https://*/a.m3u8", "stage_address"),
        ("https://*.example/a.m3u8", "stage_address"),
        ("https://user@stream.example/a.m3u8", "stage_address"),
        ("https://stream.example:99999/a.m3u8", "stage_address"),
        ("https://stream.example/a\r\nSet-Cookie: a=b/a.m3u8", "stage_playlist"),
        ("/\\evil.example/a.m3u8", "stage_playlist"),
        ("a.m3u8", "stage_playlist"),
        ("https://stream.example/" + "a" * 600 + ".m3u8", "stage_long"),
    ],
)
def test_other_addresses_are_no_streams(app, pasted, code):
    with pytest.raises(Invalid) as refusal:
        read_source("hls", pasted)
    assert (refusal.value.code, refusal.value.field) == (code, "source")


def test_a_site_with_tls_takes_no_stream_without(make_app):
    make_app(QUANZI_BASE_URL="https://club.example")
    with pytest.raises(Invalid):
        read_source("hls", "http://127.0.0.1:8888/a.m3u8")


@pytest.mark.parametrize("kind", ["none", "video"])
def test_stages_without_an_address_keep_none(app, kind):
    assert read_source(kind, "javascript:alert(1)") == ""


# ---- what a page is opened to -------------------------------------------------------------------------------


def directives(response):
    said = response.headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in said.split(";"))


@pytest.fixture
def event(cast):
    """`event(stage="hls", source=…)`: of 夜跑, hosted by Che; it runs."""

    def make(*, begins=True, **draft):
        number = an_event(cast.che.actor, cast.running.id, **draft)
        if begins:
            running.begin(cast.che.actor, number)
        return number

    return make


@pytest.fixture
def shut(as_):
    """The policy of an ordinary page."""
    return directives(as_("lin").get("/circles/night-run"))


def test_a_stream_opens_its_page_to_its_place_and_no_other(as_, event, shut):
    lin, number = as_("lin"), event(stage="hls", source=STREAM)
    opened = directives(lin.get(f"/live/{number}"))
    assert opened["media-src"] == "'self' https://stream.example blob:"
    assert opened["connect-src"] == "'self' https://stream.example"
    assert "frame-src" not in opened and opened["default-src"] == "'none'"
    kept = {"media-src", "connect-src", "script-src", "style-src"}
    assert {name: value for name, value in opened.items() if name not in kept} == {
        name: value for name, value in shut.items() if name not in kept
    }


def test_a_stream_of_this_site_opens_nothing_but_what_a_player_makes(as_, event):
    opened = directives(as_("lin").get(f"/live/{event(stage='hls', source='/hls/run.m3u8')}"))
    assert opened["media-src"] == "'self' blob:" and opened["connect-src"] == "'self'"


@pytest.mark.parametrize("pasted", [BILIBILI, "https://youtu.be/dQw4w9WgXcQ", "https://vimeo.com/76979871"])
def test_a_player_opens_its_page_to_one_frame(as_, event, shut, pasted):
    number = event(stage="embed", source=pasted)
    opened = directives(as_("lin").get(f"/live/{number}"))
    assert opened.pop("frame-src") == frame_of(row_of(number).source).origin
    nonces = {"script-src", "style-src"}
    assert {k: v for k, v in opened.items() if k not in nonces} == {k: v for k, v in shut.items() if k not in nonces}


def test_no_other_page_is_opened_also_afterwards(cast, as_, event, shut):
    lin, che = as_("lin"), as_("che")
    hls, embed = event(stage="hls", source=STREAM), event(stage="embed", source=BILIBILI)
    for number in (hls, embed):
        lin.get(f"/live/{number}")
    plain = event(stage="none")
    film = event(stage="video")
    others = [f"/live/{plain}", f"/live/{film}", "/live/", "/circles/night-run", "/circles/night-run/live",
              f"/live/{embed}/edit", f"/live/{hls}/edit", f"/live/{hls}/stage", "/", "/nothing-here"]  # fmt: skip
    for address in others:
        opened = directives(che.get(address))
        assert "frame-src" not in opened, address
        assert (opened["media-src"], opened["connect-src"]) == ("'self'", "'self'"), address


def test_who_may_not_watch_gets_a_shut_page(cast, client, event):
    number = event(stage="embed", source=BILIBILI, visibility="members")
    assert "frame-src" not in directives(client.get(f"/live/{number}"))


def test_a_cancelled_event_opens_nothing(cast, as_, event):
    from blueprints.live import scheduling

    number = event(begins=False, stage="embed", source=BILIBILI)
    scheduling.cancel(cast.che.actor, number)
    page = as_("lin").get(f"/live/{number}")
    assert "frame-src" not in directives(page) and "bilibili" not in page.text


@pytest.mark.parametrize("source", ["*", "https:", "'unsafe-inline'", "https://a.example; script-src *", "data:",
                                    "https://a.example https://b.example", "https://a.example\r\nX: y"])  # fmt: skip
def test_nothing_but_one_place_can_be_opened_to(app, source):
    with app.test_request_context("/"), pytest.raises(ValueError):
        guard.allow(frame_src=source)


# ---- the player of another site -----------------------------------------------------------------------------


def test_nothing_is_asked_of_another_site_before_somebody_wants_it(as_, event):
    number = event(stage="embed", source=BILIBILI)
    lin = as_("lin")
    page = lin.get(f"/live/{number}").text
    assert "<iframe" not in page and "player.bilibili.com/player" not in re.sub(r'data-source="[^"]*"', "", page)
    frame = lin.get(f"/live/{number}/screen", headers={"HX-Request": "true", "HX-Target": "frame"}).text
    assert frame.strip().startswith('<iframe id="frame" src="https://player.bilibili.com/player.html?bvid=BV1GJ411x7h7')
    for word in ("sandbox=", "referrerpolicy=", "allow="):
        assert word in frame
    assert "allow-top-navigation" not in frame and "allow-forms" not in frame


def test_without_scripts_the_player_has_a_page_of_its_own(as_, event):
    number = event(stage="embed", source="https://youtu.be/dQw4w9WgXcQ")
    page = as_("lin").get(f"/live/{number}/screen")
    assert page.text.count("<iframe") == 1 and directives(page)["frame-src"] == "https://www.youtube-nocookie.com"


def test_the_player_comes_only_to_who_may_watch_and_while_there_is_one(cast, as_, client, event):
    number = event(stage="embed", source=BILIBILI)
    Membership.delete().where(Membership.member == cast.lin.id).execute()
    moderating.remove(cast.che.actor, number, cast.lin.id)
    assert as_("lin").get(f"/live/{number}/screen").status_code == 404
    assert as_("may").get(f"/live/{number}/screen").status_code == 200
    assert as_("may").get(f"/live/{event(begins=False, stage='embed', source=BILIBILI)}/screen").status_code == 404
    assert as_("may").get(f"/live/{event(stage='none')}/screen").status_code == 404


def test_an_address_that_is_on_the_list_no_more_is_shown_as_none(cast, event):
    number = event(stage="embed", source=BILIBILI)
    LiveEvent.update(source="https://evil.example/player").where(LiveEvent.id == number).execute()
    assert stage_of(hall(cast.lin.actor, number)).shows == "none"


# ---- states -------------------------------------------------------------------------------------------------


def stage_in(page):
    return dict(re.findall(r'data-(shows|state|plays|opens)="([^"]*)"', page[page.index('id="stage"') :][:400]))


def test_before_it_there_is_a_countdown_and_no_picture(as_, event):
    number = event(begins=False, stage="hls", source=STREAM)
    page = as_("lin").get(f"/live/{number}").text
    assert stage_in(page)["plays"] == "no" and "<video" not in page
    assert f'data-countdown="{row_of(number).starts_at}"' in page


def test_while_it_runs_the_stream_plays_by_the_players_of_this_site(as_, event):
    page = as_("lin").get(f"/live/{event(stage='hls', source=STREAM)}").text
    assert f'data-stream="{STREAM}"' in page and "playsinline controls" in page
    for name in re.findall(r'data-(?:player|worker)="([^"]+)"', page):
        assert as_("lin").get(name).status_code == 200
    assert "hls.light" not in re.sub(r'data-(?:player|worker)="[^"]+"', "", page), "nobody loads it before it is needed"


def test_pages_without_a_stream_know_nothing_of_its_player(as_, event):
    for draft in ({"stage": "none"}, {"stage": "video"}, {"stage": "embed", "source": BILIBILI}):
        assert "hls" not in as_("lin").get(f"/live/{event(**draft)}").text


def test_no_stage_shows_the_cover_and_what_its_host_wrote(as_, event):
    page = as_("lin").get(f"/live/{event(stage='none', about='Bring **shoes**.')}").text
    assert stage_in(page) | {"opens": ""} == {"shows": "none", "state": "live", "plays": "no", "opens": ""}
    assert "<strong>shoes</strong>" in page


def test_a_film_that_nobody_sent_yet_is_waited_for(as_, event):
    assert stage_in(as_("lin").get(f"/live/{event(stage='video')}").text)["plays"] == "no"
