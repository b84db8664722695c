// The page of an event: what its scripts share. Without #live none of them does anything.
(function () {
  'use strict';
  const root = document.getElementById('live');
  if (!root) return;
  const lang = document.documentElement.lang || 'en';
  const motion = matchMedia('(prefers-reduced-motion: reduce)');

  const store = {
    read: function (name) {
      try { return JSON.parse(localStorage.getItem('live:' + name)); } catch (_) { return null; }
    },
    write: function (name, value) {
      try { localStorage.setItem('live:' + name, JSON.stringify(value)); } catch (_) { /* a full or forbidden store */ }
    },
  };

  // The server's clock, not the device's: the page says when it was made, and the browser when it came.
  const came = performance.getEntriesByType('navigation')[0];
  const ahead = root.dataset.now ? Number(root.dataset.now) - performance.timeOrigin - (came ? came.responseStart : 0) : 0;

  const two = function (number) { return String(number).padStart(2, '0'); };
  function time(ms) {
    const all = Math.max(0, Math.floor(ms / 1000));
    const hours = Math.floor(all / 3600);
    return (hours ? hours + ':' + two(Math.floor(all / 60) % 60) : Math.floor(all / 60)) + ':' + two(all % 60);
  }

  const lines = function (text) { return (text || '').split('\n').map(function (line) { return line.trim().toLowerCase(); }).filter(Boolean); };

  // What somebody does not want to see: people by their numbers, words wherever they stand.
  function unwanted(row) {
    const by = row.dataset.by;
    if (by && by === root.dataset.me) return false;
    if (by && (root.dataset.avoided || '').split(' ').includes(by)) return true;
    const words = lines(root.dataset.words);
    const said = words.length ? quanzi.live.said(row).toLowerCase() : '';
    return words.some(function (word) { return said.includes(word); });
  }

  quanzi.live = {
    root: root,
    lang: lang,
    store: store,
    time: time,
    unwanted: unwanted,
    still: function () { return motion.matches; },
    onMotion: function (work) { motion.addEventListener('change', work); },
    now: function () { return performance.timeOrigin + performance.now() + ahead; },
    // Where the event is now, in ms from its beginning; less than 0 before it.
    offset: function () { return quanzi.live.now() - Number(root.dataset.started || root.dataset.starts || 0); },
    said: function (row) {
      const body = row.querySelector('.bullet-body');
      return body ? body.textContent : '';
    },
    mine: function (row) { return Boolean(root.dataset.me) && row.dataset.by === root.dataset.me; },
    number: new Intl.NumberFormat(lang),
  };

  // The event goes on: its line of state comes anew and says what it is now, and its stage, which scripts want to know.
  document.addEventListener('wire:row', function (event) {
    const element = event.detail.element;
    if (!['stage', 'live-state'].includes(element.id)) return;
    if (element.id === 'live-state') Object.assign(root.dataset, element.dataset);
    setTimeout(function () { if (element.isConnected) htmx.trigger(element, 'htmx:load'); });
  });

  // On a phone the list takes what the stage and the head leave of the window, however tall these are.
  const above = Array.from(root.querySelectorAll('.live-top, .live-head'));
  const measured = new ResizeObserver(function () {
    const tall = above.reduce(function (sum, each) { return sum + each.offsetHeight; }, 0);
    root.style.setProperty('--above', tall + 'px');
  });
  above.forEach(function (each) { measured.observe(each); });

  // Whom somebody has just chosen not to see goes at once.
  document.addEventListener('avoid', function (event) {
    const all = new Set((root.dataset.avoided || '').split(' ').filter(Boolean));
    const member = String(event.detail.member);
    if (event.detail.on) all.add(member);
    else all.delete(member);
    root.dataset.avoided = Array.from(all).join(' ');
    if (event.detail.on && quanzi.live.list) quanzi.live.list.sift();
  });
})();
