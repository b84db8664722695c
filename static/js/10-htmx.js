// Requests: loading bar, buttons that rest while they work, toasts, forms that keep what was typed.
(function () {
  'use strict';
  const toasts = document.getElementById('toasts');
  const loading = document.getElementById('loading');
  const model = document.getElementById('toast-model');
  const STAY = { undo: 8000, error: 9000, info: 4500 };
  const WORDS = { 400: 'stale', 403: 'denied', 404: 'gone', 410: 'gone', 413: 'large', 429: 'many' };

  // -- toasts
  function letGo(toast) {
    let timer;
    const hasUndo = toast.querySelector('.toast-undo');
    const stay = hasUndo ? toast.dataset.stay || STAY.undo : toast.classList.contains('is-error') ? STAY.error : STAY.info;
    const leave = function () {
      toast.classList.add('is-leaving');
      setTimeout(function () { toast.remove(); }, 200);
    };
    const start = function () { clearTimeout(timer); timer = setTimeout(leave, stay); };
    const close = toast.querySelector('.toast-close');
    close.hidden = false;
    close.addEventListener('click', leave);
    toast.addEventListener('pointerenter', function () { clearTimeout(timer); });
    toast.addEventListener('focusin', function () { clearTimeout(timer); });
    toast.addEventListener('pointerleave', start);
    toast.addEventListener('focusout', start);
    start();
  }

  function toast(item) {
    if (!model) return;
    const made = model.content.firstElementChild.cloneNode(true);
    const kind = item.kind || 'info';
    made.className = 'toast is-' + kind;
    made.querySelector('p').textContent = item.text;
    const use = made.querySelector('use');
    const name = { good: 'circle-check', error: 'circle-alert', money: 'hand-helping' }[kind] || 'info';
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#' + name));
    const undo = made.querySelector('.toast-undo');
    if (item.stay) made.dataset.stay = item.stay;
    if (item.undo) {
      undo.setAttribute('formaction', item.undo.url);
      undo.setAttribute('hx-post', item.undo.url);
      undo.setAttribute('hx-swap', 'none');
      if (item.undo.label) undo.textContent = item.undo.label;
      undo.addEventListener('htmx:afterRequest', function (event) {
        if (event.detail.successful) made.remove();
      });
    } else undo.remove();
    while (toasts.children.length > 2) toasts.firstElementChild.remove();
    toasts.append(made);
    htmx.process(made);
    letGo(made);
  }

  const words = function (name) { return toasts.dataset[name] || toasts.dataset.failed; };
  // A toast that is no longer true goes before its time.
  function calm(name) {
    toasts.querySelectorAll('.toast').forEach(function (each) {
      if (each.querySelector('p').textContent === words(name)) each.remove();
    });
  }
  // Whoever writes elsewhere meanwhile goes on writing there.
  function writing(form) { return !form.contains(document.activeElement) && document.activeElement.matches('input, textarea'); }
  window.quanzi = { toast: toast, words: words, calm: calm, writing: writing };
  toasts.querySelectorAll('.toast').forEach(letGo);

  // What an answer says is read from the answer: the row whose button asked may have left the page by then, when the
  // live page was faster, and nothing rises from there.
  const formCameBack = function (xhr) { return [409, 422, 429].includes(xhr.status) && xhr.responseText.includes('<form'); };
  function told(xhr, late) {
    const named = xhr.getResponseHeader('HX-Trigger') || '';
    const items = named.startsWith('{') ? [].concat(JSON.parse(named).toast || []) : [];
    // The time to take back has begun when the answer was made.
    items.forEach(function (item) { if (item.stay && (item.stay -= late) < 1000) delete item.undo; });
    return items;
  }

  // -- the thin bar, after 150 ms
  let running = 0;
  let later;
  function count(step) {
    running = Math.max(0, running + step);
    clearTimeout(later);
    if (!running) loading.hidden = true;
    else if (loading.hidden) later = setTimeout(function () { loading.hidden = false; }, 150);
  }

  // -- a button at work: aria-disabled rather than disabled, which would take the focus away
  const BUSY = 'is-busy';
  const busy = function (button, on) {
    if (!button) return;
    button.classList.toggle(BUSY, on);
    if (on) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
  };
  const pressed = function (detail) {
    const by = detail.requestConfig.triggeringEvent;
    const elt = detail.elt;
    if (elt.matches('a, button')) return elt;
    return detail.requestConfig.verb !== 'get' && ((by && by.submitter) || elt.querySelector('button[type="submit"]'));
  };

  // -- a request, until its answer, or the page that it leads on to, is there
  let ledOn = false;
  document.addEventListener('htmx:beforeSend', function (event) {
    const detail = event.detail;
    const xhr = detail.xhr;
    const begun = performance.now();
    let gone = false;
    if (event.target.closest('[data-live]')) return;
    const button = pressed(detail);
    count(1);
    busy(button, true);
    xhr.addEventListener('readystatechange', function () {
      if (xhr.readyState < 4) return;
      gone = !detail.elt.isConnected;
      ledOn = xhr.getResponseHeader('HX-Redirect') && xhr.status < 400;
      if (ledOn) return;
      count(-1);
      busy(button, false);
    });
    xhr.addEventListener('load', function () {
      const items = told(xhr, performance.now() - begun);
      items.forEach(toast);
      if (xhr.status < 400 || items.length || xhr.getResponseHeader('HX-Redirect')) return;
      if (gone || !formCameBack(xhr)) toast({ text: words(WORDS[xhr.status] || 'failed'), kind: 'error' });
    });
    ['error', 'timeout'].forEach(function (name) {
      xhr.addEventListener(name, function () { toast({ text: words('offline'), kind: 'error' }); });
    });
  });
  document.addEventListener('click', function (event) {
    const target = event.target instanceof Element ? event.target : null;
    if (target && target.closest('[aria-disabled="true"]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    const link = target && target.closest('a[hx-get]');
    if (link && (event.ctrlKey || event.metaKey || event.shiftKey)) event.stopImmediatePropagation();
  }, true);
  document.addEventListener('submit', function (event) {
    const form = event.target;
    if (form.hasAttribute('hx-post') || (event.submitter && event.submitter.hasAttribute('hx-post'))) return;
    if (form.method !== 'post') return;
    if (form.dataset.sent) return event.preventDefault();
    if (form.id !== 'act') form.dataset.sent = '1';
    busy(event.submitter, true);
  });
  // Back on this page, or never away from it. Where something went through, a page that is shown as it was is not true.
  function free(event) {
    if (event.persisted && ledOn) return location.reload();
    count(-running);
    document.querySelectorAll('.' + BUSY).forEach(function (button) { busy(button, false); });
    document.querySelectorAll('form[data-sent]').forEach(function (form) { delete form.dataset.sent; });
  }
  ['pageshow', 'hashchange'].forEach(function (name) { window.addEventListener(name, free); });
  if (window.navigation) navigation.addEventListener('navigateerror', free);

  // -- who acted in a region that was swapped stays in it, or beside it when it is gone
  let left = null;
  document.addEventListener('htmx:beforeSwap', function (event) {
    const target = event.detail.target;
    left = target.contains(document.activeElement) && !target.contains(document.querySelector('main')) ? { id: target.id, next: target.nextElementSibling } : null;
  });
  document.addEventListener('htmx:afterRequest', function () {
    if (!left || document.activeElement !== document.body) return;
    const region = left.id && document.getElementById(left.id);
    const place = region ? region.querySelector('button, a[href], input:not([type="hidden"]), summary') : left.next && left.next.matches('[tabindex]') && left.next;
    (place || document.getElementById('main')).focus({ preventScroll: true });
    left = null;
  });

  // -- the token travels as a header too
  document.addEventListener('htmx:configRequest', function (event) {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token && event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = token.content;
  });

  // -- 422 (and 409 or 429 with a form): the same form comes back and takes the place of the one that was sent, with the pictures still chosen
  let chosen = null;
  document.addEventListener('htmx:beforeSwap', function (event) {
    const detail = event.detail;
    if (!formCameBack(detail.xhr)) return;
    const form = detail.requestConfig.elt.closest('form') || detail.requestConfig.elt.form;
    if (!form || form.id === 'act' || detail.xhr.getResponseHeader('HX-Retarget')) return;
    detail.shouldSwap = true;
    detail.target = form;
    detail.swapOverride = 'outerHTML';
    chosen = Array.from(form.querySelectorAll('input[type="file"]'), function (input) {
      return { name: input.name, files: input.files };
    }).filter(function (each) { return each.files.length; });
  });
  document.addEventListener('htmx:load', function (event) {
    const form = event.detail.elt;
    if (!form.matches || !form.matches('form')) return;
    (chosen || []).forEach(function (each) {
      const input = form.querySelector('input[type="file"][name="' + each.name + '"]');
      if (!input) return;
      input.files = each.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    chosen = null;
    const wrong = form.querySelector('[aria-invalid="true"]');
    if (wrong && !writing(form)) wrong.focus();
  });
})();
