// Documents in a composer: a list with names and sizes; the input's own list is rewritten from it.
(function () {
  'use strict';
  const ENDINGS = /\.(pdf|docx|xlsx|pptx|odt|ods|odp|txt|md|csv)$/i;
  const picked = new WeakMap();
  const input = function (form) { return form.querySelector('input[data-files]'); };
  const size = function (bytes) {
    const mega = bytes >= 1048576;
    const value = mega ? bytes / 1048576 : Math.ceil(bytes / 1024);
    return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: mega ? 1 : 0 }).format(value) + (mega ? ' MB' : ' kB');
  };

  function line(form, file, place) {
    const box = input(form);
    const item = document.createElement('li');
    const name = document.createElement('span');
    const bytes = document.createElement('small');
    const remove = document.createElement('button');
    name.textContent = file.name;
    bytes.textContent = size(file.size);
    remove.type = 'button';
    remove.setAttribute('aria-label', box.dataset.wordRemove.replace('{name}', file.name));
    const cross = box.closest('.pick').querySelector('.icon').cloneNode(true);
    const use = cross.querySelector('use');
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, '#x'));
    remove.append(cross);
    remove.addEventListener('click', function () {
      const files = picked.get(form).slice();
      files.splice(place, 1);
      show(form, files);
      (form.querySelectorAll('[data-picked-files] button')[Math.min(place, files.length - 1)] || box).focus();
    });
    item.append(name, bytes, remove);
    return item;
  }

  function show(form, files) {
    const list = form.querySelector('[data-picked-files]');
    const transfer = new DataTransfer();
    files.forEach(function (file) { transfer.items.add(file); });
    input(form).files = transfer.files;
    picked.set(form, files);
    list.replaceChildren.apply(list, files.map(function (file, place) { return line(form, file, place); }));
    list.hidden = !files.length;
  }

  function add(form, files) {
    const box = input(form);
    const all = (picked.get(form) || []).slice();
    const complain = function (words, file) { quanzi.toast({ text: words.replace('{name}', file ? file.name : ''), kind: 'error' }); };
    Array.from(files).forEach(function (file) {
      if (!ENDINGS.test(file.name)) return complain(box.dataset.wordKind, file);
      if (file.size > Number(box.dataset.mostBytes)) return complain(box.dataset.wordBig, file);
      if (!all.some(function (other) { return other.name === file.name && other.size === file.size && other.lastModified === file.lastModified; })) all.push(file);
    });
    if (all.length > Number(box.dataset.most)) complain(box.dataset.wordMany);
    show(form, all.slice(0, Number(box.dataset.most)));
  }

  document.addEventListener('change', function (event) {
    if (event.target.matches('input[data-files]')) add(event.target.form, event.target.files);
  });
  const documentsIn = function (transfer) {
    return Array.from((transfer && transfer.files) || []).filter(function (file) { return !file.type.startsWith('image/') && !/\.hei[cf]$/i.test(file.name); });
  };
  // A document dropped beside a list of pictures would otherwise be opened in place of the page.
  document.addEventListener('drop', function (event) {
    const form = event.target.closest && event.target.closest('[data-composer]');
    const files = form && input(form) ? documentsIn(event.dataTransfer) : [];
    if (!files.length) return;
    event.preventDefault();
    add(form, files);
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    const form = event.detail.elt;
    if (form.matches('[data-composer]') && event.detail.successful && input(form)) show(form, []);
  });
})();
