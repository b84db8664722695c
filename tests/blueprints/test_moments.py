"""Moments: who sees what is shown, how it is narrowed, ends, is changed and taken back."""

import json
import re

import pytest

from blueprints.circles import joining, sanctions
from blueprints.feed import audience, ending, narrowing, posting
from blueprints.feed.audience import Audience
from blueprints.feed.events import MomentNarrowed, MomentWritten
from blueprints.people import lists
from core import clock, config, jobs, limits, media, signals, site
from core.errors import Conflict, Denied, Gone, Invalid
from models import FeedEntry, FeedSetting, Moment, MomentList, Once, Picture
from tests.blueprints.circle_stories import stored_files, typed, upload
from tests.blueprints.moment_stories import befriend, listed, sees, show
from tests.cast import png


@pytest.fixture
def friends(cast):
    """lin with che, may and ning as friends; may and ning know lin only."""
    befriend(cast.lin, cast.che, cast.may, cast.ning)
    return cast


@pytest.fixture
def heard(monkeypatch) -> list[signals.Event]:
    said: list[signals.Event] = []
    for kind in (MomentWritten, MomentNarrowed):
        monkeypatch.setitem(signals._inside, kind, [*signals._inside[kind], said.append])
    return said


def the_only() -> Moment:
    return Moment.get()


def who_sees(cast, moment: int) -> set[str]:
    return {name for name in ("lin", "che", "may", "ning", "owner") if sees(cast[name], moment)}


# ---- for whom ------------------------------------------------------------------------------------------------


def test_each_audience_reaches_exactly_whom_it_names(friends):
    cast, lin = friends, friends.lin.actor
    family, runners = listed(cast.lin, "家人", cast.may), listed(cast.lin, "跑友", cast.che, cast.may)
    assert who_sees(cast, show(lin)) == {"lin", "che", "may", "ning"}
    assert who_sees(cast, show(lin, kind="only", of=(family,))) == {"lin", "may"}
    assert who_sees(cast, show(lin, kind="only", of=(family, runners))) == {"lin", "may", "che"}
    assert who_sees(cast, show(lin, kind="except", of=(runners,))) == {"lin", "ning"}
    assert who_sees(cast, show(lin, kind="circle", circle=cast.darkroom.id)) == {"lin", "che"}
    assert who_sees(cast, show(lin, kind="me")) == {"lin"}
    everyone = show(lin, kind="public")
    assert who_sees(cast, everyone) == {"lin", "che", "may", "ning", "owner"} and sees(None, everyone)


def test_whoever_is_not_meant_gets_the_answer_for_what_was_never_there(friends, as_, client):
    moment = show(friends.lin.actor, kind="only", of=(listed(friends.lin, "家人", friends.may),))
    assert as_("may").get(f"/feed/posts/{moment}").status_code == 200
    for browser in (as_("che"), as_("owner"), client):
        assert browser.get(f"/feed/posts/{moment}").status_code == 404
    for way in ("edit", "audience"):
        assert as_("may").get(f"/feed/posts/{moment}/{way}").status_code == 404


def test_lists_must_be_ones_own_and_there(friends):
    theirs = listed(friends.che, "别人的")
    for lists_ in ((), (theirs,), (999,)):
        with pytest.raises(Invalid) as refused:
            show(friends.lin.actor, kind="only", of=lists_)
        assert refused.value.field == "audience"
    assert Moment.select().count() == 0


def test_public_is_offered_only_where_the_site_allows_it(friends, as_, post):
    already = show(friends.lin.actor, kind="public")
    assert 'id="for-public"' in as_("lin").get("/feed/write").text
    site.change({"public_moments": "off"})
    assert 'id="for-public"' not in as_("lin").get("/feed/write").text
    assert post(as_("lin"), "/feed/posts", {"body": "大家好", "audience": "public"}).status_code == 422
    assert not sees(friends.owner, already) and sees(friends.che, already)


