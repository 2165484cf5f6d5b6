"""The text that a patient or companion accepts before entering, by language, with its version and SHA-256.

What was accepted is proven by the hash on the timeline: never change a text without a new version.
"""

from __future__ import annotations

import hashlib
from typing import Final

from signaling.protocol import ConsentText
from signaling.texts import Lang

VERSION: Final = "2026-11"

_ES: Final = (
    "Esta es una consulta médica a distancia, por video, voz o mensajes. El médico le escucha, le ve y le "
    "orienta, pero no puede tocarle ni hacerle un examen físico. Por eso puede pedirle exámenes o que acuda en "
    "persona, y su opinión tiene más límites que en una consulta presencial.",
    "Si la conexión falla, la consulta no se pierde: la página vuelve sola a la misma consulta. Si no alcanza "
    "para video, sigue con voz, y si no alcanza para voz, con mensajes. Si no logra volver, la clínica se "
    "comunicará con usted para terminarla o darle otra cita.",
    "Esto no es un servicio de emergencias. Si tiene dolor fuerte en el pecho, le cuesta respirar, sangra mucho, "
    "se desmaya o siente que su vida corre peligro, no espere: vaya ya a la emergencia más cercana.",
    "Lo que hable con el médico es confidencial. Esté en un lugar donde pueda hablar tranquilo y diga si alguien "
    "más le acompaña. El video y la voz viajan cifrados y no se graban. Nadie debe grabar la consulta sin el "
    "permiso de los demás.",
    "Guardamos los mensajes, las horas de entrada y salida, la calidad de la conexión, este consentimiento y lo "
    "que el médico anote en su historia. Solo lo ven quienes le atienden y quienes la ley permite.",
    "Participar es su decisión. Puede retirar este consentimiento y salir en cualquier momento, sin dar razones y "
    "sin perder su derecho a ser atendido en persona. También puede pedir a la clínica ver o corregir sus datos.",
)
_EN: Final = (
    "This is a medical consultation at a distance, by video, voice or messages. The physician listens to you, "
    "sees you and advises you, but cannot touch you or do a physical examination. So you may be asked to have "
    "tests or to come in person, and the opinion has more limits than in a consultation in person.",
    "If the connection fails, the consultation is not lost: the page comes back to it by itself. If there is not "
    "enough for video it goes on with voice, and if there is not enough for voice, with messages. If you cannot "
    "come back, the clinic will contact you to finish it or to give you another appointment.",
    "This is not an emergency service. If you have strong chest pain, trouble breathing, heavy bleeding, if you "
    "faint or feel that your life is in danger, do not wait: go to the nearest emergency room now.",
    "What you discuss with the physician is confidential. Be in a place where you can speak freely, and say "
    "whether somebody is with you. Video and voice travel encrypted and are not recorded. Nobody may record the "
    "consultation without the permission of the others.",
    "We store the messages, the times of entering and leaving, the quality of the connection, this consent, and "
    "what the physician notes in your record. Only those who care for you, and those whom the law allows, can see "
    "it.",
    "Taking part is your decision. You may withdraw this consent and leave at any time, without giving reasons "
    "and without losing your right to be seen in person. You may also ask the clinic to see or correct your data.",
)


def _make(lang: Lang, paragraphs: tuple[str, ...]) -> ConsentText:
    sha256 = hashlib.sha256("\n\n".join(paragraphs).encode()).hexdigest()
    return ConsentText(version=VERSION, lang=lang, sha256=sha256, paragraphs=paragraphs)


CURRENT: Final[dict[Lang, ConsentText]] = {"es": _make("es", _ES), "en": _make("en", _EN)}


def is_current(version: str, sha256: str, lang: Lang) -> bool:
    """Whether these name the text that holds now."""
    return (version, sha256) == (CURRENT[lang].version, CURRENT[lang].sha256)
