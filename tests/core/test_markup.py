"""What becomes of people's Markdown: what they meant is there, and nothing that could harm the reader."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from core import highlight
from core.markup import MAX_BYTES, POLICY_VERSION, TAGS, linked, render, trusted
from tests.effort import effort

ALLOWED = {
    "a": {"href", "title", "rel", "class"}, "code": {"class"}, "ol": {"start"}, "span": {"class", "tabindex"},
    "details": {"class"},
}  # fmt: skip
CLASSES = {
    "a": re.compile("mention"), "code": re.compile(r"language-\S+"), "span": re.compile("spoiler|hl-[a-z]"),
    "details": re.compile("spoiler"),
}  # fmt: skip
VALUES = {
    "href": lambda value: leads_where_allowed(value),
    "title": lambda value: True,
    "rel": lambda value: value == "nofollow ugc noopener",
    "start": str.isdecimal,
    "tabindex": lambda value: value == "0",
}


def leads_where_allowed(address):
    """As a browser reads it: without tabs and newlines, a backslash as a slash."""
    seen = "".join(char for char in address if char not in "\t\r\n").strip().replace("\\", "/").lower()
    if seen.startswith("/"):
        return not seen.startswith("//")
    return seen.startswith(("http://", "https://", "mailto:"))


class Reader(HTMLParser):
    """Reads HTML and notes whatever the policy does not know."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.strange = []
        self.links = []
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            self.strange.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            fits = CLASSES[tag].fullmatch if name == "class" and tag in CLASSES else VALUES.get(name, bool)
            if name not in ALLOWED.get(tag, ()) or not fits(value):
                self.strange.append((tag, name, value))
            if name == "class" and value.startswith("hl-") and self.open[-2:] != ["pre", "code"]:
                self.strange.append(("colour outside of code", value))
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.strange.append(("unbalanced", tag))

    def handle_comment(self, data):
        self.strange.append(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_a_post_written_on_a_phone_keeps_its_lines_and_its_emphasis():
    rendered = render("今天很好\n**一起吃饭。**后来~~下雨~~了，他说**“再见”**就走。\n\n- 茶\n- 饭")
    assert rendered.html == (
        "<p>今天很好<br>\n<strong>一起吃饭。</strong>后来<s>下雨</s>了，他说<strong>“再见”</strong>就走。</p>\n"
        "<ul>\n<li>茶</li>\n<li>饭</li>\n</ul>"
    )
    assert rendered.text == "今天很好\n一起吃饭。后来下雨了，他说“再见”就走。\n茶\n饭"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**粗（注）**后", "<strong>粗（注）</strong>后"),
        ("前**《书》**后", "前<strong>《书》</strong>后"),
        ("这是*斜。*的", "这是<em>斜。</em>的"),
        ("**a**b and *c*", "<strong>a</strong>b and <em>c</em>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("a **\"b\"**c", "a **\"b\"**c"),
    ],
)
def test_emphasis_beside_chinese_marks_and_beside_latin_ones(typed, shown):
    assert render(typed).html == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    ("typed", "address", "rest"),
    [
        ("看https://example.com/a，很好", "https://example.com/a", "，很好"),
        ("（https://example.com/a）后", "https://example.com/a", "）后"),
        ("https://example.com这个网站", "https://example.com", "这个网站"),
        ("https://example.com/abc这个", "https://example.com/abc", "这个"),
        ("http://example.com/?q=1&x=2。", "http://example.com/?q=1&x=2", "。"),
        ("https://zh.example.org/wiki/圈子。", "https://zh.example.org/wiki/%E5%9C%88%E5%AD%90", "。"),
        ("“https://example.com/a”", "https://example.com/a", "”"),
        ("https://example.com/a,", "https://example.com/a", ","),
    ],
)
def test_a_bare_address_ends_where_the_sentence_goes_on(typed, address, rest):
    html = render(typed).html
    assert read(html).links == [address]
    assert html.endswith(f"</a>{rest}</p>")


@pytest.mark.parametrize("typed", ["example.com", "ftp://a.example", "//a.example", "a@a.example"])
def test_only_whole_web_addresses_become_links_by_themselves(typed):
    assert read(render(typed).html).links == []


def test_links_do_not_vouch_for_where_they_lead():
    assert render('[这里](https://example.com "提示")').html == (
        '<p><a href="https://example.com" title="提示" rel="nofollow ugc noopener">这里</a></p>'
    )
    assert read(render("<me@a.example> [in](/circles/)").html).links == ["mailto:me@a.example", "/circles/"]


