// What could not be sent for lack of a connection waits on this device and is sent once there is one. Its key goes with
// it, so what reached the site although the answer got lost is not sent twice. Pictures and files cannot wait here.
(function () {
  'use strict';
  const member = document.documentElement.dataset.member;
  const model = document.getElementById('outbox-model');
  if (!member || !model) return;
  const PREFIX = 'outbox:' + member + ':';
  const SLOW = 30000;
  const words = model.dataset;
  const cards = new Map();
  const running = new Set();
  let notBefore = 0;

  const read = function (key) {
    try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch (_) { return null; }
  };
  const write = function (key, item) {
    try {
      if (item === null) localStorage.removeItem(PREFIX + key);
      else localStorage.setItem(PREFIX + key, JSON.stringify(item));
      return true;
    } catch (_) { return false; }
  };
  const keys = function () {
    try {
      return Object.keys(localStorage).filter(function (key) { return key.startsWith(PREFIX); }).map(function (key) { return key.slice(PREFIX.length); });
    } catch (_) { return []; }
  };
  const fieldOf = function (item, name) {
    const found = item.fields.find(function (field) { return field[0] === name; });
    return found ? found[1] : '';
  };
  const formOf = function (item) {
    const form = document.getElementById(item.form);
    return form && form.matches('[data-composer]') && form.getAttribute('hx-post') === item.url ? form : null;
  };

  // -- shown in place
  function show(key, item) {
    const form = formOf(item);
    if (!form && !item.state) return;
    let card = cards.get(key);
    if (!card) {
      card = model.content.firstElementChild.cloneNode(true);
      cards.set(key, card);
      card.querySelector('[data-back]').addEventListener('click', function () { takeBack(key); });
      card.querySelector('[data-drop]').addEventListener('click', function () { drop(key); });
      if (!form) document.getElementById('main').prepend(card);
      else if (form.classList.contains('is-post')) form.after(card);
      else form.before(card);
    }
    card.querySelector('[data-say]').textContent = item.why || words[item.state || 'waiting'];
    card.querySelector('[data-excerpt]').textContent = [fieldOf(item, 'title'), fieldOf(item, 'body')].filter(Boolean).join(' · ').slice(0, 240);
    const way = card.querySelector('[data-way]');
    way.hidden = item.state !== 'signin' && Boolean(form);
    way.href = item.state === 'signin' ? item.login : item.page;
    way.textContent = item.state === 'signin' ? words.toSignIn : words.toPage;
    card.querySelector('[data-back]').hidden = !form;
  }
  function drop(key) {
    write(key, null);
    const card = cards.get(key);
    cards.delete(key);
    if (card) card.remove();
  }
  function state(key, item, name, more) {
    Object.assign(item, { state: name, why: '' }, more);
    write(key, item);
    show(key, item);
  }

  // -- back into the composer, with the reason if there is one
  function takeBack(key, why, newKey) {
    const item = read(key);
    const form = item && formOf(item);
    if (!form) return false;
    item.fields.forEach(function (field) {
      const all = Array.from(form.querySelectorAll('[name="' + CSS.escape(field[0]) + '"]'));
      const box = all.find(function (each) { return each.type === 'checkbox'; });
      if (box) box.checked = true;
      else {
        const place = all.find(function (each) { return !each.value; }) || all[0];
        if (place && field[0] !== 'seen_at') place.value = field[1];
      }
    });
    if (newKey) form.querySelector('[name="key"]').value = newKey;
    form.classList.add('is-open');
    form.querySelectorAll('textarea, [data-draft]').forEach(function (field) { field.dispatchEvent(new Event('input', { bubbles: true })); });
    if (why) complain(form, why);
    form.querySelector('textarea').focus();
    drop(key);
    return true;
  }
  function complain(form, why) {
    const area = form.querySelector('textarea');
    form.querySelectorAll('.field-error').forEach(function (note) { note.remove(); });
    const note = document.createElement('p');
    note.className = 'field-error';
    note.id = area.id + '-error';
    note.textContent = why;
    area.after(note);
    area.setAttribute('aria-invalid', 'true');
    area.setAttribute('aria-describedby', note.id);
  }

  // -- sending
  function send(key) {
    if (running.has(key) || Date.now() < notBefore) return;
    const item = read(key);
    if (!item || item.state === 'refused') return;
    running.add(key);
    const done = function () { running.delete(key); };
    if (!navigator.locks) return void post(key).then(done, done);
    // Two tabs of one browser share what waits.
    navigator.locks.request(PREFIX + key, { ifAvailable: true }, function (lock) { return lock ? post(key) : null; }).then(done, done);
  }
  function post(key) {
    const item = read(key);
    if (!item) return Promise.resolve();
    const token = document.querySelector('meta[name="csrf-token"]');
    return fetch(item.url, {
      method: 'POST',
      headers: { 'HX-Request': 'true', 'HX-Current-URL': location.href, 'X-CSRFToken': token ? token.content : '' },
      body: new URLSearchParams(item.fields),
    }).then(function (answer) {
      return answer.text().then(function (text) { answered(key, item, answer, text); });
    });
  }
  function answered(key, item, answer, text) {
    if (answer.ok) return arrived(key, item, answer, text);
    if (answer.status === 409 || answer.status === 422) return refused(key, item, answer, text);
    if (answer.status === 401) return state(key, item, 'signin', { login: answer.headers.get('HX-Redirect') || '/login' });
    if (answer.status === 400) return state(key, item, 'stale');
    if ([403, 404, 410].includes(answer.status)) return state(key, item, 'denied');
    notBefore = Date.now() + SLOW;
  }
  function arrived(key, item, answer, text) {
    const form = formOf(item);
    const target = form && document.querySelector(form.getAttribute('hx-target'));
    drop(key);
    if (target) htmx.swap(target, text, { swapStyle: form.getAttribute('hx-swap').split(' ')[0] });
    const said = toasts(answer);
    if (said.length) said.forEach(quanzi.toast);
    else quanzi.toast({ text: words.sent, kind: 'good' });
  }
  function toasts(answer) {
    try { return [].concat(JSON.parse(answer.headers.get('HX-Trigger')).toast || []); } catch (_) { return []; }
  }
  function refused(key, item, answer, text) {
    const page = new DOMParser().parseFromString(text, 'text/html');
    const note = page.querySelector('.field-error');
    const fresh = page.querySelector('[name="key"]');
    const why = note ? note.textContent.trim() : (toasts(answer)[0] || {}).text || words.refused;
    const form = formOf(item);
    const isFree = form && !Array.from(form.querySelectorAll('[data-draft]')).some(function (field) { return field.value.trim(); });
    if (isFree) takeBack(key, why, fresh && fresh.value);
    else state(key, item, 'refused', { why: why });
  }
  const sendAll = function () { keys().forEach(send); };

  ['htmx:sendError', 'htmx:timeout'].forEach(function (name) {
    document.addEventListener(name, function (event) {
      const form = event.detail.elt;
      if (!form.matches('form[data-composer]')) return;
      if (Array.from(form.querySelectorAll('input[type="file"]')).some(function (box) { return box.files.length; })) {
        return quanzi.toast({ text: words.files, kind: 'error' });
      }
      const key = form.querySelector('[name="key"]').value;
      const fields = [];
      new FormData(form).forEach(function (value, field) {
        if (typeof value === 'string' && field !== 'csrf_token') fields.push([field, value]);
      });
      const item = { url: form.getAttribute('hx-post'), fields: fields, form: form.id, page: location.pathname, at: Date.now() };
      if (!write(key, item)) return;
      quanzi.drafts.forget(form);
      quanzi.emptied(form);
      quanzi.calm('offline');
      show(key, item);
    });
  });
  document.addEventListener('submit', function (event) {
    if ('signOut' in event.target.dataset) keys().forEach(drop);
  });
  window.addEventListener('online', function () {
    notBefore = 0;
    sendAll();
  });
  setInterval(function () { if (!document.hidden) sendAll(); }, SLOW);
  keys().forEach(function (key) { show(key, read(key)); });
  sendAll();
})();
