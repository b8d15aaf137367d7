#!/usr/bin/env python3
"""How long from closing a file in the folder until its frame is served? 1,000 changes among 1,000 files.

    cargo build --release && tests/load/latency.py [CHANGES]

A long poll waits while a file is written, closed (or saved by renaming, every other time); the clock runs
from the close until the last byte of the answer. Prints p50, p90, p99 and the worst in milliseconds.
"""

import http.client
import os
import pathlib
import sys
import tempfile
import time

from serving import ANSWERS, serving, show_load

CHANGES = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
FILES = 1000
SCREENS = """gate:
  name: gate
  size: 320x32
  color: red
  playlists: [bureau]
  poll: 1s
"""


def main():
    show_load()
    with tempfile.TemporaryDirectory() as place:
        site = pathlib.Path(place)
        folder = site / "playlists" / "bureau"
        folder.mkdir(parents=True)
        (site / "playlists" / "screens.yaml").write_text(SCREENS)
        (folder / "playlist.yaml").write_text(ANSWERS)
        for n in range(FILES):
            (folder / f"{n:04}.txt").write_text(f"第{n}号公告\n这是第{n}号公告的内容，请大家知道。\n")
        time.sleep(2.2)  # files younger than two seconds count as being copied
        with serving(place) as (_, (_, port)):
            report(measure(port, folder))


def measure(port, folder):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    times = []
    for n in range(CHANGES):
        name = f"{n % FILES:04}.txt"
        wanted = f"bureau/{name}"
        text = f"第{n}次改动\n改于第{n}次，请以此为准。\n"
        etag, shown = now(connection)
        connection.putrequest("GET", "/screens/gate/frame.bmp?wait=30")
        connection.putheader("If-None-Match", etag)
        connection.endheaders()
        if n % 2:
            beside = folder / f".{name}.tmp"
            beside.write_text(text)
            os.replace(beside, folder / name)
        else:
            (folder / name).write_text(text)
        begun = time.perf_counter()
        # The old loop may turn its own page meanwhile: only the new notice's frame counts.
        while True:
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200 and answer.getheader("Mingping-Notice") == wanted:
                break
            connection.putrequest("GET", "/screens/gate/frame.bmp?wait=30")
            connection.putheader("If-None-Match", answer.getheader("ETag"))
            connection.endheaders()
        times.append((time.perf_counter() - begun) * 1000)
    return times


def now(connection):
    connection.request("GET", "/screens/gate/frame.bmp")
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("ETag"), answer.getheader("Mingping-Notice")


def report(times):
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    print(f"{len(times)} changes among {FILES} files, from close to served, ms:")
    print(f"p50 {at(0.5):.1f}   p90 {at(0.9):.1f}   p99 {at(0.99):.1f}   worst {times[-1]:.1f}")


main()
