import classes from "./ActiveDays.module.css";

const WINDOW = 28;

/** Active days of 28 as a short bar beside the number, in quarters of the window. */
export function ActiveDays({ days }: { days: number }) {
  return (
    <span className={classes.box}>
      <span className={classes.number}>{days}</span>
      <span className={classes.track} aria-hidden="true">
        <span className={classes.fill} style={{ width: `${(days / WINDOW) * 100}%` }} />
      </span>
    </span>
  );
}
