"""The SRTP keys of a leg, used by libsrtp's own calls on one shared buffer: load cannot afford copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiortc.rtcdtlstransport import SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80, SRTPProtectionProfile
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

BUFFER_BYTES = 2048
PROFILES = {"gcm": SRTP_AEAD_AES_128_GCM, "cm": SRTP_AES128_CM_SHA1_80}


@dataclass(frozen=True)
class Keys:
    """What DTLS gave: the profile's name and the two directions' master key and salt."""

    profile: SRTPProtectionProfile
    outbound: bytes
    inbound: bytes


class Buffer:
    """One packet being written or read: `cdata` for libsrtp, `view` for sockets and struct, `length` in and out."""

    def __init__(self) -> None:
        self.cdata: Any = ffi.new("unsigned char[]", BUFFER_BYTES)
        self.view = memoryview(ffi.buffer(self.cdata))
        self.length: Any = ffi.new("int *")


class Srtp:
    """Both directions of one leg. `protect` and `unprotect` work in place and return the new length, or -1."""

    def __init__(self, keys: Keys) -> None:
        self._sessions = (
            _session(keys.profile, keys.outbound, Policy.SSRC_ANY_OUTBOUND),
            _session(keys.profile, keys.inbound, Policy.SSRC_ANY_INBOUND),
        )
        self.outbound, self.inbound = (session._srtp[0] for session in self._sessions)

    def protect_rtcp(self, packet: bytes) -> bytes:
        return bytes(self._sessions[0].protect_rtcp(packet))

    def unprotect_rtcp(self, packet: bytes) -> bytes:
        return bytes(self._sessions[1].unprotect_rtcp(packet))


def protect(session: Any, buffer: Buffer, length: int) -> int:
    buffer.length[0] = length
    return -1 if lib.srtp_protect(session, buffer.cdata, buffer.length) else buffer.length[0]


def unprotect(session: Any, buffer: Buffer, length: int) -> int:
    buffer.length[0] = length
    return -1 if lib.srtp_unprotect(session, buffer.cdata, buffer.length) else buffer.length[0]


def _session(profile: SRTPProtectionProfile, key: bytes, direction: int) -> Session:
    return Session(Policy(key=key, ssrc_type=direction, srtp_profile=profile.libsrtp_profile))
