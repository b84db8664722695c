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

  // A row that comes by two ways (own answer and live) is one row: the newcomer takes the place of the old one.
  document.addEventListener('htmx:load', function (event) {
    const elt = event.detail.elt;
    if (!elt.id || !elt.isConnected) return;
    const same = document.querySelectorAll('[id="' + CSS.escape(elt.id) + '"]');
    if (same.length < 2) return;
    const old = same[0] === elt ? same[1] : same[0];
    old.replaceWith(elt);
  });

  // -- lists that grow at their end
  const barOf = function (list) { return list && list.id && document.querySelector('[data-arrivals="' + CSS.escape(list.id) + '"]'); };
  const plural = new Intl.PluralRules(document.documentElement.lang || 'en');
  function say(bar, rows) {
    bar.hidden = !rows.length;
    const word = plural.select(rows.length) === 'one' ? bar.dataset.one : bar.dataset.other;
    bar.querySelector('span').textContent = rows.length ? word.replace('{n}', rows.length) : '';
  }
  const waiting = new WeakMap();
  const seen = window.IntersectionObserver && new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      const bar = barOf(entry.target.parentNode);
      if (!entry.isIntersecting || !bar) return;
      seen.unobserve(entry.target);
      const rows = (waiting.get(bar) || []).filter(function (row) { return row !== entry.target && row.isConnected; });
      waiting.set(bar, rows);
      say(bar, rows);
    });
  });
  document.addEventListener('htmx:oobAfterSwap', function (event) {
    const bar = barOf(event.detail.target);
    if (!bar || !seen) return;
    const last = event.detail.target.lastElementChild;
    if (!last || last.dataset.own || last.getBoundingClientRect().top < window.innerHeight) return;
    const rows = (waiting.get(bar) || []).concat(last);
    waiting.set(bar, rows);
    seen.observe(last);
    say(bar, rows);
  });
  document.addEventListener('click', function (event) {
    const bar = event.target.closest && event.target.closest('[data-arrivals]');
    if (!bar || !event.target.closest('button')) return;
    const first = (waiting.get(bar) || [])[0];
    if (first) first.scrollIntoView({ block: 'center' });
  });
})();
