import { IconShieldLock } from "@tabler/icons-react";
import {
  type CSSProperties,
  createContext,
  type ReactElement,
  type ReactNode,
  use,
  useId,
  useRef,
  useState,
} from "react";
import { charts as words } from "@/words/charts";
import { definitionHref, definitions } from "@/words/definitions";
import { SkeletonBlock } from "../Skeletons";
import { saveFile } from "../save";
import { ChartTable } from "./ChartTable";
import styles from "./charts.module.css";
import { tableToCsv } from "./csv";
import { Legend } from "./Legend";
import type { FrameProps, LegendItem } from "./types";
import { useTableForced } from "./useTableForced";

interface FrameIds {
  title: string;
  titleId: string;
  summaryId: string;
}

const FrameContext = createContext<FrameIds>({ title: "", titleId: "", summaryId: "" });
const NotesContext = createContext<readonly string[]>([]);

/** What every exported file of a page says first: workspace, period, filters. */
export const ChartNotes = NotesContext.Provider;

/** Names and describes the drawing inside a frame. */
export function useFrameLabels() {
  const { titleId, summaryId } = use(FrameContext);
  return { "aria-labelledby": titleId, "aria-describedby": summaryId };
}

interface ChartFrameProps extends FrameProps {
  children: ReactNode;
  legend?: readonly LegendItem[];
  /** The drawing is a table already: no second one is offered. */
  tableIsChart?: boolean;
  /** Drawn for the export when the chart on the page is no SVG. */
  picture?: () => ReactElement;
}

/**
 * Title, summary, legend, table, CSV, PNG, definition, skeleton, empty and error of one chart.
 * The height is kept through all of them, so that nothing jumps.
 */
export function ChartFrame(props: ChartFrameProps) {
  const { title, summary, table, state, legend, controls, height = 260, stale } = props;
  const titleId = useId();
  const summaryId = useId();
  const body = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const [defined, setDefined] = useState(false);
  const forced = useTableForced();
  const rule = props.rule ?? (props.definition && definitions[props.definition]);
  const drawn = !state;
  const hasTable = drawn && !props.tableIsChart;

  return (
    <FrameContext value={{ title, titleId, summaryId }}>
      <section className={styles.frame} aria-labelledby={titleId}>
        <header className={styles.head}>
          <h2 className={styles.title} id={titleId}>
            {title}
          </h2>
          {controls}
          <div className={styles.tools} data-noprint>
            {rule && (
              <button
                type="button"
                className={styles.tool}
                aria-expanded={defined}
                onClick={() => setDefined(!defined)}
              >
                {words.definition}
              </button>
            )}
            {hasTable && (
              <button
                type="button"
                className={styles.tool}
                aria-pressed={asTable}
                aria-label={words.tableOf(title)}
                onClick={() => setAsTable(!asTable)}
              >
                {words.table}
              </button>
            )}
            {drawn && <Exports {...props} body={body} asTable={asTable} />}
          </div>
        </header>
        {(drawn || state.kind === "loading") && (
          <p className={styles.summary} id={summaryId} data-lines={props.lines}>
            {drawn ? summary : words.loading}
          </p>
        )}
        {defined && rule && (
          <p className={styles.definition}>
            {rule}{" "}
            {props.definition && (
              <a href={definitionHref(props.definition)}>{words.definitionLink}</a>
            )}
          </p>
        )}
        {(drawn || state.kind === "loading") && legend && legend.length > 0 && !asTable && (
          <Legend items={legend} />
        )}
        <div
          ref={body}
          className={styles.body}
          style={{ "--height": drawn && props.picture ? "0px" : `${height}px` } as CSSProperties}
          data-stale={stale || undefined}
        >
          {state && <FrameState state={state} height={height} />}
          {drawn && !asTable && props.children}
          {hasTable && (asTable || forced) && (
            <ChartTable
              table={table}
              label={words.tableOf(title)}
              hidden={props.hidden}
              height={forced ? undefined : height}
            />
          )}
        </div>
        {drawn && props.hidden ? (
          <p className={styles.hidden}>
            <IconShieldLock size={14} stroke={1.5} aria-hidden="true" /> {words.hiddenNote}
          </p>
        ) : null}
      </section>
    </FrameContext>
  );
}

interface ExportsProps extends ChartFrameProps {
  body: { readonly current: HTMLDivElement | null };
  asTable: boolean;
}

function Exports({ title, table, csv, picture, legend, body, asTable }: ExportsProps) {
  const notes = use(NotesContext);
  const [failed, setFailed] = useState(false);

  function run(save: () => Promise<void>) {
    setFailed(false);
    save().catch(() => setFailed(true));
  }

  async function writeTable() {
    const text = tableToCsv(table, [title, ...notes]);
    saveFile(new Blob([text], { type: "text/csv;charset=utf-8" }), fileName(title, "csv"));
  }

  async function paint() {
    const { paintPng } = await import("./png");
    const blob = await paintPng({
      svg: picture ?? body.current?.querySelector<SVGSVGElement>("svg[data-chart]") ?? null,
      title,
      notes,
      legend: legend ?? [],
    });
    saveFile(blob, fileName(title, "png"));
  }

  return (
    <>
      <button
        type="button"
        className={styles.tool}
        aria-label={words.saveCsv(title)}
        onClick={() => run(csv ?? writeTable)}
      >
        {words.csv}
      </button>
      {!asTable && (
        <button
          type="button"
          className={styles.tool}
          aria-label={words.savePng(title)}
          onClick={() => run(paint)}
        >
          {words.png}
        </button>
      )}
      {failed && (
        <span className={styles.failed} role="alert">
          {words.saveFailed}
        </span>
      )}
    </>
  );
}

function fileName(title: string, ending: string): string {
  const name = title
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
  return `${name || "chart"}.${ending}`;
}

function FrameState({
  state,
  height,
}: {
  state: NonNullable<FrameProps["state"]>;
  height: number;
}) {
  if (state.kind === "loading") {
    const { retry } = state;
    return (
      <SkeletonBlock
        height={height}
        onStuck={
          retry && (
            <button type="button" className={styles.button} onClick={retry}>
              {words.tryAgain}
            </button>
          )
        }
      />
    );
  }
  return (
    <div
      className={styles.notice}
      style={{ minHeight: height }}
      role={state.kind === "error" ? "alert" : undefined}
    >
      <p>{state.message}</p>
      {state.kind === "empty" && state.action}
      {state.kind === "error" && state.retry && (
        <button type="button" className={styles.button} onClick={state.retry}>
          {words.tryAgain}
        </button>
      )}
    </div>
  );
}
