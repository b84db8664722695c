"""The screen of an event: comments fed to it as the wire would bring them, and where they are."""

import itertools
import time

from tests.browser import stage as on
from tests.browser.test_removed import rows_of

MINUTE = 60_000
_numbers = itertools.count(1)

FEED = """
([many, fields]) => {
  window.fed = window.fed || 10000000;
  for (let turn = 0; turn < many; turn += 1) {
    const row = document.createElement('li');
    window.fed += 1;
    row.id = 'lc-' + (fields.id || window.fed);
    row.className = 'bullet';
    Object.assign(row.dataset, { by: '999', mode: '0', role: '0', offset: '0' }, fields.data);
    row.innerHTML = '<i class="hue-1">林</i><b>林间</b> <span class="bullet-body"></span>';
    row.querySelector('span').textContent = fields.text || '长短不一的一句话'.slice(turn % 6) + turn;
    const detail = { channel: 'live-1', kind: 'comment', by: '', element: row };
    document.dispatchEvent(new CustomEvent('wire:row', { detail: detail, cancelable: true }));
  }
}
"""
MEETINGS = """
([ms, enough]) => new Promise(done => {
  const sky = document.getElementById('sky');
  const met = [];
  let most = 0;
  const began = performance.now();
  const look = now => {
    const screen = sky.getBoundingClientRect();
    const boxes = sky.getAnimations({ subtree: true }).map(each => each.effect.target)
      .map(node => [node.getBoundingClientRect(), node.textContent])
      .filter(([box]) => box.right > screen.left && box.left < screen.right);
    most = Math.max(most, boxes.length);
    boxes.forEach(([one, said], at) => boxes.slice(at + 1).forEach(([other, too]) => {
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (wide > 0.5 && high > 0.5) met.push([said, too, wide, high]);
    }));
    if (now - began < ms || (most <= enough && now - began < 9 * ms)) requestAnimationFrame(look);
    else done({ met, most });
  };
  requestAnimationFrame(look);
})
"""
AT_END = """
() => {
  const box = document.getElementById('live-list');
  return box.scrollHeight - box.scrollTop - box.clientHeight < 2;
}
"""
ANIMATIONS = "document.getElementById('sky').getAnimations({ subtree: true })"
TARGETS = f"{ANIMATIONS}.map(each => each.effect.target)"
UNDER_WAY = f"many => {ANIMATIONS}.filter(each => each.currentTime > each.effect.getTiming().delay).length === many"
FLYING = f"() => {TARGETS}.length"
OWN_FLYING = f"() => {TARGETS}.filter(each => each.matches('.is-mine')).length"
WHERE = f"() => {TARGETS}.map(each => each.getBoundingClientRect().left)"
SETTLED = f"() => Promise.all({ANIMATIONS}.map(each => each.ready)).then(() => true)"
RESTS = """async box => {
  let before;
  do {
    before = box.scrollTop;
    for (let turn = 0; turn < 3; turn += 1) await new Promise(requestAnimationFrame);
  } while (box.scrollTop !== before);
}"""
RISEN = """() => {
  window.risen = 0;
  const count = node => { if (node.matches('.is-heart')) window.risen += 1; };
  const watch = new MutationObserver(seen => seen.forEach(each => each.addedNodes.forEach(count)));
  watch.observe(document.getElementById('stage'), { childList: true, subtree: true });
}"""
MEASURED = """() => {
  const sky = document.getElementById('sky');
  return !sky || sky.style.getPropertyValue('--fly') !== '';
}"""
SEEN_AT = "row => row.getBoundingClientRect().top"


def an_event(stage, *, comments=0, state="live", **facts):
    """Address of an event that has run for ten minutes, with a comment every six seconds."""
    now = int(time.time() * 1000)
    began = now - 10 * MINUTE
    values = {"title": f"终点直播 {next(_numbers)}", "visibility": "public", "stage": "none", "starts_at": began}
    values |= {"started_at": began, "created_at": began, "repeats": 1}
    if state == "over":
        values["ended_at"] = now
    with rows_of(stage) as database:
        event = insert(database, "live_event", values | facts)
        author = database.execute("SELECT id FROM member ORDER BY id LIMIT 1").fetchone()[0]
        for turn in range(comments):
            at = {"offset_ms": turn * 6000, "at": began + turn * 6000}
            insert(database, "live_comment", {"event_id": event, "author_id": author, "body": f"第 {turn} 句", **at})
    stage.url = f"/live/{event}"
    return stage.url


def insert(database, table, values):
    """What is not given is empty, as far as it has to be something."""
    columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    for _, name, kind, needed, default, key in columns:
        if needed and default is None and not key:
            values.setdefault(name, "" if "CHAR" in kind or kind == "TEXT" else 0)
    known = {each[1] for each in columns}
    values = {name if name in known else f"{name}_id": value for name, value in values.items()}
    marks = ", ".join("?" * len(values))
    done = database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
    return done.lastrowid


def feed(page, many=1, text="", number=None, **data):
    page.evaluate(FEED, [many, {"text": text, "id": number, "data": {name: str(each) for name, each in data.items()}}])


def moving(page):
    """The page, once its screen has been measured: what comes before is in the list only."""
    page.emulate_media(reduced_motion="no-preference")
    on.until_it_says(page, MEASURED)
    return page


def fly(page, many):
    """Waits until so many do."""
    on.until_it_says(page, f"() => {TARGETS}.length === {many}")


def rows(page):
    return page.locator("#live-comments .bullet")


def replayed(stage):
    """A replay that has begun, with a clock that goes as far as we let it."""
    lin = stage.page("lin")
    lin.clock.install()
    lin.reload()
    moving(lin).clock.pause_at(time.time() + 3600)
    lin.click("#replay-play")
    lin.clock.run_for(400)
    return lin


def seek(page, ms):
    page.evaluate("""ms => {
      const seek = document.getElementById('replay-seek');
      seek.value = ms;
      seek.dispatchEvent(new Event('input', { bubbles: true }));
    }""", ms)  # fmt: skip
    page.clock.run_for(400)
