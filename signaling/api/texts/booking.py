"""Of patients, appointments and links."""

from typing import Final

ES: Final[dict[str, str]] = {
    "patient-known": "Ya hay un paciente con ese documento. Ábralo y revise si es la misma persona.",
    "patient-alike": "Hay pacientes parecidos. Revise si es uno de ellos antes de crear otro.",
    "patient-erased": "Los datos de ese paciente se borraron. Regístrelo de nuevo si vuelve a la clínica.",
    "unknown-patient": "Ese paciente no existe. Búsquelo de nuevo o regístrelo.",
    "slot-taken": "El médico ya tiene una cita a esa hora. Elija otra.",
    "patient-busy": "El paciente ya tiene una cita a esa hora. Elija otra.",
    "day-full": "El médico no puede tener más citas ese día. Elija otro día.",
    "in-past": "Esa hora ya pasó. Elija una por venir.",
    "too-far": "Falta más de un año para esa fecha. Revise el año.",
    "bad-length": "Una cita dura de 5 a 240 minutos. Corrija la duración.",
    "bad-reason": "El texto es demasiado largo. Acórtelo.",
    "too-many-companions": "En una consulta caben cuatro acompañantes. Quite alguno.",
    "closed": "Esta cita ya se canceló, se perdió o terminó. Reserve otra.",
    "not-started": "La cita aún no empieza. Márquela como perdida después de su hora, o cancélela.",
    "consultation-ended": "La consulta de esta cita ya terminó. Reserve otra.",
    "may-not-overbook": "Su cuenta no puede reservar encima de otra cita. Elija otra hora o pídaselo al médico.",
    "bad-cursor": "Esa página de la lista no existe. Vuelva al comienzo.",
    "field-no-such-time": "Ese día el reloj se adelanta y esa hora no existe. Elija otra.",
}
EN: Final[dict[str, str]] = {
    "patient-known": "There is a patient with that document. Open it and see whether it is the same person.",
    "patient-alike": "There are patients like this one. See whether it is one of them before you make another.",
    "patient-erased": "That patient's data was erased. Take the patient in again if they come back.",
    "unknown-patient": "There is no such patient. Look again, or take the patient in.",
    "slot-taken": "The physician has an appointment at that time. Choose another.",
    "patient-busy": "The patient has an appointment at that time. Choose another.",
    "day-full": "The physician can have no more appointments on that day. Choose another day.",
    "in-past": "That time has passed. Choose one to come.",
    "too-far": "That date is more than a year away. Check the year.",
    "bad-length": "An appointment lasts 5 to 240 minutes. Correct the length.",
    "bad-reason": "The text is too long. Shorten it.",
    "too-many-companions": "Four companions fit into a consultation. Take one away.",
    "closed": "This appointment was cancelled, missed or is over. Book another.",
    "not-started": "The appointment has not begun. Mark it as missed after its time, or cancel it.",
    "consultation-ended": "The consultation of this appointment has ended. Book another.",
    "may-not-overbook": "Your account may not book over another appointment. Choose another time, or ask the "
    "physician.",
    "bad-cursor": "There is no such page of the list. Go back to the beginning.",
    "field-no-such-time": "The clock is put forward on that day and never shows this time. Choose another.",
}
