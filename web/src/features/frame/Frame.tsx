import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useKey } from "@/ui/keys";
import { frame as words } from "@/words/frame";
import { ConnectionStrip } from "./ConnectionStrip";
import classes from "./Frame.module.css";
import { PhoneBar } from "./PhoneBar";
import { SessionOver } from "./SessionOver";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { ViewAsStrip } from "./ViewAsStrip";

// These open rarely and bring their own parts along.
const Palette = lazy(() => import("./Palette"));
const KeysHelp = lazy(() => import("./KeysHelp"));
const ViewAsDialog = lazy(() => import("./ViewAsDialog"));

/** Everything around a page. */
export function Frame() {
  const [palette, setPalette] = useState(false);
  const [keysHelp, setKeysHelp] = useState(false);
  const [viewAs, setViewAs] = useState(false);
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { pathname, pending } = useRouterState({
    select: (state) => ({
      pathname: state.location.pathname,
      pending: state.status === "pending",
    }),
    structuralSharing: true,
  });
  usePaletteKey(() => setPalette(true));
  useKey("/", () => setPalette(true));
  useKey("?", () => setKeysHelp(true));
  useFocusOnMove(pathname, main, () => setMenu(false));
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#page">
        {words.skip}
      </a>
      <Sidebar open={menu} onClose={() => setMenu(false)} />
      <div className={classes.column}>
        <div className={classes.pending} data-on={pending || undefined} aria-hidden="true" />
        <TopBar
          onSearch={() => setPalette(true)}
          onKeysHelp={() => setKeysHelp(true)}
          onMenu={() => setMenu(true)}
          onViewAs={() => setViewAs(true)}
        />
        <ConnectionStrip />
        <ViewAsStrip />
        <main id="page" ref={main} tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
      </div>
      <PhoneBar onSearch={() => setPalette(true)} onMore={() => setMenu(true)} />
      <SessionOver />
      <Suspense fallback={null}>
        {palette ? <Palette onClose={() => setPalette(false)} /> : null}
        {viewAs ? <ViewAsDialog onClose={() => setViewAs(false)} /> : null}
        {keysHelp ? <KeysHelp onClose={() => setKeysHelp(false)} /> : null}
      </Suspense>
    </div>
  );
}

/** Ctrl K works from inside fields too, unlike the single-letter keys. */
function usePaletteKey(open: () => void) {
  const latest = useRef(open);
  latest.current = open;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

/** A new page takes the focus, so that the next Tab lands in it and readers begin at its top. */
function useFocusOnMove(
  pathname: string,
  main: React.RefObject<HTMLElement | null>,
  moved: () => void,
) {
  const before = useRef(pathname);
  const latest = useRef(moved);
  latest.current = moved;
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    latest.current();
    main.current?.focus({ preventScroll: true });
  }, [pathname, main]);
}
