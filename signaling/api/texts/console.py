"""Of the waiting room, and of seats that come and go."""

from typing import Final

ES: Final[dict[str, str]] = {
    "queue-not-yours": "Esa fila es de otro médico. Pídaselo, o a quien coordina las citas.",
    "visit-not-yours": "Esa consulta es de otro médico. Pídale que se la pase.",
    "visit-over": "Esa consulta ya terminó. Recargue la página para ver la fila de ahora.",
    "call-full": "Ya no caben más personas en esta consulta. Quite a alguien primero.",
    "in-call": "El médico está en la llamada: solo él puede pasarla a otro.",
    "not-a-physician": "Esa persona no atiende consultas. Elija a otro médico.",
    "same-physician": "Esa consulta ya es de ese médico.",
}
EN: Final[dict[str, str]] = {
    "queue-not-yours": "That line is another physician's. Ask them, or whoever coordinates the appointments.",
    "visit-not-yours": "That consultation is another physician's. Ask them to hand it over.",
    "visit-over": "That consultation is over. Reload the page to see the line as it is now.",
    "call-full": "There is no room for more people in this consultation. Take somebody out first.",
    "in-call": "The physician is in the call: only they can hand it over.",
    "not-a-physician": "That person does not see patients. Choose another physician.",
    "same-physician": "That consultation is that physician's already.",
}
