#!/usr/bin/env python3
"""What does a waiting controller cost, and how soon do all of them have a change?

    cargo build --release && tests/load/held.py [CONNECTIONS=1000 10000]

Holds as many long polls on one screen, reads the server's memory before and after, then drops a file and
takes the time from closing it until each controller has read its answer: five times with the machine to
themselves, five times beside 2,000 polls a second from another process. The same is done with a bare loop, in
Python, that writes as many bytes to as many sockets. Prints bytes for each connection and milliseconds (p50,
p99, worst), also those of the polls beside. Takes about a minute.
"""

import contextlib
import gc
import json
import os
import pathlib
import select
import socket
import subprocess
import sys
import tempfile
import time

from serving import ANSWERS, fetch, is_whole, metric, resident, serving, show, show_load, sockets_needed

ROUNDS = 5
RATE = 2000
PATH = "/screens/gate/frame.bmp"
SCREENS = "gate:\n  size: 320x32\n  color: red\n  playlists: [bureau]\n"


class Crowd:
    """Sockets that wait for the same answer."""

    def __init__(self, address, count):
        self.sockets = {}
        self.readable = select.epoll()
        for n in range(count):
            if n % 100 == 99:
                time.sleep(0.005)  # who is not accepted yet waits in a short queue; reconnect.py is about that
            one = socket.create_connection(address)
            self.sockets[one.fileno()] = one
            self.readable.register(one, select.EPOLLIN)

    def send(self, request):
        for one in self.sockets.values():
            one.sendall(request)

    def receive(self, since):
        """Milliseconds from `since` until each socket has read its answer; and the last answer."""
        took, parts, answer = [], {}, b""
        deadline = time.monotonic() + 30
        while len(took) < len(self.sockets):
            if time.monotonic() > deadline:
                sys.exit(f"after 30 s only {len(took)} of {len(self.sockets)} had their answer")
            for at, _ in self.readable.poll(1, len(self.sockets)):
                answer = parts.pop(at, b"") + self.sockets[at].recv(65536)
                if not answer.startswith(b"HTTP/1.1 200"):
                    sys.exit(f"unexpected answer: {answer[:300]!r}")
                if is_whole(answer):
                    took.append((time.monotonic() - since) * 1000)
                else:
                    parts[at] = answer
        return took, answer

    def close(self):
        self.readable.close()
        for one in self.sockets.values():
            one.close()


def hold(crowd, address):
    etag = fetch(address, PATH)[0].headers["ETag"]
    crowd.send(f"GET {PATH}?wait=55 HTTP/1.1\r\nHost: x\r\nIf-None-Match: {etag}\r\n\r\n".encode())
    deadline = time.monotonic() + 30
    while (held := metric(address, "mingping_long_polls")) < len(crowd.sockets):
        if time.monotonic() > deadline:
            sys.exit(f"only {held} of {len(crowd.sockets)} long polls are held")
        time.sleep(0.05)


def change(crowd, playlist, n):
    """A file is written: how long until all have it, from when to when that was, and the last answer."""
    time.sleep(0.3)
    with open(playlist / f"{n:02}.txt", "w") as file:
        file.write(f"公告{n}\n又一条{n}\n")
    since = time.monotonic()
    took, answer = crowd.receive(since)
    return took, (since, time.monotonic()), answer


def changes(crowd, address, playlist, first):
    took, spans = [], []
    for n in range(first, first + ROUNDS):
        hold(crowd, address)
        some, span, _ = change(crowd, playlist, n)
        took += some
        spans.append(span)
    return took, spans


def bare_loop(payload, count):
    """A child that accepts as many sockets and writes `payload` to all of them for each byte that comes through a pipe."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    listener.settimeout(30)
    go_read, go_write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(go_write)
            accepted = [listener.accept()[0] for _ in range(count)]
            while os.read(go_read, 1):
                for one in accepted:
                    one.send(payload)
        finally:
            os._exit(0)
    os.close(go_read)
    return listener, child, go_write


def writes(crowd, go):
    took, spans = [], []
    for _ in range(ROUNDS):
        time.sleep(0.3)
        since = time.monotonic()
        os.write(go, b"x")
        took += crowd.receive(since)[0]
        spans.append((since, time.monotonic()))
    return took, spans


@contextlib.contextmanager
def polls(address):
    """Polls from another process; what they took is in the list afterwards."""
    script = pathlib.Path(__file__).with_name("polls.py")
    child = subprocess.Popen(
        [sys.executable, script, *map(str, address), PATH, str(RATE)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    took = []
    try:
        time.sleep(1)
        yield took
    finally:
        out, _ = child.communicate(timeout=30)
    if child.returncode:
        sys.exit("the polls beside failed")
    took += json.loads(out)


def show_polls(took, spans, what):
    rate = len(took) / (took[-1][0] - took[0][0])
    show(f"  {len(took)} polls, {rate:,.0f}/s", [ms for _, ms in took])
    during = [ms for due, ms in took if any(begun <= due <= end for begun, end in spans)]
    if during:
        show(f"  the {len(during)} of them while {what}", during)


def run(count, server, address, playlist):
    time.sleep(3)  # let it settle, so that memory is that of the connections
    fetch(address, PATH)
    before = resident(server.pid)
    crowd = Crowd(address, count)
    hold(crowd, address)
    each = (resident(server.pid) - before) / count
    print(f"{count} long polls held: {each / 1024:.1f} KB of memory for each", flush=True)
    _, _, answer = change(crowd, playlist, 1)  # warms up
    ours = show("Mingping, from closing the file", changes(crowd, address, playlist, 2)[0])
    with polls(address) as beside:
        took, spans = changes(crowd, address, playlist, 2 + ROUNDS)
    ours_beside = show("Mingping, with polls beside", took)
    show_polls(beside, spans, "a change went out")
    crowd.close()
    listener, child, go = bare_loop(answer, count)
    crowd = Crowd(listener.getsockname(), count)
    writes(crowd, go)
    bare = show("a bare loop of writes", writes(crowd, go)[0])
    with polls(address) as beside:
        took, spans = writes(crowd, go)
    bare_beside = show("the bare loop, with polls beside", took)
    show_polls(beside, spans, "the loop wrote")
    os.close(go)
    os.waitpid(child, 0)
    crowd.close()
    listener.close()
    print(f"ratio of the p99: {ours / bare:.2f}, with polls beside {ours_beside / bare_beside:.2f}", flush=True)


def main():
    counts = [int(word) for word in sys.argv[1:]] or [1000, 10_000]
    sockets_needed(max(counts))
    gc.disable()
    show_load()
    for count in counts:
        with tempfile.TemporaryDirectory() as place:
            playlist = pathlib.Path(place) / "playlists/bureau"
            playlist.mkdir(parents=True)
            (playlist.parent / "screens.yaml").write_text(SCREENS)
            (playlist / "playlist.yaml").write_text(ANSWERS + "停留: 300\n")
            (playlist / "00.txt").write_text("公告\n第一条\n")
            with serving(place) as (server, address):
                run(count, server, address, playlist)


main()
