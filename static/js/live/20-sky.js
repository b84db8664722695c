// Comments that fly over the picture. Each is moved by the compositor (Web Animations of `transform` alone); a script
// runs when one enters or leaves, never per frame. A comment enters a lane only when it meets nobody there, neither on
// entering nor by catching up before the other has left.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  if (!live) return;
  const CROSSING_MS = 8000;
  const STANDING_MS = 4500;
  const SLACK_MS = 150;
  const PATIENCE_MS = 5000;
  const SPREAD_MS = 350;
  const MOST_WAITING = 60;
  const GAP = 14;
  const LINE = 1.45;
  const SCROLL = 0, TOP = 1, BOTTOM = 2;

  const flying = new Set();
  const pool = [];
  let waiting = [];
  let lanes = [];
  let size = { width: 0, height: 0, line: 0 };
  let sky = null;
  let framed = 0;
  let paused = false;
  let pausedAt = 0;
  let rested = 0;

  // Time that stands still while the picture does. It is the animations' own: what begins "now" begins with the frame that
  // is being made, however late that is shown, so where things are can be told without looking.
  const frameTime = function () { return document.timeline.currentTime; };
  const clock = function () { return (paused ? pausedAt : frameTime()) - rested; };
  const settings = function () { return live.settings; };
  const open = function () { return sky && settings().on && !live.still() && !document.hidden && size.width > 0; };

  // -- lanes: what moves there last (`tail`), and what stands there or is about to (`standing`)
  const leftOf = function (one, at) { return one.from - one.speed * (at - one.start); };
  const rightOf = function (one, at) { return leftOf(one, at) + one.width; };
  const gone = function (one) { return one.start + (one.from + one.width) / one.speed; };

  function mayEnter(lane, one) {
    const tail = lane.tail;
    if (tail && gone(tail) > one.start) {
      if (rightOf(tail, one.start) + GAP > one.from) return false;
      if (leftOf(one, gone(tail)) < GAP) return false;
    }
    const standing = lane.standing;
    return !standing || standing.until <= one.start || leftOf(one, standing.until) >= standing.right + GAP;
  }

  // When the middle of a lane is free for so wide a comment.
  function freeAt(lane, one, now) {
    let at = now;
    if (lane.standing) at = Math.max(at, lane.standing.until);
    const tail = lane.tail;
    const left = Math.max(0, (size.width - one.width) / 2 - GAP);
    if (tail && rightOf(tail, at) > left) at = tail.start + (tail.from + tail.width - left) / tail.speed;
    return at;
  }

  function chooseMoving(one) {
    for (let at = 0; at < lanes.length; at += 1) {
      if (!mayEnter(lanes[at], one)) continue;
      lanes[at].tail = one;
      return at;
    }
    return -1;
  }

  function chooseStanding(one, now) {
    let best = -1;
    let soonest = now + PATIENCE_MS;
    for (let step = 0; step < lanes.length; step += 1) {
      const at = one.mode === TOP ? step : lanes.length - 1 - step;
      const free = freeAt(lanes[at], one, now);
      if (free >= soonest) continue;
      best = at;
      soonest = free;
      if (free === now) break;
    }
    if (best < 0) return -1;
    one.start = soonest;
    lanes[best].standing = { until: soonest + STANDING_MS + SLACK_MS, right: (size.width + one.width) / 2 };
    return best;
  }

  // -- elements: pooled, filled and measured together, so that the page is laid out once for all that enter
  // (and not at all for one that leaves: it waits beside the sky for its next text).
  function element(one) {
    const node = pool.pop() || sky.appendChild(document.createElement('div'));
    node.className = 'fly' + (one.role ? ' is-role-' + one.role : '') + (one.mine ? ' is-mine' : '') + (one.mode ? ' is-standing' : '');
    node.style.color = one.colour || '';
    node.textContent = one.text;
    return node;
  }

  function rest(one) {
    flying.delete(one);
    if (one.motion) one.motion.cancel();
    pool.push(one.node);
  }

  function move(one, lane, now) {
    const y = lane * size.line;
    const at = function (x) { return 'translate3d(' + x + 'px,' + y + 'px,0)'; };
    const middle = Math.round((size.width - one.width) / 2);
    const frames = one.mode ? [{ transform: at(middle) }, { transform: at(middle) }] : [{ transform: at(one.from) }, { transform: at(-one.width) }];
    const lasts = one.mode ? STANDING_MS : (one.from + one.width) / one.speed;
    one.motion = one.node.animate(frames, { duration: lasts, delay: one.start - now });
    one.motion.onfinish = function () { rest(one); };
    one.motion.startTime = frameTime();
    if (paused) one.motion.pause();
    flying.add(one);
  }

  function enter() {
    cancelAnimationFrame(framed);
    framed = 0;
    if (!waiting.length) return;
    const coming = waiting;
    waiting = [];
    if (!open()) return;
    coming.sort(function (one, other) { return other.rank - one.rank; });
    const fits = Math.max(0, settings().density - flying.size);
    const chosen = coming.filter(function (one, place) { return one.rank > 0 || place < fits; });
    coming.forEach(function (one) { if (!chosen.includes(one)) one.done(false); });
    if (!chosen.length) return;
    chosen.forEach(function (one) { one.node = element(one); });
    chosen.forEach(function (one) { one.width = one.node.offsetWidth; });
    const now = clock();
    chosen.forEach(function (one, place) {
      one.start = now + (one.mine ? 0 : place * SPREAD_MS / chosen.length);
      one.from = size.width;
      one.speed = (size.width + Math.min(one.width, size.width)) / CROSSING_MS * settings().speed;
      const lane = one.mode === SCROLL ? chooseMoving(one) : chooseStanding(one, now);
      if (lane < 0) rest(one);
      else move(one, lane, now);
      one.done(lane >= 0);
    });
  }

  // -- what others call
  function fly(row, done) {
    const tell = done || function () { /* nobody asks */ };
    const mine = live.mine(row);
    if (!open() || (waiting.length >= MOST_WAITING && !mine)) return tell(open() ? false : null);
    const role = Number(row.dataset.role) || 0;
    waiting.push({
      text: live.said(row), mode: Number(row.dataset.mode) || SCROLL, role: role, mine: mine,
      rank: (mine ? 2 : 0) + (role ? 1 : 0), colour: row.dataset.colour ? '#' + row.dataset.colour : '', row: row, done: tell,
    });
    if (!framed) framed = requestAnimationFrame(enter);
  }

  function clear() {
    waiting = [];
    Array.from(flying).forEach(rest);
    lanes.forEach(function (lane) { lane.tail = lane.standing = null; });
  }

  function pause(on) {
    if (on === paused) return;
    if (on) pausedAt = frameTime();
    else rested += frameTime() - pausedAt;
    paused = on;
    flying.forEach(function (one) {
      if (on) one.motion.pause();
      else one.motion.play();
    });
  }

  function measure(width, height) {
    const font = Math.max(15, Math.min(30, Math.round(width / 34))) * settings().size;
    const line = Math.ceil(font * LINE);
    const count = Math.max(1, Math.floor(height * settings().area / line));
    if (width === size.width && height === size.height && line === size.line && count === lanes.length) return;
    clear();
    size = { width: width, height: height, line: line };
    lanes = Array.from({ length: count }, function () { return { tail: null, standing: null }; });
    sky.style.setProperty('--fly', font + 'px');
    sky.style.setProperty('--fly-line', line + 'px');
  }

  function apply() {
    if (!sky) return;
    sky.style.opacity = settings().opacity / 100;
    sky.dataset.on = String(settings().on && !live.still());
    if (!settings().on || live.still()) clear();
    measure(size.width, size.height);
  }

  live.sky = {
    fly: fly,
    enter: enter,
    clear: clear,
    pause: pause,
    apply: apply,
    drop: function (isGone) { flying.forEach(function (one) { if (isGone(one.row)) rest(one); }); },
  };

  const watch = new ResizeObserver(function (entries) {
    const box = entries[entries.length - 1].contentRect;
    measure(box.width, box.height);
  });

  // A stage can come anew (an event that begins), and a sky with it.
  function bind() {
    const found = document.getElementById('sky');
    if (found === sky) return;
    clear();
    pool.length = 0;
    watch.disconnect();
    sky = found;
    size = { width: 0, height: 0, line: 0 };
    if (!sky) return;
    sky.setAttribute('aria-hidden', 'true');
    apply();
    watch.observe(sky);
  }
  document.addEventListener('htmx:load', bind);
  document.addEventListener('visibilitychange', function () { if (document.hidden) clear(); });
  live.onMotion(apply);
  bind();
})();
