/** How the people of an app moved. */
export const moves = {
  against: { "28 days": "the 28 days before", month: "the month before, both whole" },
  born: "▲ new app",
  bornWhy: "It has not run for two such spans yet.",
  fromNobody: "▲ from 0",
  fromNobodyWhy: "Nobody came in the span before.",
} as const;
