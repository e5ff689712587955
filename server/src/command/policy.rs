//! `policy`: what a tenant or application asks of a sign-in.

use clap::{Args, Subcommand};
use countersign_protocol::id::TenantId;
use serde_json::json;

use super::manage::{tenant_id, with_engine};
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::policy::Scope;

#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// Say what is in force, and who says so
    Show(Whose),
    /// Change settings: NAME=VALUE, or NAME=default
    Set {
        #[command(flatten)]
        whose: Whose,
        /// Such as number_match=required answer_window=60
        #[arg(required = true, value_name = "NAME=VALUE")]
        changes: Vec<String>,
    },
    /// From where sign-ins may come; the first rule that fits decides
    #[command(subcommand)]
    Rule(Rule),
}

#[derive(Debug, Args)]
pub(super) struct Whose {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// One of its applications (app_…); otherwise all of them
    #[arg(long)]
    application: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Rule {
    /// Add a rule behind the others
    Add {
        #[command(flatten)]
        whose: Whose,
        /// A network (192.0.2.0/24), a country (SA), or anyone
        matches: String,
        /// allow, deny, or verify (biometrics or passcode needed)
        effect: String,
    },
    /// List the rules in their order
    List {
        /// The tenant's id (ten_…)
        #[arg(long)]
        tenant: String,
    },
    /// Take a rule away
    Remove {
        /// The tenant's id (ten_…)
        #[arg(long)]
        tenant: String,
        /// The rule's id (rul_…)
        id: String,
    },
}

impl Whose {
    fn scope(&self) -> Result<Scope, Failure> {
        let tenant = tenant_id(&self.tenant)?;
        let unknown = |text: &str| Failure::other(format!("{text} is no application's id (app_…)"));
        let application = self.application.as_deref();
        let application = application.map(|text| text.parse().map_err(|_| unknown(text))).transpose()?;
        match application {
            Some(crate::engine::ApplicationId { tenant: other, .. }) if other != tenant => {
                Err(Failure::other("that application belongs to another tenant"))
            }
            application => Ok(Scope { tenant, application }),
        }
    }
}

pub(super) async fn run(config: &Config, out: Output, command: Policy) -> Result<(), Failure> {
    match command {
        Policy::Show(whose) => show(config, out, whose.scope()?).await,
        Policy::Set { whose, changes } => set(config, out, whose.scope()?, &changes).await,
        Policy::Rule(Rule::Add { whose, matches, effect }) => {
            add(config, out, whose.scope()?, &matches, &effect).await
        }
        Policy::Rule(Rule::List { tenant }) => list(config, out, tenant_id(&tenant)?).await,
        Policy::Rule(Rule::Remove { tenant, id }) => remove(config, out, tenant_id(&tenant)?, &id).await,
    }
}

async fn show(config: &Config, out: Output, scope: Scope) -> Result<(), Failure> {
    let settings = with_engine(config, async |engine| Ok(engine.policy_in_force(scope).await?)).await?;
    let facts = settings.iter().map(|s| json!({"name": s.name, "value": s.value, "set_by": s.by}));
    let lines =
        settings.iter().map(|s| format!("  {:<20} {:<16} {:<12} {}", s.name, s.value, s.by, s.meaning));
    let lines: Vec<_> = lines.collect();
    out.tell(&json!({"settings": facts.collect::<Vec<_>>()}), &format!("In force:\n{}", lines.join("\n")));
    Ok(())
}

/// Changes written as NAME=VALUE.
pub(super) fn pairs(changes: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    let pairs: Option<Vec<_>> = changes.iter().map(pair).collect();
    pairs.ok_or_else(|| Failure::other("write each change as NAME=VALUE"))
}

async fn set(config: &Config, out: Output, scope: Scope, changes: &[String]) -> Result<(), Failure> {
    let pairs = pairs(changes)?;
    with_engine(config, async |engine| Ok(engine.set_policy(scope, &pairs, &"operator").await?)).await?;
    let sentence = "Set. A running server follows within three seconds; `policy show` says what is in force.";
    out.tell(&json!({"changed": pairs.len()}), sentence);
    Ok(())
}

async fn add(config: &Config, out: Output, scope: Scope, matches: &str, effect: &str) -> Result<(), Failure> {
    let id = with_engine(config, async |engine| {
        Ok(engine.add_access_rule(scope, matches, effect, &"operator").await?)
    })
    .await?;
    out.tell(&json!({"id": id}), &format!("Rule {id} stands behind the others: {matches} {effect}."));
    Ok(())
}

async fn list(config: &Config, out: Output, tenant: TenantId) -> Result<(), Failure> {
    let rules = with_engine(config, async |engine| Ok(engine.access_rules(tenant).await?)).await?;
    let whose = |rule: &crate::engine::policy::ListedRule| rule.application.map(|a| a.to_string());
    let facts = rules.iter().map(|rule| {
        json!({"id": rule.id, "application": whose(rule), "matches": rule.matches, "effect": rule.effect})
    });
    let line = |rule: &crate::engine::policy::ListedRule| {
        let whose = whose(rule).unwrap_or_else(|| "all applications".to_owned());
        format!("  {} {:<20} {:<7} {whose}", rule.id, rule.matches, rule.effect)
    };
    let lines: Vec<_> = rules.iter().map(line).collect();
    let sentences = if lines.is_empty() {
        "No rules: sign-ins may come from anywhere.".to_owned()
    } else {
        format!("The first that fits decides; where none does, the sign-in goes on:\n{}", lines.join("\n"))
    };
    out.tell(&json!({"rules": facts.collect::<Vec<_>>()}), &sentences);
    Ok(())
}

async fn remove(config: &Config, out: Output, tenant: TenantId, id: &str) -> Result<(), Failure> {
    with_engine(config, async |engine| Ok(engine.remove_access_rule(tenant, id, &"operator").await?)).await?;
    out.tell(&json!({"removed": id}), &format!("Rule {id} is gone."));
    Ok(())
}
