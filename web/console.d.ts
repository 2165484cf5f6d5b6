// Types of the console's modules, for `tsc --checkJs` only: no browser loads this file. The shapes are those of
// signaling/api/queue.py and seats.py.

type Stage = "expected" | "waiting" | "inside" | "done" | "missed" | "cancelled";
type Absence = "patient" | "physician" | "technical";
interface QueueVisit {
  id: string;
  patient: string;
  name: string;
  starts_at: string;
  ends_at: string;
  stage: Stage;
  status: string;
  absence: Absence | null;
  place: number | null;
  arrived_at: string | null;
  began_at: string | null;
  wait: { at_least_min: number; at_most_min: number } | null;
  urgent: boolean | null;
  in_call: boolean;
  suggestion: { absence: Absence; because: string } | null;
}
type QueueMessage = { id: string; text: string; until: string; for_all: boolean; own: boolean };
interface QueueView {
  mark: string;
  physician: string;
  name: string;
  today: string;
  here: boolean;
  back_at: string | null;
  late: { minutes: number; physician_here: boolean; back_at: string | null } | null;
  messages: QueueMessage[];
  visits: QueueVisit[];
}
type SeatToken = { consultation: string; seat: string; token: string; expires_at: string };
type Guest = { seat: string; name: string; kind: "companion" | "interpreter"; language: string; token: string; expires_at: string };
type RecordTask = { consultation: string; patient_name: string; status: string; at: string };
/** What a row of the queue shows beside its visit. */
type RowState = { selected: boolean; unread: number; calling: boolean };
type Tab = "record" | "messages" | "visit";
interface IntakeView {
  age: number | null;
  sex: string;
  guardian: string;
  phones: string[];
  consent: { given: boolean; at: string | null; by: string } | null;
  triage: { question: string; answer: string; urgent: boolean }[];
  triage_complete: boolean;
}
/** What a visit asks of the page around it. */
interface PlaceOptions {
  openChat: () => void;
  seesChat: () => boolean;
  /** With whom another call goes on; empty: none. */
  busyWith: (asking: import("./static/js/console/place.js").Place) => string;
  changed: () => void;
  handed: (name: string) => void;
}
