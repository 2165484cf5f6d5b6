// What the rungs of the ladder mean for people: what goes between two seats, whose link limits it, and why. Pure.

/// <reference path="../../views.d.ts" />

/** Best first, as adaptation/rungs.py has them. */
const LEVELS = ["V3", "V2", "V1", "V0", "A2", "A1", "A0", "T"];
const BARS = [4, 4, 3, 3, 2, 2, 1, 0];
const FIRST_VOICE = LEVELS.indexOf("A2");
const FIRST_HARD = LEVELS.indexOf("A1");
/** @type {Kind[]} */
const FLOWS = ["video", "voice", "text"];

/** @type {Record<string, Cause>} */
const CAUSES = { lossy: "lossy", silent: "silent", returned: "returned", start: "start" };

/** @param {string | undefined} level one of a newer server counts as the best */
export function rankOf(level) {
  return Math.max(0, LEVELS.indexOf(level || ""));
}

/** @param {string | undefined} level @returns {number} 0 to 4: small steps within video are seen, never announced */
export function barsOf(level) {
  return BARS[rankOf(level)];
}

/** @param {string | undefined} level @returns {Kind} */
export function flowOf(level) {
  const rank = rankOf(level);
  return rank < FIRST_VOICE ? "video" : level === "T" ? "text" : "voice";
}

/** @param {...Kind} flows @returns {Kind} */
export function worstOf(...flows) {
  return FLOWS[Math.max(...flows.map((flow) => FLOWS.indexOf(flow)))];
}

/** @param {Session} session @returns {Seat | undefined} the own seat; what is known only here comes first */
export function ownRider(session) {
  return session.me && session.uplinkLost ? { ...session.me, up_level: "T", level_reason: "silent" } : session.me;
}

/**
 * The best that goes each way between this seat and those who are here; alone, what the own link carries.
 * @param {Session} session
 * @returns {Exchange}
 */
export function exchangeOf(session) {
  const me = ownRider(session);
  const here = riders(session);
  if (!here.length) return { incoming: flowOf(me?.down_level), outgoing: flowOf(me?.up_level) };
  const best = (/** @type {Kind[]} */ flows) => FLOWS[Math.min(...flows.map((flow) => FLOWS.indexOf(flow)))];
  return {
    incoming: best(here.map(({ up_level: up }) => worstOf(flowOf(up), flowOf(me?.down_level)))),
    outgoing: best(here.map(({ down_level: down }) => worstOf(flowOf(me?.up_level), flowOf(down)))),
  };
}

/** Whether nothing but text goes either way, or can: then the chat is the call. @param {Session} session */
export function isTexting(session) {
  if (session.phase !== "in-call") return session.overPolling && /joining|reconnecting/.test(session.phase);
  const { incoming, outgoing } = exchangeOf(session);
  return !session.mediaPossible || (incoming === "text" && outgoing === "text");
}

/** Whether writing is offered: voice is at its edge, goes one way only, or not at all. @param {Session} session */
export function isHard(session) {
  if (session.phase !== "in-call") return session.phase === "reconnecting" || isTexting(session);
  const levels = [ownRider(session), ...riders(session)].flatMap((seat) => [seat?.up_level, seat?.down_level]);
  return !session.mediaPossible || levels.some((level) => rankOf(level) >= FIRST_HARD);
}

/**
 * Whether the seat's picture is to be seen; an announced pause is no.
 * @param {Session} session
 * @param {Seat} seat
 */
export function showsVideo(session, seat) {
  return seat.video && !seat.path_lost && session.showsVideo(seat.id);
}

/**
 * Why a seat's picture is not seen here.
 * @param {Session} session
 * @param {Seat} seat
 * @returns {Cause}
 */
export function pauseCause(session, seat) {
  const strains = [...wishes(session), ...slowLinks(session)];
  const strain = strains.find(({ who, way, mine }) => (mine ? way !== "up" : who.id === seat.id && way !== "down")) || strains[0];
  return strain ? strain.cause : "start";
}

/**
 * What limits the call most, if anything does. A link that is as a human wished it is not said to be slow.
 * @param {Session} session
 * @returns {Strain | null}
 */
export function strainOf(session) {
  const strains = [...wishes(session), ...slowLinks(session)];
  if (!strains.length) return null;
  return strains.reduce((worst, strain) => (FLOWS.indexOf(strain.flow) > FLOWS.indexOf(worst.flow) ? strain : worst));
}

/** @param {Session} session @returns {Seat[]} the others who are here and reached */
function riders({ others }) {
  return others.filter((seat) => seat.present && !seat.path_lost);
}

/** @param {Session} session @returns {Strain[]} */
function wishes(session) {
  const me = ownRider(session);
  return [...(me ? [me] : []), ...riders(session)].flatMap((who) => {
    const said = { who, mine: who === me, way: /** @type {Way} */ ("both"), oneWay: null };
    const flow = wishOf(who);
    if (flow === "video") return [];
    return [{ ...said, flow, cause: /** @type {Cause} */ (who.hold === flow ? "held" : "saving") }];
  });
}

/** @param {Seat} seat @returns {Kind} */
function wishOf({ hold = "video", save_data: saving = false }) {
  return worstOf(hold, saving ? "voice" : "video");
}

/** @param {Session} session @returns {Strain[]} own first */
function slowLinks(session) {
  const me = ownRider(session);
  const here = riders(session);
  const all = me ? [me, ...here] : here;
  const held = worstOf("video", ...all.filter(({ role }) => role === "physician").map(({ hold = "video" }) => hold));
  return all.flatMap((who) => {
    const allowed = worstOf(held, wishOf(who));
    const shown = all.some((seat) => seat !== who && seat.video);
    const up = limited(flowOf(who.up_level), allowed, who.video);
    const down = limited(flowOf(who.down_level), allowed, shown);
    const flow = worstOf(up, down);
    if (flow === "video") return [];
    const way = /** @type {Way} */ (up === down ? "both" : up === flow ? "up" : "down");
    const oneWay = flow === "text" && way !== "both" ? flowOf(way === "up" ? who.down_level : who.up_level) : null;
    return [{ who, mine: who === me, way, flow, cause: CAUSES[who.level_reason || ""] || "slow", oneWay }];
  });
}

/** Without a picture to carry, a link on voice carries all there is. @param {Kind} flow @param {Kind} allowed @param {boolean} picture @returns {Kind} */
function limited(flow, allowed, picture) {
  const wanted = picture ? allowed : worstOf(allowed, "voice");
  return FLOWS.indexOf(flow) > FLOWS.indexOf(wanted) ? flow : "video";
}
