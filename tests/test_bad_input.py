"""Input of every bad kind: a clear answer below 500, and never a half-done change."""

import re
from io import BytesIO
from itertools import product

import pytest

from blueprints.circles import posting
from core import markup
from core.limits import LIMITS
from models import Circle, Comment, Membership, Post, PostLike, database
from tests.blueprints.circle_stories import FOUNDING, photo, say, typed, upload, write, wrong_counters
from tests.conftest import csrf_of

WRITE = "/circles/night-run/posts/"
KB = 1024


@pytest.fixture(autouse=True)
def server_errors_are_answers(app, monkeypatch):
    """A 500 is what is looked for here, so it must come out as one."""
    monkeypatch.setattr(app, "testing", False)


@pytest.fixture
def lin(as_, cast):
    return as_("lin")


def census() -> tuple[int, ...]:
    return tuple(table.select().count() for table in (Circle, Membership, Post, Comment, PostLike))


def send(browser, url, body: bytes | str, content_type: str, **headers):
    """A body as it is, with a token that counts."""
    sent = {"X-CSRFToken": csrf_of(browser), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return browser.post(url, data=body, content_type=content_type, headers=sent)


# ---- Markdown with teeth ------------------------------------------------------------------------------------

SHARP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//evil>",
    "<a href='javascript:alert(1)'>x</a>", "[x](javascript:alert(1))", "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](vbscript:x)", "![x](javascript:alert(1))",
    "[x](//evil.example)", "[x](/\\evil.example)", "<javascript:alert(1)>", "[x]: javascript:alert(1)\n\n[x]",
    "<b hx-get='/logout' hx-trigger='load'>x</b>", "<div data-hx-post='/x'>", "<style>*{display:none}</style>",
    "<form action=//evil><input name=password></form>", "</div></article></main><h1>x</h1>", "<!--", "]]>", "{{ 7*7 }}",
    "{% include 'x' %}", "`<script>`", "```\n</code><script>alert(1)</script>\n```", "&lt;script&gt;",
    "<details open ontoggle=x>", "[x](https://ok.example \"onmouseover=alert(1)\")",
    "[a](https://ok.example/\"onclick=alert(1))",
]  # fmt: skip
TAG = re.compile(r"<(script|iframe|img|svg|style|form|input|object|embed|details|base|meta|link)\b", re.IGNORECASE)
LINK = re.compile(r'href="([^"]*)"')


@pytest.mark.parametrize("source", SHARP)
def test_markdown_with_teeth_is_text(lin, post, cast, source):
    answer = post(lin, WRITE, {"title": source[:120], "body": source})
    assert answer.status_code == 303
    made = Post.select().order_by(Post.id.desc()).first()
    assert not TAG.search(made.html), made.html
    assert not re.search(r"<[^>]*\s(on\w+|hx-\w+|data-\w+|style|srcset)\s*=", made.html), made.html
    for address in LINK.findall(made.html):
        assert re.match(r"(https?://|mailto:|/(?![/\\]))", address), address
    page = lin.get(answer.location).text
    assert "<script>alert" not in page and "onerror=alert(1)>" not in page.replace("&gt;", "")
    answer = post(lin, f"{WRITE}{made.id}/comments/", {"body": source})
    assert answer.status_code == 303
    assert not TAG.search(Comment.select().order_by(Comment.id.desc()).first().html)


def test_people_circles_and_answers_are_text_too(as_, post, cast):
    sharp = "<script>alert(1)</script>"
    form = {**FOUNDING, "name": sharp, "purpose": sharp, "question": sharp, "about": sharp, "join_policy": "apply"}
    assert post(as_("che"), "/circles/", form).status_code == 303
    post(as_("ning"), "/circles/hikes/join", {"answer": sharp})
    for url in ("/circles/", "/circles/hikes", "/circles/hikes/about", "/circles/hikes/requests", "/circles/hikes/edit",
                "/circles/hikes/members", f"/search?q={sharp}"):  # fmt: skip
        assert sharp not in as_("che").get(url).text, url


def test_a_hole_for_the_token_in_a_text_stays_what_it_is(lin, post, cast):
    made = write(cast.may.actor, cast.running.id, "\ue010token\ue010 \ue011key\ue011")
    page = lin.get(f"{WRITE}{made.id}").text
    assert "\ue010token\ue010 \ue011key\ue011" in page


# ---- size and depth -----------------------------------------------------------------------------------------

DEEP = {
    "quotes": ">" * 1000 + " tief", "quotes with spaces": "> " * 1000 + "tief", "lists": "- " * 1000 + "tief",
    "brackets": "[" * 5000, "stars": "*a_ " * 4000, "links": "[a](" * 4000, "backticks": "`" * 9000 + "x",
    "tables": "|" * 4000 + "\n" + "|-" * 4000 + "|", "entities": "&#x41;" * 3000, "marks": "e" + "\u0301" * 9000,
    "emphasis": "**a " * 4000, "html": "<a " * 6000, "autolinks": "http://a " * 2000, "tilde": "~~" * 9000,
}  # fmt: skip


