"""Offers of real browsers are read and answered; broken ones are refused with a reason."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given, settings
from hypothesis import strategies as st

from media import answer, sdp
from tests.media.sfu_answers import LOCAL, MINIMAL, answers, codecs, recorded

BROWSERS = ("chromium", "firefox", "aiortc")


def reason(text: str) -> str:
    with pytest.raises(sdp.BadOffer) as refused:
        sdp.parse_offer(text)
    return str(refused.value.args[0])


def answer_sections(text: str) -> list[list[str]]:
    """Lines of the session, then of each m-line."""
    return [part.splitlines() for part in re.split(r"\r\n(?=m=)", text)]


def build(browser: str) -> list[list[str]]:
    offer = sdp.parse_offer(recorded(browser))
    return answer_sections(sdp.build_answer(offer, LOCAL, answers(offer)))


@pytest.mark.parametrize("browser", BROWSERS)
def test_offer_of_a_real_browser(browser: str) -> None:
    offer = sdp.parse_offer(recorded(browser))
    assert offer.setup == "actpass"
    assert offer.fingerprints[0][0] == "sha-256"
    assert [section.mid for section in offer.sections] == list("012345")
    assert [section.kind for section in offer.sections] == ["audio", "video"] * 3
    assert [section.direction for section in offer.sections] == ["sendonly"] * 2 + ["recvonly"] * 4
    assert all(section.wanted and codecs(section) for section in offer.sections)
    audio, video = offer.sections[:2]
    assert audio.ssrc is not None
    assert audio.rtx_ssrc is None
    assert None not in (video.ssrc, video.rtx_ssrc, codecs(video)[0].rtx_payload_type)


def test_details_of_chromium() -> None:
    offer = sdp.parse_offer(recorded("chromium"))
    assert (offer.ice_options, offer.extmap_allow_mixed) == (("trickle",), True)
    audio, video = offer.sections[:2]
    assert codecs(audio) == (
        sdp.Codec(111, "opus", 48000, 2, {"minptime": "10", "useinbandfec": "1"}, ("transport-cc",), None),
    )
    feedback = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")
    assert codecs(video)[0] == sdp.Codec(96, "VP8", 90000, 1, {}, feedback, 97)
    assert codecs(video, "H264")[0].fmtp["packetization-mode"] == "1"
    assert next(codec for codec in audio.codecs if codec.name == "red").fmtp == {"111/111": ""}
    assert audio.extensions[answer.AUDIO_LEVEL] == 1
    assert video.extensions[answer.TRANSPORT_WIDE] == 3


def test_firefox_offers_bundle_only_with_port_zero() -> None:
    video = sdp.parse_offer(recorded("firefox")).sections[1]
    assert (video.port_zero, video.bundle_only, video.wanted) == (True, True, True)


def test_smallest_offer_with_all_at_session_level() -> None:
    offer = sdp.parse_offer(MINIMAL)
    assert (offer.ice_ufrag, offer.ice_pwd) == ("theirs", "theirpasswordof22chars")
    assert offer.fingerprints == (("sha-256", ":".join(["0A"] * 32)),)
    assert [codec.payload_type for codec in offer.sections[0].codecs] == [111]


def test_section_level_stands_before_session_level() -> None:
    own = MINIMAL + "a=ice-ufrag:nearer\na=ice-pwd:nearerpasswordof22chars\n"
    assert sdp.parse_offer(own).ice_ufrag == "nearer"


def test_feedback_for_all_codecs_and_doubled_lines() -> None:
    text = MINIMAL + "a=rtcp-fb:* nack\na=rtcp-fb:111 transport-cc\na=rtcp-fb:111 nack\n"
    assert sdp.parse_offer(text).sections[0].codecs[0].feedback == ("nack", "transport-cc")


@pytest.mark.parametrize("payload", ["72", "128", "0111", "500"])
def test_unusable_payload_type_is_passed_over(payload: str) -> None:
    text = MINIMAL.replace("111 0", f"{payload} 111") + f"a=rtpmap:{payload} VP8/90000\n"
    assert [codec.payload_type for codec in sdp.parse_offer(text).sections[0].codecs] == [111]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("v=0", "v=1", "not-sdp"),
        ("s=-", "s=\0", "not-sdp"),
        ("s=-", "s=\ud800", "not-sdp"),
        ("s=-", "not a line", "not-sdp"),
        ("a=group:BUNDLE a", "a=group:LS a", "no-bundle"),
        ("a=group:BUNDLE a", "a=group:", "no-bundle"),
        ("a=group:BUNDLE a", "a=group:BUNDLE b", "no-bundle"),
        ("a=ice-ufrag:theirs\n", "", "bad-ice-ufrag"),
        ("a=ice-ufrag:theirs", "a=ice-ufrag:abc", "bad-ice-ufrag"),
        ("a=ice-ufrag:theirs", "a=ice-ufrag:ab:cd", "bad-ice-ufrag"),
        ("a=ice-ufrag:theirs", "a=ice-ufrag:" + "a" * 257, "bad-ice-ufrag"),
        ("theirpasswordof22chars", "short", "bad-ice-pwd"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1", "no-fingerprint"),
        ("a=fingerprint:sha-256", "a=fingerprint:md5", "no-fingerprint"),
        (":0a\n", "\n", "no-fingerprint"),
        ("a=setup:actpass", "a=setup:passive", "bad-setup"),
        ("a=setup:actpass\n", "", "bad-setup"),
        ("a=mid:a\n", "", "no-mid"),
        ("a=mid:a", "a=mid:a b", "no-mid"),
        ("a=rtcp-mux\n", "", "no-rtcp-mux"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", "bad-protocol"),
        ("m=audio", "m=text", "bad-media-line"),
        ("m=audio 9", "m=audio nine", "bad-media-line"),
        ("111 0", "", "bad-media-line"),
        ("111 0", " ".join(map(str, range(65))), "too-many-codecs"),
        ("a=sendonly", "a=ssrc:4294967296 cname:x", "bad-ssrc"),
        ("a=sendonly", "a=ssrc-group:FID 5 5", "duplicate-ssrc"),
        ("s=-", "s=-\na=ice-lite", "ice-lite"),
        ("s=-", "s=" + "-" * 65_536, "too-long"),
    ],
)
def test_refused_offer(old: str, new: str, expected: str) -> None:
    assert old in MINIMAL
    assert reason(MINIMAL.replace(old, new)) == expected


def test_number_of_sections() -> None:
    session, section = MINIMAL.split("m=")
    assert reason(session) == "no-sections"
    assert reason(MINIMAL + "m=" + section) == "duplicate-mid"
    assert reason(session + ("m=" + section) * 33) == "too-many-sections"


def test_switched_off_section_and_data_channel_need_no_bundle() -> None:
    off = "m=video 0 UDP/TLS/RTP/SAVPF 96\na=mid:off\n"
    data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:data\n"
    offer = sdp.parse_offer(MINIMAL + off + data)
    assert [section.wanted for section in offer.sections] == [True, False, True]
    _, audio, video, channel = answer_sections(sdp.build_answer(offer, LOCAL, answers(offer)))
    assert audio[0] == "m=audio 9 UDP/TLS/RTP/SAVPF 111"
    assert video == ["m=video 0 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=inactive", "a=mid:off"]
    assert channel[0] == "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"


@pytest.mark.parametrize("browser", BROWSERS)
def test_answer_as_aiortc_reads_it(browser: str) -> None:
    offer = sdp.parse_offer(recorded(browser))
    found = SessionDescription.parse(sdp.build_answer(offer, LOCAL, answers(offer)))
    assert [media.direction for media in found.media] == ["recvonly"] * 2 + ["sendonly"] * 4
    assert found.group[0].items == list("012345")
    for media in found.media:
        assert media.ice is not None
        assert media.dtls is not None
        assert (media.ice.usernameFragment, media.ice.iceLite, media.dtls.role) == ("ours", True, "server")
    assert [candidate.type for candidate in found.media[0].ice_candidates] == ["host", "host"]
    assert found.media[0].ice_candidates_complete
    slot = found.media[3]
    assert [ssrc.ssrc for ssrc in slot.ssrc] == [1003, 2003]
    assert slot.ssrc_group[0].items == [1003, 2003]
    assert slot.msid == "stream3 track3"


def test_session_of_the_answer() -> None:
    session = build("chromium")[0]
    assert session == [
        "v=0",
        "o=- 4611686018427387904 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE 0 1 2 3 4 5",
        "a=msid-semantic: WMS *",
        "a=extmap-allow-mixed",
    ]


def test_published_audio_is_asked_for_small_packets() -> None:
    audio = build("chromium")[1]
    assert audio[0] == "m=audio 9 UDP/TLS/RTP/SAVPF 111"
    assert "a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=20000" in audio
    assert "a=ptime:60" in audio
    assert "a=rtcp-mux" in audio
    assert "a=rtcp-rsize" in audio
    assert not any(line.startswith("a=rtcp-fb") for line in audio)


def test_audio_is_repaired_where_the_offer_asks_for_it() -> None:
    text = recorded("chromium").replace("a=rtcp-fb:111 transport-cc", "a=rtcp-fb:111 nack")
    offer = sdp.parse_offer(text)
    sections = answer_sections(sdp.build_answer(offer, LOCAL, answers(offer)))
    assert "a=rtcp-fb:111 nack" in sections[1]
    assert "a=rtcp-fb:111 nack" in sections[3]


def test_stereo_is_not_echoed() -> None:
    assert not any("stereo" in line for section in build("firefox") for line in section)


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_feedback_of_publish_and_slot(browser: str) -> None:
    _, _, publish, _, slot, *_ = build(browser)
    assert feedback(publish) == {"goog-remb", "nack", "nack pli", "ccm fir"}
    assert feedback(slot) == {"transport-cc", "nack", "nack pli", "ccm fir"}
    assert extensions(publish) == {answer.MID, answer.ABS_SEND_TIME}
    assert extensions(slot) == {answer.TRANSPORT_WIDE}
    assert any("x-google-start-bitrate=80" in line for line in publish)


def feedback(lines: list[str]) -> set[str]:
    return {line.split(" ", 1)[1] for line in lines if line.startswith("a=rtcp-fb:")}


def extensions(lines: list[str]) -> set[str]:
    return {line.split(" ")[1] for line in lines if line.startswith("a=extmap:")}


def test_first_accepted_section_carries_the_candidates() -> None:
    offer = sdp.parse_offer(recorded("chromium"))
    text = sdp.build_answer(offer, LOCAL, [sdp.Rejected(), *answers(offer)[1:]])
    session, audio, video, *_ = answer_sections(text)
    assert "a=group:BUNDLE 1 2 3 4 5" in session
    assert audio[0].startswith("m=audio 0 ")
    assert "a=end-of-candidates" in video


def test_h264_keeps_its_parameters() -> None:
    offer = sdp.parse_offer(recorded("chromium"))
    chosen = codecs(offer.sections[1], "H264")[:1]
    replies: list[sdp.Answer] = [sdp.Rejected(), sdp.Publish(chosen), *[sdp.Rejected()] * 4]
    video = answer_sections(sdp.build_answer(offer, LOCAL, replies))[2]
    assert "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f" in video
    assert video[0] == "m=video 9 UDP/TLS/RTP/SAVPF 102 103"


def test_slot_without_retransmission() -> None:
    offer = sdp.parse_offer(recorded("chromium"))
    slot = sdp.Slot(1, None, "hilo", "s", "t", codecs(offer.sections[3]))
    replies: list[sdp.Answer] = [*[sdp.Rejected()] * 3, slot, *[sdp.Rejected()] * 2]
    video = answer_sections(sdp.build_answer(offer, LOCAL, replies))[4]
    assert video[0] == "m=video 9 UDP/TLS/RTP/SAVPF 96"
    assert not any("FID" in line or "rtx" in line for line in video)


def test_one_answer_a_section() -> None:
    with pytest.raises(ValueError):
        sdp.build_answer(sdp.parse_offer(MINIMAL), LOCAL, [])


def test_worst_offers_are_read_in_little_time() -> None:
    """Each kind of line as often as fits into 64 KiB: what grows with its square would take seconds."""
    started = perf_counter()
    for line in ("a=rtcp-fb:* {}", "a=fmtp:111 {}", "a={}:", "a=extmap:1 {}", "a=rtpmap:{} a/1", "a=ssrc:{} x"):
        lines = "\n".join(line.format(number) for number in range(3000))
        assert sdp.parse_offer(MINIMAL + lines).sections
    assert perf_counter() - started < 5


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_refused_or_read(text: str) -> None:
    for candidate in (text, "v=0\n" + text, MINIMAL + text):
        try:
            sdp.parse_offer(candidate)
        except sdp.BadOffer:
            continue


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(BROWSERS), st.data())
def test_changed_offers_are_refused_or_answered(browser: str, data: st.DataObject) -> None:
    lines = recorded(browser).split("\r\n")
    for position in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=8)):
        line = lines[position]
        cut = data.draw(st.integers(0, len(line)))
        lines[position] = line[:cut] + data.draw(st.text(max_size=4)) + line[cut + data.draw(st.integers(0, 4)) :]
    try:
        offer = sdp.parse_offer("\r\n".join(lines))
    except sdp.BadOffer:
        return
    assert sdp.build_answer(offer, LOCAL, answers(offer)).count("\r\nm=") == len(offer.sections)