def test_a_circle_takes_moments_from_those_who_may_write_in_it(friends):
    with pytest.raises(Invalid):
        show(friends.ning.actor, kind="circle", circle=friends.running.id)
    sanctions.mute(friends.che.actor, friends.running.id, friends.lin.id, "spam")
    with pytest.raises(Invalid):
        show(friends.lin.actor, kind="circle", circle=friends.running.id)
    with pytest.raises(Invalid):
        show(friends.lin.actor, kind="circle")


def test_who_leaves_the_circle_no_longer_sees_what_is_for_it(friends):
    moment = show(friends.che.actor, kind="circle", circle=friends.running.id)
    assert sees(friends.may, moment) and not sees(friends.ning, moment)
    joining.leave(friends.may.actor, friends.running.id)
    assert not sees(friends.may, moment)


def test_only_its_author_reads_which_lists_it_goes_by(friends, as_):
    moment = show(friends.lin.actor, kind="only", of=(listed(friends.lin, "家里人", friends.may),))
    hidden = show(friends.lin.actor, kind="except", of=(listed(friends.lin, "同事们", friends.che),))
    assert "家里人" in as_("lin").get(f"/feed/posts/{moment}").text
    assert "同事们" in as_("lin").get(f"/feed/posts/{hidden}").text
    assert "家里人" not in as_("may").get(f"/feed/posts/{moment}").text
    assert "同事们" not in as_("may").get(f"/feed/posts/{hidden}").text


def test_the_composer_begins_with_what_was_chosen_last(friends, as_, post):
    family = listed(friends.lin, "家人", friends.may)
    lin = as_("lin")
    assert chosen(lin.get("/feed/write").text) == "friends"
    assert post(lin, "/feed/posts", {"body": "一", "audience": "only", "only_list": family}).status_code == 303
    again = lin.get("/feed/write").text
    assert chosen(again) == "only" and re.search(rf'name="only_list" value="{family}"[^>]* checked', again)
    assert audience.usual(friends.lin.actor) == Audience("only", (family,))
    post(lin, "/feed/posts", {"body": "二"})  # says nothing of it
    assert Moment.select().order_by(Moment.id.desc()).get().audience == "only"
    lists.drop_list(friends.lin.actor, family)
    assert chosen(lin.get("/feed/write").text) == "friends"


def test_what_was_public_once_does_not_make_the_next_one_public(friends, as_):
    show(friends.lin.actor, kind="me")
    show(friends.lin.actor, kind="public")
    assert chosen(as_("lin").get("/feed/write").text) == "me"
    assert audience.usual(friends.che.actor) == Audience("friends")
    show(friends.che.actor, kind="public")
    assert audience.usual(friends.che.actor) == Audience("friends")


def chosen(page: str) -> str:
    found = re.search(r'name="audience" value="(\w+)" required checked', page)
    return found[1] if found else ""


def test_a_form_without_a_choice_is_not_guessed_at(friends, as_, post):
    """The list that was chosen is gone: nobody else is to see it instead."""
    family, lin = listed(friends.lin, "家人", friends.may), as_("lin")
    lists.drop_list(friends.lin.actor, family)
    fields = {"body": "只给家人", "audience": "only", "only_list": family, "asks_audience": 1}
    again = post(lin, "/feed/posts", fields)
    assert again.status_code == 422 and chosen(again.text) == ""
    del fields["audience"]
    assert post(lin, "/feed/posts", fields).status_code == 422
    moment = show(friends.lin.actor, kind="public")
    assert post(lin, f"/feed/posts/{moment}/audience", {}).status_code == 422
    assert [row.audience for row in Moment.select()] == ["public"]


# ---- writing -------------------------------------------------------------------------------------------------


