import type { AnyRouter } from "@tanstack/react-router";

/*
 * Furniture and the manual write plain `<a href>`; this one listener turns clicks on addresses of
 * the console into navigation. So `ui/` need not know the router, and every link stays a link:
 * middle click, copy address and "open in new tab" work.
 */
export function followLinks(router: AnyRouter): void {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || !isOurs(link)) return;
    event.preventDefault();
    router.history.push(link.pathname + link.search + link.hash);
  });
}

function isOurs(link: HTMLAnchorElement): boolean {
  if (link.target && link.target !== "_self") return false;
  if (link.hasAttribute("download") || link.origin !== location.origin) return false;
  // A jump within the page is the browser's own business.
  if (link.getAttribute("href")?.startsWith("#")) return false;
  return !/^\/(api|auth|v1|scim)\//.test(link.pathname);
}
