// What only some people meet: a minor's guardian, a link's second check. Loaded when it is needed.

export const texts = {
  checkTitle: "Before your consultation opens",
  checkLead: "To protect your data, the clinic asks one question. Only once on this phone.",
  checkYear: "In which year was the patient born? For example, 1980",
  checkDigits: "The last 3 digits of the patient's cédula or passport",
  checkSend: "Go on",
  checkLeft: "{left} tries are left.",
  checkOffline: "There is no connection. Try again in a moment.",
  guardianTitle: "Who represents the patient",
  guardianName: "Your name and surname",
  guardianDocument: "Your cédula or passport",
  guardianDocumentHint: "Like V-12345678. If it is a passport, the country and the number: COL AB123456.",
  guardianRelation: "What you are to the patient",
  guardianChoose: "Choose",
  relationMTH: "Mother",
  relationFTH: "Father",
  relationGRPRN: "Grandparent",
  relationSIB: "Sister or brother",
  relationEXT: "Other family",
  relationGUARD: "Legal guardian",
  guardianPresent: "I will be with the patient during the consultation",
};
