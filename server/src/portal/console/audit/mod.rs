//! The audit log of a tenant, and of the console itself: what happened, in words; whether anybody has changed it; and a copy
//! to take along.

mod check;
mod export;
mod list;
mod sentences;
mod words;

use countersign_protocol::id::TenantId;

use super::desk::Desk;
use super::gate::Gate;
use super::problem::Wrong;
use super::routes::Routes;
use crate::engine::console::May;

/// For a tenant's log, and for that of the console's own tenant, where operators are people: the same pages.
pub(super) fn routes() -> Routes {
    let (tenant, own) = (Gate::Tenant(May::SeeAudit), Gate::Server(May::SeeAudit));
    Routes::default()
        .see("/{tenant}/audit", tenant, list::list)
        .see("/{tenant}/audit/check", tenant, check::see)
        .act("/{tenant}/audit/check", tenant, check::begin)
        .see("/{tenant}/audit/export", tenant, export::export)
        .see("/audit", own, list::list)
        .see("/audit/check", own, check::see)
        .act("/audit/check", own, check::begin)
        .see("/audit/export", own, export::export)
}

/// Whose log the page is about.
async fn whose(desk: &Desk) -> Result<TenantId, Wrong> {
    match desk.any_tenant() {
        Some(tenant) => Ok(tenant.id),
        None => Ok(desk.engine.console_home().await?.tenant),
    }
}

/// The first moment of a day that was typed, in UTC.
fn day(text: &str) -> Option<i64> {
    let moment = format!("{text}T00:00:00Z");
    let time = time::OffsetDateTime::parse(&moment, &time::format_description::well_known::Rfc3339).ok()?;
    Some(time.unix_timestamp().saturating_mul(1000)).filter(|_| text.len() == 10)
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
