// Code and tables that are wider than their room can be scrolled from the keyboard in every browser.
(function () {
  'use strict';
  const reach = function (root) {
    root.querySelectorAll('.prose pre, .prose table').forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    });
  };
  document.addEventListener('htmx:load', function (event) { reach(event.detail.elt.parentNode || document); });
  window.addEventListener('resize', function () { reach(document); });
  reach(document);
})();
