//! `deliveries`: what was sent, what waits, and what was given up, whatever carries it.

use clap::{Args, Subcommand};
use countersign_protocol::id::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::manage::{tenant_id, with_engine};
use super::webhook::local_webhook;
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::{Delivery, DeliveryFilter, Engine, Error, WebhookId};
use crate::store::AttemptRow;
use crate::timestamp::rfc3339;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Deliveries {
    #[command(subcommand)]
    one: Option<One>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum One {
    /// Show one message with its attempts and its receipt
    Show {
        /// The delivery's id (a UUID)
        id: Uuid,
        /// The tenant's id (ten_…); otherwise it is looked for in all
        #[arg(long)]
        tenant: Option<String>,
    },
}

#[derive(Debug, Args)]
struct List {
    /// Only this tenant's (ten_…); otherwise all
    #[arg(long)]
    tenant: Option<String>,
    /// Only webhook, push, sms, voice or email
    #[arg(long)]
    channel: Option<String>,
    /// Only those that are waiting, done or dead
    #[arg(long)]
    state: Option<String>,
    /// Only those to this webhook (whk_…)
    #[arg(long, requires = "tenant")]
    webhook: Option<String>,
    /// How many at most, 1 to 200
    #[arg(long, default_value_t = 50)]
    limit: i64,
    /// Go on after an earlier list: what that called next_cursor
    #[arg(long)]
    cursor: Option<String>,
}

pub(super) async fn run(config: &Config, out: Output, command: Deliveries) -> Result<(), Failure> {
    match command.one {
        Some(One::Show { id, tenant }) => show(config, out, id, tenant.as_deref()).await,
        None => list(config, out, command.list).await,
    }
}

/// The tenant that is named, or all that there are.
async fn tenants(engine: &Engine, named: Option<TenantId>) -> Result<Vec<TenantId>, Failure> {
    match named {
        Some(tenant) => Ok(vec![tenant]),
        None => Ok(engine.tenants().await?.into_iter().map(|tenant| tenant.id).collect()),
    }
}

async fn list(config: &Config, out: Output, which: List) -> Result<(), Failure> {
    let named = which.tenant.as_deref().map(tenant_id).transpose()?;
    let webhook = match named {
        Some(tenant) => local_webhook(tenant, which.webhook.as_deref())?,
        None => None,
    };
    let List { channel: kind, state, limit, cursor, .. } = which;
    let filter = DeliveryFilter { kind, state, webhook, limit, cursor };
    let (all, next_cursor) = with_engine(config, async |engine| newest(engine, named, &filter).await).await?;
    let mut lines: Vec<String> = all.iter().map(|(_, delivery)| line(delivery)).collect();
    if all.is_empty() {
        lines.push("There are no such deliveries.".to_owned());
    }
    if let Some(cursor) = &next_cursor {
        lines.push(format!("There are more: add --cursor {cursor}"));
    }
    let list: Vec<Value> = all.iter().map(|(tenant, delivery)| facts(*tenant, delivery)).collect();
    out.tell(&json!({"deliveries": list, "next_cursor": next_cursor}), &lines.join("\n"));
    Ok(())
}

/// The newest of all the tenants' messages: ids are ordered by age, so one cursor fits all.
async fn newest(
    engine: &Engine,
    named: Option<TenantId>,
    filter: &DeliveryFilter,
) -> Result<(Vec<(TenantId, Delivery)>, Option<String>), Failure> {
    let (mut all, mut more) = (Vec::new(), false);
    for tenant in tenants(engine, named).await? {
        let (page, next) = engine.deliveries(tenant, filter).await?;
        more |= next.is_some();
        all.extend(page.into_iter().map(|delivery| (tenant, delivery)));
    }
    all.sort_by_key(|(_, delivery)| std::cmp::Reverse(delivery.row.id));
    let limit = usize::try_from(filter.limit).unwrap_or(0);
    more |= all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(|(_, last)| last.row.id.to_string());
    Ok((all, next))
}

async fn show(config: &Config, out: Output, id: Uuid, tenant: Option<&str>) -> Result<(), Failure> {
    let named = tenant.map(tenant_id).transpose()?;
    let found = with_engine(config, async |engine| {
        for tenant in tenants(engine, named).await? {
            match engine.delivery(tenant, id).await {
                Err(Error::DeliveryNotFound) => {}
                found => return Ok((tenant, found?)),
            }
        }
        Err(Error::DeliveryNotFound.into())
    });
    let (tenant, delivery) = found.await?;
    let row = &delivery.row;
    let mut lines = vec![format!("{}  {}  {}", row.kind, row.id, row.state)];
    lines.push(format!("  made      {}", rfc3339(row.created_at)));
    if row.state == "waiting" {
        lines.push(format!("  next try  {}", rfc3339(row.due_at)));
    }
    lines.extend(row.reference.as_ref().map(|reference| format!("  the provider calls it {reference}")));
    let receipt = row.receipt.as_ref().zip(row.receipt_at);
    lines.extend(receipt.map(|(word, at)| format!("  receipt   {word}, {}", rfc3339(at))));
    lines.extend(delivery.attempts.iter().map(|attempt| {
        let (at, duration) = (rfc3339(attempt.at), attempt.duration);
        format!("  attempt {}: {at}, {duration} ms, {}", attempt.attempt, outcome(attempt))
    }));
    out.tell(&facts(tenant, &delivery), &lines.join("\n"));
    Ok(())
}

fn facts(tenant: TenantId, delivery: &Delivery) -> Value {
    let row = &delivery.row;
    let attempts = delivery.attempts.iter().map(|attempt| {
        json!({
            "attempt": attempt.attempt,
            "at": rfc3339(attempt.at),
            "duration_ms": attempt.duration,
            "status": attempt.status,
            "error": attempt.error,
        })
    });
    let target = |kind: &str| row.target.filter(|_| row.kind == kind);
    json!({
        "delivery_id": row.id.to_string(),
        "tenant_id": tenant,
        "channel": row.kind,
        "webhook_id": target("webhook").map(|local| WebhookId { tenant, local }.to_string()),
        "device_id": target("push").map(|local| countersign_protocol::id::DeviceId { tenant, local }),
        "session_id": row.challenge,
        "state": row.state,
        "created_at": rfc3339(row.created_at),
        "next_attempt_at": (row.state == "waiting").then(|| rfc3339(row.due_at)),
        "reference": row.reference,
        "receipt": row.receipt,
        "receipt_at": row.receipt_at.map(rfc3339),
        "attempts": attempts.collect::<Vec<_>>(),
    })
}

fn outcome(attempt: &AttemptRow) -> String {
    match (attempt.status, attempt.error.as_deref()) {
        (None, None) => "taken".to_owned(),
        (Some(status), None) => format!("taken ({status})"),
        (None, Some(error)) => format!("no answer {error}"),
        (Some(status), Some(error)) => format!("{status} {error}"),
    }
}

fn line(delivery: &Delivery) -> String {
    let row = &delivery.row;
    let last = delivery.attempts.last();
    let last = last.map(|last| format!("  attempt {}: {}", last.attempt, outcome(last))).unwrap_or_default();
    let receipt = row.receipt.as_ref().map(|word| format!("  receipt: {word}")).unwrap_or_default();
    format!("{}  {:<7}  {}  {}{last}{receipt}", rfc3339(row.created_at), row.kind, row.id, row.state)
}
