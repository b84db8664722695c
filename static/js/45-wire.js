// One stream a page, for all channels that its elements name (data-channel, data-at). A hidden page has none and catches
// up when it is shown; rows come once and in order, by their numbers; what only changed is asked for by 50-live.js.
(function () {
  'use strict';
  const FIRST_WAIT = 500;
  const LONGEST_WAIT = 30000;
  const SILENCE = 50000;
  const ASK_WITHOUT_STREAM = 10000;
  const HIDDEN_FOR = 3000;
  const MOST_SPREAD = 3000;
  const come = new Map();
  let stream = null;
  let names = '';
  let wait = 0;
  let again = 0;
  let silence = 0;
  let leaving = 0;
  let parked = false;

  const tell = function (name, detail) {
    return document.dispatchEvent(new CustomEvent('wire:' + name, { detail: detail, cancelable: true }));
  };
  const marks = function () { return Array.from(document.querySelectorAll('[data-channel]')); };
  const named = function () { return Array.from(new Set(marks().map(function (mark) { return mark.dataset.channel; }))).sort(); };
  function since(names) {
    return names.map(function (name) {
      const mark = document.querySelector('[data-channel="' + name + '"]');
      return name + ':' + Math.max(come.get(name) || 0, Number(mark && mark.dataset.at) || 0);
    }).join(',');
  }

  function close() {
    clearTimeout(again);
    clearTimeout(silence);
    if (stream) stream.abort();
    stream = null;
  }
  function later(least) {
    close();
    wait = Math.min(LONGEST_WAIT, Math.max(least || 0, wait * 2, FIRST_WAIT));
    again = setTimeout(open, wait * (0.4 + Math.random() * 0.8));
  }
  function hush() {
    clearTimeout(silence);
    silence = setTimeout(function () { later(); }, SILENCE);
  }

  async function open() {
    close();
    const wanted = named();
    names = wanted.join();
    if (!wanted.length || document.hidden || parked || !window.TextDecoderStream) return;
    const mine = stream = new AbortController();
    hush();
    try {
      const answer = await fetch('/stream?since=' + since(wanted), { signal: mine.signal, cache: 'no-store' });
      if (answer.status === 404) return refused(wanted);
      if (!answer.ok) return later(1000 * Number(answer.headers.get('Retry-After') || 5));
      wait = 0;
      tell('state', 'open');
      await hear(answer.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch (error) {
      if (mine.signal.aborted) return;
    }
    tell('state', 'lost');
    later();
  }
  async function hear(reader) {
    let rest = '';
    for (;;) {
      const part = await reader.read();
      if (part.done) return;
      hush();
      const whole = (rest + part.value).split('\n\n');
      rest = whole.pop();
      whole.forEach(take);
    }
  }

  // What may not be watched any more is found by asking for each alone; 50-live.js closes what shows it.
  async function refused(wanted) {
    for (const name of wanted) {
      const answer = await fetch('/stream?since=' + since([name]), { method: 'HEAD', cache: 'no-store' });
      if (answer.status !== 404) continue;
      marks().forEach(function (mark) { if (mark.dataset.channel === name) mark.remove(); });
      tell('closed', { channel: name });
    }
    later();
  }

  function take(text) {
    const lines = text.split('\n').filter(function (line) { return line.startsWith('data: '); });
    if (!lines.length) return;
    const words = lines[0].slice(6).split(' ');
    const channel = words[0];
    const seq = Number(words[1]);
    if (seq && seq <= (come.get(channel) || 0)) return;
    if (seq) come.set(channel, seq);
    const body = lines.slice(1).map(function (line) { return line.slice(6); }).join('\n');
    const kinds = { put: put, gone: gone, touch: touch, pulse: pulse, stale: stale, parked: park };
    if (kinds[words[2]]) kinds[words[2]](channel, body, words.slice(3), seq);
  }
  function put(channel, body, words, seq) {
    const sent = document.createElement('template');
    sent.innerHTML = body;
    Array.from(sent.content.children).forEach(function (element) {
      if (!tell('row', { channel: channel, seq: seq, by: words[0] || '', element: element })) return;
      const old = element.id && document.getElementById(element.id);
      const into = !old && element.dataset.into && document.getElementById(element.dataset.into.replace('#', ''));
      const held = old && old.contains(document.activeElement) ? document.activeElement.id : '';
      if (old) old.replaceWith(element);
      else if (into) into.append(element);
      else return;
      htmx.process(element);
      const again = held && document.getElementById(held);
      if (again) again.focus({ preventScroll: true });
    });
  }
  function gone(channel, body) {
    const ids = body.split(' ');
    if (!tell('gone', { channel: channel, ids: ids })) return;
    ids.forEach(function (id) {
      const element = document.getElementById(id);
      if (element) element.remove();
    });
  }
  function touch(channel, body, words) {
    const spread = Math.min(MOST_SPREAD, 3 * Number(words[0] || 0));
    setTimeout(function () { tell('touch', { channel: channel }); }, Math.random() * spread);
  }
  function pulse(channel, body, words) {
    const numbers = {};
    words.forEach(function (word) { numbers[word.split('=')[0]] = Number(word.split('=')[1]); });
    tell('pulse', { channel: channel, numbers: numbers });
  }
  function stale(channel) {
    if (tell('stale', { channel: channel })) location.reload();
  }
  function park() {
    parked = true;
    close();
  }

  function look() {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(close, HIDDEN_FOR);
    else if (!stream) open();
  }
  function wake() {
    if (!parked) return;
    parked = false;
    open();
  }
  document.addEventListener('visibilitychange', function () { parked = false; look(); });
  ['pointerdown', 'keydown'].forEach(function (name) { document.addEventListener(name, wake, { passive: true }); });
  window.addEventListener('online', function () { wait = 0; open(); });
  window.addEventListener('pageshow', function (event) { if (event.persisted) open(); });
  window.addEventListener('pagehide', close);
  document.addEventListener('htmx:afterSettle', function () { if (named().join() !== names) open(); });
  document.addEventListener('DOMContentLoaded', open);
  // Where no stream is to be had, pages ask now and then.
  setInterval(function () {
    if (!document.hidden && !parked && wait > FIRST_WAIT) named().forEach(function (name) { tell('touch', { channel: name }); });
  }, ASK_WITHOUT_STREAM);
})();
