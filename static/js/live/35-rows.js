// Rows of the list: the keyboard walks them (one stands in the tab order), a tap opens what can be done with one, and a
// screen reader is told of new ones now and then, not of each.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  const list = live && live.list;
  if (!list) return;
  const TELL_MS = 3000;
  const MOST_SAID = 3;
  const dialog = document.getElementById('row-menu');
  const items = document.getElementById('row-menu-items');
  const tools = document.getElementById('list-tools');
  const said = document.getElementById('list-said');
  let current = null;
  let opener = null;
  let unsaid = [];
  let telling = 0;

  // -- one row in the tab order: where one was, or the last
  function reach(row, index) {
    row.tabIndex = index;
    const time = row.querySelector('.bullet-time');
    if (time) time.tabIndex = index;
  }
  function stand(row) {
    if (current && current !== row) reach(current, -1);
    current = row;
    if (row) reach(row, 0);
  }
  function last() {
    const rows = list.rows();
    return rows[rows.length - 1] || null;
  }
  function renew() {
    if (current && current.isConnected && current.contains(document.activeElement)) return;
    stand(last());
  }
  list.box.addEventListener('focusin', function (event) {
    const row = event.target.closest('.bullet');
    if (row) stand(row);
    else renew();
  });

  list.box.addEventListener('keydown', function (event) {
    const row = event.target.closest('.bullet');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === list.box && (event.key === 'ArrowUp' || event.key === 'Enter')) {
      event.preventDefault();
      if (last()) last().focus();
      return;
    }
    if (!row || event.target !== row) return;
    const next = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[event.key];
    if (next && next.matches('.bullet')) {
      stand(next);
      next.focus();
    } else if (event.key === 'Enter' || event.key === ' ') open(row);
    else if (!['ArrowUp', 'ArrowDown'].includes(event.key)) return;
    event.preventDefault();
  });

  // -- what can be done with a row: fetched when it is asked for, into one dialog for all of them
  function open(row) {
    if (!dialog || !items || !row.id.startsWith('lc-')) return;
    opener = row;
    const copy = row.querySelector('.bullet-body').cloneNode(true);
    const name = row.querySelector('b');
    document.getElementById('row-menu-said').replaceChildren(name ? name.textContent + ': ' : '', copy);
    items.replaceChildren();
    items.setAttribute('aria-busy', 'true');
    dialog.showModal();
    fetch(location.pathname.replace(/\/$/, '') + '/comments/' + row.id.slice(3) + '/menu', { headers: { 'HX-Request': 'true' } }).then(function (answer) {
      if (!answer.ok) throw answer.status;
      return answer.text();
    }).then(function (html) {
      if (opener !== row) return;
      items.innerHTML = html;
      htmx.process(items);
      const first = items.querySelector('a, button');
      if (first) first.focus();
    }).catch(function (status) {
      items.textContent = status === 404 ? quanzi.words('gone') : items.dataset.failed;
    }).then(function () { items.removeAttribute('aria-busy'); });
  }
  list.box.addEventListener('click', function (event) {
    const row = event.target.closest('.bullet');
    if (!row || event.target.closest('a, button') || String(window.getSelection())) return;
    open(row);
  });
  if (dialog) {
    dialog.addEventListener('close', function () {
      const row = opener;
      opener = null;
      items.replaceChildren();
      if (row && row.isConnected) {
        stand(row);
        row.focus({ preventScroll: true });
      } else list.box.focus({ preventScroll: true });
    });
    dialog.addEventListener('htmx:afterRequest', function (event) { if (event.detail.successful) dialog.close(); });
  }

  // -- told to those who do not see
  function tell() {
    telling = 0;
    const all = unsaid;
    unsaid = [];
    if (!all.length || list.isHeld()) return;
    const words = all.slice(-MOST_SAID).map(function (row) { return row.querySelector('b').textContent + ': ' + live.said(row); });
    if (all.length > MOST_SAID) words.unshift(tools.dataset.saidMore.replace('{n}', live.number.format(all.length - MOST_SAID)));
    said.textContent = words.join('\n');
  }
  list.told.addEventListener('came', function (event) {
    unsaid = unsaid.concat(event.detail.filter(function (row) { return !live.mine(row); })).slice(-MOST_SAID * 100);
    if (!telling) telling = setTimeout(tell, TELL_MS);
    renew();
  });
  list.box.tabIndex = 0;
  list.box.setAttribute('role', 'group');
  list.box.setAttribute('aria-labelledby', 'live-comments-title');
  list.box.setAttribute('aria-description', tools.dataset.rowHint);
  renew();
})();
