// Relative times stay true while a page is open; a tap shows the exact one. Rows from a cache get their words here too.
(function () {
  'use strict';
  const lang = document.documentElement.lang;
  const zone = document.documentElement.dataset.zone || undefined;
  const STEPS = [[86400, 'day'], [3600, 'hour'], [60, 'minute']];
  const WEEK = 7 * 86400;
  let relative, exact;
  try {
    relative = new Intl.RelativeTimeFormat(lang, { numeric: 'always' });
    exact = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone });
  } catch (_) { return; }

  function words(time) {
    const seconds = Math.round((Date.now() - Date.parse(time.dateTime)) / 1000);
    const far = Math.abs(seconds);
    const ahead = seconds < 0 && 'countdown' in time.dataset;
    if ((seconds < 45 && !ahead) || far > WEEK) return '';
    const step = STEPS.find(function (each) { return far >= each[0]; }) || STEPS[2];
    return relative.format((ahead ? 1 : -1) * Math.max(1, Math.floor(far / step[0])), step[1]);
  }

  function refresh(root) {
    root.querySelectorAll('time[datetime]:not([data-exact], #live [data-countdown])').forEach(function (time) {
      const text = words(time);
      if (text && time.textContent !== text) time.textContent = text;
    });
  }

  document.addEventListener('click', function (event) {
    const time = event.target.closest && event.target.closest('time[datetime]');
    if (!time || time.closest('a')) return;
    const open = time.toggleAttribute('data-exact');
    time.textContent = open ? time.title || exact.format(Date.parse(time.dateTime)) : words(time) || time.textContent;
  });
  document.addEventListener('visibilitychange', function () { if (!document.hidden) refresh(document); });
  document.addEventListener('htmx:load', function (event) { refresh(event.detail.elt.parentNode || document); });
  setInterval(function () { if (!document.hidden) refresh(document); }, 60000);
  refresh(document);
})();
