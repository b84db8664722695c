"""Every kind of page, light and dark, in the hands of axe: nothing stands in the way of anybody."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.live import LAPTOP, PHONE, cookies_of

pytestmark = pytest.mark.browser

PAGES = {
    "": ["/", "/about", "/login", "/register", "/reset", "/reset/sent", "/circles/", "/circles/night-run",
         "/circles/desk", "/circles/night-run/posts/1", "/people/lin", "/search?q=夜跑", "/offline", "/no-such-page"],
    "ning": ["/circles/night-run/join", "/circles/desk/join"],
    "lin": ["/me", "/circles/night-run", "/circles/night-run/posts/1", "/circles/night-run/posts/1/edit",
            "/circles/night-run/posts/1/history", "/circles/night-run/members", "/circles/night-run/about",
            "/circles/night-run/mine", "/circles/night-run/members?q=x",
            "/circles/new", "/search?q=跑", "/search", "/settings/", "/settings/profile", "/settings/preferences",
            "/settings/email", "/settings/password", "/settings/devices", "/settings/export", "/settings/leave",
            "/polls/", "/polls/new", "/notices/", "/settings/notices", "/settings/notices/preview"],
    "che": ["/circles/night-run/members", "/circles/night-run/settings/topics", "/circles/night-run/settings/flairs",
            "/circles/night-run/edit", "/circles/night-run/door", "/circles/night-run/invitations/",
            "/circles/night-run/banned", "/circles/night-run/members/1/sanction", "/circles/night-run/requests",
            "/circles/desk"],
    "owner": ["/admin/", "/admin/settings", "/admin/invitations/", "/admin/people/", "/admin/people/lin",
              "/admin/audit", "/admin/jobs"],
    "suspended": ["/", "/settings/"],
}  # fmt: skip
LOOKS = {"phone, dark": (PHONE, "dark"), "laptop, light": (LAPTOP, "light")}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": False}},
}
"""Of a target axe measures the element's own box; what a finger reaches goes beyond it, and is measured below."""

AXE = "rules => axe.run(rules).then(found => found.violations)"
FINGER = """() => [...document.querySelectorAll('main a[href], main button, main select, main summary, .places a')]
  .filter(target => target.checkVisibility({visibilityProperty: true}) && !target.disabled
    && !target.matches('.sr, .bell'))
  .map(target => {
    target.scrollIntoView({block: 'center', behavior: 'instant'});
    const box = target.getClientRects()[0], x = box.x + box.width / 2, y = box.y + box.height / 2;
    const reached = (dx, dy) => {
      const there = document.elementFromPoint(x + dx, y + dy);
      return there && (target.contains(there) || there.contains(target));
    };
    const span = (dx, dy) => { let far = 0; while (far < 24 && reached(dx * far, dy * far)) far += 1; return far };
    return [target.outerHTML.slice(0, 120), span(1, 0) + span(-1, 0), span(0, 1) + span(0, -1)];
  })
  .filter(([, wide, high]) => wide < 24 || high < 24)"""


def faults(browser, server, reader, look, paths, *, all_there=False):
    """What axe says of these pages: by page and rule, first places; with `all_there` also what does not answer 200."""
    size, scheme = LOOKS[look]
    context = browser.new_context(
        base_url=server.url, viewport=size, color_scheme=scheme, locale="zh-CN", reduced_motion="reduce"
    )
    if reader:
        context.add_cookies(cookies_of(browser, server, reader))
    context.add_init_script(AXE_SCRIPT)
    page, found = context.new_page(), {}
    for path in paths:
        answer = page.goto(path)
        if all_there and answer.status != 200:
            found[path] = [answer.status]
        for violation in page.evaluate(AXE, RULES):
            where = [" ".join(node["target"]) for node in violation["nodes"]]
            found[f"{path}: {violation['id']}"] = where[:3]
    context.close()
    return found


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("reader", PAGES)
def test_axe_finds_nothing(browser, live_server, reader, look):
    assert not faults(browser, live_server, reader, look, PAGES[reader])


@pytest.mark.parametrize("path", ["/circles/night-run", "/circles/night-run/posts/1", "/settings/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "zh-TW", "en-GB"])
def test_nothing_is_wider_than_a_phone(open_page, path, scheme, locale):
    page = open_page(path, as_="lin", size={"width": 320, "height": 640}, scheme=scheme, locale=locale)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


@pytest.mark.parametrize("path", ["/circles/", "/circles/night-run", "/circles/night-run/posts/1", "/me", "/polls/"])
def test_a_finger_meets_what_it_means(open_page, path):
    """24 by 24 px at least, counted from the middle of each link and button."""
    page = open_page(path, as_="lin", size=PHONE, has_touch=True)
    assert page.evaluate(FINGER) == []


def test_the_keyboard_reaches_the_content_first(open_page):
    page = open_page("/circles/night-run", as_="lin")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
