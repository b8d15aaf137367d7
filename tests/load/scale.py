#!/usr/bin/env python3
"""A province's worth: 200 screens of 8 profiles, 10,000 notices, 40 on air on each screen.

    cargo build --release && tests/load/scale.py

Prints how long the server takes from its start until it listens, and its resident memory then and after a
minute's worth of polls; and the resident memory of an idle server with three screens.
"""

import http.client
import pathlib
import tempfile
import time

from serving import resident, serving, show_load

MB = 1 << 20
PROFILES = [
    ("320x32", "red"), ("192x32", "red"), ("256x32", "amber"), ("128x64", "red"),
    ("192x96", "red-green"), ("128x64", "seven"), ("160x80", "rgb"), ("256x128", "rgb"),
]
ANSWERS = "提供: 甲\n审核: 乙\n负责: 甲\n保密审查: 丙\n"


def site(folder, screens, notices, on_air):
    """`screens` screens, each with a playlist of its own; of the notices in it `on_air` hold now."""
    lines = []
    for n in range(screens):
        size, color = PROFILES[n % len(PROFILES)]
        lines.append(f"s{n}:\n  size: {size}\n  color: {color}\n  playlists: [p{n}]\n  poll: 1s\n  idle: 待机\n")
        place = folder / f"p{n}"
        place.mkdir(parents=True)
        (place / "playlist.yaml").write_text(ANSWERS)
        for k in range(notices // screens):
            until = "2099-12-31" if k < on_air else "2025-12-31"
            (place / f"{k:03}.md").write_text(
                f"---\n标题: 第{n}校第{k}号公告\n自: 2025-01-01\n至: {until}\n---\n"
                f"根据上级要求，现将第{n}校第{k}号事项予以公示，公示期5个工作日，如有异议请书面反映。\n"
            )
    (folder / "screens.yaml").write_text("".join(lines))


def run(place, label, polls):
    begun = time.perf_counter()
    with serving(place) as (server, address):
        ready = time.perf_counter() - begun
        first = resident(server.pid)
        connection = http.client.HTTPConnection(*address, timeout=60)
        for path in polls:
            connection.request("GET", path)
            connection.getresponse().read()
        after = resident(server.pid)
    print(f"{label}: ready in {ready:.2f} s, {first / MB:.0f} MB resident, {after / MB:.0f} MB after polls")


def main():
    show_load()
    for label, screens, notices, on_air in (
        ("3 screens, 30 notices", 3, 30, 10),
        ("200 screens, 10,000 notices", 200, 10_000, 40),
    ):
        with tempfile.TemporaryDirectory() as place:
            place = pathlib.Path(place)
            site(place / "playlists", screens, notices, on_air)
            time.sleep(2.5)  # files younger than two seconds count as being copied
            run(place, label, [f"/screens/s{n}/frame.{ext}" for n in range(screens) for ext in ("bmp", "png")])


main()
