"""Decodes every file of a folder with other people's decoders and compares with the pixels beside it.

usage: decoders.py FOLDER COUNT

FOLDER holds NAME_WxH.rgb (three bytes a pixel) and NAME_WxH.EXT for each format, with ?key=value behind it where a BMP
or raw bytes are asked for in another way; for clips NAME_WxH.frames, each frame as four bytes of milliseconds and its
pixels. COUNT is how many files in other formats there must be. Prints which decoders saw how many files; exits 1 at
the first difference.
"""

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import adafruit_imageload
import displayio
from adafruit_imageload.bmp import indexed
from bitmaptools import readinto
from PIL import Image

# The emulator reads its settings from the folder in which it is started.
FOLDER = Path(sys.argv[1]).resolve()
os.chdir(tempfile.mkdtemp())
Path("emulator_config.json").write_text('{"display_adapter": "raw", "log_level": "critical"}')
logging.disable()
from RGBMatrixEmulator import RGBMatrix, RGBMatrixOptions  # noqa: E402

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


def as_565_numbers(pixels):
    triples = zip(pixels[::3], pixels[1::3], pixels[2::3])
    return [(r >> 3) << 11 | (g >> 2) << 5 | b >> 3 for r, g, b in triples]


def by_imageload(path, want):
    """What a CircuitPython board sees; true colours it keeps in 16 bits."""
    # Where bitmaptools is there, it reads palette BMPs and overlooks that one is top-down; its own reader does not.
    indexed._bitmap_readinto = None if "top-down" in path.name else readinto
    bitmap, palette = adafruit_imageload.load(str(path), bitmap=displayio.Bitmap, palette=displayio.Palette)
    seen = [bitmap[x, y] for y in range(bitmap.height) for x in range(bitmap.width)]
    if isinstance(palette, displayio.Palette):
        return b"".join(palette[index].to_bytes(3, "big") for index in seen) == want
    return seen == as_565_numbers(want)


def by_emulator(data, width, height):
    """The pixels of a matrix that was given raw RGB as an image."""
    options = RGBMatrixOptions()
    options.rows, options.cols = height, width
    matrix = RGBMatrix(options=options)
    canvas = matrix.CreateFrameCanvas()
    canvas.SetImage(Image.frombytes("RGB", (width, height), data))
    matrix.SwapOnVSync(canvas)
    return canvas.display_adapter._last_frame().tobytes()


def raw(ext, query, data, width, height, scheme):
    """Pixels of raw bytes as they are to be read, or what 16 bits keep of them."""
    setting = dict(pair.split("=") for pair in query.split("&")) if query else {}
    order = ["rgb".index(letter) for letter in setting.get("order", "rgb")]
    down = setting.get("scan") == "column"
    lines, along = (width, height) if down else (height, width)
    planes = {"raw.1": 1, "raw.rg": 2, "raw.rgb3": 3}.get(ext)
    per_line = (along + 7) // 8 if planes else along * (3 if ext == "raw.888" else 2)
    pad = int(setting.get("pad", 1))
    stride = (per_line + pad - 1) // pad * pad
    assert len(data) == stride * lines * (planes or 1), f"{len(data)} bytes"
    out = [[0, 0, 0] for _ in range(width * height)]
    unlit = 1 if setting.get("polarity") == "negative" else 0
    for part, channel in enumerate(c for c in order if c < planes) if planes else []:
        for line in range(lines):
            row = data[(part * lines + line) * stride:][:stride]
            text = "".join(f"{byte:08b}"[::-1 if setting.get("bits") == "lsb" else 1] for byte in row)
            assert set(text[along:]) <= {str(unlit)}, "bits beyond the line's end are lit"
            for n in range(along):
                out[n * width + line if down else line * width + n][channel] = 255 * (int(text[n]) ^ unlit)
    for line in range(lines) if not planes else []:
        row = data[line * stride:][:stride]
        for n in range(along):
            if ext == "raw.888":
                parts = row[n * 3:n * 3 + 3]
            else:
                number = int.from_bytes(row[n * 2:n * 2 + 2], "little" if ext.endswith("le") else "big")
                parts = (number >> 11 << 3, number >> 5 << 2 & 255, number << 3 & 255)
            for channel, value in zip(order, parts):
                out[n * width + line if down else line * width + n][channel] = value
    if ext == "raw.1":
        return b"".join(bytes(SCHEMES[scheme] if pixel[0] else (0, 0, 0)) for pixel in out)
    return bytes(value for pixel in out for value in pixel)


