"""What signaling says to a human, in Spanish and English: each message says what to do next."""

from __future__ import annotations

from typing import Final, Literal

Lang = Literal["es", "en"]

_ES: Final[dict[str, str]] = {
    "consent-required": "Falta su consentimiento. Léalo y acéptelo para continuar.",
    "not-allowed": "Solo el médico puede hacer esto. Pídaselo por el chat.",
    "not-admitted": "El médico aún no le ha hecho pasar. Espere aquí: entrará sin tocar nada.",
    "ended": "La consulta terminó. Si necesita otra, comuníquese con la clínica.",
    "unknown-seat": "Esa persona no está en esta consulta. Recargue la página para ver quién está.",
    "full": "Ya no caben más personas en esta consulta. Quite a alguien primero.",
    "note-changed": "La nota se guardó desde otra página. Se muestran las dos versiones: revíselas y siga.",
    "stale-consent": "El texto del consentimiento cambió. Lea la versión nueva y acéptela.",
    "consent-items": "Falta responder una parte del texto. Léalo de nuevo y acéptelo.",
    "guardian-needed": "El paciente es menor de edad. Su representante escribe su nombre, documento y parentesco.",
    "guardian-document": "No pudimos leer el documento. Escríbalo como V-12345678, o el pasaporte como COL AB123456.",
    "guardian-wrong": "Ese documento no puede ser el de su representante. Revíselo, o comuníquese con la clínica.",
    "too-fast": "Va muy rápido. Espere unos segundos y envíelo de nuevo.",
    "not-open": "La sala de espera abre una hora antes de la cita. Vuelva entonces con este mismo enlace.",
    "bad-message": "Esta página envió algo que no entendemos. Recárguela.",
    "unknown-type": "Esta página es más nueva o más vieja que el servidor. Recárguela.",
    "unsupported-version": "Esta página es de otra versión. Recárguela para continuar.",
    "too-large": "El mensaje es demasiado grande. Envíelo en partes.",
    "too-many": "Hay demasiados intentos desde esta conexión. Espere un minuto; la página volverá a intentarlo.",
    "hello-first": "La conexión no se presentó a tiempo. La página volverá a intentarlo; si no, recárguela.",
    "unknown-token": "Este enlace no es válido. Ábralo completo desde el mensaje de la clínica o pida uno nuevo.",
    "seat-revoked": "Su lugar en esta consulta ya no está abierto. Si lo necesita, comuníquese con la clínica.",
    "token-expired": "Este enlace ya venció. Pida uno nuevo a la clínica.",
    "check-needed": "Falta una respuesta para abrir este enlace. Escríbala en esta página.",
    "unavailable": "No podemos guardar en este momento. No cierre la página: lo intentamos de nuevo solos.",
    "page-not-found": "Esta página no existe. Revise el enlace o pida uno nuevo a la clínica.",
}
_EN: Final[dict[str, str]] = {
    "consent-required": "Your consent is missing. Read and accept it to go on.",
    "not-allowed": "Only the physician can do this. Ask for it in the chat.",
    "not-admitted": "The physician has not let you in yet. Wait here: you will enter by yourself.",
    "ended": "The consultation has ended. If you need another one, contact the clinic.",
    "unknown-seat": "That person is not in this consultation. Reload the page to see who is.",
    "full": "There is no room for more people in this consultation. Take somebody out first.",
    "note-changed": "The note was saved from another page. Both versions are shown: check them and go on.",
    "stale-consent": "The consent text has changed. Read the new version and accept it.",
    "consent-items": "A part of the text is not answered yet. Read it again and accept it.",
    "guardian-needed": "The patient is a minor. The guardian writes their name, document and relation.",
    "guardian-document": "We could not read the document. Write it like V-12345678, or a passport like COL AB123456.",
    "guardian-wrong": "That document cannot be the guardian's. Check it, or contact the clinic.",
    "too-fast": "That was too fast. Wait a few seconds and send it again.",
    "not-open": "The waiting room opens one hour before the appointment. Come back then with this same link.",
    "bad-message": "This page sent something that we do not understand. Reload it.",
    "unknown-type": "This page is newer or older than the server. Reload it.",
    "unsupported-version": "This page is of another version. Reload it to go on.",
    "too-large": "The message is too large. Send it in parts.",
    "too-many": "There are too many attempts from this connection. Wait a minute; the page will try again.",
    "hello-first": "The connection did not introduce itself in time. The page will try again; if not, reload it.",
    "unknown-token": "This link is not valid. Open all of it from the clinic's message, or ask for a new one.",
    "seat-revoked": "Your place in this consultation is not open any more. If you need it, contact the clinic.",
    "token-expired": "This link has expired. Ask the clinic for a new one.",
    "check-needed": "An answer is missing before this link opens. Write it on this page.",
    "unavailable": "We cannot save right now. Keep the page open: we try again by ourselves.",
    "page-not-found": "This page does not exist. Check the link, or ask the clinic for a new one.",
}
TEXTS: Final[dict[Lang, dict[str, str]]] = {"es": _ES, "en": _EN}


def text(lang: Lang, code: str) -> str:
    """The message for a code of the protocol. KeyError: the code has no text, which a test rules out."""
    return TEXTS[lang][code]
