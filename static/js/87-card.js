// A card about somebody beside their name: after a moment under the mouse or in focus, at once when their face is
// touched. The link stays what it is: a click, or a second touch, follows it.
(function () {
  'use strict';
  const WAIT = 350;
  const LINGER = 220;
  const KEPT = 60000;
  const MOST = 40;
  const EDGE = 8;
  const known = new Map();
  let card = null;
  let anchor = null;
  let timer = 0;
  let pointer = 'mouse';

  const linkOf = function (node) { return node && node.closest ? node.closest('[data-card]') : null; };
  const later = function (work, ms) {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  };

  function close() {
    clearTimeout(timer);
    if (card) card.remove();
    if (anchor) anchor.removeAttribute('aria-describedby');
    card = anchor = null;
  }

  function load(url) {
    const found = known.get(url);
    if (found && Date.now() - found.at < KEPT) return found.html;
    if (known.size >= MOST) known.clear();
    const html = fetch(url, { headers: { 'HX-Request': 'true' }, credentials: 'same-origin' }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    });
    html.catch(function () { known.delete(url); });
    known.set(url, { at: Date.now(), html: html });
    return html;
  }

  function place() {
    const at = anchor.getBoundingClientRect();
    const box = card.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(at.left, window.innerWidth - box.width - EDGE));
    const below = at.bottom + EDGE;
    const top = below + box.height > window.innerHeight - EDGE ? Math.max(EDGE, at.top - box.height - EDGE) : below;
    card.style.left = left + 'px';
    card.style.top = top + 'px';
  }

  function open(link, failed) {
    if (anchor === link && card) return;
    close();
    anchor = link;
    load(link.dataset.card).then(function (html) {
      if (anchor !== link || !link.isConnected) return;
      card = document.createElement('div');
      card.className = 'person-card';
      card.id = 'card';
      card.innerHTML = html;
      card.addEventListener('pointerenter', function () { clearTimeout(timer); });
      card.addEventListener('pointerleave', function (event) { if (event.pointerType === 'mouse') later(close, LINGER); });
      document.body.append(card);
      link.setAttribute('aria-describedby', 'card');
      place();
    }).catch(function () {
      if (anchor === link) anchor = null;
      if (failed) failed();
    });
  }

  document.addEventListener('pointerover', function (event) {
    const link = linkOf(event.target);
    if (event.pointerType !== 'mouse' || !link) return;
    if (link === anchor) clearTimeout(timer);
    else later(function () { open(link); }, WAIT);
  });
  document.addEventListener('pointerout', function (event) {
    const link = linkOf(event.target);
    if (event.pointerType !== 'mouse' || !link || link.contains(event.relatedTarget)) return;
    later(close, LINGER);
  });
  document.addEventListener('focusin', function (event) {
    const link = linkOf(event.target);
    if (link && link.matches(':focus-visible')) later(function () { open(link); }, WAIT);
    else if (!link && card && !card.contains(event.target)) close();
  });
  document.addEventListener('focusout', function (event) {
    if (linkOf(event.target) && !(card && card.contains(event.relatedTarget))) later(close, LINGER);
  });

  document.addEventListener('pointerdown', function (event) { pointer = event.pointerType; }, true);
  document.addEventListener('click', function (event) {
    const link = linkOf(event.target);
    if (card && !card.contains(event.target) && link !== anchor) close();
    if (!link || !link.matches('.face') || pointer === 'mouse' || link === anchor) return;
    event.preventDefault();
    open(link, function () { window.location.assign(link.href); });
  });
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape') close(); });
  window.addEventListener('scroll', function () { if (card) close(); }, { passive: true });
  document.addEventListener('htmx:afterSwap', function () { if (anchor && !anchor.isConnected) close(); });
})();
