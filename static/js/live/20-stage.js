// The picture of an event: a stream that the browser plays itself or hls.js does, or a film that all see at the same
// moment. What goes wrong is said in words, and tried again with patience.
(function () {
  'use strict';
  const live = window.quanzi && quanzi.live;
  if (!live) return;
  const WAITS = [2000, 4000, 8000, 15000, 30000];
  const QUIET_TRIES = 3;
  const APART_SECONDS = 2;
  const BEHIND_SECONDS = 30;
  const MOST_LEAPS = 3;
  const HLS = 'application/vnd.apple.mpegurl';

  let stage = null;
  let video = null;
  let player = null;
  let timer = 0;
  let tries = 0;
  let repairs = 0;
  let leaps = 0;
  let wasLive = false;
  let loading = null;
  const first = document.getElementById('stage');
  const openedTo = first ? first.dataset.opens : '';

  const isOver = function () { return stage.dataset.state === 'over'; };
  const part = function (name) { return stage.querySelector('[data-' + name + ']'); };

  // -- words
  function say(what, way) {
    const box = stage.querySelector('.stage-said');
    box.hidden = !what;
    box.firstElementChild.textContent = what ? box.dataset[what] : '';
    part('again').hidden = way !== 'again';
    part('anew').hidden = way !== 'anew';
  }

  function stop() {
    clearTimeout(timer);
    if (player) player.destroy();
    player = null;
  }

  function give(what, way) {
    stop();
    say(what, way);
  }

  // A stream that is not there yet, or no more, is looked for again: soon at first, then now and then.
  function later(what) {
    if (isOver() && !wasLive) return give('none');
    stop();
    say(what, tries >= QUIET_TRIES ? 'again' : '');
    const wait = WAITS[Math.min(tries, WAITS.length - 1)];
    tries += 1;
    timer = setTimeout(start, wait * (0.75 + Math.random() / 2));
  }

  // A leap takes its time, and the others go on meanwhile; where that is always so, they are not run after for ever.
  function shows() {
    tries = 0;
    say('');
    leaps += 1;
    if (leaps < MOST_LEAPS) together();
  }

  // -- sound: a browser that does not know the site starts no sound by itself
  function begin() {
    if (live.still() || isOver()) return;
    const started = video.play();
    if (started) started.catch(quietly);
  }
  function quietly(error) {
    if (!error || error.name !== 'NotAllowedError') return;
    video.muted = true;
    video.play().then(function () { part('sound').hidden = false; }, function () { video.muted = false; });
  }
  function sound() {
    video.muted = false;
    part('sound').hidden = true;
  }

  // -- streams
  function start() {
    stop();
    const node = video;
    if (!node || !node.isConnected) return;
    if (node.canPlayType(HLS) && !node.dataset.failed) {
      node.load();
      return begin();
    }
    library().then(function (Hls) {
      if (node !== video) return;
      if (!Hls.isSupported()) return give('cannot');
      attach(Hls);
    }, function () { later('lost'); });
  }

  function library() {
    if (window.Hls) return Promise.resolve(window.Hls);
    loading = loading || new Promise(function (resolve, reject) {
      const script = document.createElement('script');
      script.src = video.dataset.player;
      script.onload = function () { resolve(window.Hls); };
      script.onerror = function () { loading = null; script.remove(); reject(); };
      document.head.append(script);
    });
    return loading;
  }

  function attach(Hls) {
    player = new Hls({ workerPath: video.dataset.worker, backBufferLength: 60, maxBufferLength: 20 });
    player.on(Hls.Events.LEVEL_LOADED, function (_, data) {
      if (isOver() && data.details.live && !wasLive) return give('none');
      if (!isOver() && !data.details.live && wasLive) return later('waits');
      wasLive = wasLive || data.details.live;
    });
    player.on(Hls.Events.MANIFEST_PARSED, begin);
    player.on(Hls.Events.ERROR, function (_, data) { if (data.fatal) broken(Hls, data); });
    player.loadSource(video.dataset.stream);
    player.attachMedia(video);
  }

  function broken(Hls, data) {
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && repairs < 3) {
      repairs += 1;
      say('lost');
      return player.recoverMediaError();
    }
    repairs = 0;
    if (data.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) return give('cannot');
    later(wasLive || video.readyState ? 'lost' : 'waits');
  }

  // The browser's own player says little: a source that fails was not there, or cannot be played by it after all.
  function failed() {
    if (!video || player || !video.dataset.stream) return;
    if (window.MediaSource && video.error && video.error.code > 2 && !video.dataset.failed) {
      video.dataset.failed = 'yes';
      video.querySelectorAll('source').forEach(function (source) { source.remove(); });
      video.load();
      return start();
    }
    later(wasLive ? 'lost' : 'waits');
  }

  function measured() {
    if (video.dataset.stream && !player) {
      const runs = video.duration === Infinity;
      if (isOver() && runs && !wasLive) {
        video.pause();
        return give('none');
      }
      wasLive = wasLive || runs;
    }
    together();
  }

  // -- what all see at the same moment: whoever comes late or has paused goes on where the others are
  const isShared = function () { return 'together' in video.dataset || (video.dataset.stream && !isOver() && !wasLive && isFinite(video.duration)); };
  function together() {
    if (!video.readyState) return;
    if (isShared()) {
      const at = Math.max(0, live.offset() / 1000);
      const last = Math.max(0, video.duration - 0.2);
      if (Math.abs(video.currentTime - at) > APART_SECONDS) video.currentTime = Math.min(at, last);
    } else if (wasLive && !isOver()) {
      const edge = player ? player.liveSyncPosition : video.seekable.length ? video.seekable.end(video.seekable.length - 1) - 6 : 0;
      if (edge && edge - video.currentTime > BEHIND_SECONDS) video.currentTime = edge;
    }
  }

  function ended() {
    if (video.dataset.stream && wasLive && !isOver()) later('waits');
  }

  // -- a stage that comes anew
  function bind() {
    const found = document.getElementById('stage');
    if (found === stage || !found) return;
    stop();
    stage = found;
    video = stage.querySelector('#screen');
    tries = repairs = 0;
    wasLive = false;
    if (stage.dataset.opens && stage.dataset.opens !== openedTo) return elsewhere();
    if (!video) return;
    video.addEventListener('loadedmetadata', measured);
    video.addEventListener('playing', shows);
    video.addEventListener('play', function () {
      leaps = 0;
      together();
    });
    video.addEventListener('ended', ended);
    video.addEventListener('error', failed, true);
    video.addEventListener('volumechange', function () { if (!video.muted) part('sound').hidden = true; });
    part('sound').addEventListener('click', sound);
    part('again').addEventListener('click', again);
    if (video.dataset.stream) start();
    else if (video.readyState) measured();
    if (!video.dataset.stream) begin();
  }

  function again() {
    tries = 0;
    say('waits');
    if (video.dataset.stream) return start();
    video.load();
    begin();
  }

  // This page may ask the sites that its first stage needed, and no other: a new one begins with a new page.
  function elsewhere() {
    stage.querySelectorAll('#screen, #frame').forEach(function (node) { node.remove(); });
    say('elsewhere', 'anew');
  }

  // What plays goes on when the event ends; only what is really another picture takes its place.
  document.addEventListener('wire:row', function (event) {
    const coming = event.detail.element;
    if (!stage || !coming || coming.id !== 'stage') return;
    const same = ['shows', 'source', 'plays'].every(function (name) { return coming.dataset[name] === stage.dataset[name]; });
    if (!same || coming.dataset.plays !== 'yes') return;
    event.preventDefault();
    stage.dataset.state = coming.dataset.state;
    if (video) delete video.dataset.together;
  });
  document.addEventListener('htmx:load', bind);
  bind();
})();
