#!/usr/bin/env python3
"""Makes mingping24.bdf.gz: the characters of 通用规范汉字表 that gb24st lacks, in 24 dots.

Usage:
    python3 fonts/make-bitmaps.py NotoSerifCJK-Regular.ttc Unihan_OtherMappings.txt.bz2

On Debian the first is in fonts-noto-cjk (/usr/share/fonts/opentype/noto), the second in unicode-data
(/usr/share/unicode). Needs fontTools, and pcf2bdf, in Debian the package of that name.

Rare names (垚, 堃, 䶮 …) then stand beside the 24-dot Song in its own style: the outlines of the
simplified Chinese serif face, drawn at 24 pixels, a dot being lit from 36 % coverage on, so that thin
horizontal strokes survive.
"""

import importlib.util
import os
import sys

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTCollection

import bdf

PX = 24
ASCENT = 22
BASELINE = 21  # of the em square, whose bottom lies 0.12 em below the baseline
LIT = 0.36
FINE = 16  # scan lines a row
STEPS = 8  # lines a curve


def characters_of(name):
    """The characters of a PCF font of GB 2312."""
    codes = [int(line.split()[1]) for line in bdf.of_pcf(name) if line.startswith("ENCODING ")]
    found = set()
    for code in codes:
        try:
            found.add(ord(bytes([code >> 8 | 0x80, code & 0xFF | 0x80]).decode("gb2312")))
        except UnicodeDecodeError:
            pass
    return found


def shared():
    """make-subset.py, for the table of characters."""
    spec = importlib.util.spec_from_file_location("subset", os.path.join(bdf.HERE, "make-subset.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def edges(glyphs, name, scale):
    """The outline as lines ((x, y), (x, y)) in pixels, y downwards from the cell's top."""
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    place = lambda p: (p[0] * scale, BASELINE - p[1] * scale)
    out, start, at = [], None, None
    for op, args in pen.value:
        points = [place(p) for p in args]
        if op == "moveTo":
            start = at = points[0]
        elif op == "lineTo":
            out.append((at, points[0]))
            at = points[0]
        elif op == "curveTo":
            a, (b, c, d) = at, points
            for n in range(1, STEPS + 1):
                t = n / STEPS
                u = 1 - t
                point = tuple(
                    u**3 * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t**3 * d[k] for k in (0, 1)
                )
                out.append((at, point))
                at = point
        elif op in ("closePath", "endPath") and at != start:
            out.append((at, start))
            at = start
    return out


def rows(lines):
    """Rows of dots as numbers, the leftmost dot highest."""
    cover = [[0.0] * PX for _ in range(PX)]
    for fine in range(PX * FINE):
        y = (fine + 0.5) / FINE
        crossings = []
        for (x0, y0), (x1, y1) in lines:
            if (y0 <= y) != (y1 <= y):
                crossings.append((x0 + (y - y0) * (x1 - x0) / (y1 - y0), 1 if y1 > y0 else -1))
        crossings.sort()
        winding = 0
        for (left, turn), (right, _) in zip(crossings, crossings[1:]):
            winding += turn
            if winding == 0:
                continue
            for x in range(max(0, int(left)), min(PX, int(right) + 1)):
                width = min(right, x + 1) - max(left, x)
                cover[fine // FINE][x] += max(0.0, width) / FINE
    return [sum((value >= LIT) << (PX - 1 - x) for x, value in enumerate(row)) for row in cover]


def main():
    collection, unihan = sys.argv[1:3]
    subset = shared()
    have = characters_of("gb24st.pcf.gz")
    wanted = sorted(subset.table_of_general_characters(unihan) - have)
    font = next(f for f in TTCollection(collection).fonts if f["name"].getDebugName(1) == "Noto Serif CJK SC")
    cmap, glyphs_of = font.getBestCmap(), font.getGlyphSet()
    scale = PX / font["head"].unitsPerEm
    glyphs = []
    for code in wanted:
        dots = rows(edges(glyphs_of, cmap[code], scale))
        glyphs.append((code, [f"{row:06X}" for row in dots]))
    comments = [
        "Copyright 2017-2022 Adobe (http://www.adobe.com/).",
        "Licensed under the SIL Open Font License, Version 1.1; see mingping24.LICENSE.",
    ]
    size = bdf.write("mingping24.bdf.gz", bdf.of_squares(comments, PX, ASCENT, glyphs))
    print(len(wanted), "characters,", size, "bytes")


if __name__ == "__main__":
    main()
