// Tabs that do not fit: the one that is open is moved into view.
(function () {
  'use strict';
  document.querySelectorAll('.tabs, .chips').forEach(function (bar) {
    const here = bar.querySelector('[aria-current]');
    if (here && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  });
})();
