"""Reading the most tangled text that fits takes seconds of a processor, so nobody has it read without end."""

import pytest

from core.limits import RATES, Rate
from tests.blueprints.circle_stories import typed


@pytest.mark.parametrize("what", ["preview", "edit", "comments/{comment}/edit"])
def test_previews_and_edits_have_a_rate_and_the_words_come_back(as_, post, cast, monkeypatch, what):
    monkeypatch.setitem(RATES, "text.render", Rate(2, 10**8))
    written, comment = cast.post_in(cast.running), cast.comment_in(cast.running)
    who = as_("may" if "comment" in what else "lin")
    tail = what.format(comment=comment.id)
    path = f"/circles/night-run/{tail}" if what == "preview" else f"/circles/night-run/posts/{written.id}/{tail}"
    answers = [post(who, path, {"title": "", "body": f"第 {number} 次，写得很认真"}) for number in range(3)]
    assert [answer.status_code for answer in answers][2] == 429 and answers[0].status_code in (200, 303)
    assert "第 2 次，写得很认真" in answers[2].text
    assert typed(answers[2].text) or "kept" in answers[2].text, "to be copied at least"
