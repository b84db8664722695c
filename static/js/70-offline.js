// Says when there is no connection, and when it is back.
(function () {
  'use strict';
  const banner = document.getElementById('offline');
  const tell = function () {
    banner.hidden = navigator.onLine !== false;
    if (banner.hidden) quanzi.calm('offline');
  };
  window.addEventListener('online', tell);
  window.addEventListener('offline', tell);
  tell();
})();
