"""Requests a second: wrk where it is installed, otherwise a small client of our own over epoll."""

import re
import select
import shutil
import socket
import subprocess
import time

CONNECTIONS = 8
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_FAULTS = re.compile(r"(Non-2xx or 3xx responses: \d+|Socket errors: .+)")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def client() -> str:
    return "wrk" if shutil.which("wrk") else "our own epoll client"


def requests_per_second(port: int, path: str, headers: dict[str, str], seconds: float) -> float:
    """As fast as the server answers on a few connections. Raises RuntimeError when anything but 200 comes back."""
    measure = _wrk if shutil.which("wrk") else _own
    return measure(port, path, headers, seconds)


def _wrk(port: int, path: str, headers: dict[str, str], seconds: float) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True
    ).stdout
    faults, rate = _FAULTS.search(told), _RATE.search(told)
    if faults or rate is None:
        raise RuntimeError(f"{path}: {faults[0] if faults else told}")
    return float(rate[1])


def _own(port: int, path: str, headers: dict[str, str], seconds: float) -> float:
    fields = {"Host": f"127.0.0.1:{port}", **headers}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    poll = select.epoll()
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    received = {sock.fileno(): bytearray() for sock in sockets}
    by_number = {sock.fileno(): sock for sock in sockets}
    done, begun = 0, time.perf_counter()
    try:
        for sock in sockets:
            poll.register(sock, select.EPOLLIN)
            sock.sendall(request)
        while time.perf_counter() - begun < seconds:
            for number, _ in poll.poll(0.1):
                answer = received[number]
                answer += by_number[number].recv(262_144)
                if _is_whole(answer, path):
                    answer.clear()
                    done += 1
                    by_number[number].sendall(request)
        return done / (time.perf_counter() - begun)
    finally:
        poll.close()
        for sock in sockets:
            sock.close()


def _is_whole(answer: bytearray, path: str) -> bool:
    """Raises RuntimeError for anything but 200, and for an answer without a length."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    if b" 200 " not in answer[:16]:
        raise RuntimeError(f"{path}: {bytes(answer[:60])!r}")
    length = _LENGTH.search(answer, 0, end + 2)
    if length is None:
        raise RuntimeError(f"{path}: an answer without a length")
    return len(answer) >= end + 4 + int(length[1])
