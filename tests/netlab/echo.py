"""A UDP and TCP echo server and a client that times it: run in the lab's namespaces to measure the link.

`python -m netlab.echo serve` says `ready` and echoes until its input ends.
`python -m netlab.echo udp|tcp COUNT` prints each round trip in ms (`null` where no answer came) as one JSON line.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time

from netlab.lab import SERVER_IP

PORT = 4000
PACING_S = 0.02
TIMEOUT_S = 1.0


def serve() -> None:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((SERVER_IP, PORT))
    tcp = socket.create_server((SERVER_IP, PORT))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    open_sockets: list[socket.socket] = []
    while True:
        stopped, _, _ = select.select([sys.stdin], [], [], 0)
        if stopped:
            return
        ready, _, _ = select.select([udp, tcp, sys.stdin, *open_sockets], [], [])
        for readable in (each for each in ready if isinstance(each, socket.socket)):
            if readable is tcp:
                open_sockets.append(tcp.accept()[0])
            else:
                _echo(readable, open_sockets)


def _echo(source: socket.socket, open_sockets: list[socket.socket]) -> None:
    data, address = source.recvfrom(2048)
    if source.type == socket.SOCK_DGRAM:
        source.sendto(data, address)
    elif data:
        source.sendall(data)
    else:
        open_sockets.remove(source)
        source.close()


def measure(kind: socket.SocketKind, count: int) -> list[float | None]:
    with socket.socket(socket.AF_INET, kind) as client:
        client.settimeout(TIMEOUT_S)
        client.connect((SERVER_IP, PORT))
        return [_round_trip(client) for _ in range(count)]


def _round_trip(client: socket.socket) -> float | None:
    time.sleep(PACING_S)
    started_at = time.monotonic()
    try:
        client.send(b"ping")
        client.recv(2048)
    except TimeoutError:
        return None
    return (time.monotonic() - started_at) * 1000


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        kinds = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}
        sys.stdout.write(json.dumps(measure(kinds[sys.argv[1]], int(sys.argv[2]))))
