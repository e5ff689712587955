//! Signing out.

use axum::response::Response;

use super::act::Act;
use super::desk::COOKIE;
use super::gate::Gate;
use super::problem::Wrong;
use super::routes::Routes;

pub(super) fn routes() -> Routes {
    Routes::default().act("/sign-out", Gate::Own, sign_out)
}

/// `POST /console/sign-out`.
async fn sign_out(Act { desk, .. }: Act) -> Result<Response, Wrong> {
    desk.engine.end_console_session(&desk.session, desk.address).await?;
    let mut response = desk.go("/sign-in", "signed_out");
    COOKIE.forget(&desk.engine, &mut response);
    Ok(response)
}
