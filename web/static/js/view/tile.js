// One remote participant: picture or initials, name, and what is known of the microphone and the link.

import { element, icon, setText } from "./element.js";

/** @typedef {import("../protocol.js").Seat} Seat */
/** @typedef {import("../call.js").Remote} Remote */
/** @typedef {import("../language.js").Translate} Translate */

export class Tile {
  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.video = this._newVideo();
    this.audio = element("audio", { autoplay: true });
    this.initials = element("span", { class: "initials", "aria-hidden": "true" });
    this.name = element("span", { class: "tile-name" });
    this.note = element("span", { class: "tile-note" });
    this.talks = element("span", { class: "tile-talks" }, icon("waves"), t("speaking"));
    this.mute = element("span", { class: "tile-mute" }, icon("mic-off"), element("span", { class: "hidden-text" }, t("muted")));
    const caption = element("figcaption", {}, this.name, this.mute, this.talks, this.note);
    this.root = element("figure", { class: "tile" }, this.initials, this.video, this.audio, caption);
  }

  /**
   * @param {Seat} seat
   * @param {Remote | undefined} remote
   * @param {boolean} speaking
   */
  update(seat, remote, speaking) {
    setText(this.name, seat.name);
    setText(this.initials, initialsOf(seat.name));
    setText(this.note, seat.path_lost ? this.t("reconnectingOther") : seat.video ? "" : this.t("noVideo"));
    this.talks.hidden = !speaking;
    this.mute.hidden = seat.audio;
    this.root.classList.toggle("speaking", speaking);
    this.root.classList.toggle("lost", seat.path_lost);
    this.root.classList.toggle("no-video", !seat.video);
    if (remote) this._show(remote);
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
    if (!this.video.srcObject || !this.video.videoWidth) this.video.srcObject = stream;
    else this._swap(stream);
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
    video.onresize = () => video.classList.toggle("portrait", video.videoHeight > video.videoWidth);
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
