"""The pages in a real browser: the dots on the canvas are the dots that the controller gets.

Called by tests/browser.rs with the server's address and the folder of its playlist. Exits with 1 and says
what is wrong.
"""

import pathlib
import sys
import urllib.request

from playwright.sync_api import sync_playwright

BASE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
SHOTS = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None

# One pixel from the middle of each LED of the page's canvas, as [r, g, b, r, g, b ...].
CENTRES = """() => {
  const canvas = document.querySelector('main canvas');
  if (!canvas || !WIDTH) return null;
  const s = canvas.width / WIDTH, px = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const out = [];
  for (let y = 0; y < canvas.height / s; y++) for (let x = 0; x < WIDTH; x++) {
    const at = ((Math.floor(y * s + s / 2)) * canvas.width + Math.floor(x * s + s / 2)) * 4;
    out.push(px[at], px[at + 1], px[at + 2]);
  }
  return out;
}"""


def get(path):
    with urllib.request.urlopen(BASE + path, timeout=60) as answer:
        return answer.read(), answer.headers


def lit(values):
    """Which LEDs are lit: an unlit one is drawn as a faint grey."""
    return [max(values[n : n + 3]) > 60 for n in range(0, len(values), 3)]


def same_dots(page, width):
    """Waits until the canvas shows the controller's frame; the last difference is the error."""
    script = CENTRES.replace("WIDTH", str(width))
    for _ in range(40):
        before, headers = get("/screens/gate/frame.raw.888")
        centres = page.evaluate(script)
        after, _ = get("/screens/gate/frame.raw.888")
        if centres and before == after and lit(centres) == lit(list(before)):
            return
        page.wait_for_timeout(250)
    raise SystemExit("the canvas does not show the frame that the controller gets")


def look(browser, language, width, height):
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
    page = context.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path, wanted in (
        ("/", ["bad.md", "类型别"]),
        ("/screens/gate/test", ["mingping screen test gate --pattern ident", "walk"]),
        ("/screens/gate", ["/screens/gate/frame.bmp", "curl"]),
    ):
        page.goto(BASE + path, wait_until="load")
        text = page.inner_text("body")
        for words in wanted:
            assert words in text, f"{path} in {language} does not say {words}:\n{text}"
        heading = "已拒绝" if language.startswith("zh") else "refused"
        if path == "/":
            assert page.evaluate("document.documentElement.lang").startswith(language[:2])
            assert "<script>" in text, "a hostile title is shown as text"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} at {width} px is {wide} px too wide"
        if SHOTS:
            name = {"/": "dashboard", "/screens/gate": "screen"}.get(path, "test")
            page.screenshot(path=str(SHOTS / f"{name}-{language}-{width}.png"), full_page=True)
    same_dots(page, 160)
    assert not errors, f"the console of {language} at {width} px: {errors}"
    return page


with sync_playwright() as play:
    browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    for language in ("zh-CN", "en-US"):
        for width, height in ((1280, 900), (390, 844)):
            page = look(browser, language, width, height)
    # Somebody at the server starts a test pattern on its page, and ends it.
    page.goto(BASE + "/screens/gate/test")
    page.click("button[value=grid]")
    page.wait_for_selector("#test .note >> text=grid")
    same_dots(page, 160)
    assert b"5 x 2" in get("/screens/gate/frame.txt")[0]
    page.click("button[name=stop]")
    page.wait_for_function("!document.querySelector('#test .note')")
    assert b"5 x 2" not in get("/screens/gate/frame.txt")[0]
    page.goto(BASE + "/screens/gate")
    # A notice that is dropped while the page is open arrives on it.
    (FOLDER / "live.txt").write_text("最新通知\n请看这里\n", encoding="utf-8")
    same_dots(page, 160)
    browser.close()
print("browser: every dot is the controller's")