def test_a_moment_is_written_by_a_plain_form_and_by_a_script(friends, as_, post):
    lin = as_("lin")
    answer = post(lin, "/feed/posts", {"body": "**晚风**很好", "audience": "friends"})
    assert (answer.status_code, answer.location) == (303, "/feed")
    row = the_only()
    assert (row.source, row.author_id, row.audience) == ("**晚风**很好", friends.lin.id, "friends")
    assert "<strong>晚风</strong>" in as_("che").get(f"/feed/posts/{row.id}").text
    answer = post(lin, "/feed/posts", {"body": "第二条", "audience": "me"}, htmx=True)
    newest = Moment.select().order_by(Moment.id.desc()).get()
    assert answer.status_code == 200 and f'id="moment-{newest.id}"' in answer.text
    assert chosen(answer.text) == "me" and answer.text.count('hx-swap-oob="true"') == 2


def test_what_cannot_be_taken_comes_back_as_it_was_typed(friends, as_, post):
    lin = as_("lin")
    for fields in (
        {"body": "", "audience": "friends"}, {"body": "长" * 2001, "audience": "friends"},
        {"body": "给谁？", "audience": "only"}, {"body": "给谁？", "audience": "nobody"},
        {"body": "多久？", "audience": "me", "lasts": "year"}, {"body": "评论", "audience": "me", "comments_by": "x"},
        {"body": "分享", "audience": "me", "shared": "member:1"}, {"body": "影片", "audience": "me", "video": "0" * 32},
    ):  # fmt: skip
        for htmx in (False, True):
            answer = post(lin, "/feed/posts", fields, htmx=htmx)
            assert answer.status_code == 422 and fields["body"] in typed(answer.text), fields
            assert "field-error" in answer.text
    assert Moment.select().count() == 0


def test_nine_pictures_are_shown_to_those_who_see_the_moment(friends, as_, post):
    lin = as_("lin")
    files = [upload(png(60 + number, 40), f"{number}.png") for number in range(9)]
    assert post(lin, "/feed/posts", {"body": "", "audience": "friends", "media": files}).status_code == 303
    row = the_only()
    keys = [picture.key for picture in Picture.select().where(Picture.subject_kind == "moment")]
    assert (row.picture_count, len(keys)) == (9, 9)
    assert as_("che").get(f"/feed/posts/{row.id}").text.count('loading="lazy"') == 9
    address = f"/media/{keys[0]}/s.webp"
    assert [asked(as_(who), address) for who in ("lin", "che", "owner")] == [200, 200, 404]
    narrowing.narrow(friends.lin.actor, row.id, Audience("me"))
    assert [asked(as_(who), address) for who in ("lin", "che", "owner")] == [200, 404, 404]


def asked(browser, address: str) -> int:
    with browser.get(address) as answer:
        return answer.status_code


def test_ten_pictures_or_a_broken_one_leave_nothing_behind(friends, as_, post):
    before = len(stored_files())
    ten = [upload(png(), f"{number}.png") for number in range(10)]
    broken = [upload(png()), upload(png()[:60], "坏的.png")]
    for files in (ten, broken):
        answer = post(as_("lin"), "/feed/posts", {"body": "看", "audience": "friends", "media": files})
        assert answer.status_code == 422 and "看" in typed(answer.text)
    assert len(stored_files()) == before and Moment.select().count() == 0


def test_the_same_form_from_many_threads_is_one_moment(friends, fresh_key, in_threads):
    key, made = fresh_key(), []
    in_threads(8, lambda _: made.append(show(friends.lin.actor, "一次就好", key=key)))
    assert len(made) == 8 and len(set(made)) == 1
    assert Moment.select().count() == 1 and Once.select().where(Once.action == "moment.write").count() == 1
    with pytest.raises(Conflict):
        show(friends.lin.actor, "别的话", key=key)


def test_half_states_write_nothing(cast, as_, post):
    for who in ("suspended", "leaving"):
        assert post(as_(who), "/feed/posts", {"body": "在吗", "audience": "me"}).status_code == 403
        with pytest.raises(Denied):
            show(cast[who].actor)


# ---- narrowing -----------------------------------------------------------------------------------------------


