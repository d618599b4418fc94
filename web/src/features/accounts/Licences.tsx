import { Hidden } from "@/ui/faces";
import { MetricLabel } from "@/ui/Num";
import { accounts } from "@/words/accounts";
import classes from "./AccountPage.module.css";

const words = accounts.account.licences;

/** The bar ends at one and a half, so that an outgrown account visibly passes its mark. */
const END = 1.5;

interface LicencesProps {
  /** null where privacy hides so few people. */
  active: number | null;
  seats: number | null;
}

/** MAU over seats, with the two marks that decide what it means. */
export function Licences({ active, seats }: LicencesProps) {
  if (!seats) return <p className={classes.say}>{words.none}</p>;
  if (active === null) return <Hidden />;
  const used = active / seats;
  const verdict = used < 0.5 ? words.low : used > 1 ? words.over : words.good;
  return (
    <div className={classes.licences}>
      <p className={classes.figure}>
        {words.text(active, seats)}
        <span className={classes.ratio}>
          <MetricLabel term="licence_utilisation">{words.ratio(used)}</MetricLabel>
        </span>
      </p>
      <div className={classes.track} role="img" aria-label={words.bar(used)}>
        <div className={classes.fill} style={{ width: `${Math.min(1, used / END) * 100}%` }} />
        <Mark at={0.5} text={words.marks.half} />
        <Mark at={1} text={words.marks.full} />
      </div>
      <p className={classes.say}>{verdict}</p>
    </div>
  );
}

function Mark({ at, text }: { at: number; text: string }) {
  return (
    <div className={classes.mark} style={{ left: `${(at / END) * 100}%` }}>
      <span>{text}</span>
    </div>
  );
}
