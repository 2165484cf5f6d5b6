"""A day of one patient with every kind of data, said through the clinic's own stores."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic import commands as c
from clinic.booking.appointment import Cancel, Reason
from clinic.booking.request import Author, Wanted
from clinic.booking.step import Done
from clinic.intake.answers import Answers
from clinic.intake.consent import ByGuardian, Grant
from clinic.intake.consents import Recorded
from clinic.intake.questionnaire import Answer, Questionnaire
from clinic.intake.triage import Saved as TriageSaved
from clinic.intake.triage_default import DEFAULT
from clinic.people.identifiers import Cedula, Passport
from clinic.people.patient import Demographics, Guardian
from clinic.people.patients import Saved
from clinic.people.phones import Phone
from clinic.people.request import Request
from clinic.people.staff import Member, Profile
from clinic.record import commands as r
from clinic.record import records
from clinic.record.content import FIELDS, Impression, NextAction, Prescription, Value
from clinic.records import Applied
from signaling.office import Office

TRIAGE = "triage"
NAME, GUARDIAN, COMPANION, PHYSICIAN = "Zoraida Quintero", "Wilmer Quintero", "Xiomara Quintero", "Dra. Yuleisy Vargas"
SAID = {
    "patient": NAME,
    "guardian": GUARDIAN,
    "companion": COMPANION,
    "physician": PHYSICIAN,
    "sign-in": "yuleisy.vargas",
    "cedula": "V-23987654",
    "cedula's digits": "23987654",
    "guardian's cedula": "9123987",
    "passport": "QX778899",
    "phone": "+584147654321",
    "phone's digits": "4147654321",
    "reason": "Ardor al orinar, 'desde ayer' & fiebre",
    "triage": "tengo miedo de contarle a mi mamá",
    "chat": "¿me escucha, doctora? ñandú 🦜",
    "note": "sospecho maltrato, preguntar a solas",
    "record's reason": "disuria de 24 horas",
    "impression": "Infección urinaria baja",
    "medication": "Nitrofurantoína 100 mg",
    "instructions": "Dos litros de agua al día",
    "next action": "Urocultivo en el laboratorio Santa Elena",
    "queue message": "la doctora llega a las diez y cuarto",
    "cancellation": "se fue de viaje a Maracay",
    "address": "190.202.44.17",
}
"""Everything personal that was said, by what it is."""

RECORD: dict[str, Value] = {
    "reason": SAID["record's reason"],
    "impressions": (Impression("i1", SAID["impression"], "N39.0"),),
    "prescriptions": (Prescription("p1", SAID["medication"], "1 cápsula", "oral", "cada 12 h", "5 días"),),
    "instructions": SAID["instructions"],
    "next_action": NextAction("lab", SAID["next action"]),
}


@dataclass(frozen=True)
class Day:
    patient: str
    physician: str
    consultation: str
    cancelled: str
    """A second appointment."""
    token: str
    """Of the patient's join link."""


def asked(office: Office, actor: str, role: str) -> Request:
    return Request(secrets.token_hex(8), actor, role, office.now())


