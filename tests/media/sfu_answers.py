"""An answer to any offer, as the SFU gives it: take what is published, fill what is received."""

from __future__ import annotations

from pathlib import Path

from media import sdp

OFFERS = Path(__file__).parent / "offers"
"""What real browsers offered: send-only audio and video, then two pairs of receive-only slots."""

LOCAL = sdp.Local(
    ice_ufrag="ours",
    ice_pwd="apassword/of+24+letters+",
    fingerprint=":".join(["AB"] * 32),
    candidates=(
        "1 1 udp 2130706431 127.0.0.1 40000 typ host",
        "2 1 tcp 1671430143 127.0.0.1 40000 typ host tcptype passive",
    ),
    session_id=4611686018427387904,
)

MINIMAL = """v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE a
a=ice-ufrag:theirs
a=ice-pwd:theirpasswordof22chars
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 111 0
c=IN IP4 0.0.0.0
a=mid:a
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
""".format(fingerprint=":".join(["0a"] * 32))
"""The smallest offer that we answer."""


def recorded(browser: str) -> str:
    return (OFFERS / f"{browser}.sdp").read_bytes().decode()


def codecs(section: sdp.Section, *names: str) -> tuple[sdp.Codec, ...]:
    return tuple(codec for name in names or ("opus", "VP8") for codec in section.codecs if codec.name == name)


def answers(offer: sdp.Offer) -> list[sdp.Answer]:
    return [_answer(index, section) for index, section in enumerate(offer.sections)]


def _answer(index: int, section: sdp.Section) -> sdp.Answer:
    chosen = codecs(section)
    if not chosen:
        return sdp.Rejected()
    if section.direction in ("sendonly", "sendrecv"):
        return sdp.Publish(chosen, ptime_ms=60, max_audio_bps=20_000, start_video_kbps=80)
    rtx_ssrc = 2000 + index if section.kind == "video" else None
    return sdp.Slot(1000 + index, rtx_ssrc, "hilo", f"stream{index}", f"track{index}", chosen)
