"""Anybody can found a circle, so what its owner may ask of the machine has a rate like everything else."""

import pytest

from core.limits import RATES, Rate

DOOR = {"visibility": "public", "join_policy": "open", "rules": "**别迟到**"}
BASICS = {"name": "城市夜跑圈", "purpose": "下班一起跑", "category": "sport", "about": "**跑**"}


@pytest.mark.parametrize(("page", "fields"), [("door", DOOR), ("edit", BASICS)])
def test_texts_of_a_circle_are_not_rendered_without_end(cast, as_, post, monkeypatch, page, fields):
    monkeypatch.setitem(RATES, "text.render", Rate(2, 300))
    che = as_("che")
    answers = [post(che, f"/circles/{cast.running.slug}/{page}", fields).status_code for _ in range(3)]
    assert answers == [303, 303, 429]
