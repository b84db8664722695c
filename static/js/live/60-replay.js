// The picture's clock and ours: a picture that pauses lets the comments stand still, and in a replay they come back at
// their times, by the video's clock or, without a video, by one of our own.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  const list = live && live.list;
  if (!list) return;
  const STRETCH = 60000;
  const TICK = 200;
  const LEAP = 3000;
  const MOST_BEFORE = 100;
  const ENOUGH = 15;
  const MOST_STEPS = 4;
  const MOST_KEPT = 20;
  const RATES = [1, 1.5, 2];
  const root = live.root;
  const shift = Number(root.dataset.shift || 0);
  const isReplay = root.dataset.state === 'over';
  const bar = document.getElementById('replay');
  const back = document.getElementById('list-back');
  const tools = document.getElementById('list-tools');
  const stretches = new Map();
  let video = null;
  let clock = null;
  let last = 0;
  let turn = 0;
  let settled = true;
  let from = null;

  const offset = function (row) { return Number(row.dataset.offset) || 0; };

  // -- stretches of time, fetched once
  function read(url, rows) {
    return fetch(url).then(function (answer) {
      if (!answer.ok) throw answer.status;
      return answer.text();
    }).then(function (html) {
      const sent = document.createElement('template');
      sent.innerHTML = html;
      const next = sent.content.querySelector('[data-next]');
      const all = rows.concat(Array.from(sent.content.querySelectorAll('.bullet')).filter(function (row) { return !live.unwanted(row); }));
      return next ? read(next.dataset.next, all) : all;
    });
  }
  function stretch(number) {
    if (!stretches.has(number)) {
      const loads = { rows: null, ready: null };
      loads.ready = read('/live/' + root.dataset.event + '/replay?from=' + number * STRETCH + '&to=' + (number + 1) * STRETCH, []).then(function (rows) {
        loads.rows = rows;
      }, function () {
        loads.rows = []; // asked for anew a little later
        setTimeout(function () { stretches.delete(number); }, LEAP);
      });
      stretches.set(number, loads);
      if (stretches.size > MOST_KEPT) stretches.delete(stretches.keys().next().value);
    }
    return stretches.get(number);
  }

  // What was said until a moment: of its own stretch, and of those before it where little was said.
  function said(at, number, step, later) {
    const loads = stretch(number - step);
    return loads.ready.then(function () {
      const rows = loads.rows.filter(function (row) { return offset(row) <= at; }).concat(later);
      return rows.length >= ENOUGH || step === MOST_STEPS ? rows : said(at, number, step + 1, rows);
    });
  }

  // -- on and on, or to another moment
  function leap(at) {
    const mine = turn += 1;
    const number = Math.floor(at / STRETCH);
    live.replaying = true;
    settled = false;
    last = at;
    if (live.sky) live.sky.clear();
    return said(at, number, 0, []).then(function (before) {
      if (mine !== turn) return;
      const now = Math.max(at, clock.at());
      list.reset(before.slice(-MOST_BEFORE));
      last = at;
      settled = true;
      if (now > at) tick();
    });
  }

  function tick() {
    if (!clock) return;
    const now = clock.at();
    if (bar && !bar.hidden) draw(now);
    if (!clock.runs() && Math.abs(now - last) < TICK) return;
    if (!live.replaying || now < last || now - last > LEAP * clock.rate()) return void leap(now);
    if (!settled) return;
    const number = Math.floor(now / STRETCH);
    if (now % STRETCH > STRETCH * 0.6) stretch(number + 1);
    for (let each = Math.floor(last / STRETCH); each <= number; each += 1) {
      const rows = stretch(each).rows;
      if (!rows) return void (last = Math.max(last, each * STRETCH - 1)); // on their way: time waits for them
      rows.forEach(function (row) { if (offset(row) > last && offset(row) <= now) list.arrive(row); });
    }
    last = now;
  }

  // -- clocks
  const byVideo = {
    at: function () { return video.currentTime * 1000 + shift; },
    runs: function () { return !video.paused && video.readyState > 2; },
    rate: function () { return video.playbackRate; },
    seek: function (at) { video.currentTime = Math.max(0, (at - shift) / 1000); },
  };
  const length = Math.max(1000, Number(root.dataset.ended) - Number(root.dataset.started) || 0);
  const own = { base: 0, since: 0, speed: 1, on: false };
  const byItself = {
    at: function () { return Math.min(length, own.base + (own.on ? (performance.now() - own.since) * own.speed : 0)); },
    runs: function () { return own.on; },
    rate: function () { return own.speed; },
    seek: function (at) { set(own.on, Math.min(length, Math.max(0, at))); },
  };
  function set(on, at) {
    own.base = at === undefined ? byItself.at() : at;
    own.since = performance.now();
    own.on = on;
    if (live.sky) live.sky.pause(!on);
    const button = document.getElementById('replay-play');
    if (button) button.setAttribute('aria-pressed', String(on));
  }

  // -- the bar of our own clock
  function draw(now) {
    const seek = document.getElementById('replay-seek');
    const words = bar.dataset.at.replace('{time}', live.time(now)).replace('{length}', live.time(length));
    if (document.activeElement !== seek || own.on) seek.value = now;
    document.getElementById('replay-time').textContent = live.time(now) + ' / ' + live.time(length);
    seek.setAttribute('aria-valuetext', words);
    if (own.on && now >= length) set(false, length);
  }
  function withoutVideo() {
    if (!isReplay || !bar || clock === byItself) return;
    clock = byItself;
    bar.hidden = false;
    document.getElementById('replay-seek').max = length;
    draw(0);
  }
  if (bar) {
    bar.addEventListener('click', function (event) {
      if (event.target.closest('#replay-play')) set(!own.on, own.on || byItself.at() < length ? undefined : 0);
      const rate = event.target.closest('#replay-rate');
      if (!rate) return;
      set(own.on);
      own.speed = RATES[(RATES.indexOf(own.speed) + 1) % RATES.length];
      rate.querySelector('[data-rate]').textContent = live.number.format(own.speed) + '×';
    });
    document.getElementById('replay-seek').addEventListener('input', function (event) { byItself.seek(Number(event.target.value)); });
  }

  // -- from a comment to its moment, and back
  function offer(at) {
    from = at;
    back.hidden = at === null;
    const words = back.querySelector('span');
    if (at !== null) words.textContent = words.dataset.words.replace('{time}', live.time(at));
  }
  function go(at, id) {
    clock.seek(at);
    leap(at).then(function () {
      const row = id && document.getElementById(id);
      if (!row) return;
      row.classList.add('is-now');
      row.focus({ preventScroll: true });
    });
  }
  function stamp(row) {
    if (!isReplay || row.querySelector('.bullet-time')) return;
    const button = document.createElement('button');
    const words = live.time(offset(row));
    button.type = 'button';
    button.className = 'bullet-time';
    button.tabIndex = -1;
    button.textContent = words;
    button.setAttribute('aria-label', tools.dataset.jump.replace('{time}', words));
    row.append(button);
  }
  function jump(row) {
    if (!clock || !isReplay) return;
    if (live.replaying) offer(clock.at());
    go(offset(row), row.id);
  }
  list.told.addEventListener('row', function (event) { stamp(event.detail); });
  list.box.addEventListener('click', function (event) { if (event.target.closest('.bullet-time')) jump(event.target.closest('.bullet')); });
  back.addEventListener('click', function () {
    const at = from;
    offer(null);
    go(at);
    list.box.focus({ preventScroll: true });
  });

  // -- the picture
  const stands = function (on) { return function () { if (live.sky) live.sky.pause(on); }; };
  function bind() {
    const found = document.getElementById('screen');
    if (found === video) return;
    video = found;
    if (!video) return live.sky && live.sky.pause(false);
    // A live picture that has stopped by itself stops nobody from talking; only one that somebody pauses does.
    video.addEventListener('pause', function () { if (isReplay || video.readyState > 2) stands(true)(); });
    if (isReplay) video.addEventListener('waiting', stands(true));
    ['playing', 'ended', 'emptied'].forEach(function (name) { video.addEventListener(name, stands(false)); });
    video.addEventListener('seeking', function () { if (live.sky && (isReplay || !video.paused)) live.sky.clear(); });
  }
  document.addEventListener('htmx:load', bind);
  bind();
  if (!isReplay) return;
  Array.from(list.rows()).forEach(stamp);
  if (video) clock = byVideo;
  else withoutVideo();
  // A recording that turns out not to be there is said in these words (20-stage.js); then our own clock runs.
  const words = document.querySelector('.stage-said');
  if (words) {
    new MutationObserver(function () {
      if (!words.hidden && ['none', 'failed', 'cannot'].some(function (name) { return words.textContent.includes(words.dataset[name]); })) withoutVideo();
    }).observe(words, { attributes: true, attributeFilter: ['hidden'], childList: true, subtree: true });
  }
  setInterval(function () { if (!document.hidden) tick(); }, TICK);
})();
