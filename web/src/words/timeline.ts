export const timeline = {
  kinds: {
    track: "Events",
    page: "Pages",
    screen: "Screens",
    identify: "Traits set",
    group: "Accounts joined",
    alias: "Ids merged",
  },
  identify: "Traits set",
  group: (account: string | null) => (account ? `Joined ${account}` : "Account described"),
  alias: "Ids merged",
  unnamed: "Unnamed",
  app: (app: string, version: string | null) => (version ? `${app} v${version}` : app),
} as const;
