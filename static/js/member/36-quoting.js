// "Quote" puts what was said (or what of it is selected) into the composer that is on the page; elsewhere it is a link.
(function () {
  'use strict';
  const MOST = 500;

  // As text that is written again: spoilers stay spoilers, and what was quoted or folded there is left out.
  function words(node) {
    const copy = document.createElement('div');
    copy.append(node);
    copy.querySelectorAll('blockquote, details').forEach(function (each) { each.remove(); });
    copy.querySelectorAll('span.spoiler').forEach(function (each) { each.replaceWith('||' + each.textContent + '||'); });
    copy.querySelectorAll('br').forEach(function (each) { each.replaceWith('\n'); });
    copy.querySelectorAll('p, li, pre, h3, h4, h5, h6, tr').forEach(function (each) { each.append('\n'); });
    const text = copy.textContent.replace(/\n{3,}/g, '\n\n').trim();
    return text.length > MOST ? text.slice(0, MOST - 1).trimEnd() + '…' : text;
  }

  function said(source) {
    const prose = source.querySelector('.prose');
    const selection = window.getSelection();
    if (prose && selection && selection.rangeCount && !selection.isCollapsed) {
      const range = selection.getRangeAt(0);
      if (prose.contains(range.commonAncestorContainer)) return words(range.cloneContents());
    }
    return prose ? words(prose.cloneNode(true)) : '';
  }

  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('a[data-quote]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const source = document.getElementById(link.dataset.quoteFrom);
    const thread = link.dataset.quoteThread && document.querySelector('#answer-form-' + link.dataset.quoteThread);
    const form = thread || document.getElementById('answer-form');
    const area = form && form.querySelector('textarea');
    if (!source || !area) return;
    event.preventDefault();
    const text = said(source);
    const quote = text ? text.split('\n').map(function (line) { return ('> ' + line).trimEnd(); }).join('\n') + '\n\n' : '';
    const before = area.value.trim() ? area.value.trimEnd() + '\n\n' : '';
    area.value = before + quote + (link.dataset.quote ? '@' + link.dataset.quote + ' ' : '');
    const menu = link.closest('details.menu');
    if (menu) menu.open = false;
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    area.dispatchEvent(new Event('input', { bubbles: true }));
    area.scrollIntoView({ block: 'nearest' });
  });
})();
