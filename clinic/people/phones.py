"""Phone numbers of patients, anywhere in the world; typed without a country they are Venezuelan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from clinic.people.faults import Fault, FaultCode

HOME_REGION: Final = "VE"
MAX_TYPED: Final = 40

_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

_PARSE_FAULTS: Final[dict[int, FaultCode]] = {
    NumberParseException.INVALID_COUNTRY_CODE: "country-unknown",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too-short",
    NumberParseException.TOO_SHORT_NSN: "too-short",
    NumberParseException.TOO_LONG: "too-long",
}
_LENGTH_FAULTS: Final[dict[int, FaultCode]] = {
    ValidationResult.TOO_SHORT: "too-short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too-short",
    ValidationResult.TOO_LONG: "too-long",
    ValidationResult.INVALID_COUNTRY_CODE: "country-unknown",
}


@dataclass(frozen=True)
class Phone:
    """`e164`: as in +584121234567, which is stored and compared; `str()` is the form that people read."""

    e164: str

    @property
    def mobile(self) -> bool:
        """It may have WhatsApp. Countries whose numbers do not tell count as mobile."""
        return phonenumbers.number_type(phonenumbers.parse(self.e164)) in _MOBILE

    def __str__(self) -> str:
        number = phonenumbers.parse(self.e164)
        home = phonenumbers.region_code_for_number(number) == HOME_REGION
        form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)


def parse_phone(text: str, region: str = HOME_REGION) -> Phone | Fault:
    """Any usual spelling. `region`: ISO 3166-1 alpha-2 of numbers typed without their country."""
    if not text.strip() or len(text) > MAX_TYPED:
        return Fault("phone", "too-long" if text.strip() else "missing")
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        return Fault("phone", _PARSE_FAULTS.get(error.error_type, "not-a-phone"))
    fault = _fault(number)
    return Fault("phone", fault) if fault else Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _fault(number: phonenumbers.PhoneNumber) -> FaultCode | None:
    if number.extension:
        return "extension"
    if phonenumbers.is_valid_number(number):
        return None
    return _LENGTH_FAULTS.get(phonenumbers.is_possible_number_with_reason(number), "no-such-prefix")
