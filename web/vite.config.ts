import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

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
  ],
  resolve: { alias: { "@": fromHere("./src") } },
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // The content policy forbids data: fonts, and inlined images would escape the cache policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/api": "http://127.0.0.1:8080",
      "/auth": "http://127.0.0.1:8080",
      "/healthz": "http://127.0.0.1:8080",
    },
  },
});
