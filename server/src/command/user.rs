//! `user`: people, their enrolment links, and what was counted against them.

use clap::{Args, Subcommand};
use countersign_protocol::id::TenantId;
use serde_json::json;

use super::factor::{self, FactorCommand};
use super::manage::{tenant_id, with_engine};
use super::{Failure, Output, password, role};
use crate::api::rfc3339;
use crate::config::Config;
use crate::engine::{Issue, NewUser, check_new_password, check_role};
use crate::store::Counter;
use crate::terminal_qr;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make a user known, and with --enroll issue a link for their phone
    Create(UserCreate),
    #[command(flatten)]
    Factor(FactorCommand),
    /// Give a user a password, in place of the one that they have
    SetPassword(password::SetPassword),
    /// What a user may do beyond signing in
    #[command(subcommand)]
    Role(role::Role),
    /// Say what was counted against a user, and whether a factor is locked
    Locks(Who),
    /// Clear every lock, count and cool-down of a user
    Unlock(Who),
    /// Forget a user who left: whatever they sign in or answer with ends, and all that is known of them goes
    Remove(Who),
}

#[derive(Debug, Args)]
pub(super) struct UserCreate {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// What the tenant's applications call the person; otherwise the address, in small letters
    #[arg(long, value_name = "REF", required_unless_present = "email")]
    user_ref: Option<String>,
    /// E-mail address
    #[arg(long)]
    email: Option<String>,
    /// The file descriptor whose first line is their password; 0 is standard input
    #[arg(long, value_name = "N")]
    password_fd: Option<u32>,
    /// A role, such as ROLE_ADMIN_CUSTOMER; several times for several
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    /// The person's own name
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// Issue an enrolment link and draw its QR code
    #[arg(long)]
    enroll: bool,
}

#[derive(Debug, Args)]
pub(super) struct Who {
    /// The tenant's id (ten_…)
    #[arg(long)]
    tenant: String,
    /// What the tenant's applications call the person
    #[arg(long, value_name = "REF")]
    pub(super) user_ref: String,
}

impl Who {
    pub(super) fn tenant(&self) -> Result<TenantId, Failure> {
        tenant_id(&self.tenant)
    }
}

pub(super) async fn run(config: &Config, out: Output, command: User) -> Result<(), Failure> {
    match command {
        User::Create(new) => create(config, out, new).await,
        User::SetPassword(wanted) => password::set(config, out, wanted).await,
        User::Role(command) => role::run(config, out, command).await,
        User::Factor(command) => factor::run(config, out, command).await,
        User::Locks(who) => locks(config, out, who).await,
        User::Unlock(who) => unlock(config, out, who).await,
        User::Remove(who) => remove(config, out, who).await,
    }
}

async fn create(config: &Config, out: Output, new: UserCreate) -> Result<(), Failure> {
    let tenant = tenant_id(&new.tenant)?;
    let user_ref = new.user_ref.or(new.email.as_ref().map(|email| email.to_lowercase())).unwrap_or_default();
    // All of it is looked at before any of it is done.
    let password = new.password_fd.map(password::read).transpose()?;
    if let Some(password) = &password {
        check_new_password(password, &user_ref, new.email.as_deref())?;
    }
    new.role.iter().try_for_each(|role| check_role(role))?;
    let person = NewUser { user_ref, email: new.email, display_name: new.display_name, language: None };
    let (user, issued) = with_engine(config, async |engine| {
        let user = engine.ensure_user(tenant, person, &"operator").await?;
        if let Some(password) = &password {
            engine.set_password(tenant, &user.user_ref, password, &"operator").await?;
        }
        for role in &new.role {
            engine.add_role(tenant, &user.user_ref, role, &"operator").await?;
        }
        let issued = if new.enroll {
            Some(engine.issue_enrollment(&user, Issue::default(), &"operator").await?)
        } else {
            None
        };
        Ok((user, issued))
    })
    .await?;
    let link = issued.map(|issued| issued.link.to_string());
    let drawn = link.as_deref().map(draw).unwrap_or_default();
    let with = if password.is_some() { ", with the password" } else { "" };
    out.tell(
        &json!({"user_ref": user.user_ref, "password_set": password.is_some(), "enrollment_url": link}),
        &format!("User {} is known{with}.{drawn}", user.user_ref),
    );
    Ok(())
}

fn draw(link: &str) -> String {
    let code = terminal_qr::draw(link).unwrap_or_default();
    format!("\nScan this with the phone within ten minutes, or open the link:\n\n{code}\n{link}")
}

async fn locks(config: &Config, out: Output, who: Who) -> Result<(), Failure> {
    let tenant = tenant_id(&who.tenant)?;
    let locks = with_engine(config, async |engine| Ok(engine.locks_of(tenant, &who.user_ref).await?)).await?;
    let facts = locks.counters.iter().map(|(factor, c)| {
        json!({"factor": factor, "failures": c.failures, "rests_until": c.cool_until.map(rfc3339),
               "locked_at": c.locked_at.map(rfc3339)})
    });
    let facts = json!({"user_ref": locks.user_ref, "counters": facts.collect::<Vec<_>>()});
    let lines: Vec<_> = locks.counters.iter().map(|(factor, c)| line(factor, c)).collect();
    let sentences = if lines.is_empty() {
        format!("Nothing was counted against {}.", locks.user_ref)
    } else {
        format!("{}:\n{}", locks.user_ref, lines.join("\n"))
    };
    out.tell(&facts, &sentences);
    Ok(())
}

fn line(factor: &str, counter: &Counter) -> String {
    let state = match (counter.locked_at, counter.cool_until) {
        (Some(at), _) => format!("locked since {}; `user unlock` ends that", rfc3339(at)),
        (None, Some(until)) => format!("rests until {}", rfc3339(until)),
        (None, None) => "open".to_owned(),
    };
    format!("  {factor:<12} {} in a row, {state}", counter.failures)
}

async fn unlock(config: &Config, out: Output, who: Who) -> Result<(), Failure> {
    let tenant = tenant_id(&who.tenant)?;
    with_engine(config, async |engine| Ok(engine.unlock_user(tenant, &who.user_ref, &"operator").await?))
        .await?;
    out.tell(&json!({"unlocked": who.user_ref}), &format!("{} can be asked again.", who.user_ref));
    Ok(())
}

async fn remove(config: &Config, out: Output, who: Who) -> Result<(), Failure> {
    let tenant = tenant_id(&who.tenant)?;
    with_engine(config, async |engine| {
        Ok(engine.forget_person_called(tenant, &who.user_ref, &"operator").await?)
    })
    .await?;
    out.tell(&json!({"removed": who.user_ref}), &format!("{} is forgotten.", who.user_ref));
    Ok(())
}
