#!/usr/bin/env python3
"""Makes mingping-rare.otf: outlines for the characters of 通用规范汉字表 that the bitmap fonts lack.

Usage:
    python3 fonts/make-subset.py NotoSansCJK-Regular.ttc Unihan_OtherMappings.txt.bz2 unifont.hex

On Debian the first is in fonts-noto-cjk (/usr/share/fonts/opentype/noto), the second in unicode-data
(/usr/share/unicode), the third in the data folder of the `unifont` crate. Needs fontTools.

What goes in: every character of the table (Unihan property kTGH) beyond the BMP, and every one that
neither gb16fs nor Unifont has. The face is the simplified Chinese one. The font is renamed, as its
licence asks of changed versions that a name was reserved for.
"""

import bz2
import gzip
import os
import struct
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

NAME = "Mingping Rare"
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


def characters_of_pcf(path):
    """The Unicode characters of a PCF font in GB 2312."""
    with gzip.open(path) as file:
        data = file.read()
    tables = {}
    for n in range(struct.unpack_from("<I", data, 4)[0]):
        kind, _, _, offset = struct.unpack_from("<IIII", data, 8 + 16 * n)
        tables[kind] = offset
    at = tables[32]
    order = ">" if struct.unpack_from("<I", data, at)[0] & 4 else "<"
    low, high, first, last, _ = struct.unpack_from(order + "5H", data, at + 4)
    at += 14
    found = set()
    for row in range(first, last + 1):
        for cell in range(low, high + 1):
            if struct.unpack_from(order + "H", data, at)[0] != 0xFFFF:
                try:
                    found.add(ord(bytes([row | 0x80, cell | 0x80]).decode("gb2312")))
                except UnicodeDecodeError:
                    pass
            at += 2
    return found


def characters_of_hex(path):
    """The characters of a Unifont .hex file."""
    with open(path, encoding="ascii") as lines:
        return {int(line.split(":")[0], 16) for line in lines}


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
    collection, unihan, unifont = sys.argv[1:4]
    wanted = table_of_general_characters(unihan)
    have = characters_of_pcf(os.path.join(HERE, "gb16fs.pcf.gz")) | characters_of_hex(unifont)
    rare = sorted(c for c in wanted if c > 0xFFFF or c not in have)
    print(len(rare), "characters:", "".join(map(chr, rare)))
    fonts = TTCollection(collection).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options()
    options.hinting = False
    options.desubroutinize = True
    options.layout_features = []
    options.name_IDs = ["*"]
    options.drop_tables += ["BASE", "GPOS", "GSUB", "GDEF", "VORG", "vhea", "vmtx"]
    options.notdef_outline = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=rare)
    subsetter.subset(font)
    rename(font)
    missing = [chr(c) for c in rare if c not in font.getBestCmap()]
    assert not missing, missing
    # The time stamps of the source stay: the same input gives the same file.
    font.recalcTimestamp = False
    out = os.path.join(HERE, "mingping-rare.otf")
    font.save(out)
    print(out, os.path.getsize(out), "bytes")


if __name__ == "__main__":
    main()
