// An @ in a composer opens a list of members to choose from: arrows, Enter, Tab, Esc, or a tap.
(function () {
  'use strict';
  const WORD = /(?:^|[^A-Za-z0-9_.@/-])[@＠]([A-Za-z0-9_\-\u3005\u3400-\u4dbf\u4e00-\u9fff]{0,30})$/;
  let box = null; // { area, list, start, at }
  let timer = 0;
  let asked = 0;

  const options = function () { return box ? Array.from(box.list.children) : []; };

  function close() {
    clearTimeout(timer);
    asked += 1;
    if (!box) return;
    ['role', 'aria-expanded', 'aria-controls', 'aria-activedescendant', 'aria-autocomplete', 'aria-haspopup'].forEach(function (name) { box.area.removeAttribute(name); });
    box.list.remove();
    box = null;
  }

  function mark(place) {
    const all = options();
    box.at = (place + all.length) % all.length;
    all.forEach(function (option, index) { option.setAttribute('aria-selected', index === box.at ? 'true' : 'false'); });
    box.area.setAttribute('aria-activedescendant', all[box.at].id);
    all[box.at].scrollIntoView({ block: 'nearest' });
  }

  function open(area, html, start) {
    const list = box && box.area === area ? box.list : document.createElement('ul');
    list.className = 'mention-list';
    list.id = area.id + '-mentions';
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', area.dataset.mentionsLabel);
    list.innerHTML = html;
    if (!list.children.length) return close();
    if (!list.isConnected) area.form.append(list);
    box = { area: area, list: list, start: start, at: 0 };
    const form = area.form.getBoundingClientRect();
    const place = area.getBoundingClientRect();
    const above = place.bottom + 330 > window.innerHeight && place.top > 200;
    list.style.setProperty(above ? 'bottom' : 'top', (above ? form.bottom - place.top + 4 : place.bottom - form.top + 4) + 'px');
    list.style.removeProperty(above ? 'top' : 'bottom');
    area.setAttribute('role', 'combobox');
    area.setAttribute('aria-autocomplete', 'list');
    area.setAttribute('aria-haspopup', 'listbox');
    area.setAttribute('aria-expanded', 'true');
    area.setAttribute('aria-controls', list.id);
    mark(0);
  }

  function choose(option) {
    const area = box.area;
    const name = '@' + option.dataset.name + ' ';
    area.focus();
    area.setRangeText(name, box.start, area.selectionStart, 'end');
    close();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function look(area) {
    const end = area.selectionStart;
    const found = area.selectionEnd === end && WORD.exec(area.value.slice(Math.max(0, end - 40), end));
    if (!found || !found[1]) return close();
    const start = end - found[1].length - 1;
    clearTimeout(timer);
    const mine = asked += 1;
    timer = setTimeout(function () {
      const url = area.dataset.mentions + '?q=' + encodeURIComponent(found[1]);
      fetch(url, { headers: { 'HX-Request': 'true' }, credentials: 'same-origin' }).then(function (answer) {
        return answer.ok ? answer.text() : '';
      }).then(function (html) {
        if (mine === asked && document.activeElement === area) open(area, html, start);
      }).catch(function () { /* without the list, a name is typed */ });
    }, 120);
  }

  // While an input method composes, its own list is open: ours waits for what comes of it.
  document.addEventListener('input', function (event) {
    if (event.target.matches('[data-mentions]') && !event.isComposing) look(event.target);
  });
  document.addEventListener('compositionend', function (event) {
    if (event.target.matches('[data-mentions]')) look(event.target);
  });
  document.addEventListener('keydown', function (event) {
    if (!box || event.target !== box.area || event.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') mark(box.at + (event.key === 'ArrowDown' ? 1 : -1));
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey && !event.metaKey && !event.shiftKey) choose(options()[box.at]);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener('pointerdown', function (event) {
    const option = box && event.target.closest && event.target.closest('.mention-option');
    if (option && box.list.contains(option)) event.preventDefault(); // the text keeps the focus, and the phone its keyboard
    else if (box && event.target !== box.area && !(event.target.closest && event.target.closest('.mention-list'))) close();
  });
  document.addEventListener('click', function (event) {
    const option = box && event.target.closest && event.target.closest('.mention-option');
    if (option && box.list.contains(option)) choose(option);
  });
  document.addEventListener('focusout', function (event) { if (box && event.target === box.area) setTimeout(function () { if (box && document.activeElement !== box.area) close(); }, 150); });
})();
