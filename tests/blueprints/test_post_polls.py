"""Polls in posts: what is asked, who votes, who sees which numbers, and that every ballot counts once."""

import json
import re

import pytest
from werkzeug.datastructures import MultiDict

from blueprints.circles import erasing, forms_polls, joining, polls, posting, sanctions, voting
from blueprints.circles.checks import counters
from blueprints.circles.polls import PollDraft
from blueprints.circles.rooms import room
from core import clock, personal
from core.errors import Conflict, Denied, Gone, Invalid
from core.limits import LIMITS
from core.policy import Actor, Standing
from models import (
    Member,
    Membership,
    Post,
    PostPoll,
    PostPollBallot,
    PostPollOption,
    PostPollVote,
)

CIRCLE = "/circles/night-run"
OPTIONS = ("滨江", "公园", "老城厢")
CROWD = 200


def ask(cast, options=OPTIONS, who="lin", **how) -> Post:
    draft = posting.PostDraft("跑哪条", "投一投", poll=PollDraft(options, **how))
    return posting.write_post(cast[who].actor, cast.running.id, draft)


def options_of(post: Post) -> list[int]:
    rows = PostPollOption.select(PostPollOption.id).join(PostPoll).where(PostPoll.post == post)
    return [id_ for (id_,) in rows.order_by(PostPollOption.position).tuples()]


def figures(post: Post) -> tuple[int, list[int]]:
    poll = PostPoll.get(PostPoll.post == post)
    rows = PostPollOption.select().where(PostPollOption.poll == poll).order_by(PostPollOption.position)
    return poll.ballot_count, [row.vote_count for row in rows]


def vote(cast, who: str, post: Post, *places: int) -> None:
    ids = options_of(post)
    voting.vote(cast[who].actor, cast.running.id, post.id, [ids[place] for place in places])


def region(page: str) -> str:
    return page[page.index('<div class="poll') :].partition("<footer")[0]


@pytest.fixture(autouse=True)
def figures_add_up(cast):
    yield
    assert not list(counters())


# ---- what is asked ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (PollDraft(("只有一个",)), "poll_too_few"),
        (PollDraft(("甲", "\u200b ")), "poll_too_few"),
        (PollDraft(tuple(str(number) for number in range(11))), "poll_too_many"),
        (PollDraft(("甲", "甲" * 81)), "poll_option_long"),
        (PollDraft(("Yes", " yes ")), "poll_same"),
        (PollDraft(("甲", "乙"), results="never"), "choice"),
        (PollDraft(("甲", "乙"), ends_at=1), "poll_end"),
        (PollDraft(("甲", "乙"), ends_at=2**60), "poll_end"),
        (PollDraft(("甲", "乙"), results="ended"), "poll_needs_end"),
    ],
)
def test_what_is_no_poll_is_refused(cast, draft, code):
    before = Post.select().count()
    with pytest.raises(Invalid, match=code) as refused:
        posting.write_post(cast.lin.actor, cast.running.id, posting.PostDraft("", "x", poll=draft))
    assert refused.value.facts.get("field", refused.value.field) == "poll"
    assert Post.select().count() == before


def test_ten_options_fit_and_a_poll_needs_no_words(cast):
    ten = tuple(f"第{number}个" for number in range(10))
    made = posting.write_post(cast.lin.actor, cast.running.id, posting.PostDraft("", "", poll=PollDraft(ten)))
    assert len(options_of(made)) == 10 and Post.get_by_id(made.id).has_poll


def test_the_form_is_read_in_the_time_zone_of_who_writes(app):
    form = MultiDict(
        [("poll_option", "甲"), ("poll_option", ""), ("poll_option", "乙"), ("poll_multiple", "1"),
         ("poll_results", "voted"), ("poll_ends", "2040-01-02T08:00")]
    )  # fmt: skip
    with app.test_request_context():
        draft = forms_polls.read(form)
        assert draft == PollDraft(("甲", "乙"), True, False, "voted", 2_209_075_200_000)  # 08:00 in Shanghai
        assert forms_polls.read(MultiDict([("poll_option", "  ")])) is None
        assert forms_polls.typed(form)["options"] == ["甲", "", "乙"]
        for wrong in ("gestern", "2040-13-01T00:00", "2040-01-01T00:00+09:00", "0001-01-01T00:00"):
            with pytest.raises(Invalid):
                forms_polls.moment(wrong)


