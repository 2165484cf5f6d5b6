// People on the screen: the others in a grid, the first being whom this page is about, and the human's own picture. One that
// does not come is never shown frozen: the person's initials stand in its place at once, and say why. Only while a way is lost
// the last one stays, grey and with words over it.

import { exchangeOf, pauseCause, showsVideo } from "../levels.js";
import { element, icon, setText } from "./element.js";
import { Gauge } from "./gauge.js";

/** @type {Record<Role, Role[]>} */
const ORDER = {
  patient: ["physician", "companion", "patient"],
  companion: ["physician", "patient", "companion"],
  physician: ["patient", "companion", "physician"],
};

/** @type {Record<Cause, Key>} */
const PAUSES = {
  slow: "pauseSlow", lossy: "pauseSlow", silent: "pauseSlow", returned: "pauseReturned", start: "pauseStart", held: "pauseHeld", saving: "pauseSaving",
};

const LAST_PICTURE_MS = 10_000; // an older one tells nothing

export class Stage {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.tiles = /** @type {Map<string, Tile>} */ (new Map());
    this.empty = element("p", { class: "stage-empty" });
    this.tap = element("button", { class: "tap-to-hear", type: "button", hidden: true, onclick: () => this.hear() }, icon("sound"), t("tapToHear"));
    this.grid = element("div", { class: "grid" });
    this.root = element("div", { class: "stage" }, this.grid, this.empty, this.tap);
  }

  /** @param {Session} session @param {string} span how long somebody has been without a connection */
  update(session, span) {
    const role = session.me?.role || "patient";
    const inSlot = new Map(session.remotes.map((remote) => [remote.seat, remote]));
    const shown = session.others
      .filter((seat) => seat.present || inSlot.has(seat.id))
      .sort((a, b) => ORDER[role].indexOf(a.role) - ORDER[role].indexOf(b.role));
    const before = this.tiles.size;
    this._removeExcept(shown.map((seat) => seat.id));
    shown.forEach((seat, place) => this._tile(seat.id, place).update(session, seat, inSlot.get(seat.id), span));
    this.grid.className = `grid grid-${shown.length}`;
    this.empty.hidden = shown.length > 0;
    setText(this.empty, this.t("waitingFor", { name: nameOfFirst(session, ORDER[role]) }));
    if (shown.length && (before !== shown.length || this.tap.hidden)) this.hear();
  }

  /** Nobody is on the stage: an old picture must not greet whoever comes back. */
  clear() {
    this._removeExcept([]);
  }

  /** Starts the sound; where the browser wants a tap first, shows the one big button for it. */
  hear() {
    Promise.all([...this.tiles.values()].map((tile) => tile.hear())).then(
      () => (this.tap.hidden = true),
      (error) => (this.tap.hidden = error.name !== "NotAllowedError"),
    );
  }

  /** @param {string} seat @param {number} place */
  _tile(seat, place) {
    const tile = this.tiles.get(seat) || new Tile(this.t, seat);
    this.tiles.set(seat, tile);
    if (this.grid.children[place] !== tile.root) {
      this.grid.insertBefore(tile.root, this.grid.children[place]);
      void tile.video.play().catch(() => {}); // moving a video pauses it
    }
    return tile;
  }

  /** @param {string[]} seats */
  _removeExcept(seats) {
    for (const [seat, tile] of this.tiles) {
      if (seats.includes(seat)) continue;
      tile.remove();
      this.tiles.delete(seat);
    }
  }
}

/** @param {Session} session @param {Role[]} order */
function nameOfFirst(session, order) {
  const first = session.others.find((seat) => seat.role === order[0]) || session.others[0];
  return first ? first.name : "";
}

/** One of the others: picture, or initials and why there is none; name, and what is known of microphone and link. */
class Tile {
  /** @param {Translate} t @param {string} seat */
  constructor(t, seat) {
    this.t = t;
    this.picturedAtMs = -Infinity;
    this.video = this._newVideo();
    this.audio = element("audio", { autoplay: true });
    this.initials = element("span", { class: "initials", "aria-hidden": "true" });
    this.name = element("span", { class: "tile-name" });
    this.why = element("p", { class: "tile-why" });
    this.gauge = new Gauge(t);
    this.talks = element("span", { class: "tile-talks" }, icon("waves"), t("speaking"));
    this.mute = element("span", { class: "tile-mute" }, icon("mic-off"), element("span", { class: "hidden-text" }, t("muted")));
    const caption = element("figcaption", {}, this.name, this.gauge.root, this.mute, this.talks);
    this.root = element("figure", { class: "tile", "data-testid": "remote", "data-seat": seat, "data-video": "off" },
      element("div", { class: "avatar" }, this.initials, this.why), this.video, this.audio, caption);
  }

