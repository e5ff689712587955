//! A tenant's webhooks: who hears of decisions, trying them out, and what they were told.

mod deliveries;
mod one;
mod words;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::act::{Act, Form};
use super::choosing::{self, Applications};
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use super::said::{Choice, Said};
use crate::engine::console::May;
use crate::engine::{ApplicationId, NewWebhook, SignatureFormat, WebhookId};
use crate::store::WebhookRow;
use words::Words;

/// How a signature may be written; the first is usual.
const FORMATS: [&str; 3] = ["sha256=hex", "hex", "base64"];

pub(super) fn routes() -> Routes {
    let (see, change) = (Gate::Tenant(May::SeeSettings), Gate::Tenant(May::ChangeSettings));
    Routes::default()
        .see("/{tenant}/webhooks", see, list)
        .act("/{tenant}/webhooks", change, add)
        .see("/{tenant}/webhooks/{webhook}", see, one::page)
        .act("/{tenant}/webhooks/{webhook}/test", change, one::test)
        .act("/{tenant}/webhooks/{webhook}/rotate", change, one::rotate)
        .act("/{tenant}/webhooks/{webhook}/end-old", change, one::end_old)
        .act("/{tenant}/webhooks/{webhook}/enable", change, one::enable)
        .act("/{tenant}/webhooks/{webhook}/remove", change, one::remove)
        .act("/{tenant}/webhooks/{webhook}/replay", change, deliveries::replay)
        .act("/{tenant}/webhooks/{webhook}/replay-dead", change, deliveries::replay_dead)
}

/// The webhook that an address names, in the tenant that it names.
type Named = Path<(String, String)>;

fn named(desk: &Desk, Path((_, text)): &Named) -> Result<WebhookId, Wrong> {
    let tenant = desk.tenant()?.id;
    let id = text.parse::<WebhookId>().ok().filter(|id| id.tenant == tenant);
    id.ok_or_else(|| Problem::NotFound.into())
}

#[derive(Template)]
#[template(path = "console/webhooks/list.html")]
struct List {
    frame: Frame,
    words: &'static Words,
    webhooks: Vec<Line>,
    may_change: bool,
    said: Option<Said>,
    url: String,
    /// Whose decisions it is to hear of.
    of: Applications,
    formats: Vec<Choice>,
}

struct Line {
    id: WebhookId,
    url: String,
    /// Whose decisions it hears of; none: of all.
    of: Option<String>,
    disabled: bool,
    two_secrets: bool,
}

/// A secret that was just made.
#[derive(Template)]
#[template(path = "console/webhooks/made.html")]
struct Made {
    frame: Frame,
    words: &'static Words,
    id: WebhookId,
    secret: String,
    then: &'static str,
}

/// What was typed into the form.
#[derive(Default)]
struct Typed {
    url: String,
    of: String,
    format: String,
}

/// `GET /console/{tenant}/webhooks`.
async fn list(desk: Desk) -> Result<Response, Wrong> {
    let page = listed(&desk, Typed::default(), None).await?;
    Ok(desk.page(&page))
}

/// `POST /console/{tenant}/webhooks`.
async fn add(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let (typed, new) = read(&desk, &form)?;
    let targets = desk.engine.webhook_targets();
    match desk.engine.add_webhook(tenant, new, &targets, &desk.by()).await {
        Ok((id, secret)) => {
            let page = made(&desk, id, secret, words.made_then);
            Ok(desk.page(&page))
        }
        Err(error) => {
            let said = Said::of(error, words.bad_webhook)?;
            let page = listed(&desk, typed, Some(said)).await?;
            Ok(desk.page_again(&page))
        }
    }
}

fn read(desk: &Desk, form: &Form) -> Result<(Typed, NewWebhook), Wrong> {
    let text = |name| form.text(name).to_owned();
    let typed = Typed { url: text("url"), of: text("of"), format: text("format") };
    let format: SignatureFormat = match form.get("format") {
        Some(word) => word.parse().map_err(|_| Problem::Malformed)?,
        None => SignatureFormat::default(),
    };
    let application = choosing::named(desk, form.get("of"))?;
    let new = NewWebhook { url: typed.url.clone(), application, format };
    Ok((typed, new))
}

async fn listed(desk: &Desk, typed: Typed, said: Option<Said>) -> Result<List, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let rows = desk.engine.webhooks(tenant).await?;
    let chosen = choosing::named(desk, Some(&typed.of))?;
    let of = Applications::of(desk, chosen, Some(words.of_all)).await?;
    let mut webhooks = Vec::new();
    for row in rows {
        let name = match row.application {
            Some(local) => Some(of.name_of(desk, ApplicationId { tenant, local }).await?),
            None => None,
        };
        webhooks.push(line(row, name));
    }
    let format = |word: &str| Choice::new(word, word, word == typed.format);
    Ok(List {
        frame: desk.frame("webhooks", words.title, words.done),
        words,
        webhooks,
        may_change: desk.session.operator.may(May::ChangeSettings, tenant),
        said,
        of,
        formats: FORMATS.into_iter().map(format).collect(),
        url: typed.url,
    })
}

/// `of` is whose decisions it hears of, by name.
fn line(row: WebhookRow, of: Option<String>) -> Line {
    Line {
        id: WebhookId { tenant: row.tenant, local: row.id },
        of,
        disabled: row.disabled.is_some(),
        two_secrets: row.old_secret.is_some(),
        url: row.url,
    }
}

fn made(desk: &Desk, id: WebhookId, secret: String, then: &'static str) -> Made {
    let words = Words::of(desk.language);
    Made { frame: desk.frame("webhook-secret", words.made, &[]), words, id, secret, then }
}
