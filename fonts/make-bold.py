#!/usr/bin/env python3
"""Makes mingping-bold16.bdf.gz: the Latin of 8x16 with strokes of two dots, for titles and emphasis.

Usage:
    python3 fonts/make-bold.py

Needs pcf2bdf, in Debian the package of that name.

Figures of 8x16 are as high as Han, and stand so close that nothing can be added outside them. Each stroke
grows towards the middle of its letter instead, where that leaves a dark dot to the stroke across.
"""

import bdf


def bold(row, first, end):
    """One row of dots, a list of booleans; the letter reaches from column `first` to before `end`."""
    out, middle = list(row), (first + end - 1) / 2
    for x in range(first, end):
        if not row[x]:
            continue
        step = 1 if x <= middle else -1
        beside, beyond = x + step, x + 2 * step
        if not first <= beside < end or row[beside]:
            continue
        # What lies beyond stays apart, unless it has grown this way already.
        if 0 <= beyond < len(row) and (row[beyond] or out[beyond]):
            continue
        out[beside] = True
    return out


def main():
    lines, out, n = bdf.of_pcf("8x16.pcf.gz"), [], 0
    while n < len(lines):
        line = lines[n]
        n += 1
        if line.startswith("FONT "):
            line = "FONT -Mingping-Bold-Bold-R-Normal--16-120-100-100-C-80-ISO8859-1"
        out.append(line)
        if line != "BITMAP":
            continue
        rows = []
        while lines[n] != "ENDCHAR":
            rows.append([bool(int(lines[n], 16) >> (7 - x) & 1) for x in range(8)])
            n += 1
        lit = [x for x in range(8) if any(row[x] for row in rows)]
        for row in rows:
            dots = bold(row, lit[0], lit[-1] + 1) if lit else row
            out.append("%02X" % sum(1 << (7 - x) for x in range(8) if dots[x]))
    bdf.write("mingping-bold16.bdf.gz", out)


if __name__ == "__main__":
    main()
