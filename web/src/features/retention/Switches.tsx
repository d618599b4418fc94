import { SegmentedControl } from "@mantine/core";
import { retention as words } from "@/words/retention";
import { type RetentionSearch, STEPS, type Step, VARIANTS, type Variant } from "./queries";

interface SwitchesProps {
  variant: Variant;
  step: Step;
  onChange: (change: Partial<RetentionSearch>) => void;
}

/** How a return is counted, and in which steps. The usual choice leaves the address clean. */
export function Switches({ variant, step, onChange }: SwitchesProps) {
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={words.variant}
        value={variant}
        onChange={(value) => {
          const next = VARIANTS.find((each) => each === value);
          onChange({ variant: next === "n_day" ? undefined : next });
        }}
        data={VARIANTS.map((value) => ({ value, label: words.variants[value] }))}
      />
      <SegmentedControl
        size="xs"
        aria-label={words.period}
        value={step}
        onChange={(value) => {
          const next = STEPS.find((each) => each === value);
          onChange({ period: next === "week" ? undefined : next });
        }}
        data={STEPS.map((value) => ({ value, label: words.periods[value] }))}
      />
    </>
  );
}
