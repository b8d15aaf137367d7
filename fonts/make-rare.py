#!/usr/bin/env python3
"""Makes mingping16.bdf.gz: the characters of 通用规范汉字表 beyond the BMP, in 16 dots.

Usage:
    python3 fonts/make-rare.py unifont_all.hex

On Debian (13 or later, for Unifont 16) the file is in unifont (/usr/share/unifont).

The program holds Unifont's BMP; these 196, most of them for names, lie beyond it. Drawn from outlines they
would be heavier than the characters beside them.
"""

import os
import sys

import bdf

PX, ASCENT = 16, 14


def main():
    with open(os.path.join(bdf.HERE, "tongyong-8105.txt"), encoding="utf-8") as table:
        wanted = sorted({ord(c) for c in table.read() if ord(c) > 0xFFFF})
    drawn = {}
    with open(sys.argv[1], encoding="ascii") as lines:
        for line in lines:
            code, dots = line.strip().split(":")
            drawn[int(code, 16)] = dots
    glyphs = []
    for code in wanted:
        dots = drawn[code]
        assert len(dots) == PX * PX // 4, f"U+{code:04X} is not {PX} dots wide"
        glyphs.append((code, [dots[n : n + PX // 4] for n in range(0, len(dots), PX // 4)]))
    comments = [
        "From GNU Unifont, Copyright 1998-2025 its authors (https://unifoundry.com/unifont/).",
        "Licensed under the SIL Open Font License, Version 1.1; see mingping16.LICENSE.",
    ]
    size = bdf.write("mingping16.bdf.gz", bdf.of_squares(comments, PX, ASCENT, glyphs))
    print(len(wanted), "characters,", size, "bytes")


if __name__ == "__main__":
    main()
