"""People and what they said: who may act against whom, what everybody sees of it at once, and the way back."""

import itertools

import pytest

from blueprints.circles import sanctions
from blueprints.live import commenting, guests, held, hosting, logbook, moderating, scheduling
from blueprints.live.halls import hall
from core import clock, stream_log
from core.errors import Conflict, Denied, Gone, Invalid, Refusal
from core.limits import LIMITS
from core.policy import can
from models import AuditEntry, LiveAct, LiveComment, LiveEvent, LiveSanction, StreamRevocation
from tests.blueprints.live_stories import an_event, bodies, row_of, say, told


@pytest.fixture
def event(cast) -> int:
    """che's event in 夜跑, for everybody; it runs. may looks after the circle, lin is in it, ning is not."""
    number = an_event(cast.che.actor, cast.running.id)
    scheduling.begin(cast.che.actor, number)
    return number


def acts(event: int) -> list[str]:
    rows = LiveAct.select(LiveAct.action).where(LiveAct.event == event).order_by(LiveAct.id)
    return [action for (action,) in rows.tuples() if action not in ("announce", "begin", "appoint")]


def revoked() -> list[str]:
    rows = StreamRevocation.select(StreamRevocation.tags).order_by(StreamRevocation.seq)
    return [tags for (tags,) in rows.tuples()]


def refused(act) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


# ---- one comment --------------------------------------------------------------------------------------------


def test_what_a_moderator_deletes_is_gone_for_everybody_and_the_log_says_so(cast, event):
    first, second = say(cast.lin.actor, event, "一"), say(cast.lin.actor, event, "二")
    at = stream_log.position(f"live-{event}")
    act = moderating.delete_comment(cast.may.actor, event, first)
    assert bodies(cast.lin.actor, event) == ["二"]
    assert told(f"live-{event}", at) == [("gone", first)]
    assert row_of(event).comment_count == 1
    entry = LiveAct.get_by_id(act)
    assert (entry.action, entry.actor_id, entry.member_id, entry.detail) == (
        "delete_comment", cast.may.id, cast.lin.id, str(first),
    )  # fmt: skip
    assert AuditEntry.get(AuditEntry.action == "live.delete_comment").subject_id == cast.lin.id
    assert second


def test_deleting_twice_is_once_and_what_is_elsewhere_is_not_there(cast, event):
    number = say(cast.lin.actor, event)
    assert moderating.delete_comment(cast.may.actor, event, number)
    assert moderating.delete_comment(cast.che.actor, event, number) is None
    assert row_of(event).comment_count == 0 and acts(event) == ["delete_comment"]
    other = an_event(cast.che.actor, cast.desk.id, visibility="members")
    with pytest.raises(Gone):
        moderating.delete_comment(cast.che.actor, other, number)


def test_of_two_moderators_who_delete_the_same_one_does(cast, event, in_threads):
    number, done = say(cast.lin.actor, event), []
    both = itertools.cycle((cast.may.actor, cast.che.actor))
    pairs = [next(both) for _ in range(12)]
    in_threads(12, lambda each: done.append(moderating.delete_comment(pairs[each], event, number)))
    assert sum(act is not None for act in done) == 1
    assert row_of(event).comment_count == 0 and told(f"live-{event}").count(("gone", number)) == 1


def test_a_deletion_is_taken_back_within_its_time_and_shows_on_open_pages(cast, event):
    number = say(cast.lin.actor, event, "一")
    act = moderating.delete_comment(cast.may.actor, event, number)
    at = stream_log.position(f"live-{event}")
    assert moderating.undo(cast.may.actor, event, act) is True
    assert moderating.undo(cast.may.actor, event, act) is False
    assert bodies(cast.ning.actor, event) == ["一"] and told(f"live-{event}", at) == [("comment", number)]
    assert row_of(event).comment_count == 1 and acts(event) == ["delete_comment", "undo"]


def test_after_its_time_a_deletion_stays(cast, event):
    number = say(cast.lin.actor, event)
    act = moderating.delete_comment(cast.may.actor, event, number)
    clock.shift(LIMITS["undo_seconds"] * 1000 + 1)
    assert refused(lambda: moderating.undo(cast.may.actor, event, act)) == "undo_over"
    assert bodies(cast.lin.actor, event) == []


