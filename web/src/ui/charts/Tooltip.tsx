import styles from "./charts.module.css";
import { Swatch } from "./Legend";
import type { TooltipContent } from "./types";

interface TooltipProps {
  content: TooltipContent;
  /** Where the point lies in the frame, and how wide the frame is. */
  x: number;
  width: number;
  /** Room around the point that still means it: the tooltip must not slip under the pointer. */
  reach?: number;
}

/** All series at one point. The live region says the same, so it is silent here. */
export function Tooltip({ content, x, width, reach = 0 }: TooltipProps) {
  const gap = 14 + Math.min(reach, 160);
  const side = x > width / 2 ? { right: width - x + gap } : { left: x + gap };
  return (
    <div className={styles.tooltip} style={side} data-tooltip aria-hidden="true">
      <strong>{content.title}</strong>
      <dl>
        {content.rows.map((row) => (
          <div key={row.name}>
            {row.colour ? <Swatch colour={row.colour} look={row.look} /> : <span />}
            <dt>{row.name}</dt>
            <dd>{row.text}</dd>
          </div>
        ))}
      </dl>
      {content.notes?.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

/** One sentence for the live region: the chosen row first, the rest only on the first row. */
export function sentenceOf(content: TooltipContent, row: number): string {
  const chosen = content.rows[row];
  const rows = row === 0 ? content.rows : chosen ? [chosen] : [];
  const parts = rows.map((each) => `${each.name} ${each.text}`);
  return [`${content.title}:`, [...parts, ...(content.notes ?? [])].join("; ")].join(" ");
}
