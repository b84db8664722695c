// Reactions: taps are gathered and sent together; what everybody taps floats up over the stage, some at a time.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  if (!live) return;
  const GATHER_MS = 800;
  const MOST_SENT = 20;
  const MOST_AT_ONCE = 8;
  const MOST_FLOATING = 24;
  const pool = [];
  const taps = new Map();
  const own = new Map();
  let floating = 0;
  let timer = 0;

  const box = function () { return document.getElementById('live-reactions'); };
  const buttonOf = function (kind) { return document.getElementById('react-' + kind); };

  function layer() {
    const stage = document.getElementById('stage');
    if (!stage) return null;
    let found = stage.querySelector('.floats');
    if (!found) {
      found = document.createElement('div');
      found.className = 'floats';
      found.setAttribute('aria-hidden', 'true');
      stage.append(found);
    }
    return found;
  }

  function float(kind, wait) {
    const button = buttonOf(kind);
    const icon = button && button.querySelector('svg');
    const over = layer();
    if (!icon || !over || live.still() || document.hidden || floating >= MOST_FLOATING) return;
    const node = pool.pop() || document.createElement('div');
    node.className = 'float is-' + kind;
    node.replaceChildren(icon.cloneNode(true));
    over.append(node);
    floating += 1;
    const side = Math.random() * 60 - 45;
    const at = function (x, y, size) { return 'translate3d(' + x + 'px,' + y + 'px,0) scale(' + size + ')'; };
    node.animate([
      { transform: at(0, 0, 0.5), opacity: 0 },
      { transform: at(side / 3, -30, 1.15), opacity: 1, offset: 0.15 },
      { transform: at(side, -90, 1), opacity: 0.9, offset: 0.6 },
      { transform: at(side / 2, -150, 0.9), opacity: 0 },
    ], { duration: 1900 + Math.random() * 700, delay: wait, easing: 'ease-out' }).onfinish = function () {
      floating -= 1;
      node.remove();
      pool.push(node);
    };
  }

  document.addEventListener('wire:pulse', function (event) {
    Object.keys(event.detail.numbers).forEach(function (kind) {
      if (!buttonOf(kind)) return;
      const others = Math.max(0, event.detail.numbers[kind] - (own.get(kind) || 0));
      own.delete(kind);
      const shown = Math.min(others, MOST_AT_ONCE);
      for (let step = 0; step < shown; step += 1) float(kind, step * 900 / shown);
    });
  });

  function send() {
    timer = 0;
    const address = box() && box().dataset.taps;
    const token = document.querySelector('meta[name="csrf-token"]');
    taps.forEach(function (count, kind) {
      if (!address || !token) return;
      fetch(address, {
        method: 'POST',
        keepalive: true,
        headers: { 'HX-Request': 'true', 'X-CSRFToken': token.content, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'kind=' + kind + '&n=' + count,
      }).then(function (answer) {
        if (answer.status === 429) quanzi.toast({ text: quanzi.words('many') });
        else if (answer.status === 401) location.assign('/login?next=' + encodeURIComponent(location.pathname));
      }, function () { quanzi.toast({ text: quanzi.words('offline'), kind: 'error' }); });
    });
    taps.clear();
  }

  document.addEventListener('click', function (event) {
    const button = event.target.closest && event.target.closest('#live-reactions[data-taps] button[name="kind"]');
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    const kind = button.value;
    const count = Math.min(MOST_SENT, (taps.get(kind) || 0) + 1);
    taps.set(kind, count);
    own.set(kind, (own.get(kind) || 0) + 1);
    float(kind, 0);
    if (!timer) timer = setTimeout(send, GATHER_MS);
  }, true);
  window.addEventListener('pagehide', function () { if (timer) send(); });
})();
