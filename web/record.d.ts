// Types of the record's modules, for `tsc --checkJs` only: no browser loads this file. The shapes are those of
// signaling/api/record_models.py and clinic/record/content.py.

type RecordField = "reason" | "impressions" | "prescriptions" | "instructions" | "next_action";
type Impression = { id: string; text: string; code: string };
interface Prescription {
  id: string;
  medication: string;
  dose: string;
  route: string;
  frequency: string;
  duration: string;
  note: string;
  as_needed: boolean;
  timing?: object | null;
}
type ActionKind = "follow-up" | "lab" | "referral" | "discharge";
type NextAction = { kind: ActionKind; details: string; on: string | null };
/** Of a field: a text, a list, or the next action (null: none was chosen). */
type RecordValue = any;
type RecordContent = Record<RecordField, RecordValue>;
/** One text of a field; several stand beside each other until a physician chooses. */
type RecordText = { revision: number; value: RecordValue; author: string; client: string; at: string };
type Held = "video" | "voice" | "text";
interface SignedVersion {
  number: number;
  content: RecordContent;
  signed_by: string;
  signed_at: string;
  reason: string;
  sha256: string;
  held: Held | null;
  attested: boolean;
}
type RecordStatus = "draft" | "interrupted" | "completed" | "signed";
interface RecordView {
  consultation: string;
  patient: string;
  revision: number;
  status: RecordStatus;
  started_at: string;
  closed_at: string | null;
  interrupted_because: string;
  physicians: { id: string; name: string; since: string }[];
  fields: Record<RecordField, RecordText[]>;
  missing: string[];
  versions: SignedVersion[];
  amended: boolean;
  own: number;
}
/**
 * What was typed and is not at the server yet. `base`: the revision that it was made from; 0: nothing. `clients`: the pages
 * that it was typed on, one after the other.
 */
type RecordEdit = { value: RecordValue; base: number; clients: string[] };
/** An edit of a page that is gone, beside this page's own. */
type OrphanEdit = RecordEdit & { field: RecordField };
/** What a browser keeps of a page's edits, for one member of staff and one consultation. */
interface RecordDraft {
  key: string;
  member: string;
  consultation: string;
  client: string;
  atMs: number;
  edits: Partial<Record<RecordField, RecordEdit>>;
  orphans: OrphanEdit[];
  /** What the server had, for a reload without it. */
  view: RecordView | null;
}
type RecordTrouble = "too-long" | "too-long-line" | "too-many";
/**
 * Where what was typed is. `saved`: at the server. `saving`: on its way. `kept`: in this browser, until the server answers.
 * `unkept`: neither can be done: only on this page. `refused`: the server takes it only when it is changed.
 */
type RecordState = "loading" | "saved" | "saving" | "kept" | "unkept" | "refused";
interface RecordKeeper {
  /** Drafts of pages that are gone, the newest first. */
  dead: (member: string, consultation: string) => Promise<RecordDraft[]>;
  /** Durable when it resolves. */
  put: (draft: RecordDraft) => Promise<void>;
  remove: (key: string) => Promise<void>;
  close?: () => void;
}
interface RecordApi {
  get: (path: string, options?: AskOptions) => Promise<any>;
  post: (path: string, body?: unknown, options?: AskOptions) => Promise<any>;
}
interface RecordStoreOptions {
  api: RecordApi;
  keeper: RecordKeeper;
  member: string;
  consultation: string;
  onChange: () => void;
  newId?: () => string;
  now?: () => number;
}
type RecordStoreType = import("./static/js/record/store.js").RecordStore;
type Diagnosis = { code: string; name: string; also?: string };
/** How a visit went, from its timeline. */
interface VisitStep {
  at_ms: number;
  seat: string;
  type: "level_changed" | "joined" | "left" | "path_lost" | "path_back" | "ended";
  direction: "up" | "down" | null;
  level: Level | null;
  reason: LevelReason | null;
}
interface VisitView {
  held: Held | null;
  video_ms: number;
  voice_ms: number;
  text_ms: number;
  seats: { id: string; role: Role }[];
  steps: VisitStep[];
}
