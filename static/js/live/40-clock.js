// What counts: the time until it begins (by the server's clock), and who is watching.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  if (!live) return;
  const DAY = 86400000;
  const days = new Intl.NumberFormat(live.lang, { style: 'unit', unit: 'day', unitDisplay: 'long' });
  const plural = new Intl.PluralRules(live.lang);
  let viewers = null;

  function count() {
    document.querySelectorAll('[data-countdown]').forEach(function (each) {
      const left = Math.max(0, Number(each.dataset.countdown) - live.now());
      const words = (left > DAY ? days.format(Math.floor(left / DAY)) + ' ' : '') + live.time(left % DAY);
      if (each.textContent !== words) each.textContent = words;
    });
  }

  function show() {
    if (viewers === null) return;
    document.querySelectorAll('[data-viewers]').forEach(function (each) {
      const words = each.dataset[plural.select(viewers) === 'one' ? 'one' : 'other'] || '{n}';
      each.textContent = words.replace('{n}', live.number.format(viewers));
      each.hidden = false;
    });
  }

  document.addEventListener('wire:pulse', function (event) {
    if (!('viewers' in event.detail.numbers)) return;
    viewers = event.detail.numbers.viewers;
    show();
  });
  document.addEventListener('htmx:load', function () {
    count();
    show();
  });
  setInterval(function () { if (!document.hidden) count(); }, 1000);
  document.addEventListener('visibilitychange', function () { if (!document.hidden) count(); });
  count();
})();