  /** Whether a picture is seen: one that moves, or the last one while a way is lost. */
  get pictured() {
    return /live|lost/.test(this.root.dataset.video || "");
  }

  /** @param {Session} session @param {Seat} seat @param {Remote | undefined} remote @param {string} span */
  update(session, seat, remote, span) {
    const speaking = session.speaking.has(seat.id);
    setText(this.name, seat.name);
    setText(this.initials, initialsOf(seat.name));
    this.gauge.update(seat);
    this.gauge.root.hidden = seat.path_lost;
    this.talks.hidden = !speaking;
    this.mute.hidden = seat.audio;
    this.root.classList.toggle("speaking", speaking);
    if (remote) this._show(remote);
    this.root.dataset.video = this._pictureOf(session, seat);
    const lost = [this.t("lostOther"), span].filter(Boolean).join(" · ");
    setText(this.why, seat.path_lost ? lost : this.t(seat.video ? PAUSES[pauseCause(session, seat)] : "noVideo"));
  }

  /** A picture stops before it is known that the way is lost: then the last one is shown again. @param {Session} session @param {Seat} seat */
  _pictureOf(session, seat) {
    const now = performance.now();
    if (this.pictured) this.picturedAtMs = now;
    if (showsVideo(session, seat)) return "live";
    const lost = seat.path_lost || session.phase === "reconnecting";
    if (lost && now - this.picturedAtMs < LAST_PICTURE_MS) return "lost";
    return seat.video ? "paused" : "off";
  }

  /** @returns {Promise<void>} rejected while the browser wants a tap first */
  hear() {
    return this.audio.srcObject ? this.audio.play() : Promise.resolve();
  }

  remove() {
    this.audio.srcObject = null;
    this.video.srcObject = null;
    this.root.remove();
  }

  /** @param {Remote} remote */
  _show({ audio, video }) {
    if (audio && !holds(this.audio, audio)) this.audio.srcObject = new MediaStream([audio]);
    if (!video || holds(this.video, video)) return;
    const stream = new MediaStream(audio ? [video, audio] : [video]);
    if (this.pictured && this.video.videoWidth) this._swap(stream);
    else this.video.srcObject = stream;
  }

  /** A new connection brings new tracks: the last picture of the old one stays until the new one has its first. @param {MediaStream} stream */
  _swap(stream) {
    const [old, next] = [this.video, this._newVideo()];
    this.video = next;
    next.addEventListener("loadeddata", () => old.remove(), { once: true });
    old.removeAttribute("data-testid");
    next.srcObject = stream;
    old.before(next);
  }

  /** Muted, so that no browser holds back the picture; the sound has an element of its own. */
  _newVideo() {
    const video = element("video", { "data-testid": "remote-video", playsinline: true });
    video.muted = true;
    video.autoplay = true;
    video.onloadeddata = () => video.classList.add("playing");
    return video;
  }
}

/** @param {HTMLMediaElement} media @param {MediaStreamTrack} track */
function holds(media, track) {
  return media.srcObject instanceof MediaStream && media.srcObject.getTracks().includes(track);
}

/** "Dra. Carmen Rojas" is CR: titles end with a dot. @param {string} name */
function initialsOf(name) {
  const words = name.split(/\s+/).filter((word) => word && !word.endsWith("."));
  return words.slice(0, 2).map((word) => word[0].toUpperCase()).join("");
}

/** The human's own picture: one element, moved to where the page's state wants it. Says when the link has it paused. */
export class SelfView {
  /** @param {Translate} t */
  constructor(t) {
    this.video = element("video", { "data-testid": "local-video", playsinline: true, "aria-label": t("selfView") });
    this.video.muted = true;
    this.video.autoplay = true;
    this.off = element("p", { class: "self-off" }, t("selfOff"));
    this.paused = element("p", { class: "self-paused", "data-testid": "self-paused", hidden: true },
      element("span", { class: "short", "aria-hidden": "true" }, t("selfPausedShort")), element("span", { class: "long" }, t("selfPaused")));
    this.root = element("div", { class: "self" }, this.video, this.off, this.paused);
    this.track = /** @type {MediaStreamTrack | null} */ (null);
  }

  /** @param {HTMLElement} place */
  moveTo(place) {
    if (this.root.parentElement === place) return;
    place.append(this.root);
    if (this.track) void this.video.play().catch(() => {}); // moving a video pauses it
  }

  /** @param {Session} session */
  update(session) {
    const { video } = session.media;
    this.off.hidden = Boolean(video);
    this.video.hidden = !video;
    this.paused.hidden = !video || session.phase !== "in-call" || exchangeOf(session).outgoing === "video";
    if (video === this.track) return;
    this.track = video;
    this.video.srcObject = video && new MediaStream([video]);
    this.root.classList.toggle("mirrored", video?.getSettings().facingMode !== "environment");
    if (video) void this.video.play().catch(() => {});
  }
}
