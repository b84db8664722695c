// A button beside a text that is there to be copied.
(function () {
  'use strict';
  if (!navigator.clipboard) return;
  const show = function (root) {
    root.querySelectorAll('[data-copy][hidden]').forEach(function (button) { button.hidden = false; });
  };
  document.addEventListener('htmx:load', function (event) { show(event.target); });
  document.addEventListener('click', function (event) {
    const button = event.target.closest && event.target.closest('[data-copy]');
    const source = button && document.getElementById(button.dataset.copy);
    if (!source) return;
    navigator.clipboard.writeText(source.value).then(function () {
      button.querySelector('span').textContent = button.dataset.done;
    }, function () { source.select(); });
  });
  show(document);
})();