def test_taking_back_an_old_deletion_does_not_undo_a_later_one(cast, event):
    number = say(cast.lin.actor, event)
    first = moderating.delete_comment(cast.may.actor, event, number)
    moderating.undo(cast.may.actor, event, first)
    clock.shift(5)
    moderating.delete_comment(cast.che.actor, event, number)
    assert moderating.undo(cast.may.actor, event, first) is False
    assert bodies(cast.lin.actor, event) == []


def test_an_act_of_another_event_or_one_that_is_no_deletion_is_not_undone(cast, event):
    act = moderating.delete_comment(cast.may.actor, event, say(cast.lin.actor, event))
    other = an_event(cast.che.actor, cast.running.id)
    assert refused(lambda: moderating.undo(cast.che.actor, other, act)) == "gone"
    hosting.switch(cast.che.actor, event, slow=5)
    assert refused(lambda: moderating.undo(cast.che.actor, event, LiveAct.get(LiveAct.action == "slow").id)) == "gone"


# ---- all of a person ----------------------------------------------------------------------------------------


def test_all_that_somebody_said_goes_at_once_with_one_row_for_open_pages(cast, event):
    for body in ("一", "二", "三"):
        say(cast.lin.actor, event, body)
    say(cast.ning.actor, event, "四")
    at = stream_log.position(f"live-{event}")
    act = moderating.delete_all(cast.may.actor, event, cast.lin.id)
    assert bodies(cast.ning.actor, event) == ["四"] and row_of(event).comment_count == 1
    assert told(f"live-{event}", at) == [("gone_by", cast.lin.id)]
    say(cast.lin.actor, event, "五")
    assert bodies(cast.ning.actor, event) == ["四", "五"], "what is said afterwards shows"
    assert moderating.undo(cast.may.actor, event, act) is True
    assert bodies(cast.ning.actor, event) == ["一", "二", "三", "四", "五"] and row_of(event).comment_count == 5


def test_what_was_deleted_before_does_not_come_back_with_the_rest(cast, event):
    first = say(cast.lin.actor, event, "一")
    say(cast.lin.actor, event, "二")
    moderating.delete_comment(cast.may.actor, event, first)
    clock.shift(5)
    act = moderating.delete_all(cast.may.actor, event, cast.lin.id)
    moderating.undo(cast.may.actor, event, act)
    assert bodies(cast.ning.actor, event) == ["二"]


def test_nothing_to_delete_is_no_act(cast, event):
    assert moderating.delete_all(cast.may.actor, event, cast.lin.id) is None
    assert acts(event) == [] and told(f"live-{event}").count(("gone_by", cast.lin.id)) == 0


def test_deleting_all_while_new_ones_arrive_leaves_each_shown_or_gone_and_rightly_counted(cast, event, in_threads):
    """Whoever was told of a comment before the row that takes all away has lost it, whoever after it has it."""

    def work(number: int) -> None:
        if number == 6:
            moderating.delete_all(cast.may.actor, event, cast.lin.id)
        else:
            say(cast.lin.actor, event, f"第{number}")

    say(cast.lin.actor, event, "零")
    in_threads(12, work)
    shown: set[int] = set()
    for kind, ref in told(f"live-{event}"):
        if kind == "gone_by":
            shown.clear()
        elif kind == "comment":
            shown.add(ref)
    there = LiveComment.select(LiveComment.id).where(LiveComment.event == event, LiveComment.hidden_at.is_null())
    assert {id_ for (id_,) in there.tuples()} == shown
    assert row_of(event).comment_count == len(shown)


# ---- muted, removed, pardoned -------------------------------------------------------------------------------


def test_who_is_muted_watches_on_and_writes_again_when_the_time_is_over(cast, event):
    moderating.mute(cast.may.actor, event, cast.lin.id, 5)
    assert refused(lambda: say(cast.lin.actor, event)) == "live_muted"
    assert can(cast.lin.actor, "live:watch", hall(cast.lin.actor, event))
    clock.shift(5 * clock.MINUTE + 1)
    say(cast.lin.actor, event, "又来了")
    assert bodies(cast.ning.actor, event) == ["又来了"]


def test_a_later_mute_takes_the_place_of_an_earlier_and_ends_with_the_event(cast, event):
    moderating.mute(cast.may.actor, event, cast.lin.id, 5)
    moderating.mute(cast.may.actor, event, cast.lin.id)
    clock.shift(clock.DAY)
    assert refused(lambda: say(cast.lin.actor, event)) == "live_muted"
    assert LiveSanction.select().where(LiveSanction.event == event).count() == 1
    other = an_event(cast.che.actor, cast.running.id)
    assert say(cast.lin.actor, other)


