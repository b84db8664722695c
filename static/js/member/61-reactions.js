// The other reactions come out of the heart: held with a finger, or pointed at for a moment. The smile beside it does the same.
(function () {
  'use strict';
  const HELD = 450;
  const POINTED = 500;
  const LEFT = 350;
  let timer = 0;
  let swallow = false;

  const place = function (event) { return event.target.closest && event.target.closest('[data-react]'); };
  const menu = function (react) { return react.querySelector('details'); };
  const wait = function (work, ms) { clearTimeout(timer); timer = setTimeout(work, ms); };

  document.addEventListener('pointerdown', function (event) {
    const react = place(event);
    swallow = false;
    if (!react || event.pointerType === 'mouse' || event.target.closest('details')) return;
    wait(function () { menu(react).open = true; swallow = true; }, HELD);
  });
  ['pointerup', 'pointercancel', 'scroll'].forEach(function (name) {
    document.addEventListener(name, function (event) { if (event.pointerType !== 'mouse') clearTimeout(timer); }, { passive: true, capture: true });
  });
  document.addEventListener('contextmenu', function (event) { if (swallow && place(event)) event.preventDefault(); });
  document.addEventListener('click', function (event) {
    if (!swallow) return;
    swallow = false;
    if (!place(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener('pointerover', function (event) {
    const react = place(event);
    if (event.pointerType !== 'mouse') return;
    if (!react) {
      const open = document.querySelector('[data-react] details[data-pointed][open]');
      if (open) wait(function () { open.open = false; }, LEFT);
      else clearTimeout(timer);
      return;
    }
    if (menu(react).open) return clearTimeout(timer);
    wait(function () {
      if (!react.isConnected || menu(react).open) return;
      menu(react).dataset.pointed = '';
      menu(react).open = true;
    }, POINTED);
  });
  document.addEventListener('toggle', function (event) {
    if (event.target.matches && event.target.matches('[data-react] details') && !event.target.open) delete event.target.dataset.pointed;
  }, true);
})();
