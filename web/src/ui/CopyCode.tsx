import { Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { ui } from "@/words/ui";
import classes from "./CopyCode.module.css";

/** Copies by the clipboard where the page may; on plain http by the older way. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

export function CopyButton({ text, label = ui.copy.copy }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2_000);
    return () => clearTimeout(timer);
  }, [done]);
  const Icon = done ? IconCheck : IconCopy;
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={<Icon size={14} stroke={1.5} aria-hidden="true" />}
      onClick={() => copy(text).then(() => setDone(true))}
    >
      <span aria-live="polite">{done ? ui.copy.copied : label}</span>
    </Button>
  );
}

export interface Sample {
  key: string;
  label: string;
  code: string;
}

/** Code to paste, in the languages at hand. */
export function CopyCode({ samples, label }: { samples: readonly Sample[]; label: string }) {
  const [chosen, setChosen] = useState(samples[0]?.key);
  const sample = samples.find(({ key }) => key === chosen) ?? samples[0];
  if (!sample) return null;
  return (
    <div className={classes.box}>
      <div className={classes.head}>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would frame toggles as a form */}
        <div className={classes.choices} role="group" aria-label={label}>
          {samples.map(({ key, label: name }) => (
            <button
              key={key}
              type="button"
              className={classes.choice}
              aria-pressed={key === sample.key}
              onClick={() => setChosen(key)}
            >
              {name}
            </button>
          ))}
        </div>
        <CopyButton text={sample.code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines must scroll by keyboard */}
      <pre className={classes.code} tabIndex={0}>
        {sample.code}
      </pre>
    </div>
  );
}