@pytest.mark.parametrize("minutes", [0, -1, 10**9])
def test_a_mute_has_a_time_that_makes_sense(cast, event, minutes):
    with pytest.raises(Invalid):
        moderating.mute(cast.may.actor, event, cast.lin.id, minutes)


def test_who_is_removed_watches_no_more_and_their_open_pages_end(cast, event):
    moderating.remove(cast.may.actor, event, cast.lin.id)
    here = hall(cast.lin.actor, event)
    assert not can(cast.lin.actor, "live:watch", here) and not can(cast.lin.actor, "live:comment", here)
    assert revoked()[-1:] == [f"m{cast.lin.id} e{event}"]
    assert can(cast.ning.actor, "live:watch", hall(cast.ning.actor, event))
    scheduling.end(cast.che.actor, event)
    assert not can(cast.lin.actor, "live:watch", hall(cast.lin.actor, event)), "nor its replay"


def test_a_removal_that_was_undone_with_its_transaction_ends_no_page(cast, event, monkeypatch):
    def breaks(*_args, **_options):
        raise ZeroDivisionError

    before = revoked()
    monkeypatch.setattr(moderating.acts, "note", breaks)
    with pytest.raises(ZeroDivisionError):
        moderating.remove(cast.may.actor, event, cast.lin.id)
    assert revoked() == before and LiveSanction.select().count() == 0


def test_pardoned_one_writes_and_watches_again(cast, event):
    for kind in ("mute", "remove"):
        act = getattr(moderating, kind)(cast.may.actor, event, cast.lin.id)
        assert logbook.standing_against(hall(cast.may.actor, event), cast.lin.id) == {kind}
        assert moderating.undo(cast.may.actor, event, act) is True
        assert moderating.pardon(cast.may.actor, event, cast.lin.id, kind) is False
    say(cast.lin.actor, event, "谢谢")
    assert acts(event) == ["mute", "pardon", "remove", "pardon"]
    with pytest.raises(Invalid):
        moderating.pardon(cast.may.actor, event, cast.lin.id, "ban")


def test_what_a_muted_one_had_waiting_does_not_come_out(cast, event):
    hosting.switch(cast.che.actor, event, hold=10)
    waiting = say(cast.lin.actor, event, "等着")
    moderating.mute(cast.may.actor, event, cast.lin.id, 5)
    clock.shift(clock.MINUTE)
    assert held.come_out() is None
    assert bodies(cast.ning.actor, event) == [] and ("gone", waiting) in told(f"backstage-{event}")


def test_who_was_banned_from_the_circle_or_muted_in_it_is_so_in_its_events(cast, event):
    sanctions.mute(cast.che.actor, cast.running.id, cast.lin.id, "吵", until_at=clock.now() + clock.HOUR)
    assert refused(lambda: say(cast.lin.actor, event)) == "live_muted"
    clock.shift(clock.HOUR + 1)
    assert say(cast.lin.actor, event)
    sanctions.ban(cast.che.actor, cast.running.id, cast.ning.id, "吵", until_at=clock.now() + clock.HOUR)
    assert not can(cast.ning.actor, "live:watch", hall(cast.ning.actor, event))
    assert can(cast.ning.actor, "live:watch", hall(cast.ning.actor, an_event(cast.staff.actor)))
    clock.shift(clock.HOUR + 1)
    assert can(cast.ning.actor, "live:watch", hall(cast.ning.actor, event))


def test_nobody_can_be_muted_who_is_not_there(cast, event):
    assert refused(lambda: moderating.mute(cast.may.actor, event, 987654)) == "no_such_member"


# ---- who stands above whom ----------------------------------------------------------------------------------

CIRCLE_ROLES = ("viewer", "moderator", "host", "owner")


@pytest.fixture
def ranks(cast, event) -> dict[str, object]:
    """Two of each: `owner`, `owner2` …; the second ones are acted against."""
    guests.appoint(cast.che.actor, event, cast.ning.id, "host")
    guests.appoint(cast.che.actor, event, cast.staff.id, "host")
    guests.appoint(cast.che.actor, event, cast.owner.id, "moderator")
    return {
        "viewer": cast.lin, "moderator": cast.may, "host": cast.ning, "owner": cast.che,
        "moderator2": cast.owner, "host2": cast.staff, "viewer2": cast.lin, "owner2": cast.che,
    }  # fmt: skip


