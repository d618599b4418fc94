import { useInfiniteQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { TimelineCard } from "@/api/TimelineCard";
import { useSeen } from "@/ui/useSeen";
import { accounts } from "@/words/accounts";
import { accountTimelineQuery } from "./queries";

const words = accounts.account.timeline;

interface AccountTimelineProps {
  workspace: string;
  id: string;
  personHref: (id: string) => string;
}

/** Lies below everything else, so it is asked for when one comes to it. */
export function AccountTimeline({ workspace, id, personHref }: AccountTimelineProps) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const query = useInfiniteQuery({ ...accountTimelineQuery(workspace, id), enabled: seen });
  return (
    <div ref={place}>
      <TimelineCard
        title={words.title}
        none={words.none}
        query={query}
        printed={query.data ? undefined : words.notRead}
        personHref={personHref}
      />
    </div>
  );
}
