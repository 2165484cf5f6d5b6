// Types of what the pages show of the ladder, for `tsc --checkJs` only: no browser loads this file.

type Way = "up" | "down" | "both";
/** Why a link, or a human, keeps the call off the top: what the words are chosen by. */
type Cause = "slow" | "lossy" | "silent" | "returned" | "start" | "held" | "saving";
/** The one thing that limits the call most: whose, which way, down to what, and why. */
interface Strain {
  who: Seat;
  mine: boolean;
  way: Way;
  flow: Kind;
  cause: Cause;
  /** One direction is dead and the other is not: what still goes there. */
  oneWay: Kind | null;
}
/** What goes between this page and the others: the best of each way. */
type Exchange = { incoming: Kind; outgoing: Kind };
/** A step of one direction's ladder. */
type LevelChange = { atMs: number; seat: string; direction: "up" | "down"; level: Level; reason: LevelReason };
/** What only one page says, in each language. */
type MoreTexts = Record<Lang, () => Promise<{ texts: Record<string, string> }>>;
/** A level and when it held. */
type Span = { fromMs: number; untilMs: number; level: Level };
type Outage = import("./static/js/view/outage.js").Outage;
/** What became of a message, or what keeps it. */
type Fate = MessageFate | "statusSaving";
/** What a page does around a workplace. */
interface WorkplaceOptions {
  title: string;
  /** The chat is wanted. */
  openChat: () => void;
  /** Whether a human can see the messages of the workplace that is shown. */
  seesChat: () => boolean;
  /** With whom another call goes on, which must end first; empty: none. */
  busyWith: () => string;
  onChange: () => void;
}
