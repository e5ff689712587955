//! Auth0's three grants with a second factor: a one-time password, a question out of band, a recovery code.
//!
//! In place of the token of a login an access token is taken by the first two, to use an authenticator for the first time
//! that was associated with it. Its holder gets tokens like it.

use axum::response::Response;

use super::holder::Holder;
use super::password::required;
use super::{Auth0Error, Row, granted};
use crate::api::parameters::Parameters;
use crate::engine::oauth::{Granting, OobAnswer, Shown, SignInError};
use crate::engine::{Caller, Engine, Error};
use crate::store::StoreError;

/// `http://auth0.com/oauth/grant-type/mfa-otp`.
pub(in crate::api) async fn otp(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let holder = shown(engine, caller, parameters).await?;
    let code = required(parameters, "otp")?;
    let shown = engine.show_totp(caller, holder.showing(), code).await.map_err(|error| match error {
        SignInError::Rule(
            Error::WrongFactorCode { .. } | Error::Invalid(_) | Error::NoFactor(_) | Error::NoSuchFactor,
        ) => Row::WrongOtp.into(),
        error => Auth0Error::from(error),
    })?;
    tokens(engine, caller, &holder, shown, None).await
}

/// `http://auth0.com/oauth/grant-type/mfa-oob`.
pub(in crate::api) async fn oob(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let holder = shown(engine, caller, parameters).await?;
    let (code, typed) = (required(parameters, "oob_code")?, parameters.text("binding_code")?);
    match engine.show_oob(caller, holder.showing(), code, typed).await? {
        OobAnswer::Shown(shown) => tokens(engine, caller, &holder, shown, None).await,
        OobAnswer::Waiting => Err(Row::Pending.into()),
        OobAnswer::TooFast { retry_after } => Err(Auth0Error::slow_down(engine.server_time(), retry_after)),
        OobAnswer::Rejected => Err(match &caller.oauth {
            Some(client) => Auth0Error::rejected(&client.wording),
            None => SignInError::NoClient.into(),
        }),
        OobAnswer::CodeMissing => Err(Auth0Error::missing("binding_code")),
        OobAnswer::WrongCode => Err(Row::WrongBindingCode.into()),
    }
}

/// `http://auth0.com/oauth/grant-type/mfa-recovery-code`.
pub(in crate::api) async fn recovery_code(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let holder = shown(engine, caller, parameters).await?;
    let Holder::Login(login) = &holder else { return Err(Row::LoginMalformed.into()) };
    let code = required(parameters, "recovery_code")?;
    let (shown, next) = engine.show_recovery(caller, login, code).await.map_err(|error| match error {
        SignInError::Rule(Error::WrongFactorCode { .. } | Error::Invalid(_) | Error::NoFactor(_)) => {
            Row::Rejected.into()
        }
        error => Auth0Error::from(error),
    })?;
    tokens(engine, caller, &holder, shown, Some(next.as_str())).await
}

/// Whose login goes on.
async fn shown(engine: &Engine, caller: &Caller, parameters: &Parameters) -> Result<Holder, Auth0Error> {
    Ok(Holder::in_parameter(engine, caller, required(parameters, "mfa_token")?).await?)
}

async fn tokens(
    engine: &Engine,
    caller: &Caller,
    holder: &Holder,
    shown: Shown,
    recovery_code: Option<&str>,
) -> Result<Response, Auth0Error> {
    let user = holder.showing().user();
    let (scope, audience, login) = match holder {
        Holder::Login(login) => (login.scope.clone(), login.audience.clone(), Some(&**login)),
        Holder::Bearer(bearer) => {
            let issuer = engine.issuer_of(caller.application.tenant).await?;
            (bearer.scopes.join(" "), Some(issuer.mfa_audience()), None)
        }
    };
    let audience = audience.as_deref();
    let granting = Granting { user, scope: &scope, audience, by: shown.by, login, with: shown.with };
    let tokens = engine.grant(caller, granting).await.map_err(|error| match error {
        // The phone of this link has turned into tokens before.
        SignInError::Rule(Error::Store(StoreError::Unmet(_))) => Row::OobExpired.into(),
        error => Auth0Error::from(error),
    })?;
    Ok(granted(&tokens, &scope, recovery_code))
}
