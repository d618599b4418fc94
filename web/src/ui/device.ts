const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bCriOS\/|\bChromium\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

const first = (agent: string, known: typeof PROGRAMS) =>
  known.find(([pattern]) => pattern.test(agent))?.[1];

/** `Firefox on Linux`, from what a program says of itself; its own words where they are unknown. */
export function deviceOf(agent: string | null | undefined): string | null {
  if (!agent) return null;
  const program = first(agent, PROGRAMS);
  const system = first(agent, SYSTEMS);
  if (program && system) return `${program} on ${system}`;
  return program ?? system ?? agent.slice(0, 60);
}
