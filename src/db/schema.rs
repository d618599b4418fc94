//! Tables as Diesel sees them on both engines: numbers are BigInt, times BigInt microseconds, JSON Text.
#![allow(missing_docs, reason = "Diesel writes these items")]

diesel::table! { workspaces (id) { id -> BigInt, slug -> Text, name -> Text, kind -> Text, time_zone -> Text, created_at -> BigInt, retention_days_events -> Nullable<Integer>, retention_days_jobs -> Integer, pseudonyms -> SmallInt, smallest_group -> Integer, personal_traits -> Text, erasures -> BigInt, } }
diesel::table! { users (id) { id -> BigInt, email -> Text, name -> Text, password_hash -> Nullable<Text>, created_at -> BigInt, disabled_at -> Nullable<BigInt>, last_login_at -> Nullable<BigInt>, disabled_by -> Nullable<Text>, break_glass -> SmallInt, totp_secret -> Nullable<Text>, totp_since -> Nullable<BigInt>, totp_step -> Nullable<BigInt>, } }
diesel::table! { user_roles (user_id, workspace_id, origin) { user_id -> BigInt, workspace_id -> BigInt, role -> Text, origin -> Text, } }
diesel::table! { app_grants (user_id, workspace_id, app, origin) { user_id -> BigInt, workspace_id -> BigInt, app -> Text, origin -> Text, } }
diesel::table! {
    identities (source, subject) {
        source -> Text, subject -> Text, user_id -> BigInt, login -> Text, groups -> Text, linked_at -> BigInt,
        last_login_at -> Nullable<BigInt>, seen_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    sessions (token_hash) {
        token_hash -> Text, user_id -> BigInt, created_at -> BigInt, last_seen_at -> BigInt, id -> Text, source -> Text,
        address -> Text, agent -> Text, sid -> Nullable<Text>, id_token -> Nullable<Text>,
    }
}
diesel::table! {
    api_tokens (id) {
        id -> BigInt, workspace_id -> BigInt, name -> Text, role -> Text, prefix -> Text, token_hash -> Text, owner_id -> Nullable<BigInt>,
        created_at -> BigInt, expires_at -> Nullable<BigInt>, last_used_at -> Nullable<BigInt>, revoked_at -> Nullable<BigInt>, apps -> Nullable<Text>, rotated_from -> Nullable<BigInt>,
    }
}
diesel::table! {
    write_keys (id) {
        id -> BigInt, workspace_id -> BigInt, name -> Text, app -> Nullable<Text>, prefix -> Text, key_hash -> Text,
        created_at -> BigInt, last_used_at -> Nullable<BigInt>, revoked_at -> Nullable<BigInt>, expires_at -> Nullable<BigInt>, rotated_from -> Nullable<BigInt>,
    }
}
diesel::table! { installation (name) { name -> Text, value -> Text, } }
diesel::table! { dictionary (workspace_id, kind, number) { workspace_id -> BigInt, kind -> SmallInt, number -> BigInt, name -> Text, } }
diesel::table! {
    event_blocks (id) { id -> BigInt, workspace_id -> BigInt, received_at -> BigInt, events -> BigInt, first_at -> BigInt, last_at -> BigInt, data -> Binary, }
}
diesel::table! { event_fingerprints (workspace_id, day, block_id) { workspace_id -> BigInt, day -> Integer, block_id -> BigInt, data -> Binary, } }
diesel::table! { person_links (workspace_id, source, target) { workspace_id -> BigInt, source -> BigInt, target -> BigInt, at -> BigInt, message_id -> Text, undone -> SmallInt, } }
diesel::table! { trait_sets (workspace_id, id) { workspace_id -> BigInt, id -> BigInt, traits -> Text, } }
diesel::table! {
    trait_calls (workspace_id, subject_kind, subject, slot, set_id) {
        workspace_id -> BigInt, subject_kind -> SmallInt, subject -> BigInt, slot -> BigInt, set_id -> BigInt, at -> BigInt, message_id -> Text,
    }
}
diesel::table! { releases (workspace_id, app, version) { workspace_id -> BigInt, app -> BigInt, version -> BigInt, first_event_at -> Nullable<BigInt>, announced_at -> Nullable<BigInt>, } }
diesel::table! { app_settings (workspace_id, app) { workspace_id -> BigInt, app -> BigInt, rhythm -> Nullable<Text>, owners -> Text, tags -> Text, } }
diesel::table! { activity_state (workspace_id) { workspace_id -> BigInt, generation -> BigInt, folded_through -> BigInt, } }
diesel::table! { activity_days (workspace_id, day) { workspace_id -> BigInt, day -> Integer, data -> Binary, } }
diesel::table! { activity_totals (workspace_id, shard) { workspace_id -> BigInt, shard -> BigInt, data -> Binary, } }
diesel::table! { leases (name) { name -> Text, holder -> Text, term -> BigInt, taken_at -> BigInt, expires_at -> BigInt, } }
diesel::table! {
    job_runs (id) {
        id -> BigInt, job -> Text, workspace_id -> BigInt, fire_at -> BigInt, as_of -> Nullable<Integer>, asked_by -> Nullable<Text>,
        state -> Text, attempt -> Integer, not_before -> BigInt, started_at -> Nullable<BigInt>, heartbeat_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>, done -> BigInt, total -> BigInt, message -> Nullable<Text>,
    }
}
diesel::table! { excluded_people (workspace_id, kind, pattern) { workspace_id -> BigInt, kind -> Text, pattern -> Text, created_at -> BigInt, } }
diesel::table! { ingest_counts (workspace_id, write_key_id, hour) { workspace_id -> BigInt, write_key_id -> BigInt, hour -> BigInt, accepted -> BigInt, duplicate -> BigInt, refused -> BigInt, } }
diesel::table! { ingest_refusals (workspace_id, write_key_id, hour, code) { workspace_id -> BigInt, write_key_id -> BigInt, hour -> BigInt, code -> Text, refused -> BigInt, } }
diesel::table! {
    destinations (kind, host, port) {
        kind -> Text, host -> Text, port -> Integer, purpose -> Text, first_at -> BigInt, last_at -> BigInt,
        contacts -> BigInt, failures -> BigInt, last_error -> Nullable<Text>,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt, at -> BigInt, workspace_id -> Nullable<BigInt>, actor_kind -> Text, actor_id -> Nullable<BigInt>, actor -> Text,
        action -> Text, target -> Text, detail -> Text, address -> Nullable<Text>, request_id -> Nullable<Text>,
        previous -> Text, hash -> Text,
    }
}
diesel::table! {
    sign_in_sources (key) {
        key -> Text, kind -> Text, name -> Text, enabled -> SmallInt, settings -> Text, secrets -> Text, created_at -> BigInt, changed_at -> BigInt,
    }
}
diesel::table! {
    group_mappings (id) {
        id -> BigInt, source -> Text, group_name -> Text, workspace_id -> BigInt, role -> Text, app -> Nullable<Text>, created_at -> BigInt,
    }
}
diesel::table! {
    login_attempts (state_hash) {
        state_hash -> Text, cookie_hash -> Text, source -> Text, redirect_uri -> Text, destination -> Text, created_at -> BigInt,
    }
}
diesel::table! { recovery_codes (user_id, code_hash) { user_id -> BigInt, code_hash -> Text, } }
diesel::table! { audit_head (id) { id -> BigInt, rows -> BigInt, hash -> Text, } }
diesel::table! { audit_marks (name) { name -> Text, through -> BigInt, at -> BigInt, problem -> Nullable<Text>, } }
diesel::table! {
    welcome_links (id) {
        id -> BigInt, kind -> Text, email -> Text, name -> Text, user_id -> Nullable<BigInt>, workspace_id -> Nullable<BigInt>, role -> Nullable<Text>,
        apps -> Text, code_hash -> Text, made_by -> Nullable<BigInt>, created_at -> BigInt, expires_at -> BigInt,
    }
}
diesel::table! { data_keys (id) { id -> BigInt, wrapped -> Text, created_at -> BigInt, retired_at -> Nullable<BigInt>, } }
diesel::table! {
    unmask_requests (id) {
        id -> BigInt, workspace_id -> BigInt, user_id -> BigInt, person -> Text, person_keys -> Text, purpose -> Text, hours -> Integer,
        asked_at -> BigInt, state -> Text, decided_by -> Nullable<Text>, decided_at -> Nullable<BigInt>, until_at -> Nullable<BigInt>,
    }
}
diesel::table! {
    privacy_requests (id) {
        id -> BigInt, workspace_id -> BigInt, kind -> Text, person -> Text, external_id -> Nullable<Text>, reason -> Text, asked_by -> Text,
        asked_at -> BigInt, state -> Text, done_at -> Nullable<BigInt>, message -> Nullable<Text>, file -> Nullable<Text>, file_until -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    workspaces,
    users,
    user_roles,
    app_grants,
    identities,
    sessions,
    api_tokens,
    write_keys,
    audit_log,
    welcome_links
);
diesel::allow_tables_to_appear_in_same_query!(app_settings, dictionary);
diesel::allow_tables_to_appear_in_same_query!(unmask_requests, users);
diesel::allow_tables_to_appear_in_same_query!(group_mappings, workspaces);