@pytest.mark.parametrize(("actor", "against"), list(itertools.product(CIRCLE_ROLES, CIRCLE_ROLES)))
def test_only_who_stands_above_somebody_acts_against_them(cast, event, ranks, actor, against):
    """In an event of a circle, where staff of the site are what they were made there."""
    who, whom = ranks[actor].actor, ranks[f"{against}2"].id
    theirs = say(ranks[f"{against}2"].actor, event, "我说的")
    tries = (
        lambda: moderating.mute(who, event, whom, 5), lambda: moderating.remove(who, event, whom),
        lambda: moderating.delete_all(who, event, whom), lambda: moderating.pardon(who, event, whom, "mute"),
    )  # fmt: skip
    if actor == "viewer":
        assert [refused(each) for each in tries] == ["denied"] * 4
        assert refused(lambda: moderating.delete_comment(who, event, theirs)) == "denied"
    elif CIRCLE_ROLES.index(actor) > CIRCLE_ROLES.index(against):
        assert moderating.delete_comment(who, event, theirs)
        for each in tries[:3]:
            each()
        assert moderating.pardon(who, event, whom, "mute") is True
    else:
        assert [refused(each) for each in tries] == ["live_not_above"] * 4
        assert LiveSanction.select().count() == 0
        if who.member_id != whom:
            assert refused(lambda: moderating.delete_comment(who, event, theirs)) == "live_not_above"


def test_one_deletes_ones_own_words_and_cannot_pardon_oneself(cast, event):
    number = say(cast.may.actor, event, "写错了")
    moderating.mute(cast.che.actor, event, cast.may.id)
    assert refused(lambda: moderating.pardon(cast.may.actor, event, cast.may.id, "mute")) == "live_not_above"
    act = moderating.delete_comment(cast.may.actor, event, number)
    assert moderating.undo(cast.may.actor, event, act) is True


def test_in_an_event_of_the_site_nobody_acts_against_staff_and_staff_against_all_others(cast):
    event = an_event(cast.owner.actor)
    scheduling.begin(cast.owner.actor, event)
    guests.appoint(cast.owner.actor, event, cast.ning.id, "host")
    guests.appoint(cast.owner.actor, event, cast.lin.id, "moderator")
    for who in (cast.owner, cast.ning, cast.lin):
        assert refused(lambda who=who: moderating.mute(who.actor, event, cast.staff.id)) == "live_not_above"
    assert refused(lambda: moderating.remove(cast.staff.actor, event, cast.owner.id)) == "live_not_above"
    assert moderating.mute(cast.staff.actor, event, cast.ning.id)
    assert refused(lambda: moderating.mute(cast.lin.actor, event, cast.ning.id)) == "live_not_above"
    assert moderating.mute(cast.lin.actor, event, cast.che.id), "an owner of circles is a viewer here"


def test_what_nobody_wrote_any_more_every_moderator_may_delete(cast, event):
    number = LiveComment.create(event=event, name="某人", body="外来的", offset_ms=0, at=clock.now()).id
    LiveEvent.update(comment_count=1).where(LiveEvent.id == event).execute()
    assert moderating.delete_comment(cast.may.actor, event, number)
    assert row_of(event).comment_count == 0


def test_who_was_put_down_meanwhile_acts_no_more(cast, event):
    guests.appoint(cast.che.actor, event, cast.ning.id, "moderator")
    number = say(cast.lin.actor, event)
    guests.dismiss(cast.che.actor, event, cast.ning.id)
    with pytest.raises(Denied):
        moderating.delete_comment(cast.ning.actor, event, number)


# ---- over HTTP ----------------------------------------------------------------------------------------------


def test_a_moderator_acts_from_the_menu_of_a_comment_and_takes_it_back(cast, event, as_, post):
    number = say(cast.lin.actor, event, "看这里")
    browser = as_("may")
    page = browser.get(f"/live/{event}/comments/{number}/menu").text
    for way in (f"comments/{number}/delete", f"people/{cast.lin.id}/mute", f"people/{cast.lin.id}/remove"):
        assert f'formaction="/live/{event}/{way}"' in page
    answer = post(browser, f"/live/{event}/comments/{number}/delete", htmx="bullet-menu")
    act = LiveAct.get(LiveAct.action == "delete_comment").id
    assert answer.status_code == 200 and f"/live/{event}/acts/{act}/undo" in answer.headers["HX-Trigger"]
    assert bodies(cast.ning.actor, event) == []
    assert post(browser, f"/live/{event}/acts/{act}/undo").status_code == 303
    assert bodies(cast.ning.actor, event) == ["看这里"]


