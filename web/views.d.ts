// Types of what the pages show of the ladder, for `tsc --checkJs` only: no browser loads this file.

/** What goes one way between two people. */
type Flow = "video" | "voice" | "text";
type Way = "up" | "down" | "both";
/** What media and people say of the ladder; a server or a page that does not know it yet leaves it out. */
interface Laddered {
  up_level?: string;
  down_level?: string;
  level_reason?: string;
  hold?: Flow;
  save_data?: boolean;
}
type Rider = Seat & Laddered;
/** What a session tells of the ladder, where it does. */
interface Adapting {
  uplinkLost?: boolean;
  overPolling?: boolean;
  dataBytes?: number;
  showsVideo?: (seat: string) => boolean;
  setPreference?: (wish: { hold: Flow; saveData: boolean }) => void;
}
/** Why a link, or a human, keeps the call off the top: what the words are chosen by. */
type Cause = "slow" | "lossy" | "silent" | "returned" | "start" | "held" | "saving";
/** The one thing that limits the call most: whose, which way, down to what, and why. */
interface Strain {
  who: Rider;
  mine: boolean;
  way: Way;
  flow: Flow;
  cause: Cause;
  /** One direction is dead and the other is not: what still goes there. */
  oneWay: Flow | null;
}
/** What goes between this page and the others: the best of each way. */
type Exchange = { incoming: Flow; outgoing: Flow };
/** A rung of one direction and since when. */
type LevelChange = { atMs: number; seat: string; direction: "up" | "down"; level: string; reason: string };
