import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Shared parts are named after all who use them, which is longer than anybody reads. */
const shortName = (name: string) => name.replace(/\.\w+$/, "").replace(/~.*/, "");

/** Ships `src/colour-scheme.js` as a hashed classic script in the head: modules run too late. */
function colourSchemeScript(): Plugin {
  const source = readFileSync(fromHere("./src/colour-scheme.js"), "utf8");
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 8);
  const file = `assets/colour-scheme-${hash}.js`;
  let serving = false;
  return {
    name: "takehold-colour-scheme",
    configResolved(config) {
      serving = config.command === "serve";
    },
    transformIndexHtml() {
      const src = serving ? "/src/colour-scheme.js" : `/${file}`;
      return [{ tag: "script", attrs: { src }, injectTo: "head-prepend" }];
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: file, source });
    },
  };
}

/**
 * Asks at once for what the first page needs and the browser would find out late: the font, only
 * named in a style sheet, and the code of the home page, only named by the router.
 */
function earlyParts(): Plugin {
  const home = fromHere("./src/routes/_framed/w/$workspace/index.tsx");
  return {
    name: "takehold-early-parts",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        if (!bundle) return [];
        const files = Object.values(bundle);
        const chunks = new Map(files.flatMap((f) => (f.type === "chunk" ? [[f.fileName, f]] : [])));
        const wanted = new Set<string>();
        const want = (file: string) => {
          if (wanted.has(file)) return;
          wanted.add(file);
          for (const next of chunks.get(file)?.imports ?? []) want(next);
        };
        for (const chunk of chunks.values()) {
          if (chunk.facadeModuleId?.split("?")[0] === home) want(chunk.fileName);
        }
        const fonts = files.map((f) => f.fileName).filter((name) => name.endsWith(".woff2"));
        return [
          ...fonts.map((file) => ({
            tag: "link",
            attrs: {
              rel: "preload",
              as: "font",
              type: "font/woff2",
              crossorigin: true,
              href: `/${file}`,
            },
            injectTo: "head" as const,
          })),
          ...[...wanted]
            .filter((file) => !html.includes(file))
            .map((file) => ({
              tag: "link",
              attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` },
              injectTo: "head" as const,
            })),
        ];
      },
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    colourSchemeScript(),
    earlyParts(),
  ],
  resolve: { alias: { "@": fromHere("./src") } },
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // The content policy forbids data: fonts, and inlined images would escape the cache policy.
    assetsInlineLimit: 0,
    // All of it weighs less than one picture; in pieces it would come late and shift the page.
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name }) => `assets/${shortName(name)}-[hash].js`,
        assetFileNames: ({ names }) => `assets/${shortName(names[0] ?? "asset")}-[hash][extname]`,
        // A browser over HTTP/1 asks for six files at a time: few and larger ones arrive sooner.
        codeSplitting: {
          groups: [
            { name: "start", tags: ["$initial"], priority: 2 },
            // What most pages stand on comes in one piece; the rest by who uses it together.
            { name: "often", minShareCount: 18, priority: 1 },
            {
              name: "parts",
              entriesAware: true,
              entriesAwareMergeThreshold: 2 * 1024,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8080",
      "/auth": "http://127.0.0.1:8080",
      "/healthz": "http://127.0.0.1:8080",
    },
  },
});
