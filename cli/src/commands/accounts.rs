//! `accounts`: where this terminal is enrolled. Also finds the account that an argument means.

use countersign_core::authenticator::{AccountView, Authenticator};

use crate::context::Context;
use crate::exit::Failure;
use crate::moment;
use crate::pick::{Candidate, pick};
use crate::requests::clock_sentence;

pub(crate) async fn run(context: &Context) -> Result<(), Failure> {
    let accounts = context.open().await?.accounts()?;
    let out = &context.out;
    if out.json {
        return accounts.iter().try_for_each(|account| out.fact(account));
    }
    if accounts.is_empty() {
        return none_yet(context);
    }
    for account in &accounts {
        out.line(&format!("{}  {}", out.style.bold(&account.tenant), user(account)))?;
        out.line(&format!("    server    {}", account.server))?;
        out.line(&format!(
            "    device    {}, enrolled {}",
            account.device_name,
            moment::words(account.enrolled_at)
        ))?;
        out.line(&format!("    id        {}", out.style.dim(&account.id.to_string())))?;
        if let Some(seconds) = account.clock_error {
            out.line(&format!("    clock     {}", clock_sentence(seconds)))?;
        }
    }
    Ok(())
}

/// What a vault without accounts says.
pub(crate) fn none_yet(context: &Context) -> Result<(), Failure> {
    let enroll = context.command("enroll LINK");
    context.out.remark(&format!("This terminal is enrolled nowhere yet. Begin with `{enroll}`."));
    Ok(())
}

fn user(account: &AccountView) -> String {
    match &account.user_name {
        Some(name) => format!("{} ({name})", account.user_ref),
        None => account.user_ref.clone(),
    }
}

/// The account that `query` means.
pub(crate) fn account(authenticator: &Authenticator, query: &str) -> Result<AccountView, Failure> {
    let accounts = authenticator.accounts()?;
    let candidate = |account: &AccountView| Candidate {
        id: account.id.to_string(),
        names: vec![format!("{} {}", account.tenant, user(account)), account.server.clone()],
    };
    let candidates: Vec<Candidate> = accounts.iter().map(candidate).collect();
    let at = pick("account", query, &candidates)?;
    accounts.into_iter().nth(at).ok_or_else(|| Failure::gone("unknown_account", "there is no such account"))
}
