"""What a circle looks at before something comes out."""

import pytest

from blueprints.circles import commenting, posting
from blueprints.circles.joining import join
from blueprints.circles.posting import PostDraft
from blueprints.circles.screening import Screen
from blueprints.moderation import watching
from core import clock
from core.errors import Denied, Gone, Invalid, TooMany
from models import Comment, Membership, ModerationCase, Pending, Post, WatchedWord
from tests.blueprints.circle_stories import counted, say, write, wrong_counters
from tests.blueprints.moderation_stories import decisions, told

LONG = "周末一起去江边跑十五公里好不好呀"


@pytest.fixture(autouse=True)
def counters_hold(cast):
    yield
    assert wrong_counters() == []


def watch(cast, words: str, action: str) -> None:
    watching.watch(cast.che.actor, cast.running.id, words, action)


def set_screen(cast, **how) -> None:
    watching.set_screening(cast.che.actor, cast.running.id, Screen(**how))


def make_old(cast, who: str = "lin") -> None:
    Membership.update(joined_at=clock.now() - 90 * clock.DAY).where(Membership.member == cast[who].id).execute()


# ---- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["来賭博吧", "来赌\u200d博", "来 赌 博", "赌**博**", "[x](https://a.example/赌博)", "&#36172;博"],
)
def test_a_held_word_waits_for_a_moderator(cast, written):
    watch(cast, "赌博", "hold")
    made = write(cast.lin.actor, cast.running.id, written)
    assert isinstance(made, Pending) and (made.held_for, made.note) == ("words", "赌博")
    held = say(cast.lin.actor, cast.post_in(cast.running), f"也说一句：{written}")
    assert isinstance(held, Pending) and held.kind == "comment"


def test_a_word_in_the_title_counts_too(cast):
    watch(cast, "VPN", "hold")
    assert isinstance(write(cast.lin.actor, cast.running.id, "便宜", "卖ｖｐｎ"), Pending)


def test_a_hiding_word_publishes_hidden_and_opens_a_case(cast, as_):
    watch(cast, "加V信", "hide")
    made = write(cast.lin.actor, cast.running.id, "想跑步请加 ｖ 信")
    assert isinstance(made, Post) and Post.get_by_id(made.id).hidden_at
    case = ModerationCase.get()
    assert (case.noticed, case.member_id, case.report_count, case.level) == ("加V信", cast.lin.id, 0, "circle")
    assert told(cast.lin.id) == ["moderated"] and told(cast.may.id) == ["reported"]
    assert as_("ning").get(f"/circles/night-run/posts/{made.id}").status_code == 404
    answer = say(cast.lin.actor, cast.post_in(cast.running), "加v信")
    assert Comment.get_by_id(answer.id).hidden_at and ModerationCase.select().count() == 2
    assert decisions() == [("hide", "post", False), ("hide", "comment", False)]
    assert "加V信" in as_("may").get(f"/moderation/cases/{case.id}").text


def test_a_warning_can_be_passed_once_it_was_seen(cast, as_, post):
    watch(cast, "spam", "warn")
    with pytest.raises(Invalid) as refused:
        write(cast.lin.actor, cast.running.id, "S.P.A.M")
    assert (refused.value.code, refused.value.facts["word"]) == ("word_warned", "spam")
    made = posting.write_post(cast.lin.actor, cast.running.id, PostDraft("", "S.P.A.M", insists=True))
    assert isinstance(made, Post) and made.hidden_at is None
    mine = cast.post_in(cast.running)
    with pytest.raises(Invalid):
        say(cast.lin.actor, mine, "spam")
    assert commenting.write_comment(cast.lin.actor, cast.running.id, mine.id, "spam", insists=True).id
    page = post(as_("lin"), "/circles/night-run/posts/", {"body": "spam 又来了"})
    assert page.status_code == 422 and "spam 又来了" in page.text and 'name="insists"' in page.text


def test_the_strictest_action_wins(cast):
    watch(cast, "一号词", "hide")
    watch(cast, "二号词", "hold")
    assert write(cast.lin.actor, cast.running.id, "一号词和二号词").note == "二号词"


def test_an_edit_cannot_bring_the_word_in(cast):
    watch(cast, "赌博", "hold")
    watch(cast, "加v信", "hide")
    mine = write(cast.lin.actor, cast.running.id, "清白")
    said = say(cast.lin.actor, mine, "清白")
    for words in ("來賭博", "加 V 信"):
        with pytest.raises(Invalid) as refused:
            posting.edit_post(cast.lin.actor, cast.running.id, mine.id, PostDraft("", words))
        assert refused.value.code == "word_refused"
        with pytest.raises(Invalid):
            commenting.edit_comment(cast.lin.actor, cast.running.id, mine.id, said.id, words)
    assert Post.get_by_id(mine.id).source == "清白"


