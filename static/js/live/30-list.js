// The list of comments: grows at its end, steals no scroll, keeps some hundreds of rows, and reads older ones on the way
// up. What comes in is put there once a frame, some rows at a time, so that a storm of comments leaves the page usable.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  const list = live && document.getElementById('live-comments');
  const box = document.getElementById('live-list');
  const tools = document.getElementById('list-tools');
  if (!list || !box || !tools) return;
  const MOST = 300;
  const MOST_A_FRAME = 12;
  const MOST_FLYING = 40;
  const RECENT_MS = 12000;
  const NEAR_END = 40;
  const NEAR_TOP = 240;
  const plural = new Intl.PluralRules(live.lang);
  const news = document.getElementById('list-news');
  const hold = document.getElementById('list-pause');
  const known = new Map();
  let arrived = [];
  let waiting = [];
  let framed = 0;
  let following = true;
  let held = false;
  let missing = false;
  let unread = 0;
  let behind = 0;
  let expected = -1;
  let loading = false;
  const pager = list.querySelector('.pager');
  let ended = !pager;

  const rows = function () { return list.getElementsByClassName('bullet'); };
  const told = new EventTarget();

  // -- what comes in
  function remember(id) {
    known.set(id, true);
    if (known.size > 5000) known.delete(known.keys().next().value);
  }

  function renewed(row) {
    const shown = document.getElementById(row.id);
    const at = waiting.findIndex(function (each) { return each.id === row.id; });
    if (shown && list.contains(shown)) shown.replaceWith(dressed(row));
    else if (at >= 0) waiting[at] = row;
  }

  function dressed(row) {
    row.classList.toggle('is-mine', live.mine(row));
    told.dispatchEvent(new CustomEvent('row', { detail: row }));
    return row;
  }

  function arrive(row) {
    if (live.unwanted(row)) return;
    if (known.has(row.id)) return renewed(row);
    remember(row.id);
    arrived.push(row);
    if (arrived.length > MOST) {
      arrived.shift();
      missing = true;
    }
    later();
  }

  function later() {
    if (!framed) framed = requestAnimationFrame(work);
  }

  // After a while without a stream many come at once: only the last of them fly.
  function fly(coming) {
    if (!live.sky) return;
    const newest = Math.max.apply(null, coming.map(function (row) { return Number(row.dataset.offset) || 0; }));
    coming.slice(-MOST_FLYING).forEach(function (row) {
      if (newest - Number(row.dataset.offset) > RECENT_MS) return;
      live.sky.fly(row, function (flies) {
        if (live.mine(row)) told.dispatchEvent(new CustomEvent('mine', { detail: flies }));
      });
    });
  }

  function work() {
    framed = 0;
    if (arrived.length) {
      fly(arrived);
      waiting = waiting.concat(arrived);
      if (held || !following) unread += arrived.length;
      told.dispatchEvent(new CustomEvent('came', { detail: arrived }));
      arrived = [];
    }
    if (waiting.length > MOST) {
      waiting = waiting.slice(-MOST);
      missing = true;
    }
    const grew = put();
    if (live.sky) live.sky.enter();
    if (grew && following) pin();
    show();
  }

  // Rows and what flies are laid out together: nothing is measured between putting the one and the other there.
  function put() {
    if (held || !waiting.length || (!following && (missing || behind >= MOST))) return false;
    if (missing) empty();
    missing = false;
    const now = waiting.splice(0, Math.max(MOST_A_FRAME, Math.ceil(waiting.length / 4)));
    list.append.apply(list, now.map(dressed));
    if (following) trim();
    else behind += now.length;
    if (waiting.length) later();
    return true;
  }

  function trim() {
    const over = rows().length - MOST;
    if (over <= 0) return;
    const range = document.createRange();
    range.setStartBefore(rows()[0]);
    range.setEndBefore(rows()[over]);
    range.deleteContents();
    ended = false;
  }

  function empty() {
    Array.from(rows()).forEach(function (row) { row.remove(); });
    ended = false;
  }

  function pin() {
    box.scrollTop = box.scrollHeight;
    expected = box.scrollTop;
  }

  function show() {
    news.hidden = !unread;
    const words = tools.dataset[plural.select(unread) === 'one' ? 'one' : 'other'];
    if (unread) news.querySelector('span').textContent = words.replace('{n}', live.number.format(unread));
  }

  function comeBack() {
    following = true;
    unread = behind = 0;
    press(false);
    work();
    trim();
    pin();
  }

  function press(on) {
    held = on;
    hold.setAttribute('aria-pressed', String(on));
  }

  // -- reading back
  box.addEventListener('scroll', function () {
    const top = box.scrollTop;
    if (Math.abs(top - expected) < 2) return;
    expected = -1;
    const wasFollowing = following;
    following = box.scrollHeight - top - box.clientHeight < NEAR_END;
    if (following && !wasFollowing && !held) comeBack();
    if (top < NEAR_TOP) older();
  }, { passive: true });
  const steady = new ResizeObserver(function () { if (following) pin(); });
  steady.observe(box);
  steady.observe(list);
  news.addEventListener('click', function () {
    comeBack();
    box.focus({ preventScroll: true });
  });
  hold.addEventListener('click', function () {
    press(!held);
    if (!held) following ? comeBack() : work();
  });

  // -- older rows, put above without moving what is being read
  function older() {
    const first = rows()[0];
    if (loading || ended || !first) return;
    loading = true;
    const url = '/live/' + live.root.dataset.event + '/comments?before=' + first.id.slice(3);
    fetch(url, { headers: { 'HX-Request': 'true' } }).then(function (answer) {
      if (!answer.ok) throw answer.status;
      return answer.text();
    }).then(function (html) {
      const sent = document.createElement('template');
      sent.innerHTML = html;
      if (rows()[0] !== first) return;
      ended = !sent.content.querySelector('.pager');
      const found = Array.from(sent.content.querySelectorAll('.bullet')).filter(function (row) {
        return !document.getElementById(row.id) && !live.unwanted(row);
      });
      found.forEach(function (row) { remember(row.id); });
      const height = box.scrollHeight;
      const top = box.scrollTop;
      if (pager) pager.hidden = ended;
      first.before.apply(first, found.map(dressed));
      box.scrollTop = top + box.scrollHeight - height;
      expected = box.scrollTop;
      told.dispatchEvent(new Event('older'));
    }).catch(function () { /* asked again on the way up */ }).then(function () { loading = false; });
  }

  // The way to older rows that stands on the page is taken over: htmx would put them there without holding the place.
  if (pager) {
    const link = pager.querySelector('a');
    Array.from(link.attributes).forEach(function (each) { if (each.name.startsWith('hx-')) link.removeAttribute(each.name); });
    link.addEventListener('click', function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      older();
    });
  }

  // -- the wire, and the answer to one's own comment: whichever comes first
  const isRow = function (element) { return element && element.classList && element.classList.contains('bullet'); };
  document.addEventListener('wire:row', function (event) {
    if (!isRow(event.detail.element)) return;
    event.preventDefault();
    if (!live.replaying) arrive(event.detail.element);
  });
  document.addEventListener('wire:gone', function (event) {
    const ids = new Set(event.detail.ids);
    drop(function (row) { return ids.has(row.id); });
    ids.forEach(function (id) { known.delete(id); });  // what was deleted can come back
  });
  document.addEventListener('htmx:beforeSwap', function (event) {
    if (event.detail.target !== list || !event.detail.xhr || event.detail.xhr.status !== 200) return;
    event.detail.shouldSwap = false;
    const sent = document.createElement('template');
    sent.innerHTML = event.detail.serverResponse;
    sent.content.querySelectorAll('.bullet').forEach(function (row) {
      if (!known.has(row.id)) arrive(row);
    });
    comeBack();
  });

  function drop(isGone) {
    waiting = waiting.filter(function (row) { return !isGone(row); });
    arrived = arrived.filter(function (row) { return !isGone(row); });
    Array.from(rows()).filter(isGone).forEach(function (row) { row.remove(); });
    if (live.sky) live.sky.drop(isGone);
  }

  live.list = {
    box: box,
    arrive: arrive,
    sift: function () { drop(live.unwanted); },
    told: told,
    rows: rows,
    pin: pin,
    comeBack: comeBack,
    isHeld: function () { return held; },
    // Other rows in place of all that are there (a replay that goes to another moment).
    reset: function (others) {
      arrived = [];
      waiting = [];
      known.clear();
      missing = false;
      unread = behind = 0;
      others.forEach(function (row) { remember(row.id); });
      empty();
      list.append.apply(list, others.map(dressed));
      following = true;
      show();
      pin();
      if (box.scrollTop < NEAR_TOP) older();
    },
  };

  Array.from(rows()).forEach(function (row) {
    if (live.unwanted(row)) return row.remove();
    remember(row.id);
    dressed(row);
  });
  tools.hidden = false;
  pin();
})();
