//! The list of messages.

use askama::Template;
use url::form_urlencoded::Serializer;

use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::{Problem, Wrong};
use super::super::reasons::told;
use super::words::Words;
use crate::engine::console::May;
use crate::engine::{Delivery, DeliveryFilter, Error, KINDS, WebhookId};
use crate::portal::language::Language;
use crate::timestamp::rfc3339;
use countersign_protocol::id::{DeviceId, TenantId};

#[derive(Template)]
#[template(path = "console/messages/list.html")]
pub(super) struct List {
    frame: Frame,
    words: &'static Words,
    channels: Vec<Choice>,
    states: Vec<Choice>,
    lines: Vec<Line>,
    is_filtered: bool,
    /// Whether messages are written to files here.
    has_files: bool,
    may_replay: bool,
    next: Option<String>,
    first: Option<String>,
}

struct Choice {
    word: &'static str,
    text: &'static str,
    is_current: bool,
}

struct Line {
    id: String,
    at: String,
    channel: &'static str,
    /// Masked; none when it is not known any more.
    to: Option<String>,
    is_id: bool,
    state: &'static str,
    is_dead: bool,
    next_try: Option<String>,
    receipt: Option<String>,
    attempts: Vec<(String, String)>,
    is_replayable: bool,
}

impl List {
    pub(super) async fn of(desk: &Desk, filter: DeliveryFilter) -> Result<Self, Wrong> {
        let words = Words::of(desk.language);
        let tenant = desk.tenant()?.id;
        let (all, next) = match desk.engine.deliveries(tenant, &filter).await {
            // An address with a place in the list that is none.
            Err(Error::Invalid(_)) => return Err(Problem::NotFound.into()),
            found => found?,
        };
        let to = desk.engine.recipients(tenant, &all).await?;
        let lines = all.into_iter().zip(to).map(|(one, to)| Line::of(words, desk.language, tenant, one, to));
        let choice = |word: &'static str, text, asked: &Option<String>| Choice {
            word,
            text,
            is_current: asked.as_deref() == Some(word),
        };
        let states = [("waiting", words.waiting), ("done", words.arrived), ("dead", words.dead)];
        let done = [("replayed", words.replayed), ("waits", words.waits)];
        let frame = desk.frame("messages", words.title, &done);
        let address = |after: Option<&str>| address(&frame.here, &filter, after);
        Ok(Self {
            channels: KINDS.map(|kind| choice(kind, words.channel(kind), &filter.kind)).into(),
            states: states.map(|(word, text)| choice(word, text, &filter.state)).into(),
            lines: lines.collect(),
            is_filtered: filter.kind.is_some() || filter.state.is_some(),
            has_files: desk.has_files().await,
            may_replay: desk.session.operator.may(May::ChangeSettings, tenant),
            next: next.as_deref().map(|next| address(Some(next))),
            first: filter.cursor.as_ref().map(|_| address(None)),
            frame,
            words,
        })
    }
}

/// The same list from another place on.
fn address(here: &str, filter: &DeliveryFilter, after: Option<&str>) -> String {
    let all = [("channel", filter.kind.as_deref()), ("state", filter.state.as_deref()), ("after", after)];
    let mut query = Serializer::new(String::new());
    query.extend_pairs(all.into_iter().filter_map(|(name, value)| Some((name, value?))));
    format!("{here}/messages?{}", query.finish())
}

impl Line {
    fn of(
        words: &Words,
        language: Language,
        tenant: TenantId,
        delivery: Delivery,
        to: Option<String>,
    ) -> Self {
        let Delivery { row, attempts } = delivery;
        let target = row.target.map(|local| match row.kind.as_str() {
            "webhook" => WebhookId { tenant, local }.to_string(),
            _ => DeviceId { tenant, local }.to_string(),
        });
        let (state, is_dead) = match row.state.as_str() {
            "waiting" => (words.waiting, false),
            "dead" => (words.dead, true),
            _ => (words.arrived, false),
        };
        let outcome = |status: Option<i64>, error: Option<&str>| {
            let status = status.map(|status| status.to_string());
            let error = error.map(|word| told(word, language));
            let said: Vec<String> = status.into_iter().chain(error).collect();
            if said.is_empty() { words.taken.to_owned() } else { said.join(" · ") }
        };
        let attempts = attempts.into_iter();
        let attempts = attempts.map(|one| (rfc3339(one.at), outcome(one.status, one.error.as_deref())));
        Self {
            id: row.id.to_string(),
            at: rfc3339(row.created_at),
            channel: words.channel(&row.kind),
            is_id: target.is_some(),
            to: target.or(to),
            state,
            is_dead,
            next_try: (row.state == "waiting").then(|| rfc3339(row.due_at)),
            receipt: row.receipt,
            attempts: attempts.collect(),
            is_replayable: row.kind == "webhook" && row.state != "waiting",
        }
    }
}
