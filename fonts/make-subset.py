#!/usr/bin/env python3
"""Makes mingping-sans.otf: the outlines for large sizes and for what the bitmap fonts lack.

Usage:
    python3 fonts/make-subset.py NotoSansCJK-Regular.ttc Unihan_OtherMappings.txt.bz2

On Debian the first is in fonts-noto-cjk (/usr/share/fonts/opentype/noto), the second in unicode-data
(/usr/share/unicode). Needs fontTools.

What goes in: the 8,105 characters of 通用规范汉字表 (Unihan property kTGH), all of GB 2312, Latin-1 and the
punctuation that Chinese text uses. The face is the simplified Chinese one. The font is renamed, as its
licence asks of changed versions that a name was reserved for.
"""

import bz2
import os
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

NAME = "Mingping Sans"
HERE = os.path.dirname(os.path.abspath(__file__))


def table_of_general_characters(path):
    """The 8,105 characters of 通用规范汉字表."""
    found = set()
    with bz2.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("#"):
                continue
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 3 and fields[1] == "kTGH":
                found.add(int(fields[0][2:], 16))
    assert len(found) == 8105, len(found)
    return found


def gb2312():
    """The characters of GB 2312, and the second names that Unicode has for two of its marks."""
    found = {0x2014, 0x2015, 0xB7, 0x30FB}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def rename(font):
    """The new name everywhere; trademark and the old names go, copyright and licence stay."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 13, 14)]
    plain = NAME.replace(" ", "")
    version = "Version 1.000; a subset of Noto Sans CJK SC"
    for key, value in {1: NAME, 2: "Regular", 3: plain + "-1", 4: NAME, 5: version, 6: plain}.items():
        names.setName(value, key, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [plain]
        top = cff.topDictIndex[0]
        for field, value in (("FullName", NAME), ("FamilyName", NAME)):
            setattr(top, field, value)
        top.rawDict.pop("Notice", None)


def main():
    collection, unihan = sys.argv[1:3]
    table = table_of_general_characters(unihan)
    wanted = table | gb2312() | set(range(0x20, 0x7F)) | set(range(0xA0, 0x100)) | set(range(0x2010, 0x2028))
    fonts = TTCollection(collection).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options()
    options.hinting = False
    options.desubroutinize = False
    options.layout_features = []
    options.name_IDs = ["*"]
    options.drop_tables += ["BASE", "GPOS", "GSUB", "GDEF", "VORG", "vhea", "vmtx"]
    options.notdef_outline = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(wanted))
    subsetter.subset(font)
    rename(font)
    have = font.getBestCmap()
    print(len(have), "characters; not in the source:", "".join(chr(c) for c in sorted(wanted - have.keys())))
    assert not table - have.keys()
    # The time stamps of the source stay: the same input gives the same file.
    font.recalcTimestamp = False
    out = os.path.join(HERE, "mingping-sans.otf")
    font.save(out)
    print(out, os.path.getsize(out), "bytes")


if __name__ == "__main__":
    main()