@pytest.mark.parametrize("name", DEEP)
def test_deep_and_tangled_texts_are_read_quickly_or_refused(lin, post, name):
    answer = post(lin, WRITE, {"body": DEEP[name]})
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        assert lin.get(answer.location).status_code == 200


def in_parts(**fields: str) -> bytes:
    parts = (f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}\r\n' for name in fields)
    return f"{''.join(parts)}--x--\r\n".encode()


@pytest.mark.parametrize("encoding", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_twenty_kilobytes_are_taken_and_a_megabyte_is_not(lin, cast, encoding):
    before = census()
    for size, status in ((20 * KB, 303), (20 * KB + 1, 422), (200 * KB, 422), (KB * KB, 413)):
        body = in_parts(body="x" * size) if "boundary" in encoding else b"body=" + b"x" * size
        answer = send(lin, WRITE, body, encoding)
        assert answer.status_code == status, size
        if status == 422:
            assert typed(answer.text) == ["x" * size], "what was typed comes back"
    assert sum(census()) == sum(before) + 1


def test_a_megabyte_of_comment_is_refused_clearly(lin, cast):
    url = f"{WRITE}{cast.post_in(cast.running).id}/comments/"
    token = csrf_of(lin)
    assert lin.post(url, data={"csrf_token": token, "body": "长" * 50 * KB}).status_code == 422
    for htmx in ({}, {"HX-Request": "true"}):
        answer = lin.post(url, data={"csrf_token": token, "body": "x" * KB * KB}, headers=htmx)
        assert answer.status_code == 413
        assert (answer.text == "" and "toast" in answer.headers["HX-Trigger"]) if htmx else 'id="fault"' in answer.text


def test_a_body_larger_than_everything_is_refused_before_it_is_read(lin):
    class Endless:
        def read(self, *_: int) -> bytes:
            raise AssertionError("it was read")

    environ = {"CONTENT_LENGTH": str(LIMITS["body_bytes"] + 1), "wsgi.input": Endless()}
    answer = lin.post(WRITE, environ_overrides=environ, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


# ---- what cannot be seen ------------------------------------------------------------------------------------

UNSEEN = [
    "   ", "\u200b\u200c\u200d", "\u202e\u202d", "\u2060\ufeff", "\u3164", "\u00ad", "\x00", "\u2800", "\U000e0041",
]  # fmt: skip


@pytest.mark.parametrize("text", UNSEEN)
def test_what_shows_nothing_is_nothing(as_, lin, post, cast, text):
    assert post(lin, WRITE, {"title": text, "body": "x"}).status_code == 303
    assert Post.select().order_by(Post.id.desc()).first().title == ""
    assert post(as_("ning"), "/circles/", {**FOUNDING, "name": text}).status_code == 422
    assert post(as_("ning"), "/circles/", {**FOUNDING, "purpose": text}).status_code == 422


def test_letters_that_turn_the_line_around_do_not_reach_the_page(lin, post, cast):
    answer = post(lin, WRITE, {"title": "abc\u202etxt.exe", "body": "abc\u202etxt.exe &#x202e; \u2066x"})
    page = lin.get(answer.location).text
    assert "\u202e" not in page and "\u2066" not in page


# ---- bytes that are no text ---------------------------------------------------------------------------------

BYTES = {
    "nul": b"body=a%00b", "lone surrogate": b"body=a%ED%A0%80b", "half a character": b"body=%E5%9C",
    "latin-1": b"body=caf%E9", "overlong": b"body=%C0%AF", "raw bytes": b"body=\xff\xfe\x00\x80", "no value": b"body",
    "only signs": b"&&==&;", "percent": b"body=%%%zz", "twice": b"body=a&body=b", "deep": b"body[x][y]=1&body=z",
    "odd names": b"b%00dy=1&=2&%ff=3", "bom": b"\xef\xbb\xbfbody=x",
}  # fmt: skip


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_text(lin, cast, name):
    answer = send(lin, WRITE, BYTES[name], "application/x-www-form-urlencoded")
    assert answer.status_code in (303, 422)
    url = f"{WRITE}{cast.post_in(cast.running).id}/comments/"
    assert send(lin, url, BYTES[name], "application/x-www-form-urlencoded").status_code in (303, 422)
    assert wrong_counters() == []


@pytest.mark.parametrize("raw", [b"\x00", b"\xed\xa0\x80", b"\xff\xfe", "\ud800".encode("utf-8", "surrogatepass")])
def test_bytes_that_are_no_text_in_a_form_of_parts(lin, raw):
    body = b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\na' + raw + b"b\r\n--x--\r\n"
    assert send(lin, WRITE, body, "multipart/form-data; boundary=x").status_code == 303


def test_actions_survive_what_only_python_can_hand_them(cast):
    made = write(cast.lin.actor, cast.running.id, "a\ud800b\x00c", "t\udfff\x00")
    assert (made.source, made.title) == ("abc", "t")
    assert say(cast.lin.actor, made, "\udc80x").source == "x"
    assert markup.render("\ud800").html == ""


MULTIPART = {
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "wrong boundary": ("multipart/form-data; boundary=y", b"--x\r\n\r\nz\r\n--x--"),
    "cut off": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\nab'),
    "no name": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nab\r\n--x--"),
    "empty": ("multipart/form-data; boundary=x", b""),
    "long boundary": ("multipart/form-data; boundary=" + "x" * 300, b"x"),
    "odd charset": ("application/x-www-form-urlencoded; charset=utf-7", b"body=+ADw-x"),
}


@pytest.mark.parametrize("name", MULTIPART)
def test_forms_that_are_none(lin, cast, name):
    before = census()
    content_type, body = MULTIPART[name]
    answer = send(lin, WRITE, body, content_type)
    assert 300 <= answer.status_code < 500
    if answer.status_code != 303:
        assert census() == before


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "application/xml", "image/png", "", "x", "multipart/mixed; boundary=x"],
)
def test_other_kinds_of_content_are_an_empty_form(lin, content_type):
    before = census()
    answer = send(lin, WRITE, b'{"body": "x"}', content_type)
    assert answer.status_code == 422 and census() == before


