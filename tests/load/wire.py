#!/usr/bin/env python3
"""How many bytes are the answers to a poll on the wire? Cards on 4G pay by the megabyte.

    cargo build --release && tests/load/wire.py

Read from a bare socket, for a screen and a notice with long Chinese names. Prints the bytes of a 200 (head and picture) and of every kind of 304, without what TCP and IP add (40 for
each packet on IPv4); exits with 1 if a 304 has more than 250.
"""

import pathlib
import socket
import sys
import tempfile
import time
import urllib.parse

from serving import ANSWERS, fetch, is_whole, serving

MOST = 250
ID = "明溪县教育局大门" * 4
NOTICE = "关于开展校园开放日活动的通知" * 5
SCREENS = f"""{ID}:
  size: 320x32
  color: red
  playlists: [bureau]
"""


def ask(address, head):
    """The bytes of the answer to `head`."""
    answer = b""
    with socket.create_connection(address, timeout=20) as one:
        one.sendall(head.encode() + b"\r\n\r\n")
        while not answer or not is_whole(answer):
            piece = one.recv(65536)
            if not piece:
                sys.exit(f"closed after {answer[:200]!r}")
            answer += piece
    return answer


def main():
    with tempfile.TemporaryDirectory() as place:
        playlists = pathlib.Path(place) / "playlists"
        (playlists / "bureau").mkdir(parents=True)
        (playlists / "screens.yaml").write_text(SCREENS)
        (playlists / "bureau/playlist.yaml").write_text(ANSWERS + "停留: 300\n")
        (playlists / f"bureau/{NOTICE}.txt").write_text("开放日\n每月第一个星期三上午九时\n")
        time.sleep(2.5)  # files younger than two seconds count as being copied
        with serving(place) as (_, address):
            sys.exit(0 if measure(address, f"/screens/{urllib.parse.quote(ID)}/frame.bmp") else 1)


def measure(address, path):
    answer, body = fetch(address, path)
    named = urllib.parse.unquote(answer.headers["Mingping-Notice"] or "")
    if named != f"bureau/{NOTICE}.txt":
        sys.exit(f"the notice is not on air: {named!r}")
    known = f"If-None-Match: {answer.headers['ETag']}"
    whole = ask(address, f"GET {path} HTTP/1.1\r\nHost: x")
    print(f"200: {len(whole)} bytes, {len(whole) - len(body)} of them head")
    worst = 0
    for name, head in (
        ("304", f"GET {path} HTTP/1.1\r\nHost: x\r\n{known}"),
        ("304, and the connection ends", f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{known}"),
        ("304 in HTTP/1.0", f"GET {path} HTTP/1.0\r\n{known}"),
        ("304 in HTTP/1.0, kept alive", f"GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n{known}"),
        ("304 of a long poll", f"GET {path}?wait=1 HTTP/1.1\r\nHost: x\r\n{known}"),
    ):
        got = ask(address, head)
        if got[9:12] != b"304":
            sys.exit(f"{name}: {got[:300]!r}")
        print(f"{name}: {len(got)} bytes")
        worst = max(worst, len(got))
    print(f"at most {MOST} are allowed; the last one:\n{got.decode()}", end="")
    return worst <= MOST


main()
