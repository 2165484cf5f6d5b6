// Types of the pages' modules, for `tsc --checkJs` only: no browser loads this file. The messages are those of
// signaling/from_page.py and to_page.py, version 1, and the facts those of clinic/events.py.

type Lang = "es" | "en";
type Role = "patient" | "physician" | "companion";
/** Why a camera or microphone cannot be used. */
type Problem = "denied" | "busy" | "absent" | "unsupported";
/** A rung of the ladder, best first. */
type Level = "V3" | "V2" | "V1" | "V0" | "A2" | "A1" | "A0" | "T";
type LevelReason = "start" | "congested" | "lossy" | "silent" | "returned" | "recovered" | "failed" | "held" | "released";
/** The three kinds of rung: with a picture, with sound, with neither. */
type Kind = "video" | "voice" | "text";

// --- from the page

type Hello = { type: "hello"; v: number; token: string; client_id: string; after: string | null; lang: Lang; offer?: Offer };
/** What a command asks for, before it has an id. */
type Act =
  | ({ type: "consent"; text_version: string; text_sha256: string; lang: Lang } & Omit<ConsentGiven, "sha256">)
  | { type: "withdraw" }
  | { type: "arrive" }
  | { type: "admit"; seat: string }
  | { type: "chat"; text: string }
  | { type: "save_note"; text: string; base: string | null }
  | { type: "set_media"; audio: boolean; video: boolean; problem: Problem | null }
  | { type: "set_preference"; hold: Kind; save_data: boolean }
  | { type: "leave" }
  | { type: "end"; reason: "completed" | "interrupted" };
type Command = Act & { id: string };
type Offer = { type: "offer"; request: number; sdp: string; restart: boolean; rtt_ms: number | null; start: Level | null };
/** What the page received in the interval before. */
interface Receipt {
  interval_ms: number;
  received_bytes: number;
  audio_received: number;
  audio_lost: number;
  played_ms: number;
  concealed_ms: number;
  jitter_buffer_ms: number;
  frozen_ms: number;
  rtt_ms: number | null;
}
type LinkReport = Receipt & { type: "report"; epoch: number };
type FromPage = { type: "test"; request: number; sdp: string } | Hello | Command | Offer | LinkReport | { type: "fetch"; after: string | null } | { type: "ping"; n: number };

// --- to the page

interface Seat {
  id: string;
  role: Role;
  name: string;
  consented: boolean;
  arrived: boolean;
  admitted: boolean;
  /** Has a media session and has not left. */
  present: boolean;
  path_lost: boolean;
  audio: boolean;
  video: boolean;
  problem: string | null;
  /** Rungs of what the seat sends and receives; `V3` before media told. */
  up_level: Level;
  down_level: Level;
  /** Of the last change of either. */
  level_reason: LevelReason;
  /** The best that this seat wants used; a physician's holds for all. */
  hold: Kind;
  save_data: boolean;
  /** BCP 47, of an interpreter. */
  language: string;
  /** A physician who gave the consultation to another, and loses the seat by leaving it. */
  handed: boolean;
  /** Nobody comes in by it any more; its name is kept for what was said from it. */
  revoked: boolean;
}
interface Consultation {
  id: string;
  status: "scheduled" | "in-progress" | "ended";
  starts_at: string;
  ends_at: string;
  clinic: string;
  reason: string;
  /** The physicians' private one; empty on other pages. */
  note: string;
  /** Of the command that saved it; empty before the first. */
  note_id: string;
  seats: Seat[];
  upto: string | null;
}
type ConsentItem = { id: string; text: string; optional: boolean };
interface ConsentText {
  version: string;
  lang: Lang;
  sha256: string;
  items: ConsentItem[];
  /** Why it is asked (again). */
  why: "never-given" | "withdrawn" | "new-text" | "guardian-needed" | "came-of-age";
  by: "self" | "guardian" | "companion";
}
/** Who decides for a minor, as they say of themselves. */
type Guardian = { name: string; document: string; relation: string; present: boolean };
/** What a human answered to a text, and the digest of what was on the screen. */
type ConsentGiven = { sha256: string; accepted: string[]; declined: string[]; guardian: Guardian | null };
type IceServer = { urls: string[]; username: string; credential: string };
type RoomSlot = { audio_mid: string | null; video_mid: string | null; seat: string | null };

