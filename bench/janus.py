"""Janus beside us: its configuration, its videoroom, and one call's way through its API on a Unix socket."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench import process

BINARY = "/usr/bin/janus"
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/janus")
STARTS = 20
START_S = 10.0
MAX_VIDEO_BPS = 512_000

ROOM = {
    "publishers": 2,
    "bitrate": MAX_VIDEO_BPS,
    "audiocodec": "opus",
    "videocodec": "vp8",
    "record": False,
    "notify_joining": False,
    "audiolevel_ext": False,
    "videoorient_ext": False,
    "playoutdelay_ext": False,
    "transport_wide_cc_ext": False,
}

GENERAL = """general: {{
  plugins_folder = "{plugins}"
  transports_folder = "{transports}"
  events_folder = "{nothing}"
  loggers_folder = "{nothing}"
  configs_folder = "{folder}"
  debug_level = {debug_level}
  session_timeout = 0
{threads}
}}
nat: {{
  ice_lite = {lite}
}}
"""
UNIX = """general: {{ enabled = true, json = "compact", path = "{path}", type = "SOCK_SEQPACKET" }}
"""

Tuning = Literal["best", "default"]


@dataclass(frozen=True)
class Feed:
    """A published participant: what others subscribe to."""

    room: int
    id: int
    handle: int


def start(folder: Path, tuning: Tuning, libsrtp: Path | None) -> subprocess.Popen[bytes]:
    """Janus on the server's CPU, with the socket `janus.sock` in the folder; `libsrtp` holds another libsrtp2.so.1.

    Its Unix transport loses a race with itself at some starts (the thread ends when it runs before `initialized` is
    set, and Janus then ends for lack of a transport), hence the tries.
    """
    _configure(folder, tuning)
    environment = {"LD_LIBRARY_PATH": str(libsrtp)} if libsrtp else {}
    command = [BINARY, "-F", str(folder), "-C", str(folder / "janus.jcfg"), "--disable-colors"]
    for _ in range(STARTS):
        started = process.start(command, process.SERVER_CPU, folder / "janus.log", environment=environment)
        if _is_up(started, folder / "janus.sock"):
            return started
        process.stop(started)
    raise RuntimeError(f"janus did not start: {(folder / 'janus.log').read_text()[-2000:]}")


class Client:
    """One API session; requests are made one at a time and their events waited for."""

    def __init__(self, path: Path) -> None:
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._sock.settimeout(START_S)
        self._sock.connect(str(path))
        self._up: set[int] = set()
        self._session = 0
        self._session = self._request({"janus": "create"})["data"]["id"]

    def room(self) -> int:
        room = secrets.randbelow(1 << 40) + 1
        self._message(self._attach(), {"request": "create", "room": room, **ROOM})
        return room

    def publish(self, room: int, offer: str) -> tuple[Feed, str]:
        """Join as a publisher; the feed and Janus' answer."""
        body = {"request": "joinandconfigure", "room": room, "ptype": "publisher"}
        handle = self._attach()
        event = self._message(handle, body, {"type": "offer", "sdp": offer})
        return Feed(room, event["plugindata"]["data"]["id"], handle), event["jsep"]["sdp"]

    def wait_until_up(self, feed: Feed) -> None:
        """Before Janus itself calls a PeerConnection up, nobody may subscribe to it ("no such feed")."""
        while feed.handle not in self._up:
            self._receive()

    def subscribe(self, feed: Feed, answer: Callable[[str], str]) -> str:
        """Subscribe to a feed; `answer` makes our answer of Janus' offer, which is returned."""
        handle = self._attach()
        body = {"request": "join", "room": feed.room, "ptype": "subscriber", "streams": [{"feed": feed.id}]}
        offer: str = self._message(handle, body)["jsep"]["sdp"]
        self._message(handle, {"request": "start"}, {"type": "answer", "sdp": answer(offer)})
        return offer

    def close(self) -> None:
        self._sock.close()

    def _attach(self) -> int:
        reply = self._request({"janus": "attach", "plugin": "janus.plugin.videoroom"})
        return int(reply["data"]["id"])

    def _message(self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        request = {"janus": "message", "handle_id": handle, "body": body}
        reply = self._request({**request, "jsep": jsep} if jsep else request)
        data = reply["plugindata"]["data"]
        if "error" in data:
            raise RuntimeError(f"janus refused {body['request']}: {data['error']}")
        return reply

    def _request(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send, and skip acknowledgements and other handles' events until the reply."""
        transaction = secrets.token_hex(6)
        session = {"session_id": self._session} if self._session else {}
        self._sock.send(json.dumps({**request, **session, "transaction": transaction}).encode())
        while True:
            reply = self._receive()
            if reply.get("transaction") == transaction and reply["janus"] != "ack":
                if reply["janus"] == "error":
                    raise RuntimeError(f"janus refused {request['janus']}: {reply['error']}")
                return reply

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._sock.recv(65536))
        if message["janus"] == "webrtcup":
            self._up.add(message["sender"])
        return message


def _is_up(started: subprocess.Popen[bytes], path: Path) -> bool:
    deadline = time.monotonic() + START_S
    while started.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
        try:
            Client(path).close()
        except OSError:
            continue
        return True
    return False


def _configure(folder: Path, tuning: Tuning) -> None:
    """`best`: only the videoroom, ICE-lite, one event loop, warnings only. `default`: as Debian ships it."""
    is_best = tuning == "best"
    nothing, plugins, transports = (folder / name for name in ("nothing", "plugins", "transports"))
    for made in (nothing, plugins, transports):
        made.mkdir(exist_ok=True)
    (plugins / "libjanus_videoroom.so").symlink_to(LIBRARIES / "plugins" / "libjanus_videoroom.so")
    (transports / "libjanus_pfunix.so").symlink_to(LIBRARIES / "transports" / "libjanus_pfunix.so")
    general = GENERAL.format(
        plugins=plugins if is_best else LIBRARIES / "plugins",
        transports=transports,
        nothing=nothing,
        folder=folder,
        debug_level=2 if is_best else 4,
        threads="  event_loops = 1" if is_best else "",
        lite="true" if is_best else "false",
    )
    (folder / "janus.jcfg").write_text(general)
    (folder / "janus.transport.pfunix.jcfg").write_text(UNIX.format(path=folder / "janus.sock"))
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
