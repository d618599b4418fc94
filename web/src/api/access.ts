import type { Schema } from "./client";
import type { paths } from "./schema";

/* What the pages about the console's own users exchange with the server, named by its routes. */

type Answer<Responses> = Responses extends { 200: { content: { "application/json": infer T } } }
  ? T
  : Responses extends { 201: { content: { "application/json": infer T } } }
    ? T
    : never;
type Get<Path extends keyof paths> = paths[Path] extends { get: { responses: infer R } }
  ? Answer<R>
  : never;
type Post<Path extends keyof paths> = paths[Path] extends { post: { responses: infer R } }
  ? Answer<R>
  : never;
type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { "application/json": infer T } } };
}
  ? T
  : never;
type Item<List> = List extends { items: (infer Row)[] } ? Row : never;

export type ConsoleRole = Schema["Role"];
export type SignInOptions = Get<"/api/v1/sign-in">;
export type Welcome = Post<"/api/v1/welcome">;
export type SignInChoice = SignInOptions["sources"][number];
export type MySession = Item<Get<"/api/v1/me/sessions">>;
export type UserSession = Item<Get<"/api/v1/sessions">>;
/** Whether they sign in with a second step, where the server tells. */
interface TwoSteps {
  totp?: boolean;
}
export type User = Item<Get<"/api/v1/users">> & TwoSteps;
export type UserDetail = Get<"/api/v1/users/{id}"> & TwoSteps;
export type Invitation = Item<Get<"/api/v1/invitations">>;
export type Roles = Get<"/api/v1/roles">;
export type Mapping = Item<Get<"/api/v1/group-mappings">>;
export type Source = Item<Get<"/api/v1/sign-in-sources">>;
export type SourceSetting = Source["settings"][number];
export type SourceTest = Post<"/api/v1/sign-in-sources/{key}/test">;
export type SourcePreview = Post<"/api/v1/sign-in-sources/{key}/preview">;
export type AuditState = Get<"/api/v1/audit/state">;
export type AuditEntry = Item<Get<"/api/v1/audit">>;
export type UnmaskRequest = Item<Get<"/api/v1/workspaces/{workspace}/unmask-requests">>;
export type AskPrivacy = Body<"/api/v1/workspaces/{workspace}/privacy-requests">;
export type PrivacyRequest = Item<Get<"/api/v1/workspaces/{workspace}/privacy-requests">>;

/** The roles that a person can hold; the directory's own is for programs only. */
export const ROLES = ["viewer", "builder", "success", "admin", "owner"] as const;
