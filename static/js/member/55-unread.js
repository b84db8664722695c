// How far somebody has read: told to the site when rows were really in sight, and never further than the first unread
// row that was not. Without this script a button does it.
(function () {
  'use strict';
  const LOOKED_MS = 700;
  const TELL_MS = 2500;
  if (!window.IntersectionObserver || !document.documentElement.dataset.member) return;

  const seen = new Set();
  const told = new WeakMap();
  const looking = new Map();
  let later = 0;

  const numberOf = function (row) { return Number((/^(?:post|comment)-(\d+)$/.exec(row.id) || [])[1] || 0); };
  const rowsOf = function (list) { return Array.from(list.querySelectorAll('.post, .comment'), numberOf); };

  // The last one of an unbroken line of rows that were seen.
  function reached(list) {
    const data = list.dataset;
    if (data.readKind === 'first') return Math.max(0, ...rowsOf(list).filter(function (id) { return seen.has(id); }));
    const ids = data.readIds ? data.readIds.split(' ').map(Number) : [];
    let upTo = 0;
    for (const id of ids) {
      if (!seen.has(id)) return upTo;
      upTo = id;
    }
    if (data.readKind === 'more') return upTo;
    const known = Math.max(Number(data.readMark), upTo);
    const came = rowsOf(list).filter(function (id) { return id > known; }).sort(function (a, b) { return a - b; });
    for (const id of came) {
      if (!seen.has(id)) return upTo;
      upTo = id;
    }
    return upTo;
  }

  function tell() {
    clearTimeout(later);
    later = 0;
    const token = document.querySelector('meta[name="csrf-token"]');
    document.querySelectorAll('[data-read]').forEach(function (list) {
      const upTo = reached(list);
      if (!token || upTo <= (told.get(list) || 0)) return;
      told.set(list, upTo);
      fetch(list.dataset.read, {
        method: 'POST',
        keepalive: true,
        headers: { 'HX-Request': 'true', 'X-CSRFToken': token.content, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'up_to=' + upTo,
      }).then(function (answer) { if (!answer.ok && answer.status !== 403 && answer.status !== 404) told.delete(list); },
        function () { told.delete(list); });
    });
  }

  function saw(row) {
    looking.delete(row);
    seen.add(numberOf(row));
    watch.unobserve(row);
    if (!later) later = setTimeout(tell, TELL_MS);
  }
  // Half of a row, or as much of a long one as fills half of the window.
  const watch = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      const row = entry.target;
      const there = entry.isIntersecting && !document.hidden
        && (entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= window.innerHeight / 2);
      if (!there) {
        clearTimeout(looking.get(row));
        looking.delete(row);
      } else if (!looking.has(row)) looking.set(row, setTimeout(saw, LOOKED_MS, row));
    });
  }, { threshold: [0, 0.1, 0.25, 0.5, 1] });

  const lists = function () { return document.querySelectorAll('[data-read]'); };
  function begin() {
    lists().forEach(function (list) {
      list.querySelectorAll('.post, .comment').forEach(function (row) { if (!seen.has(numberOf(row))) watch.observe(row); });
    });
  }
  document.addEventListener('htmx:load', function (event) {
    if (event.detail.elt.closest && event.detail.elt.closest('[data-read]')) begin();
  });
  document.addEventListener('visibilitychange', function () {
    looking.forEach(clearTimeout);
    looking.clear();
    if (document.hidden) tell();
    else {
      watch.disconnect();
      begin();
    }
  });
  window.addEventListener('pagehide', tell);
  begin();
})();
