import type { ReactNode } from "react";
import { useTitle } from "@/ui/title";
import classes from "./Doorway.module.css";

interface DoorwayProps {
  title: string;
  lead: string;
  foot?: string;
  children: ReactNode;
}

/** The plain page before anybody is signed in. */
export function Doorway({ title, lead, foot, children }: DoorwayProps) {
  useTitle(title);
  return (
    <main className={classes.page}>
      <div className={classes.box}>
        <div className={classes.brand}>
          <img src="/favicon.svg" width={36} height={36} alt="" />
          <span>Takehold</span>
        </div>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.lead}>{lead}</p>
        {children}
        {foot ? <p className={classes.foot}>{foot}</p> : null}
      </div>
    </main>
  );
}
