"""docs/protocol.md tells what the models say."""

from signaling.protocol_doc import DOC, render


def test_committed_document_is_current() -> None:
    assert DOC.read_text() == render(), "run: python -m signaling.protocol_doc"
