import { charts as words } from "@/words/charts";
import type { MarkCluster } from "./plot";

interface MarksProps {
  clusters: readonly MarkCluster[];
  width: number;
  height: number;
  /** The point shown right now: its mark always gets its line. */
  active: number | undefined;
}

/** More lines than this would be a fence before the picture. */
const fewLines = 8;

/** Releases above the plot; the word is left out where the next mark is too near. */
export function Marks({ clusters, width, height, active }: MarksProps) {
  return clusters.map((cluster, at) => {
    const [only] = cluster.marks;
    const single = cluster.marks.length === 1 && only;
    const text = single ? only.label : words.releases(cluster.marks.length);
    const next = clusters[at + 1]?.x ?? width;
    const fits = text.length * 6.6 + 16 < next - cluster.x;
    return (
      <g key={cluster.marks.map((mark) => `${mark.at} ${mark.label}`).join(" ")}>
        <g transform={`translate(${cluster.x},-14)`}>
          <path d="M-5,0H5L0,7Z" fill="var(--th-ink-2)" />
          {fits && (
            <text x={9} y={7}>
              {text}
            </text>
          )}
        </g>
        {(clusters.length <= fewLines || cluster.marks.some((mark) => mark.at === active)) && (
          <path
            d={`M${cluster.x},-6V${height}`}
            stroke="var(--th-control-line)"
            strokeDasharray="1 3"
          />
        )}
      </g>
    );
  });
}
