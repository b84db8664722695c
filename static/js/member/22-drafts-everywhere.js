// Drafts follow their member: kept on the server after a pause, fetched when a page opens. Nothing that was written on
// another device is covered without asking.
(function () {
  'use strict';
  const drafts = quanzi.drafts;
  if (!drafts.member) return;
  const QUIET = 2000;
  const NONE = { title: '', body: '' };
  const met = new WeakSet();
  const ready = new WeakSet();
  const busy = new WeakSet();
  const asked = new WeakSet();
  const known = new WeakMap();
  const timers = new WeakMap();
  const sendings = new WeakMap();

  const formsIn = function (root) { return Array.from(root.querySelectorAll('form[data-draft-url]')); };
  const area = function (form) { return form.querySelector('textarea[data-draft]'); };
  const heading = function (form) { return form.querySelector('input[data-draft]'); };
  const written = function (form) { return { title: heading(form) ? heading(form).value : '', body: area(form).value }; };
  const plain = function (text) { return text.replace(/\r\n/g, '\n').trim(); };
  const same = function (one, other) { return plain(one.title) === plain(other.title) && plain(one.body) === plain(other.body); };
  const storeKey = function (form) { return drafts.name(area(form)) + '#base'; };
  const sent = function (form) { return sendings.get(form) || 0; };

  // What the server has, as far as this device has seen it.
  function learn(form, draft) {
    known.set(form, draft);
    drafts.write(storeKey(form), draft ? { title: draft.title, body: draft.body, at: draft.changed_at } : null);
    form.elements.seen_at.value = draft ? draft.changed_at : 0;
  }

  function fill(form, draft) {
    if (heading(form)) heading(form).value = draft.title;
    area(form).value = draft.body;
    [heading(form), area(form)].forEach(function (field) {
      if (field) field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  function offer(form, draft) {
    const bar = form.querySelector('[data-offer]');
    asked.add(form);
    bar.hidden = false;
    form.classList.add('is-open');
    const answer = function (takes) {
      asked.delete(form);
      bar.hidden = true;
      learn(form, draft);
      if (takes) fill(form, draft);
      else push(form);
      area(form).focus();
    };
    bar.querySelector('[data-take]').onclick = function () { answer(true); };
    bar.querySelector('[data-keep]').onclick = function () { answer(false); };
  }

  function settle(form, draft) {
    const kept = drafts.read(storeKey(form));
    const base = kept && typeof kept.body === 'string' ? kept : null;
    const here = written(form);
    const isEmpty = same(here, NONE);
    const isOld = base && same(here, base);
    const hasSeen = draft && (draft.changed_at === Number(form.elements.seen_at.value) || (base && base.at === draft.changed_at));
    ready.add(form);
    if (!draft) {
      learn(form, null);
      // Sent or discarded on another device, and nothing was added here since.
      if (isOld && !isEmpty) fill(form, NONE);
      else if (!isEmpty) push(form);
    } else if (hasSeen || same(here, draft)) {
      learn(form, draft);
      if (!same(here, draft)) later(form);
    } else if (isEmpty || isOld) {
      learn(form, draft);
      fill(form, draft);
    } else offer(form, draft);
  }

  function load(root) {
    const forms = formsIn(root).filter(function (form) { return !met.has(form); });
    if (!forms.length) return;
    forms.forEach(function (form) { met.add(form); });
    const folder = forms[0].dataset.draftUrl.replace(/[^/]*$/, '');
    const names = forms.map(function (form) { return encodeURIComponent(area(form).dataset.draft); });
    fetch(folder + names.join(','), { headers: { Accept: 'application/json' } }).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    }).then(function (found) {
      forms.forEach(function (form) { if (form.isConnected) settle(form, found[area(form).dataset.draft] || null); });
    }).catch(function () {
      forms.forEach(function (form) { met.delete(form); });
    });
  }

  function ask(form, draft, seenAt, isLast) {
    const token = document.querySelector('meta[name="csrf-token"]');
    return fetch(form.dataset.draftUrl, {
      method: 'POST',
      keepalive: Boolean(isLast),
      headers: { Accept: 'application/json', 'X-CSRFToken': token ? token.content : '' },
      body: new URLSearchParams({ title: draft.title, body: draft.body, path: location.pathname, seen_at: seenAt, key: form.elements.key ? form.elements.key.value : '' }),
    });
  }

  function push(form, isLast) {
    clearTimeout(timers.get(form));
    if (!ready.has(form) || asked.has(form) || busy.has(form) || !form.isConnected) return;
    const here = written(form);
    const base = known.get(form);
    if (same(here, base || NONE)) return;
    const before = sent(form);
    busy.add(form);
    ask(form, here, base ? base.changed_at : 0, isLast).then(function (answer) {
      busy.delete(form);
      if (answer.status === 422) quanzi.toast({ text: form.querySelector('[data-offer]').dataset.full, kind: 'error' });
      return answer.ok || answer.status === 409 ? answer.json().then(function (said) { heard(form, here, said, answer.ok, before); }) : null;
    }).catch(function () { busy.delete(form); });
  }

  function heard(form, here, said, isKept, before) {
    if (sent(form) !== before) {
      // It was sent while it was being kept: the draft goes as well.
      if (isKept && said.changed_at) ask(form, NONE, said.changed_at);
      return;
    }
    if (isKept && !said.changed_at && !same(here, NONE)) return wasSent(form, here);
    if (isKept) learn(form, said.changed_at ? { title: here.title, body: here.body, changed_at: said.changed_at } : null);
    else if (said.draft && !same(written(form), said.draft)) return offer(form, said.draft);
    else learn(form, said.draft);
    if (!same(written(form), known.get(form) || NONE)) later(form);
  }

  // It was sent from a page that was left before the answer came.
  function wasSent(form, here) {
    learn(form, null);
    if (!same(written(form), here)) return;
    drafts.forget(form);
    quanzi.emptied(form);
    quanzi.toast({ text: document.getElementById('outbox-model').dataset.sent, kind: 'good' });
  }

  function later(form) {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(function () { push(form); }, QUIET));
  }

  const pushAll = function () { formsIn(document).forEach(function (form) { push(form, true); }); };
  document.addEventListener('input', function (event) {
    const form = event.target.form;
    if (form && form.matches('[data-draft-url]') && event.target.dataset.draft) later(form);
  });
  document.addEventListener('visibilitychange', function () { if (document.hidden) pushAll(); });
  window.addEventListener('pagehide', pushAll);
  window.addEventListener('online', function () {
    load(document);
    pushAll();
  });
  document.addEventListener('submit', function (event) { if ('signOut' in event.target.dataset) pushAll(); }, true);

  document.addEventListener('htmx:beforeSend', function (event) { clearTimeout(timers.get(event.detail.elt)); });
  document.addEventListener('htmx:afterRequest', function (event) {
    const form = event.detail.elt;
    if (!form.matches('form[data-draft-url]') || !event.detail.successful) return;
    clearTimeout(timers.get(form));
    sendings.set(form, sent(form) + 1);
    learn(form, null);
  });
  // Discarded in the list of drafts: this device lets it go as well.
  document.addEventListener('htmx:beforeRequest', function (event) {
    const row = event.target.closest('[data-discards]');
    if (!row || event.detail.requestConfig.verb === 'get') return;
    ['', ':title', '#base'].forEach(function (part) { drafts.write(drafts.name({ dataset: { draft: row.dataset.discards } }) + part, null); });
  });
  document.addEventListener('htmx:load', function (event) { load(event.detail.elt.parentNode || document); });
  load(document);
})();
