"""Of erasing a patient: the codes of clinic/privacy/erasure.py."""

from typing import Final

ES: Final[dict[str, str]] = {
    "erasure-early": "La clínica aún debe conservar algo de este paciente. Revise hasta cuándo y confírmelo.",
    "erasure-consultation-open": "Tiene una consulta sin cerrar. El médico debe cerrarla primero.",
    "erasure-appointment-open": "Tiene una cita por venir. Cancélela primero.",
    "erasure-not-exported": "Una historia cerrada aún no llega al sistema de la clínica. Espere a que se entregue.",
}
EN: Final[dict[str, str]] = {
    "erasure-early": "The clinic must still keep something of this patient. See until when, and confirm it.",
    "erasure-consultation-open": "A consultation is still open. The physician must close it first.",
    "erasure-appointment-open": "There is an appointment to come. Cancel it first.",
    "erasure-not-exported": "A closed record has not reached the clinic's system yet. Wait until it is delivered.",
}
