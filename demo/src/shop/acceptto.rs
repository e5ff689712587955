//! Acceptto's API: a channel is asked for, the browser goes to the server's own pages with it, and when it comes back, the
//! server is asked how it went. That somebody comes back proves nothing.

use url::form_urlencoded;

use super::calls::Request;
use super::run::{Desk, Over, Stage, Step};

fn post(desk: &mut Desk<'_>, call: &str, more: &[(&'static str, &str)]) -> Request {
    let client = desk.show_as("ACCEPTTO_SECRET", &desk.place.credentials.acceptto);
    let person = desk.person();
    let own = [("uid", client.id.as_str()), ("secret", &client.secret), ("email", &person)];
    Request::new("POST", desk.url(&format!("/api/v9/{call}"))).form(&[&own[..], more].concat())
}

pub(super) async fn begin(desk: &mut Desk<'_>) -> Step {
    // Whoever has nothing to answer with would get a channel that stays pending.
    let request = post(desk, "is_user_valid", &[]);
    let known = desk.call(request).await?;
    if known.status == 401 || known.body.get("device_paired").is_some_and(|paired| paired == false) {
        return Err(Over::NoPhone);
    }
    let more = [("message", "Sign in to Example Bank?"), ("type", "Login")];
    let request = post(desk, "authenticate_with_options", &more);
    let answer = desk.call(request).await?;
    match (answer.status, answer.text("channel")) {
        (200, channel) if !channel.is_empty() => {
            desk.keep("channel", channel);
            Ok(Stage::Leave { url: page(desk, channel) })
        }
        _ => Err(Over::of(&answer)),
    }
}

/// The server's page, and where it sends the browser back to.
fn page(desk: &Desk<'_>, channel: &str) -> String {
    let back = format!("{}/demo/acceptto/back", desk.origin);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("channel", channel)
        .append_pair("callback_url", &back)
        .finish();
    desk.url(&format!("/mfa/index?{query}"))
}

pub(super) async fn come_back(desk: &mut Desk<'_>, channel: &str) -> Step {
    let ours = desk.kept("channel");
    if ours.is_empty() || ours != channel {
        return Err(Over::Astray);
    }
    let request = post(desk, "check", &[("channel", channel)]);
    let answer = desk.call(request).await?;
    match (answer.status, answer.text("status")) {
        (200, "approved") => Ok(Stage::In),
        (200, "rejected") => Err(Over::Denied),
        (200, "expired" | "Transaction not found!") => Err(Over::Expired),
        (200, "pending") => Ok(Stage::Leave { url: page(desk, channel) }),
        _ => Err(Over::of(&answer)),
    }
}
