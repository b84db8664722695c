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
  // What is gone is not asked for again. Nobody is led away to sign in from what they are reading or writing: that a
  // session has ended shows when something is sent.
  const CLOSED = [403, 404];
  document.addEventListener('htmx:beforeOnLoad', function (event) {
    const elt = event.detail.elt;
    const status = event.detail.xhr.status;
    if (!isLive(elt) || status < 400) return;
    event.preventDefault();
    if (status !== 401 && !CLOSED.includes(status)) return slower(event);
    elt.remove();
    if (CLOSED.includes(status)) close();
  });

  // Whoever is not in a circle any more sees nothing of it, also on a page that was open; what they were writing is
  // theirs and stays.
  function close() {
    const model = document.getElementById('closed-model');
    const main = document.getElementById('main');
    const fields = Array.from(main.querySelectorAll('textarea')).filter(function (field) {
      return !field.readOnly && field.value.trim() && field.value !== field.defaultValue;
    });
    const page = model.content.cloneNode(true);
    const typed = page.querySelector('[data-typed]');
    typed.hidden = !fields.length;
    fields.forEach(function (field) {
      const kept = document.createElement('textarea');
      kept.className = 'input';
      kept.rows = Math.min(12, field.value.split('\n').length + 1);
      kept.readOnly = true;
      kept.setAttribute('aria-label', typed.querySelector('h2').textContent);
      kept.value = field.value;
      typed.append(kept);
    });
    document.querySelectorAll('.context, dialog[open], #toasts').forEach(function (part) {
      if (part.open) part.close();
      part.replaceChildren();
    });
    main.querySelectorAll('video').forEach(function (film) { film.pause(); });
    main.className = 'page';
    main.replaceChildren(page);
    document.title = model.dataset.title;
    main.querySelector('h1').focus();
  }
  function slower(event) {
    if (!isLive(event.detail.elt)) return;
    wait = Math.min(LONGEST_WAIT, wait ? wait * 2 : FIRST_WAIT);
    notBefore = Date.now() + wait * (0.75 + Math.random() / 2);
  }
  ['htmx:sendError', 'htmx:timeout'].forEach(function (name) { document.addEventListener(name, slower); });
  document.addEventListener('htmx:afterRequest', function (event) {
    if (isLive(event.detail.elt) && event.detail.successful) wait = notBefore = 0;
  });
  function wake() {
    notBefore = 0;
    if (!document.hidden) document.querySelectorAll('[data-live]').forEach(function (elt) { htmx.trigger(elt, 'wake'); });
  }
  document.addEventListener('wire:touch', function (event) {
    document.querySelectorAll('[data-live][data-channel="' + event.detail.channel + '"]').forEach(function (elt) {
      htmx.trigger(elt, 'wake');
    });
  });
  // The bell stands beside what a page shows; without it nothing is taken away.
  document.addEventListener('wire:closed', function (event) {
    if (!event.detail.channel.startsWith('bell-')) close();
  });
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  // A page that the browser had put aside is shown as it was: its rows are asked for as well, save where something is
  // being written.
  function again() {
    const asks = document.querySelector('[data-again]');
    const rows = asks ? Array.from(document.querySelectorAll('[data-shown]'), function (row) {
      return row.querySelector('textarea') ? row.dataset.shown.replace(/\d*$/, '') : row.dataset.shown;
    }) : [];
    while (rows.length) htmx.ajax('GET', asks.dataset.again, { source: asks, swap: 'none', values: { rows: rows.splice(0, 72).join() } });
  }
  window.addEventListener('pageshow', function (event) {
    if (!event.persisted) return;
    wake();
    again();
  });

  // -- rows that come in
  const plural = new Intl.PluralRules(document.documentElement.lang || 'en');
  const waiting = new WeakMap();
  let fromOthers = false;
  document.addEventListener('htmx:beforeSwap', function (event) {
    fromOthers = isLive(event.detail.requestConfig.elt);
    if (fromOthers) event.detail.serverResponse = onThisPage(event.detail.serverResponse);
  });

  // Changes of rows that this page does not show (older ones, or gone already) have no place here.
  function onThisPage(html) {
    const sent = document.createElement('template');
    sent.innerHTML = html;
    sent.content.querySelectorAll('[hx-swap-oob]').forEach(function (part) {
      const where = part.getAttribute('hx-swap-oob');
      const place = where.includes(':') ? where.slice(where.indexOf(':') + 1) : '#' + CSS.escape(part.id);
      if (!document.querySelector(place) && !sent.content.querySelector(place + ':not([hx-swap-oob])')) part.remove();
    });
    return sent.innerHTML;
  }

  // A row that comes by two ways (own answer and live) is one row: the one that is there stays, with whatever is being
  // written in it, and only what it says is renewed.
  function replaces(row) {
    if (!row.id || !row.isConnected) return false;
    const same = document.querySelectorAll('[id="' + CSS.escape(row.id) + '"]');
    if (same.length < 2) return false;
    const old = same[0] === row ? same[1] : same[0];
    const said = '[id="' + CSS.escape(row.id + '-said') + '"]';
    const renewed = row.querySelector(said);
    const before = old.querySelector(said);
    if (renewed && before) {
      before.replaceWith(renewed);
      row.remove();
    } else old.replaceWith(row);
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
