"""Naming people while writing, and beginning an answer with what they said."""

import re
from html import unescape

import pytest

from blueprints.circles.jobs import render_again
from blueprints.circles.quoting import MOST_CHARS, as_quote
from core import personal
from core.jobs import Running
from models import Comment, Post, Sanction
from tests.blueprints.circle_stories import counted, say, typed, write

OPTION = re.compile(r'role="option" id="mention-(\d+)" data-name="([^"]+)"')


def names(browser, query, slug="night-run"):
    answer = browser.get(f"/circles/{slug}/mentions", query_string={"q": query})
    assert answer.status_code == 200
    return [name for _, name in OPTION.findall(answer.text)]


def test_members_of_this_circle_are_offered_by_either_name(as_, cast):
    lin = as_("lin")
    assert names(lin, cast.may.username[:2]) == [cast.may.username]
    assert names(lin, cast.may.display_name[:1]) == [cast.may.username]
    assert names(lin, cast.may.username.upper()) == [cast.may.username]
    assert names(lin, cast.ning.username) == []
    assert names(lin, "") == names(lin, "%") == names(lin, "_") == []


def test_those_who_do_not_write_there_are_offered_nobody(as_, client, cast):
    assert as_("ning").get("/circles/night-run/mentions?q=a").status_code == 403
    assert as_("ning").get("/circles/darkroom/mentions?q=a").status_code == 404
    assert client.get("/circles/night-run/mentions?q=a").status_code in (302, 303, 401)
    Sanction.create(circle=cast.running, member=cast.lin.id, kind="mute", decided_at=0)
    assert as_("lin").get("/circles/night-run/mentions?q=a").status_code == 403


def test_the_composers_know_where_to_ask(as_, cast):
    lin = as_("lin")
    for page in ("/circles/night-run", f"/circles/night-run/posts/{cast.post_in(cast.running).id}"):
        assert 'data-mentions="/circles/night-run/mentions"' in lin.get(page).text


def test_who_is_named_and_there_is_linked(cast):
    row = write(cast.lin.actor, cast.running.id, f"问问@{cast.may.username}，还有@nobody_here")
    assert f'<a href="/people/{cast.may.username}" class="mention"' in row.html
    assert row.html.count("<a ") == 1
    said = say(cast.may.actor, row, f"@{cast.lin.username} 好")
    assert 'class="mention"' in said.html


def test_naming_many_asks_once(cast):
    with counted() as queries:
        write(cast.lin.actor, cast.running.id, " ".join(f"@name{number}" for number in range(40)))
    assert len([query for query in queries if "username" in query and " IN " in query]) == 1


def test_older_texts_get_their_links_when_the_policy_is_raised(cast):
    row = write(cast.lin.actor, cast.running.id, f"@{cast.may.username} `x`")
    Post.update(policy_version=1, html="<p>old</p>").where(Post.id == row.id).execute()
    render_again(Running(0))
    assert f'href="/people/{cast.may.username}"' in Post.get_by_id(row.id).html
    personal.erase(cast.may.id, keeps_words=True)
    Post.update(policy_version=1).where(Post.id == row.id).execute()
    render_again(Running(0))
    assert "<a " not in Post.get_by_id(row.id).html


def test_what_a_spoiler_hides_is_shown_by_no_search(as_, cast):
    write(cast.lin.actor, cast.running.id, "凶手是||管家||，在\n\n>! 花园\n\n里")
    found = as_("lin").get("/search", query_string={"q": "凶手"}, follow_redirects=True).text
    assert "▒▒▒" in found and "管家" not in found and "花园" not in found


# ---- quoting ------------------------------------------------------------------------------------------------


def shown_in(browser, page):
    return [unescape(text) for text in typed(browser.get(page).text)]


@pytest.mark.parametrize(
    ("source", "name", "quote"),
    [
        ("一\n\n二", "anna", "> 一\n>\n> 二\n\n@anna "),
        ("> 别人\n我说", "anna", "> 我说\n\n@anna "),
        (">! 秘密\n||x||", "anna", "> ||x||\n\n@anna "),
        ("我说", None, "> 我说\n\n"),
        ("> 别人", "anna", "@anna "),
        ("", None, ""),
    ],
)
def test_what_a_quote_is_made_of(source, name, quote):
    assert as_quote(source, name) == quote


def test_a_long_text_is_quoted_by_its_beginning():
    assert len(as_quote("长" * 5000, None)) < MOST_CHARS + 10


def test_without_scripts_a_link_comes_with_the_quote(as_, cast):
    row = cast.post_in(cast.running)
    lin, page = as_("lin"), f"/circles/night-run/posts/{row.id}"
    said = say(cast.may.actor, row, "一起来\n七点半")
    shown = lin.get(page).text
    assert f"quote={said.id}" in shown and "quote=post" in shown
    assert f"> 一起来\n> 七点半\n\n@{cast.may.username}" in shown_in(lin, f"{page}?quote={said.id}&reply_to={said.id}")
    answer = lin.get(f"{page}?quote={said.id}&reply_to={said.id}").text
    assert f'name="parent_id" value="{said.id}"' in answer
    assert any(text.startswith("> **七点半**") for text in shown_in(lin, f"{page}?quote=post"))


@pytest.mark.parametrize("wrong", ["0", "99999", "x", "-1", "", "post;"])
def test_a_quote_of_nothing_is_an_empty_composer(wrong, as_, cast):
    page = as_("lin").get(f"/circles/night-run/posts/{cast.post_in(cast.running).id}", query_string={"quote": wrong})
    assert page.status_code == 200
    assert not any(typed(page.text))


def test_what_is_gone_or_elsewhere_is_not_quoted(as_, cast):
    row = cast.post_in(cast.running)
    said = say(cast.may.actor, row, "说过又删了")
    Comment.update(deleted_at=1).where(Comment.id == said.id).execute()
    hidden = cast.comment_in(cast.darkroom)
    for number in (said.id, hidden.id):
        page = as_("lin").get(f"/circles/night-run/posts/{row.id}?quote={number}").text
        assert not any(typed(page))
