import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from "@mantine/core";

/*
 * The only file with colour values. Everything else speaks in roles: `var(--th-ink)`.
 * The unit test beside it proves contrast and the distances between stages and series.
 */

const juniper: MantineColorsTuple = [
  "#EAF6F5",
  "#D3EDEB",
  "#A9DEDA",
  "#82D3CE",
  "#5CC4BF",
  "#359D9E",
  "#237F82",
  "#17686B",
  "#0F5457",
  "#083F42",
];

// Mantine paints its parts from two neutral tuples; ours carry the same green tint as the roles.
const gray: MantineColorsTuple = [
  "#F5F8F7",
  "#EAF0EE",
  "#E0E8E5",
  "#D3DCD9",
  "#B5C1BD",
  "#93A29E",
  "#7C8A86",
  "#5F6E6A",
  "#4A5955",
  "#16211F",
];

const night: MantineColorsTuple = [
  "#E6EEEC",
  "#B3C1BD",
  "#93A29E",
  "#6F7F7B",
  "#3C494B",
  "#2E393B",
  "#171E20",
  "#0F1516",
  "#11181A",
  "#0B1011",
];

export interface Palette {
  roles: Record<string, string>;
  stages: Record<string, string>;
  series: readonly string[];
  heat: readonly string[];
  /** Text on the heat steps: the first four steps, then the last two. */
  heatText: readonly [string, string];
}

export const light: Palette = {
  roles: {
    canvas: "#F5F8F7",
    surface: "#FFFFFF",
    sunken: "#EAF0EE",
    line: "#D3DCD9",
    "control-line": "#7C8A86",
    ink: "#16211F",
    "ink-2": "#4A5955",
    "ink-3": "#5F6E6A",
    brand: "#17686B",
    "brand-hover": "#0F5457",
    "brand-soft": "#DDF0EE",
    "on-brand": "#FFFFFF",
    growth: "#1C5FB0",
    "growth-soft": "#E1ECFA",
    decline: "#B0430C",
    "decline-soft": "#FBE8DC",
    unknown: "#5C6864",
    "unknown-soft": "#E9EDEC",
    "not-due": "#64549E",
    "not-due-soft": "#EDE9F8",
    watch: "#7D5A00",
    "watch-soft": "#FBF0D0",
    failed: "#B3202C",
    "failed-soft": "#FBE4E4",
    done: "#22713F",
    "done-soft": "#E0F2E5",
    focus: "#0B7C80",
    float: "#FFFFFF",
    "float-line": "transparent",
  },
  stages: {
    new: "#867CCD",
    "active-free": "#494462",
    trial: "#945197",
    evaluator: "#2347AE",
    casual: "#3DA3A4",
    core: "#3C8B73",
    power: "#14422E",
    dormant: "#B97F00",
    churned: "#A83915",
    "inactive-free": "#655F59",
  },
  series: ["#17686B", "#4B6FD6", "#B97F00", "#A83915", "#A0489E", "#1F2D5C"],
  heat: ["#E6F2F1", "#BFDFDC", "#8FC6C3", "#5AA7A6", "#2A7B7D", "#145C60"],
  heatText: ["#16211F", "#FFFFFF"],
};

export const dark: Palette = {
  roles: {
    canvas: "#0F1516",
    surface: "#171E20",
    sunken: "#11181A",
    line: "#2E393B",
    "control-line": "#6F7F7B",
    ink: "#E6EEEC",
    "ink-2": "#B3C1BD",
    "ink-3": "#93A29E",
    brand: "#5CC4BF",
    "brand-hover": "#7FD8D3",
    "brand-soft": "#123B3D",
    "on-brand": "#06201F",
    growth: "#84B6FF",
    "growth-soft": "#14304F",
    decline: "#FFA26B",
    "decline-soft": "#45230F",
    unknown: "#9AA8A4",
    "unknown-soft": "#232C2D",
    "not-due": "#B8A9F0",
    "not-due-soft": "#2B2545",
    watch: "#E8BE4D",
    "watch-soft": "#3B2E08",
    failed: "#FF8F8F",
    "failed-soft": "#4A1A1E",
    done: "#74CF95",
    "done-soft": "#143522",
    focus: "#7FD8D3",
    float: "#1F282A",
    "float-line": "#2E393B",
  },
  stages: {
    new: "#C292DF",
    "active-free": "#C2C6FF",
    trial: "#A24DA6",
    evaluator: "#4A75E0",
    casual: "#B1F8F3",
    core: "#59D1AE",
    power: "#7EA08A",
    dormant: "#E8BF23",
    churned: "#F7712B",
    "inactive-free": "#6E6C5E",
  },
  series: ["#5CC4BF", "#4A75E0", "#E8BF23", "#D9541E", "#8E8B7C", "#F4F1E8"],
  heat: ["#16292B", "#1B4042", "#20595B", "#266C6D", "#55A8A6", "#A5DBD6"],
  heatText: ["#E6EEEC", "#06201F"],
};

