// Plays a screen from its manifest: full screen, dot for dot, and on through an outage for as long as the
// manifest vouches for it. ES2017, no modules: the browsers of LED cards are old.
(function () {
  'use strict';

  var LEAST_POLL_MS = 1000, MOST_POLL_MS = 60000;   // an emergency arrives within a minute
  var MOST_BACKOFF_MS = 60000;
  var TIMEOUT_MS = 10000;
  var TICK_MS = 1000;            // so often it is asked what shows, whatever the plan says
  var DRIFT = 0.0001;            // how much a card's clock may run wrong
  var MOST_FRAMES = 2000, MOST_BYTES = 64 * 1024 * 1024;
  var CLOCK_MS = 60000;          // so often the time is noted on the disk
  var RENEW_MS = 3600000;        // so often it is asked whether the server has a newer player

  var body = document.body, canvas = document.querySelector('canvas'), ctx = canvas.getContext('2d');
  var MANIFEST = body.dataset.manifest, FRAME = body.dataset.frame, CLOCK = MANIFEST + '&clock';
  var KEY = new URLSearchParams(location.search).get('key'); // for a screen that wants a token
  var SHELL = 'mingping-shell', STORE = 'mingping ' + body.dataset.screen;

  var pause = function (ms) { return new Promise(function (done) { setTimeout(done, ms); }); };

  // ---- asking; with a timeout, which the fetch of old browsers cannot have

  function ask(url, tag, type) {
    return new Promise(function (done, fail) {
      var request = new XMLHttpRequest(), sent = performance.now();
      request.open('GET', url);
      request.timeout = TIMEOUT_MS;
      request.responseType = type;
      if (KEY) request.setRequestHeader('Authorization', 'Bearer ' + KEY);
      if (tag) request.setRequestHeader('If-None-Match', tag);
      request.onload = function () {
        done({
          status: request.status, body: request.response, tag: request.getResponseHeader('ETag'),
          dwell: Number(request.getResponseHeader('Mingping-Dwell-Ms')),
          date: Date.parse(request.getResponseHeader('Date')), sent: sent
        });
      };
      request.onerror = request.ontimeout = request.onabort = function () { fail(new Error('no answer')); };
      request.send();
    });
  }

  // ---- the server's time. A Date header tells the second; each answer narrows down what it can be. The later
  // end is believed: better a page that goes a moment early than one that has expired. Since then the card's
  // clocks may have stood still (one does in its sleep) or been set (the other one): the later one counts.

  var time = null; // low and high at the instants mono and wall

  function elapsed() {
    return Math.max(performance.now() - time.mono, Date.now() - time.wall, 0);
  }

  function now() {
    if (!time) return null;
    var passed = elapsed();
    return time.high + passed * (1 + DRIFT);
  }

  function hear(answer) {
    if (!(answer.date > 0)) return;
    var mono = performance.now(), low = answer.date, high = answer.date + 1000 + (mono - answer.sent);
    if (time) {
      var passed = mono - time.mono;
      var low2 = Math.max(low, time.low + passed * (1 - DRIFT)), high2 = Math.min(high, time.high + passed * (1 + DRIFT));
      if (low2 <= high2) { low = low2; high = high2; }
    }
    time = { low: low, high: high, mono: mono, wall: Date.now() };
  }

  // ---- what is kept: the manifest and the frames that it names, here and on the disk

  var manifest = null, tag = null, frames = new Map(), bytes = 0, live = null;

  function named(plan) {
    var urls = plan.pages.concat(plan.frames).map(function (page) { return page.frame; });
    return new Set(urls.concat(plan.idle.frame));
  }

  function keep(url, data) {
    if (frames.has(url) || frames.size >= MOST_FRAMES || bytes + data.byteLength > MOST_BYTES) return;
    frames.set(url, data);
    bytes += data.byteLength;
  }

  function letGo(wanted) {
    frames.forEach(function (data, url) {
      if (wanted.has(url)) return;
      frames.delete(url);
      bytes -= data.byteLength;
    });
    body.dataset.frames = frames.size;
  }

  // Addresses in a manifest may be those of another way to the server; ours is this one.
  function path(url) { return url.replace(/^https?:\/\/[^/]*/, ''); }

  async function fetchFrame(url) {
    if (frames.has(url)) return true;
    var answer = await ask(path(url), null, 'arraybuffer');
    if (answer.status !== 200) return false;
    keep(url, answer.body);
    store(url, answer.body);
    return true;
  }

  // The frames of the loop of now, from the one that shows on.
  function first(plan) {
    var at = now(), phase = at === null ? 0 : mod(at - plan.anchor_ms, plan.cycle_ms);
    var pages = plan.pages.slice(), n = pages.findIndex(function (page) { return page.start_ms + page.dwell_ms > phase; });
    return n > 0 ? pages.slice(n).concat(pages.slice(0, n)) : pages;
  }

  async function adopt(plan) {
    var pages = first(plan);
    // What shows at once is there before it is due; then what was withdrawn is gone at the same moment.
    try { if (pages.length) await fetchFrame(pages[0].frame); } catch (error) { /* the idle frame shows then */ }
    manifest = plan;
    letGo(named(plan));
    show();
    fill(plan, pages.concat(plan.idle, plan.frames));
  }

  // Fetches the rest behind the scenes: an emergency must not wait for it.
  async function fill(plan, wanted) {
    for (var failures = 0; wanted.length && manifest === plan; failures++) {
      if (failures) await pause(busy(plan) * Math.min(failures, 10));
      var missing = [];
      for (var n = 0; n < wanted.length && manifest === plan; n++) {
        try {
          if (!await fetchFrame(wanted[n].frame)) missing.push(wanted[n]);
        } catch (error) { missing.push(wanted[n]); }
      }
      wanted = missing;
      body.dataset.frames = frames.size;
      show();
    }
  }

  // ---- the disk, where the browser has one for us: for a card that starts while the server is away

  var disk = window.caches ? caches.open(STORE).catch(function () { return null; }) : Promise.resolve(null);
  function quietly(work) {
    return disk.then(function (cache) { return cache && work(cache); }).catch(function () { /* full, or forbidden */ });
  }

  function store(url, data) { quietly(function (cache) { return cache.put(url, new Response(data)); }); }

  function storePlan(text) {
    store(MANIFEST, text);
    quietly(async function (cache) {
      var wanted = named(JSON.parse(text)), keys = await cache.keys();
      await Promise.all(keys.map(function (key) {
        var url = key.url, mine = url.indexOf(MANIFEST) >= 0;
        if (mine || wanted.has(url) || wanted.has(path(url))) return null;
        return cache.delete(key);
      }));
    });
  }

  // Also while the server is away: a clock that is set back while the card is off shows less than this.
  var saved = -Infinity;
  function storeClock() {
    if (!time || performance.now() - saved < CLOCK_MS) return;
    saved = performance.now();
    store(CLOCK, JSON.stringify({ server: now(), wall: Date.now() }));
  }

  async function restore(cache) {
    var text = await cache.match(MANIFEST), clock = await cache.match(CLOCK);
    if (!text || !clock || manifest) return;
    var plan = await text.json(), mark = await clock.json(), keys = await cache.keys();
    for (var n = 0; n < keys.length; n++) {
      var url = named(plan).has(keys[n].url) ? keys[n].url : path(keys[n].url);
      if (!named(plan).has(url)) continue;
      keep(url, await (await cache.match(keys[n])).arrayBuffer());
    }
    if (manifest) return;
    // A clock that shows less than it did proves nothing: then only the idle frame.
    var passed = Date.now() - mark.wall;
    if (!time && passed >= 0) time = { low: mark.server, high: mark.server + passed, mono: performance.now(), wall: Date.now() };
    manifest = plan;
    show();
  }

  // ---- what shows

  function mod(a, b) { return ((a % b) + b) % b; }

  // The frame's address, or '' for black, and when that ends.
  function plan(at) {
    if (!manifest) return { state: 'black', url: '', until: Infinity };
    var idle = function (until) {
      // Nothing else is known. Without a clock the idle frame is all that can be shown.
      var good = at === null || at < Date.parse(manifest.idle.valid_until);
      return good ? { state: 'idle', url: manifest.idle.frame, until: until } : { state: 'black', url: '', until: until };
    };
    if (at === null) return idle(Infinity);
    if (at >= manifest.known_until_ms) return idle(Infinity);
    var here = manifest, until = manifest.known_until_ms;
    for (var n = 0; n < manifest.changes.length; n++) {
      if (manifest.changes[n].at_ms > at) { until = manifest.changes[n].at_ms; break; }
      here = manifest.changes[n];
    }
    if (here.state === 'test' && live) return { state: 'test', url: live.url, until: until };
    if (here.state === 'dark') return { state: 'dark', url: '', until: until };
    if (here.state !== 'loop') return idle(until);
    var phase = mod(at - here.anchor_ms, here.cycle_ms);
    var page = here.pages.find(function (page) { return page.start_ms <= phase && phase < page.start_ms + page.dwell_ms; });
    if (!page) return idle(until);
    until = Math.min(until, at - phase + page.start_ms + page.dwell_ms);
    return frames.has(page.frame) ? { state: 'loop', url: page.frame, until: until } : idle(until);
  }

  var shown = null, drawing = 0, timer = 0;

  function show() {
    clearTimeout(timer);
    var at = now(), what = plan(at);
    body.dataset.state = what.state;
    if (what.url !== shown) draw(what.url);
    storeClock();
    var left = what.until - at;
    timer = setTimeout(show, left > 0 && left < TICK_MS ? left : TICK_MS);
  }

  function draw(url) {
    shown = url;
    var mine = ++drawing, data = live && url === live.url ? live.data : frames.get(url);
    if (!data) return paint(null);
    var dots = new Blob([data], { type: 'image/png' });
    createImageBitmap(dots).then(function (picture) {
      if (mine === drawing) paint(picture);
      picture.close();
    }, function () {
      if (mine === drawing) paint(null);
    });
  }

  function paint(picture) {
    var w = manifest ? manifest.width : canvas.width, h = manifest ? manifest.height : canvas.height;
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      fit();
    }
    ctx.imageSmoothingEnabled = false;
    ctx.fillStyle = '#000';
    ctx.fillRect(0, 0, w, h);
    if (picture) ctx.drawImage(picture, 0, 0);
    body.dataset.shown = picture ? shown : '';
  }

  // Whole device pixels for each dot: as many as fit, in the middle; with ?scale=1 one, from the top left.
  function fit() {
    var ratio = window.devicePixelRatio || 1, w = canvas.width, h = canvas.height;
    var wide = window.innerWidth * ratio, high = window.innerHeight * ratio;
    var fixed = /[?&]scale=(\d{1,2})(?:&|$)/.exec(location.search);
    var scale = fixed ? Math.max(1, Number(fixed[1])) : Math.floor(Math.min(wide / w, high / h));
    if (scale < 1) scale = Math.min(wide / w, high / h); // a phone: all of it rather than a corner
    canvas.style.width = w * scale / ratio + 'px';
    canvas.style.height = h * scale / ratio + 'px';
    canvas.style.left = (fixed ? 0 : Math.max(0, Math.floor((wide - w * scale) / 2)) / ratio) + 'px';
    canvas.style.top = (fixed ? 0 : Math.max(0, Math.floor((high - h * scale) / 2)) / ratio) + 'px';
  }

  // ---- a test pattern is looked at as any controller does

  async function mirror() {
    if (live) return;
    live = { url: 'test', data: null, tag: null };
    var number = 0;
    while (manifest && plan(now()).state === 'test') {
      var wait = LEAST_POLL_MS;
      try {
        var answer = await ask(FRAME, live.tag, 'arraybuffer');
        if (answer.status === 200) {
          live = { url: 'test ' + ++number, data: answer.body, tag: answer.tag };
          show();
        }
        wait = Math.min(Math.max(answer.dwell + 30, 100), manifest.poll_interval_ms);
      } catch (error) { /* the next manifest tells */ }
      await pause(wait || LEAST_POLL_MS);
    }
    live = null;
    show();
  }

  // ---- the manifest, again and again

  function busy(plan) {
    return Math.min(Math.max(plan.poll_interval_ms, LEAST_POLL_MS), MOST_POLL_MS);
  }

  var wake = function () {};
  function rest(ms) {
    return new Promise(function (done) { wake = done; setTimeout(done, ms); });
  }

  // The screen is no more, or no longer public. Any other trouble may be that of a proxy.
  function gone(answer) {
    if (answer.status !== 404 && answer.status !== 401) return false;
    try {
      return ['unknown_screen', 'token_needed'].indexOf(JSON.parse(answer.body).error.code) >= 0;
    } catch (error) { return false; }
  }

  function forget() {
    manifest = tag = null;
    letGo(new Set());
    quietly(async function (cache) {
      var keys = await cache.keys();
      await Promise.all(keys.map(function (key) { return cache.delete(key); }));
    });
    show();
  }

  async function follow() {
    var failures = 0;
    for (;;) {
      var wait = LEAST_POLL_MS;
      try {
        var answer = await ask(MANIFEST, tag, 'text');
        if (gone(answer)) forget();
        if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
        hear(answer);
        failures = 0;
        body.dataset.server = 'there';
        if (answer.status === 200) {
          var fresh = JSON.parse(answer.body);
          storePlan(answer.body);
          await adopt(fresh);
          tag = answer.tag;
        }
        if (manifest.state === 'test') mirror();
        wait = busy(manifest);
      } catch (error) {
        failures = Math.min(failures + 1, 10);
        body.dataset.server = 'away';
        // Each card waits a while of its own: they all lost the server at the same moment.
        var most = Math.min(MOST_BACKOFF_MS, (manifest ? busy(manifest) : LEAST_POLL_MS) * Math.pow(2, failures - 1));
        wait = most * (0.5 + Math.random() / 2);
      }
      await rest(wait);
    }
  }

  async function renew() {
    var script = document.querySelector('script[src]').getAttribute('src');
    for (;;) {
      await pause(RENEW_MS);
      try {
        var answer = await ask(location.href, null, 'text');
        if (answer.status === 200 && answer.body.indexOf('canvas') > 0 && answer.body.indexOf(script) < 0) location.reload();
      } catch (error) { /* later */ }
    }
  }

  // ---- what the browser can do for us

  function awake() {
    if (document.hidden || !navigator.wakeLock) return;
    navigator.wakeLock.request('screen').catch(function () { /* it may say no */ });
  }

  async function install() {
    if (!navigator.serviceWorker || !window.caches) return;
    await navigator.serviceWorker.register(body.dataset.worker, { scope: '/screens/' });
    var shell = await caches.open(SHELL), parts = document.querySelectorAll('script[src],link[href]');
    var urls = Array.prototype.map.call(parts, function (part) { return part.src || part.href; });
    await shell.addAll([location.href].concat(urls));
    body.dataset.installed = 'yes';
  }

  window.addEventListener('resize', fit);
  window.addEventListener('online', function () { wake(); });
  document.addEventListener('visibilitychange', function () { awake(); show(); });
  document.addEventListener('click', function () {
    var full = body.requestFullscreen || body.webkitRequestFullscreen;
    var asked = full && full.call(body);
    if (asked && asked.catch) asked.catch(function () { /* a click is enough another time */ });
  });
  fit();
  paint(null);
  show();
  awake();
  quietly(restore).then(follow);
  renew();
  install().catch(function () { /* not a secure place: memory has to do */ });
}());
