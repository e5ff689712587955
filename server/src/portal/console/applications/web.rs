//! Where an application's people are sent back to, and how Acceptto's API answers it.

use axum::response::Response;

use super::one::One;
use super::words::Words;
use super::{Named, named};
use crate::engine::{Error, WebChanges, WebClient};
use crate::portal::console::act::{Act, Form};
use crate::portal::console::problem::Wrong;
use crate::portal::console::said::{Said, lines};

/// The form as it stands, and what was wrong with it.
#[derive(Default)]
pub(super) struct WebForm {
    /// Whether anything is set.
    pub(super) set: bool,
    pub(super) uris: String,
    pub(super) exact: bool,
    pub(super) push_at_once: bool,
    pub(super) legacy_check: bool,
    pub(super) null_pending: bool,
    /// Registered addresses that go over the network without TLS.
    pub(super) open: Vec<String>,
    pub(super) said: Option<Said>,
}

impl WebForm {
    pub(super) fn of(client: Option<WebClient>) -> Self {
        let Some(client) = client else { return Self::default() };
        let uris: Vec<&str> = client.redirect_uris.iter().map(url::Url::as_str).collect();
        Self {
            set: true,
            uris: uris.join("\n"),
            exact: client.exact,
            push_at_once: client.push_at_once,
            legacy_check: client.legacy_check,
            null_pending: client.null_pending,
            open: client.open().map(ToString::to_string).collect(),
            said: None,
        }
    }

    fn again(form: &Form, set: bool, said: Said) -> Self {
        Self {
            set,
            uris: form.text("uris").to_owned(),
            exact: form.has("exact"),
            push_at_once: form.has("push_at_once"),
            legacy_check: form.has("legacy_check"),
            null_pending: form.has("null_pending"),
            open: Vec::new(),
            said: Some(said),
        }
    }
}

fn changes(form: &Form) -> WebChanges {
    WebChanges {
        redirect_uris: Some(lines(form.text("uris"))),
        exact: Some(form.has("exact")),
        push_at_once: Some(form.has("push_at_once")),
        legacy_check: Some(form.has("legacy_check")),
        null_pending: Some(form.has("null_pending")),
    }
}

/// `POST /console/{tenant}/applications/{application}/web`.
pub(super) async fn change(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    match desk.engine.change_web_client(id, changes(&form), &desk.by()).await {
        Ok(_) => Ok(desk.go(&format!("/{}/applications/{id}", id.tenant), "saved")),
        Err(error) => {
            let said = Said::of(error, Words::of(desk.language).bad_uris)?;
            let mut page = One::of(&desk, id).await?;
            page.web = WebForm::again(&form, page.web.set, said);
            Ok(desk.page_again(&page))
        }
    }
}

/// `POST /console/{tenant}/applications/{application}/web/off`.
pub(super) async fn remove(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.application(id).await?;
    match desk.engine.remove_web_client(id, &desk.by()).await {
        // The same form once more: there is nothing left to take away.
        Ok(()) | Err(Error::Invalid(_)) => {
            Ok(desk.go(&format!("/{}/applications/{id}", id.tenant), "web_removed"))
        }
        Err(error) => Err(error.into()),
    }
}
