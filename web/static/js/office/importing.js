// A CSV file of appointments: chosen, looked at, imported. Nothing is written before the last button; an import that was cut
// off is sent again under the same key, and goes on where it stopped.

import { element, setText } from "../view/element.js";
import { ApiError, freshId } from "../staff/api.js";
import { openDialog } from "../staff/dialog.js";
import { wall } from "./dates.js";

const TRIES = 5;
const CSV = { "Content-Type": "text/csv" };

/** @param {Office} office */
export function openImport(office) {
  const content = element("div", { class: "form" });
  openDialog(office.staff.t, office.staff.t("importCsv"), [content], { wide: true, testId: "importing" });
  new Importing(office, content).choose();
}

class Importing {
  /** @param {Office} office @param {HTMLElement} content */
  constructor(office, content) {
    this.office = office;
    this.t = office.staff.t;
    this.api = office.staff.api;
    this.content = content;
    this.told = element("p", { class: "form-error", role: "alert" });
  }

  choose() {
    const { t } = this;
    const input = element("input", { type: "file", accept: ".csv,text/csv", id: "csv-file", "data-testid": "csv", onchange: () => input.files?.[0] && void this.preview(input.files[0]) });
    const template = element("button", { class: "secondary", type: "button", "data-testid": "template", onclick: () => void this.template() }, t("template"));
    this.content.replaceChildren(element("p", { class: "lead" }, t("importLead")), element("div", { class: "buttons" }, template),
      element("div", { class: "field" }, element("label", { for: "csv-file" }, t("csvFile")), input), this.told);
    input.focus();
  }

  async template() {
    const url = URL.createObjectURL(await this.api.get("/imports/template", { as: "blob" }));
    element("a", { href: url, download: this.t("templateName") }).click();
    URL.revokeObjectURL(url);
  }

  /** @param {File} file */
  async preview(file) {
    setText(this.told, "");
    try {
      const found = /** @type {Preview} */ (await this.api.post("/imports/preview", file, { headers: CSV }));
      this.show(file, found);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setText(this.told, error.message);
    }
  }

  /** @param {File} file @param {Preview} found */
  show(file, { usable, good, problems }) {
    const { t } = this;
    const lines = new Set(problems.filter(({ code }) => code !== "unknown-column").map(({ line }) => line)).size;
    const key = freshId();
    const start = element("button", { class: "primary", type: "button", "data-testid": "import-now", onclick: () => void this.run(file, key, start) }, t("importNow", { count: good.length }));
    const again = element("button", { class: "secondary", type: "button", "data-testid": "another-file", onclick: () => this.choose() }, t("anotherFile"));
    const summary = element("h3", { tabindex: "-1", "data-testid": "preview" }, t(usable ? "previewSummary" : "fileUnusable", { good: good.length, bad: lines }));
    this.content.replaceChildren(summary, ...(problems.length ? [this.problems(problems)] : []), ...(good.length ? [this.good(good)] : []), this.told,
      element("div", { class: "buttons" }, ...(good.length ? [start] : []), again));
    summary.focus();
  }

  /** @param {LineProblem[]} problems */
  problems(problems) {
    const { t } = this;
    const rows = problems.map(({ line, column, message, other_line: other }) => element("tr", {}, element("td", {}, String(line)),
      element("td", {}, column || t("wholeLine")), element("td", {}, message, other ? ` ${t("otherLine", { line: other })}` : "")));
    return table(t("linesWithProblems"), [t("line"), t("column"), t("whatToDo")], rows, "problems");
  }

  /** @param {GoodLine[]} good */
  good(good) {
    const { t } = this;
    const { dates } = this.office;
    const rows = good.map(({ line, name, physician, starts_at, ends_at }) => element("tr", {}, element("td", {}, String(line)), element("td", {}, element("bdi", {}, name)),
      element("td", {}, `${dates.shortDay(wall(starts_at).day)}, ${dates.span(starts_at, ends_at)}`), element("td", {}, physician)));
    const open = good.length <= 10;
    return element("details", { open }, element("summary", {}, t("linesReady", { count: good.length })), table(t("linesReady", { count: good.length }), [t("line"), t("patient"), t("when"), t("withPhysician")], rows, "ready"));
  }

  /** @param {File} file @param {string} key @param {HTMLButtonElement} button */
  async run(file, key, button) {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    setText(button, this.t("importing"));
    try {
      const lines = await this.imported(file, key);
      this.done(/** @type {ImportEnd} */ (lines.pop()), /** @type {ImportedLine[]} */ (lines));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setText(this.told, error.message);
      button.disabled = false;
    }
  }

  /** All lines, the sums last. @param {File} file @param {string} key @returns {Promise<object[]>} */
  async imported(file, key) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const text = await this.api.post("/imports", file, { headers: CSV, key, as: "text" }).catch(cutOff);
      const lines = linesOf(text);
      if (lines.length && "booked" in lines[lines.length - 1]) return lines;
    }
    throw new ApiError(0, { code: "offline", message: this.t("importCutOff") });
  }

  /** @param {ImportEnd} sums @param {ImportedLine[]} lines */
  done({ booked, repeated, refused }, lines) {
    const { t } = this;
    const rows = lines.filter(({ message }) => message).map(({ line, message }) => element("tr", {}, element("td", {}, String(line)), element("td", {}, message)));
    const title = element("h3", { tabindex: "-1", "data-testid": "imported" }, t("importDone", { count: booked + repeated }));
    const bad = refused ? [table(t("linesRefused", { count: refused }), [t("line"), t("whatToDo")], rows, "refused")] : [];
    this.content.replaceChildren(title, element("p", {}, t("importNext")), ...bad);
    title.focus();
    void this.office.refresh();
  }
}

/** An answer that ended in its middle: it is asked for again. @param {unknown} error */
function cutOff(error) {
  if (error instanceof TypeError) return "";
  throw error;
}

/** @param {string} text */
function linesOf(text) {
  try {
    return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  } catch {
    return []; // cut off within a line
  }
}

/** @param {string} title @param {string[]} heads @param {Node[]} rows @param {string} testId */
function table(title, heads, rows, testId) {
  return element("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": title, "data-testid": testId },
    element("table", {}, element("caption", {}, title), element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))), element("tbody", {}, ...rows)));
}
