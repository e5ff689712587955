//! Reltio's grants: a name and a password, what a state token turns into, and fresh tokens.

use axum::response::Response;

use super::ReltioError;
use crate::api::oauth::parameters::Parameters;
use crate::engine::{Caller, Engine, Error};

/// `password`.
pub(in crate::api) async fn password(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, ReltioError> {
    let _ = (engine, caller, parameters);
    Err(Error::Closing.into())
}

/// `state_token`.
pub(in crate::api) async fn state_token(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, ReltioError> {
    let _ = (engine, caller, parameters);
    Err(Error::Closing.into())
}

/// `refresh_token`.
pub(in crate::api) async fn refresh(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, ReltioError> {
    let _ = (engine, caller, parameters);
    Err(Error::Closing.into())
}