def test_a_poll_is_put_up_from_the_composer_and_what_was_typed_comes_back(as_, post, cast):
    lin, url = as_("lin"), f"{CIRCLE}/posts/"
    typed = {"title": "", "body": "投一投", "poll_option": ["甲", "甲"], "poll_anonymous": "1"}
    wrong = post(lin, url, typed)
    assert wrong.status_code == 422 and "poll-fields-error" in wrong.text
    assert len(re.findall('name="poll_option" value="甲"', wrong.text)) == 2
    assert re.search('name="poll_anonymous"[^>]*checked', wrong.text)
    assert post(lin, url, typed | {"poll_option": ["甲", "", "乙"]}).status_code == 303
    poll = PostPoll.get()
    assert poll.is_anonymous and [row.text for row in PostPollOption.select()] == ["甲", "乙"]


def test_an_edit_leaves_the_poll_as_it_is(cast):
    made = ask(cast)
    vote(cast, "may", made, 1)
    other = posting.PostDraft("换个题目", "正文", poll=PollDraft(("丙", "丁")))
    posting.edit_post(cast.lin.actor, cast.running.id, made.id, other)
    texts = [row.text for row in PostPollOption.select().order_by(PostPollOption.position)]
    assert texts == list(OPTIONS) and figures(made) == (1, [0, 1, 0])


# ---- voting -------------------------------------------------------------------------------------------------


def test_a_vote_without_a_script_and_with_one(as_, post, cast):
    made = ask(cast)
    ids, url = options_of(made), f"{CIRCLE}/posts/{made.id}/vote"
    answer = post(as_("may"), url, {"option": ids[0]})
    assert answer.status_code == 303 and "#poll-" in answer.location
    answer = post(as_("che"), url, {"option": ids[2]}, htmx=True)
    shown = region(answer.text)
    assert answer.status_code == 200 and re.search(rf'value="{ids[2]}" checked', shown)
    assert figures(made) == (2, [1, 0, 1])
    post(as_("che"), url, {"option": ids[1]}, htmx=True)
    assert figures(made) == (2, [1, 1, 0])
    post(as_("che"), url, {"none": "1"})
    assert figures(made) == (1, [1, 0, 0])


def test_an_empty_vote_comes_back_with_why(as_, post, cast):
    made = ask(cast, is_multiple=True)
    url = f"{CIRCLE}/posts/{made.id}/vote"
    plain = post(as_("may"), url, {})
    assert plain.status_code == 422 and "field-error" in region(plain.text) and "<form" in plain.text
    quick = post(as_("may"), url, {}, htmx=True)
    assert quick.status_code == 422 and quick.headers["HX-Retarget"].startswith("#poll-")
    assert post(as_("may"), url, {"option": "x"}).status_code == 422
    assert figures(made) == (0, [0, 0, 0])


def test_several_only_where_several_may_be_chosen(cast):
    single, several = ask(cast), ask(cast, is_multiple=True)
    with pytest.raises(Invalid, match="poll_choose_one"):
        vote(cast, "may", single, 0, 1)
    vote(cast, "may", several, 0, 2)
    vote(cast, "che", several, 2)
    assert figures(several) == (2, [1, 0, 2])


def test_options_of_another_poll_do_not_count_here(cast):
    mine, other = ask(cast), ask(cast)
    with pytest.raises(Invalid):
        voting.vote(cast.may.actor, cast.running.id, mine.id, [options_of(other)[0]])
    assert figures(mine) == figures(other) == (0, [0, 0, 0])


def test_who_may_not_take_part_does_not_vote(as_, post, cast, client):
    made = ask(cast)
    with pytest.raises(Denied):
        vote(cast, "ning", made, 0)
    sanctions.mute(cast.che.actor, cast.running.id, cast.lin.id, "x")
    with pytest.raises(Denied):
        vote(cast, "lin", made, 0)
    assert "<form" not in region(client.get(f"{CIRCLE}/posts/{made.id}").text)
    with pytest.raises(Gone):
        voting.vote(cast.may.actor, cast.running.id, cast.post_in(cast.running).id, [1])
    assert post(client, f"{CIRCLE}/posts/{made.id}/vote", {"option": "1"}).status_code == 401