def test_a_hundred_parts_are_the_most(lin, post):
    answer = post(lin, WRITE, {"body": "x", "alt": ["a"] * 97}, content_type="multipart/form-data")
    assert answer.status_code == 303
    before = census()
    answer = post(lin, WRITE, {"body": "x", "alt": ["a"] * 101}, content_type="multipart/form-data")
    assert answer.status_code == 413 and census() == before


def test_fields_that_nobody_asked_for_change_nothing(lin, post, cast):
    extra = {
        "author": cast.may.id, "author_id": cast.may.id, "id": "1", "created_at": "0", "html": "<b>", "circle": "2",
        "like_count": "99", "deleted_at": "1", "role": "owner", "media": "not a file", "__proto__": "x",
    }  # fmt: skip
    assert post(lin, WRITE, {"body": "x", **extra}).status_code == 303
    made = Post.select().order_by(Post.id.desc()).first()
    assert (made.author_id, made.circle_id, made.like_count, made.html) == (cast.lin.id, cast.running.id, 0, "<p>x</p>")
    assert made.created_at > 0 and made.picture_count == 0


def test_a_file_where_words_belong_and_words_where_files_belong(lin, post):
    before = census()
    data = {"body": upload(photo(), "body.png"), "title": upload(b"x", "t")}
    assert post(lin, WRITE, data).status_code == 422
    assert census() == before
    assert post(lin, WRITE, {"body": "x", "media": "words"}).status_code == 303


# ---- addresses ----------------------------------------------------------------------------------------------

# Odd parts of every address, question and field are tried in tests/test_nothing_there.py.

HUGE = "9" * 23


@pytest.mark.parametrize("url", ["/circles/?before=1.{}", "/circles/?before={}.1", "/circles/?before=1.2.{}",
                                 "/circles/night-run/posts/1?before={}&reply_to={}", "/login?next=http://[{}",
                                 "/circles/night-run/changes?since={}&newest={}&told={}"])  # fmt: skip
def test_odd_addresses_never_break(lin, client, url):
    for browser, odd in product((lin, client), (HUGE, "-1", "１", "%00", "a", "")):
        assert browser.get(url.replace("{}", odd)).status_code < 500, odd


HEADERS = [
    "Referer", "Origin", "HX-Current-URL", "Host", "Accept-Language", "Cookie", "Range", "If-None-Match", "HX-Target",
    "X-CSRFToken", "X-Forwarded-For", "User-Agent", "Sec-Fetch-Site", "Accept-Encoding",
]  # fmt: skip


VALUES = ["http://[", "[", "é", "\x7f", "a" * 9000, "http://a:99999/", "zh-" * 500, "=\\;,"]


@pytest.mark.parametrize("header", HEADERS)
def test_odd_headers_never_break(as_, cast, header):
    lin = as_("lin")
    for method, url in (("GET", "/circles/night-run"), ("POST", "/circles/night-run/join"), ("GET", "/settings/")):
        for value, more in product(VALUES, ({}, {"HX-Request": "true"})):
            answer = lin.open(url, method=method, headers={**more, header: value})
            assert answer.status_code < 500, (method, url, value)


# ---- posts that should not be -------------------------------------------------------------------------------


