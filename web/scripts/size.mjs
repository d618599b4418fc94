// Weighs what a browser must fetch, gzipped, from Vite's manifest; fails the build over budget, and
// when files wait for each other in a circle.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KB = 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const budgets = {
  "entry, JS": 200 * KB,
  CSS: 30 * KB,
  fonts: 60 * KB,
  // Entry, chart core and route together.
  "first load, JS": 280 * KB,
};

const weights = new Map();
function weigh(file) {
  if (!weights.has(file)) {
    weights.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  }
  return weights.get(file);
}

/** Every chunk that a chunk pulls in before it can run. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const union = (...keys) => new Set(keys.flatMap((key) => [...closure(key)]));
const jsOf = (chunks) => [...chunks].reduce((sum, key) => sum + weigh(manifest[key].file), 0);
// One sheet for all pages.
const css = Object.values(manifest).filter(({ file }) => file.endsWith(".css"));

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const routes = Object.keys(manifest).filter(
  (key) => key.startsWith("src/routes/") && manifest[key].isDynamicEntry,
);
const framed = routes.filter((key) => key.startsWith("src/routes/_framed.tsx"));

const rows = [
  ["entry, JS", jsOf(union(entry, ...framed)), budgets["entry, JS"]],
  ["CSS", css.reduce((sum, { file }) => sum + weigh(file), 0), budgets.CSS],
];

const assets = new URL("assets/", dist);
const fonts = existsSync(assets)
  ? readdirSync(assets).filter((name) => name.endsWith(".woff2"))
  : [];
rows.push([
  "fonts",
  fonts.reduce((sum, name) => sum + statSync(new URL(name, assets)).size, 0),
  budgets.fonts,
]);

for (const route of routes.filter((key) => !framed.includes(key)).sort()) {
  const inside = route.includes("/_framed/");
  const all = union(entry, ...(inside ? framed : []), route);
  const name = route.replace("src/routes/", "").replace(/\?.*$/, "");
  rows.push([`first load, ${name}`, jsOf(all), budgets["first load, JS"]]);
}

/** Two files that wait for each other: one of them runs before what it needs is there. */
function circleFrom(key, path = [], done = new Set()) {
  const at = path.indexOf(key);
  if (at >= 0) return [...path.slice(at), key].map((each) => manifest[each].file);
  if (done.has(key)) return null;
  done.add(key);
  for (const next of manifest[key].imports ?? []) {
    const circle = circleFrom(next, [...path, key], done);
    if (circle) return circle;
  }
  return null;
}

let over = false;
const seen = new Set();
for (const key of Object.keys(manifest)) {
  const circle = circleFrom(key, [], seen);
  if (circle) {
    over = true;
    console.log(`circle  ${circle.join(" > ")}`);
  }
}

for (const [name, size, budget] of rows) {
  const bad = size > budget;
  over ||= bad;
  const figures = `${(size / KB).toFixed(1)} of ${budget / KB} kB`;
  console.log(`${bad ? "over" : "  ok"}  ${figures.padStart(18)}  ${name}`);
}
if (over) process.exit(1);
