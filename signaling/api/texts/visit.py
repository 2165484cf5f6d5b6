"""Of the patient's page: the second check, the questions before the visit, what comes after it."""

from typing import Final

ES: Final[dict[str, str]] = {
    "check-needed": "Falta una respuesta para abrir este enlace. Escríbala en esta página.",
    "check-wrong": "Esa respuesta no coincide con lo que tiene la clínica. Revísela e inténtelo de nuevo.",
    "check-malformed": "Escriba solo lo que se pide, en números o letras, sin espacios.",
    "check-exhausted": "Ya no quedan intentos con este enlace. Llame a la clínica: le enviará uno nuevo.",
    "no-questions": "La clínica no le pregunta nada antes de esta consulta. Puede seguir.",
    "triage-closed": "La consulta ya terminó. Si algo cambió, comuníquese con la clínica.",
    "field-unknown-question": "Esta pregunta ya no existe. Recargue la página.",
    "field-not-one-answer": "Dé una sola respuesta.",
    "field-wrong-type": "Esa respuesta no es de esta pregunta. Recargue la página.",
    "field-unknown-option": "Elija una de las opciones.",
}
EN: Final[dict[str, str]] = {
    "check-needed": "An answer is missing before this link opens. Write it on this page.",
    "check-wrong": "That answer is not what the clinic has. Check it and try again.",
    "check-malformed": "Write only what is asked for, in digits or letters, without spaces.",
    "check-exhausted": "There are no tries left with this link. Call the clinic: it will send you a new one.",
    "no-questions": "The clinic asks nothing before this consultation. You can go on.",
    "triage-closed": "The consultation has ended. If something has changed, contact the clinic.",
    "field-unknown-question": "This question is not there any more. Reload the page.",
    "field-not-one-answer": "Give one answer only.",
    "field-wrong-type": "That is no answer to this question. Reload the page.",
    "field-unknown-option": "Choose one of the options.",
}
