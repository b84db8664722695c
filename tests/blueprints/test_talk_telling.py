"""Who is told of what happens beneath moments, what they read of it, who is told nothing; what a search brings up."""

import pytest

from blueprints.feed import commenting, narrowing, posting, reacting
from blueprints.feed.audience import Audience
from blueprints.people import blocking, friending, lists
from core import notices, search
from models import Notice
from tests.blueprints.notice_stories import kinds, nothing_told_yet, rings, words
from tests.blueprints.talk_stories import befriend, say, show


@pytest.fixture
def moment(cast) -> int:
    """By lin, whose friends are che, may and ning; che and may are friends as well, ning knows nobody else."""
    befriend(cast.lin, cast.che, cast.may, cast.ning)
    befriend(cast.che, cast.may)
    moment = show(cast.lin, "江边的**晚霞**")
    nothing_told_yet()
    return moment


@pytest.fixture
def read(app):
    """`read(person)`: the words of their notices."""
    return lambda person: words(app, person)


def test_reactions_come_together_and_ring_once(cast, moment, read):
    for person in (cast.che, cast.may, cast.ning):
        reacting.react(person.actor, moment, True)
    assert kinds(cast.lin) == ["moment_reacted"] and rings(cast.lin) == 1
    (html,) = read(cast.lin)
    assert "宁" in html and "May Chen" in html and "阿澈" not in html and "江边的晚霞" in html
    assert f"%2Ffeed%2Fposts%2F{moment}" in html or f"/feed/posts/{moment}" in html
    notices.mark_read(cast.lin.id)
    reacting.react(cast.ning.actor, moment, False)
    reacting.react(cast.ning.actor, moment, True, 3)
    assert kinds(cast.lin) == ["moment_reacted"] * 2


def test_a_reaction_that_is_taken_back_takes_its_notice_along(cast, moment):
    reacting.react(cast.che.actor, moment, True)
    reacting.react(cast.lin.actor, moment, True)
    reacting.react(cast.che.actor, moment, False)
    assert kinds(cast.lin) == []


def test_comments_come_together_and_an_answer_stands_alone(cast, moment, read):
    first = say(cast.che, moment, "在哪拍的？")
    say(cast.ning, moment, "好美")
    assert kinds(cast.lin) == ["moment_commented"] and rings(cast.lin) == 1
    (html,) = read(cast.lin)
    assert "宁" in html and "阿澈" in html and "好美" in html
    say(cast.may, moment, "江边", first)
    say(cast.lin, moment, "对", first)
    assert kinds(cast.che) == ["moment_answered"] * 2 and kinds(cast.may) == kinds(cast.ning) == []
    assert "林间" in read(cast.che)[0] and "对" in read(cast.che)[0]


def test_nobody_is_told_of_themselves_and_who_shows_it_is_told_once(cast, moment):
    mine = say(cast.lin, moment)
    assert kinds(cast.lin) == []
    say(cast.che, moment, "好", mine)
    assert kinds(cast.lin) == ["moment_answered"]


def test_the_own_name_of_a_friend_stands_in_the_notice(cast, moment, read):
    from models import Friendship

    mine = (Friendship.member == cast.lin.id) & (Friendship.friend == cast.che.id)
    Friendship.update(alias="老车").where(mine).execute()
    reacting.react(cast.che.actor, moment, True)
    assert "老车" in read(cast.lin)[0] and "阿澈" not in read(cast.lin)[0]


def test_among_mutual_friends_nobody_is_told_by_somebody_they_do_not_read(cast, moment, read):
    mine = say(cast.ning, moment, "我在哪")
    say(cast.che, moment, "这里", mine)
    assert kinds(cast.ning) == ["moment_answered"] and len(read(cast.ning)) == 1
    commenting.set_comments_by(cast.lin.actor, moment, "mutual")
    assert read(cast.ning) == []
    nothing_told_yet()
    commenting.write_comment(cast.lin.actor, moment, "不说", mine)
    assert kinds(cast.ning) == ["moment_answered"] and "林间" in read(cast.ning)[0]


