//! `provider show`.

use countersign_protocol::id::TenantId;
use serde_json::{Value, json};

use super::super::manage::with_engine;
use super::super::{Failure, Output};
use crate::config::Config;
use crate::engine::providers::{Channel, Chosen};
use crate::timestamp::rfc3339;

pub(super) async fn show(
    config: &Config,
    out: Output,
    tenant: TenantId,
    only: Option<Channel>,
) -> Result<(), Failure> {
    let mut all = with_engine(config, async |engine| Ok(engine.providers(tenant).await?)).await?;
    all.retain(|chosen| only.is_none_or(|only| chosen.channel == only));
    let facts: Vec<Value> = all.iter().map(facts).collect();
    let lines: Vec<String> = all.iter().map(lines).collect();
    out.tell(&json!({"environment": config.environment().as_str(), "providers": facts}), &lines.join("\n"));
    Ok(())
}

fn facts(chosen: &Chosen) -> Value {
    let account: serde_json::Map<String, Value> =
        chosen.facts.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let hour = chosen.last_hour;
    json!({
        "channel": chosen.channel.as_str(),
        "chosen_by": chosen.by,
        "kind": chosen.kind,
        "account": account,
        "countries": chosen.limits.countries.text(),
        "per_day": chosen.limits.per_day,
        "since": chosen.since.map(rfc3339),
        "trouble": chosen.trouble.as_ref().map(|(word, _)| word),
        "trouble_since": chosen.trouble.as_ref().map(|(_, at)| rfc3339(*at)),
        "last_hour": {"waiting": hour.waiting, "done": hour.done, "dead": hour.dead},
    })
}

fn lines(chosen: &Chosen) -> String {
    let channel = chosen.channel.as_str();
    let head = match (chosen.kind.as_str(), chosen.by) {
        ("none", _) => {
            return format!("{channel:<8} nobody: countersign-server provider set {channel} …");
        }
        ("file", _) => format!("{channel:<8} files in the data directory's outbox, until a provider is set"),
        ("off", by) => return format!("{channel:<8} off (by the {by})"),
        ("platform", _) => format!("{channel:<8} the platform's, which has none"),
        (kind, by) => format!("{channel:<8} {kind} (the {by}'s)"),
    };
    let mut lines = vec![head];
    lines.extend(chosen.facts.iter().map(|(name, value)| format!("  {name:<14} {value}")));
    if matches!(chosen.channel, Channel::Sms | Channel::Voice) && chosen.kind != "file" {
        let per_day = chosen.limits.per_day.map_or_else(|| "no limit".to_owned(), |n| n.to_string());
        lines.push(format!(
            "  {:<14} {}; {per_day} a day for each tenant",
            "countries",
            chosen.limits.countries.text()
        ));
    }
    lines.extend(chosen.since.map(|at| format!("  {:<14} {}", "since", rfc3339(at))));
    if let Some((word, at)) = &chosen.trouble {
        lines.push(format!("  {:<14} {word}, since {}: the account is refused", "TROUBLE", rfc3339(*at)));
    }
    let hour = chosen.last_hour;
    let (done, waiting, dead) = (hour.done, hour.waiting, hour.dead);
    lines.push(format!("  {:<14} {done} taken, {waiting} waiting, {dead} given up", "last hour"));
    lines.join("\n")
}
