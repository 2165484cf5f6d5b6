"""A participant of the SFU whose wire the test holds: real SRTP keys, no socket."""

from __future__ import annotations

import os
from dataclasses import dataclass

from pylibsrtp import Policy, Session

from media import contract, rtcp, rtp
from media.clock import PublisherClock
from media.path import Path
from media.peer import Peer
from media.slot import Slot
from media.source import Source
from media.srtp import Buffer, Workbench, handle_of

TAG = 16
VP8_KEYFRAME = bytes([0x10, 0x00, 0x9D, 0x01, 0x2A])
VP8_DELTA = bytes([0x11, 0x01, 0x00])
"""RFC 6386 9.1: the lowest bit says that it is no keyframe."""


@dataclass
class Sent:
    """One RTP packet as the participant decrypts it."""

    header: rtp.Header
    payload: bytes
    raw: bytes


class Wire:
    """`peer` with an audio and a video source and a pair of slots, and what was sent to it."""

    def __init__(self, name: str, *, rtx: bool = True, twcc_id: int = 3) -> None:
        self.bench = Workbench()
        self._datagrams: list[bytes] = []
        self.peer = Peer(name, "r", 1, contract.Policy(), self.bench, 0.0)
        self._up, self._keep_up = sessions()
        self._keep_down, self._down = sessions()
        self.peer.rx_handle, self.peer.tx_handle = handle_of(self._keep_up), handle_of(self._keep_down)
        self.peer.tag_size = TAG
        self.peer.connected = True
        self.buffers, self.count = [Buffer()], 0
        self.peer.use_path(Path("wire", b"", ("203.0.113.1", 1), self, lambda data: self._datagrams.append(data)))
        clock = PublisherClock()
        self.audio = Source("audio", "opus", 111, 48_000, clock, 1000, level_extension=1)
        self.video = Source("video", "VP8", 96, 90_000, clock, 2000, rtx_ssrc=2001, rtx_payload_type=97)
        self.peer.tracks = [self.audio, self.video]
        self.peer.sources = {1000: self.audio, 2000: self.video}
        self.audio_slot = Slot(self.peer, "audio", "2")
        self.video_slot = Slot(self.peer, "video", "3", twcc_id=twcc_id)
        self.audio_slot.payload_types = {"opus": 109}
        self.video_slot.payload_types = {"VP8": 120}
        if rtx:
            self.video_slot.rtx_payload_types = {"VP8": 124}
            self.video_slot.rtx_ssrc = 7777
        self.peer.slots = [(self.audio_slot, self.video_slot)]

    def publish(self, packet: bytes, now: float = 0.0) -> None:
        """The participant sends an RTP or RTCP packet."""
        rtcp_packet = 192 <= packet[1] <= 223
        protected = self._up.protect_rtcp(packet) if rtcp_packet else self._up.protect(packet)
        buffer = Buffer()
        buffer.view[: len(protected)] = protected
        self.peer.receive(buffer, len(protected), now)

    def sent_rtp(self) -> list[Sent]:
        """RTP that was sent to the participant since the last call."""
        return list(map(self._read, self._pop(rtcp_wanted=False)))

    def sent_rtcp(self) -> list[rtcp.Packet]:
        return [part for data in self._pop(rtcp_wanted=True) for part in rtcp.parse(self._down.unprotect_rtcp(data))]

    def _read(self, datagram: bytes) -> Sent:
        raw = self._down.unprotect(datagram)
        header = rtp.parse_header(raw)
        return Sent(header, raw[header.payload_offset : header.payload_end], raw)

    def push(self, size: int, name: bytes) -> None:
        self._datagrams.append(bytes(self.buffers[0].view[:size]))

    def flush(self) -> None:
        """Nothing waits here."""

    def _pop(self, *, rtcp_wanted: bool) -> list[bytes]:
        taken = [data for data in self._datagrams if (192 <= data[1] <= 223) is rtcp_wanted]
        self._datagrams = [data for data in self._datagrams if data not in taken]
        return taken


def sessions() -> tuple[Session, Session]:
    """An SRTP sender and its receiver."""
    key = os.urandom(28)
    return session(key, Policy.SSRC_ANY_OUTBOUND), session(key, Policy.SSRC_ANY_INBOUND)


def session(key: bytes, direction: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return Session(policy)


def packet(
    sequence: int, payload: bytes, *, ssrc: int = 2000, payload_type: int = 96, timestamp: int = 0, marker: bool = False
) -> bytes:
    """An RTP packet with a one-byte header extension: audio level 30 under id 1."""
    first = bytes([0x90, payload_type | (0x80 if marker else 0)])
    header = first + sequence.to_bytes(2, "big") + timestamp.to_bytes(4, "big") + ssrc.to_bytes(4, "big")
    return header + bytes([0xBE, 0xDE, 0, 1, 0x10, 30, 0, 0]) + payload


def stamped(packet: bytes, sent_s: float, *, extension: int = 2, before: bytes = b"") -> bytes:
    """The same packet with abs-send-time in its one-byte header extensions, behind the elements `before`."""
    stamp = int(sent_s * (1 << 18)) & 0xFFFFFF
    elements = before + bytes([extension << 4 | 2]) + stamp.to_bytes(3, "big")
    elements += bytes(-len(elements) % 4)
    return packet[:12] + bytes([0xBE, 0xDE, 0, len(elements) // 4]) + elements + packet[20:]


def frame(picture_id: int, body: bytes = VP8_DELTA) -> bytes:
    """A VP8 payload: descriptor with a 15-bit picture id, then the first bytes of a frame."""
    return bytes([0x90, 0x80, 0x80 | picture_id >> 8, picture_id & 0xFF]) + body
