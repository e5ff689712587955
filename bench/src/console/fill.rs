//! Fills a database through the store's own statements: people with a device each, and questions over thirty days with what
//! the audit log says of them. Most are approved, some refused, some not answered. Those of the last week, for which messages
//! are kept, have the push that went out and what a webhook was told.

use countersign_protocol::id::{ChallengeId, DeviceId, TenantId, uuid_v7};
use countersign_protocol::wire::Outcome;
use countersign_server::config::Config;
use countersign_server::data_dir::DataDir;
use countersign_server::engine::ApplicationId;
use countersign_server::host::{Clock as _, System};
use countersign_server::store::challenges::end;
use countersign_server::store::postgres::Settings;
use countersign_server::store::{
    AttemptRow, DeviceRow, Event, JobRow, NewChallenge, NewJob, Statement, Store, UserRow, WebhookRow,
};
use uuid::Uuid;

use crate::Result;

/// Statements of one batch.
const BATCH: usize = 1_000;
/// Milliseconds that questions are spread over.
const SPAN: i64 = 30 * 86_400_000;
/// Milliseconds after which people answer.
const ANSWERED_AFTER: i64 = 4_000;
/// Milliseconds for which the outbox keeps what arrived, less an hour: nothing is tidied away while pages are measured.
const KEPT: i64 = 7 * 86_400_000 - 3_600_000;

/// How much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) people: u32,
    pub(super) challenges: u32,
}

/// Something of each kind that is there afterwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct There {
    pub(super) user: Uuid,
    pub(super) device: Uuid,
    pub(super) challenge: ChallengeId,
    pub(super) webhook: Uuid,
}

/// Writes in batches.
struct Writer {
    store: Store,
    batch: Vec<Statement>,
}

impl Writer {
    async fn write(&mut self, statements: impl IntoIterator<Item = Statement>) -> Result<()> {
        self.batch.extend(statements);
        if self.batch.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        Ok(self.store.write(std::mem::take(&mut self.batch)).await?)
    }
}

/// An id of a time, the `number`th of its kind.
fn id(at: i64, kind: u8, number: u32) -> Uuid {
    let mut random = [kind; 10];
    for (place, byte) in random.iter_mut().rev().zip(number.to_le_bytes()) {
        *place = byte;
    }
    uuid_v7(at, &random)
}

/// Fills the database of a server that runs.
pub(super) async fn fill(config: &Config, application: ApplicationId, size: Size) -> Result<There> {
    let data = match &config.database_url {
        Some(url) => DataDir::open_beside(&config.data_dir, &Settings::new(url, None)?)?,
        None => DataDir::open(&config.data_dir, &System)?,
    };
    let now = System.unix_ms();
    let begin = now - SPAN;
    let tenant = application.tenant;
    let mut writer = Writer { store: data.store, batch: Vec::with_capacity(2 * BATCH) };
    let webhook = webhook(tenant, begin);
    writer.write([webhook.insert()]).await?;
    for number in 0..size.people {
        writer.write(person(tenant, begin, number)).await?;
    }
    for number in 0..size.challenges {
        let at = begin + SPAN * i64::from(number) / i64::from(size.challenges);
        writer.write(question(application, (begin, at), number, size.people)).await?;
        if at > now - KEPT {
            let device = id(begin, 2, number % size.people.max(1));
            writer.write(message(tenant, ("push", device), at, number)).await?;
            writer.write(message(tenant, ("webhook", webhook.id), at + ANSWERED_AFTER, number)).await?;
        }
    }
    writer.flush().await?;
    writer.store.close().await;
    let last = size.challenges.saturating_sub(1);
    let at = begin + SPAN * i64::from(last) / i64::from(size.challenges.max(1));
    let (user, device) = (id(begin, 1, 0), id(begin, 2, 0));
    Ok(There { user, device, challenge: ChallengeId(id(at, 3, last)), webhook: webhook.id })
}

fn person(tenant: TenantId, at: i64, number: u32) -> [Statement; 2] {
    let user = UserRow {
        tenant,
        id: id(at, 1, number),
        user_ref: format!("person-{number}"),
        email: Some(format!("person-{number}@example.org")),
        display_name: Some(format!("Person {number}")),
        created_at: at,
        enrolled_at: None,
        language: None,
    };
    let device = DeviceRow {
        id: DeviceId { tenant, local: id(at, 2, number) },
        user_id: user.id,
        platform: "android".to_owned(),
        device_token: format!("token-{number}"),
        token_dead: false,
        device_name: None,
        keys: Some((vec![4; 65], vec![4; 65])),
        confirmation_code: None,
        created_at: at,
        last_seen_at: at,
        attestation: None,
    };
    [user.insert(), device.insert()]
}

fn question(application: ApplicationId, (begin, at): (i64, i64), number: u32, people: u32) -> Vec<Statement> {
    let tenant = application.tenant;
    let who = number % people.max(1);
    let challenge = ChallengeId(id(at, 3, number));
    let new = NewChallenge {
        tenant,
        id: challenge,
        application_id: application.local,
        user_id: id(begin, 1, who),
        session_ref: None,
        number_kind: None,
        number: None,
        message: "Sign in to Bench?".to_owned(),
        created_at: at,
        expires_at: at + 120_000,
    };
    let event = |name, actor: String, at, kind| {
        let (subject, address) = (challenge.to_string(), Some(format!("192.0.2.{}", number % 200)));
        Event { tenant, id: id(at, kind, number), at, name, actor, subject, address, detail: None }.insert()
    };
    let mut all = new.insert(Vec::new());
    all.push(event("challenge.asked", application.to_string(), at, 4));
    let answer = match number % 20 {
        0 => None,
        1 => Some((Outcome::Denied, "challenge.denied")),
        _ => Some((Outcome::Approved, "challenge.approved")),
    };
    if let Some((outcome, name)) = answer {
        let device = DeviceId { tenant, local: id(begin, 2, who) };
        let at = at + ANSWERED_AFTER;
        all.extend([end(tenant, challenge, outcome, at), event(name, device.to_string(), at, 5)]);
    }
    all
}

fn webhook(tenant: TenantId, at: i64) -> WebhookRow {
    WebhookRow {
        tenant,
        id: id(at, 6, 0),
        application: None,
        url: "https://bench.example/events".to_owned(),
        format: "sha256=hex".to_owned(),
        secret: Vec::new(),
        old_secret: None,
        created_at: at,
        disabled: None,
    }
}

/// A message and the attempt that settled it: one in five hundred was given up.
fn message(tenant: TenantId, (kind, target): (&'static str, Uuid), at: i64, number: u32) -> Vec<Statement> {
    let id = id(at, if kind == "push" { 7 } else { 8 }, number);
    let new = NewJob {
        tenant,
        id,
        kind,
        target: Some(target),
        subject: None,
        lane: target,
        payload: Vec::new(),
        created_at: at,
        expires_at: None,
    };
    let job = JobRow {
        tenant,
        id,
        kind: kind.to_owned(),
        target: Some(target),
        subject: None,
        lane: Some(target),
        payload: Vec::new(),
        attempts: 0,
        failures: 0,
        due_at: at,
        expires_at: None,
    };
    let dead = number.is_multiple_of(500);
    let (state, status) = if dead { ("dead", 503) } else { ("done", 200) };
    let attempt = AttemptRow { attempt: 1, at, duration: 40, status: Some(status), error: None };
    let mut all = vec![new.insert(), job.settle(state, at, None, false)];
    all.extend(job.note(&attempt));
    all
}
