// The human's own picture: one element, moved to where the page's state wants it. Says when the link has it paused.

import { exchangeOf } from "../levels.js";
import { element } from "./element.js";

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
