"""The player page in a real browser: exact dots, through outages, wrong clocks and a day of playing.

Called by tests/browser.rs with the program, the fonts and an empty folder. Starts and kills its own server.
Exits with 1 and says what is wrong.
"""

import datetime
import io
import json
import pathlib
import subprocess
import sys
import time
import urllib.request

import esprima
from PIL import Image
from playwright.sync_api import sync_playwright

PROGRAM, FONTS, DIR = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
SHOTS = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
ASSETS = pathlib.Path(__file__).parent.parent / "src/web/assets"
MINUTE, HOUR = 60_000, 3_600_000

SCREENS = """gate:
  name: 门头屏
  size: 160x32
  color: red
  playlists: [bureau]
  poll: 1s
  idle: 待机
wall:
  size: 48x32
  color: rgb
  playlists: [bureau]
  poll: 1s
"""
ANSWERS = "提供: 基教股\n审核: 分管领导\n负责: 基教股\n保密审查: 办公室\n停留: 2s\n"

# What came after ECMAScript 2017 and esprima reads all the same.
NEWER_CALLS = {"finally", "flat", "flatMap", "fromEntries", "matchAll", "replaceAll", "allSettled", "at", "trimEnd"}


def check_language():
    """Every script for cards parses as ES2017 and calls nothing that Chromium 61 lacks."""

    def check(node):
        if isinstance(node, list):
            for part in node:
                check(part)
        if not isinstance(node, dict):
            return
        kind, line = node.get("type"), (node.get("loc") or {}).get("start", {}).get("line")
        newer = {"ObjectExpression": "SpreadElement", "ObjectPattern": "RestElement"}.get(kind)
        inner = [part["type"] for part in node.get("properties") or []]
        assert newer is None or newer not in inner, f"object spread or rest, line {line}"
        if kind == "MemberExpression" and not node["computed"]:
            assert node["property"]["name"] not in NEWER_CALLS, f".{node['property']['name']}, line {line}"
        if kind == "Literal" and node.get("regex"):
            pattern = node["regex"]["pattern"]
            assert "(?<" not in pattern and "\\p{" not in pattern, f"{pattern}, line {line}"
        if kind == "Identifier":
            assert node["name"] not in ("AbortController", "globalThis", "queueMicrotask"), f"{node['name']}, line {line}"
        for part in node.values():
            check(part)

    def parse(text):
        check(esprima.toDict(esprima.parseScript(text, {"loc": True})))

    for broken in ("a?.b", "a ?? b", "try {} catch {}", "({...a})", "var {a, ...b} = c", "p.finally(f)", "/(?<=a)/"):
        try:
            parse(broken)
        except (esprima.Error, AssertionError):
            continue
        raise SystemExit(f"the check of the language lets {broken} pass")
    for name in ("player.js", "worker.js"):
        parse((ASSETS / name).read_text(encoding="utf-8"))


class Server:
    """The program on a site of its own, on one port all the time."""

    def __init__(self):
        self.port, self.child = 0, None
        (DIR / "playlists/bureau").mkdir(parents=True)
        (DIR / "playlists/screens.yaml").write_text(SCREENS, encoding="utf-8")
        self.until = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) + datetime.timedelta(hours=3)
        until = f"至: {self.until:%Y-%m-%d %H:%M}\n"
        (DIR / "playlists/bureau/playlist.yaml").write_text(ANSWERS + until, encoding="utf-8")
        for name in ("甲", "乙", "丙"):
            (DIR / f"playlists/bureau/{name}.txt").write_text(f"{name}公告\n{name}\n", encoding="utf-8")
        self.start()

    def start(self):
        self.child = subprocess.Popen(
            [PROGRAM, "--lang", "en", "--listen", f"127.0.0.1:{self.port}", "--fonts", FONTS],
            cwd=DIR, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for line in self.child.stdout:
            if line.strip().startswith("http://"):
                self.port = int(line.strip().rsplit(":", 1)[1].strip("/"))
                break

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def manifest(self):
        return json.loads(self.get("/screens/gate/manifest.json?ext=png"))

    def command(self, *args):
        subprocess.run([PROGRAM, "screen", "test", "gate", *args], cwd=DIR, check=True, stdout=subprocess.DEVNULL)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=30) as answer:
            return answer.read()


DOTS = """() => {
  const c = document.querySelector('canvas'), px = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const out = [];
  for (let n = 0; n < px.length; n += 4) out.push(px[n], px[n + 1], px[n + 2]);
  return out;
}"""


def data(page):
    return page.evaluate("() => Object.assign({}, document.body.dataset)")


