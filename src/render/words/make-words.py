#!/usr/bin/env python3
"""Makes words.bin: which Han characters make a word, and how rare it is.

Usage:
    python3 src/render/words/make-words.py dict.txt

dict.txt is part of jieba, a segmenter of Chinese by Sun Junyi under the MIT licence: `pip download jieba==0.42.1`.
Each of its lines is a word, how often it was counted, and its part of speech. terms.txt beside this file adds what
schools and their offices say and jieba does not know.

words.bin is a hash table of SLOTS numbers of 32 bits, little-endian: 0 where none stands, else in its upper 24
bits the upper bits of the word's hash, in its lower 8 how rare it is: 16 times the natural logarithm of how many
words were counted for one of it. A word stands in the slot that its hash gives, or in the next free one.
"""

import math
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SLOTS = 160_001
LONGEST = 5
# What was counted less often is as likely to be a mistake.
LEAST_COUNT = 10
# As often as a common word, for the terms.
TERM_COUNT = 50_000
# 雪峰镇西片: where it stands in the dictionary a place 镇西 or 村北 is far away, a side of a town or village near.
SIDES = {place + side for place in "镇乡村街路" for side in "东西南北"}
MASK = (1 << 64) - 1


def hashed(word):
    """FNV-1a over code points, then a turn that lets each bit move all others."""
    value = 0xCBF29CE484222325
    for c in word:
        value = ((value ^ ord(c)) * 0x100000001B3) & MASK
    value ^= value >> 32
    value = (value * 0xD6E8FEB86659FD93) & MASK
    return value ^ (value >> 32)


def main():
    counts = {}
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            word, count, *_ = line.split(" ")
            if word not in SIDES and len(word) <= LONGEST and all("\u4e00" <= c <= "\u9fff" for c in word):
                counts[word] = int(count)
    with open(os.path.join(HERE, "terms.txt"), encoding="utf-8") as terms:
        counts.update((term, TERM_COUNT) for term in terms.read().split())
    whole = sum(counts.values())
    slots, kept = [0] * SLOTS, 0
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count < LEAST_COUNT:
            continue
        value = hashed(word)
        rarity = min(255, max(1, round(16 * math.log(whole / count))))
        entry = (value >> 40) << 8 | rarity
        slot = (value & 0xFFFFFFFF) * SLOTS >> 32
        while slots[slot]:
            assert slots[slot] >> 8 != entry >> 8, f"{word} looks like another word"
            slot = (slot + 1) % SLOTS
        slots[slot] = entry
        kept += 1
    path = os.path.join(HERE, "words.bin")
    with open(path, "wb") as file:
        file.write(struct.pack(f"<{SLOTS}I", *slots))
    print(kept, "words,", os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
