//! The visitor's phone: a link for it, the wait until it is enrolled, and the code that both screens show then.

use serde_json::{Value, json};

use super::Place;
use super::calls::{Calls, Request};
use super::run::Over;
use countersign_server::host::Clock;

/// Milliseconds between two looks whether it is there.
const EVERY: i64 = 1_000;
/// Milliseconds that a link is good for.
const LINK_LIVES: i64 = 10 * 60 * 1000;

/// What the bank knows of a visitor's phone.
#[derive(Debug, Default)]
pub(super) struct Phone {
    pub(super) calls: Calls,
    /// The link that was asked for last, and its QR code as the server drew it (PNG in Base64).
    pub(super) link: Option<(String, String)>,
    /// Phones that there were when the link was asked for.
    before: usize,
    /// Until when the link is good, in milliseconds since 1970.
    until: i64,
    /// The newest one.
    pub(super) device: Option<Device>,
    pub(super) trouble: Option<Over>,
    next_look: i64,
}

/// A phone that is enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    pub(super) name: String,
    /// The same code stands on the phone.
    pub(super) code: String,
}

/// What a look needs.
pub(super) struct With<'a> {
    pub(super) place: &'a Place,
    pub(super) http: &'a reqwest::Client,
    pub(super) clock: &'a dyn Clock,
    pub(super) visitor: &'a str,
}

impl Phone {
    /// A word that changes whenever the page has something else to show.
    pub(super) fn mark(&self) -> &'static str {
        match (&self.trouble, &self.link, &self.device) {
            (Some(_), ..) => "trouble",
            (None, Some(_), _) => "waiting",
            (None, None, Some(_)) => "enrolled",
            (None, None, None) => "none",
        }
    }

    /// `POST /api/v1/users/enroll`.
    pub(super) async fn ask_for_link(&mut self, with: &With<'_>) {
        self.calls = Calls::default();
        self.trouble = None;
        let body = json!({"user_ref": with.visitor, "display_name": with.visitor});
        let request = self.request(with, "POST", "/api/v1/users/enroll").json(body);
        match self.calls.make(with.http, with.clock, request).await {
            Ok(answer) if answer.status < 300 => {
                // Nobody has seen the link yet, so none of these took it up.
                match self.list(with).await {
                    Ok(list) => self.before = list.len(),
                    Err(over) => return self.trouble = Some(over),
                }
                self.until = with.clock.unix_ms().saturating_add(LINK_LIVES);
                self.link =
                    Some((answer.text("enrollment_url").to_owned(), answer.text("qr_png").to_owned()));
            }
            Ok(answer) => self.trouble = Some(Over::of(&answer)),
            Err(_) => self.trouble = Some(Over::Away),
        }
    }

    /// Looks whether the phone has taken the link up, while there is one.
    pub(super) async fn look(&mut self, with: &With<'_>) {
        if self.link.is_none() || with.clock.unix_ms() < self.next_look {
            return;
        }
        self.next_look = with.clock.unix_ms().saturating_add(EVERY);
        match self.list(with).await {
            Ok(list) if list.len() > self.before => {
                self.trouble = None;
                self.device = list.into_iter().next_back();
                self.link = None;
            }
            Ok(_) if with.clock.unix_ms() >= self.until => {
                self.trouble = Some(Over::LinkEnded);
                self.link = None;
            }
            Ok(_) => self.trouble = None,
            Err(over) => self.trouble = Some(over),
        }
    }

    /// `GET /api/v1/devices/user/:userRef`, oldest first.
    async fn list(&mut self, with: &With<'_>) -> Result<Vec<Device>, Over> {
        let request = self.request(with, "GET", &format!("/api/v1/devices/user/{}", with.visitor));
        let answer = self.calls.make(with.http, with.clock, request).await.map_err(|_| Over::Away)?;
        match answer.status {
            200 => {}
            _ => return Err(Over::of(&answer)),
        }
        let list = answer.body.get("devices").and_then(Value::as_array);
        let text =
            |one: &Value, field: &str| one.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let device =
            |one: &Value| Device { name: text(one, "device_name"), code: text(one, "confirmation_code") };
        Ok(list.map(|list| list.iter().map(device).collect()).unwrap_or_default())
    }

    fn request(&mut self, with: &With<'_>, method: &'static str, path: &str) -> Request {
        let client = &with.place.credentials.mypass;
        self.calls.secrets.learn("MYPASS_SECRET", &client.secret);
        Request::new(method, format!("{}{path}", with.place.base))
            .header("X-Client-ID", &client.id)
            .header("X-Client-Secret", &client.secret)
    }
}
