// Types of the office's modules, for `tsc --checkJs` only: no browser loads this file. The shapes are those of
// signaling/api/patient_view.py, appointment_view.py and import_view.py.

type StaffName = { id: string; name: string };
type Physician = StaffName & { specialty: string };
type PhoneView = { e164: string; text: string; mobile: boolean };
interface PatientView {
  id: string;
  version: number;
  name: string;
  document: string;
  birth_date: string;
  minor: boolean;
  phones: PhoneView[];
  guardian: string | null;
}
interface TypedPerson {
  name: string;
  cedula: string;
  passport_country: string;
  passport_number: string;
  phones: string[];
}
interface Registration extends TypedPerson {
  birth_date: string;
  sex: string;
  language: string;
  guardian: (TypedPerson & { relation: string }) | null;
  ordinal: number | null;
}
type PatientSheet = PatientView & { registration: Registration };
type Alike = { patient: PatientView; reason: string; differences: string[]; sure: boolean };
type AppointmentStatus = "booked" | "arrived" | "fulfilled" | "cancelled" | "noshow";
interface AppointmentView {
  id: string;
  patient: PatientView | null;
  patient_id: string;
  physician: StaffName;
  starts_at: string;
  ends_at: string;
  status: AppointmentStatus;
  absence: "patient" | "physician" | "technical" | null;
  cancelled_by: "patient" | "physician" | "clinic" | null;
  overbooked: boolean;
  source: "staff" | "api" | "import";
  booked_by: StaffName;
  companions: { seat: string; name: string }[];
}
type LinkState = "none" | "sent" | "expired";
type LinkView = { seat: string; role: "patient" | "companion"; name: string; state: LinkState };
interface AppointmentSheet extends AppointmentView {
  links: LinkView[];
  links_until: string;
  reason: string | null;
  cancelled_why: string | null;
}
interface DiaryPage {
  today: string;
  zone: string;
  appointments: AppointmentView[];
  next: string | null;
}
type NewLink = { seat: string; url: string; message: string; phones: string[]; expires_at: string };
type LineProblem = { line: number; code: string; column: string | null; message: string; other_line: number | null; appointment: string | null };
type GoodLine = { line: number; name: string; physician: string; starts_at: string; ends_at: string };
type Preview = { usable: boolean; good: GoodLine[]; problems: LineProblem[] };
type ImportedLine = { line: number; outcome: string; appointment: string | null; message: string };
type ImportEnd = { booked: number; repeated: number; refused: number };

/** What is shown: a day or the week about it. `physician`: an id, or "" for all. */
type DiaryChoice = { day: string; view: "day" | "week"; physician: string };
/** One stretch of the diary under one heading. */
type DiaryColumn = { title: string; today: boolean; appointments: AppointmentView[] };
/** What dialogs of the office work with. */
interface Office {
  staff: Staff;
  physicians: Physician[];
  dates: import("./static/js/office/dates.js").Dates;
  /** The diary changed: show it anew. */
  refresh: () => Promise<void>;
  /** The day that is shown, and by the clinic's calendar today. */
  choice: DiaryChoice;
  today: string;
}
