// A product's picture, made from its shape and its colour.
import { SHAPES, UNKNOWN } from "./shapes.mjs";

/** @returns an SVG of about 2 KB */
export function picture({ name, shape, colour }) {
  const rgb = parse(colour);
  const [dark, light, ground, floor] = [
    mix(rgb, 0, 0.28),
    mix(rgb, 255, 0.38),
    mix(rgb, 250, 0.84),
    mix(rgb, 240, 0.7),
  ];
  const draw = Object.hasOwn(SHAPES, shape) ? SHAPES[shape] : UNKNOWN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img" aria-label="${escaped(name)}">
<rect width="240" height="240" fill="${ground}"/><path fill="${floor}" d="M0 176h240v64H0z"/>
<ellipse cx="120" cy="198" rx="76" ry="11" fill="#000" opacity=".1"/>
${draw(hex(rgb), dark, light)}
</svg>
`;
}

function parse(colour) {
  const number = /^#[0-9a-f]{6}$/i.test(colour) ? Number.parseInt(colour.slice(1), 16) : 0x999999;
  return [number >> 16, (number >> 8) & 255, number & 255];
}

/** @param share 0: the colour as it is, 1: a grey of this level */
function mix(rgb, level, share) {
  return hex(rgb.map((part) => Math.round(part + (level - part) * share)));
}

function hex(rgb) {
  return `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
