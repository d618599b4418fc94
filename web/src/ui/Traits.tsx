import { When } from "./Num";
import classes from "./Traits.module.css";

interface TraitsProps {
  traits: readonly { name: string; value: unknown; since: string }[];
  since: string;
  none: string;
}

/** Name, value, and when the value was set. */
export function Traits({ traits, since, none }: TraitsProps) {
  if (traits.length === 0) return <p className={classes.none}>{none}</p>;
  return (
    <dl className={classes.traits}>
      {traits.map((trait) => (
        <div key={trait.name} className={classes.row}>
          <dt>{trait.name}</dt>
          <dd>
            <bdi className={classes.value}>{valueText(trait.value)}</bdi>
            <span className={classes.since}>
              {since} <When at={trait.since} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return JSON.stringify(value);
}
