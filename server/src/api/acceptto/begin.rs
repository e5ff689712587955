//! Beginning a sign-in.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use countersign_protocol::challenge::Detail;
use countersign_protocol::risk::Risk;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::asker;
use super::error::{AccepttoNoApplication, AccepttoNobody, AccepttoRefusal};
use super::parameters::AccepttoSignIn;
use super::{AccepttoError, Everywhere, word};
use crate::api::client::Client;
use crate::api::parameters::{self, Parameters};
use crate::engine::policy::Factor;
use crate::engine::{Begin, Begun, Engine, Origin};
use crate::store::UserRow;

/// A sign-in that has begun.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AccepttoBegun {
    /// Its channel: what `check` and the pages know it by.
    #[schema(min_length = 72, max_length = 72)]
    channel: String,
    /// True.
    success: bool,
    /// How it stands: a rule of the person's may have approved it, and an access rule refused it.
    #[schema(value_type = String, pattern = "^(pending|approved|rejected)$")]
    status: &'static str,
    /// Why nothing was asked although something was to be. The person can choose something else on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message: Option<String>,
}

/// Begin a sign-in.
///
/// The answer's channel is what `check` asks for, and what the page `/mfa/index` takes. With `Authorization: Bearer` and a
/// token of `create_token`, `uid`, `secret` and `email` need not be there.
#[utoipa::path(
    method(get, post), path = "/authenticate_with_options", operation_id = "accepttoAuthenticateWithOptions", tag = "Acceptto",
    params(AccepttoSignIn),
    request_body(content((AccepttoSignIn = "application/x-www-form-urlencoded"), (AccepttoSignIn = "application/json"))),
    responses(
        (status = 200, description = "It has begun.", body = AccepttoBegun),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 401, description = "Nobody has this address.", body = AccepttoNobody),
        (status = 403, description = "No such application, or a wrong secret or token.", body = AccepttoNoApplication),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn authenticate_with_options(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoBegun>, AccepttoError> {
    let asker = asker(&engine, client, &headers, &parameters).await?;
    let user = asker.person(&engine, &parameters).await?;
    let usual = asker.caller.web.push_at_once.then_some(Factor::Push);
    let at_once = auth_type(&parameters)?.or(usual);
    let begun = engine.begin_transaction(&asker.caller, begin(&parameters, user, at_once)?).await?;
    Ok(told(begun))
}

/// Begin a sign-in with a push.
///
/// As `authenticate_with_options`, and a push is asked at once, whatever `auth_type` says.
#[utoipa::path(
    method(get, post), path = "/authenticate", operation_id = "accepttoAuthenticate", tag = "Acceptto",
    params(AccepttoSignIn),
    request_body(content((AccepttoSignIn = "application/x-www-form-urlencoded"), (AccepttoSignIn = "application/json"))),
    responses(
        (status = 200, description = "It has begun.", body = AccepttoBegun),
        (status = 400, description = "`invalid_request`: the text names the parameter.", body = AccepttoRefusal),
        (status = 401, description = "Nobody has this address.", body = AccepttoNobody),
        (status = 403, description = "No such application, or a wrong secret or token.", body = AccepttoNoApplication),
        (status = 413, description = "`too_large`: a body above 64 KiB.", body = AccepttoRefusal),
        (status = 429, description = "`rate_limited`: wait `Retry-After` seconds.", body = AccepttoRefusal),
        (status = 500, description = "`internal_error`: the operator finds the reason in the log.", body = AccepttoRefusal),
        (status = 503, description = "`unavailable`: try again after `Retry-After` seconds.", body = AccepttoRefusal),
    ),
)]
pub(super) async fn authenticate(
    State(engine): State<Arc<Engine>>,
    client: Client,
    headers: HeaderMap,
    parameters::Everywhere(parameters, _): Everywhere,
) -> Result<Json<AccepttoBegun>, AccepttoError> {
    let asker = asker(&engine, client, &headers, &parameters).await?;
    let user = asker.person(&engine, &parameters).await?;
    auth_type(&parameters)?;
    let begin = begin(&parameters, user, Some(Factor::Push))?;
    Ok(told(engine.begin_transaction(&asker.caller, begin).await?))
}

fn told(begun: Begun) -> Json<AccepttoBegun> {
    Json(AccepttoBegun {
        channel: begun.channel.to_string(),
        success: true,
        status: word(begun.standing),
        message: begun.why_not.map(|why| why.to_string()),
    })
}

