//! Reltio's MFA setup: the password gets tokens, with which an app is set up; from then on it gets a state token, which the
//! app's code turns into tokens.

use serde_json::json;

use super::calls::{Answer, Request};
use super::run::{Code, Desk, Over, Stage, Step};
use crate::operator::PASSWORD;

async fn token(desk: &mut Desk<'_>, pairs: &[(&'static str, &str)]) -> Result<Answer, Over> {
    let client = desk.show_as("RELTIO_SECRET", &desk.place.credentials.reltio);
    let request =
        Request::new("POST", desk.url("/oauth/token")).basic(&client.id, &client.secret).form(pairs);
    desk.call(request).await
}

/// The first factor.
async fn password(desk: &mut Desk<'_>) -> Result<Answer, Over> {
    let person = desk.person();
    let answer =
        token(desk, &[("grant_type", "password"), ("username", &person), ("password", PASSWORD)]).await?;
    if answer.status == 200 { Ok(answer) } else { Err(Over::of(&answer)) }
}

/// The token of a login that waits for a code, if the answer has one.
fn state_token(answer: &Answer) -> Option<&str> {
    answer.body.get("state_token")?.get("token")?.as_str()
}

pub(super) async fn begin(desk: &mut Desk<'_>) -> Step {
    desk.make_known().await?;
    desk.run.calls.secrets.learn("PASSWORD", PASSWORD);
    let answer = password(desk).await?;
    if let Some(token) = state_token(&answer) {
        desk.keep("state_token", token);
        return Ok(Stage::Type { code: Code::App { again: false }, wrong: false });
    }
    desk.keep("access_token", answer.text("access_token"));
    set_up(desk).await
}

async fn set_up(desk: &mut Desk<'_>) -> Step {
    let request = Request::new("PUT", desk.url("/users/mfa/associateQRCode"))
        .query("mfatype", "AUTHENTICATOR")
        .header("Accept", "application/json")
        .bearer(&desk.kept("access_token"));
    let given = desk.call(request).await?;
    match given.status {
        200 => {
            Ok(Stage::Type { code: Code::First { uri: given.text("otpauth_uri").to_owned() }, wrong: false })
        }
        _ => Err(Over::of(&given)),
    }
}

pub(super) async fn submit(desk: &mut Desk<'_>, code: Code, typed: &str) -> Step {
    match code {
        Code::First { .. } => first_code(desk, code, typed).await,
        _ => sign_in(desk, code, typed).await,
    }
}

/// The first code makes the app count. Then the password alone is no longer enough.
async fn first_code(desk: &mut Desk<'_>, code: Code, typed: &str) -> Step {
    let request = Request::new("PUT", desk.url("/users/mfa/verifyQRCodeEnroll"))
        .bearer(&desk.kept("access_token"))
        .json(json!({"mfatype": "AUTHENTICATOR", "totp": typed}));
    let answer = desk.call(request).await?;
    match (answer.status, answer.text("error")) {
        (200, _) => {}
        (400, "invalid_totp" | "expired_totp") => return Ok(Stage::Type { code, wrong: true }),
        _ => return Err(Over::of(&answer)),
    }
    let waits = password(desk).await?;
    let token = state_token(&waits).ok_or_else(|| Over::of(&waits))?;
    desk.keep("state_token", token);
    Ok(Stage::Type { code: Code::App { again: true }, wrong: false })
}

async fn sign_in(desk: &mut Desk<'_>, code: Code, typed: &str) -> Step {
    let login = desk.kept("state_token");
    let answer =
        token(desk, &[("grant_type", "state_token"), ("state_token", &login), ("totp", typed)]).await?;
    match (answer.status, answer.text("error")) {
        (200, _) => Ok(Stage::In),
        (400, "invalid_totp" | "expired_totp") => Ok(Stage::Type { code, wrong: true }),
        (_, "invalid_grant" | "invalid_state_token") => Err(Over::Expired),
        _ => Err(Over::of(&answer)),
    }
}