def test_after_the_end_nothing_is_taken_and_all_see_the_result(as_, post, cast):
    made = ask(cast, results="ended", ends_at=clock.now() + clock.HOUR)
    vote(cast, "may", made, 1)
    clock.shift(2 * clock.HOUR)
    with pytest.raises(Conflict, match="poll_over"):
        vote(cast, "may", made, 0)
    answer = post(as_("che"), f"{CIRCLE}/posts/{made.id}/vote", {"option": options_of(made)[0]}, htmx=True)
    assert answer.status_code == 409 and "<form" not in region(answer.text)
    assert "100" in region(as_("ning").get(f"{CIRCLE}/posts/{made.id}").text)
    assert figures(made) == (1, [0, 1, 0])


@pytest.fixture
def crowd(cast) -> list[Actor]:
    people = []
    for number in range(CROWD):
        member = Member.create(
            username=f"walker-{number}", username_key=f"walker-{number}", display_name=f"走 {number}",
            password_hash="!", password_changed_at=0, created_at=0,
        )  # fmt: skip
        Membership.create(circle=cast.running, member=member, role="member", joined_at=0)
        people.append(Actor(member.id, Standing.MEMBER, member.username))
    circle = type(cast.running)
    circle.update(member_count=circle.member_count + CROWD).where(circle.id == cast.running.id).execute()
    return people


def test_two_hundred_vote_at_once_twice_each(cast, crowd, in_threads):
    made = ask(cast, is_multiple=True)
    ids = options_of(made)

    def act(number: int) -> None:
        for _ in range(2):
            voting.vote(crowd[number], cast.running.id, made.id, [ids[number % 3], ids[0]])

    in_threads(CROWD, act)
    expected = [CROWD, len(range(1, CROWD, 3)), len(range(2, CROWD, 3))]
    assert figures(made) == (CROWD, expected)
    assert PostPollBallot.select().count() == CROWD


def test_one_member_from_fifty_tabs_has_one_ballot(cast, in_threads):
    made = ask(cast)
    ids = options_of(made)

    def act(number: int) -> None:
        voting.vote(cast.may.actor, cast.running.id, made.id, [] if number % 5 == 4 else [ids[number % 3]])

    in_threads(50, act)
    ballots, votes = figures(made)
    assert ballots == sum(votes) <= 1 and PostPollVote.select().count() == ballots


def test_who_is_removed_while_voting_voted_before_or_not_at_all(cast, crowd, in_threads):
    made = ask(cast)
    ids, said = options_of(made), []

    def act(number: int) -> None:
        try:
            if number == 0:
                sanctions.remove(cast.che.actor, cast.running.id, cast.may.id)
            else:
                voting.vote(cast.may.actor, cast.running.id, made.id, [ids[number % 3]])
        except (Denied, Gone) as refusal:
            said.append(refusal.code)

    in_threads(12, act)
    with pytest.raises(Denied):
        vote(cast, "may", made, 0)


# ---- who sees what ------------------------------------------------------------------------------------------


def numbers_in(page: str) -> list[str]:
    shown = region(page)
    return re.findall(r"\d+ %|poll-share|width=|<a href=[^>]*votes", shown)


@pytest.mark.parametrize("results", ["voted", "ended"])
def test_hidden_results_stand_nowhere(as_, post, cast, client, results):
    made = ask(cast, results=results, ends_at=clock.now() + clock.HOUR)
    for who, place in (("may", 1), ("lin", 1), ("che", 2)):
        if who != "lin" or results == "ended":
            vote(cast, who, made, place)
    readers = [as_("ning"), client] + ([as_("lin")] if results == "voted" else [as_("lin"), as_("may"), as_("che")])
    for browser in readers:
        for page in (f"{CIRCLE}/posts/{made.id}", CIRCLE):
            assert numbers_in(browser.get(page).text) == [], page
        assert browser.get(f"{CIRCLE}/posts/{made.id}/votes").status_code in (401, 403, 404)
    if results == "voted":
        assert numbers_in(as_("may").get(f"{CIRCLE}/posts/{made.id}").text)
    held = json.dumps(next(content for name, content, _ in personal.copies(cast.lin.id) if name == "circles"))
    assert '"votes": 2' not in held and "ballot" not in held and "vote_count" not in held
    poll = polls.of_posts(cast.lin.actor, [reading_of(cast, made)])[made.id]
    assert poll.ballots == 0 and {option.votes + option.percent for option in poll.options} == {0}


def reading_of(cast, post: Post):
    from blueprints.circles import reading

    return reading.post(cast.lin.actor, room(cast.lin.actor, cast.running.id), post.id)