def test_a_picture_from_elsewhere_is_a_link_so_that_nobody_sees_who_reads():
    rendered = render("![一只*猫*](https://spy.example/1.png) ![](https://spy.example/2.png)")
    assert "<img" not in rendered.html
    assert read(rendered.html).links == ["https://spy.example/1.png", "https://spy.example/2.png"]
    assert rendered.text == "一只猫 https://spy.example/2.png"
    inside = render("[![猫](https://spy.example/1.png)](https://example.com)")
    assert read(inside.html).links == ["https://example.com"]


def test_headings_stay_below_those_of_the_page_and_code_keeps_its_language():
    assert render("# 一\n## 二\n###### 六").html == "<h3>一</h3>\n<h4>二</h4>\n<h6>六</h6>"
    assert render("```martian onclick=x\nif a < b: pass\n```").html == (
        '<pre><code class="language-martian">if a &lt; b: pass\n</code></pre>'
    )
    assert "class" not in render('```"><script>\nx\n```').html


def test_a_table_and_a_numbered_list():
    html = render("| 名 | 数 |\n|:-|-:|\n| 茶 | 3 |\n\n7. 七\n8. 八").html
    assert "<td>3</td>" in html
    assert '<ol start="7">' in html
    assert "style" not in html


def test_code_has_the_colours_of_a_known_language():
    html = render("```python\nif a:  # why\n    say('圈', 1)\n```").html
    assert html == (
        '<pre><code class="language-python"><span class="hl-k">if</span> a:  <span class="hl-c"># why</span>\n'
        "    say(<span class=\"hl-s\">'圈'</span>, <span class=\"hl-m\">1</span>)\n</code></pre>"
    )
    assert render("```\nif a\n```").html == "<pre><code>if a\n</code></pre>"


@pytest.mark.parametrize("language", sorted(highlight.LANGUAGES))
def test_each_language_gives_back_what_was_typed(language):
    code = 'a = "圈"\n\t<b> & \'x\' // y # z\n\n\n{1: [2.5e3]}\n/* … */\n'
    html = highlight.coloured(code, language)
    assert unescape(re.sub("<[^>]*>", "", html)) == code


def test_long_code_and_strange_code_stay_without_colours():
    assert "hl-" in render("```py\n" + "if x: pass\n" * 300 + "```").html
    for code in ("if x: pass\n" * 1000, "if " * 200, "if x:" + "\n" * 200 + "y", "1,'a'\n" * 1100):
        html = render(f"```py\n{code}\n```").html
        assert "hl-" not in html
        assert html.startswith('<pre><code class="language-py">')
    assert "hl-" not in render("```py\nif x: pass\n" * 700).html


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("看||结局是**他**。||吧", '看<span class="spoiler" tabindex="0">结局是<strong>他</strong>。</span>吧'),
        ("||a||b||c||", '<span class="spoiler" tabindex="0">a</span>b<span class="spoiler" tabindex="0">c</span>'),
        ("a || b || c", "a || b || c"),
        ("||a|||", "||a|||"),
        ("||||", "||||"),
        ("`||a||`", "<code>||a||</code>"),
        ("\\||a||", "||a||"),
    ],
)
def test_a_spoiler_in_a_line(typed, shown):
    assert render(typed).html == f"<p>{shown}</p>"


def test_lines_that_are_folded_up():
    rendered = render("看\n>! 他**走**了\n>! - 真的\n>!\n>! 完\n后面")
    assert rendered.html == (
        '<p>看</p>\n<details class="spoiler"><summary>…</summary>\n<p>他<strong>走</strong>了</p>\n<ul>\n'
        "<li>真的</li>\n</ul>\n<p>完</p>\n</details>\n<p>后面</p>"
    )
    assert "<details" not in render("> >! x\n\n- >! y\n\n    >! z").html
    assert render(">! >! x").html.count("<details") == 1


def test_what_a_spoiler_hides_is_in_no_excerpt():
    rendered = render("凶手是||管家||，\n>! 在花园里\n\n完")
    assert rendered.excerpt == "凶手是▒▒▒， ▒▒▒ 完"
    assert rendered.text == "凶手是管家，\n在花园里\n完"


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("看https://a.example/x，还有 https://b.example", "https://a.example/x"),
        ("<https://a.example/x>", "https://a.example/x"),
        ("- https://a.example/", "https://a.example/"),
        ("||https://a.example/|| 和 https://b.example/", "https://b.example/"),
        ("[这里](https://a.example/)", None),
        ("`https://a.example/`", None),
        ("> https://a.example/", None),
        (">! https://a.example/", None),
        ("    https://a.example/", None),
        ("# https://a.example/", None),
        ("a|b\n-|-\nhttps://a.example/|c", None),
        ("<me@a.example>", None),
    ],
)
def test_the_address_that_a_card_is_made_of(typed, link):
    assert render(typed).link == link


