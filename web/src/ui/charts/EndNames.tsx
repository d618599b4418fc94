import { spreadLabels, type Value } from "./plot";

interface EndNamesProps {
  names: readonly { name: string; colour: string; values: readonly Value[] }[];
  y: (value: number) => number;
  width: number;
  height: number;
}

/** Lines are named at their ends, the names moved apart where lines end together. */
export function EndNames({ names, y, width, height }: EndNamesProps) {
  const known = names.flatMap((each) => {
    const last = each.values.findLast((value) => value !== null);
    return typeof last === "number" ? [{ ...each, place: y(last) }] : [];
  });
  const places = spreadLabels(
    known.map((each) => each.place),
    15,
    4,
    height - 4,
  );
  return known.map((each, at) => (
    <g key={each.name} transform={`translate(${width + 6},${places[at] ?? 0})`}>
      <circle cx={1} r={3} fill={each.colour} />
      <text x={8} dy="0.35em">
        {each.name}
      </text>
    </g>
  ));
}
