// A film goes out in pieces: a lost connection costs one of them, and the same file chosen again goes on where it was.
(function () {
  'use strict';
  const form = document.querySelector('form[data-film]');
  if (!form) return;
  const words = form.dataset;
  const input = form.querySelector('input[type=file]');
  const bar = form.querySelector('progress');
  const said = form.querySelector('[data-film-said]');
  const wrong = form.querySelector('.field-error');
  const pause = form.querySelector('[data-film-pause]');
  const on = form.querySelector('[data-film-on]');
  const send = form.querySelector('[type=submit]');
  const LONGEST_WAIT = 30000;
  const LOOK_MS = 1500;
  const SLOW_MS = 5000;
  const QUICK_MS = 1500;
  const LEAST = 64 * 1024;
  let running = false;
  let paused = false;
  let wake = null;

  const token = function () { return document.querySelector('meta[name="csrf-token"]').content; };
  const nameOf = function (file) { return ['film', form.dataset.film, form.dataset.member || document.documentElement.dataset.member, file.name, file.size, file.lastModified].join(':'); };
  const kept = function (file) { try { return localStorage.getItem(nameOf(file)); } catch (_) { return null; } };
  function keep(file, key) {
    try {
      if (key) localStorage.setItem(nameOf(file), key);
      else localStorage.removeItem(nameOf(file));
    } catch (_) { /* without a store it begins anew after a reload */ }
  }

  // A refusal carries what the server said of it.
  function Refused(text, status) { this.text = text; this.status = status; }
  const wait = function (ms) {
    return new Promise(function (resolve) {
      const timer = setTimeout(resolve, ms);
      wake = function () { clearTimeout(timer); resolve(); };
    });
  };

  async function ask(url, options) {
    const answer = await fetch(url, Object.assign({ headers: { Accept: 'application/json' }, credentials: 'same-origin' }, options));
    let body = null;
    try { body = await answer.json(); } catch (_) { /* a page of somebody in between, or of an error */ }
    if (answer.status === 409 && body) return body;
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new TypeError('later');
    if (!answer.ok) throw new Refused((body && body.error) || (answer.status === 400 || answer.status === 401 ? words.wordStopped : words.wordFailed), answer.status);
    return body;
  }
  const post = function (url, body, type) {
    const headers = { Accept: 'application/json', 'X-CSRFToken': token() };
    if (type) headers['Content-Type'] = type;
    return ask(url, { method: 'POST', headers: headers, body: body });
  };

  // Patience: what fails for want of a connection is tried again, for as long as the page is open.
  async function patiently(work) {
    for (let pauseMs = 1000; ; pauseMs = Math.min(LONGEST_WAIT, pauseMs * 2)) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Refused) throw error;
        say(words.wordLost);
        await wait(pauseMs * (0.75 + Math.random() / 2));
      }
    }
  }

  const say = function (text) { if (said.textContent !== text) said.textContent = text; };
  const percent = function (state) { return Math.floor(100 * state.received / state.size); };
  function show(state) {
    bar.value = percent(state);
    say(words.wordSending.replace('{percent}', percent(state)).replace('{size}', sizeOf(state.size)));
  }
  const sizeOf = function (bytes) {
    const mega = bytes >= 1e6;
    return new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: mega ? 'megabyte' : 'kilobyte', maximumFractionDigits: mega ? 1 : 0 }).format(bytes / (mega ? 1048576 : 1024));
  };
  function complain(text) {
    wrong.hidden = !text;
    wrong.querySelector('span').textContent = text;
    input.toggleAttribute('aria-invalid', Boolean(text));
  }
  function turn(sending) {
    running = sending;
    input.disabled = send.disabled = sending;
    bar.hidden = !sending;
    pause.hidden = !sending;
    on.hidden = true;
    paused = false;
  }

  async function found(file) {
    const key = kept(file);
    if (key) {
      try {
        const state = await ask(words.begin + key);
        if (state.state !== 'failed') return state;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      keep(file, null);
    }
    const fields = new URLSearchParams({ for: form.dataset.film, name: file.name, size: String(file.size) });
    const state = await post(words.begin, fields);
    keep(file, state.key);
    return state;
  }

  // On a slow line smaller pieces: a server lets nobody drip for long, and what is cut off is lost.
  function sized(size, took) {
    if (took > SLOW_MS) return Math.max(LEAST, Math.floor(size / 2));
    return took < QUICK_MS ? Math.min(Number(words.piece), size * 2) : size;
  }

  async function pieces(file, state) {
    const key = state.key;
    let size = Number(words.piece);
    while (state.state === 'sending' && state.received < file.size) {
      while (paused) await wait(3600000);
      const offset = state.received;
      show(state);
      const next = await patiently(async function () {
        const began = performance.now();
        try {
          return await post(words.begin + key + '/pieces?offset=' + offset, file.slice(offset, offset + size), 'application/octet-stream');
        } finally {
          size = sized(size, performance.now() - began);
        }
      });
      if (next.error) {  // another place than the next one: also while another tab sends the same
        if (next.received === offset) await wait(500);
        state = { key: key, state: 'sending', received: next.received, size: file.size };
      } else {
        state = next;
      }
    }
    return key;
  }

  async function prepared(file, key) {
    pause.hidden = true;
    bar.removeAttribute('value');
    say(words.wordPreparing);
    for (;;) {
      const state = await patiently(function () { return ask(words.begin + key); });
      if (state.state === 'failed') throw new Refused(state.error, 422);
      if (state.state === 'ready') return keep(file, null);
      await wait(LOOK_MS);
    }
  }

  // What the browser cannot play it cannot measure either: the server looks again.
  function lasts(file) {
    return new Promise(function (resolve) {
      const film = document.createElement('video');
      const address = URL.createObjectURL(file);
      const done = function () { URL.revokeObjectURL(address); resolve(film.duration || 0); };
      film.preload = 'metadata';
      film.onloadedmetadata = film.onerror = done;
      setTimeout(done, SLOW_MS);
      film.src = address;
    });
  }

  async function start() {
    const file = input.files[0];
    complain('');
    if (!file) return;
    if (file.size > Number(words.most)) return complain(words.wordLarge);
    const seconds = Number(words.seconds);
    if (seconds && (await lasts(file)) >= seconds + 1) return complain(words.wordLong);
    turn(true);
    try {
      const key = await pieces(file, await patiently(function () { return found(file); }));
      if ('soon' in words) keep(file, null);
      else await prepared(file, key);
      running = false;
      location.reload();
    } catch (error) {
      turn(false);
      say('');
      if (error instanceof Refused) {
        if (error.status === 422 || error.status === 404) keep(file, null);
        complain(error.text);
      } else {
        complain(words.wordFailed);
      }
    }
  }

  // Nobody else is to hear of it: a button that waits for the next page would stay shut after a refusal.
  form.addEventListener('submit', function (event) {
    event.preventDefault();
    event.stopPropagation();
    if (!running) start();
  });
  pause.addEventListener('click', function () {
    paused = true;
    pause.hidden = true;
    on.hidden = false;
    on.focus();
    say(words.wordPaused.replace('{percent}', bar.value));
  });
  on.addEventListener('click', function () {
    paused = false;
    on.hidden = true;
    pause.hidden = false;
    pause.focus();
    if (wake) wake();
  });
  window.addEventListener('online', function () { if (running && wake && !paused) wake(); });
  window.addEventListener('beforeunload', function (event) { if (running && !bar.hidden && bar.hasAttribute('value')) event.preventDefault(); });
})();
