//! mPass's number verification: a code is sent to a number, and typed here. Nobody signs in by it alone.

use super::calls::{Answer, Request};
use super::run::{Code, Desk, Over, Stage, Step};

fn get(desk: &mut Desk<'_>, call: &str, number: &str) -> Request {
    let key = desk.place.credentials.mpass_key.clone();
    desk.run.calls.secrets.learn("MPASS_KEY", &key);
    Request::new("GET", desk.url(&format!("/mpass-web/rest/mv/{call}")))
        .query("apikey", &key)
        .query("dest", number)
}

/// Statuses come as texts, with HTTP 200.
fn status(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.text("status"))
}

pub(super) async fn begin(desk: &mut Desk<'_>, number: &str) -> Step {
    let number = number.trim();
    let request = get(desk, "msg", number);
    let answer = desk.call(request).await?;
    match status(&answer) {
        (200, "0") => {
            desk.keep("number", number);
            Ok(Stage::Type { code: Code::Sent { to: number.to_owned() }, wrong: false })
        }
        (200, "1") => Err(Over::NoNumber),
        _ => Err(Over::of(&answer)),
    }
}

pub(super) async fn submit(desk: &mut Desk<'_>, code: Code, typed: &str) -> Step {
    let number = desk.kept("number");
    let request = get(desk, "verify", &number).query("otp", typed);
    let answer = desk.call(request).await?;
    match status(&answer) {
        (200, "0") => Ok(Stage::In),
        // What is no code at all is not counted; a wrong one is, and the fifth ends it.
        (200, "1" | "3") => Ok(Stage::Type { code, wrong: true }),
        (200, "4") => Err(Over::Expired),
        _ => Err(Over::of(&answer)),
    }
}
