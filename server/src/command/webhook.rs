//! Webhooks by command: making them, trying them out, and telling them again.

use clap::{Args, Subcommand};
use countersign_protocol::id::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::manage::{tenant_id, with_engine};
use super::{Failure, Output};
use crate::config::Config;
use crate::delivery::Couriers;
use crate::engine::{ApplicationId, Attempt, NewWebhook, Then, WebhookId};
use crate::store::WebhookRow;
use crate::timestamp::rfc3339;

#[derive(Debug, Subcommand)]
pub(super) enum Webhook {
    /// Make a webhook; its secret is shown once
    Add(Add),
    /// List a tenant's webhooks
    List {
        /// The tenant's id (ten_…)
        #[arg(long)]
        tenant: String,
    },
    /// Send a ping now, and say what comes back
    Test {
        /// The webhook's id (whk_…)
        id: String,
    },
    /// Make a new secret; the one before goes on signing beside it
    RotateSecret {
        /// The webhook's id (whk_…)
        id: String,
        /// Make none, but let the one before end
        #[arg(long)]
        end_old: bool,
    },
    /// Call a webhook again that was disabled because it answered 410
    Enable {
        /// The webhook's id (whk_…)
        id: String,
    },
    /// Forget a webhook
    Remove {
        /// The webhook's id (whk_…)
        id: String,
    },
    /// Tell again what was told, or never taken
    Replay(Replay),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// Where to post to: https, unless the network is in webhook_allow_networks
    #[arg(long)]
    url: String,
    /// Tell of this application's requests only (app_…); of all the tenant's otherwise
    #[arg(long)]
    application: Option<String>,
    /// How X-MYPASS-Signature is written: hex, sha256=hex or base64
    #[arg(long, default_value = "sha256=hex")]
    format: String,
}

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// The delivery's id (a UUID)
    #[arg(required_unless_present = "all_dead", conflicts_with = "all_dead")]
    delivery: Option<Uuid>,
    /// All that were never taken
    #[arg(long)]
    all_dead: bool,
    /// With --all-dead: only those to this webhook (whk_…)
    #[arg(long, requires = "all_dead")]
    webhook: Option<String>,
}

pub(super) async fn run(config: &Config, out: Output, command: Webhook) -> Result<(), Failure> {
    match command {
        Webhook::Add(new) => add(config, out, new).await,
        Webhook::List { tenant } => list(config, out, &tenant).await,
        Webhook::Test { id } => test(config, out, id.parse()?).await,
        Webhook::RotateSecret { id, end_old: false } => rotate(config, out, id.parse()?).await,
        Webhook::RotateSecret { id, end_old: true } => end_old(config, out, id.parse()?).await,
        Webhook::Enable { id } => enable(config, out, id.parse()?).await,
        Webhook::Remove { id } => remove(config, out, id.parse()?).await,
        Webhook::Replay(which) => replay(config, out, which).await,
    }
}

async fn add(config: &Config, out: Output, new: Add) -> Result<(), Failure> {
    let tenant = tenant_id(&new.tenant)?;
    let application = new.application.map(|id| id.parse::<ApplicationId>());
    let application = application.transpose().map_err(|_| {
        Failure::other("the application must be a client id (app_…), as `application create` printed it")
    })?;
    let new = NewWebhook { url: new.url, application, format: new.format.parse()? };
    let targets = config.webhook_targets();
    let (id, secret) = with_engine(config, async |engine| {
        Ok(engine.add_webhook(tenant, new, &targets, &"operator").await?)
    })
    .await?;
    out.tell(
        &json!({"webhook_id": id.to_string(), "secret": secret}),
        &format!(
            "Webhook  {id}\nSecret   {secret}\nThe secret is shown this once.\nNext: countersign-server webhook test {id}"
        ),
    );
    Ok(())
}

fn described(row: &WebhookRow) -> Value {
    let (tenant, local) = (row.tenant, row.id);
    json!({
        "webhook_id": WebhookId { tenant, local }.to_string(),
        "url": row.url,
        "application": row.application.map(|local| ApplicationId { tenant, local }.to_string()),
        "format": row.format,
        "secrets": if row.old_secret.is_some() { 2 } else { 1 },
        "created_at": rfc3339(row.created_at),
        "disabled_at": row.disabled.as_ref().map(|(at, _)| rfc3339(*at)),
        "disabled_why": row.disabled.as_ref().map(|(_, why)| why),
    })
}

