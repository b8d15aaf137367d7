#!/usr/bin/env python3
"""Power comes back: are 2,000 controllers that connect in the same second served within five?

    cargo build --release && tests/load/reconnect.py [CONTROLLERS=2000]

200 screens of eight profiles. All controllers hold a long poll; then the power is cut, which no server hears: their
connections stay and are silent. Each controller comes back on a new connection and asks for its `frame.bmp`:
all within one second, then all at the same instant, then all at the same instant from a server that was without
power itself and has just begun to listen. The time runs from the instant at which a controller is to connect
to the last byte of its answer, which must be a picture of its size. Prints p50, p99, worst and errors; exits with
1 if there were errors, or if the worst is over five seconds. Takes about half a minute.
"""

import gc
import pathlib
import select
import socket
import sys
import tempfile
import time

from serving import ANSWERS, fetch, is_whole, metric, serving, show, show_load, sockets_needed

SCREENS = 200
PROFILES = [
    ("320x32", "red"), ("192x32", "red"), ("256x32", "amber"), ("128x64", "red"),
    ("192x96", "red-green"), ("128x64", "seven"), ("160x80", "rgb"), ("256x128", "rgb"),
]
LIMIT = 5.0
GIVE_UP = 20.0


def site(playlists):
    lines = []
    for n in range(SCREENS):
        size, color = PROFILES[n % len(PROFILES)]
        lines.append(f"s{n}:\n  size: {size}\n  color: {color}\n  playlists: [p{n % 20}]\n  idle: 待机\n")
    for n in range(20):
        folder = playlists / f"p{n}"
        folder.mkdir(parents=True)
        (folder / "playlist.yaml").write_text(ANSWERS + "停留: 300\n")
        for k in range(10):
            (folder / f"{k}.txt").write_text(f"第{n}校第{k}号公告\n现将第{n}校第{k}号事项予以公示，公示期5个工作日。\n")
    (playlists / "screens.yaml").write_text("".join(lines))


def request(n, rest="", query=""):
    return f"GET /screens/s{n % SCREENS}/frame.bmp{query} HTTP/1.1\r\nHost: x\r\n{rest}\r\n".encode()


def is_picture(n, answer):
    """Whether controller `n` has a bitmap of its size, as long as its header says."""
    head, _, body = answer.partition(b"\r\n\r\n")
    word = lambda at: int.from_bytes(body[at : at + 4], "little")
    size = PROFILES[n % SCREENS % len(PROFILES)][0]
    return (
        head.startswith(b"HTTP/1.1 200 ") and body[:2] == b"BM" and word(2) == len(body)
        and f"{word(18)}x{word(22)}" == size
    )


def hold(address, count):
    """As many long polls; every screen is asked first, so that it is known what its controllers take."""
    etags = [fetch(address, f"/screens/s{n}/frame.bmp")[0].headers["ETag"] for n in range(SCREENS)]
    held = []
    for n in range(count):
        held.append(socket.create_connection(address))
        held[-1].sendall(request(n, f"If-None-Match: {etags[n % SCREENS]}\r\n", "?wait=55"))
    return held


def come_back(address, count, spread):
    """Controllers connect evenly within `spread` seconds: how long each took in milliseconds, and what failed."""
    ready = select.epoll()
    due, sockets, got, took, errors = {}, {}, {}, [], []
    begun = time.monotonic()
    begin_at = lambda n: begun + spread * n / count
    next_one = 0

    def end(at, error=None):
        n, one = sockets.pop(at)
        ready.unregister(at)
        one.close()
        if error is None and not is_picture(n, got[at]):
            error = f"no picture: {got[at][:80]!r}"
        if error is None:
            took.append((time.monotonic() - due[n]) * 1000)
        else:
            errors.append(f"controller {n}: {error}")
        got.pop(at, None)

    while next_one < count or sockets:
        now = time.monotonic()
        if now > begun + GIVE_UP:
            for at in list(sockets):
                end(at, f"no answer in {GIVE_UP:.0f} s")
            break
        # A hundred at most before answers are read again: these are many cards, not one that is busy.
        for _ in range(100):
            if next_one == count or begin_at(next_one) > now:
                break
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            due[next_one] = begin_at(next_one)
            sockets[one.fileno()] = (next_one, one)
            ready.register(one, select.EPOLLOUT)
            next_one += 1
        wait = 0 if next_one < count and spread == 0 else 0.001 if next_one < count else 0.5
        for at, _ in ready.poll(wait):
            n, one = sockets[at]
            try:
                if at not in got:
                    one.send(request(n))
                    got[at] = b""
                    ready.modify(at, select.EPOLLIN)
                    continue
                piece = one.recv(1 << 18)
            except OSError as error:
                end(at, error)
                continue
            got[at] += piece
            if not piece:
                end(at, "closed")
            elif is_whole(got[at]):
                end(at)
    ready.close()
    return took, errors, time.monotonic() - begun


def report(name, result):
    took, errors, all_in = result
    print(f"{name}: {len(took)} served in {all_in:.2f} s, {len(errors)} errors", flush=True)
    for error in errors[:5]:
        print(f"  {error}")
    if took:
        show("  each", took)
    return not errors and bool(took) and max(took) <= LIMIT * 1000


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    sockets_needed(2 * count)
    gc.disable()
    show_load()
    fine = []
    with tempfile.TemporaryDirectory() as place:
        site(pathlib.Path(place) / "playlists")
        time.sleep(2.5)  # files younger than two seconds count as being copied
        with serving(place) as (_, address):
            silent = hold(address, count)
            deadline = time.monotonic() + 20
            while (held := metric(address, "mingping_long_polls")) < count * 0.9 and time.monotonic() < deadline:
                time.sleep(0.1)
            if held < count * 0.9:
                sys.exit(f"only {held} of {count} long polls are held")
            print(f"{held} connections of before hold a long poll, and stay silent", flush=True)
            fine.append(report(f"{count} within a second", come_back(address, count, 1.0)))
            fine.append(report(f"{count} at once", come_back(address, count, 0.0)))
            for one in silent:
                one.close()
        with serving(place) as (_, address):
            fine.append(report(f"{count} at once, at a server that has just started", come_back(address, count, 0.0)))
    sys.exit(0 if all(fine) else 1)


main()
