// What stands beside the call: the clinic's questions before it, and what was prescribed. Loaded a little later.

export const texts = {
  linkTesting: "Trying your connection…",
  linkVideo: "Your connection is good enough for video.",
  linkVoice: "Your connection is good enough for voice. Video will come if it improves.",
  linkWeak: "Your connection is weak. We begin with voice or messages; near a window it may improve.",
  linkUntried: "We could not try your connection. The consultation adapts by itself.",
  triageUrgent: "From what you answered, do not wait for this consultation: call the emergency number or go to the nearest hospital now.",
  triageOptional: "(if you like)",
  triageDone: "Done",
  triageSaving: "Saving…",
  triageSaved: "Saved. You can go on later.",
  triageWaits: "No connection: we save it when it is back.",
  triageMissing: "This question is not answered yet.",
  triageComplete: "Thank you. The physician will see your answers.",
  yes: "Yes",
  no: "No",
  afterTitle: "What the physician prescribed",
  afterSoon: "The physician is still writing. It will appear here, also when you open this link again.",
  afterSigned: "Signed by {name}, {when}",
  afterPdf: "Download as PDF",
  afterOffline: "It could not be downloaded. Try again when the connection is back.",
};
