// A link's numbers as one of four words, for the picture that a physician sees. Pure.

/** Upper bounds: speech stays comfortable, stays possible. From ITU-T G.114 (delay) and our own loss trials. */
const GOOD = { rttMs: 300, loss: 0.03 };
const FAIR = { rttMs: 700, loss: 0.12 };

/**
 * @param {Quality | undefined} quality
 * @param {boolean} pathLost
 * @returns {Grade | null} null while nothing is known
 */
export function gradeOf(quality, pathLost) {
  if (pathLost) return "lost";
  if (!quality) return null;
  if (within(quality, GOOD)) return "good";
  return within(quality, FAIR) ? "fair" : "weak";
}

/** @param {Quality} quality @param {{rttMs: number, loss: number}} bound */
function within({ rtt_ms: rttMs, up_loss: upLoss, down_loss: downLoss }, bound) {
  return (rttMs ?? 0) <= bound.rttMs && Math.max(upLoss, downLoss) <= bound.loss;
}
