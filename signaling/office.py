"""The clinic around the calls, as one value: every store and rule that routes, pages and commands work with.

Built once a process, by constructor; signaling/server.py and the command line have it from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from clinic.booking.csv_import import CsvImport
from clinic.booking.diary import Diary
from clinic.booking.rules import Rules
from clinic.holdings.deletion import Deletion
from clinic.holdings.erasing import Erasing
from clinic.holdings.exports import Exports
from clinic.holdings.keeping import Keeping
from clinic.intake.attendances import Attendances
from clinic.intake.consent_texts import ConsentTexts
from clinic.intake.consents import Consents
from clinic.intake.questionnaires import Questionnaires
from clinic.intake.queue_messages import QueueMessages
from clinic.intake.triage import Triage
from clinic.people.api_keys import ApiKeys
from clinic.people.attempts import Attempts
from clinic.people.claims import Claims
from clinic.people.credentials import Credentials
from clinic.people.hashing import Hasher
from clinic.people.join_checks import JoinChecks
from clinic.people.patients import Patients
from clinic.people.roster import Roster
from clinic.people.second_check import Question
from clinic.people.sessions import Sessions
from clinic.people.sign_in import SignIn
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.erasure import Shredder
from clinic.privacy.master_key import MasterKey
from clinic.privacy.retention import Policy
from clinic.privacy.vault import Vault
from clinic.profile import Profiles
from clinic.record.icd10 import Icd10
from clinic.record.records import Records
from clinic.store import Store
from signaling.settings import Settings


@dataclass(frozen=True)
class Office:
    """One clinic. Stateless but for the hasher's threads: any number of processes may have one."""

    redis: Redis
    vault: Vault
    audit: Audit
    store: Store
    roster: Roster
    credentials: Credentials
    sessions: Sessions
    sign_in: SignIn
    hasher: Hasher
    api_keys: ApiKeys
    patients: Patients
    claims: Claims
    join_checks: JoinChecks
    diary: Diary
    csv_import: CsvImport
    consent_texts: ConsentTexts
    consents: Consents
    questionnaires: Questionnaires
    triage: Triage
    queue_messages: QueueMessages
    attendances: Attendances
    records: Records
    profiles: Profiles
    exports: Exports
    erasing: Erasing
    keeping: Keeping
    policy: Policy
    zone: ZoneInfo
    base_url: str
    """Where the pages are, for links."""
    join_check: Question | Literal["none"]
    """What new links of patients ask."""
    now: Callable[[], datetime]

    @cached_property
    def icd10(self) -> Icd10:
        """The list that diagnoses are searched in; read when first asked for."""
        return Icd10.shipped()


def open_office(
    settings: Settings, redis: Redis, now: Callable[[], datetime], hasher: Callable[[], Hasher] = Hasher
) -> Office:
    """Every service of the clinic, sealed under the master key's file, which is made where there is none.

    Raises MasterKeyError, OSError. Await `office.vault.claim()` before anything is written.
    """
    settings.master_key_path.parent.mkdir(parents=True, exist_ok=True)
    master = MasterKey.load_or_create(settings.master_key_path)
    keys, zone = AuditKeys.of(master), ZoneInfo(settings.time_zone)
    vault, audit = Vault(redis, master), Audit(redis, keys)
    store = Store(redis, vault, keys)
    roster, credentials = Roster(redis, vault, audit), Credentials(redis, vault, audit)
    sessions, hashing = Sessions(redis, vault, audit), hasher()
    diary, patients = Diary(redis, vault, store, audit, Rules(zone)), Patients(redis, vault, audit)
    consent_texts, questionnaires = ConsentTexts(redis, audit), Questionnaires(redis, audit)
    consents = Consents(redis, vault, audit, consent_texts, zone)
    exports, deletion = Exports(redis), Deletion(redis, vault, store, diary.agenda, audit)
    return Office(
        redis=redis,
        vault=vault,
        audit=audit,
        store=store,
        roster=roster,
        credentials=credentials,
        sessions=sessions,
        sign_in=SignIn(
            vault, audit, hashing,
            roster=roster, credentials=credentials, attempts=Attempts(redis), sessions=sessions,
        ),
        hasher=hashing,
        api_keys=ApiKeys(redis, vault, audit),
        patients=patients,
        claims=Claims(redis, vault),
        join_checks=JoinChecks(redis, audit),
        diary=diary,
        csv_import=CsvImport(redis, vault, diary, patients),
        consent_texts=consent_texts,
        consents=consents,
        questionnaires=questionnaires,
        triage=Triage(redis, vault, audit, questionnaires),
        queue_messages=QueueMessages(redis, vault, audit),
        attendances=Attendances(redis),
        records=Records(redis, vault, audit),
        profiles=Profiles(redis, audit, settings.clinic_name),
        exports=exports,
        erasing=Erasing(
            redis, store, diary.agenda, patients, consents, exports, deletion, Shredder(redis, audit), settings.policy
        ),
        policy=settings.policy,
        keeping=Keeping(redis, vault, audit, consents, exports, deletion, settings.policy),
        zone=zone,
        base_url=settings.base_url,
        join_check=settings.join_check,
        now=now,
    )  # fmt: skip