def test_it_gets_narrower_and_never_wider(friends):
    cast, lin = friends, friends.lin.actor
    a, b = listed(cast.lin, "甲", cast.che), listed(cast.lin, "乙", cast.may)
    rooms = {
        "public": Audience("public"), "friends": Audience("friends"), "only": Audience("only", (a,)),
        "only more": Audience("only", (a, b)), "except": Audience("except", (a,)),
        "except more": Audience("except", (a, b)), "circle": Audience("circle", circle=cast.running.id),
        "circle else": Audience("circle", circle=cast.darkroom.id), "me": Audience("me"),
    }  # fmt: skip
    allowed = {
        "public": {"friends", "only", "only more", "except", "except more", "me"},
        "friends": {"only", "only more", "except", "except more", "me"},
        "only": {"me"}, "only more": {"only", "me"}, "except": {"except more", "me"}, "except more": {"me"},
        "circle": {"me"}, "circle else": {"me"}, "me": set(),
    }  # fmt: skip
    for old, before in rooms.items():
        for new, after in rooms.items():
            if old == new:
                continue
            moment = posting.write(lin, posting.NewMoment("试", before))
            seen_before = who_sees(cast, moment)
            if new in allowed[old]:
                narrowing.narrow(lin, moment, after)
                assert audience.of_moment(Moment.get_by_id(moment)) == after
                assert who_sees(cast, moment) <= seen_before
            else:
                with pytest.raises(Invalid):
                    narrowing.narrow(lin, moment, after)
                assert audience.of_moment(Moment.get_by_id(moment)) == before


def test_narrowing_on_a_page_offers_only_what_is_narrower(friends, as_, post):
    family = listed(friends.lin, "家人", friends.may)
    moment, lin = show(friends.lin.actor), as_("lin")
    page = lin.get(f"/feed/posts/{moment}/audience").text
    assert set(re.findall(r'name="audience" value="(\w+)"', page)) == {"only", "except", "me"}
    answer = post(lin, f"/feed/posts/{moment}/audience", {"audience": "public"})
    assert answer.status_code == 422 and 'id="moment-audience-error"' in answer.text
    assert post(lin, f"/feed/posts/{moment}/audience", {"audience": "only", "only_list": family}).status_code == 303
    assert who_sees(friends, moment) == {"lin", "may"}
    assert MomentList.select().where(MomentList.moment == moment).count() == 1
    assert post(as_("may"), f"/feed/posts/{moment}/audience", {"audience": "me"}).status_code == 404


def test_a_list_that_goes_opens_nothing_to_those_on_it(friends):
    family, runners = listed(friends.lin, "家人", friends.may), listed(friends.lin, "跑友", friends.che)
    kept_from = show(friends.lin.actor, kind="except", of=(family,))
    kept_from_both = show(friends.lin.actor, kind="except", of=(family, runners))
    only = show(friends.lin.actor, kind="only", of=(family, runners))
    lists.drop_list(friends.lin.actor, family)
    assert who_sees(friends, kept_from) == who_sees(friends, kept_from_both) == {"lin"}
    assert who_sees(friends, only) == {"lin", "che"}


# ---- ending --------------------------------------------------------------------------------------------------


def test_it_ends_by_itself_at_its_time(friends, as_):
    moment = show(friends.lin.actor, lasts="day")
    assert sees(friends.che, moment)
    clock.shift(clock.DAY - 1000)
    assert sees(friends.che, moment)
    clock.shift(2000)
    assert not sees(friends.che, moment) and sees(friends.lin, moment)
    assert as_("che").get(f"/feed/posts/{moment}").status_code == 404
    assert as_("lin").get(f"/feed/posts/{moment}").status_code == 200


def test_its_end_is_announced_once(friends, heard):
    moment = show(friends.lin.actor, lasts="day")
    jobs.run_due()
    assert MomentNarrowed(moment) not in heard
    clock.shift(clock.DAY + 1000)
    jobs.run_due()
    narrowing.expire(moment)
    assert heard.count(MomentNarrowed(moment)) == 1
    assert FeedEntry.select().where(FeedEntry.member == friends.che.id).count() == 0


