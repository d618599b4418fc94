//! Console users: who they are, what they may do, and how they are let in and shut out.

mod change;
mod invitations;
mod list;
mod rows;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes under `/api/v1`.
pub(super) fn configure(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list::list)
        .service(list::show)
        .service(change::set_role)
        .service(change::disable)
        .service(change::enable)
        .service(change::end_sessions)
        .service(change::password_link)
        .service(invitations::list)
        .service(invitations::invite)
        .service(invitations::withdraw);
}
