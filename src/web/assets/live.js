// Live pictures and fresh lists. Without this script the pages still work: plain pictures, reloaded whole.
(function () {
  'use strict';

  var MOST_DOTS = 262144;     // larger faces are drawn as a plain scaled picture
  var MOST_CANVAS = 4096;     // pixels on a side that phones still draw
  var LONG_POLLS = 3;         // browsers keep six connections to a host; leave some for everything else
  var REFRESH_MS = 10000;

  var pause = function (ms) { return new Promise(function (done) { setTimeout(done, ms); }); };

  // Everything stops while nobody looks: hidden tabs would eat the connections of the one in front.
  function awake() {
    if (!document.hidden) return Promise.resolve();
    return new Promise(function (done) {
      document.addEventListener('visibilitychange', function look() {
        if (document.hidden) return;
        document.removeEventListener('visibilitychange', look);
        done();
      });
    });
  }

  var lost = 0;
  function report(view, ok) {
    if (view.lost === !ok) return;
    view.lost = !ok;
    lost += ok ? -1 : 1;
    document.getElementById('offline').textContent = lost > 0 ? document.body.dataset.offline : '';
  }

  // ---- dots

  function View(img) {
    this.img = img;
    this.w = Number(img.getAttribute('width'));
    this.h = Number(img.getAttribute('height'));
    this.exact = img.dataset.raw && this.w * this.h <= MOST_DOTS ? img.dataset.raw : null;
    this.src = this.exact || img.getAttribute('src');
    this.lost = false;
    this.seen = true;
    this.zoom = false;
    this.rgb = null;
    this.canvas = document.createElement('canvas');
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', img.alt);
    this.canvas.width = this.w;
    this.canvas.height = this.h;
  }

  // Coverage of one round LED in a cell of s by s pixels, 0 to 256, with a soft rim.
  var masks = {};
  function mask(s) {
    if (masks[s]) return masks[s];
    var out = new Uint16Array(s * s), c = (s - 1) / 2, r = s * 0.46;
    for (var y = 0; y < s; y++) {
      for (var x = 0; x < s; x++) {
        var d = Math.sqrt((x - c) * (x - c) + (y - c) * (y - c));
        out[y * s + x] = Math.round(256 * Math.max(0, Math.min(1, r - d + 0.5)));
      }
    }
    masks[s] = out;
    return out;
  }

  View.prototype.paint = function () {
    if (!this.rgb) return;
    var w = this.w, h = this.h, rgb = this.rgb, canvas = this.canvas;
    canvas.style.width = this.zoom ? Math.max(w * 4, canvas.parentNode.clientWidth) + 'px' : '';
    var shown = canvas.clientWidth || w;
    var s = Math.ceil(shown * (window.devicePixelRatio || 1) / w - 0.2);
    s = Math.max(1, Math.min(s, 16, Math.floor(MOST_CANVAS / Math.max(w, h))));
    if (s < 3) s = 1; // too small for dots: let the browser scale
    canvas.className = s > 1 ? 'dots' : '';
    canvas.width = w * s;
    canvas.height = h * s;
    var ctx = canvas.getContext('2d'), out = ctx.createImageData(w * s, h * s), px = out.data, m = mask(s);
    for (var y = 0; y < h; y++) {
      for (var x = 0; x < w; x++) {
        var at = (y * w + x) * 3, r = rgb[at], g = rgb[at + 1], b = rgb[at + 2];
        if (!(r | g | b) && s > 1) r = g = b = 30; // an unlit LED is seen, too
        for (var j = 0; j < s; j++) {
          var to = ((y * s + j) * w * s + x * s) * 4;
          for (var i = 0; i < s; i++, to += 4) {
            var a = s > 1 ? m[j * s + i] : 256;
            px[to] = r * a >> 8; px[to + 1] = g * a >> 8; px[to + 2] = b * a >> 8; px[to + 3] = 255;
          }
        }
      }
    }
    ctx.putImageData(out, 0, 0);
  };

  View.prototype.take = async function (answer) {
    var w = this.w, h = this.h;
    if (this.exact) {
      var bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length !== w * h * 3) throw new Error('size');
      this.rgb = bytes;
    } else {
      var bitmap = await createImageBitmap(await answer.blob());
      var flat = document.createElement('canvas');
      flat.width = w; flat.height = h;
      var ctx = flat.getContext('2d');
      ctx.drawImage(bitmap, 0, 0, w, h);
      if (w * h > MOST_DOTS) {
        this.canvas.width = w; this.canvas.height = h;
        this.canvas.getContext('2d').drawImage(flat, 0, 0);
        this.rgb = null;
      } else {
        var rgba = ctx.getImageData(0, 0, w, h).data, rgb = new Uint8Array(w * h * 3);
        for (var n = 0, to = 0; n < rgba.length; n += 4) {
          rgb[to++] = rgba[n]; rgb[to++] = rgba[n + 1]; rgb[to++] = rgba[n + 2];
        }
        this.rgb = rgb;
      }
    }
    if (this.img.parentNode) this.img.parentNode.replaceChild(this.canvas, this.img);
    this.paint();
  };

  View.prototype.follow = async function (patient) {
    var tag = null, failures = 0;
    for (;;) {
      await awake();
      if (!this.seen) { await pause(500); continue; }
      var begun = performance.now(), stop = new AbortController();
      var hide = function () { if (document.hidden) stop.abort(); };
      document.addEventListener('visibilitychange', hide);
      try {
        var answer = await fetch(this.src + (patient && tag ? '&wait=30' : ''), {
          cache: 'no-store', signal: stop.signal, headers: tag ? { 'If-None-Match': tag } : {}
        });
        if (answer.status === 200) {
          await this.take(answer);
          tag = answer.headers.get('ETag');
        } else if (answer.status !== 304) {
          throw new Error(String(answer.status));
        }
        failures = 0;
        report(this, true);
        var dwell = Number(answer.headers.get('Mingping-Dwell-Ms')) || 1000;
        var least = patient ? (answer.status === 304 ? 1000 : 100) : Math.min(dwell + 50, 3000);
        await pause(Math.max(20, least - (performance.now() - begun)));
      } catch (error) {
        if (!document.hidden) {
          failures = Math.min(failures + 1, 5);
          if (failures > 1) report(this, false);
          await pause(500 * Math.pow(2, failures));
        }
      }
      document.removeEventListener('visibilitychange', hide);
    }
  };

  var views = Array.prototype.map.call(document.querySelectorAll('img[data-led]'), function (img) { return new View(img); });
  if (views.length > LONG_POLLS && 'IntersectionObserver' in window) {
    var watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        views.forEach(function (view) { if (view.box === entry.target) view.seen = entry.isIntersecting; });
      });
    }, { rootMargin: '200px' });
    views.forEach(function (view) { view.box = view.img.parentNode; watcher.observe(view.box); });
  }
  views.forEach(function (view) { view.follow(views.length <= LONG_POLLS); });

  var resized = 0;
  window.addEventListener('resize', function () {
    clearTimeout(resized);
    resized = setTimeout(function () { views.forEach(function (view) { view.paint(); }); }, 150);
  });

  var zoom = document.getElementById('zoom');
  if (zoom) {
    zoom.hidden = false;
    zoom.addEventListener('click', function () {
      views[0].zoom = !views[0].zoom;
      zoom.setAttribute('aria-pressed', String(views[0].zoom));
      views[0].paint();
    });
  }

  // ---- the clip: the browser plays it; here it is exchanged when another one begins

  var clip = document.querySelector('img[data-clip]');
  async function play() {
    var tag = null;
    for (;;) {
      await awake();
      var wait = 3000;
      try {
        var answer = await fetch(clip.dataset.clip, { method: 'HEAD', cache: 'no-store' });
        var fresh = answer.ok && (answer.headers.get('ETag') || '').replace(/[^0-9a-f]/g, '');
        if (fresh && fresh !== tag) {
          clip.src = clip.dataset.clip + '?' + fresh;
          tag = fresh;
        }
        wait = Math.min(Number(answer.headers.get('Mingping-Dwell-Ms')) + 50 || wait, wait);
      } catch (error) { /* the live picture tells that the server is away */ }
      await pause(wait);
    }
  }
  if (clip) play();

  // ---- the loop: which page shows, and its thumbnails

  var loopAt = performance.now();
  function mark() {
    var list = document.querySelector('.pages');
    if (!list) return;
    var phase = (Number(list.dataset.phase) + performance.now() - loopAt) % Number(list.dataset.cycle);
    Array.prototype.forEach.call(list.children, function (item) {
      var now = Number(item.dataset.start) <= phase && phase < Number(item.dataset.end);
      if (now) item.setAttribute('aria-current', 'true'); else item.removeAttribute('aria-current');
    });
  }
  setInterval(mark, 250);

  // Thumbnails come from the manifest. They are kept and hung up again when the list is exchanged.
  var thumbs = {}, thumbsOf = '';
  async function hang() {
    var list = document.querySelector('.pages');
    if (!list) return;
    if (thumbsOf !== list.dataset.generation) {
      var answer = await fetch(list.dataset.manifest, { cache: 'no-cache' });
      if (!answer.ok) return;
      var fresh = {};
      (await answer.json()).pages.forEach(function (page) {
        var id = /[0-9a-f]{32}/.exec(page.frame);
        var src = id && '/frames/' + id[0] + '.png', old = thumbs[page.start_ms];
        if (!id) return;
        if (old && old.getAttribute('src') === src) { fresh[page.start_ms] = old; return; }
        var img = fresh[page.start_ms] = document.createElement('img');
        img.className = 'thumb'; img.alt = ''; img.loading = 'lazy';
        img.width = views[0].w; img.height = views[0].h;
        img.src = src;
      });
      thumbs = fresh;
      thumbsOf = list.dataset.generation;
    }
    list = document.querySelector('.pages');
    Array.prototype.forEach.call(list ? list.children : [], function (item) {
      var old = item.querySelector('.thumb'), img = thumbs[item.dataset.start];
      if (old && old !== img) item.removeChild(old);
      if (img && img !== old) item.insertBefore(img, item.children[1]);
    });
  }
  hang().catch(function () { /* the list does without them */ });

  // ---- lists are fetched anew and exchanged where they differ

  function sameScreens(page) {
    var ids = function (root) {
      return Array.prototype.map.call(root.querySelectorAll('[data-screen]'), function (card) { return card.dataset.screen; }).join(' ');
    };
    return ids(page) === ids(document);
  }

  async function refresh() {
    var answer = await fetch(location.href, { cache: 'no-store' });
    if (answer.status === 404) return location.reload();
    if (!answer.ok) return;
    var got = performance.now();
    var page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!sameScreens(page)) return location.reload();
    var chosen = window.getSelection();
    Array.prototype.forEach.call(document.querySelectorAll('[data-live]'), function (old) {
      var fresh = page.getElementById(old.id);
      if (!fresh || old.isEqualNode(fresh)) return;
      if (chosen && !chosen.isCollapsed && chosen.containsNode(old, true)) return; // somebody is copying
      if (old.contains(document.activeElement)) return;
      Array.prototype.forEach.call(old.querySelectorAll('details[open]'), function (open, n) {
        var same = fresh.querySelectorAll('details')[n];
        if (same) same.open = true;
      });
      old.parentNode.replaceChild(document.importNode(fresh, true), old);
      if (old.id === 'loop') loopAt = got;
    });
    mark();
    await hang();
  }

  (async function () {
    for (;;) {
      await pause(REFRESH_MS);
      await awake();
      try { await refresh(); } catch (error) { /* the pictures tell that the server is away */ }
    }
  })();
}());