def test_what_changes_live_hides_the_same_numbers(as_, cast):
    made = ask(cast, results="voted")
    since = type(cast.running).get_by_id(cast.running.id).seq
    at = Post.get_by_id(made.id).seq
    vote(cast, "may", made, 1)
    url = f"{CIRCLE}/changes?since={since}&newest={made.id}"
    lin, may = as_("lin").get(url).text, as_("may").get(url).text
    option = options_of(made)[1]
    assert f'id="option-{option}-result"' in lin and "100%" not in lin and "100%" in may
    assert "type=\"radio\"" not in may, "a choice that is being made stays as it is"
    post_url = f"{CIRCLE}/posts/{made.id}/changes?since={at}"
    assert "100%" not in as_("lin").get(post_url).text and "100%" in as_("may").get(post_url).text


def test_open_votes_are_listed_for_members_in_pages(as_, cast, client, crowd, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_members", 10)
    made = ask(cast)
    ids = options_of(made)
    for number, actor in enumerate(crowd[:25]):
        voting.vote(actor, cast.running.id, made.id, [ids[number % 3]])
    seen, at = [], f"{CIRCLE}/posts/{made.id}/votes"
    while at:
        page = as_("lin").get(at).text
        seen += re.findall(r"/people/(walker-\d+)|@(walker-\d+)", page) or re.findall(r'href="[^"]*(walker-\d+)"', page)
        older = re.search(r'<a class="btn quiet" href="([^"]+)" rel="next"', page)
        at = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == 25
    for browser, status in ((as_("ning"), 403), (client, 401)):
        assert browser.get(f"{CIRCLE}/posts/{made.id}/votes").status_code == status


@pytest.mark.parametrize("who", ["lin", "may", "che", "ning", "staff", "owner"])
def test_nobody_learns_who_voted_for_what_in_an_anonymous_poll(as_, cast, who):
    """Neither the author nor moderators, nor who runs the site."""
    made = ask(cast, is_anonymous=True)
    vote(cast, "may", made, 1)
    browser = as_(who)
    assert browser.get(f"{CIRCLE}/posts/{made.id}/votes").status_code in (403, 404)
    for page in (f"{CIRCLE}/posts/{made.id}", CIRCLE):
        assert f"/posts/{made.id}/votes" not in browser.get(page).text
    if who != "may":
        held = next(content for name, content, _ in personal.copies(cast[who].id) if name == "circles")
        assert held["votes"] == []


def test_ones_own_vote_is_in_ones_own_copy(cast):
    made = ask(cast, is_anonymous=True)
    vote(cast, "may", made, 1)
    held = next(content for name, content, _ in personal.copies(cast.may.id) if name == "circles")
    assert held["votes"] == [{"post": made.id, "option": "公园"}]
    asked = next(content for name, content, _ in personal.copies(cast.lin.id) if name == "circles")
    assert asked["polls"][0]["options"] == list(OPTIONS)


def test_others_see_a_vote_without_a_reload(as_, cast):
    made = ask(cast)
    seq = type(cast.running).get_by_id(cast.running.id).seq
    vote(cast, "may", made, 1)
    assert type(cast.running).get_by_id(cast.running.id).seq == seq + 1
    vote(cast, "may", made, 1)
    assert type(cast.running).get_by_id(cast.running.id).seq == seq + 1, "the same vote is no change"


# ---- what goes ----------------------------------------------------------------------------------------------


def test_who_leaves_the_site_takes_the_vote_along(cast):
    made = ask(cast, is_multiple=True)
    vote(cast, "may", made, 0, 1)
    vote(cast, "che", made, 1)
    personal.erase(cast.may.id, keeps_words=True)
    assert figures(made) == (1, [0, 1, 0])


def test_who_leaves_the_circle_keeps_the_vote_and_cannot_change_it(cast):
    made = ask(cast)
    vote(cast, "may", made, 0)
    joining.leave(cast.may.actor, cast.running.id)
    assert figures(made) == (1, [1, 0, 0])
    with pytest.raises(Denied):
        vote(cast, "may", made, 1)


def test_nothing_of_a_poll_is_left_when_its_post_is_emptied(cast):
    made = ask(cast)
    vote(cast, "may", made, 0)
    posting.delete_post(cast.lin.actor, cast.running.id, made.id)
    with pytest.raises(Gone):
        vote(cast, "may", made, 1)
    erasing.purge_deleted(kept_ms=-1)
    assert not any(table.select().count() for table in (PostPoll, PostPollOption, PostPollBallot, PostPollVote))
    assert not Post.get_by_id(made.id).has_poll
