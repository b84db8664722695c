// Writing: grows with the text, counts near the limit, Ctrl+Enter sends, pictures by choosing, dropping, pasting.
(function () {
  'use strict';
  const grows = window.CSS && CSS.supports('field-sizing', 'content');
  const NEAR = 200;

  // Characters that still fit. Where the limit counts bytes, a Chinese one takes three of them.
  function room(area) {
    const length = area.value.length;
    const most = Number(area.dataset.count);
    if (!('countBytes' in area.dataset) || length < most / 4) return most - length;
    const bytes = new TextEncoder().encode(area.value).length;
    return Math.floor((most - bytes) * length / bytes);
  }

  function measure(area) {
    if (!grows) {
      area.style.height = 'auto';
      area.style.height = area.scrollHeight + 'px';
    }
    const form = area.form;
    const out = form && form.querySelector('[data-left]');
    if (!out || !area.dataset.count) return;
    const left = room(area);
    const near = left <= NEAR;
    out.textContent = near ? (area.dataset.countWord || '{n}').replace('{n}', left) : '';
    out.classList.toggle('is-near', left <= 0);
  }

  document.addEventListener('input', function (event) {
    if (event.target.matches('textarea')) measure(event.target);
  });

  // Safari ends a composition before its keydown: code 229 tells.
  const composing = function (event) { return event.isComposing || event.keyCode === 229; };
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || !event.target.form) return;
    if (composing(event)) return;
    if ((event.ctrlKey || event.metaKey) && event.target.matches('textarea, [data-draft]')) {
      event.preventDefault();
      const send = event.target.form.querySelector('.primary[type="submit"]');
      if (!event.repeat && !(send && send.matches('[aria-disabled="true"]'))) event.target.form.requestSubmit(send);
    }
  });

  // -- pictures: the list lives here, the input's own list is rewritten from it
  const picked = new WeakMap();
  const says = new Map();
  const input = function (form) { return form.querySelector('input[type="file"][data-max]'); };
  const same = function (file) { return [file.name, file.size, file.lastModified].join(); };

  function draw(canvas, file) {
    if (!window.createImageBitmap) return;
    createImageBitmap(file, { resizeWidth: 168, resizeQuality: 'medium' }).then(function (image) {
      const side = Math.min(image.width, image.height);
      canvas.width = canvas.height = 168;
      canvas.getContext('2d').drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, 168, 168);
      image.close();
    }).catch(function () { canvas.remove(); });
  }

  function tile(form, file, place) {
    const box = input(form);
    const item = document.createElement('li');
    const name = document.createElement('span');
    const words = document.createElement('input');
    name.textContent = file.name;
    words.className = 'input';
    words.name = 'alt';
    words.maxLength = box.dataset.altMax;
    words.autocomplete = 'off';
    words.placeholder = words.ariaLabel = box.dataset.wordAlt.replace('{name}', file.name);
    words.value = says.get(same(file)) || '';
    words.addEventListener('input', function () { says.set(same(file), words.value); });
    item.append(name, document.createElement('canvas'), words);
    const remove = document.createElement('button');
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
      (form.querySelectorAll('[data-picked] button')[Math.min(place, files.length - 1)] || box).focus();
    });
    item.append(remove);
    draw(item.querySelector('canvas'), file);
    return item;
  }

  function show(form, files) {
    const list = form.querySelector('[data-picked]');
    const transfer = new DataTransfer();
    files.forEach(function (file) { transfer.items.add(file); });
    input(form).files = transfer.files;
    picked.set(form, files);
    list.replaceChildren.apply(list, files.map(function (file, place) { return tile(form, file, place); }));
    list.hidden = list.nextElementSibling.hidden = !files.length;
  }

  function add(form, files) {
    const box = input(form);
    const tooBig = Number(box.dataset.maxBytes) || Infinity;
    const all = (picked.get(form) || []).slice();
    Array.from(files).forEach(function (file) {
      if (file.size > tooBig) return quanzi.toast({ text: box.dataset.wordBig.replace('{name}', file.name), kind: 'error' });
      if (!all.some(function (other) { return same(other) === same(file); })) all.push(file);
    });
    if (all.length > Number(box.dataset.max)) quanzi.toast({ text: box.dataset.wordMany, kind: 'error' });
    show(form, all.slice(0, Number(box.dataset.max)));
  }

  const composerOf = function (event) {
    const form = event.target.closest && event.target.closest('[data-composer]');
    return form && input(form) ? form : null;
  };
  const imagesIn = function (transfer) {
    return Array.from((transfer && transfer.files) || []).filter(function (file) { return file.type.startsWith('image/') || /\.hei[cf]$/i.test(file.name); });
  };

  document.addEventListener('change', function (event) {
    if (event.target.matches('input[type="file"][data-max]')) add(event.target.form, event.target.files);
  });
  document.addEventListener('paste', function (event) {
    const form = composerOf(event);
    const files = form ? imagesIn(event.clipboardData) : [];
    if (!files.length) return;
    event.preventDefault();
    add(form, files);
  });
  document.addEventListener('dragover', function (event) {
    const form = composerOf(event);
    if (!form || !Array.from(event.dataTransfer.types).includes('Files')) return;
    event.preventDefault();
    form.classList.add('is-over', 'is-open');
  });
  ['dragleave', 'drop'].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      const form = composerOf(event);
      if (!form) return;
      if (kind === 'drop' || !form.contains(event.relatedTarget)) form.classList.remove('is-over');
      const files = kind === 'drop' ? imagesIn(event.dataTransfer) : [];
      if (files.length) {
        event.preventDefault();
        add(form, files);
      }
    });
  });

  // -- sending
  document.addEventListener('htmx:xhr:progress', function (event) {
    const bar = event.target.querySelector && event.target.querySelector('.upload');
    if (!bar || !event.detail.lengthComputable || event.detail.total < 200000) return;
    bar.hidden = false;
    bar.value = Math.round(event.detail.loaded / event.detail.total * 100);
  });

  function freshKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, '0'); }).join('');
  }

  document.addEventListener('htmx:afterRequest', function (event) {
    const form = event.detail.elt;
    if (!form.matches('[data-composer]')) return;
    const bar = form.querySelector('.upload');
    bar.hidden = true;
    bar.value = 0;
    if (!event.detail.successful) return;
    const here = form.matches('.is-post') && form.getBoundingClientRect().bottom > 0;
    emptied(form);
    if (form.matches('.answer > form') && !(quanzi.typed || []).length) return close(form);
    if (here) form.scrollIntoView({ block: 'nearest' }); // it was taller: what was written is above
  });

  // A box that was opened for one answer closes without it, too: what was typed stays a draft of this device, and the
  // keyboard is back at what opened the box.
  const openers = new WeakMap();
  document.addEventListener('htmx:afterSwap', function (event) {
    const box = event.detail.target; // the outbox names none
    if (box && box.matches('.answer')) openers.set(box, event.detail.requestConfig.elt.id);
  });
  function leave(event) {
    const form = event.target.closest && event.target.closest('.answer > [data-composer]:not(.htmx-request)');
    if (!form) return;
    event.preventDefault();
    const opener = document.getElementById(openers.get(form.parentElement));
    form.remove();
    if (opener) opener.focus();
  }
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape' && !composing(event)) leave(event); });
  document.addEventListener('click', function (event) {
    if (event.target.closest && event.target.closest('[name="cancel"]')) leave(event);
  });

  // It goes with the answer as well; whoever wrote is then at what they said, right above.
  function close(form) {
    const said = document.querySelector(form.getAttribute('hx-target')).lastElementChild;
    const stays = quanzi.writing(form);
    form.remove();
    if (said && !stays) said.focus({ preventScroll: true });
  }

  // As it was before anything was typed; a form that came back to be mended has other defaults.
  function emptied(form) {
    form.reset();
    form.querySelectorAll('input:not([type="hidden"], [type="file"], [type="checkbox"], [type="radio"]), select:not([data-stays])').forEach(function (field) {
      if (field.matches('select')) field.selectedIndex = 0;
      else field.value = '';
    });
    form.querySelectorAll('input[type="checkbox"]:not([data-stays])').forEach(function (field) { field.checked = false; });
    form.querySelectorAll('details[open]').forEach(function (part) { part.open = false; });
    const key = form.querySelector('input[name="key"]');
    if (key) key.value = freshKey();
    if (input(form)) show(form, []);
    form.querySelectorAll('[aria-invalid]').forEach(function (field) { field.removeAttribute('aria-invalid'); });
    form.querySelectorAll('.field-error').forEach(function (note) { note.remove(); });
    const preview = form.querySelector('.composer-preview');
    if (preview) preview.replaceChildren();
    form.querySelectorAll('textarea').forEach(function (area) {
      area.value = '';
      measure(area);
    });
    if (document.activeElement && form.contains(document.activeElement) && form.classList.contains('is-post')) document.activeElement.blur();
  }
  quanzi.emptied = emptied;

  const start = function (root) {
    root.querySelectorAll('textarea').forEach(measure);
  };
  document.addEventListener('htmx:load', function (event) {
    const form = event.detail.elt;
    start(form.parentNode || document);
    if (form.matches && form.matches('.answer > [data-composer]') && !quanzi.writing(form)) form.querySelector('textarea').focus();
  });
  start(document);
})();
