# Shows what a one-colour screen shows, with nothing but sockets: for MicroPython and CPython alike.
# python3 frame.py HOST PORT /screens/gate/frame.raw.1 WIDTH
import socket, sys, time

HOST, PORT, PATH, WIDTH = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
KEEP = 300  # seconds for which a frame may stay when nobody answers

def ask(etag):
    s = socket.socket()
    s.settimeout(70)
    s.connect(socket.getaddrinfo(HOST, PORT)[0][-1])
    s.send(("GET %s?wait=50 HTTP/1.0\r\nIf-None-Match: %s\r\n\r\n" % (PATH, etag)).encode())
    data, part = b"", s.recv(1024)
    while part and len(data) < 65536:
        data, part = data + part, s.recv(1024)
    s.close()
    head, body = data.split(b"\r\n\r\n", 1)
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    if len(body) != int(headers.get("content-length", 0)):
        raise ValueError("half an answer")
    return int(status.split()[1]), headers, body

def show(frame):  # here: print it; on a board: shift it out to the panel
    row = (WIDTH + 7) // 8  # bytes in a row; the leftmost dot is the highest bit
    for y in range(0, len(frame), row):
        print("".join("#" if frame[y + x // 8] >> 7 - x % 8 & 1 else "." for x in range(WIDTH)))
    print()

etag, size, answered = "", 0, time.time()
while True:
    try:
        status, headers, body = ask(etag)
        if status == 200:
            etag, size = headers["etag"], len(body)
            show(body)
        if status not in (200, 304):
            raise ValueError(status)
        answered = time.time()
    except (OSError, ValueError):
        time.sleep(5)  # no network, a wrong address, or a server that is starting
    if etag and time.time() - answered > KEEP:
        etag = ""  # so that the frame is sent anew when the server is back
        show(bytes(size))  # black: what nobody vouches for must go
