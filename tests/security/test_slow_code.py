"""Code is coloured while its writer waits, and others with them."""

import time

import pytest

from core import highlight, markup

PIECES = ["a ", "a b", "fn ", "public ", "m{", "(:", "(", "a.", "a<", "= ", "$a "]
ROW = 390
SLOWEST = 2.5  # seconds of work, on a slow machine


@pytest.mark.parametrize("language", ["java", "kotlin", "scala", "perl", "ruby", "cs", "dart", "c++"])
def test_no_code_takes_a_lexer_more_than_a_moment(language):
    for piece in PIECES:
        code = "\n".join([(piece * ROW)[:ROW]] * 27)[: highlight.MOST_BYTES]
        started = time.thread_time()
        highlight.coloured(code, language)
        assert time.thread_time() - started < SLOWEST, piece


def test_a_text_of_the_slowest_that_we_know_is_read_in_time():
    code = "\n".join([("a " * ROW)[:ROW]] * 20)
    started = time.thread_time()
    markup.render(f"```java\n{code}\n```\n{'http://[::' * 1200}")
    assert time.thread_time() - started < SLOWEST


def test_java_as_people_write_it_keeps_its_colours():
    method = "public static final synchronized int add(int a, int b) throws Overflow {\n    return a + b; // sum\n}\n"
    assert 'class="hl-' in highlight.coloured(method * 40, "java")
