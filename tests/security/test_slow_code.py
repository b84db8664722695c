"""Code is coloured while its writer waits, and others with them."""


import pytest

from core import highlight, markup
from tests.effort import effort

PIECES = ["a ", "a b", "fn ", "public ", "m{", "(:", "(", "a.", "a<", "= ", "$a "]
ROW = 390
SLOWEST = 200  # counts to a million


@pytest.mark.parametrize("language", ["java", "kotlin", "scala", "perl", "ruby", "cs", "dart", "c++"])
def test_no_code_takes_a_lexer_more_than_a_moment(language):
    for piece in PIECES:
        code = "\n".join([(piece * ROW)[:ROW]] * 27)[: highlight.MOST_BYTES]
        assert effort(lambda code=code: highlight.coloured(code, language)) < SLOWEST, piece


def test_a_text_of_the_slowest_that_we_know_is_read_in_time():
    code = "\n".join([("a " * ROW)[:ROW]] * 20)
    assert effort(lambda: markup.render(f"```java\n{code}\n```\n{'http://[::' * 1200}")) < SLOWEST


def test_java_as_people_write_it_keeps_its_colours():
    method = "public static final synchronized int add(int a, int b) throws Overflow {\n    return a + b; // sum\n}\n"
    assert 'class="hl-' in highlight.coloured(method * 40, "java")
