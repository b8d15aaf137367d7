#!/usr/bin/env python3
"""Makes mingping16.bdf.gz: the characters of 通用规范汉字表 beyond the BMP, in 16 dots.

Usage:
    python3 fonts/make-rare.py unifont_all.hex

On Debian (13 or later, for Unifont 16) the file is in unifont (/usr/share/unifont).

The program holds Unifont's BMP; these 196, most of them for names, lie beyond it. Drawn from outlines they
would be heavier than the characters beside them.
"""

import gzip
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PX, ASCENT = 16, 14


def main():
    with open(os.path.join(HERE, "tongyong-8105.txt"), encoding="utf-8") as table:
        wanted = sorted({ord(c) for c in table.read() if ord(c) > 0xFFFF})
    drawn = {}
    with open(sys.argv[1], encoding="ascii") as lines:
        for line in lines:
            code, dots = line.strip().split(":")
            drawn[int(code, 16)] = dots
    out = [
        "STARTFONT 2.1",
        "COMMENT From GNU Unifont, Copyright 1998-2025 its authors (https://unifoundry.com/unifont/).",
        "COMMENT Licensed under the SIL Open Font License, Version 1.1; see mingping16.LICENSE.",
        f"FONT -Mingping-Mingping 16-Medium-R-Normal--{PX}-{PX * 10}-72-72-C-{PX * 10}-ISO10646-1",
        f"SIZE {PX} 72 72",
        f"FONTBOUNDINGBOX {PX} {PX} 0 {ASCENT - PX}",
        "STARTPROPERTIES 4",
        f"FONT_ASCENT {ASCENT}",
        f"FONT_DESCENT {PX - ASCENT}",
        'CHARSET_REGISTRY "ISO10646"',
        'CHARSET_ENCODING "1"',
        "ENDPROPERTIES",
        f"CHARS {len(wanted)}",
    ]
    for code in wanted:
        dots = drawn[code]
        assert len(dots) == PX * PX // 4, f"U+{code:04X} is not {PX} dots wide"
        out += [f"STARTCHAR U+{code:04X}", f"ENCODING {code}", "SWIDTH 1000 0", f"DWIDTH {PX} 0"]
        out += [f"BBX {PX} {PX} 0 {ASCENT - PX}", "BITMAP"]
        out += [dots[n : n + PX // 4] for n in range(0, len(dots), PX // 4)] + ["ENDCHAR"]
    out.append("ENDFONT")
    path = os.path.join(HERE, "mingping16.bdf.gz")
    # No name and no time in the gzip header: the same input gives the same file.
    with open(path, "wb") as file:
        file.write(gzip.compress(("\n".join(out) + "\n").encode("ascii"), 9, mtime=0))
    print(len(wanted), "characters,", os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
