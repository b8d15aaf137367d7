#!/usr/bin/env python3
"""What does a waiting controller cost, and how soon do all of them have a change?

    cargo build --release && tests/load/held.py [CONNECTIONS=1000]

Holds as many long polls on one screen, reads the server's memory before and after, then drops a file and
takes the time from closing it until each controller has read its answer. The same is done with a bare loop
that writes as many bytes to as many sockets. Prints bytes for each connection and milliseconds (p50, p99,
worst) for both.
"""

import http.client
import os
import pathlib
import re
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import time

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
ROUNDS = 5
ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MINGPING", ROOT / "target/release/mingping")
SCREENS = "gate:\n  size: 320x32\n  color: red\n  playlists: [bureau]\n"
ANSWERS = "提供: 甲\n审核: 乙\n负责: 甲\n保密审查: 丙\n至: 2099-12-31\n停留: 300\n"


def resident(pid):
    """Bytes of memory that the process holds."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def poll(address):
    """The bytes of a long poll that waits."""
    client = http.client.HTTPConnection(*address, timeout=10)
    client.request("GET", "/screens/gate/frame.bmp")
    answer = client.getresponse()
    answer.read()
    return (
        "GET /screens/gate/frame.bmp?wait=55 HTTP/1.1\r\nHost: x\r\n"
        f"If-None-Match: {answer.headers['ETag']}\r\n\r\n"
    ).encode()


def receive(sockets, since, waited_for=None):
    """Milliseconds from `since` until each socket has read something, sorted; and the last answer."""
    took, answer = [], b""
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
        while len(took) < len(sockets):
            for key, _ in selector.select(20):
                answer = key.fileobj.recv(65536)
                took.append((time.monotonic() - since) * 1000)
                selector.unregister(key.fileobj)
                if waited_for and waited_for not in answer[:20]:
                    sys.exit(f"unexpected answer: {answer[:300]!r}")
    return sorted(took), answer


def waiting(address):
    client = http.client.HTTPConnection(*address, timeout=10)
    client.request("GET", "/metrics")
    return int(re.search(r"^mingping_long_polls (\d+)", client.getresponse().read().decode(), re.M)[1])


def show(name, took):
    took = sorted(took)
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
    print(f"{name}: p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms, worst {took[-1]:.1f} ms")
    return at(0.99)


def bare_loop(payload):
    """A child that accepts COUNT sockets and writes `payload` to all of them for each byte on its stdin."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    go_read, go_write = os.pipe()
    if os.fork() == 0:
        os.close(go_write)
        accepted = [listener.accept()[0] for _ in range(COUNT)]
        while os.read(go_read, 1):
            for one in accepted:
                one.send(payload)
        os._exit(0)
    os.close(go_read)
    return listener.getsockname(), go_write


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        playlist = folder / "playlists/bureau"
        playlist.mkdir(parents=True)
        (folder / "playlists/screens.yaml").write_text(SCREENS)
        (playlist / "playlist.yaml").write_text(ANSWERS)
        (playlist / "00.txt").write_text("公告\n第一条\n")
        server = subprocess.Popen(
            [BINARY, "serve", "--lang", "en", "--listen", "127.0.0.1:0", "--fonts", ROOT / "fonts"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        try:
            measure(server, playlist)
        finally:
            server.terminate()
            server.wait()


def measure(server, playlist):
    line = next(line for line in server.stdout if "http://" in line)
    host, port = re.search(r"http://([\d.]+):(\d+)", line).groups()
    address = (host, int(port))
    time.sleep(3)  # let it settle, so that memory is that of the connections
    before = resident(server.pid)
    request = poll(address)
    sockets = []
    for _ in range(COUNT):
        sockets.append(socket.create_connection(address))
        sockets[-1].sendall(request)
    while waiting(address) < COUNT:
        time.sleep(0.01)
    each = (resident(server.pid) - before) / COUNT
    print(f"memory: {each / 1024:.1f} KB for each of {COUNT} held connections")
    took, answer = [], b""
    for n in range(1, ROUNDS + 1):
        request = poll(address)
        if n > 1:
            for one in sockets:
                one.sendall(request)
            while waiting(address) < COUNT:
                time.sleep(0.01)
        with open(playlist / f"{n:02}.txt", "w") as file:
            file.write(f"公告{n}\n又一条{n}\n")
        since = time.monotonic()
        some, answer = receive(sockets, since, b"200 OK")
        took += some
    ours = show("Mingping, from closing the file", took)
    for one in sockets:
        one.close()
    bare_address, go = bare_loop(answer)
    others = [socket.create_connection(bare_address) for _ in range(COUNT)]
    time.sleep(0.5)
    took = []
    for _ in range(ROUNDS):
        since = time.monotonic()
        os.write(go, b"x")
        took += receive(others, since)[0]
    os.close(go)
    bare = show("a bare loop of writes", took)
    print(f"ratio of the p99: {ours / bare:.2f}")


main()
