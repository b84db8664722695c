// How comments fly, as this viewer likes it: kept on the device.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  if (!live) return;
  const DEFAULTS = { on: true, density: 30, area: 0.5, size: 1, speed: 1, opacity: 100 };
  const dialog = document.getElementById('sky-settings');
  const form = document.getElementById('sky-form');
  const tools = document.getElementById('sky-tools');
  const kept = live.store.read('sky') || {};
  live.settings = {};
  Object.keys(DEFAULTS).forEach(function (name) {
    live.settings[name] = typeof kept[name] === typeof DEFAULTS[name] ? kept[name] : DEFAULTS[name];
  });

  function show() {
    const values = live.settings;
    const still = live.still();
    const toggle = document.getElementById('sky-on');
    if (toggle) toggle.setAttribute('aria-pressed', String(values.on && !still));
    if (!form) return;
    form.elements.on.checked = values.on && !still;
    form.elements.on.disabled = still;
    document.getElementById('sky-still').hidden = !still;
    ['density', 'area', 'size', 'speed'].forEach(function (name) {
      form.querySelectorAll('[name="' + name + '"]').forEach(function (each) {
        each.checked = Number(each.value) === values[name];
        each.disabled = still;
      });
    });
    form.elements.opacity.value = values.opacity;
    form.elements.opacity.disabled = still;
    form.querySelector('output').textContent = new Intl.NumberFormat(live.lang, { style: 'percent' }).format(values.opacity / 100);
  }

  function change(name, value) {
    live.settings[name] = value;
    live.store.write('sky', live.settings);
    show();
    if (live.sky) live.sky.apply();
  }

  document.addEventListener('click', function (event) {
    const button = event.target.closest && event.target.closest('#sky-on, #sky-how');
    if (!button) return;
    if (button.id === 'sky-how' || live.still()) return dialog && dialog.showModal();
    change('on', !live.settings.on);
  });
  if (form) {
    form.addEventListener('input', function (event) {
      const field = event.target;
      change(field.name, field.type === 'checkbox' ? field.checked : Number(field.value));
    });
  }

  // -- the whole screen for the stage, with the comments over it
  const stage = function () { return tools && tools.closest('.stage'); };
  const full = function () { return document.fullscreenElement || document.webkitFullscreenElement; };
  function turn() {
    const box = stage();
    if (full()) (document.exitFullscreen || document.webkitExitFullscreen).call(document);
    else (box.requestFullscreen || box.webkitRequestFullscreen).call(box);
  }
  document.addEventListener('click', function (event) { if (event.target.closest && event.target.closest('#sky-full')) turn(); });
  ['fullscreenchange', 'webkitfullscreenchange'].forEach(function (name) {
    document.addEventListener(name, function () {
      const button = document.getElementById('sky-full');
      if (button) button.setAttribute('aria-pressed', String(Boolean(full())));
    });
  });

  // The stage can come anew (an event that begins): its tools are shown again.
  function start() {
    const button = document.getElementById('sky-full');
    const bar = document.getElementById('sky-tools');
    if (bar) bar.hidden = false;
    if (button) button.hidden = !(document.fullscreenEnabled || document.webkitFullscreenEnabled);
    show();
  }
  live.onMotion(show);
  document.addEventListener('htmx:load', function (event) { if (event.detail.elt.querySelector && event.detail.elt.querySelector('#sky-tools')) start(); });
  start();
})();
