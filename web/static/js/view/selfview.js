// The human's own picture: one element, moved to where the page's state wants it.

import { element } from "./element.js";

/** @typedef {import("../media.js").LocalMedia} LocalMedia */
/** @typedef {import("../language.js").Translate} Translate */

export class SelfView {
  /** @param {Translate} t */
  constructor(t) {
    this.video = element("video", { "data-testid": "local-video", playsinline: true, "aria-label": t("selfView") });
    this.video.muted = true;
    this.video.autoplay = true;
    this.off = element("p", { class: "self-off" }, t("selfOff"));
    this.root = element("div", { class: "self" }, this.video, this.off);
    this.track = /** @type {MediaStreamTrack | null} */ (null);
  }

  /** @param {HTMLElement} place */
  moveTo(place) {
    if (this.root.parentElement === place) return;
    place.append(this.root);
    if (this.track) void this.video.play().catch(() => {}); // moving a video pauses it
  }

  /** @param {LocalMedia} media */
  update({ video }) {
    this.off.hidden = Boolean(video);
    this.video.hidden = !video;
    if (video === this.track) return;
    this.track = video;
    this.video.srcObject = video && new MediaStream([video]);
    this.root.classList.toggle("mirrored", video?.getSettings().facingMode !== "environment");
    if (video) void this.video.play().catch(() => {});
  }
}
