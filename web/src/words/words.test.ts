import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Definition, definitionHref, definitions } from "./definitions";
import { pages } from "./manual";

const docs = (key: string) =>
  readFileSync(new URL(`../../docs/${key}.md`, import.meta.url), "utf8");

describe("the manual", () => {
  it.each(pages)("has the page $key, under its own title", ({ key, title }) => {
    expect(docs(key)).toMatch(new RegExp(`^# ${title}\n`));
  });

  it.each(Object.keys(definitions) as Definition[])("defines %s where its link leads", (key) => {
    const anchor = definitionHref(key).split("#")[1];
    expect(docs("definitions")).toContain(`{#${anchor}}`);
  });
});
