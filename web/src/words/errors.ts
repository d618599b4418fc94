interface Said {
  title: string;
  remedy: string;
}

const codes: Record<string, Said> = {
  wrong_credentials: {
    title: "Not signed in",
    remedy: "E-mail and password do not belong together. Check both.",
  },
  wrong_code: {
    title: "Not signed in",
    remedy: "This code does not fit, or it was used already. Wait for the next one.",
  },
  local_disabled: {
    title: "Not signed in",
    remedy: "Passwords are not kept here for this account. Use one of the other ways to sign in.",
  },
  view_only: {
    title: "Nothing can be changed in this view",
    remedy: "You are looking through the eyes of someone else. Leave that view to change things.",
  },
  directory_unavailable: {
    title: "Not signed in",
    remedy: "The directory does not answer. Your account is safe; try again shortly.",
  },
  too_many_attempts: {
    title: "Too many attempts",
    remedy: "Sign-in for this address is paused for a few minutes. Wait, then try once more.",
  },
  sign_in_needed: { title: "Your session is over", remedy: "Sign in to go on." },
};

const statuses: Record<number, Said> = {
  403: { title: "Not permitted", remedy: "An owner of this workspace can grant you the right." },
  404: { title: "Nothing here", remedy: "It was removed, or the address has a slip in it." },
  409: {
    title: "Changed meanwhile",
    remedy: "Someone else saved first. Compare both versions, then save again.",
  },
  413: { title: "Too large", remedy: "Send less at once." },
  429: { title: "Too many requests", remedy: "The server asks for a short pause." },
  500: {
    title: "The server stumbled",
    remedy: "The fault is on the server and is in its log under the request id.",
  },
  503: { title: "The server is busy", remedy: "It will answer again shortly." },
};

export const errors = {
  codes,
  statuses,
  status: (status: number) => `The server answered ${status}`,
  away: {
    title: "The server cannot be reached",
    remedy: "Check the network. This page asks again by itself.",
  },
  page: {
    title: "This page stopped working",
    remedy: "Reload it. If that does not help, tell whoever runs this installation.",
  },
};
