//! Auth0's three grants with a second factor: a one-time password, a question out of band, a recovery code.

use axum::response::Response;

use super::Auth0Error;
use crate::api::oauth::parameters::Parameters;
use crate::engine::{Caller, Engine, Error};

/// `http://auth0.com/oauth/grant-type/mfa-otp`.
pub(in crate::api) async fn otp(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let _ = (engine, caller, parameters);
    Err(Error::Closing.into())
}

/// `http://auth0.com/oauth/grant-type/mfa-oob`.
pub(in crate::api) async fn oob(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let _ = (engine, caller, parameters);
    Err(Error::Closing.into())
}

/// `http://auth0.com/oauth/grant-type/mfa-recovery-code`.
pub(in crate::api) async fn recovery_code(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let _ = (engine, caller, parameters);
    Err(Error::Closing.into())
}