def test_those_who_look_after_it_are_not_looked_at(cast):
    watch(cast, "赌博", "hold")
    set_screen(cast, approval="all")
    for actor in (cast.may.actor, cast.che.actor):
        assert isinstance(write(actor, cast.running.id, f"赌博 {LONG}"), Post)


def test_words_are_those_of_the_circle_alone(cast):
    watch(cast, "赌博", "hold")
    assert isinstance(write(cast.lin.actor, cast.darkroom.id, "赌博"), Post)


# ---- approval and newcomers ---------------------------------------------------------------------------------


def test_every_post_waits_where_all_are_looked_at(cast):
    set_screen(cast, approval="all")
    make_old(cast)
    assert write(cast.lin.actor, cast.running.id, "一").held_for == "approval"
    assert isinstance(say(cast.lin.actor, cast.post_in(cast.running), "一"), Comment)


def test_only_newcomers_wait_where_newcomers_are_looked_at(cast):
    set_screen(cast, approval="newcomers", newcomer_days=7)
    assert write(cast.lin.actor, cast.running.id, "一").held_for == "newcomer"
    make_old(cast)
    assert isinstance(write(cast.lin.actor, cast.running.id, "二"), Post)


def test_links_of_newcomers_wait(cast):
    set_screen(cast, newcomer_days=7, newcomer_links=False)
    assert write(cast.lin.actor, cast.running.id, "看 https://shop.example/a").held_for == "links"
    assert say(cast.lin.actor, cast.post_in(cast.running), "[这](https://shop.example/b)").held_for == "links"
    assert isinstance(write(cast.lin.actor, cast.running.id, "没有链接"), Post)
    make_old(cast)
    assert isinstance(write(cast.lin.actor, cast.running.id, "看 https://shop.example/c"), Post)


def test_newcomers_write_so_many_posts_a_day(cast, in_threads):
    set_screen(cast, newcomer_days=7, newcomer_posts=3, repeats=True)
    Post.update(created_at=clock.now() - 2 * clock.DAY).where(Post.author == cast.lin.id).execute()
    said = []

    def go(number: int) -> None:
        try:
            said.append(type(write(cast.lin.actor, cast.running.id, f"第{number}篇")).__name__)
        except TooMany as refusal:
            said.append(refusal.code)

    in_threads(8, go)
    assert sorted(said) == ["Post"] * 3 + ["newcomer_posts"] * 5
    assert say(cast.lin.actor, cast.post_in(cast.running)).id
    make_old(cast)
    assert write(cast.lin.actor, cast.running.id, "第九篇").id


# ---- repeats ------------------------------------------------------------------------------------------------


def refused_as_repeat(act) -> bool:
    try:
        act()
    except Invalid as refusal:
        return refusal.code == "repeated"
    return False


def test_the_same_words_are_not_sent_twice_within_a_day_anywhere(cast):
    write(cast.lin.actor, cast.darkroom.id, LONG)
    again = "**周末**一起去江邊跑十五公里，好不好呀！"
    assert refused_as_repeat(lambda: write(cast.lin.actor, cast.running.id, again))
    assert refused_as_repeat(lambda: say(cast.lin.actor, cast.post_in(cast.running), again))
    Post.update(created_at=clock.now() - 25 * clock.HOUR).where(Post.source == LONG).execute()
    assert write(cast.lin.actor, cast.running.id, again).id


def test_nobody_repeats_what_another_said_within_the_hour(cast):
    made = write(cast.lin.actor, cast.running.id, LONG)
    set_screen(cast, repeats=False)
    other = cast.ning.actor
    join(other, cast.running.id)
    assert refused_as_repeat(lambda: write(other, cast.running.id, LONG))
    said = say(cast.lin.actor, made, f"{LONG}，我也去")
    assert refused_as_repeat(lambda: say(other, made, f"{LONG} 我也去"))
    Post.update(created_at=clock.now() - 2 * clock.HOUR).where(Post.id == made.id).execute()
    Comment.update(created_at=clock.now() - 2 * clock.HOUR).where(Comment.id == said.id).execute()
    assert write(other, cast.running.id, LONG).id and say(other, made, f"{LONG} 我也去").id


def test_short_answers_repeat(cast):
    for _ in range(3):
        say(cast.lin.actor, cast.post_in(cast.running), "谢谢分享！")
    assert write(cast.lin.actor, cast.running.id, "打卡").id and write(cast.lin.actor, cast.running.id, "打卡").id