def as_kept(ext, query, want):
    """The pixels as 16 bits keep them: five bits of the first and third channel, six of the second."""
    if not ext.startswith("raw.565"):
        return want
    order = dict(pair.split("=") for pair in query.split("&") if pair).get("order", "rgb")
    masks = [{0: 0xF8, 1: 0xFC, 2: 0xF8}[order.index(letter)] for letter in "rgb"]
    return bytes(value & masks[n % 3] for n, value in enumerate(want))


def pbm_lit(path):
    """Dots as white on black, to be compared with what is lit."""
    image = Image.open(io.BytesIO(run("pamtopnm", str(path))))
    assert image.format == "PPM" and image.mode == "1", image.mode
    return rgb(image)


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
CHARSETS = {"txt": "utf-8", "txt.gb2312": "gb2312", "txt.gb18030": "gb18030"}
# Python reads A1AA and A1A4 as U+2015 and U+30FB; where two characters mean one mark, it writes only one of them.
ONE_MARK = str.maketrans("—·〜⋯", "―・～…")
# Bits a pixel in a BMP's header, by scheme.
DEPTHS = {"red-green": 4, "seven": 4, "rgb": 24, "rgb-photo": 24}


def check(path, want, width, height, seen):
    name, _, ext = path.name.partition(".")
    ext, _, query = ext.partition("?")
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
    if ext == "json":
        assert by_json(path, width, height) == want
    elif ext.startswith("raw."):
        assert raw(ext, query, data, width, height, scheme) == as_kept(ext, query, want)
        if ext == "raw.888" and not query:
            assert by_emulator(data, width, height) == want, "the emulated matrix shows other pixels"
            seen["RGBMatrixEmulator"] += 1
    elif ext == "pbm":
        got, size = pbm_lit(path)
        lit = bytes(255 * any(want[n:n + 3]) for n in range(0, len(want), 3) for _ in range(3))
        assert size == (width, height) and got == lit
        seen["netpbm"] += 1
    elif ext in CHARSETS:
        assert data.decode(CHARSETS[ext]) == "关于 2026 年招生的公告\n教育局\n"
    elif ext not in PICTURES:
        raise AssertionError("nobody decodes this format")
    if ext == "bmp" or ext == "ppm" and scheme != "rgb-photo":
        assert by_imageload(path, want), "imageload sees other pixels"
        seen["imageload"] += 1
    if ext == "bmp":
        asked = dict(pair.split("=") for pair in query.split("&") if pair)
        field = lambda at, size: int.from_bytes(data[at:at + size], "little")
        assert field(28, 2) == int(asked.get("depth", DEPTHS.get(scheme, 1))), "depth"
        assert field(2, 4) == len(data) and field(34, 4) == len(data) - field(10, 4), "exact sizes"
        high = int.from_bytes(data[22:26], "little", signed=True)
        assert high == (-height if asked.get("top-down") else height), "direction"
        if field(28, 2) < 24:
            assert data[54:58] == bytes(4), "index 0 is unlit"
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
    folder, count = FOLDER, int(sys.argv[2])
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
    if (folder / "text.txt").exists():
        check_text(folder, seen)
    print(", ".join(f"{name}: {count}" for name, count in sorted(seen.items())))


main()
