"""A page's command as the clinic's: the same words, with the seat that the join link gave."""

from __future__ import annotations

from clinic import commands as c
from signaling import protocol as p


def to_clinic(command: p.Command, seat: str) -> c.Command:
    match command:
        case p.Consent():
            return c.Consent(command.id, seat, command.text_version, command.text_sha256, command.lang)
        case p.Withdraw():
            return c.Withdraw(command.id, seat)
        case p.Arrive():
            return c.Arrive(command.id, seat)
        case p.Admit():
            return c.Admit(command.id, seat, command.seat)
        case p.SendChat():
            return c.SendChat(command.id, seat, command.text)
        case p.SaveNote():
            return c.SaveNote(command.id, seat, command.text, command.base or "")
        case p.SetMedia():
            return c.SetMedia(command.id, seat, command.audio, command.video, command.problem)
        case p.SetPreference():
            return c.SetPreference(command.id, seat, command.hold, command.save_data)
        case p.Leave():
            return c.Leave(command.id, seat)
        case p.End():
            return c.End(command.id, seat, command.reason)
