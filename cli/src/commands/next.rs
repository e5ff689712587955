//! `next`: the next code of an entry whose codes are counted. The counter is stored before the code is shown.

use clap::Args;

use super::remove;
use crate::codes;
use crate::context::Context;
use crate::exit::Failure;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Next {
    /// Its id, the beginning of its id, or a part of its name
    #[arg(value_name = "ENTRY")]
    entry: String,
}

pub(crate) async fn run(context: &Context, arguments: Next) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let entry = remove::entry(&authenticator, &arguments.entry)?;
    let row = authenticator.next_code(&entry.id)?;
    if context.out.json {
        return context.out.fact(&row);
    }
    codes::lines(std::slice::from_ref(&row), context.out.style)
        .iter()
        .try_for_each(|line| context.out.line(line))
}
