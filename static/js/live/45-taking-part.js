// Polls and questions: what comes for everybody gets what is the reader's own (their vote, their question), keeps the
// keyboard where it was, and questions stand in their order.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  if (!live) return;
  const list = function () { return document.getElementById('live-questions-list'); };

  // The element that is there takes on what the new one is, and stays itself: the answer to one's own vote may still be
  // on its way to it. Returns the one that is on the page.
  function put(element, into) {
    const old = document.getElementById(element.id);
    if (!old) {
      into.append(element);
      htmx.process(element);
      return element;
    }
    const held = old.contains(document.activeElement) ? document.activeElement.id : '';
    old.getAttributeNames().forEach(function (name) { if (!element.hasAttribute(name)) old.removeAttribute(name); });
    element.getAttributeNames().forEach(function (name) { old.setAttribute(name, element.getAttribute(name)); });
    old.replaceChildren.apply(old, Array.from(element.childNodes));
    htmx.process(old);
    const again = held && (document.getElementById(held) || old);
    if (again) again.focus({ preventScroll: true });
    return old;
  }

  // -- the poll: one's own vote stands, so there is nothing more to press
  function chosen(poll, option) {
    poll.dataset.mine = option;
    poll.querySelectorAll('[data-option]').forEach(function (row) {
      const mine = row.dataset.option === option;
      row.classList.toggle('is-mine', mine);
      row.querySelector('.vote-mine').hidden = !mine;
      const button = row.querySelector('button');
      if (!button) return;
      const text = document.createElement('span');
      text.className = 'vote-text';
      text.textContent = button.textContent;
      button.replaceWith(text);
    });
  }
  function poll(element) {
    const old = document.getElementById('live-poll');
    if (!old) return;
    const same = old.dataset.poll === element.dataset.poll;
    if (same && old.dataset.mine) chosen(element, old.dataset.mine);
    const fold = same && old.querySelector('details');
    if (fold) element.querySelector('details').open = fold.open;
    put(element);
  }

  // On a phone whoever has voted has the room for comments.
  const voted = document.querySelector('#live-poll[data-mine] details');
  if (voted && window.matchMedia('(max-width: 899px)').matches) voted.open = false;

  // -- questions
  const supported = function () { return new Set((list().dataset.mine || '').split(' ').filter(Boolean)); };
  function own(row) {
    row.classList.toggle('is-own', live.mine(row));
    const button = row.querySelector('.question-votes button');
    if (!button || !supported().has(row.id.slice(3))) return;
    button.classList.add('is-on');
    button.setAttribute('aria-pressed', 'true');
    button.value = '0';
  }
  function remember(row) {
    const button = row.querySelector('.question-votes button');
    const all = supported();
    if (!button) return;
    if (button.getAttribute('aria-pressed') === 'true') all.add(row.id.slice(3));
    else all.delete(row.id.slice(3));
    list().dataset.mine = Array.from(all).join(' ');
  }

  const isAhead = function (row, other) {
    const answered = function (each) { return each.classList.contains('is-answered') ? 1 : 0; };
    return (answered(row) - answered(other) || Number(other.dataset.votes) - Number(row.dataset.votes)
      || Number(row.id.slice(3)) - Number(other.id.slice(3))) < 0;
  };
  // Nothing moves under a finger or away from the keyboard.
  function sort(row) {
    if (list().matches(':hover') || list().contains(document.activeElement)) return;
    const next = Array.from(list().children).find(function (each) {
      return each !== row && (each.matches('.pager') || (each.matches('.question') && isAhead(row, each)));
    });
    if (next) next.before(row);
    else list().append(row);
  }
  function question(element) {
    if (!list()) return;
    if (element.hidden) {
      const old = document.getElementById(element.id);
      if (old) old.remove();
      return;
    }
    own(element);
    sort(put(element, list()));
  }

  document.addEventListener('wire:row', function (event) {
    const element = event.detail.element;
    const show = element.id === 'live-poll' ? poll : /^lq-\d+$/.test(element.id) ? question : null;
    if (!show) return;
    event.preventDefault();
    show(element);
  });
  // One's own answer: the mark that came with it is kept for what comes next.
  document.addEventListener('htmx:load', function (event) {
    const row = event.detail.elt;
    if (row.id === 'live-poll' && document.activeElement === document.body) row.focus({ preventScroll: true });
    if (!row.matches || !row.matches('.question') || !list() || !row.isConnected) return;
    remember(row);
    own(row);
  });
  document.querySelectorAll('#live-questions-list > .question').forEach(own);
})();
