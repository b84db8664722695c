// Writing while something runs: Enter sends and the cursor stays, the text goes only when it was taken, the place on the
// screen is remembered, and slow mode counts down on the button.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  if (!live) return;
  const NEAR = 20;
  const NOTE_MS = 6000;
  const name = 'draft:' + live.root.dataset.event + ':' + live.root.dataset.me;
  let free = 0;
  let noted = 0;
  let ticking = 0;

  const form = function () { return document.querySelector('form#live-composer'); };
  const field = function () { return form() && form().elements.body; };
  const button = function () { return form().querySelector('[type="submit"]'); };
  const length = function (text) { return Array.from(text).length; };

  function count() {
    const out = document.getElementById('bullet-left');
    if (!out) return;
    const left = Number(field().dataset.most) - length(field().value.trim());
    out.textContent = left <= NEAR ? out.dataset.words.replace('{n}', live.number.format(left)) : '';
    out.classList.toggle('is-near', left < 0);
  }

  function keep() {
    live.store.write(name, field().value || null);
    count();
  }

  // -- how long until the next one
  function wait(seconds) {
    free = Math.max(free, performance.now() + seconds * 1000);
    if (!ticking) ticking = setInterval(tick, 250);
    tick();
  }
  function tick() {
    if (!form()) return;
    const left = Math.ceil((free - performance.now()) / 1000);
    const send = button();
    send.classList.toggle('is-waiting', left > 0);
    if (left > 0) {
      send.dataset.left = live.number.format(left);
      send.setAttribute('aria-disabled', 'true');
      return;
    }
    clearInterval(ticking);
    ticking = 0;
    delete send.dataset.left;
    if (!send.classList.contains('is-busy')) send.removeAttribute('aria-disabled');
  }
  const pace = function () {
    const room = document.getElementById('live-room');
    return live.root.dataset.rank > 0 || !room ? 0 : Number(room.dataset.slow) || 0;
  };

  function note(words) {
    const out = document.getElementById('composer-note');
    if (!out) return;
    clearTimeout(noted);
    out.textContent = words;
    if (words) noted = setTimeout(function () { note(''); }, NOTE_MS);
  }

  // -- sending
  document.addEventListener('keydown', function (event) {
    if (event.target !== field() || event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!button().matches('[aria-disabled="true"]') && field().value.trim()) form().requestSubmit(button());
  });
  document.addEventListener('submit', function (event) {
    if (event.target !== form()) return;
    if (!field().value.trim() || free > performance.now()) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  // While the stream is open one's own comment comes over it, sooner than any answer: the answer may be empty.
  let open = false;
  document.addEventListener('wire:state', function (event) { open = event.detail === 'open'; });
  document.addEventListener('htmx:configRequest', function (event) {
    if (event.detail.elt === form() && open && live.list && !live.replaying) event.detail.headers.Prefer = 'return=minimal';
  });
  document.addEventListener('htmx:beforeRequest', function (event) {
    if (event.detail.elt !== form()) return;
    form().dataset.said = field().value;
    if (navigator.onLine !== false) return;
    event.preventDefault();
    quanzi.toast({ text: quanzi.words('offline'), kind: 'error' });
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    const sent = event.detail.elt;
    if (sent !== form() || !event.detail.successful) return;
    if (field().value === sent.dataset.said) field().value = '';
    const key = sent.elements.key;
    if (key) key.value = fresh();
    sent.querySelectorAll('[aria-invalid]').forEach(function (each) { each.removeAttribute('aria-invalid'); });
    sent.querySelectorAll('.field-error').forEach(function (each) { each.remove(); });
    keep();
    if (document.activeElement === document.body || sent.contains(document.activeElement)) field().focus({ preventScroll: true });
    if (pace()) wait(pace());
    if (event.detail.xhr.status === 204) live.list.comeBack();
  });
  function fresh() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) { return byte.toString(16).padStart(2, '0'); }).join('');
  }
  if (live.list) {
    live.list.told.addEventListener('mine', function (event) {
      const out = document.getElementById('composer-note');
      if (event.detail === false && out) note(out.dataset.full);
    });
  }

  // -- what is remembered
  document.addEventListener('input', function (event) { if (form() && event.target === field()) keep(); });
  document.addEventListener('change', function (event) {
    if (form() && event.target.form === form() && event.target.name === 'mode') live.store.write('mode', event.target.value);
  });
  function start(fromServer) {
    if (!form()) return;
    const mode = live.store.read('mode');
    const kept = live.store.read(name);
    if (!fromServer && mode && form().elements.mode) form().elements.mode.value = mode;
    if (!fromServer && !field().value && kept) field().value = kept;
    if (form().dataset.wait > 0) wait(Number(form().dataset.wait));
    count();
  }
  document.addEventListener('htmx:load', function (event) { if (event.detail.elt === form()) start(true); });
  start(false);
})();
