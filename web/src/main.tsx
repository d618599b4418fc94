import "./styles";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { queryClient, router } from "./router";
import { followLinks } from "./router/links";
import { meQuery, workspacesQuery } from "./session/queries";
import { cssVariablesResolver, theme } from "./theme";
import { applyDensity } from "./ui/density";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// Mantine's own style tags take it from the provider; the scroll lock asks `get-nonce`.
setNonce(nonce);
// Who reads, and the page they came for, are asked for before anything is drawn.
void queryClient.prefetchQuery(meQuery);
void queryClient.prefetchQuery(workspacesQuery);
followLinks(router);
applyDensity();

// Nothing is announced before a page has done something, so this part may come later.
const Notices = lazy(() => import("./ui/Notices"));
const schemes = localStorageColorSchemeManager({ key: "th-colour-scheme" });
const root = document.getElementById("root");

if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <Suspense fallback={null}>
            <Notices />
          </Suspense>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
