// An answer that comes late: its region may have been renewed meanwhile, whoever asked may be writing on, or have asked
// for something else. Requests are numbered as they are sent.
(function () {
  'use strict';
  const latest = new WeakMap();
  const born = new WeakMap();
  const keys = new Map();
  let sent = 0;
  let arriving = 0;

  const isNewer = function (element, number) {
    return element && ((born.get(element) || 0) > number || isNewer(element.parentElement, number));
  };

  // What stands there now takes the answer, unless it was asked for later.
  function place(detail, number) {
    const now = document.getElementById(detail.target.id);
    if (now && !isNewer(now, number)) detail.target = now;
  }

  // -- words that were typed after the form was sent
  function more(form, data) {
    return Array.from(form.querySelectorAll('textarea, input:not([type]), input[type="text"]')).filter(function (field) {
      return field.name && data.getAll(field.name).length === 1 && field.value !== data.get(field.name);
    }).map(function (field) { return { name: field.name, value: field.value, before: data.get(field.name), held: field === document.activeElement }; });
  }

  // They stay: all of them in a form that came back, those beyond what was sent in one that is empty again.
  function keep(form, typed, isTaken) {
    typed.forEach(function (each) {
      const field = form.elements[each.name];
      if (!field || (isTaken && field.value)) return;
      field.value = isTaken && each.value.startsWith(each.before) ? each.value.slice(each.before.length).trimStart() : each.value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      if (each.held) field.focus({ preventScroll: true });
    });
  }

  // -- nothing rises from a row that has gone; the keyboard is at the next one then
  function tell(detail, next) {
    const root = document.documentElement;
    const named = detail.xhr.getResponseHeader('HX-Trigger') || '';
    Object.entries(named.startsWith('{') ? JSON.parse(named) : {}).forEach(function (each) { htmx.trigger(root, each[0], each[1]); });
    root.dispatchEvent(new CustomEvent('htmx:afterRequest', { bubbles: true, detail: detail }));
    if (document.activeElement === document.body) (next && next.isConnected ? next : document.getElementById('main')).focus({ preventScroll: true });
  }

  document.addEventListener('htmx:beforeSend', function (event) {
    const detail = event.detail;
    const xhr = detail.xhr;
    const elt = detail.elt;
    const number = sent += 1;
    const row = elt.closest('[data-row]');
    const next = row && row.nextElementSibling;
    let gone = false;
    if (detail.requestConfig.verb === 'get') latest.set(detail.target, number);
    xhr.addEventListener('readystatechange', function () {
      if (xhr.readyState < 4) return;
      arriving = number;
      gone = !elt.isConnected;
      if (xhr.status && xhr.status < 500) keys.delete(nameOf(elt));
      if (elt.matches('form[hx-post]')) quanzi.typed = more(elt, detail.requestConfig.formData);
      if (!detail.target.isConnected) place(detail, number);
    });
    xhr.addEventListener('loadend', function () {
      const form = elt.isConnected ? elt : elt.id && document.getElementById(elt.id);
      const typed = quanzi.typed || [];
      quanzi.typed = null;
      if (gone) tell(detail, next);
      else if (form && typed.length && xhr.status && !xhr.getResponseHeader('HX-Redirect')) keep(form, typed, xhr.status < 400);
    });
  });
  document.addEventListener('htmx:load', function (event) { born.set(event.detail.elt, arriving); });
  // Of two that were asked for the same place, the later one is wanted.
  document.addEventListener('htmx:beforeSwap', function (event) {
    if (event.detail.requestConfig.verb === 'get' && latest.get(event.detail.target) > arriving) event.detail.shouldSwap = false;
  });

  // -- a button whose answer was lost asks for the same: nothing is given twice
  const nameOf = function (elt) { return elt.getAttribute('formaction') + ' ' + elt.value; };
  document.addEventListener('htmx:configRequest', function (event) {
    const elt = event.detail.elt;
    if (!elt.matches('button[form="act"]')) return;
    if (!keys.has(nameOf(elt))) keys.set(nameOf(elt), Math.random().toString(36).slice(2));
    event.detail.parameters.key = keys.get(nameOf(elt));
  });
})();