def until(page, what, holds, seconds=30):
    """Waits until `holds()`; each look lets the page work for a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        page.wait_for_timeout(40)
    raise SystemExit(f"{what}: {data(page)}")


def dots(page):
    return bytes(page.evaluate(DOTS))


def shows(page, state):
    until(page, f"the player should show {state}", lambda: data(page).get("state") == state)


def same_as_polled(page, server, screen):
    """Waits until the canvas has the very dots that a poll gets at this moment."""

    def same():
        before = server.get(f"/screens/{screen}/frame.raw.888?preview")
        seen = dots(page)
        return seen == before == server.get(f"/screens/{screen}/frame.raw.888?preview")

    until(page, f"the player of {screen} should show what a poll gets", same)


def new_page(browser, server, path="/screens/gate/player", width=1280, height=720, ratio=1, clock=None):
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=ratio)
    page = context.new_page()
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: page.problems.append(message.text) if "Policy" in message.text else None)
    if clock:
        page.clock.install(time=clock)
    page.goto(server.base + path)
    shows(page, "loop")
    return page


def close(page):
    assert not page.problems, page.problems
    page.context.close()


def plays_in_order(browser, server):
    # The card believes that it is 2001.
    page = new_page(browser, server, clock="2001-01-01T00:00:00")
    planned = [page["frame"] for page in server.manifest()["pages"]]
    page.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => window.seen.push(document.body.dataset.shown))
        .observe(document.body, { attributes: true, attributeFilter: ['data-shown'] });
    }""")
    for _ in range(3):
        same_as_polled(page, server, "gate")
    page.wait_for_function("most => window.seen.length > most", arg=len(planned), timeout=60_000)
    seen = page.evaluate("window.seen")[: len(planned) + 1]
    at = planned.index(seen[0])
    assert seen == [*planned[at:], *planned[:at], seen[0]], f"a round in order: {seen}, {planned}"
    assert page.evaluate("getComputedStyle(document.body).cursor") == "none"
    assert page.inner_text("body").strip() == "", "no text over the dots"
    close(page)
    wall = new_page(browser, server, "/screens/wall/player")
    same_as_polled(wall, server, "wall")
    close(wall)


def dots_are_whole_pixels(browser, server):
    for path, size, ratio, scale, left, top in (
        ("/screens/gate/player", (1280, 720), 1, 8, 0, 232),
        ("/screens/gate/player", (390, 844), 1, 2, 35, 390),
        ("/screens/gate/player?scale=1", (1280, 720), 1, 1, 0, 0),
        ("/screens/gate/player?scale=1", (640, 360), 2, 1, 0, 0),
        ("/screens/gate/player", (390, 844), 2, 4, 70, 780),
    ):
        page = new_page(browser, server, path, *size, ratio)

        def exact():
            before = dots(page)
            shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            if dots(page) != before:
                return False
            whole = Image.frombytes("RGB", (160, 32), before).resize((160 * scale, 32 * scale), Image.NEAREST)
            wanted = Image.new("RGB", shot.size)
            wanted.paste(whole, (left, top))
            return shot.tobytes() == wanted.tobytes()

        until(page, f"{path} at {size} x {ratio} should have {scale} pixels a dot at {left}, {top}", exact)
        if SHOTS:
            page.screenshot(path=str(SHOTS / f"player-{size[0]}-{ratio}-{scale}.png"))
        close(page)


def tests_and_emergencies_come_at_once(browser, server):
    page = new_page(browser, server)
    server.command("--pattern", "grid", "--for", "5m")
    shows(page, "test")
    same_as_polled(page, server, "gate")
    server.command("--stop")
    shows(page, "loop")
    alarm = DIR / "playlists/bureau/急.txt"
    alarm.write_text("级别: 紧急\n---\n停课\n", encoding="utf-8")
    until(page, "the emergency should be served", lambda: b"\xe5\x81\x9c" in server.get("/screens/gate/frame.txt"))
    same_as_polled(page, server, "gate")
    alarm.unlink()
    until(page, "it should be gone", lambda: b"\xe5\x81\x9c" not in server.get("/screens/gate/frame.txt"))
    same_as_polled(page, server, "gate")
    close(page)


def a_screen_that_is_no_more(browser, server):
    page = new_page(browser, server, "/screens/wall/player")
    file = DIR / "playlists/screens.yaml"
    file.write_text(SCREENS.replace("wall:", "hall:"), encoding="utf-8")
    shows(page, "black")
    until(page, "black", lambda: not any(dots(page)))
    page.wait_for_function("async () => (await (await caches.open('mingping wall')).keys()).length === 0")
    file.write_text(SCREENS, encoding="utf-8")
    shows(page, "loop")
    same_as_polled(page, server, "wall")
    close(page)


def ready_for_an_outage(page, server):
    manifest = server.manifest()
    kept = str(len({page["frame"] for page in [*manifest["pages"], *manifest["frames"], manifest["idle"]]}))
    whole = lambda: data(page).get("frames") == kept and data(page).get("installed")
    until(page, f"{kept} frames and the page should be kept", whole)
    return kept


