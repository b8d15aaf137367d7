"""Devices and attackers against the real server: Tronbyt boards by other people's WebSocket client, TRMNL panels,
event streams, and requests that nobody should send.

Called by tests/end_to_end.rs with the server's address, the folder of its playlists, the binary, the token of
the screen `gate` and the server's process id. Exits with 1 and says what is wrong.
"""

import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

from PIL import Image
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

ADDRESS, FOLDER, BINARY, TOKEN, PID = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
HOST, PORT = ADDRESS.split(":")[0], int(ADDRESS.split(":")[1])
GATE = "/gate/ws?key=" + TOKEN


def get(path, **headers):
    request = urllib.request.Request(f"http://{ADDRESS}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def raw(request):
    """Sends bytes, closes our side, and reads all that comes."""
    with socket.create_connection((HOST, PORT), timeout=60) as sock:
        answer = b""
        try:
            sock.sendall(request)
            sock.shutdown(socket.SHUT_WR)
            while piece := sock.recv(65536):
                answer += piece
        except OSError:
            pass  # it had heard enough
        return answer


def status(request):
    answer = raw(request)
    return int(answer.split(b" ", 2)[1]) if answer else 0


def open_socket(path=GATE):
    return connect(f"ws://{ADDRESS}{path}", open_timeout=60, compression=None)


def page(ws):
    """What comes with one page: dwell, perhaps brightness, pixels."""
    told = {}
    while True:
        message = ws.recv(timeout=60)
        if isinstance(message, bytes):
            return told, message
        told |= json.loads(message)


def closed_with(ws):
    try:
        while True:
            ws.recv(timeout=60)
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


def tronbyt():
    code, webp, headers = get("/gate/next?key=" + TOKEN)
    assert code == 200 and Image.open(io.BytesIO(webp)).size == (160, 32), code
    assert 0 <= int(headers["Tronbyt-Brightness"]) <= 100 and 1 <= int(headers["Tronbyt-Dwell-Secs"]) <= 299
    answer = raw(f"GET /v0/devices/gate/next HTTP/1.0\r\nAuthorization: {TOKEN}\r\n\r\n".encode())
    assert b"\r\nTronbyt-Dwell-Secs: " in answer and b"\r\nContent-Length: " in answer, answer[:300]
    assert get("/gate/next")[0] == 401 and get("/nowhere/next")[0] == 404 and get("/hall/next")[0] == 404

    with open_socket() as ws:
        told, first = page(ws)
        assert 1 <= told["dwell_secs"] <= 3600 and 0 <= told["brightness"] <= 100, told
        assert Image.open(io.BytesIO(first)).format == "WEBP"
        info = {"firmware_version": "1.5.0", "firmware_type": "ESP32", "protocol_version": 1, "mac": "aa:bb:cc:dd:ee:ff"}
        ws.send(json.dumps({"client_info": info}))
        ws.send('{"queued":7}')
        ws.send('{"displaying":99}')
        ws.send('{"displaying":7}')
        # Something new comes in the midst of a page, and is shown at once.
        (FOLDER / "bureau/new.txt").write_text("停课通知\n明日停课\n")
        told, second = page(ws)
        assert second != first and "brightness" not in told, told
        assert json.loads(ws.recv(timeout=60)) == {"immediate": True}


def acknowledgements():
    """They are believed from who has a token of the screen, and from nobody else."""

    def said(path):
        with open_socket(path) as ws:
            page(ws)
            ws.send('{"queued":1}')
            ws.send('{"displaying":1}')
            ws.ping().wait(timeout=60)
        return "It says it shows" in get("/screens/panel?lang=en", Accept="text/html")[1].decode()

    assert not said("/panel/ws") and not said("/panel/ws?key=" + TOKEN)
    command = [BINARY, "screen", "token", "panel", "--playlists", str(FOLDER)]
    token = subprocess.run(command, check=True, cwd=FOLDER.parent, capture_output=True, text=True).stdout.strip()
    for n in range(200):
        (FOLDER / "hall/_look.txt").write_text(str(n))
        get("/screens/hall/frame.bmp?wait=1", **{"If-None-Match": "*"})
        if said("/panel/ws?key=" + token):
            return
    raise AssertionError("an acknowledgement with the screen's token is not believed")


def sockets_that_misbehave():
    for send, code in [
        (lambda ws: ws.send("x" * 5000), 1009),
        (lambda ws: ws.send(["x" * 3000, "x" * 3000]), 1009),
        (lambda ws: ws.send("hello"), 1007),
        (lambda ws: ws.send("[1,2"), 1007),
        (lambda ws: ws.send(b"\x00\xff"), 1003),
    ]:
        with open_socket() as ws:
            page(ws)
            try:
                send(ws)
            except ConnectionClosed:
                pass  # the server did not wait for the rest
            assert (got := closed_with(ws)) == code, (got, code)
    for path, code in [("/gate/ws", 401), ("/gate/ws?key=wrong", 401), ("/nowhere/ws", 404), ("/hall/ws", 404)]:
        try:
            open_socket(path).close()
            raise AssertionError(path)
        except InvalidStatus as refused:
            assert refused.response.status_code == code, path
    assert get("/gate/ws?key=" + TOKEN)[0] == 426
    # Frames that RFC 6455 does not know: unmasked, and of a reserved kind.
    shake = (
        f"GET {GATE} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()
    for frames in [b"\x81\x02{}", b"\x83\x80\0\0\0\0", b"\x81\xff" + b"\xff" * 8, os.urandom(64)]:
        answer = raw(shake + frames)
        assert answer.startswith(b"HTTP/1.1 101 "), answer[:100]


def trmnl():
    code, body, _ = get("/api/display", ID="AA:BB:CC:00:11:22")
    told = json.loads(body)
    assert code == 200 and told["status"] == 0 and len(told["filename"]) <= 31, told
    with urllib.request.urlopen(told["image_url"], timeout=60) as answer:
        picture = Image.open(io.BytesIO(answer.read()))
    assert (picture.format, picture.size) == ("BMP", (160, 32))
    assert get("/api/display", ID="00:00:00:00:00:00")[0] == 404


def events():
    with urllib.request.urlopen(f"http://{ADDRESS}/screens/hall/events", timeout=60) as stream:
        def event():
            for line in stream:
                if line.startswith(b"data: "):
                    return json.loads(line[6:])
        first = event()
        assert first["etag"] in get("/screens/hall/frame.bmp")[2]["ETag"] and first["dwell_ms"] > 0, first
        (FOLDER / "hall/more.txt").write_text("家长会\n周五下午\n")
        second = event()
        assert second["etag"] != first["etag"] and second["url"].startswith("http://"), second


def requests_that_nobody_should_send():
    frame = b"/screens/hall/frame.bmp"
    for request, allowed in [
        (b"GET " + frame + b" HTTP/1.1\r\n\r\n", {200}),
        (b"GET " + frame + b" HTTP/1.1\nHost: x\n\n", {200, 400}),
        (b"GET " + frame + b" HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n", {200}),
        (b"HEAD " + frame + b" HTTP/1.1\r\nHost: x\r\n\r\n", {200}),
        (b"OPTIONS " + frame + b" HTTP/1.1\r\nHost: x\r\n\r\n", {405}),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404, 405}),
        (b"GET /screens/..%2f..%2fetc%2fpasswd/frame.bmp HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", {404}),
        (b"GET /screens/%E5%A4%A7%E9%97%A8/frame.bmp HTTP/1.1\r\nHost: x\r\n\r\n", {200}),
        ("GET /screens/大门/frame.bmp HTTP/1.1\r\nHost: x\r\n\r\n".encode(), {200, 400}),
        (b"GET " + frame + b" HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 500 + b"\r\n", {431}),
        (b"GET " + frame + b" HTTP/1.1\r\nX: " + b"y" * 40000 + b"\r\n\r\n", {431, 0}),
        (b"GET " + frame + b" HTTP/9.9\r\n\r\n", {400}),
        (b"\x00" * 300, {400, 0}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 0}),
    ]:
        assert (got := status(request)) in allowed, (request[:80], got, allowed)
    both = b"GET " + frame + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    smuggled = b"GET /screens HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = raw(both + smuggled)
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1 ") == 1, answer[:300]


