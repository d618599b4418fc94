/** Each page of the manual is a chunk of its own, fetched when it is opened. */
const files = import.meta.glob<string>("../../../docs/*.md", { query: "?raw", import: "default" });

export async function loadPage(key: string): Promise<string | null> {
  const load = files[`../../../docs/${key}.md`];
  return load ? load() : null;
}
