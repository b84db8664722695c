// The title of the tab says what the bell says.
(function () {
  'use strict';
  const NUMBER = /^\(\d+\+?\) /;
  document.addEventListener('htmx:load', function (event) {
    const bell = event.detail.elt;
    if (bell.id !== 'bell') return;
    const plain = document.title.replace(NUMBER, '');
    document.title = Number(bell.dataset.count) ? '(' + bell.dataset.shown + ') ' + plain : plain;
  });
})();
