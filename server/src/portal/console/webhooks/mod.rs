//! A tenant's webhooks: who hears of decisions, trying them out, and what they were told.

mod deliveries;
mod one;
mod words;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::act::{Act, Form};
use super::desk::Desk;
use super::frame::Frame;
use super::gate::Gate;
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use super::said::{Choice, Said};
use crate::engine::console::May;
use crate::engine::{ApplicationId, NewWebhook, SignatureFormat, WebhookId};
use crate::store::{ApplicationRow, WebhookRow};
use words::Words;

/// Applications to choose from, at most.
const APPLICATIONS: i64 = 200;
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
    of: Vec<Choice>,
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
    let (typed, new) = read(&form)?;
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

fn read(form: &Form) -> Result<(Typed, NewWebhook), Wrong> {
    let text = |name| form.text(name).to_owned();
    let typed = Typed { url: text("url"), of: text("of"), format: text("format") };
    let application = form.get("of").map(str::parse::<ApplicationId>).transpose();
    let format: SignatureFormat = match form.get("format") {
        Some(word) => word.parse().map_err(|_| Problem::Malformed)?,
        None => SignatureFormat::default(),
    };
    let application = application.map_err(|_| Problem::Malformed)?;
    let new = NewWebhook { url: typed.url.clone(), application, format };
    Ok((typed, new))
}

async fn listed(desk: &Desk, typed: Typed, said: Option<Said>) -> Result<List, Wrong> {
    let (words, tenant) = (Words::of(desk.language), desk.tenant()?.id);
    let rows = desk.engine.webhooks(tenant).await?;
    let applications = desk.engine.applications_after(tenant, None, APPLICATIONS).await?;
    let applications: Vec<ApplicationRow> = applications.into_iter().map(|(row, _)| row).collect();
    let one = |row: &ApplicationRow| {
        let id = ApplicationId { tenant, local: row.id }.to_string();
        let chosen = id == typed.of;
        Choice::new(id, row.name.clone(), chosen)
    };
    let all = Choice::new("", words.of_all, typed.of.is_empty());
    let format = |word: &str| Choice::new(word, word, word == typed.format);
    Ok(List {
        frame: desk.frame("webhooks", words.title, words.done),
        words,
        webhooks: rows.into_iter().map(|row| line(row, &applications)).collect(),
        may_change: desk.session.operator.may(May::ChangeSettings, tenant),
        said,
        of: std::iter::once(all).chain(applications.iter().map(one)).collect(),
        formats: FORMATS.into_iter().map(format).collect(),
        url: typed.url,
    })
}

fn line(row: WebhookRow, applications: &[ApplicationRow]) -> Line {
    let tenant = row.tenant;
    let name = |local| {
        let known = applications.iter().find(|application| application.id == local);
        known.map_or_else(|| ApplicationId { tenant, local }.to_string(), |found| found.name.clone())
    };
    Line {
        id: WebhookId { tenant, local: row.id },
        of: row.application.map(name),
        disabled: row.disabled.is_some(),
        two_secrets: row.old_secret.is_some(),
        url: row.url,
    }
}

fn made(desk: &Desk, id: WebhookId, secret: String, then: &'static str) -> Made {
    let words = Words::of(desk.language);
    Made { frame: desk.frame("webhook-secret", words.made, &[]), words, id, secret, then }
}
