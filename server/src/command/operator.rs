//! `operator`: who may use the console, at the word of whoever has the machine.

use clap::Subcommand;
use serde_json::json;

use super::manage::{tenant_id, with_engine};
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::console::{NewLink, OperatorChange, Role, Scope};

#[derive(Debug, Subcommand)]
pub(super) enum Operator {
    /// Make a link by which somebody becomes an operator; it works once, for a day
    Link {
        /// As what they come: owner, admin, helpdesk or auditor
        #[arg(long)]
        role: String,
        /// The tenant that they look after (ten_…); the whole server unless given
        #[arg(long)]
        tenant: Option<String>,
        /// Whose it is; whoever opens it says so unless given
        #[arg(long)]
        email: Option<String>,
    },
    /// Show who may use the console
    List {
        /// For this tenant (ten_…); the whole server unless given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Let somebody use the console no more; their sessions end
    Disable {
        /// Their address
        #[arg(long)]
        email: String,
    },
}

pub(super) async fn run(config: &Config, out: Output, command: Operator) -> Result<(), Failure> {
    match command {
        Operator::Link { role, tenant, email } => link(config, out, &role, tenant.as_deref(), email).await,
        Operator::List { tenant } => list(config, out, tenant.as_deref()).await,
        Operator::Disable { email } => disable(config, out, &email).await,
    }
}

fn scope(tenant: Option<&str>) -> Result<Scope, Failure> {
    Ok(tenant.map(tenant_id).transpose()?.map_or(Scope::Server, Scope::Tenant))
}

async fn link(
    config: &Config,
    out: Output,
    role: &str,
    tenant: Option<&str>,
    email: Option<String>,
) -> Result<(), Failure> {
    let role = Role::from_word(role)
        .ok_or_else(|| Failure::other("--role must be owner, admin, helpdesk or auditor"))?;
    let new = NewLink { email, role, scope: scope(tenant)? };
    let link =
        with_engine(config, async |engine| Ok(engine.new_operator_link(new, &"operator").await?)).await?;
    out.tell(
        &json!({"role": role.as_str(), "link": *link}),
        &format!("{}\nIt works once, for a day. Nobody needs it but whoever is to be an operator.", *link),
    );
    Ok(())
}

async fn list(config: &Config, out: Output, tenant: Option<&str>) -> Result<(), Failure> {
    let scope = scope(tenant)?;
    for one in with_engine(config, async |engine| Ok(engine.operators(scope).await?)).await? {
        let disabled = one.disabled_at.is_some();
        let state = if disabled { ", disabled" } else { "" };
        out.tell(
            &json!({"operator_id": one.id.to_string(), "email": one.email, "name": one.name,
                    "role": one.role.as_str(), "disabled": disabled}),
            &format!("{}  {}{state}  {}", one.id, one.role.as_str(), one.email),
        );
    }
    Ok(())
}

async fn disable(config: &Config, out: Output, email: &str) -> Result<(), Failure> {
    let operator = with_engine(config, async |engine| {
        let operator = engine.operator_named(email).await?;
        let (scope, change) = (operator.scope, OperatorChange::Disable);
        Ok(engine.change_operator_as(scope, operator.id, change, &"operator").await?)
    })
    .await?;
    out.tell(
        &json!({"operator_id": operator.id.to_string(), "disabled": true}),
        &format!("{} may not use the console any more.", operator.email),
    );
    Ok(())
}