function variables(palette: Palette): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(palette.roles)) all[`--th-${name}`] = value;
  for (const [name, value] of Object.entries(palette.stages)) all[`--th-stage-${name}`] = value;
  palette.series.forEach((value, at) => {
    all[`--th-series-${at + 1}`] = value;
  });
  palette.heat.forEach((value, at) => {
    all[`--th-heat-${at + 1}`] = value;
    all[`--th-heat-${at + 1}-text`] = palette.heatText[at < 4 ? 0 : 1];
  });
  return all;
}

/** Mantine's own colours point at our roles, so its parts need no styling of their own. */
const mantineRoles = {
  "--mantine-color-body": "var(--th-canvas)",
  "--mantine-color-text": "var(--th-ink)",
  "--mantine-color-bright": "var(--th-ink)",
  "--mantine-color-dimmed": "var(--th-ink-3)",
  "--mantine-color-placeholder": "var(--th-ink-3)",
  "--mantine-color-anchor": "var(--th-brand)",
  "--mantine-color-error": "var(--th-failed)",
  "--mantine-color-default": "var(--th-surface)",
  "--mantine-color-default-hover": "var(--th-sunken)",
  "--mantine-color-default-color": "var(--th-ink)",
  "--mantine-color-default-border": "var(--th-control-line)",
  "--mantine-color-disabled": "var(--th-sunken)",
  "--mantine-color-disabled-color": "var(--th-ink-3)",
  "--mantine-color-disabled-border": "var(--th-line)",
  "--mantine-primary-color-filled": "var(--th-brand)",
  "--mantine-primary-color-filled-hover": "var(--th-brand-hover)",
  "--mantine-primary-color-contrast": "var(--th-on-brand)",
  "--mantine-primary-color-light": "var(--th-brand-soft)",
  "--mantine-primary-color-light-color": "var(--th-brand)",
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: { "--th-shadow": "0 8px 24px rgb(16 33 31 / 0.14)" },
  light: { ...variables(light), ...mantineRoles },
  dark: { ...variables(dark), ...mantineRoles, "--th-shadow": "none" },
});

const fallback = '"Inter Variable", "Inter fallback", system-ui, sans-serif';

export const theme: MantineThemeOverride = createTheme({
  colors: { juniper, gray, dark: night },
  primaryColor: "juniper",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  // Mantine picks the text on filled parts once for both themes; ours differs between them.
  variantColorResolver: (input) => {
    const colours = defaultVariantColorsResolver(input);
    const filledBrand = input.variant === "filled" && (!input.color || input.color === "juniper");
    return filledBrand ? { ...colours, color: "var(--th-on-brand)" } : colours;
  },
  fontFamily: fallback,
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: { fontFamily: fallback, fontWeight: "650" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  radius: { xs: "4px", sm: "6px", md: "10px", lg: "10px", xl: "10px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "22px", lg: "24px", xl: "28px" },
  breakpoints: { xs: "30em", sm: "48em", md: "62em", lg: "75em", xl: "90em" },
  components: {
    Button: { defaultProps: { size: "sm", fw: 500 } },
    // The placeholder that takes the first focus is no menu item, which readers stumble over.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { radius: "md", shadow: "none" } },
    Tooltip: { defaultProps: { withArrow: false, openDelay: 150, multiline: true } },
  },
});
