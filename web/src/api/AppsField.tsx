import { TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { users } from "@/words/users";
import { appNamesQuery } from "./names";

const words = users.form;

interface AppsFieldProps {
  workspace: string;
  help?: string;
  value?: string[];
  onChange?: (apps: string[]) => void;
  error?: ReactNode;
}

/** Which apps a builder sees; one that has not reported yet can be written by hand. */
export function AppsField({ workspace, help, value, onChange, error }: AppsFieldProps) {
  const apps = useQuery(appNamesQuery(workspace));
  return (
    <TagsInput
      label={words.apps}
      description={help ?? words.appsHelp}
      data={apps.data?.map((each) => each.value) ?? []}
      limit={8}
      // So few that they need not scroll, which a keyboard could not do in there.
      withScrollArea={false}
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}