def revoked():
    with open_socket() as ws:
        page(ws)
        command = [BINARY, "--lang", "en", "screen", "revoke", "gate", "--all", "--playlists", str(FOLDER)]
        subprocess.run(command, check=True, cwd=FOLDER.parent, capture_output=True)
        # A look at the folder is a look at the tokens; the next page finds out.
        for n in range(200):
            (FOLDER / "bureau/new.txt").write_text(f"第{n}次通知\n明日停课\n")
            try:
                ws.recv(timeout=1)
            except TimeoutError:
                continue
            except ConnectionClosed as end:
                assert end.rcvd.code == 1008, end
                break
        else:
            raise AssertionError("a revoked token still opens the socket")
    assert get("/gate/next?key=" + TOKEN)[0] == 401


def ends_with_the_server():
    with open_socket("/panel/ws") as ws:
        page(ws)
        os.kill(PID, signal.SIGTERM)
        assert (got := closed_with(ws)) == 1001, got


for test in [tronbyt, acknowledgements, sockets_that_misbehave, trmnl, events, requests_that_nobody_should_send, revoked, ends_with_the_server]:
    try:
        test()
    except AssertionError as problem:
        raise SystemExit(f"{test.__name__}, line {problem.__traceback__.tb_next.tb_lineno}: {problem}")
    print(test.__name__, "ok")
