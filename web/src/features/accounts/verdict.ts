import type { Schema } from "@/api/client";
import { changeOf, formatShare } from "@/ui/format";
import { accounts } from "@/words/accounts";

const words = accounts.account.verdict;

/** Healthy or not, in a sentence or two, from what is known. */
export function verdictOf(account: Schema["AccountDetail"]): string {
  if (account.excluded) return words.excluded(account.excluded);
  if (!account.last_seen) return words.never;
  const { active_people_28: active, active_people_prev_28: before, people, seats } = account;
  if (active === null || before === null || people === null) return words.few;
  const first = active === 0 ? words.nobody(people) : words.active(active, people);
  return [first + changeText(active, before), seatsText(active, seats)].filter(Boolean).join(" ");
}

function changeText(active: number, before: number): string {
  if (before === 0) return active > 0 ? words.fromNone : words.end;
  const { direction, text } = changeOf(active, before);
  if (direction === "up") return words.up(text ?? "");
  if (direction === "down") return words.down(text ?? "");
  return words.level;
}

/** Seats are worth a sentence only where they say something: few used, or too few. */
function seatsText(active: number, seats: number | null | undefined): string | null {
  if (!seats) return null;
  const used = active / seats;
  if (used < 0.5) return words.seatsLow(formatShare(used));
  return used > 1 ? words.seatsOver(formatShare(used)) : null;
}
