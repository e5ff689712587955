//! `user role`: what people may do beyond signing in.

use clap::{Args, Subcommand};
use serde_json::json;

use super::manage::with_engine;
use super::user::Who;
use super::{Failure, Output};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Role {
    /// Give a user a role
    Add(Which),
    /// Take a role from a user
    Remove(Which),
    /// Show a user's roles
    List(Who),
}

#[derive(Debug, Args)]
pub(super) struct Which {
    #[command(flatten)]
    who: Who,
    /// Such as ROLE_ADMIN_CUSTOMER
    role: String,
}

pub(super) async fn run(config: &Config, out: Output, command: Role) -> Result<(), Failure> {
    let (who, role, add) = match command {
        Role::Add(Which { who, role }) => (who, Some(role), true),
        Role::Remove(Which { who, role }) => (who, Some(role), false),
        Role::List(who) => (who, None, false),
    };
    let (tenant, user_ref) = (who.tenant()?, who.user_ref);
    let roles = with_engine(config, async |engine| {
        match role {
            Some(role) if add => engine.add_role(tenant, &user_ref, &role, &"operator").await?,
            Some(role) => engine.remove_role(tenant, &user_ref, &role, &"operator").await?,
            None => {}
        }
        Ok(engine.roles(tenant, &user_ref).await?)
    })
    .await?;
    let sentence = if roles.is_empty() {
        format!("{user_ref} has no roles.")
    } else {
        format!("{user_ref} has: {}", roles.join(" "))
    };
    out.tell(&json!({"user_ref": user_ref, "roles": roles}), &sentence);
    Ok(())
}
