"""Two owners at once, or one with two tabs: neither loses what the other has just chosen."""

import pytest

from blueprints.circles import actions
from core import config, media
from core.errors import Denied
from core.limits import RATES, Rate
from models import Picture
from tests.blueprints.circle_stories import photo, stored_files, upload


def stored(colour):
    return media.store_picture(photo(colour=colour), config.current().data / "media")


def is_there(key):
    return Picture.select().where(Picture.key == key).exists() and any(key in path.name for path in stored_files())


def test_a_cover_chosen_meanwhile_stays(as_, post, cast, monkeypatch):
    """Between the page's look at the circle and its writing, another tab sets the cover."""
    che, circle = cast.che.actor, cast.running.id
    actions.set_picture(che, circle, "cover", stored("#111"))
    begin, other = actions.set_picture, stored("#222")

    def slower(*arguments):
        begin(che, circle, "cover", other)
        begin(*arguments)

    monkeypatch.setattr(actions, "set_picture", slower)
    sent = {"which": "picture", "media": upload(photo(colour="#333"))}
    assert post(as_("che"), "/circles/night-run/pictures", sent).status_code == 303
    now = cast.running
    assert now.cover_key == other.key and is_there(now.cover_key) and is_there(now.picture_key)


def test_covers_chosen_at_once_leave_one_and_no_litter(cast, in_threads):
    made = [stored(f"#{place}5{place}") for place in range(1, 7)]
    before = len(stored_files()) - 3 * len(made)
    in_threads(6, lambda place: actions.set_picture(cast.che.actor, cast.running.id, "cover", made[place]))
    assert is_there(cast.running.cover_key)
    assert len(stored_files()) == before + 3


def test_what_could_not_be_set_leaves_nothing(cast):
    before = sorted(stored_files())
    with pytest.raises(Denied):
        actions.set_picture(cast.may.actor, cast.running.id, "cover", stored("#456"))
    assert sorted(stored_files()) == before


def test_pictures_cannot_be_made_without_end(as_, post, monkeypatch, cast):
    """Making one takes a processor up to seconds."""
    monkeypatch.setitem(RATES, "picture.store", Rate(1, 10**8))
    che = as_("che")
    assert post(che, "/circles/night-run/pictures", {"which": "cover", "media": upload(photo())}).status_code == 303
    assert post(che, "/circles/night-run/pictures", {"which": "cover", "media": upload(photo())}).status_code == 429
    profile = {"display_name": "阿澈", "bio": "", "avatar": upload(photo())}
    assert post(che, "/settings/profile", profile).status_code == 429
