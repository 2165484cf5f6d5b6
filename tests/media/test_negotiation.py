"""What a real browser's offer becomes: the tracks and slots of a participant, and where its sending starts."""

from __future__ import annotations

import pytest

from media import contract, negotiation, sdp
from media.peer import Peer
from media.srtp import Workbench
from tests.media.sfu_answers import OFFERS, recorded

ENDPOINT = negotiation.Endpoint(":".join(["AB"] * 32), ("1 1 udp 2130706431 127.0.0.1 40000 typ host",))
BROWSERS = sorted(path.stem for path in OFFERS.glob("*.sdp"))


def prepared(offer_text: str) -> tuple[Peer, str]:
    """The participant, and its answer."""
    peer = Peer("p", "r", 1, contract.Policy(), Workbench(), 0.0)
    offer = sdp.parse_offer(offer_text)
    negotiation.prepare(peer, offer)
    return peer, negotiation.answer(peer, offer, ENDPOINT, (peer.ice_ufrag, peer.ice_password))


@pytest.mark.parametrize("browser", BROWSERS)
def test_sending_starts_small(browser: str) -> None:
    _, answer = prepared(recorded(browser))
    assert "a=ptime:60\r\n" in answer
    assert "maxaveragebitrate=16000" in answer
    assert "x-google-start-bitrate=80" in answer


@pytest.mark.parametrize("browser", BROWSERS)
def test_stamps_are_looked_for_where_the_offer_has_them(browser: str) -> None:
    peer, answer = prepared(recorded(browser))
    offer = sdp.parse_offer(recorded(browser))
    for source in peer.tracks:
        section = negotiation.publish_section(offer, source.kind)
        assert section is not None
        assert source.stamp_extension == section.extensions.get(negotiation.ABS_SEND_TIME, 0)
    assert f"a=extmap:{peer.tracks[1].stamp_extension} {negotiation.ABS_SEND_TIME}" in answer


def test_redundancy_is_accepted_where_it_is_offered_around_opus() -> None:
    offered = recorded("chromium")
    peer, answer = prepared(offered)
    assert peer.tracks[0].red_payload_type == 63
    sections = answer.split("m=")
    assert sections[1].startswith("audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n")
    assert "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n" in sections[1]
    assert "red/48000" not in "".join(sections[2:])

    peer, answer = prepared(offered.replace("a=fmtp:63 111/111", "a=fmtp:63 0/0"))
    assert peer.tracks[0].red_payload_type is None
    assert "red/48000" not in answer


def test_sound_and_picture_of_a_slot_are_of_different_streams() -> None:
    """Chromium delays the sound of a stream until its picture is there."""
    _, answer = prepared(recorded("chromium"))
    streams = [line.split()[0] for line in answer.splitlines() if line.startswith("a=msid:")]
    assert len(streams) == len(set(streams)) > 1


def test_chromium_stamps_its_sound_too() -> None:
    peer, _ = prepared(recorded("chromium"))
    assert all(source.stamp_extension for source in peer.tracks)


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_video_is_numbered_where_repairs_have_their_own_stream(browser: str) -> None:
    peer, _ = prepared(recorded(browser))
    assert all(video is not None and video.twcc_id and video.rtx_ssrc for _, video in peer.slots)
    without_rtx = "\n".join(line for line in recorded(browser).splitlines() if " rtx/90000" not in line)
    peer, _ = prepared(without_rtx + "\n")
    assert all(video is not None and not video.twcc_id and video.rtx_ssrc is None for _, video in peer.slots)