def test_those_who_exist_are_linked_where_they_are_named():
    asked = []

    def names(found):
        asked.append(found)
        return {"anna": "/people/anna", "li_wei": "/people/li_wei", "小明明": "/people/%E5%B0%8F"}

    html = render("@Anna你好，**@li_wei**和@小明明、@nobody `@anna` [@anna](/x) a@anna", names).html

    def link(to, shown):
        return f'<a href="/people/{to}" class="mention" rel="nofollow ugc noopener">{shown}</a>'

    assert html == (
        f"<p>{link('anna', '@Anna')}你好，<strong>{link('li_wei', '@li_wei')}</strong>和"
        f"{link('%E5%B0%8F', '@小明明')}、@nobody <code>@anna</code> "
        '<a href="/x" rel="nofollow ugc noopener">@anna</a> a@anna</p>'
    )
    assert asked == [("anna你好", "anna", "li_wei", "小明明", "nobody")]
    render("no names", names)
    assert len(asked) == 1


def test_mentions_are_names_in_running_text():
    source = "@Anna 你好，@li_wei和@小明明 `@code` a@a.example [@link](/x) @ab @anna-. https://x.example/@path"
    rendered = render(source)
    assert rendered.mentions == ("anna", "li_wei和", "li_wei", "小明明")
    assert len(render(" ".join(f"@name{n}" for n in range(500))).mentions) == 50


def test_the_excerpt_is_one_line_cut_where_it_does_not_hurt():
    short = render("# 题\n\n一段 **话**\n\n> 引")
    assert short.excerpt == "题 一段 话 引"
    chinese = render("字" * 500).excerpt
    assert chinese == "字" * 199 + "…"
    english = render("wonderful " * 50).excerpt
    assert len(english) <= 200
    assert english.endswith("wonderful…")
    family = "👨\u200d👩\u200d👧"
    assert render(family * 60).excerpt == family * 39 + "…"
    assert render("😀" * 198 + "🇨🇳🇨🇳").excerpt.endswith("😀…")


@pytest.mark.parametrize("source", ["", "  \n ", "\u200b", "&#8203; &#x3164;", "\u202e", "[](/x)"])
def test_a_body_that_shows_nothing_has_no_text(source):
    assert render(source).text == ""


def test_characters_written_as_entities_are_cleaned_like_typed_ones():
    rendered = render("a&#x202e;b &#8238;c&#x200b;")
    assert not set("\u202e\u200b").intersection(rendered.html + rendered.text + rendered.excerpt)


XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/png;base64,AAAA)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](\\\\evil.example)",
    "[x](/&#9;/evil.example)",
    "[x](https:evil.example)",
    "[x](http:/\\evil.example)",
    "<javascript:alert(1)>",
    "<https://a.example/\" onmouseover=\"alert(1)>",
    "[x](https://a.example '\" onclick=\"alert(1)')",
    "![x\" onerror=\"alert(1)](https://a.example)",
    "![x](javascript:alert(1))",
    "[a]: javascript:alert(1)\n\n[a]",
    "```\"><script>alert(1)</script>\nx\n```",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<style>@import'//evil'</style>",
    "<div hx-get=/x hx-trigger=load data-hx-post=/y id=act name=csrf_token>",
    "<form action=/x><input name=csrf_token></form>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<base href=//evil.example>",
    "<a href=/x target=_blank style=position:fixed class=button id=act>x</a>",
    "{{ 7*7 }} {% raw %}",
]


@pytest.mark.parametrize("source", XSS)
def test_an_attack_comes_out_as_words(source):
    dresses = ("{}", "**{}**", "> {}", "- {}", "[{}](/x)", "|a|\n|-|\n|{}|", "# {}", "`{}`", "    {}")
    for dressed in (dress.replace("{}", source) for dress in dresses):
        assert read(render(dressed).html).strange == []


PIECES = [
    *"<>\"'&;#*_`~[]()!\\/:=|-+@ \n\t\x00{}^$1aZ圈，。",
    *("https://", "javascript:", "data:", "<script>", "</", "<!--", "-->", "<![CDATA[", "&#x", "&lt;", "<?"),
    *("<a href=", "<svg ", "onload=", "style=", "```", "> ", "\n\n", "- ", "1. ", "](", "![", "|-|"),
    *("||", ">! ", "\n>! ", "```py\n", "```html\n", "@anna", "@小明", "||@anna||"),
    *("\u202e", "\u200d", "\ud800", "&#0;"),
]


