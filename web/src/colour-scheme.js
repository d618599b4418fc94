// Runs before the first paint, so that a dark screen never flashes white. It is a classic
// script in a file of its own because the content policy allows no inline script.
(() => {
  let wanted = "auto";
  try {
    wanted = localStorage.getItem("th-colour-scheme") ?? "auto";
  } catch {
    // Storage may be closed to us; the system's preference is then the answer.
  }
  const dark =
    wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const page = document.documentElement;
  page.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  // The pages outside the frame are not announced by its outline.
  if (/^\/(sign-in|setup|welcome)/.test(location.pathname)) page.setAttribute("data-bare", "");
})();
