// What only some people meet: a minor's guardian. Loaded when it is needed.

export const texts = {
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
