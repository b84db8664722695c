// Live regions: no asking while nobody looks, patience after failures, no row twice, a bar for what came in out of sight.
(function () {
  'use strict';
  const FIRST_WAIT = 3000;
  const LONGEST_WAIT = 60000;
  let wait = 0;
  let notBefore = 0;

  const isLive = function (elt) { return elt && elt.matches && elt.matches('[data-live]'); };

  document.addEventListener('htmx:confirm', function (event) {
    if (isLive(event.detail.elt) && (document.hidden || Date.now() < notBefore)) event.preventDefault();
  });
  function slower(event) {
    if (!isLive(event.detail.elt)) return;
    wait = Math.min(LONGEST_WAIT, wait ? wait * 2 : FIRST_WAIT);
    notBefore = Date.now() + wait * (0.75 + Math.random() / 2);
  }
  ['htmx:responseError', 'htmx:sendError', 'htmx:timeout'].forEach(function (name) { document.addEventListener(name, slower); });
  document.addEventListener('htmx:afterRequest', function (event) {
    if (isLive(event.detail.elt) && event.detail.successful) wait = notBefore = 0;
  });
  function wake() {
    notBefore = 0;
    if (!document.hidden) document.querySelectorAll('[data-live]').forEach(function (elt) { htmx.trigger(elt, 'wake'); });
  }
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);

  // -- rows that come in
  const plural = new Intl.PluralRules(document.documentElement.lang || 'en');
  const waiting = new WeakMap();
  let fromOthers = false;
  document.addEventListener('htmx:beforeSwap', function (event) { fromOthers = isLive(event.detail.requestConfig.elt); });

  // A row that comes by two ways (own answer and live) is one row: the newcomer takes the place of the old one.
  function replaces(row) {
    if (!row.id || !row.isConnected) return false;
    const same = document.querySelectorAll('[id="' + CSS.escape(row.id) + '"]');
    if (same.length < 2) return false;
    (same[0] === row ? same[1] : same[0]).replaceWith(row);
    return true;
  }

  // Lists that grow at their end: a bar counts what came in below the fold, until it is seen.
  const barOf = function (list) { return list && list.id && document.querySelector('[data-arrivals="' + CSS.escape(list.id) + '"]'); };
  function count(bar, rows) {
    waiting.set(bar, rows);
    bar.hidden = !rows.length;
    const word = plural.select(rows.length) === 'one' ? bar.dataset.one : bar.dataset.other;
    bar.querySelector('span').textContent = rows.length ? word.replace('{n}', rows.length) : '';
  }
  const seen = window.IntersectionObserver && new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      const bar = barOf(entry.target.parentNode);
      if (!entry.isIntersecting || !bar) return;
      seen.unobserve(entry.target);
      count(bar, (waiting.get(bar) || []).filter(function (row) { return row !== entry.target && row.isConnected; }));
    });
  });
  document.addEventListener('htmx:load', function (event) {
    const row = event.detail.elt;
    if (replaces(row) || !fromOthers || !seen) return;
    const bar = barOf(row.parentNode);
    if (!bar || row.getBoundingClientRect().top < window.innerHeight) return;
    seen.observe(row);
    count(bar, (waiting.get(bar) || []).concat(row));
  });
  document.addEventListener('click', function (event) {
    const bar = event.target.closest && event.target.closest('[data-arrivals]');
    const first = bar && event.target.closest('button') && (waiting.get(bar) || [])[0];
    if (first) first.scrollIntoView({ block: 'center' });
  });
})();
