//! PINs that other apps do not write into their files: asked for after something was added, so that it has codes.

use countersign_core::authenticator::{Authenticator, EntryId, EntryView};

use crate::codes;
use crate::context::Context;
use crate::exit::Failure;

/// Entries that wait for their PIN.
pub(crate) fn missing(authenticator: &Authenticator) -> Result<Vec<EntryId>, Failure> {
    let waiting = authenticator.entries()?.into_iter().filter(|entry| entry.needs_pin);
    Ok(waiting.map(|entry| entry.id).collect())
}

/// Asks for each PIN that is missing now and was not `before`. Where nobody can be asked, or nothing is typed, it is
/// said how to give it later.
pub(crate) async fn ask(
    context: &Context,
    authenticator: &Authenticator,
    before: &[EntryId],
) -> Result<(), Failure> {
    let new =
        authenticator.entries()?.into_iter().filter(|entry| entry.needs_pin && !before.contains(&entry.id));
    for entry in new {
        ask_one(context, authenticator, &entry).await?;
    }
    Ok(())
}

async fn ask_one(context: &Context, authenticator: &Authenticator, entry: &EntryView) -> Result<(), Failure> {
    let name = codes::name(entry.issuer.as_deref(), &entry.account);
    if context.person().is_some() && !context.global.yes {
        let pin = context.ask_secret(&format!("PIN of {name} (not shown, empty for later): ")).await?;
        if !pin.is_empty() {
            match authenticator.set_pin(&entry.id, &pin) {
                Ok(()) => return Ok(()),
                Err(error) => context.out.remark(&error.to_string()),
            }
        }
    }
    context
        .out
        .remark(&format!("The codes of {name} wait for their PIN: countersign edit {} --pin", entry.id));
    Ok(())
}