def plays_on_alone(browser, server):
    page = new_page(browser, server, clock="2030-05-05T12:00:00")
    ready_for_an_outage(page, server)
    manifest = json.loads(server.get("/screens/gate/manifest.json?ext=raw.888"))
    idle = server.get(manifest["idle"]["frame"].replace(server.base, ""))
    server.kill()
    until(page, "the outage should be noticed", lambda: page.clock.fast_forward(1000) or data(page)["server"] == "away")
    seen = set()
    for _ in range(60):
        page.clock.fast_forward(2 * MINUTE + 7000)
        shows(page, "loop")
        seen.add(data(page)["shown"])
    assert len(seen) > 3, f"pages go on: {seen}"
    # Started anew while the server is away: from its own disk.
    page.reload()
    shows(page, "loop")
    until(page, "dots come from the disk", lambda: any(dots(page)))
    # More than two hours have gone; the notices hold for three.
    page.clock.fast_forward(HOUR + 5 * MINUTE)
    shows(page, "idle")
    until(page, "the idle frame", lambda: dots(page) == idle)
    page.clock.fast_forward(20 * HOUR)
    shows(page, "idle")
    page.clock.fast_forward(3 * HOUR)
    shows(page, "black")
    until(page, "black", lambda: not any(dots(page)))
    server.start()
    until(page, "the server should be found again", lambda: page.clock.fast_forward(MINUTE) or data(page)["server"] == "there")
    shows(page, "loop")
    page.clock.resume()
    same_as_polled(page, server, "gate")
    close(page)


def clocks_that_jump(browser, server):
    page = new_page(browser, server, clock="2030-05-05T12:00:00")
    ready_for_an_outage(page, server)
    server.kill()
    until(page, "the outage should be noticed", lambda: page.clock.fast_forward(1000) or data(page)["server"] == "away")
    # Set back by a day: the notices must not last a day longer.
    page.clock.set_system_time("2030-05-04T12:00:00")
    page.clock.fast_forward(2 * HOUR)
    shows(page, "loop")
    page.clock.fast_forward(HOUR + MINUTE)
    shows(page, "idle")
    # Started anew with a clock that shows less than before: nobody knows what still holds.
    page.clock.set_system_time("2030-05-01T12:00:00")
    page.reload()
    shows(page, "idle")
    server.start()
    until(page, "the server should be found again", lambda: page.clock.fast_forward(MINUTE) or data(page)["server"] == "there")
    shows(page, "loop")
    # Asleep for four hours, away from the server: what has expired meanwhile must not show.
    ready_for_an_outage(page, server)
    server.kill()
    until(page, "the outage should be noticed", lambda: page.clock.fast_forward(1000) or data(page)["server"] == "away")
    now = page.evaluate("Date.now()")
    page.clock.set_system_time((now + 4 * HOUR) / 1000)
    page.clock.fast_forward(1000)
    shows(page, "idle")
    server.start()
    close(page)


def a_day_leaves_nothing_behind(browser, server):
    """Twenty-four hours, minute by minute: half of them with the server there, half without."""
    page = new_page(browser, server, clock="2030-05-05T12:00:00")
    kept = ready_for_an_outage(page, server)
    cdp = page.context.new_cdp_session(page)
    cdp.send("HeapProfiler.enable")
    cdp.send("Performance.enable")

    def measure():
        page.wait_for_timeout(50)
        cdp.send("HeapProfiler.collectGarbage")
        metrics = {item["name"]: item["value"] for item in cdp.send("Performance.getMetrics")["metrics"]}
        stored = page.evaluate("async () => { let n = 0; for (const k of await caches.keys()) n += (await (await caches.open(k)).keys()).length; return n; }")
        return metrics["JSHeapUsedSize"], metrics["Nodes"], metrics["JSEventListeners"], stored

    def hours(count):
        for _ in range(count * 60):
            page.clock.fast_forward(MINUTE)

    hours(1)
    before = measure()
    hours(12)
    server.kill()
    hours(11)
    after = measure()
    assert data(page)["frames"] == kept, data(page)
    grown = after[0] - before[0]
    assert grown < 300_000, f"the heap grew by {grown} bytes in a day"
    assert after[1:] == before[1:], f"nodes, listeners, files kept: {before[1:]}, then {after[1:]}"
    print(f"player: a day of playing, the heap went from {before[0]:.0f} to {after[0]:.0f} bytes")
    server.start()
    close(page)


check_language()
server = Server()
try:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for look in (
            plays_in_order,
            dots_are_whole_pixels,
            tests_and_emergencies_come_at_once,
            a_screen_that_is_no_more,
            plays_on_alone,
            clocks_that_jump,
            a_day_leaves_nothing_behind,
        ):
            began = time.monotonic()
            look(browser, server)
            print(f"player: {look.__name__}, {time.monotonic() - began:.1f} s", flush=True)
        browser.close()
finally:
    server.kill()
