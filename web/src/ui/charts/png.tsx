import type { ReactElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import type { LegendItem } from "./types";

/*
 * A picture of a chart at twice its size. The drawing leaves the page, so everything it takes
 * from the page's style is written into attributes first; the content policy allows no inline
 * style in the picture and no foreign image, a blob address is its own.
 */

interface Painting {
  svg: SVGSVGElement | (() => ReactElement) | null;
  title: string;
  /** Workspace, period, filters: under the title. */
  notes: readonly string[];
  legend: readonly LegendItem[];
}

const scale = 2;
const margin = 24;
const namespace = "http://www.w3.org/2000/svg";

const looks = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-opacity",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "font-size",
  "font-weight",
  "text-anchor",
  "paint-order",
];

export async function paintPng(painting: Painting): Promise<Blob> {
  const { svg } = painting;
  if (!svg) throw new Error("nothing drawn");
  if (svg instanceof SVGSVGElement) return paint(svg, painting);
  const holder = document.createElement("div");
  // Out of sight, but laid out: styles are only known of what is.
  holder.style.position = "fixed";
  holder.style.left = "-9999px";
  document.body.append(holder);
  const root = createRoot(holder);
  try {
    flushSync(() => root.render(svg()));
    const drawn = holder.querySelector("svg");
    if (!drawn) throw new Error("nothing drawn");
    return await paint(drawn, painting);
  } finally {
    root.unmount();
    holder.remove();
  }
}

async function paint(svg: SVGSVGElement, painting: Painting): Promise<Blob> {
  const { title, notes, legend } = painting;
  const colour = (name: string) => resolved(`var(${name})`);
  const width = Number(svg.getAttribute("width")) + 2 * margin;
  const head = 36 + (notes.length + (legend.length > 0 ? 1 : 0)) * 16;
  const height = Number(svg.getAttribute("height")) + head + 2 * margin;

  const sheet = element("svg", { width: width * scale, height: height * scale });
  sheet.setAttribute("viewBox", `0 0 ${width} ${height}`);
  sheet.setAttribute("font-family", "Inter, system-ui, sans-serif");
  sheet.append(element("rect", { width, height, fill: colour("--th-surface") }));
  sheet.append(
    text(title, margin + 12, { "font-size": 16, "font-weight": 650, fill: colour("--th-ink") }),
  );
  notes.forEach((note, at) => {
    sheet.append(
      text(note, margin + 32 + at * 16, { "font-size": 12, fill: colour("--th-ink-3") }),
    );
  });
  let x = margin;
  for (const item of legend) {
    const y = margin + head - 14;
    const fill = resolved(item.colour);
    sheet.append(element("rect", { x, y: y - 9, width: 14, height: 9, rx: 2, fill }));
    const name = text(item.name, y, { "font-size": 12, fill: colour("--th-ink-2"), x: x + 20 });
    sheet.append(name);
    x += 44 + item.name.length * 6.6;
  }
  const drawing = element("g", { transform: `translate(${margin},${margin + head})` });
  for (const child of svg.children) {
    const copy = child.cloneNode(true) as Element;
    resolve(child, copy);
    drawing.append(copy);
  }
  sheet.append(drawing);

  const image = new Image();
  const source = new Blob([new XMLSerializer().serializeToString(sheet)], {
    type: "image/svg+xml",
  });
  const address = URL.createObjectURL(source);
  try {
    image.src = address;
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png");
  });
}

/** What a variable stands for in the theme of the page. */
function resolved(value: string): string {
  const name = /^var\((--[\w-]+)/.exec(value)?.[1];
  return name ? getComputedStyle(document.body).getPropertyValue(name).trim() : value;
}

function resolve(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of looks) {
    const value = style.getPropertyValue(name);
    if (value) to.setAttribute(name, value);
  }
  to.removeAttribute("class");
  to.removeAttribute("style");
  Array.from(from.children).forEach((child, at) => {
    const copy = to.children[at];
    if (copy) resolve(child, copy);
  });
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function text(content: string, y: number, attributes: Record<string, string | number>) {
  const made = element("text", { x: margin, y, ...attributes });
  made.textContent = content;
  return made;
}
