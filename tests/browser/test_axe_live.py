"""Events before, while and after they take place: their pages in the hands of axe, every other one dark and on a
phone."""

import time
from typing import Any

import pytest

from tests.browser import stage as on
from tests.browser.test_axe import LOOKS, faults

pytestmark = pytest.mark.browser

PAGES = {
    "": ["/live/", "{live}", "{over}", "{coming}", "{locked}", "/circles/{slug}/live"],
    "lin": ["{coming}", "{live}", "{over}", "{off}", "{locked}", "/live/", "{live}/polls",
            "{live}/questions"],
    "may": ["{coming}", "{live}", "{over}", "{off}", "/live/new", "{coming}/edit", "{live}/edit", "{over}/edit",
            "{coming}/time", "/circles/{slug}/live", "{live}/polls", "{live}/figures", "{over}/figures"],
}  # fmt: skip


@pytest.fixture(scope="module")
def places(browser: Any, live_server: Any) -> dict[str, str]:
    """Addresses by name, of events in every state."""
    stage = on.build(browser, None, live_server, owner="may")
    slug = stage.url.rpartition("/")[2]

    def announced(title: str, **fields: str) -> str:
        soon = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 86400))
        facts = {"starts_at": soon, "ends_at": "", "about": "- 七点半\n- 带上**水**", "visibility": "public"}
        facts |= {"stage": "none", "source": "", "circle": slug, "title": title}
        return stage.send("may", "/live/", **facts | fields)

    found = {name: announced(name) for name in ("coming", "live", "over", "off")}
    found["locked"] = announced("locked", visibility="password", password="0412")
    for name in ("live", "over"):
        stage.send("may", f"{found[name]}/begin")
        stage.send("lin", f"{found[name]}/comments", body="加油", mode="scroll")
        stage.send("lin", f"{found[name]}/questions", body="跑多远？")
        stage.send("may", f"{found[name]}/polls", question="几点？", option=["七点", "八点"])
    stage.send("may", f"{found['over']}/end")
    stage.send("may", f"{found['off']}/cancel")
    return {"slug": slug, **found}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("reader", PAGES)
def test_axe_finds_nothing_in_an_event(browser, live_server, places, reader, look):
    paths = [path.format(**places) for path in PAGES[reader]][list(LOOKS).index(look) :: len(LOOKS)]
    assert not faults(browser, live_server, reader, look, paths, all_there=True)