@settings(max_examples=250, deadline=None, database=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_whatever_is_typed_only_the_policy_comes_out(source):
    rendered = render(source, lambda names: {name: f"/people/{name}" for name in names})
    assert read(rendered.html).strange == []
    assert len(rendered.excerpt) <= 200
    assert "\n" not in rendered.excerpt


@settings(max_examples=50, deadline=None, database=None)
@given(st.text(max_size=200))
def test_any_text_is_rendered_and_what_is_stored_is_stable(source):
    html = render(source).html
    assert read(html).strange == []


def worst(piece):
    return (piece * MAX_BYTES)[: MAX_BYTES // 4 * 4].encode()[:MAX_BYTES].decode(errors="ignore")


@pytest.mark.parametrize(
    "source",
    [
        ">" * 1000 + "深",
        "> " * 1000 + "深",
        "\n".join("> " * depth + "x" for depth in range(140)),
        "- " * 1000 + "深",
        *map(worst, ("[", "![", "*a _b ", "`a``", "<", "&", "[a](", "https://", "\u0316\u0301")),
        *map(worst, ("||", "||a", "||a|| ", ">! \n", ">!a\n\n", ">! > ", "@abc ", "||*a ")),
        "```java\n" + ("\n" * 110 + "a\n") * 70 + "```",
        "```perl\n" + ("a<b," * 90 + "\n") * 20 + "```",
        "a|b\n-|-\n" + "a|b\n" * 5000,
        "|" + "a|" * 1500 + "\n|" + "-|" * 1500 + "\n" + "|x|\n" * 2000,
    ],
    ids=lambda source: repr(source[:8]),
)
def test_the_worst_that_fits_is_done_in_a_moment(source):
    made = []
    assert effort(lambda: made.append(render(source))) < 400
    assert read(made[0].html).strange == []


def test_quotes_a_thousand_deep_keep_their_words():
    assert render(">" * 1000 + "深处").text.endswith("深处")
    nested = render("\n".join("  " * depth + f"- 第{depth}层" for depth in range(60)) + "\n\n后面")
    assert "第59层" in nested.text
    assert nested.html.endswith("<p>后面</p>")
    assert nested.html.count("<ul>") < 30


@pytest.mark.parametrize("source", ["x" * 20_481, "圈" * 7000, "x" * 1_000_000, "圈" * 1_000_000])
def test_more_than_twenty_kilobytes_is_refused_at_once(source):
    def refused():
        with pytest.raises(ValueError, match="20,480"):
            render(source)

    assert effort(refused) < 5


def test_twenty_kilobytes_exactly_are_taken():
    assert len(render("x" * MAX_BYTES).text) == MAX_BYTES


def test_texts_rendered_at_the_same_time_do_not_mix():
    sources = [f"**{n}** <b>{n}</b> https://a.example/{n} `{n}`" for n in range(40)] * 5
    random.Random(1).shuffle(sources)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(render, sources))
    assert together == [render(source) for source in sources]


def test_stored_html_is_trusted_and_has_a_version():
    assert trusted("<p>x</p>") == Markup("<p>x</p>")
    assert POLICY_VERSION >= 1


def test_a_line_keeps_what_was_typed_and_its_addresses_become_links():
    line = linked("看 https://a.example/圈子?x=1&y=2，**好**。<b>x</b>")
    assert '<a href="https://a.example/圈子?x=1&amp;y=2" rel="nofollow ugc noopener">' in line
    assert line.endswith("</a>，**好**。&lt;b&gt;x&lt;/b&gt;") and line.startswith("看 ")
    plain = "javascript:alert(1) data:text/html,x a@b.example https:// http:///x"
    assert linked(plain) == plain
    hostile = linked("""https://a.example/"onclick=x><img src=x onerror=y>' https://b.example/'onclick=x""")
    assert "<img" not in hostile and hostile.count("<") == hostile.count("<a ") + hostile.count("</a>")
    assert set(re.findall(r' (\w+)="[^"]*"', hostile)) == {"href", "rel"}


def test_lines_linked_at_the_same_time_do_not_mix():
    sources = [f"{n} https://a.example/{n * 'x'}/{n}" for n in range(60)] * 5
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(linked, sources))
    assert together == [linked(source) for source in sources]