def test_without_a_token_nothing_is_done_and_the_words_come_back(lin):
    before = census()
    words = "lange geschrieben, und dann das"
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "A" * 88}):
        answer = lin.post(WRITE, data={"body": words, **token})
        assert answer.status_code == 400 and words in answer.text
    assert census() == before


def test_the_wrong_method_says_which_would_do(lin):
    for method, url in (("GET", "/circles/night-run/leave"), ("PUT", WRITE), ("DELETE", f"{WRITE}1"), ("PATCH", WRITE)):
        answer = lin.open(url, method=method)
        assert answer.status_code == 405 and answer.headers["Allow"], url
    assert lin.open("/circles/night-run", method="TRACE").status_code == 405


def test_no_way_leads_back_to_an_address_that_can_only_be_written_to(lin, post, cast):
    """After a form that was not taken, the browser is at the address that it was sent to."""
    number = cast.post_in(cast.running).id
    for url in ("/circles/night-run/preview", "/circles/night-run/join", f"{WRITE}{number}/comments/"):
        came_from = {"Referer": f"http://localhost{url}"}
        for sent in (post(lin, "/preferences", {"theme": "dark"}, headers=came_from),
                     post(lin, f"{WRITE}{number}/like", {"on": "1"}, headers=came_from)):  # fmt: skip
            assert lin.get(sent.location, follow_redirects=True).status_code == 200, url


def test_a_post_to_nowhere_keeps_the_words(lin, post):
    answer = post(lin, "/circles/no-such-circle/posts/", {"body": "an einen Ort geschrieben, den es nicht gibt"})
    assert answer.status_code == 404 and typed(answer.text)
    answer = post(lin, "/no/such/address", {"body": "an einen Ort geschrieben, den es nicht gibt"})
    assert answer.status_code == 404 and typed(answer.text)


def test_too_much_at_once_keeps_the_words(lin, post, cast, monkeypatch):
    from core.limits import RATES, Rate

    monkeypatch.setitem(RATES, "post.write", Rate(1, 600))
    monkeypatch.setitem(RATES, "comment.write", Rate(0, 600))
    assert post(lin, WRITE, {"body": "eins"}).status_code == 303
    answer = post(lin, WRITE, {"body": "zwei, mit vielen Worten"})
    assert answer.status_code == 429 and typed(answer.text) == ["zwei, mit vielen Worten"]
    assert int(answer.headers["Retry-After"]) > 0
    answer = post(lin, f"{WRITE}{cast.post_in(cast.running).id}/comments/", {"body": "drei, mit vielen Worten"})
    assert answer.status_code == 429 and typed(answer.text) == ["drei, mit vielen Worten"]


def test_when_the_database_is_away_the_words_are_still_there(lin, post, monkeypatch):
    from peewee import OperationalError

    def away(*args, **kwargs):
        raise OperationalError("disk I/O error")

    token = csrf_of(lin)
    monkeypatch.setattr(posting, "write_post", away)
    answer = lin.post(WRITE, data={"csrf_token": token, "body": "drei Absätze, sorgfältig überlegt"})
    assert answer.status_code == 503 and "drei Absätze, sorgfältig überlegt" in typed(answer.text)


def test_an_error_in_the_middle_leaves_nothing_half_done(lin, post, cast, monkeypatch):
    from core import search

    def breaks(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(search, "index", breaks)
    before, mine = census(), cast.post_in(cast.running)
    data = {"body": "drei Absätze, sorgfältig überlegt", "media": upload(photo()), "key": "one-key"}
    answer = post(lin, WRITE, data)
    assert answer.status_code == 500 and "sorgfältig" in typed(answer.text)[0]
    assert post(lin, f"{WRITE}{mine.id}/edit", {"body": "neu"}).status_code == 500
    assert census() == before and Post.get_by_id(mine.id).source == mine.source
    assert wrong_counters() == [] and not database.in_transaction()
    monkeypatch.undo()
    data["media"] = upload(photo())
    assert post(lin, WRITE, data).status_code == 303, "the key is free for the next try"


def test_a_session_that_ended_in_the_middle_of_writing_keeps_the_words(app, as_, cast):
    from models import Session

    lin = as_("lin")
    token = csrf_of(lin)
    Session.delete().execute()
    words = "den ganzen Abend daran geschrieben"
    answer = lin.post(WRITE, data={"csrf_token": token, "title": "Ein Titel", "body": words},
                      headers={"Origin": "http://localhost"})  # fmt: skip
    assert answer.status_code == 401 and words in answer.text and "Ein Titel" in answer.text
    with_picture = {"csrf_token": token, "body": words, "media": (BytesIO(photo()), "a.png")}
    answer = lin.post(WRITE, data=with_picture, headers={"Origin": "http://localhost"})
    assert answer.status_code == 401 and words in answer.text
