"""What the scripts here share: reading a PCF font as BDF, and writing a BDF of square Han glyphs.

Reading needs pcf2bdf, in Debian the package of that name.
"""

import gzip
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def of_pcf(name):
    """The lines of a .pcf.gz of this folder as BDF."""
    source = gzip.open(os.path.join(HERE, name)).read()
    bdf = subprocess.run(["pcf2bdf"], input=source, stdout=subprocess.PIPE, check=True).stdout
    return bdf.decode("latin-1").splitlines()


def write(name, lines):
    """Writes a .bdf.gz of this folder. No name and no time in the gzip header: the same input gives the same file."""
    path = os.path.join(HERE, name)
    with open(path, "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, 0) as packed:
            packed.write(("\n".join(lines) + "\n").encode("latin-1"))
    return os.path.getsize(path)


def of_squares(comments, px, ascent, glyphs):
    """The lines of a BDF of `px` dots; `glyphs` are code points, each with its rows of dots in hexadecimal."""
    square = f"{px} {px} 0 {ascent - px}"
    out = ["STARTFONT 2.1", *(f"COMMENT {comment}" for comment in comments)]
    out += [
        f"FONT -Mingping-Mingping {px}-Medium-R-Normal--{px}-{px * 10}-72-72-C-{px * 10}-ISO10646-1",
        f"SIZE {px} 72 72",
        f"FONTBOUNDINGBOX {square}",
        "STARTPROPERTIES 4",
        f"FONT_ASCENT {ascent}",
        f"FONT_DESCENT {px - ascent}",
        'CHARSET_REGISTRY "ISO10646"',
        'CHARSET_ENCODING "1"',
        "ENDPROPERTIES",
        f"CHARS {len(glyphs)}",
    ]
    for code, rows in glyphs:
        out += [f"STARTCHAR U+{code:04X}", f"ENCODING {code}", "SWIDTH 1000 0", f"DWIDTH {px} 0"]
        out += [f"BBX {square}", "BITMAP", *rows, "ENDCHAR"]
    return out + ["ENDFONT"]
