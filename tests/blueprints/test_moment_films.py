"""Films of moments: sent before the moment is written, a minute at most, seen by those who see the moment."""

from io import BytesIO

import pytest

from blueprints.feed import ending, filming, narrowing, posting
from blueprints.feed.audience import Audience
from core import clock, config, film, jobs, limits, media, video
from core.errors import BadVideo, Gone, Invalid
from models import Moment, Video
from tests import films
from tests.blueprints.moment_stories import befriend, show
from tests.cast import png


@pytest.fixture
def friends(cast, monkeypatch):
    """Without ffmpeg: what a film is, its own boxes say."""
    monkeypatch.setattr(film, "has_ffmpeg", lambda: False)
    befriend(cast.lin, cast.che)
    return cast


def sent(person, content: bytes | None = None, *, done: bool = True) -> Video:
    """A film on its way to a moment of this member; `done`: its job has looked at it."""
    content = content or films.bare_mp4()
    begun = video.begin(person.actor, filming.WAITING, person.id, "跑步.mp4", len(content))
    row = films.send(person.actor, begun, content)
    if done:
        jobs.run_due()
    return Video.get_by_id(row.id)


def asked(browser, address: str) -> int:
    with browser.get(address) as answer:
        return answer.status_code


def test_a_film_goes_with_its_moment_to_those_who_see_it(friends, as_, post):
    row, lin = sent(friends.lin), as_("lin")
    watch = f"/videos/{row.key}/film"
    assert [asked(as_(who), watch) for who in ("lin", "che", "owner")] == [404, 404, 404]
    assert f'value="{row.key}"' in lin.get("/feed/write").text
    assert post(lin, "/feed/posts", {"body": "跑！", "audience": "friends", "video": row.key}).status_code == 303
    moment = Moment.get()
    assert moment.video_id == row.id
    assert [asked(as_(who), watch) for who in ("lin", "che", "owner")] == [200, 200, 404]
    assert watch in as_("che").get(f"/feed/posts/{moment.id}").text
    assert row.key not in lin.get("/feed/write").text
    narrowing.narrow(friends.lin.actor, moment.id, Audience("me"))
    assert [asked(as_(who), watch) for who in ("lin", "che")] == [200, 404]


def test_a_moment_may_be_written_while_its_film_is_being_prepared(friends, as_):
    row = sent(friends.lin, done=False)
    moment = show(friends.lin.actor, "等一下", video=row.key)
    page = as_("che").get(f"/feed/posts/{moment}").text
    assert f'hx-get="/feed/posts/{moment}/film"' in page and "<video" not in page
    assert as_("che").get(f"/feed/posts/{moment}/film").status_code == 204
    seq = Moment.get_by_id(moment).seq
    jobs.run_due()
    assert Moment.get_by_id(moment).seq > seq
    assert f"/videos/{row.key}/film" in as_("che").get(f"/feed/posts/{moment}").text
    asked_again = as_("che").get(f"/feed/posts/{moment}/film").text
    assert f"/videos/{row.key}/film" in asked_again and 'hx-swap-oob="true"' in asked_again


def film_part(browser, moment: int) -> str:
    page = browser.get(f"/feed/posts/{moment}").text
    return page.partition(f'id="film-{moment}">')[2].partition("</div>")[0]


@pytest.mark.parametrize(("ms", "fits"), [(60_000, True), (60_999, True), (61_000, False), (600_000, False)])
def test_a_minute_is_the_most(friends, ms, fits):
    row = sent(friends.lin, films.bare_mp4(ms=ms))
    assert row.state == ("ready" if fits else "failed")
    assert bool(films.kept_files()) is fits
    if not fits:
        assert row.error == "moment_film_long"
        with pytest.raises(BadVideo):
            show(friends.lin.actor, video=row.key)


