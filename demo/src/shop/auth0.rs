//! Auth0's MFA API: the password gets `mfa_required`, and then a push is polled for, or a one-time password is typed.

use serde_json::json;

use super::calls::{Answer, Request};
use super::run::{Code, Desk, Over, Stage, Step};
use crate::operator::PASSWORD;

const GRANT: &str = "http://auth0.com/oauth/grant-type/";
/// Seconds between two polls: faster ones are told to slow down.
const EVERY: i64 = 5;

/// `POST /oauth/token` with the client's id and secret.
async fn token(desk: &mut Desk<'_>, grant: &str, more: &[(&'static str, &str)]) -> Result<Answer, Over> {
    let client = desk.show_as("AUTH0_SECRET", &desk.place.credentials.auth0);
    let own = [("grant_type", grant), ("client_id", client.id.as_str()), ("client_secret", &client.secret)];
    let request = Request::new("POST", desk.url("/oauth/token")).form(&[&own[..], more].concat());
    desk.call(request).await
}

/// The first factor: 403 with the token of a login that waits for the second.
async fn password(desk: &mut Desk<'_>) -> Result<(), Over> {
    desk.make_known().await?;
    desk.run.calls.secrets.learn("PASSWORD", PASSWORD);
    let person = desk.person();
    let asked = [("username", person.as_str()), ("password", PASSWORD), ("scope", "openid")];
    let answer = token(desk, "password", &asked).await?;
    if (answer.status, answer.text("error")) != (403, "mfa_required") {
        return Err(Over::of(&answer));
    }
    desk.keep("mfa_token", answer.text("mfa_token"));
    Ok(())
}

/// Which kind of challenge follows.
async fn challenge(desk: &mut Desk<'_>, kind: &str) -> Result<Answer, Over> {
    let client = desk.show_as("AUTH0_SECRET", &desk.place.credentials.auth0);
    let body = json!({
        "client_id": client.id, "client_secret": client.secret, "mfa_token": desk.kept("mfa_token"), "challenge_type": kind,
    });
    let request = Request::new("POST", desk.url("/mfa/challenge")).json(body);
    desk.call(request).await
}

pub(super) async fn begin_push(desk: &mut Desk<'_>) -> Step {
    password(desk).await?;
    let answer = challenge(desk, "oob").await?;
    match (answer.status, answer.text("error")) {
        (200, _) => {}
        (401, "association_required" | "unsupported_challenge_type") => return Err(Over::NoPhone),
        _ => return Err(Over::of(&answer)),
    }
    desk.keep("oob_code", answer.text("oob_code"));
    desk.rest(EVERY);
    Ok(Stage::Wait { number: None })
}

pub(super) async fn look(desk: &mut Desk<'_>) -> Result<Option<Stage>, Over> {
    let (login, oob) = (desk.kept("mfa_token"), desk.kept("oob_code"));
    let answer =
        token(desk, &format!("{GRANT}mfa-oob"), &[("mfa_token", &login), ("oob_code", &oob)]).await?;
    desk.rest(answer.retry_after.unwrap_or(EVERY));
    match (answer.status, answer.text("error")) {
        (200, _) => Ok(Some(Stage::In)),
        (_, "authorization_pending" | "slow_down") => Ok(None),
        (_, "expired_token") => Err(Over::Expired),
        (403, "invalid_grant") => Err(Over::Denied),
        _ => Err(Over::of(&answer)),
    }
}

pub(super) async fn begin_otp(desk: &mut Desk<'_>) -> Step {
    password(desk).await?;
    let login = desk.kept("mfa_token");
    let list = Request::new("GET", desk.url("/mfa/authenticators")).bearer(&login);
    let listed = desk.call(list).await?;
    let all = listed.body.as_array().ok_or_else(|| Over::of(&listed))?;
    let is_otp = |one: &serde_json::Value| one.get("authenticator_type").is_some_and(|kind| kind == "otp");
    let active = all.iter().any(|one| is_otp(one) && one.get("active").is_some_and(|active| active == true));
    if active {
        let answer = challenge(desk, "otp").await?;
        return if answer.status == 200 {
            Ok(typing(Code::App { again: false }))
        } else {
            Err(Over::of(&answer))
        };
    }
    let associate = Request::new("POST", desk.url("/mfa/associate")).bearer(&login);
    let given = desk.call(associate.json(json!({"authenticator_types": ["otp"]}))).await?;
    match given.status {
        200 => Ok(typing(Code::First { uri: given.text("barcode_uri").to_owned() })),
        _ => Err(Over::of(&given)),
    }
}

fn typing(code: Code) -> Stage {
    Stage::Type { code, wrong: false }
}

pub(super) async fn submit(desk: &mut Desk<'_>, code: Code, typed: &str) -> Step {
    let login = desk.kept("mfa_token");
    let answer = token(desk, &format!("{GRANT}mfa-otp"), &[("mfa_token", &login), ("otp", typed)]).await?;
    match (answer.status, answer.text("error"), answer.text("error_description")) {
        (200, ..) => Ok(Stage::In),
        (403, "invalid_grant", "Invalid otp_code.") => Ok(Stage::Type { code, wrong: true }),
        (_, "expired_token", _) => Err(Over::Expired),
        (403, "invalid_grant", said) if said.starts_with("Too many") => Err(Over::Busy(answer.retry_after)),
        _ => Err(Over::of(&answer)),
    }
}
