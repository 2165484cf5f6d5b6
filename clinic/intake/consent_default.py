"""The consent text that a new clinic starts with. A clinic changes it by publishing an edition of its own."""

from __future__ import annotations

from typing import Final

from clinic.intake.consent_text import Item, Wording
from clinic.intake.words import Words


def _item(topic: str, es: str, en: str, *, optional: bool = False) -> Item:
    return Item(id=topic, text=Words(es=es, en=en), optional=optional)


DEFAULT: Final = Wording(
    items=(
        _item(
            "telecare",
            "Esta es una consulta médica a distancia, por video, voz o mensajes. El médico le escucha, le orienta y "
            "puede recetarle, pero una consulta a distancia tiene más límites que una en persona.",
            "This is a medical consultation at a distance, by video, voice or messages. The physician listens to you, "
            "advises you and may prescribe, but a consultation at a distance has more limits than one in person.",
        ),
        _item(
            "no-exam",
            "El médico no puede tocarle ni hacerle un examen físico. Por eso puede pedirle exámenes o que acuda en "
            "persona antes de darle una opinión.",
            "The physician cannot touch you or do a physical examination. So you may be asked to have tests or to come "
            "in person before you get an opinion.",
        ),
        _item(
            "technical-failure",
            "La conexión puede fallar. Si falla, la página vuelve sola a la misma consulta, con voz si no alcanza para "
            "video y con mensajes si no alcanza para voz. Si no logra volver, la clínica se comunicará con usted para "
            "terminarla o darle otra cita.",
            "The connection may fail. If it does, the page comes back to the same consultation by itself, with voice "
            "if there is not enough for video and with messages if there is not enough for voice. If you cannot come "
            "back, the clinic will contact you to finish it or to give you another appointment.",
        ),
        _item(
            "in-person",
            "Puede pedir una consulta en persona en lugar de esta, ahora o en cualquier momento.",
            "You may ask for a consultation in person instead of this one, now or at any time.",
        ),
        _item(
            "emergencies",
            "Esto no es un servicio de emergencias. Si tiene dolor fuerte en el pecho, le cuesta respirar, sangra "
            "mucho, se desmaya o siente que su vida corre peligro, no espere: llame al número de emergencias o vaya "
            "ya al hospital más cercano.",
            "This is not an emergency service. If you have strong chest pain, trouble breathing, heavy bleeding, if "
            "you faint or feel that your life is in danger, do not wait: call the emergency number or go to the "
            "nearest hospital now.",
        ),
        _item(
            "confidentiality",
            "Lo que hable con el médico es confidencial. Esté en un lugar donde pueda hablar tranquilo, y diga si "
            "alguien más le acompaña; el médico también se lo dirá. El video, la voz y los mensajes viajan cifrados.",
            "What you discuss with the physician is confidential. Be in a place where you can speak freely, and say if "
            "somebody is with you; so will the physician. Video, voice and messages travel encrypted.",
        ),
        _item(
            "data",
            "La clínica guarda, cifrados y en su propio sistema, sus datos, sus respuestas y mensajes, las horas de "
            "entrada y salida, la calidad de la conexión, este consentimiento y lo que el médico anote, durante el "
            "tiempo que exige la ley para las historias médicas. Solo lo ven quienes le atienden y quienes la ley "
            "permite. Puede pedir verlos o corregirlos.",
            "The clinic keeps, encrypted and in its own system, your data, your answers and messages, the times of "
            "entering and leaving, the quality of the connection, this consent and what the physician notes, for as "
            "long as the law asks for medical records. Only those who care for you, and those whom the law allows, see "
            "it. You may ask to see or correct it.",
        ),
        _item(
            "ehr-sharing",
            "El resumen de la consulta pasa a la historia médica que la clínica lleva de usted.",
            "The summary of the consultation goes into the medical record that the clinic keeps of you.",
        ),
        _item(
            "withdrawal",
            "Participar es su decisión. Puede retirar este consentimiento y salir en cualquier momento, sin dar "
            "razones y sin perder su derecho a ser atendido en persona.",
            "Taking part is your decision. You may withdraw this consent and leave at any time, without giving reasons "
            "and without losing your right to be seen in person.",
        ),
        _item(
            "whatsapp",
            "La clínica puede escribirme por WhatsApp para avisos y enlaces de mis citas. No enviará por allí datos de "
            "mi salud.",
            "The clinic may write to me by WhatsApp with notices and links of my appointments. It will not send data "
            "about my health there.",
            optional=True,
        ),
        _item(
            "recording",
            "Acepto que la consulta se grabe si el médico me lo pide. Si respondo que no, la consulta sigue igual, sin "
            "grabación. Nadie puede grabar sin este permiso.",
            "I accept that the consultation is recorded if the physician asks me. If I answer no, the consultation "
            "goes on all the same, without a recording. Nobody may record without this permission.",
            optional=True,
        ),
    )
)
