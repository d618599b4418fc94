import type { Client } from "openapi-fetch";
import { api } from "./client";

/*
 * The pages about the installation, typed by hand until the document of the API holds them. The
 * names are the document's, so that `System` becomes `Schema` and `systemApi` becomes `api`.
 */

interface Schemas {
  JobRun: {
    id: number;
    job: string;
    workspace: string | null;
    fire_at: string;
    on: string | null;
    state: "queued" | "running" | "succeeded" | "failed" | "skipped";
    attempt: number;
    started_at: string | null;
    ended_at: string | null;
    done: number;
    /** 0 is not known. */
    total: number;
    message: string | null;
    asked_by: string | null;
  };
  JobStatus: {
    name: string;
    title: string;
    what: string;
    scope: string;
    schedule: string;
    schedule_text: string;
    takes_day: boolean;
    next_at: string | null;
    running: Schemas["JobRun"] | null;
    last: Schemas["JobRun"] | null;
    failures_since: number;
    builds_on: string[];
  };
  JobOverview: {
    items: Schemas["JobStatus"][];
    leader: { holder: string; since: string; here: boolean } | null;
  };
  RunJob: { workspace?: string; on?: string };
  Backup: {
    name: string;
    created_at: string;
    bytes: number;
    encrypted: boolean;
    rows?: number | null;
    verified_at: string | null;
    problem: string | null;
  };
  Backups: {
    folder: string | null;
    schedule: string;
    next_at: string | null;
    keep: number;
    encrypted: boolean;
    items: Schemas["Backup"][];
    last_drill: { at: string; ok: boolean; message: string } | null;
  };
  KeyCounts: {
    workspace: string;
    key: string | null;
    accepted: number;
    duplicate: number;
    refused: number;
    codes: { code: string; count: number }[];
  };
  IngestHour: { hour: string; accepted: number; duplicate: number; refused: number };
  Capacity: {
    database: { engine: string; bytes: number; parts: { name: string; bytes: number }[] };
    disk: { free: number; total: number; path: string } | null;
    growth_per_day_bytes: number | null;
    days_left: number | null;
    ingest: Schemas["IngestHour"][];
    keys: Schemas["KeyCounts"][];
    memory_bytes: number | null;
    started_at: string;
    version: string;
    commit: string | null;
  };
  Destination: {
    kind: string;
    host: string;
    port: number;
    purpose: string;
    configured_by: string | null;
    first_at: string;
    last_at: string;
    contacts: number;
    failures: number;
    last_error: string | null;
  };
  Check: { name: string; ok: boolean; found: string; remedy: string | null };
  Health: { ok: boolean; checks: Schemas["Check"][] };
  WorkspaceSettings: {
    slug: string;
    name: string;
    kind: "internal" | "vendor";
    time_zone: string;
    has_events: boolean;
    retention_days_events: number | null;
    retention_days_jobs: number;
    excluded: { ids: string[]; email_domains: string[] };
  };
  CreateWorkspace: { slug: string; name: string; kind: "internal" | "vendor"; time_zone: string };
  ChangeWorkspace: {
    name?: string;
    time_zone?: string;
    retention_days_events?: number | null;
    retention_days_jobs?: number;
    excluded?: { ids?: string[]; email_domains?: string[] };
  };
}

export type System = Schemas;

type Does<Status extends number, Body, Query, Path, Sent> = {
  parameters: { query?: Query; header?: never; cookie?: never } & (Path extends undefined
    ? { path?: never }
    : { path: Path });
  responses: Record<Status, { headers: object; content: { "application/json": Body } }>;
} & (Sent extends undefined
  ? { requestBody?: never }
  : { requestBody: { content: { "application/json": Sent } } });
type Get<Body, Query = undefined, Path = undefined> = Does<200, Body, Query, Path, undefined>;
type Send<Status extends number, Body, Sent, Path = undefined> = Does<
  Status,
  Body,
  undefined,
  Path,
  Sent
>;

interface RunsQuery {
  workspace?: string;
  state?: Schemas["JobRun"]["state"];
  limit?: number;
  cursor?: string;
}
interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
}

interface SystemPaths {
  "/api/v1/system/jobs": { get: Get<Schemas["JobOverview"]> };
  "/api/v1/system/jobs/{name}/runs": {
    get: Get<Page<Schemas["JobRun"]>, RunsQuery, { name: string }>;
    post: Send<202, Schemas["JobRun"], Schemas["RunJob"], { name: string }>;
  };
  "/api/v1/system/backups": {
    get: Get<Schemas["Backups"]>;
    post: Send<202, unknown, undefined>;
  };
  "/api/v1/system/capacity": { get: Get<Schemas["Capacity"]> };
  "/api/v1/system/destinations": { get: Get<Page<Schemas["Destination"]>> };
  "/api/v1/system/health": { get: Get<Schemas["Health"]> };
  "/api/v1/workspaces": {
    post: Send<201, Schemas["WorkspaceSettings"], Schemas["CreateWorkspace"]>;
  };
  "/api/v1/workspaces/{workspace}": {
    get: Get<Schemas["WorkspaceSettings"], undefined, { workspace: string }>;
    patch: Send<
      200,
      Schemas["WorkspaceSettings"],
      Schemas["ChangeWorkspace"],
      { workspace: string }
    >;
  };
}

export const systemApi = api as unknown as Client<SystemPaths>;