def test_the_menu_offers_nothing_against_ones_equals_and_nothing_to_viewers(cast, event, as_):
    hers, mine = say(cast.che.actor, event, "主持"), say(cast.lin.actor, event, "我")
    assert "/people/" not in as_("may").get(f"/live/{event}/comments/{hers}/menu").text
    assert f"comments/{hers}/delete" not in as_("may").get(f"/live/{event}/comments/{hers}/menu").text
    page = as_("ning").get(f"/live/{event}/comments/{mine}/menu").text
    assert "/delete" not in page and "/people/" not in page


def test_who_is_muted_is_offered_a_pardon(cast, event, as_, post):
    number, browser = say(cast.lin.actor, event, "我"), as_("may")
    assert post(browser, f"/live/{event}/people/{cast.lin.id}/mute", {"minutes": "5"}).status_code == 303
    page = browser.get(f"/live/{event}/comments/{number}/menu").text
    assert f"people/{cast.lin.id}/pardon" in page and f"people/{cast.lin.id}/mute" not in page
    assert post(browser, f"/live/{event}/people/{cast.lin.id}/pardon", {"kind": "mute"}).status_code == 303
    assert LiveSanction.select().count() == 0


def test_bad_input_is_refused_and_changes_nothing(cast, event, as_, post):
    browser = as_("may")
    for path, data in (
        ("mute", {"minutes": "x"}), ("mute", {}), ("mute", {"minutes": "99999999"}), ("pardon", {"kind": "x"}),
    ):  # fmt: skip
        assert post(browser, f"/live/{event}/people/{cast.lin.id}/{path}", data).status_code == 422
    assert post(browser, f"/live/{event}/people/{cast.che.id}/remove").status_code == 409
    assert post(browser, f"/live/{event}/comments/999999/delete").status_code == 404
    assert LiveSanction.select().count() == 0


def test_who_is_removed_finds_no_comments_and_no_stream(cast, event, as_):
    say(cast.ning.actor, event, "只给在场的人")
    browser, stream = as_("lin"), f"/stream?since=live-{event}:0"
    assert "只给在场的人" in browser.get(f"/live/{event}").text and browser.head(stream).status_code == 200
    moderating.remove(cast.may.actor, event, cast.lin.id)
    for page in (f"/live/{event}", f"/live/{event}/comments", f"/live/{event}/replay"):
        assert "只给在场的人" not in browser.get(page).text
    assert browser.head(stream).status_code == 404


def test_what_is_held_is_streamed_to_those_who_run_the_event_only(cast, event, as_):
    stream = f"/stream?since=backstage-{event}:0"
    assert [as_(name).head(stream).status_code for name in ("che", "may", "lin", "ning", "owner")] == [
        200, 200, 404, 404, 404,
    ]  # fmt: skip


def test_the_log_tells_who_did_what_and_older_ones_come_page_by_page(cast, event, as_, monkeypatch):
    monkeypatch.setitem(LIMITS, "page_live_acts", 3)
    number = say(cast.lin.actor, event, "删掉我")
    moderating.delete_comment(cast.may.actor, event, number)
    moderating.mute(cast.che.actor, event, cast.lin.id, 5)
    hosting.pin(cast.che.actor, event, "七点半出发")
    page = as_("may").get(f"/live/{event}/log").text
    order = [page.index(f'data-action="{name}"') for name in ("pin", "mute", "delete_comment")]
    assert order == sorted(order) and "删掉我" in page and "七点半出发" in page and "May Chen" in page
    assert f'id="mute-{cast.lin.id}"' in page
    older = page.split("before=")[1].split('"')[0]
    assert 'data-action="begin"' not in page
    assert 'data-action="begin"' in as_("may").get(f"/live/{event}/log?before={older}").text
    assert as_("lin").get(f"/live/{event}/log").status_code == 403


def test_written_while_being_removed_is_written_before_or_not_at_all(cast, event, in_threads):
    said: list[object] = []

    def work(number: int) -> None:
        if number == 3:
            moderating.remove(cast.may.actor, event, cast.lin.id)
            return
        try:
            said.append(commenting.write_bullet(cast.lin.actor, event, f"第{number}").id)
        except (Denied, Gone, Conflict) as refusal:
            said.append(refusal.code)

    in_threads(8, work)
    with pytest.raises(Refusal):
        say(cast.lin.actor, event)
    there = LiveComment.select().where(LiveComment.event == event).count()
    assert there == sum(isinstance(each, int) for each in said)
