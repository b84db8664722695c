"""What a circle looks at first cannot be brought in by another way; what was let through is not stopped again."""

import pytest

from blueprints.circles import pending, screening
from blueprints.circles.commenting import edit_comment, write_comment
from blueprints.circles.files import NewFile
from blueprints.circles.pending import Rewriting
from blueprints.circles.polls import PollDraft
from blueprints.circles.posting import PostDraft, edit_post, write_post
from core import clock, config, files, likeness, media
from core.errors import Invalid
from models import Membership, Pending, Post, Screening, WatchedWord
from tests.cast import png


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


def looks(cast, approval="none", **more):
    usual = {"newcomer_days": 7, "newcomer_posts": 0, "newcomer_links": True, "repeats": False}
    Screening.create(circle=cast.running.id, approval=approval, **usual | more)


def watch(cast, word):
    WatchedWord.create(
        circle=cast.running.id, key=word, word=word, action="hold", added_by=cast.che.id, added_at=clock.now()
    )


def write(cast, body, **more):
    return write_post(cast.lin.actor, cast.running.id, PostDraft("", body, **more))


# ---- by another way -----------------------------------------------------------------------------------------


def test_a_newcomer_adds_no_link_afterwards(cast):
    looks(cast, newcomer_links=False)
    row = write(cast, "今晚七点，老地方")
    said = write_comment(cast.lin.actor, cast.running.id, row.id, "我带水")
    with pytest.raises(Invalid):
        edit_post(cast.lin.actor, cast.running.id, row.id, PostDraft("", "今晚 https://spam.example/ 见"))
    with pytest.raises(Invalid):
        edit_comment(cast.lin.actor, cast.running.id, row.id, said.id, "[水](https://spam.example)")
    edit_post(cast.lin.actor, cast.running.id, row.id, PostDraft("", "今晚七点半"))
    assert Post.get_by_id(row.id).source == "今晚七点半"


def test_but_mends_words_around_a_link_that_was_let_through(cast):
    looks(cast, newcomer_links=False)
    held = write(cast, "路线：https://map.example/a")
    _, number = pending.approve(cast.may.actor, cast.running.id, held.id)
    edit_post(cast.lin.actor, cast.running.id, number, PostDraft("", "新路线：https://map.example/a"))
    with pytest.raises(Invalid):
        edit_post(cast.lin.actor, cast.running.id, number, PostDraft("", "新路线：https://map.example/b"))


def test_who_has_been_there_for_long_adds_links(cast):
    looks(cast, newcomer_links=False)
    Membership.update(joined_at=1).where(Membership.member == cast.lin.id).execute()
    row = write(cast, "今晚七点，老地方")
    edit_post(cast.lin.actor, cast.running.id, row.id, PostDraft("", "https://map.example/"))


def test_words_are_found_in_what_pictures_show_and_files_are_called(cast):
    watch(cast, "赌博")
    data = config.current().data
    picture = media.NewPicture(media.store_picture(png(), data / "media"), "赌 博 开户")
    paper = NewFile(files.store_file(b"x", "赌博.txt", data / "files"))
    for enclosed in ({"pictures": [picture]}, {"papers": [paper]}):
        made = write_post(cast.lin.actor, cast.running.id, PostDraft("", f"看 {len(enclosed)}"), **enclosed)
        assert isinstance(made, Pending) and made.held_for == "words"


def test_a_poll_beside_them_makes_the_same_words_no_others(cast):
    looks(cast)
    write(cast, "加我好友领取跑步福利，名额有限", poll=PollDraft(("好", "很好")))
    with pytest.raises(Invalid) as refused:
        write(cast, "加我好友领取跑步福利，名额有限", poll=PollDraft(("行", "很行")))
    assert refused.value.code == "repeated"


def test_a_repetition_is_found_among_many_that_begin_alike_or_with_nothing(cast):
    looks(cast)
    write(cast, "  ……　加我好友领取跑步福利，名额有限，先到先得")
    with pytest.raises(Invalid) as refused:
        write(cast, "加我，好友：领取跑步福利名额有限！先到先得")
    assert refused.value.code == "repeated"


def test_a_circle_full_of_texts_that_fold_slowly_holds_up_nobody(cast, monkeypatch):
    """One transaction writes at a time, on the whole site."""
    for number in range(60):
        Post.create(
            circle=cast.running.id, author=cast.che.id, source=f"……{number}{chr(0xFDFA) * 6000}", html="",
            policy_version=1, created_at=clock.now(),
        )  # fmt: skip
    folded = []
    bones = likeness.bones
    monkeypatch.setattr(screening, "_bones", lambda text: folded.append(len(text)) or bones(text))
    screening._begins.cache_clear()
    write_comment(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id, "今晚七点在老地方见，带上水")
    assert folded == [], "none of them begins like it"
    Post.update(source="……" * 100 + chr(0xFDFA) * 6000).where(Post.author == cast.che.id).execute()
    write_comment(cast.lin.actor, cast.running.id, cast.post_in(cast.running).id, "今晚八点在老地方见，带上水")
    assert len(folded) <= 4 * screening.MOST_ALIKE


# ---- what was let through -----------------------------------------------------------------------------------


@pytest.fixture
def let_through(cast):
    """A post for tomorrow in a circle that looks at all of them, and a moderator has looked."""
    looks(cast, "all")
    row = write(cast, "周六长距离", due_at=clock.now() + clock.DAY)
    assert row.held_for == "approval"
    assert pending.approve(cast.may.actor, cast.running.id, row.id) is None
    return row.id


def come_out(number):
    clock.shift(2 * clock.DAY)
    pending.come_out(number)


def test_it_comes_out_at_its_moment_without_another_look(cast, let_through):
    come_out(let_through)
    assert Post.select().where(Post.source == "周六长距离").count() == 1
    assert not Pending.select().exists()


def test_words_that_took_the_place_of_those_are_looked_at(cast, let_through):
    due = Pending.get_by_id(let_through).due_at
    number = pending.rewrite(cast.lin.actor, let_through, Rewriting("", "加我好友", due_at=due))
    come_out(number)
    assert not Post.select().where(Post.source == "加我好友").exists()
    assert Pending.get_by_id(number).held_for == "approval"


def test_a_watched_word_that_reads_like_our_mark_lets_nothing_through(cast):
    looks(cast, "all")
    watch(cast, "passed")
    row = write(cast, "passed", due_at=clock.now() + clock.DAY)
    assert row.note == pending.PASSED and row.held_for == "words"
    come_out(row.id)
    assert Pending.get_by_id(row.id).held_for == "words"