def test_one_that_turns_out_too_long_is_gone_for_others_and_explained_to_its_author(friends, as_):
    row = sent(friends.lin, films.bare_mp4(ms=90_000), done=False)
    moment = show(friends.lin.actor, "很长", video=row.key)
    jobs.run_due()
    assert "notice" in film_part(as_("lin"), moment)
    page = as_("che").get(f"/feed/posts/{moment}").text
    assert "很长" in page and film_part(as_("che"), moment).split() == []
    assert asked(as_("lin"), f"/videos/{row.key}/film") == 404 and films.kept_files() == []


def test_only_ones_own_films_and_only_once(friends):
    row = sent(friends.lin)
    with pytest.raises(Invalid):
        show(friends.che.actor, video=row.key)
    show(friends.lin.actor, video=row.key)
    with pytest.raises(Invalid):
        show(friends.lin.actor, video=row.key)
    half = video.begin(friends.lin.actor, filming.WAITING, friends.lin.id, "半.mp4", 5000)
    with pytest.raises(Invalid):
        show(friends.lin.actor, video=half.key)
    assert Moment.select().count() == 1


def test_nobody_sends_in_anothers_name_or_into_a_moment_that_is_there(friends):
    moment = show(friends.lin.actor)
    for kind, number in ((filming.WAITING, friends.che.id), ("moment", moment)):
        with pytest.raises(Gone):
            video.begin(friends.lin.actor, kind, number, "a.mp4", 1000)


def test_films_that_are_never_shown_do_not_gather(friends, as_, post):
    for _ in range(filming.MOST_WAITING):
        row = sent(friends.lin)
    with pytest.raises(BadVideo):
        sent(friends.lin)
    assert post(as_("che"), f"/feed/films/{row.key}/remove").status_code == 404
    assert post(as_("lin"), f"/feed/films/{row.key}/remove").status_code == 303
    assert len(films.kept_files()) == filming.MOST_WAITING - 1
    clock.shift(clock.DAY + 1000)
    assert filming.sweep() == filming.MOST_WAITING - 1 and films.kept_files() == []


def test_a_film_is_as_large_as_a_minute_can_be(friends):
    with pytest.raises(BadVideo) as refused:
        video.begin(friends.lin.actor, filming.WAITING, friends.lin.id, "a.mp4", limits.LIMITS["moment_film_bytes"] + 1)
    assert refused.value.code == "video_large_mb"


def test_pictures_or_a_film(friends):
    picture = media.NewPicture(media.store_picture(png(), config.current().data / "media"))
    with pytest.raises(Invalid) as refused:
        show(friends.lin.actor, video=sent(friends.lin).key, pictures=[picture])
    assert refused.value.field == "video"


def test_it_is_sent_by_a_plain_form_as_well(friends, as_, post):
    lin = as_("lin")
    film_file = (BytesIO(films.bare_mp4()), "跑步.mp4")
    assert post(lin, "/feed/films", {"video": film_file}).status_code == 303
    key = Video.get().key
    assert f'value="{key}"' in lin.get("/feed/write").text
    wrong = post(lin, "/feed/films", {"video": (BytesIO(b"MZ" + bytes(300)), "跑步.mp4")})
    assert wrong.status_code == 422 and 'id="composer"' in wrong.text


def test_it_goes_with_its_moment_for_good(friends):
    moment = show(friends.lin.actor, video=sent(friends.lin).key)
    posting.delete(friends.lin.actor, moment)
    clock.shift(limits.LIMITS["deleted_kept_seconds"] * 1000 + 1000)
    ending.purge_deleted()
    assert films.kept_files() == [] and Video.select().count() == 0


def test_a_real_film_gets_a_poster_that_its_readers_see(cast, as_):
    films.needs_ffmpeg()
    befriend(cast.lin, cast.che)
    content = films.mp4()
    row = sent(cast.lin, content)
    moment = show(cast.lin.actor, video=row.key)
    poster = f"/media/{row.poster_key}/m.webp"
    assert poster in as_("che").get(f"/feed/posts/{moment}").text
    assert [asked(as_(who), poster) for who in ("che", "owner")] == [200, 404]
