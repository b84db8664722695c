// Menus, dialogs, the picture gallery and the keyboard.
(function () {
  'use strict';
  const shortcuts = document.getElementById('shortcuts');
  const gallery = document.getElementById('gallery');
  const STORE = 'shortcuts-off';

  // -- menus: <details class="menu">
  const open = function () { return Array.from(document.querySelectorAll('details.menu[open]')); };
  const items = function (menu) { return Array.from(menu.querySelectorAll('.menu-items a, .menu-items button, .menu-items summary')).filter(function (each) { return each.offsetParent; }); };
  function close(menu, focus) {
    menu.open = false;
    if (focus) menu.querySelector('summary').focus();
  }
  document.addEventListener('toggle', function (event) {
    const menu = event.target;
    if (!menu.matches || !menu.matches('details.menu') || !menu.open) return;
    open().forEach(function (other) { if (other !== menu && !other.contains(menu)) close(other); });
    menu.classList.remove('opens-up', 'opens-right');
    const box = menu.querySelector('.menu-items').getBoundingClientRect();
    const floor = window.innerWidth < 900 ? 64 : 0;
    if (box.bottom > window.innerHeight - floor && box.height < menu.getBoundingClientRect().top) menu.classList.add('opens-up');
    if (box.left < 4) menu.classList.add('opens-right');
    menu.querySelectorAll('[data-close]').forEach(function (button) { button.hidden = false; });
  }, true);
  document.addEventListener('click', function (event) {
    const target = event.target;
    open().forEach(function (menu) { if (!menu.contains(target)) close(menu); });
    const closer = target.closest && target.closest('[data-close]');
    if (closer) close(closer.closest('details'), true);
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    open().forEach(function (each) { if (each.contains(event.detail.elt)) close(each, each.contains(document.activeElement)); });
  });
  document.addEventListener('keydown', function (event) {
    const menu = event.target.closest && event.target.closest('details.menu[open]');
    if (event.key === 'Escape' && open().length) {
      const last = open().pop();
      close(last, last.contains(document.activeElement));
    } else if (menu && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const all = items(menu);
      const at = all.indexOf(document.activeElement);
      event.preventDefault();
      const next = all[(at + (event.key === 'ArrowDown' ? 1 : at < 0 ? 0 : -1) + all.length) % all.length];
      if (next) next.focus();
    }
  });

  // -- dialogs
  document.addEventListener('click', function (event) {
    const target = event.target;
    if (target.matches && (target.matches('dialog') || target.closest('.dialog-close, .gallery-close'))) target.closest('dialog').close();
  });

  // Enter that ends a composition sends nothing; Safari ends one before its keydown: code 229 tells.
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229) && event.target.matches('input')) event.preventDefault();
  });

  // -- single keys, which can be turned off
  const enabled = function () { try { return !localStorage.getItem(STORE); } catch (_) { return true; } };
  const toggle = document.getElementById('shortcuts-on');
  if (toggle) {
    toggle.checked = enabled();
    toggle.addEventListener('change', function () {
      try {
        if (toggle.checked) localStorage.removeItem(STORE);
        else localStorage.setItem(STORE, '1');
      } catch (_) { /* no store */ }
    });
  }
  function step(way) {
    const rows = Array.from(document.querySelectorAll('[data-row]'));
    if (!rows.length) return;
    const at = rows.findIndex(function (row) { return row.contains(document.activeElement); });
    const row = rows[Math.max(0, Math.min(rows.length - 1, at + way))];
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }
  const visible = function (selector) { return Array.from(document.querySelectorAll(selector)).find(function (each) { return each.offsetParent; }); };
  const KEYS = {
    '?': function () { if (shortcuts) shortcuts.showModal(); },
    '/': function () {
      const field = visible('[data-search]');
      if (field) field.focus();
    },
    n: function () {
      const field = visible('[data-write]');
      if (field) field.focus();
    },
    j: function () { step(1); },
    k: function () { step(-1); },
  };
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key === '?') return;
    if (event.target.closest && event.target.closest('input, textarea, select, [contenteditable], dialog[open]')) return;
    if (!KEYS[event.key] || !enabled()) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  // -- gallery
  if (!gallery) return;
  const track = gallery.querySelector('.gallery-track');
  const count = gallery.querySelector('.gallery-count');
  const place = function () { return Math.round(track.scrollLeft / track.clientWidth) || 0; };
  // A slide shows the small picture at once and the large one when it and its neighbours are near.
  function sharpen() {
    const at = place();
    count.textContent = (at + 1) + ' / ' + track.children.length;
    Array.from(track.children).slice(Math.max(0, at - 1), at + 2).forEach(function (slide) {
      const image = slide.firstElementChild;
      const large = image.dataset.large;
      if (!large) return;
      delete image.dataset.large;
      const loader = new Image();
      loader.src = large;
      loader.decode().then(function () { image.src = large; }).catch(function () { image.src = large; });
    });
  }
  const move = function (way) {
    const slide = track.children[place() + way];
    if (slide) slide.scrollIntoView({ inline: 'start', block: 'nearest', behavior: 'smooth' });
  };
  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('[data-gallery] a');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const links = Array.from(link.closest('[data-gallery]').querySelectorAll('a'));
    track.replaceChildren.apply(track, links.map(function (each) {
      const slide = document.createElement('div');
      const image = document.createElement('img');
      const small = each.querySelector('img');
      image.src = small.currentSrc || small.src;
      image.dataset.large = each.href;
      image.alt = small.alt;
      slide.append(image);
      return slide;
    }));
    gallery.showModal();
    track.scrollLeft = links.indexOf(link) * track.clientWidth;
    gallery.querySelectorAll('.gallery-prev, .gallery-next').forEach(function (button) { button.hidden = links.length < 2; });
    sharpen();
    track.focus();
    gallery.addEventListener('close', function () {
      track.replaceChildren();
      link.focus();
    }, { once: true });
  });
  track.addEventListener('scroll', sharpen, { passive: true });
  gallery.querySelector('.gallery-prev').addEventListener('click', function () { move(-1); });
  gallery.querySelector('.gallery-next').addEventListener('click', function () { move(1); });
  gallery.addEventListener('keydown', function (event) {
    if (event.key === 'ArrowRight') move(1);
    else if (event.key === 'ArrowLeft') move(-1);
    else return;
    event.preventDefault();
  });
})();
