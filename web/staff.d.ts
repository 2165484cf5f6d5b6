// Types of the staff pages' modules, for `tsc --checkJs` only: no browser loads this file. What the API answers is in
// docs of its own: GET /api/v1/openapi.json.

type StaffRole = "physician" | "coordinator" | "administrator";
/** Of signaling/api/sessions.py. */
interface StaffMember {
  id: string;
  name: string;
  sign_in: string;
  roles: StaffRole[];
  licence: string;
  specialty: string;
  language: Lang;
  capabilities: string[];
}
type StaffSession = { member: StaffMember; csrf: string };
type ClinicView = { name: string; time_zone: string };
type FieldProblem = { field: string; code: string; message: string };
/** What the API answers when it refuses: signaling/api/fault.py. */
type Problem_ = { code: string; message: string; fields?: FieldProblem[]; more?: Record<string, string> };

interface ApiOptions {
  lang: Lang;
  /** The session ended: resolves when the same member has signed in again. */
  signIn: () => Promise<void>;
  /** Whether anything waits for the server now. */
  onTrouble: (trouble: boolean) => void;
  /** What an answer that is not the API's says, and being offline. */
  say: (code: "offline" | "broken") => string;
  fetch?: typeof fetch;
  pause?: (ms: number) => Promise<void>;
  newId?: () => string;
}
interface AskOptions {
  /** The Idempotency-Key; a fresh one when it is not given. */
  key?: string;
  /** Give up instead of waiting for a server that cannot be reached: the caller keeps what is to be saved. */
  once?: boolean;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  as?: "json" | "text" | "blob";
}
type StaffApi = import("./static/js/staff/api.js").Api;

/** A page of the staff, signed in. */
interface Staff {
  api: StaffApi;
  language: Language;
  t: Translate;
  member: StaffMember;
  clinic: ClinicView;
  /** Where the page puts its own. */
  main: HTMLElement;
  may: (capability: string) => boolean;
  /** Says something once, to everybody: a toast that screen readers hear. */
  announce: (text: string) => void;
}
/** `texts`: what this page says besides the shell. */
type StaffPage = { title: Key; texts?: MoreTexts };

type FieldKind = "text" | "password" | "email" | "tel" | "number" | "date" | "time" | "checkbox" | "textarea" | "select" | "code";
interface FieldOptions {
  name: string;
  label: string;
  kind?: FieldKind;
  hint?: string;
  required?: boolean;
  value?: string | boolean | number;
  /** Of a select: value and label. */
  choices?: [string, string][];
  autocomplete?: string;
  readonly?: boolean;
  lang?: Lang;
  testId?: string;
  rows?: number;
}
type FormValues = Record<string, any>;
interface FormOptions {
  t: Translate;
  fields: (import("./static/js/staff/field.js").Field | Node)[];
  submit: string;
  /** Rejects with an ApiError, which is shown at its fields. */
  send: (values: FormValues) => Promise<void>;
  cancel?: { label: string; press: () => void };
  testId?: string;
}

// --- admin.js: what the sections show, as signaling/api/ answers it

interface AdminSection {
  root: HTMLElement;
  /** Rejects with an ApiError. */
  load: () => Promise<void>;
}
type StaffView = StaffMember & { version: number; active: boolean; has_password: boolean; second_factor: boolean };
interface TodayView {
  day: string;
  appointments: number;
  to_come: number;
  fulfilled: number;
  cancelled: number;
  no_shows: { patient: number; physician: number; technical: number };
  waiting: number;
  in_call: number;
  next_at: string | null;
  media: { id: string; participants: number; capacity: number; rooms: number; draining: boolean }[];
}
type ClinicProfile = { name: string; address: string; phone: string; rif: string; urgent_first: boolean; second_check: string | null };
type KeptView = { data_class: string; years: number; days: number; since: string };
type BothTexts = { es: string; en: string };
type ConsentPoint = { id: string; text: BothTexts; optional: boolean };
type ConsentEdition = { version: number; published_at: string; items: ConsentPoint[]; sha256_es: string; sha256_en: string; topics: string[] };
type TriageAnswer = { valueBoolean?: boolean | null; valueCoding?: string | null; valueString?: string | null; valueInteger?: number | null; valueDate?: string | null };
interface TriageItem {
  linkId: string;
  text: BothTexts;
  type: "boolean" | "choice" | "string" | "integer" | "date" | "group";
  required?: boolean;
  repeats?: boolean;
  maxLength?: number | null;
  answerOption?: { code: string; text: BothTexts }[];
  enableWhen?: { question: string; operator: string; answer: TriageAnswer }[];
  enableBehavior?: "all" | "any";
  urgentWhen?: { operator: string; answer: TriageAnswer }[];
  item?: TriageItem[];
}
type TriageEdition = { version: number; published_at: string | null; questions: { title: BothTexts; item: TriageItem[] } };
type ApiKeyView = { id: string; label: string; capabilities: string[]; used_at: string | null; revoked_at: string | null };
type AuditEntry = { id: string; at: string; scope: string; action: string; actor: string; role: string; outcome: string; facts: string };
type AuditFinding = { kind: string; scope: string; first: number; entry: string };