def test_what_is_out_of_sight_rings_no_more_and_is_not_worded(cast, moment, read):
    first = say(cast.che, moment, "在哪？")
    second = say(cast.may, moment, "江边", first)
    assert rings(cast.che) == rings(cast.lin) == 1
    commenting.delete_comment(cast.may.actor, moment, second)
    assert rings(cast.che) == 0 and read(cast.che) == []
    assert rings(cast.lin) == 1 and "阿澈" in read(cast.lin)[0]
    commenting.delete_comment(cast.che.actor, moment, first)
    assert rings(cast.lin) == 0 and read(cast.lin) == []
    reacting.react(cast.che.actor, moment, True)
    posting.delete(cast.lin.actor, moment)
    assert rings(cast.lin) == 0 and read(cast.lin) == []
    posting.undo_delete(cast.lin.actor, moment)
    assert len(read(cast.lin)) == 1


@pytest.mark.parametrize("how", ["narrowed", "parted", "blocked", "off the list"])
def test_whoever_sees_it_no_more_is_told_no_more(cast, read, how):
    befriend(cast.lin, cast.che)
    family = lists.make_list(cast.lin.actor, "家")
    lists.put_on(cast.lin.actor, family, [cast.che.id])
    moment = show(cast.lin, "家里", "only", lists=[family])
    mine = say(cast.che, moment)
    say(cast.lin, moment, "谢谢", mine)
    nothing_but = Notice.kind == "moment_answered"
    assert Notice.select().where(nothing_but, Notice.member == cast.che.id, Notice.seen_at.is_null()).count() == 1
    if how == "narrowed":
        narrowing.narrow(cast.lin.actor, moment, Audience("me"))
    elif how == "parted":
        friending.end(cast.che.actor, cast.lin.id)
    elif how == "blocked":
        blocking.block(cast.lin.actor, cast.che.id)
    else:
        lists.take_off(cast.lin.actor, family, [cast.che.id])
    assert Notice.select().where(nothing_but, Notice.member == cast.che.id, Notice.seen_at.is_null()).count() == 0
    assert not [html for html in read(cast.che) if "谢谢" in html]


def test_who_was_blocked_leaves_the_notices_of_the_other(cast, moment, read):
    reacting.react(cast.che.actor, moment, True)
    assert rings(cast.lin) == 1
    blocking.block(cast.lin.actor, cast.che.id)
    assert rings(cast.lin) == 0 and read(cast.lin) == []


def test_somebody_who_may_not_see_the_moment_any_more_is_not_told_of_an_answer(cast, moment):
    mine = say(cast.che, moment)
    friending.end(cast.che.actor, cast.lin.id)
    nothing_told_yet()
    say(cast.may, moment, "好", mine)
    assert kinds(cast.che) == [] and kinds(cast.lin) == ["moment_commented"]


def test_a_row_of_notices_asks_a_handful_of_questions(cast, moment, app):
    from tests.blueprints.circle_stories import counted

    for number in range(6):
        other = show(cast.lin, f"{number}")
        reacting.react(cast.che.actor, other, True)
        say(cast.may, other)
    words(app, cast.lin)
    with counted() as asked:
        assert len(words(app, cast.lin)) == 12
    assert len([sql for sql in asked if '"moment' in sql]) <= 8


# ---- searching ----------------------------------------------------------------------------------------------


def test_one_finds_what_one_sees_and_nothing_else(cast, moment, as_):
    secret = show(cast.lin, "晚霞下的秘密", "me")
    found = {name: set(search.find(cast[name].actor, "moment", "晚霞").ids) for name in ("lin", "che", "owner")}
    assert found == {"lin": {moment, secret}, "che": {moment}, "owner": set()}
    page = as_("che").get("/search?q=晚霞&kind=moment").text
    assert f'id="found-moment-{moment}"' in page and "秘密" not in page
    assert f'id="found-moment-{moment}"' not in as_("staff").get("/search?q=晚霞&kind=moment").text
    friending.end(cast.che.actor, cast.lin.id)
    assert search.find(cast.che.actor, "moment", "晚霞").ids == []


def test_what_was_deleted_or_said_otherwise_is_not_found(cast, moment):
    posting.edit(cast.lin.actor, moment, posting.Change("江边的朝霞"))
    assert search.find(cast.che.actor, "moment", "晚霞").ids == []
    assert search.find(cast.che.actor, "moment", "朝霞").ids == [moment]
    posting.delete(cast.lin.actor, moment)
    assert search.find(cast.lin.actor, "moment", "朝霞").ids == []
    posting.undo_delete(cast.lin.actor, moment)
    assert search.find(cast.che.actor, "moment", "朝霞").ids == [moment]
