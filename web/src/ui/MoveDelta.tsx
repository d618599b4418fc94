import { moves as words } from "@/words/moves";
import classes from "./MoveDelta.module.css";
import { Delta } from "./Num";
import { Tip } from "./Tip";

interface MoveDeltaProps {
  now: number;
  before: number;
  /** What the two numbers span. */
  by: "28 days" | "month";
  /** The earlier span began before the thing itself did. */
  born: boolean;
}

/** A change that is never a percentage of next to nothing. */
export function MoveDelta({ now, before, by, born }: MoveDeltaProps) {
  if (born || (before === 0 && now > 0)) {
    return (
      <Tip label={born ? words.bornWhy : words.fromNobodyWhy}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
        <span className={classes.up} tabIndex={0}>
          {born ? words.born : words.fromNobody}
        </span>
      </Tip>
    );
  }
  return <Delta now={now} before={before} against={words.against[by]} short />;
}
