#!/usr/bin/env python3
"""Polls at an even rate, for held.py: half of them know the last frame (304), half do not (200).

    tests/load/polls.py HOST PORT PATH RATE

Ends when its standard input ends, after ten minutes in any case. Then prints, as JSON, `[due, milliseconds]` of
each poll: `due` is the instant of the monotonic clock at which it was to be sent, and the time runs from then
to the last byte of its answer, so that a server that stalls is not spared the polls that pile up meanwhile.
"""

import collections
import json
import re
import select
import socket
import sys
import time

from serving import fetch, is_whole

CONNECTIONS = 64
SECONDS = 600
ETAG = re.compile(rb"\r\nETag: ([^\r]*)", re.IGNORECASE)


def main():
    host, port, path, rate = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    plain = f"GET {path} HTTP/1.1\r\nHost: x\r\n".encode()
    known = fetch((host, port), path)[0].headers["ETag"].encode()
    idle = collections.deque(socket.create_connection((host, port)) for _ in range(CONNECTIONS))
    busy, got, took = {}, {}, []
    begun = time.monotonic()
    sent = 0
    while True:
        now = time.monotonic()
        due = begun + sent / rate
        while due <= now and idle:
            one = idle.popleft()
            one.sendall(plain + (b"\r\n" if sent % 2 else b"If-None-Match: " + known + b"\r\n\r\n"))
            busy[one] = due
            sent += 1
            due = begun + sent / rate
        # Not epoll, which rounds up to milliseconds.
        wait = max(0, due - time.monotonic()) if idle else 5
        readable, _, _ = select.select([sys.stdin, *busy], [], [], wait)
        for one in readable:
            if one is sys.stdin:
                print(json.dumps(took))
                return
            answer = got.pop(one, b"") + one.recv(65536)
            if not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
                sys.exit(f"a poll was answered {answer[:200]!r}")
            if not is_whole(answer):
                got[one] = answer
            else:
                known = ETAG.search(answer)[1]
                due = busy.pop(one)
                took.append((due, (time.monotonic() - due) * 1000))
                idle.append(one)
        if now > begun + SECONDS or not readable and not idle:
            sys.exit("polls took too long")


main()