async fn list(config: &Config, out: Output, tenant: &str) -> Result<(), Failure> {
    let tenant = tenant_id(tenant)?;
    let rows = with_engine(config, async |engine| Ok(engine.webhooks(tenant).await?)).await?;
    let line = |row: &WebhookRow| {
        let id = WebhookId { tenant, local: row.id };
        let off = row.disabled.as_ref().map(|(_, why)| format!("  disabled: {why}")).unwrap_or_default();
        let two = if row.old_secret.is_some() { "  two secrets" } else { "" };
        format!("{id}  {}{two}{off}", row.url)
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    let none = "There are no webhooks yet; `webhook add` makes one.".to_owned();
    let text = if lines.is_empty() { none } else { lines.join("\n") };
    out.tell(&json!({"webhooks": rows.iter().map(described).collect::<Vec<_>>()}), &text);
    Ok(())
}

async fn test(config: &Config, out: Output, id: WebhookId) -> Result<(), Failure> {
    let couriers = Couriers::new(config).map_err(crate::running::StartError::from)?;
    let call = with_engine(config, async |engine| Ok(engine.ping(id).await?)).await?;
    let came = couriers.webhooks.call(&call).await;
    let Attempt { status, error, .. } = came;
    if came.then != Then::Done {
        let answer = status.map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
        return Err(Failure::other(format!(
            "the webhook did not take the ping: {answer} ({}); docs/webhooks.md explains the word",
            error.unwrap_or_default()
        )));
    }
    out.tell(
        &json!({"delivery_id": call.id.to_string(), "status": status, "taken": true}),
        &format!("The webhook took the ping: status {}.", status.unwrap_or_default()),
    );
    Ok(())
}

async fn rotate(config: &Config, out: Output, id: WebhookId) -> Result<(), Failure> {
    let secret =
        with_engine(config, async |engine| Ok(engine.rotate_webhook_secret(id, &"operator").await?)).await?;
    out.tell(
        &json!({"webhook_id": id.to_string(), "secret": secret}),
        &format!(
            "Secret  {secret}\nIt is shown this once. The one before still signs webhook-signature; X-MYPASS-Signature is by the new one.\nWhen the receiver has it: countersign-server webhook rotate-secret {id} --end-old"
        ),
    );
    Ok(())
}

async fn end_old(config: &Config, out: Output, id: WebhookId) -> Result<(), Failure> {
    with_engine(config, async |engine| Ok(engine.end_old_secret(id, &"operator").await?)).await?;
    let facts = json!({"webhook_id": id.to_string(), "secrets": 1});
    out.tell(&facts, "Only the newest secret signs from now on.");
    Ok(())
}

async fn enable(config: &Config, out: Output, id: WebhookId) -> Result<(), Failure> {
    with_engine(config, async |engine| Ok(engine.enable_webhook(id, &"operator").await?)).await?;
    let next = format!(
        "The webhook is called again. What it missed: countersign-server webhook replay --tenant {} --all-dead --webhook {id}",
        id.tenant
    );
    out.tell(&json!({"webhook_id": id.to_string(), "enabled": true}), &next);
    Ok(())
}

async fn remove(config: &Config, out: Output, id: WebhookId) -> Result<(), Failure> {
    with_engine(config, async |engine| Ok(engine.remove_webhook(id, &"operator").await?)).await?;
    out.tell(&json!({"webhook_id": id.to_string(), "removed": true}), "The webhook is removed.");
    Ok(())
}

/// The webhook of that id, which must be the tenant's.
pub(super) fn local_webhook(tenant: TenantId, id: Option<&str>) -> Result<Option<Uuid>, Failure> {
    let id = id.map(str::parse::<WebhookId>).transpose()?;
    match id {
        Some(id) if id.tenant != tenant => {
            Err(Failure::other("that webhook belongs to another tenant; `webhook list` shows this one's"))
        }
        id => Ok(id.map(|id| id.local)),
    }
}

async fn replay(config: &Config, out: Output, which: Replay) -> Result<(), Failure> {
    let tenant = tenant_id(&which.tenant)?;
    let webhook = local_webhook(tenant, which.webhook.as_deref())?;
    let count = with_engine(config, async |engine| match which.delivery {
        Some(id) => Ok(engine.replay(tenant, id, &"operator").await.map(|_| 1)?),
        None => Ok(engine.replay_all_dead(tenant, webhook, &"operator").await?),
    })
    .await?;
    let text =
        format!("Deliveries that are sent again: {count}. A running server begins within ten seconds.");
    out.tell(&json!({"replayed": count}), &text);
    Ok(())
}
