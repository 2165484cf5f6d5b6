// What stands beside the call: the clinic's questions before it, and what was prescribed. Loaded a little later.

export const texts = {
  linkTesting: "Probando su conexión…",
  linkVideo: "Su conexión alcanza para video.",
  linkVoice: "Su conexión alcanza para voz. El video vendrá si mejora.",
  linkWeak: "Su conexión está débil. Empezaremos con voz o mensajes; cerca de una ventana puede mejorar.",
  linkUntried: "No pudimos probar su conexión. La consulta se adapta sola.",
  triageUrgent: "Por lo que respondió, no espere a esta consulta: llame al número de emergencias o vaya ya al hospital más cercano.",
  triageOptional: "(si quiere)",
  triageDone: "Listo",
  triageSaving: "Guardando…",
  triageSaved: "Guardado. Puede seguir después.",
  triageWaits: "Sin conexión: lo guardamos cuando vuelva.",
  triageMissing: "Falta responder esta pregunta.",
  triageComplete: "Gracias. El médico verá sus respuestas.",
  yes: "Sí",
  no: "No",
  afterTitle: "Lo que indicó el médico",
  afterSoon: "El médico está terminando de escribir. Aparecerá aquí, y también si abre este enlace de nuevo.",
  afterSigned: "Firmado por {name}, {when}",
  afterPdf: "Descargar en PDF",
  afterOffline: "No se pudo descargar. Inténtelo de nuevo cuando vuelva la conexión.",
};
