// What only some people meet: a minor's guardian, a link's second check. Loaded when it is needed.

export const texts = {
  checkTitle: "Antes de abrir su consulta",
  checkLead: "Para cuidar sus datos, la clínica le hace una pregunta. Solo una vez en este teléfono.",
  checkYear: "¿En qué año nació el paciente? Por ejemplo, 1980",
  checkDigits: "Los 3 últimos números de la cédula o pasaporte del paciente",
  checkSend: "Continuar",
  checkLeft: "Quedan {left} intentos.",
  checkOffline: "No hay conexión. Inténtelo de nuevo en un momento.",
  guardianTitle: "Quien representa al paciente",
  guardianName: "Su nombre y apellido",
  guardianDocument: "Su cédula o pasaporte",
  guardianDocumentHint: "Como V-12345678. Si es pasaporte, el país y el número: COL AB123456.",
  guardianRelation: "Qué es usted del paciente",
  guardianChoose: "Elija",
  relationMTH: "Madre",
  relationFTH: "Padre",
  relationGRPRN: "Abuela o abuelo",
  relationSIB: "Hermana o hermano",
  relationEXT: "Otro familiar",
  relationGUARD: "Representante legal",
  guardianPresent: "Estaré con el paciente durante la consulta",
};
