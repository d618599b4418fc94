import type { Nodes, PhrasingContent, Root, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTable } from "micromark-extension-gfm-table";
import { createElement, Fragment, type ReactNode, useMemo } from "react";
import classes from "./Markdown.module.css";

/**
 * Markdown drawn as React elements. Raw HTML is shown as text, links lead only to http, mail or
 * this console, and images are left out: nothing in a text can run or call home.
 */
export function Markdown({ text }: { text: string }) {
  const tree = useMemo(() => parse(text), [text]);
  return <div className={classes.text}>{children(tree)}</div>;
}

function parse(text: string): Root {
  return fromMarkdown(text, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
}

export interface Heading {
  id: string;
  text: string;
  depth: number;
}

/** The headings of a text, for its table of contents. */
export function headingsOf(text: string): Heading[] {
  return parse(text).children.flatMap((node) =>
    node.type === "heading" ? [{ ...anchorOf(node), depth: node.depth }] : [],
  );
}

/** `## Title {#id}` names its own anchor; else it is made from the words. */
function anchorOf(node: Nodes): { id: string; text: string } {
  const raw = plain(node);
  const named = /^(.*?)\s*\{#([\w-]+)\}\s*$/.exec(raw);
  const text = named?.[1] ?? raw;
  const id = named?.[2] ?? text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  return { id: id.replace(/^-|-$/g, ""), text };
}

function plain(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map((child) => plain(child)).join("") : "";
}

/** Where a node begins in its text: unique among its neighbours, and a sound key. */
const keyOf = (node: Nodes) => String(node.position?.start.offset);

function children(node: { children: readonly (RootContent | PhrasingContent)[] }): ReactNode {
  return node.children.map((child) => <Fragment key={keyOf(child)}>{element(child)}</Fragment>);
}

function element(node: RootContent): ReactNode {
  switch (node.type) {
    case "text":
    case "html":
      return node.value;
    case "paragraph":
      return <p>{children(node)}</p>;
    case "heading": {
      const { id, text } = anchorOf(node);
      return createElement(`h${node.depth}`, { id }, text);
    }
    case "strong":
      return <strong>{children(node)}</strong>;
    case "emphasis":
      return <em>{children(node)}</em>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines must scroll by keyboard
        <pre tabIndex={0}>
          <code>{node.value}</code>
        </pre>
      );
    case "link":
      return safe(node.url) ? <a href={node.url}>{children(node)}</a> : children(node);
    case "list":
      return node.ordered ? <ol>{children(node)}</ol> : <ul>{children(node)}</ul>;
    case "listItem":
      return <li>{children(node)}</li>;
    case "blockquote":
      return <blockquote>{children(node)}</blockquote>;
    case "thematicBreak":
      return <hr />;
    case "break":
      return <br />;
    case "table":
      return <TableOf node={node} />;
    default:
      return null;
  }
}

function TableOf({ node }: { node: Table }) {
  const [head, ...rows] = node.children;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables must scroll by keyboard
    <div className={classes.wide} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head?.children.map((cell) => (
              <th key={keyOf(cell)} scope="col">
                {children(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {row.children.map((cell) => (
                <td key={keyOf(cell)}>{children(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function safe(url: string): boolean {
  return /^(https?:|mailto:|\/(?!\/)|#)/i.test(url);
}
