// The WebSocket protocol, version 1: its messages are the types in web/types.d.ts. No state, no DOM.

/// <reference path="../../types.d.ts" />

export const VERSION = 1;

export const CLOSE = {
  goingAway: 1001,
  takenOver: 4001,
  badMessage: 4002,
  unknownToken: 4003,
  tooMany: 4004,
  slowReader: 4005,
  badVersion: 4006,
};

/** @param {FromPage} message @returns {string} */
export function encode(message) {
  return JSON.stringify(message);
}

/**
 * The message in one WebSocket frame; null for what is none, so that a newer server cannot break an older page.
 * @param {unknown} data
 * @returns {ToPage | null}
 */
export function decode(data) {
  if (typeof data !== "string") return null;
  try {
    const message = JSON.parse(data);
    return message && typeof message.type === "string" ? message : null;
  } catch {
    return null;
  }
}
