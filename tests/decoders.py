"""Decodes every file of a folder with other people's decoders and compares with the pixels beside it.

usage: decoders.py FOLDER COUNT

FOLDER holds NAME_WxH.rgb (three bytes a pixel) and NAME_WxH.EXT for each format; for clips NAME_WxH.frames, each
frame as four bytes of milliseconds and its pixels. COUNT is how many files in other formats there must be. Prints which decoders saw how many files; exits 1 at the first difference.
"""

import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from PIL import Image

SCHEMES = {
    "red": (255, 0, 0), "green": (0, 255, 0), "amber": (255, 191, 0), "white": (255, 255, 255),
}
# How far a channel may be off where a format cannot hold all colours.
TOLERANCE = 48


def run(*command):
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def rgb(image):
    return image.convert("RGB").tobytes(), image.size


def by_pillow(path):
    return rgb(Image.open(path))


def by_tool(*command):
    """A tool that writes a portable anymap."""
    return lambda path: rgb(Image.open(io.BytesIO(run(*command, str(path)))))


def bits(data, width, height):
    """One bit a pixel, most significant first, rows padded to bytes."""
    stride = (width + 7) // 8
    assert len(data) == stride * height, f"{len(data)} bytes, not {stride * height}"
    for y in range(height):
        row = data[y * stride:(y + 1) * stride]
        assert width % 8 == 0 or row[-1] & (0xFF >> width % 8) == 0, "bits beyond the row's end are set"
        for x in range(width):
            yield row[x // 8] >> (7 - x % 8) & 1


def by_planes(count):
    def decode(path, width, height):
        data = path.read_bytes()
        size = len(data) // count
        planes = [list(bits(data[n * size:(n + 1) * size], width, height)) for n in range(count)]
        planes += [[0] * (width * height)] * (3 - count)
        return bytes(255 * bit for pixel in zip(*planes) for bit in pixel)
    return decode


def raw_1(path, width, height):
    lit = SCHEMES[path.name.split("_")[0]]
    return bytes(c for bit in bits(path.read_bytes(), width, height) for c in (lit if bit else (0, 0, 0)))


def pbm_lit(path):
    """Dots as white on black, to be compared with what is lit."""
    image = Image.open(io.BytesIO(run("pamtopnm", str(path))))
    assert image.format == "PPM" and image.mode == "1", image.mode
    return rgb(image)


def as_565(pixels, order):
    out = bytearray()
    for n in range(0, len(pixels), 3):
        r, g, b = pixels[n:n + 3]
        out += ((r >> 3) << 11 | (g >> 2) << 5 | b >> 3).to_bytes(2, order)
    return bytes(out)


def by_json(path, width, height):
    told = json.loads(path.read_text("utf-8"))
    assert (told["width"], told["height"]) == (width, height)
    assert told["lines"] == ["关于 2026 年招生的公告", "教育局"]
    assert len(told["rows"]) == height
    if not told["palette"]:
        return bytes.fromhex("".join(told["rows"]))
    return b"".join(bytes.fromhex(told["palette"][int(digit)]) for row in told["rows"] for digit in row)


PICTURES = {
    "bmp": {"Pillow": by_pillow, "netpbm": by_tool("bmptopnm", "-quiet")},
    "png": {"Pillow": by_pillow, "netpbm": by_tool("pngtopam", "-quiet")},
    "gif": {"Pillow": by_pillow, "netpbm": by_tool("giftopnm", "-quiet")},
    "webp": {"Pillow": by_pillow, "libwebp": by_tool("dwebp", "-quiet", "-ppm", "-o", "-", "--")},
    "ppm": {"Pillow": by_pillow, "netpbm": by_tool("pamtopnm")},
}
RAW = {"raw.1": raw_1, "raw.rg": by_planes(2), "raw.rgb3": by_planes(3), "json": by_json}
CHARSETS = {"txt": "utf-8", "txt.gb2312": "gb2312", "txt.gb18030": "gb18030"}
# Python reads A1AA and A1A4 as U+2015 and U+30FB; where two characters mean one mark, it writes only one of them.
ONE_MARK = str.maketrans("—·〜⋯", "―・～…")
# Bits a pixel in a BMP's header, by scheme.
DEPTHS = {"red-green": 4, "seven": 4, "rgb": 24, "rgb-photo": 24}


def check(path, want, width, height, seen):
    name, _, ext = path.name.partition(".")
    scheme = name.split("_")[0]
    for decoder, decode in PICTURES.get(ext, {}).items():
        got, size = decode(path)
        assert size == (width, height), f"{decoder}: {size}"
        if ext == "gif" and scheme == "rgb-photo":
            worst = max(abs(a - b) for a, b in zip(got, want))
            assert worst <= TOLERANCE, f"{decoder}: a channel is off by {worst}"
        else:
            assert got == want, f"{decoder} sees other pixels"
        seen[decoder] += 1
    data = path.read_bytes()
    if ext in RAW:
        assert RAW[ext](path, width, height) == want
    elif ext == "pbm":
        got, size = pbm_lit(path)
        lit = bytes(255 * any(want[n:n + 3]) for n in range(0, len(want), 3) for _ in range(3))
        assert size == (width, height) and got == lit
        seen["netpbm"] += 1
    elif ext == "raw.888":
        assert data == want
    elif ext == "raw.565le":
        assert data == as_565(want, "little")
    elif ext == "raw.565be":
        assert data == as_565(want, "big")
    elif ext in CHARSETS:
        assert data.decode(CHARSETS[ext]) == "关于 2026 年招生的公告\n教育局\n"
    elif ext not in PICTURES:
        raise AssertionError("nobody decodes this format")
    if ext == "bmp":
        field = lambda at, size: int.from_bytes(data[at:at + size], "little")
        assert field(28, 2) == DEPTHS.get(scheme, 1), "depth"
        assert field(2, 4) == len(data) and field(34, 4) == len(data) - field(10, 4), "exact sizes"
        assert field(22, 4) == height, "bottom-up"
    seen["files"] += 1


def check_text(folder, seen):
    """The same text in each character set; GB 2312 has a geta mark where Python's own codec has nothing."""
    read = lambda ext: (folder / f"text.{ext}").read_bytes()
    text = read("txt").decode("utf-8")
    assert len(text) > 8105
    assert read("txt.gb18030").decode("gb18030") == text, "GB 18030"

    def has(c):
        try:
            return bool(c.encode("gb2312"))
        except UnicodeEncodeError:
            return False

    hanzi = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    hanzi = "".join(code.decode("gb2312", "ignore") for code in hanzi)
    assert len(hanzi) == 6763 and hanzi in text, "every hanzi of GB 2312"
    one = text.translate(ONE_MARK)
    want = "".join(c if has(c) else "〓" for c in one)
    assert read("txt.gb2312").decode("gb2312") == want, "GB 2312"
    assert want.count("〓") == int(read("lacking")), "the count of what GB 2312 lacks"
    seen["charsets"] += len(CHARSETS)


def check_clip(path, frames, width, height, seen):
    size = 4 + width * height * 3
    want = [(frames[at + 4:at + size], int.from_bytes(frames[at:at + 4], "little"))
            for at in range(0, len(frames), size)]
    clip = Image.open(path)
    assert getattr(clip, "n_frames", 1) == len(want), f"{clip.n_frames} frames, not {len(want)}"
    assert clip.info.get("loop", 0) == 0, "it must go round for ever"
    for n, (dots, ms) in enumerate(want):
        clip.seek(n)
        clip.load()
        got, shape = rgb(clip)
        assert shape == (width, height) and got == dots, f"frame {n} has other pixels"
        assert clip.info["duration"] == ms, f"frame {n} shows {clip.info['duration']} ms, not {ms}"
    seen["Pillow"] += 1
    seen["files"] += 1


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    seen = Counter()
    for path in sorted(folder.iterdir()):
        name, _, ext = path.name.partition(".")
        if ext in ("rgb", "frames") or name == "text":
            continue
        width, height = map(int, name.split("_")[1].split("x"))
        frames = folder / f"{name}.frames"
        try:
            if frames.exists():
                check_clip(path, frames.read_bytes(), width, height, seen)
                continue
            check(path, (folder / f"{name}.rgb").read_bytes(), width, height, seen)
        except AssertionError as problem:
            raise SystemExit(f"{path.name}: {problem}")
    assert seen["files"] == count, f"{seen['files']} files, not {count}"
    check_text(folder, seen)
    print(", ".join(f"{name}: {count}" for name, count in sorted(seen.items())))


main()
