// What is being written survives a reload, a lost connection and an expired session. It stays on the device, a member each.
(function () {
  'use strict';
  const member = document.documentElement.dataset.member;
  const KEEP = 14 * 24 * 3600 * 1000;
  const PREFIX = 'draft:';
  const SENT = 'sent';

  const name = function (field) { return PREFIX + member + ':' + field.dataset.draft; };
  const read = function (key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch (_) { return null; }
  };
  const write = function (key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch (_) { /* a full or forbidden store: the page works without drafts */ }
  };
  const keyOf = function (field) { return field.form && field.form.querySelector('input[name="key"]'); };

  // An editor comes with a text of its own: a draft belongs to it while that text is the one it was written over.
  const fits = function (field, kept) { return field.value === field.defaultValue && (kept.over || '') === field.defaultValue; };
  const keep = function (field) {
    const key = keyOf(field);
    const changed = field.value.trim() && field.value !== field.defaultValue;
    write(name(field), changed ? { text: field.value, over: field.defaultValue, key: key ? key.value : '', at: Date.now() } : null);
  };

  function restore(root) {
    if (!member) return;
    root.querySelectorAll('[data-draft]').forEach(function (field) {
      const kept = read(name(field));
      const key = keyOf(field);
      if (kept && kept.text === field.value && key) write(name(field), Object.assign(kept, { key: key.value }));
      if (!kept || !fits(field, kept)) return;
      field.value = kept.text;
      // The key goes with the text: what reached the server although its answer got lost is not posted twice.
      if (key && kept.key) key.value = kept.key;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  function forget(form) {
    form.querySelectorAll('[data-draft]').forEach(function (field) { write(name(field), null); });
  }

  function eachDraft(visit) {
    try {
      Object.keys(localStorage).forEach(function (key) { if (key.startsWith(PREFIX)) visit(key); });
    } catch (_) { /* no store */ }
  }

  document.addEventListener('input', function (event) {
    const field = event.target;
    if (member && field.dataset && field.dataset.draft) keep(field);
  });

  // A way out of a form (Cancel) leaves nothing behind.
  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('form a[href]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) forget(link.closest('form'));
  });

  // Signing out in another tab took the drafts along; what is sent from this one is kept until it went through.
  document.addEventListener('htmx:beforeSend', function (event) {
    const form = event.detail.elt.closest('form');
    if (member && form && event.detail.requestConfig.verb !== 'get') form.querySelectorAll('[data-draft]').forEach(keep);
  });

  document.addEventListener('htmx:afterRequest', function (event) {
    const detail = event.detail;
    const form = detail.elt.closest('form');
    const leadsOn = detail.xhr && detail.xhr.status === 200 && detail.xhr.getResponseHeader('HX-Redirect');
    if (!form || !(detail.successful || leadsOn) || detail.requestConfig.verb === 'get') return;
    if (form.hasAttribute('hx-post') && detail.elt === form) forget(form);
  });

  document.addEventListener('submit', function (event) {
    const form = event.target;
    if ('signOut' in form.dataset) eachDraft(function (key) { if (key.startsWith(PREFIX + member + ':')) write(key, null); });
    else if (!form.hasAttribute('hx-post') && !('aside' in (event.submitter || form).dataset)) {
      const keys = Array.from(form.querySelectorAll('[data-draft]'), name);
      try { if (keys.length) sessionStorage.setItem(SENT, JSON.stringify(keys)); } catch (_) { /* no store */ }
    }
  });

  // After a plain post: gone through, unless this page is an error or brings the text back to be mended.
  try {
    const sent = JSON.parse(sessionStorage.getItem(SENT) || '[]');
    if (sent.length && member && !document.getElementById('fault')) {
      const back = Array.from(document.querySelectorAll('[data-draft]')).filter(function (field) { return field.value; }).map(name);
      sent.filter(function (key) { return !back.includes(key); }).forEach(function (key) { write(key, null); });
      sessionStorage.removeItem(SENT);
    }
  } catch (_) { /* no store */ }

  quanzi.drafts = { member: member, name: name, read: read, write: write, forget: forget };

  eachDraft(function (key) {
    const kept = read(key);
    if (!kept || Date.now() - kept.at > KEEP) write(key, null);
  });
  document.addEventListener('htmx:load', function (event) { restore(event.detail.elt.parentNode || document); });
  restore(document);
})();