def test_what_was_deleted_can_be_said_again(cast):
    made = write(cast.lin.actor, cast.running.id, LONG)
    posting.delete_post(cast.lin.actor, cast.running.id, made.id)
    assert write(cast.lin.actor, cast.running.id, LONG).id


def test_a_circle_may_allow_repeats(cast):
    set_screen(cast, repeats=True)
    assert write(cast.lin.actor, cast.running.id, LONG).id != write(cast.lin.actor, cast.running.id, LONG).id


def test_looking_costs_the_same_however_much_was_written(cast):
    watch(cast, "\n".join(f"词语{number}号" for number in range(150)), "hold")

    def asked(number: int) -> int:
        with counted() as seen:
            say(cast.lin.actor, cast.post_in(cast.running), f"第{number}条，{LONG}，再说一遍")
        return len(seen)

    asked(0)
    few = asked(1)
    for number in range(2, 20):
        asked(number)
    assert asked(20) == few


# ---- settings -----------------------------------------------------------------------------------------------


def test_owners_set_it_on_a_page(cast, as_, post):
    browser, url = as_("che"), "/circles/night-run/settings/moderation"
    assert f'href="{url}"' in browser.get("/circles/night-run/edit").text
    data = {"approval": "newcomers", "newcomer_days": "14", "newcomer_posts": "5", "newcomer_links": "y"}
    assert post(browser, url, data).status_code == 303
    assert watching.screen_for(cast.che.actor, cast.running.id) == Screen("newcomers", 14, 5, True, False)
    for wrong in ({"approval": "some"}, {"newcomer_days": "9999"}, {"newcomer_posts": "-1"}, {"newcomer_days": "x"}):
        answer = post(browser, url, data | wrong)
        assert answer.status_code == 422 and 'id="screening-form"' in answer.text


def test_owners_keep_the_list_of_words(cast, as_, post):
    browser, url = as_("che"), "/circles/night-run/settings/moderation"
    assert post(browser, f"{url}/words", {"words": "賭博\n\nSPAM\nｓｐａｍ", "action": "hold"}).status_code == 303
    rows = watching.words_of(cast.che.actor, cast.running.id)
    assert [(row.word, row.key, row.action) for row in rows] == [("SPAM", "spam", "hold"), ("賭博", "赌博", "hold")]
    assert "赌博" in browser.get(url).text
    post(browser, f"{url}/words", {"words": "赌博", "action": "warn"})
    assert WatchedWord.get(WatchedWord.key == "赌博").action == "warn" and WatchedWord.select().count() == 2
    for _ in range(2):
        assert post(browser, f"{url}/words/{rows[0].id}/remove").status_code == 303
    assert WatchedWord.select().count() == 1
    for words in ("", "，。", "长" * 61, "\n".join(f"词{number}" for number in range(201))):
        answer = post(browser, f"{url}/words", {"words": words, "action": "hold"})
        assert answer.status_code == 422 and 'id="words-form"' in answer.text
    assert WatchedWord.select().count() == 1


def test_the_list_is_never_longer_than_it_may_be(cast, in_threads, monkeypatch):
    from core.limits import LIMITS

    monkeypatch.setitem(LIMITS, "watched_words", 5)
    said = []

    def go(number: int) -> None:
        try:
            watch(cast, f"词{number}", "hold")
        except Invalid as refusal:
            said.append(refusal.code)

    in_threads(12, go)
    assert WatchedWord.select().count() == 5 and said == ["words_full"] * 7


def test_owners_write_their_own_reasons(cast, as_, post):
    browser, url = as_("che"), "/circles/night-run/settings/moderation"
    assert post(browser, f"{url}/reasons", {"reasons": "不是跑步的事\r\n\r\n太吵\r\n太吵"}).status_code == 303
    assert watching.own_reasons(cast.che.actor, cast.running.id) == ["不是跑步的事", "太吵"]
    for wrong in ("\n".join(map(str, range(13))), "长" * 121, ":spam"):
        assert post(browser, f"{url}/reasons", {"reasons": wrong}).status_code == 422
    post(browser, f"{url}/reasons", {"reasons": ""})
    assert watching.own_reasons(cast.che.actor, cast.running.id) == []


@pytest.mark.parametrize("who", ["may", "lin", "ning", "staff"])
def test_nobody_else_sets_or_reads_it(cast, who):
    with pytest.raises(Denied):
        watching.watch(cast[who].actor, cast.running.id, "x", "hold")
    with pytest.raises(Denied):
        watching.words_of(cast[who].actor, cast.running.id)
    with pytest.raises(Gone if who != "lin" else Denied):
        watching.set_screening(cast[who].actor, cast.darkroom.id, Screen(approval="all"))