type Fact =
  | { type: "consented"; seat: string; text_sha256: string }
  | { type: "consent_withdrawn"; seat: string }
  | { type: "arrived"; seat: string }
  | { type: "admitted"; seat: string; by: string }
  | { type: "joined"; seat: string; generation: number }
  | { type: "left"; seat: string; reason: "hung-up" | "closed" }
  | { type: "path_lost"; seat: string }
  | { type: "path_back"; seat: string }
  | { type: "media_changed"; seat: string; audio: boolean; video: boolean; problem: Problem | null }
  | { type: "level_changed"; seat: string; direction: "up" | "down"; level: Level; reason: LevelReason }
  | { type: "preference_changed"; seat: string; hold: Kind; save_data: boolean }
  | { type: "invited"; seat: string; language: string; name: string }
  | { type: "revoked"; seat: string }
  | { type: "handed_over"; seat: string; giver: string; stays: boolean; name: string }
  | { type: "chat"; seat: string; text: string; command_id: string }
  | { type: "note_saved"; seat: string; text: string; command_id: string }
  | { type: "ended"; by: string; reason: "completed" | "interrupted" | "expired" };
type StoredEvent = { id: string; at_ms: number; event: Fact };

interface Welcome {
  type: "welcome";
  v: number;
  seat: string;
  consultation: Consultation;
  /** null: nothing is missing. */
  consent: ConsentText | null;
  ice_servers: IceServer[];
  slots: number;
  events: StoredEvent[];
  more: boolean;
}
type NoAnswerCode = "restart-unknown" | "retry" | "bad-offer" | "room-full" | "not-admitted" | "ended";
interface Quality {
  type: "quality";
  seat: string;
  rtt_ms: number | null;
  up_bps: number;
  down_bps: number;
  up_loss: number;
  down_loss: number;
  up_level: Level;
  down_level: Level;
  up_queue_ms: number;
  down_queue_ms: number;
  up_capacity_bps: number;
  down_capacity_bps: number;
}
interface VideoOrder {
  width: number;
  height: number;
  frames_per_s: number;
  bitrate_bps: number;
}
type AudioOrder = { bitrate_bps: number; ptime_ms: number; redundant?: boolean };
/** What this page shall send: null is nothing of that kind, with the device left on. */
type Orders = { video: VideoOrder | null; audio: AudioOrder | null };
interface Adapt extends Orders {
  type: "adapt";
  epoch: number;
  level: Level;
  jitter_ms: number | null;
  picture_ms: number | null;
  receives: { seat: string; audio: boolean; video: boolean }[];
}
/** The waiting room of a seat that has arrived and was not admitted. */
interface WaitingRoom {
  type: "waiting";
  /** From 1. */
  place: number;
  /** Null: nobody can know. */
  wait: { at_least_min: number; at_most_min: number } | null;
  /** Somebody in the line should have been called by now. `back_at`: RFC 3339. */
  late: { minutes: number; physician_here: boolean; back_at: string | null } | null;
  /** What the clinic says to all who wait, newest first. */
  messages: string[];
}
type Tested = { type: "tested"; down_bps: number; down_loss: number; level: Level };
type ToPage =
  | Tested
  | Welcome
  | WaitingRoom
  | Quality
  | { type: "events"; events: StoredEvent[]; more: boolean }
  | { type: "ack"; id: string }
  | { type: "refused"; id: string; code: string; message: string }
  | { type: "answer"; request: number; sdp: string; slots: RoomSlot[] }
  | { type: "no_answer"; request: number; code: NoAnswerCode; after_ms: number }
  | { type: "slots"; slots: RoomSlot[] }
  | { type: "renegotiate" }
  | Adapt
  | { type: "speaking"; seat: string; speaking: boolean }
  | { type: "taken_over" }
  | { type: "pong"; n: number }
  | { type: "error"; code: string; message: string; fatal: boolean };

// --- signaling.js, page.js

type Timer = ReturnType<typeof setTimeout>;
type Link = "opening" | "open" | "lost" | "taken-over" | "refused";
type TimerName = "retry" | "ping" | "pong" | "open" | "drain" | "answer" | "poll";
interface SignalingOptions {
  url: string;
  /** Where the same is said by HTTP requests. */
  pollUrl: string;
  token: string;
  clientId: string;
  lang: Lang;
  queue: Queue;
  /** The id of the last event the page has. */
  after: () => string | null;
  onMessage: (message: ToPage) => void;
  onLink: (link: Link) => void;
  /** What the next hello on a socket shall carry. */
  offer?: () => Promise<Offer | null>;
  /** Whether nobody looks at the page. */
  hidden?: () => boolean;
  openSocket?: (url: string) => WebSocket;
  openPoll?: (hello: () => Hello) => import("./static/js/polling.js").PollSocket;
  random?: () => number;
  /** Milliseconds on any clock. */
  now?: () => number;
}
type Queue = import("./static/js/queue.js").Queue;
type PollSocket = import("./static/js/polling.js").PollSocket;
type Memory = import("./static/js/memory.js").Memory;
/** What the call needs before the first welcome. */
type KeptRoom = Pick<Welcome, "slots" | "ice_servers">;
type NoteFlight = { id: string; text: string; base: string };
type NoteDraft = { text: string; savedText: string; base: string; flights: NoteFlight[] };
interface NoteOptions {
  memory: Memory;
  newId: () => string;
  send: (command: Command) => void;
  isOnline: () => boolean;
}

