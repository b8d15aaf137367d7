"""A server of its own for a load script, and what the scripts say about times."""

import contextlib
import http.client
import os
import pathlib
import re
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MINGPING", ROOT / "target/release/mingping")
ANSWERS = "提供: 甲\n审核: 乙\n负责: 甲\n保密审查: 丙\n至: 2099-12-31\n"


@contextlib.contextmanager
def serving(place):
    """Serves `place`/playlists on a free port of this computer: gives the process and the address."""
    server = subprocess.Popen(
        [BINARY, "serve", "--lang", "en", "--listen", "127.0.0.1:0", "--fonts", ROOT / "fonts"],
        cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        ports = (int(m[1]) for line in server.stdout if (m := re.search(r"http://127\.0\.0\.1:(\d+)", line)))
        yield server, ("127.0.0.1", next(ports))
    finally:
        server.terminate()
        server.wait(20)


def sockets_needed(count):
    """Lets this process and the servers it starts have as many sockets as they may; ends it if too few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < count + 100:
        sys.exit(f"{count} sockets are needed and {most} allowed: raise the hard limit (ulimit -Hn)")


def fetch(address, path):
    """The answer to one GET, and its body."""
    client = http.client.HTTPConnection(*address, timeout=20)
    client.request("GET", path)
    answer = client.getresponse()
    body = answer.read()
    client.close()
    return answer, body


def metric(address, name):
    return int(re.search(rf"^{name} (\d+)", fetch(address, "/metrics")[1].decode(), re.M)[1])


def resident(pid):
    """Bytes of memory that the process holds."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024


LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")


def is_whole(answer):
    """Whether head and body of an answer are there."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = LENGTH.search(answer, 0, end + 2)
    return len(answer) >= end + 4 + (int(length[1]) if length else 0)


def at(took, share):
    took = sorted(took)
    return took[min(len(took) - 1, int(len(took) * share))]


def show(name, took):
    """Prints milliseconds; gives the p99."""
    print(f"{name}: p50 {at(took, 0.5):.1f} ms, p99 {at(took, 0.99):.1f} ms, worst {max(took):.1f} ms", flush=True)
    return at(took, 0.99)


def show_load():
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start", flush=True)
