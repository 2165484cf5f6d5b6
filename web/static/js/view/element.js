// Makes elements and icons. The only place that creates DOM nodes.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes] functions become listeners (`onclick`), false and null are left out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

/** Sets text only when it differs, so that a live region speaks once. @param {HTMLElement} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const SLASH = "M4 4l16 16";
const MIC = "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M8.5 21h7";
const CAMERA = "M5 7h8a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM15 11l6-3.5v9L15 13";

/** Stroked paths on a 24 x 24 grid. */
const ICONS = {
  mic: MIC,
  "mic-off": MIC + SLASH,
  camera: CAMERA,
  "camera-off": CAMERA + SLASH,
  flip: "M4 9a8 8 0 0 1 14-3l2 2M20 4v4h-4M20 15a8 8 0 0 1-14 3l-2-2M4 20v-4h4",
  chat: "M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5",
  leave: "M3 14.5c5-5 13-5 18 0l-2.5 2.5-3.5-2v-2.3a9 9 0 0 0-6 0V15l-3.500 2z",
  end: "M12 3v9M6.500 6.500a8 8 0 1 0 11 0",
  check: "M4 12.500l5 5L20 6.500",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.500V12l3 2",
  sound: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  warning: "M12 4L2.500 20h19zM12 10v4.500M12 17.300v.2",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12h15M13 6l6 6-6 6",
  waves: "M5 10v4M9 7v10M13 4v16M17 8v8M21 10.500v3",
};

/** @typedef {keyof typeof ICONS} IconName */

/** A decorative picture: its meaning must stand in words beside it or in a label. @param {IconName} name */
export function icon(name) {
  const svg = svgElement("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" });
  svg.append(svgElement("path", { d: ICONS[name] }));
  return svg;
}

/** @param {SVGElement} svg an icon made before @param {IconName} name */
export function changeIcon(svg, name) {
  const path = /** @type {SVGPathElement} */ (svg.firstChild);
  if (path.getAttribute("d") !== ICONS[name]) path.setAttribute("d", ICONS[name]);
}

/** @param {string} tag @param {Record<string, string>} attributes */
export function svgElement(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return /** @type {SVGElement} */ (node);
}