def test_it_is_retired_by_hand(friends, as_, post):
    moment, lin = show(friends.lin.actor), as_("lin")
    assert post(as_("che"), f"/feed/posts/{moment}/retire").status_code == 404
    assert post(lin, f"/feed/posts/{moment}/retire").status_code == 303
    first = Moment.get_by_id(moment).expires_at
    clock.shift(5000)
    post(lin, f"/feed/posts/{moment}/retire")
    assert Moment.get_by_id(moment).expires_at == first
    assert not sees(friends.che, moment) and sees(friends.lin, moment)
    for lasts in ("day", "week", "never", ""):
        assert post(lin, f"/feed/posts/{moment}/end", {"lasts": lasts}).status_code == 422
    assert not sees(friends.che, moment)


def test_an_end_can_be_set_later_on_but_not_moved_away(friends, as_, post):
    moment, lin = show(friends.lin.actor), as_("lin")
    assert post(lin, f"/feed/posts/{moment}/end", {"lasts": "day"}).status_code == 303
    assert post(lin, f"/feed/posts/{moment}/end", {"lasts": "week"}).status_code == 422
    clock.shift(clock.DAY + 1)
    assert not sees(friends.che, moment)


def test_a_rule_retires_what_is_old(friends, as_, post):
    old = show(friends.lin.actor, "旧的")
    diary, theirs = show(friends.lin.actor, "日记", "me"), show(friends.che.actor, "别人的")
    clock.shift(29 * clock.DAY)
    young = show(friends.lin.actor, "新的")
    lin = as_("lin")
    assert post(lin, "/feed/old", {"retire_days": 31}).status_code == 422
    assert post(lin, "/feed/old", {"retire_days": "x"}).status_code == 422
    assert post(lin, "/feed/old", {"retire_days": 30}).status_code == 303
    assert re.search(r'value="30" checked', lin.get("/feed/old").text)
    assert narrowing.retire_old() == 0
    clock.shift(2 * clock.DAY)
    assert narrowing.retire_old() == 1 and narrowing.retire_old() == 0
    assert not sees(friends.che, old) and sees(friends.lin, old)
    assert sees(friends.che, young) and sees(friends.lin, theirs)
    assert Moment.get_by_id(diary).expires_at is None


# ---- changing and deleting -----------------------------------------------------------------------------------


def test_its_author_changes_the_words(friends, as_, post):
    moment, lin = show(friends.lin.actor, "写错了"), as_("lin")
    assert "写错了" in typed(lin.get(f"/feed/posts/{moment}/edit").text)
    assert post(lin, f"/feed/posts/{moment}/edit", {"body": "写对了", "comments_by": "closed"}).status_code == 303
    row = Moment.get_by_id(moment)
    assert (row.source, row.comments_by) == ("写对了", "closed") and row.edited_at is not None
    assert "写对了" in as_("che").get(f"/feed/posts/{moment}").text
    assert post(lin, f"/feed/posts/{moment}/edit", {"body": " "}).status_code == 422
    assert post(as_("che"), f"/feed/posts/{moment}/edit", {"body": "我的"}).status_code == 404
    seq = row.seq
    posting.edit(friends.lin.actor, moment, posting.Change("写对了", "closed"))
    assert Moment.get_by_id(moment).seq == seq


def test_a_box_that_is_not_ticked_takes_no_tips(friends, as_, post):
    lin = as_("lin")
    post(lin, "/feed/posts", {"body": "一", "audience": "me", "asks_tips": 1})
    assert the_only().takes_tips is False
    post(lin, f"/feed/posts/{the_only().id}/edit", {"body": "一", "asks_tips": 1, "takes_tips": 1})
    assert the_only().takes_tips is True
    post(lin, f"/feed/posts/{the_only().id}/edit", {"body": "二"})
    assert the_only().takes_tips is True


