//! Nobody gives more than they have, or has power over those above them.

use super::{Caller, Role, Workspace, grants, workspaces};
use crate::db::DbConn;
use crate::http::ApiError;

/// Refuses a role that the caller may not give in a workspace. Owners of `default` may give any anywhere; others
/// what they could hand out in that very workspace.
pub fn may_give(conn: &mut DbConn, caller: &Caller, workspace: &Workspace, role: Role) -> Result<(), ApiError> {
    if caller.may_hand_out(Role::Owner) {
        return Ok(());
    }
    let here = match caller.identity.user_id() {
        _ if workspace.id == caller.workspace.id => Some(caller.role),
        Some(user) => grants::role_in(conn, user, workspace.id)?,
        None => None,
    };
    let Some(here) = here.filter(|here| matches!(here, Role::Owner | Role::Admin)) else {
        return Err(ApiError::forbidden(
            "role_too_high",
            format!("You are neither owner nor admin in the workspace {}: ask one of theirs.", workspace.slug),
        ));
    };
    if here.may_hand_out(role) && caller.may_hand_out(role) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "role_too_high",
        format!("The role {} can neither give nor take the role {}.", here.as_str(), role.as_str()),
    ))
}

/// Refuses power over somebody who is above the caller anywhere.
pub fn not_above(conn: &mut DbConn, caller: &Caller, user: i64) -> Result<(), ApiError> {
    let strongest = workspaces::of_user(conn, user)?.into_iter().map(|(_, role)| role).min();
    match strongest {
        Some(role) if !caller.may_hand_out(role) => Err(ApiError::forbidden(
            "role_too_high",
            format!("This user is {}, which is above {}.", role.as_str(), caller.role.as_str()),
        )),
        _ => Ok(()),
    }
}
