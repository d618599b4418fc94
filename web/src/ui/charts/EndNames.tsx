import { spreadLabels, type Value } from "./plot";

interface EndNamesProps {
  names: readonly { name: string; colour: string; values: readonly Value[] }[];
  x: (at: number) => number;
  y: (value: number) => number;
  height: number;
}

/** Lines are named at their ends, the names moved apart where lines end together. */
export function EndNames({ names, x, y, height }: EndNamesProps) {
  const known = names.flatMap((each) => {
    const at = each.values.findLastIndex((value) => value !== null);
    const last = each.values[at];
    return typeof last === "number" ? [{ ...each, at, place: y(last) }] : [];
  });
  const places = spreadLabels(
    known.map((each) => each.place),
    15,
    4,
    height - 4,
  );
  return known.map((each, at) => (
    <g key={each.name} transform={`translate(${x(each.at) + 6},${places[at] ?? 0})`}>
      <circle cx={1} r={3} fill={each.colour} />
      <text x={8} dy="0.35em" stroke="var(--th-surface)" strokeWidth={3} paintOrder="stroke">
        {each.name}
      </text>
    </g>
  ));
}