def test_deleting_is_undone_for_a_minute(friends, as_, post):
    moment, lin = show(friends.lin.actor), as_("lin")
    assert post(as_("che"), f"/feed/posts/{moment}/delete").status_code == 404
    answer = post(lin, f"/feed/posts/{moment}/delete", htmx=f"moment-{moment}")
    assert answer.status_code == 200 and f"/feed/posts/{moment}/undo" in answer.headers["HX-Trigger"]
    assert lin.get(f"/feed/posts/{moment}").status_code == 404 and not sees(friends.che, moment)
    assert post(lin, f"/feed/posts/{moment}/delete").status_code == 303  # twice is once
    with pytest.raises(Gone):
        posting.undo_delete(friends.che.actor, moment)
    assert post(lin, f"/feed/posts/{moment}/undo").status_code == 303
    assert sees(friends.che, moment)
    posting.delete(friends.lin.actor, moment)
    clock.shift(limits.LIMITS["undo_seconds"] * 1000 + 1)
    with pytest.raises(Conflict):
        posting.undo_delete(friends.lin.actor, moment)


def test_deleting_and_taking_it_back_leave_one_in_the_list(friends, as_, post):
    moment, lin = show(friends.lin.actor, "还在这里"), as_("lin")
    gone = post(lin, f"/feed/posts/{moment}/delete", htmx=f"moment-{moment}")
    place = f'id="moment-{moment}-gone"'
    assert place in gone.text and "还在这里" not in gone.text
    way = json.loads(gone.headers["HX-Trigger"])["toast"]["undo"]["url"]
    back = post(lin, way, htmx=True)
    assert f'id="moment-{moment}"' in back.text and "还在这里" in back.text and "HX-Redirect" not in back.headers
    assert f'hx-swap-oob="beforebegin:#moment-{moment}-gone"' in back.text and place in back.text
    theirs = f"/people/{friends.lin.username}/posts?before=99"
    for origin, leads in ((theirs, theirs), ("/feed", "/feed"), (f"/feed/posts/{moment}", "/feed")):
        here = {"headers": {"Referer": f"http://localhost{origin}"}}
        assert post(lin, f"/feed/posts/{moment}/delete", **here).location == leads
        here = {"headers": {"Referer": f"http://localhost{leads}"}}
        assert post(lin, f"/feed/posts/{moment}/undo", **here).location == leads
    assert sees(friends.che, moment)


def test_what_was_deleted_goes_for_good_with_its_pictures(friends):
    before = len(stored_files())
    picture = media.NewPicture(media.store_picture(png(), config.current().data / "media"))
    moment = show(friends.lin.actor, pictures=[picture])
    kept = show(friends.lin.actor, "留着")
    posting.delete(friends.lin.actor, moment)
    assert ending.purge_deleted() is False
    clock.shift(limits.LIMITS["deleted_kept_seconds"] * 1000 + 1000)
    assert ending.purge_deleted() is True and ending.purge_deleted() is False
    assert [row.id for row in Moment.select()] == [kept]
    assert Picture.select().where(Picture.subject_kind == "moment").count() == 0 and len(stored_files()) == before


def test_a_draft_leads_back_to_the_composer_and_goes_when_it_is_sent(friends, as_, post):
    lin = as_("lin")
    assert post(lin, "/drafts/moment:new", {"body": "写了一半"}).status_code == 303
    assert "/feed/write?draft=moment:new" in lin.get("/me/drafts").text
    page = lin.get("/feed/write?draft=moment:new").text
    assert "写了一半" in typed(page)
    seen_at = re.search(r'name="seen_at" value="(\d+)"', page)[1]
    post(lin, "/feed/posts", {"body": "写了一半", "audience": "friends", "seen_at": seen_at})
    assert "moment:new" not in lin.get("/me/drafts").text


def test_the_last_choice_is_kept_once_a_member(friends):
    for kind in ("friends", "me", "friends"):
        show(friends.lin.actor, kind=kind)
    assert FeedSetting.select().where(FeedSetting.member == friends.lin.id).count() == 1


def test_writing_is_announced_in_its_transaction(friends, heard):
    moment = show(friends.lin.actor)
    assert heard == [MomentWritten(moment, friends.lin.id)]
    with pytest.raises(Invalid):
        show(friends.lin.actor, kind="only")
    assert len(heard) == 1
