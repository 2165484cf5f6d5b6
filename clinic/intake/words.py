"""A text that the clinic writes for its patients, in both languages."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from clinic.people.patient import Language


class Words(BaseModel):
    """One text in Spanish and English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    es: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.es if language == "es" else self.en