fn begin(parameters: &Parameters, user: UserRow, at_once: Option<Factor>) -> Result<Begin, AccepttoError> {
    let text = |name| parameters.text(name).map(|text| text.map(str::to_owned));
    Ok(Begin {
        user,
        kind: text("type")?,
        message: text("message")?,
        at_once,
        timeout: parameters.integer("timeout")?,
        risk: risk(parameters)?,
        origin: origin(parameters)?,
    })
}

fn auth_type(parameters: &Parameters) -> Result<Option<Factor>, AccepttoError> {
    match parameters.integer("auth_type")? {
        None => Ok(None),
        Some(1) => Ok(Some(Factor::Push)),
        Some(2) => Ok(Some(Factor::Sms)),
        Some(3) => Ok(Some(Factor::Voice)),
        Some(_) => Err(AccepttoError::invalid("auth_type must be 1 (push), 2 (text) or 3 (voice call)")),
    }
}

fn risk(parameters: &Parameters) -> Result<Option<Risk>, AccepttoError> {
    match parameters.integer("risk_profile")? {
        None => Ok(None),
        Some(1) => Ok(Some(Risk::Ordinary)),
        Some(2) => Ok(Some(Risk::Raised)),
        Some(3) => Ok(Some(Risk::High)),
        Some(_) => Err(AccepttoError::invalid("risk_profile must be 1, 2 or 3")),
    }
}

/// Of two addresses, the one before the proxy is where the person is; both are shown.
fn origin(parameters: &Parameters) -> Result<Origin, AccepttoError> {
    let address = |name: &str| match parameters.text(name)? {
        None => Ok(None),
        Some(text) => text
            .trim()
            .parse::<IpAddr>()
            .map(Some)
            .map_err(|_| AccepttoError::invalid(format!("{name} must be one IPv4 or IPv6 address"))),
    };
    let (near, remote) = (address("ip_address")?, address("remote_ip_address")?);
    let other = near.filter(|near| remote.is_some_and(|remote| remote != *near));
    let detail = |address: IpAddr| Detail { label: "Proxy address".to_owned(), value: address.to_string() };
    let details = other.map(detail).into_iter().collect();
    Ok(Origin { address: remote.or(near), user_agent: None, details })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(form: &str) -> Parameters {
        Parameters::parse(form.as_bytes()).unwrap()
    }

    #[test]
    fn of_two_addresses_the_one_before_the_proxy_counts_and_both_are_shown() {
        let read = |form: &str| {
            let origin = origin(&parameters(form)).unwrap();
            let details: Vec<_> = origin.details.iter().map(|detail| detail.value.clone()).collect();
            (origin.address.map(|address| address.to_string()).unwrap_or_default(), details.concat())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read(""), pair("", ""));
        assert_eq!(read("ip_address=192.0.2.7"), pair("192.0.2.7", ""));
        assert_eq!(read("remote_ip_address=2001:db8::1"), pair("2001:db8::1", ""));
        let both = "ip_address=10.0.0.1&remote_ip_address=192.0.2.7";
        assert_eq!(read(both), pair("192.0.2.7", "10.0.0.1"));
        assert_eq!(read("ip_address=192.0.2.7&remote_ip_address=192.0.2.7"), pair("192.0.2.7", ""));
    }

    #[test]
    fn a_number_out_of_range_and_an_address_that_is_none_are_named() {
        let named = |form: &str, name: &str| {
            let parameters = parameters(form);
            let all = [
                auth_type(&parameters).err(),
                risk(&parameters).err(),
                origin(&parameters).err(),
                parameters.integer("timeout").err().map(AccepttoError::from),
            ];
            let mut all = all.into_iter().flatten();
            let (first, second) = (all.next(), all.next());
            assert!(second.is_none(), "{form}");
            assert!(
                matches!(first, Some(AccepttoError::Other { message, .. }) if message.starts_with(name)),
                "{form}"
            );
        };
        for form in ["auth_type=0", "auth_type=4", "auth_type=push"] {
            named(form, "auth_type ");
        }
        for form in ["risk_profile=0", "risk_profile=4", "risk_profile=1.0"] {
            named(form, "risk_profile ");
        }
        named("ip_address=10.0.0.1,10.0.0.2", "ip_address ");
        named("remote_ip_address=example.org", "remote_ip_address ");
        named("timeout=soon", "timeout ");
    }
}