// --- store.js, phase.js, quality.js

type ChatMessage = { id: string; atMs: number; seat: string; text: string; commandId: string };
interface State {
  /** Own seat's id. */
  me: string;
  /** Null until the first welcome. */
  consultation: Consultation | null;
  messages: ChatMessage[];
  /** When each seat came into the waiting room. */
  arrivedAtMs: Record<string, number>;
  /** Seats that were in the call and hung up. */
  gone: string[];
  /** Every step of every ladder, oldest first. */
  levels: LevelChange[];
  /** Empty until it ended. */
  endedReason: string;
  /** Id of the last event taken in. */
  seen: string | null;
}
type Phase = "idle" | "waiting" | "joining" | "in-call" | "reconnecting" | "ended";
/** How the media path is. */
type Path = "none" | "opening" | "up" | "lost";
type Rung = "video" | "voice" | "chat";
interface PhaseFacts {
  ended: boolean;
  /** The human asked to be in, and has not hung up. */
  wanted: boolean;
  admitted: boolean;
  /** The line to the server is open. */
  online: boolean;
  /** False where the browser has no WebRTC: the call is chat. */
  mediaPossible: boolean;
  path: Path;
  /** Media has flowed since the human joined. */
  wasUp: boolean;
}
type Grade = "good" | "fair" | "weak" | "lost";

// --- media.js, watchdog.js, call.js

type LocalMedia = import("./static/js/media.js").LocalMedia;
type Tracks = { audio: MediaStreamTrack | null; video: MediaStreamTrack | null };
type Remote = Tracks & { seat: string };
/** ICE anew on our side alone, an ICE restart of the same connection, or a new connection. */
type Remedy = "move" | "restart" | "reopen" | null;
/** `inbound` grows with anything that comes in, `sound` with packets of it. */
type PathSample = { state: RTCPeerConnectionState; inbound: number; sound: number; rttMs: number | null };
interface CallOptions {
  /** Where the first media session begins, as a test found. */
  start: Level | null;
  iceServers: IceServer[];
  slots: number;
  /** To the server. */
  line: import("./static/js/signaling.js").Signaling;
  /** Who is there, what is seen, or how the path is. */
  onChange: () => void;
  onBytes: () => void;
}

// --- actuator.js, meter.js, autonomy.js, backlog.js, pictures.js

/** What an actuator acts upon. `retune` changes the length of audio packets. */
interface Actuated {
  senders: { audio: RTCRtpSender; video: RTCRtpSender };
  receivers: RTCRtpReceiver[];
  retune: (voice: AudioOrder, picture: boolean) => void;
}
/** Sums since a connection began. */
interface Reading {
  /** Both ways, with the headers of IP and UDP where the browser counts packets. */
  wireBytes: number;
  /** Grows with anything that comes in: RTP, RTCP, STUN answers. */
  inbound: number;
  rtpBytes: number;
  audioReceived: number;
  audioLost: number;
  /** At 48 kHz: played, and of those made up and not silent. */
  samples: number;
  concealed: number;
  waitedS: number;
  emitted: number;
  frozenS: number;
  /** STUN checks, and answers to them. */
  requests: number;
  responses: number;
  rttMs: number | null;
  /** What the browser believes that it may send; the SFU's word (REMB) bounds it. */
  availableBps: number | null;
  /** Those whose buffers can be emptied. */
  sounds: Sound[];
}
/** Of one audio section: the sums of its jitter buffer, and all samples made up. */
type Sound = { mid: string; waitedS: number; emitted: number; concealed: number };
interface Buffer {
  waitedS: number;
  emitted: number;
  concealed: number;
  /** When it began to be late without a break. */
  delayMs: number;
  sinceMs: number | null;
  /** When most of what was played was made up. */
  chokedAtMs: number;
  restsUntilMs: number;
  tries: number;
}
interface Echo {
  inbound: number;
  /** Samples of sound that were played. */
  sound: number;
  requests: number;
  responses: number;
  rttMs: number | null;
  serverAtMs: number;
  answeredAtMs: number;
}
interface Picture {
  mark: number | null;
  frameAtMs: number | null;
  /** Two frames came one soon after the other. */
  shown: boolean;
  began: boolean;
}
// --- session.js, notebook.js, language.js

