//! The MyPass-shaped API: one request asks, the page shows the number, one request reads the answer.

use serde_json::json;

use super::calls::Request;
use super::run::{Desk, Over, Stage, Step};

/// Seconds between two looks; `?wait=60` is better where a program has nothing else to do.
const EVERY: i64 = 1;

fn request(desk: &mut Desk<'_>, method: &'static str, path: &str) -> Request {
    let client = desk.show_as("MYPASS_SECRET", &desk.place.credentials.mypass);
    Request::new(method, desk.url(path))
        .header("X-Client-ID", &client.id)
        .header("X-Client-Secret", &client.secret)
}

pub(super) async fn begin(desk: &mut Desk<'_>) -> Step {
    let body =
        json!({"user_ref": desk.person(), "message": "Sign in to Example Bank?", "number_match": true});
    let send = request(desk, "POST", "/api/v1/mfa/send").json(body);
    let sent = desk.call(send).await?;
    match (sent.status, sent.text("error")) {
        (200, _) => {}
        (_, "user_not_found" | "no_devices") => return Err(Over::NoPhone),
        _ => return Err(Over::of(&sent)),
    }
    desk.keep("session_id", sent.text("session_id"));
    desk.rest(EVERY);
    let number = sent.text("number");
    Ok(Stage::Wait { number: (!number.is_empty()).then(|| number.to_owned()) })
}

pub(super) async fn look(desk: &mut Desk<'_>) -> Result<Option<Stage>, Over> {
    let path = format!("/api/v1/mfa/status/{}", desk.kept("session_id"));
    let status = request(desk, "GET", &path);
    let answer = desk.call(status).await?;
    desk.rest(EVERY);
    match (answer.status, answer.text("status")) {
        (200, "pending") => Ok(None),
        (200, "approved") => Ok(Some(Stage::In)),
        // The server tells nobody whether it was a wrong number or a no.
        (200, "denied") => Err(Over::Denied),
        (200, "expired") => Err(Over::Expired),
        (200, "cancelled") => Err(Over::Cancelled),
        _ => Err(Over::of(&answer)),
    }
}

pub(super) async fn cancel(desk: &mut Desk<'_>) -> Step {
    let path = format!("/api/v1/mfa/cancel/{}", desk.kept("session_id"));
    let cancel = request(desk, "DELETE", &path);
    let answer = desk.call(cancel).await?;
    match answer.status {
        200 => Err(Over::Cancelled),
        // It ended in the meantime, and how it did counts.
        409 => look(desk).await.map(|found| found.unwrap_or(Stage::Over(Over::Cancelled))),
        _ => Err(Over::of(&answer)),
    }
}
