// What only some people meet: a minor's guardian. Loaded when it is needed.

export const texts = {
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