/**
 * The physician's private note. Set the field to `text` whenever the two differ (another device's note was merged in).
 * `saving`: on its way; `offline`: kept in this browser until the server can be reached; `too-long`: kept, but it must become
 * shorter (MAX_NOTE_CHARS in clinic/events.py) before the server takes it.
 */
interface NoteView {
  text: string;
  savedText: string;
  state: "saved" | "saving" | "offline" | "too-long";
}

interface Environment {
  /** Of the WebSocket, and of the requests in its place. */
  url: string;
  pollUrl: string;
  token: string;
  lang: Lang;
  memory: Memory;
  /** Absent in in-app browsers and on insecure origins. */
  devices: MediaDevices | undefined;
  /** Whether the browser has RTCPeerConnection. */
  rtc: boolean;
  /** Whether nobody looks at the page. */
  hidden: () => boolean;
  onChange: () => void;
  /** The physician's. */
  Notebook?: typeof import("./static/js/notebook.js").Notebook;
}
type Session = import("./static/js/session.js").Session;
type FailedMessage = { id: string; text: string; reason: string };
/** Refusals of media that no retry heals at once: the consultation goes on as chat. */
type MediaRefusal = "room-full" | "bad-offer";
type Key =
  | keyof typeof import("./static/js/texts/es.js").texts
  | keyof typeof import("./static/js/texts/es-console.js").texts
  | keyof typeof import("./static/js/texts/es-staff.js").texts
  | keyof typeof import("./static/js/texts/es-account.js").texts
  | keyof typeof import("./static/js/texts/es-admin.js").texts
  | keyof typeof import("./static/js/texts/es-record.js").texts
  | keyof typeof import("./static/js/texts/es-morning.js").texts
  | keyof typeof import("./static/js/texts/es-help.js").texts
  | keyof typeof import("./static/js/texts/es-visit.js").texts
  | keyof typeof import("./static/js/texts/es-more.js").texts
  | keyof typeof import("./static/js/texts/es-office.js").texts;
type Translate = (key: Key, values?: Record<string, string | number>) => string;
interface Language {
  lang: Lang;
  t: Translate;
  /** What only a later part of the page says. */
  add: (more: MoreTexts) => Promise<void>;
  /** "10:30 a. m." */
  time: (atMs: number) => string;
  /** "12,4" */
  decimal: (value: number) => string;
  /** "12,4 MB" */
  megabytes: (bytes: number) => string;
  /** "martes 24 de noviembre, 10:30 a. m." */
  moment: (rfc3339: string) => string;
}

// --- views

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;
type MakeElement = typeof import("./static/js/view/element.js").element;
/** What later parts of a page are given, so that they bring no second copy of it. */
type Kit = Pick<typeof import("./static/js/view/element.js"), "element" | "setText" | "icon">;
type Help = { problem: import("./static/js/view/help.js").ProblemHelp; browser: import("./static/js/view/help.js").BrowserHelp };
type Visit = {
  line: import("./static/js/view/link_line.js").LinkLine; triage: import("./static/js/view/triage.js").Triage; after: import("./static/js/view/after.js").After };
interface TriageState {
  status: "in-progress" | "completed" | "amended";
  /** The linkIds of what is asked, given the answers so far. */
  asked: string[];
  missing: string[];
  urgent: boolean;
}
interface TriageQuestion {
  id: string;
  type: string;
  text: string;
  required: boolean;
  repeats: boolean;
  max_length: number | null;
  options: { code: string; text: string }[];
}
type IconName = import("./static/js/view/element.js").IconName;
type RoomActions = { toggleChat: () => void; end?: () => void };
/** A whole-page message: one heading, one thought, one thing to do. */
type Message = { name: string; title: Key; text: string; more?: string; button?: { label: Key; press: () => void } };
type MessageFate = "chatPending" | "chatWaiting" | "chatSent" | "chatFailed";

// --- sw.js

type Lasting = Event & { waitUntil: (work: Promise<unknown>) => void };
type Fetching = Event & { request: Request; clientId: string; respondWith: (response: Promise<Response>) => void };
type WorkerScope = EventTarget & {
  skipWaiting: () => Promise<void>;
  registration: ServiceWorkerRegistration;
  clients: { matchAll: (options: object) => Promise<{ url: string }[]>; get: (id: string) => Promise<{ url: string } | undefined> };
};
