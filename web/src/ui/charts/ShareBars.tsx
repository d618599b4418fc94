import { ui } from "@/words/ui";
import { formatExact, formatShare } from "../format";
import { ChartFrame } from "./ChartFrame";
import { ShareBarsPicture } from "./pictures";
import styles from "./ShareBars.module.css";
import type { FrameProps } from "./types";

export interface ShareBar {
  name: string;
  /** Opens what is behind the bar. */
  href?: string;
  /** 0 to 1; null when there is nothing to be a share of. */
  share: number | null;
  /** null where privacy hides so few people. */
  count: number | null;
  /** A second share of the same thing, drawn as a tick. */
  tick?: number | null;
  aside?: string;
}

interface ShareBarsProps extends FrameProps {
  bars: readonly ShareBar[];
}

/** Shares of one whole side by side, longest first as the page orders them. */
export function ShareBars({ bars, ...frame }: ShareBarsProps) {
  return (
    <ChartFrame {...frame} picture={() => <ShareBarsPicture bars={bars} />}>
      <ul className={styles.bars}>
        {bars.map((bar) => (
          <li key={bar.name}>
            {bar.href ? (
              <a className={styles.barName} href={bar.href} title={bar.name}>
                {bar.name}
              </a>
            ) : (
              <span className={styles.barName} title={bar.name}>
                {bar.name}
              </span>
            )}
            <svg width="100%" height="14" aria-hidden="true">
              <rect width="100%" height="14" rx="3" fill="var(--th-sunken)" />
              <rect
                width={`${Math.min(1, bar.share ?? 0) * 100}%`}
                height="14"
                rx="3"
                fill="var(--th-series-1)"
              />
              {typeof bar.tick === "number" && (
                <rect
                  x={`${Math.min(1, bar.tick) * 100}%`}
                  width="2"
                  height="14"
                  fill="var(--th-ink)"
                />
              )}
            </svg>
            <span className={styles.barValue}>
              {bar.share === null ? (bar.count === null ? "" : "–") : formatShare(bar.share)}{" "}
              <small>
                {bar.aside ?? (bar.count === null ? ui.faces.hidden : formatExact(bar.count))}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </ChartFrame>
  );
}
