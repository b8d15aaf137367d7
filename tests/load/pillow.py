"""Draws the pages of a plan with Pillow (FreeType): prints, for each case, the nanoseconds that all its pages take.

usage: pillow.py PLAN FONT

The text comes broken into lines; nothing is measured or laid out here. Fonts are opened once, before the clock runs.
"""

import json
import statistics
import sys
import time

from PIL import Image, ImageDraw, ImageFont

BATCHES, BATCH_NS = 15, 20_000_000


def measure(work):
    """The median of several batches."""
    def batch(times):
        begun = time.perf_counter_ns()
        for _ in range(times):
            work()
        return time.perf_counter_ns() - begun

    batch(1)
    times = max(1, BATCH_NS // max(batch(1), 1))
    return statistics.median(batch(times) / times for _ in range(BATCHES))


def main():
    plan, path = json.load(open(sys.argv[1], encoding="utf-8")), sys.argv[2]
    sizes = {run["px"] for case in plan for page in case["pages"] for run in page}
    # The plain layout engine is the faster one.
    fonts = {px: ImageFont.truetype(path, px, layout_engine=ImageFont.Layout.BASIC) for px in sizes}
    for case in plan:
        mode, ink = ("RGB", (255, 255, 255)) if case["rgb"] else ("1", 1)

        def draw():
            for page in case["pages"]:
                image = Image.new(mode, (case["width"], case["height"]))
                canvas = ImageDraw.Draw(image)
                for run in page:
                    canvas.text((run["x"], run["y"]), run["text"], fill=ink, font=fonts[run["px"]])

        print(f"{case['name']}\t{measure(draw):.0f}\tns")


main()
