import { useInfiniteQuery } from "@tanstack/react-query";
import { useWorkspace } from "@/session/session";
import { PageHeader } from "@/ui/PageHeader";
import { privacy as words } from "@/words/privacy";
import { goesOn, requestsQuery, unmaskQuery } from "./queries";
import { Requests } from "./Requests";
import { Unmasking } from "./Unmasking";

/** Who wants to see whose name, and what did people ask of their data? */
export function PrivacyPage() {
  const { slug: workspace } = useWorkspace();
  const unmask = useInfiniteQuery(unmaskQuery(workspace));
  const requests = useInfiniteQuery(requestsQuery(workspace));
  const asked = unmask.data?.pages.flatMap(({ items }) => items);
  const begun = requests.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageHeader
        title={words.title}
        keepLines
        verdict={
          asked && begun
            ? words.verdict(
                asked.filter(({ state }) => state === "waiting").length,
                begun.filter(goesOn).length,
              )
            : undefined
        }
      />
      <Unmasking workspace={workspace} query={unmask} />
      <Requests workspace={workspace} query={requests} />
    </>
  );
}
