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
  window.quanzi = { toast: toast, words: words, calm: calm };
  toasts.querySelectorAll('.toast').forEach(letGo);

  // What an answer says is read from the answer: the row whose button asked may have left the page by then, when the
  // live page was faster, and nothing rises from there.
  const formCameBack = function (xhr) { return [409, 422, 429].includes(xhr.status) && xhr.responseText.includes('<form'); };
  function told(xhr) {
    const named = xhr.getResponseHeader('HX-Trigger') || '';
    return named.startsWith('{') ? [].concat(JSON.parse(named).toast || []) : [];
  }
  document.addEventListener('htmx:beforeSend', function (event) {
    const xhr = event.detail.xhr;
    const isLive = event.target.closest('[data-live]');
    xhr.addEventListener('load', function () {
      const items = told(xhr);
      items.forEach(toast);
      if (xhr.status < 400 || items.length || isLive || formCameBack(xhr) || xhr.getResponseHeader('HX-Redirect')) return;
      toast({ text: words(WORDS[xhr.status] || 'failed'), kind: 'error' });
    });
    ['error', 'timeout'].forEach(function (name) {
      xhr.addEventListener(name, function () { if (!isLive) toast({ text: words('offline'), kind: 'error' }); });
    });
  });

  // -- the thin bar, after 150 ms
  let running = 0;
  let later;
  const quiet = function (event) { return event.target.closest('[data-live]'); };
  function count(step) {
    running = Math.max(0, running + step);
    clearTimeout(later);
    if (!running) loading.hidden = true;
    else if (loading.hidden) later = setTimeout(function () { loading.hidden = false; }, 150);
  }
  document.addEventListener('htmx:beforeSend', function (event) { if (!quiet(event)) count(1); });
  document.addEventListener('htmx:afterRequest', function (event) { if (!quiet(event)) count(-1); });

  // -- a button at work: aria-disabled rather than disabled, which would take the focus away
  const BUSY = 'is-busy';
  const busy = function (button, on) {
    if (!button) return;
    button.classList.toggle(BUSY, on);
    if (on) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
  };
  const pressed = function (event) {
    const by = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    const elt = event.detail.elt;
    return (by && by.submitter) || (elt.matches('button') ? elt : elt.querySelector('button[type="submit"]'));
  };
  document.addEventListener('htmx:beforeSend', function (event) {
    if (event.detail.requestConfig.verb !== 'get') busy(pressed(event), true);
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    if (event.detail.requestConfig && event.detail.requestConfig.verb !== 'get') busy(pressed(event), false);
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
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('.' + BUSY).forEach(function (button) { busy(button, false); });
    document.querySelectorAll('form[data-sent]').forEach(function (form) { delete form.dataset.sent; });
  });

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
    if (wrong) wrong.focus();
  });
})();