async def day_of(office: Office) -> Day:
    """Booked, consented, answered, held, written, signed."""
    await office.vault.claim()
    await office.consent_texts.found(office.now())
    clerk = asked(office, "clerk", "administrator")
    published = await office.questionnaires.publish(TRIAGE, DEFAULT, 0, clerk)
    assert isinstance(published, Questionnaire)
    member = await office.roster.add(Profile(PHYSICIAN, SAID["sign-in"], ("physician",), "MPPS 1"), clerk)
    assert isinstance(member, Member)
    guardian = Guardian(GUARDIAN, Cedula("V", 9123987), "FTH")
    person = Demographics(
        NAME, date(2030, 4, 1), "female", (Cedula("V", 23987654), Passport("VEN", SAID["passport"])),
        (Phone(SAID["phone"]),), guardian,
    )  # fmt: skip
    saved = await office.patients.create(person, clerk)
    assert isinstance(saved, Saved)
    patient = saved.patient.id
    consultation = await _booked(office, patient, member.id, 10)
    cancelled = await _booked(office, patient, member.id, 24 * 60)
    author = Author("clerk", "coordinator", secrets.token_hex(8))
    await office.diary.change(cancelled, Cancel("patient", SAID["cancellation"]), author, office.now())
    appointment = await office.diary.agenda.load(consultation)
    token = await office.store.issue_link(consultation, appointment.patient_seat)
    await _consent(office, saved, consultation, appointment.patient_seat)
    await _triage(office, patient, consultation)
    await _talk(office, consultation, appointment.patient_seat, appointment.physician_seat)
    until = office.now() + timedelta(hours=1)
    await office.queue_messages.post(member.id, SAID["queue message"], until, asked(office, member.id, "physician"))
    await _record(office, patient, member.id, consultation)
    return Day(patient, member.id, consultation, cancelled, token)


async def _booked(office: Office, patient: str, physician: str, minutes: int) -> str:
    starts_at = office.now() + timedelta(minutes=minutes)
    wanted = Wanted(
        patient, physician, starts_at, starts_at + timedelta(minutes=20), Reason(SAID["reason"]), (COMPANION,)
    )
    done = await office.diary.book(wanted, Author("clerk", "coordinator", secrets.token_hex(8)), office.now())
    assert isinstance(done, Done), done
    return done.appointment


async def _consent(office: Office, saved: Saved, consultation: str, seat: str) -> None:
    text = await office.consent_texts.newest()
    accepted = tuple(item.id for item in text.wording.items if not item.optional)
    declined = tuple(item.id for item in text.wording.items if item.optional)
    giver = ByGuardian(GUARDIAN, Cedula("V", 9123987), "FTH")
    grant = Grant(
        consultation, seat, "patient", text.version, text.sha256("es"), "es", accepted, declined, "typed-name", giver,
        typed_name=GUARDIAN, address=SAID["address"], agent="Mozilla",
    )  # fmt: skip
    given = await office.consents.give(saved.patient, grant, asked(office, seat, "patient"))
    assert isinstance(given, Recorded), given


async def _triage(office: Office, patient: str, consultation: str) -> None:
    await office.triage.begin(consultation, patient, TRIAGE, asked(office, patient, "patient"))
    no = Answer(value_boolean=False)
    answers: Answers = {
        "reason": (Answer(value_string=SAID["triage"]),),
        "breath": (no,), "chest": (no,), "conscious": (no,),
    }  # fmt: skip
    saved = await office.triage.save(consultation, answers, asked(office, patient, "patient"))
    assert isinstance(saved, TriageSaved), saved


async def _talk(office: Office, consultation: str, patient: str, physician: str) -> None:
    said: tuple[c.Command, ...] = (
        c.Consent("command-01", patient, "1", "a" * 64, "es"),
        c.Arrive("command-02", patient),
        c.Admit("command-03", physician, patient),
        c.SendChat("command-04", patient, SAID["chat"]),
        c.SaveNote("command-05", physician, SAID["note"], ""),
        c.End("command-06", physician, "completed"),
    )
    for command in said:
        done = await office.store.execute(consultation, command, office.now())
        assert isinstance(done, Applied), (command, done)


async def _record(office: Office, patient: str, physician: str, consultation: str) -> None:
    now: datetime = office.now()
    await office.records.open(consultation, patient, physician, now)
    for field in FIELDS:
        await office.records.execute(
            consultation, r.Save(f"save-{field}", physician, field, RECORD[field], 0, "page", 1), now
        )
    for command in (r.Complete("complete", physician), r.Sign("sign", physician, attested=True)):
        done = await office.records.execute(consultation, command, now)
        assert isinstance(done, records.Applied), done
