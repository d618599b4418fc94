import styles from "./charts.module.css";
import type { LegendItem } from "./types";

export function Legend({ items }: { items: readonly LegendItem[] }) {
  const namedAtEnds = items.length < 3 && items.every((item) => item.look !== "block");
  return (
    <ul className={styles.legend} data-spare={namedAtEnds || undefined}>
      {items.map((item) => (
        <li key={item.name}>
          <Swatch colour={item.colour} look={item.look} />
          {item.name}
        </li>
      ))}
    </ul>
  );
}

/** The same stroke or block as in the drawing, so that a dash says as much as a colour. */
export function Swatch({ colour, look = "line" }: Pick<LegendItem, "colour" | "look">) {
  return (
    <svg width="14" height="10" aria-hidden="true" className={styles.swatch}>
      {look === "block" && <rect y="1" width="14" height="8" rx="2" fill={colour} />}
      {look === "outline" && (
        <rect
          x="0.75"
          y="1.75"
          width="12.5"
          height="6.5"
          rx="2"
          fill="none"
          stroke={colour}
          strokeWidth="1.5"
          strokeDasharray="3 2"
        />
      )}
      {look === "tick" && <path d="M7,0V10" stroke={colour} strokeWidth="2" />}
      {(look === "line" || look === "dashed") && (
        <path
          d="M0,5H14"
          stroke={colour}
          strokeWidth="2"
          strokeDasharray={look === "dashed" ? "4 3" : undefined}
        />
      )}
    </svg>
  );
}
