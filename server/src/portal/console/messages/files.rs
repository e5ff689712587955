//! Messages that were written to files, as people would have got them, code and all: for whoever develops. Where messages
//! are never written to files there is no such page (S53).

use askama::Template;
use axum::response::Response;
use serde_json::Value;
use uuid::Uuid;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::{Problem, Wrong};
use super::words::Words;
use crate::engine::Message;
use crate::engine::providers::PLATFORM;
use crate::engine::words::Medium;
use countersign_protocol::id::TenantId;

/// Messages on a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "console/messages/files.html")]
struct Files {
    frame: Frame,
    words: &'static Words,
    /// Whose they are: the platform's.
    is_platform: bool,
    all: Vec<File>,
    next: Option<String>,
}

struct File {
    at: String,
    channel: &'static str,
    to: String,
    code: Option<String>,
    subject: Option<String>,
    text: Option<String>,
    lang: &'static str,
    dir: &'static str,
    session: Option<String>,
}

impl Desk {
    /// Whose messages a page is about.
    fn sender(&self) -> TenantId {
        self.any_tenant().map_or(PLATFORM, |tenant| tenant.id)
    }

    /// Whether messages are written to files here.
    pub(in crate::portal::console) async fn has_files(&self) -> bool {
        match self.engine.carrier() {
            Some(carrier) => carrier.written_down(self.sender(), None, 0).await.is_some(),
            None => false,
        }
    }
}

/// `GET /console/{tenant}/messages/files?after=` and, for what the platform itself sends, `GET /console/messages/files?after=`.
pub(super) async fn list(desk: Desk) -> Result<Response, Wrong> {
    let tenant = desk.sender();
    let before = match desk.asked("after").map(str::parse::<Uuid>) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Err(Problem::NotFound.into()),
    };
    let carrier = desk.engine.carrier().ok_or(Problem::NotFound)?;
    let found = carrier.written_down(tenant, before, PAGE + 1).await.ok_or(Problem::NotFound)?;
    let mut found = found.map_err(|error| {
        tracing::error!(%error, "messages in files could not be read");
        Problem::Later
    })?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let last = found.last().and_then(|last| last.get("id")).and_then(Value::as_str);
    let next = last.filter(|_| more).map(|id| format!("files?after={id}"));
    let words = Words::of(desk.language);
    let mut all = Vec::new();
    for file in &found {
        all.push(shown(&desk, words, tenant, file).await);
    }
    let frame = desk.frame("files", words.files, &[]);
    Ok(desk.page(&Files { frame, words, is_platform: tenant == PLATFORM, all, next }))
}

async fn shown(desk: &Desk, words: &Words, tenant: TenantId, file: &Value) -> File {
    let text = |name: &str| file.get(name).and_then(Value::as_str).map(str::to_owned);
    let channel = text("channel").unwrap_or_default();
    let (lang, dir) = match text("language").as_deref() {
        Some("ar") => ("ar", "rtl"),
        _ => ("en", "ltr"),
    };
    let (subject, said) = said(desk, tenant, &channel, file).await;
    File {
        at: text("at").unwrap_or_default(),
        channel: words.channel(&channel),
        to: text("to").or_else(|| text("device")).unwrap_or_default(),
        code: text("code"),
        subject,
        text: said,
        lang,
        dir,
        session: text("session_id"),
    }
}

/// Subject and text, in the words in force; none for a push, which says that something waits and not what.
async fn said(
    desk: &Desk,
    tenant: TenantId,
    channel: &str,
    file: &Value,
) -> (Option<String>, Option<String>) {
    let Some(medium) = Medium::from_word(channel) else { return (None, None) };
    let mut file = file.clone();
    // In the file the tenant's name stands beside its id.
    if let Some(fields) = file.as_object_mut()
        && let Some(name) = fields.remove("tenant_name")
    {
        fields.insert("tenant".to_owned(), name);
    }
    let Ok(message) = serde_json::from_value::<Message>(file) else { return (None, None) };
    match medium {
        Medium::Sms => (None, desk.engine.sms_words(tenant, &message).await.ok()),
        Medium::Voice => {
            (None, desk.engine.call_words(tenant, &message).await.ok().map(|script| script.to_string()))
        }
        Medium::Email => match desk.engine.mail_words(tenant, &message).await {
            Ok(mail) => (Some(mail.subject), Some(mail.text)),
            Err(_) => (None, None),
        },
    }
}
