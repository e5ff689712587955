//! `inbox`: the requests that wait for an answer, now or as they come.

use clap::Args;
use countersign_core::authenticator::InboxView;

use super::accounts;
use crate::context::Context;
use crate::desk;
use crate::exit::Failure;
use crate::live;
use crate::progress::during;
use crate::requests::{self, Event};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Inbox {
    /// Go on and show each request as it comes, until Ctrl-C; in a terminal it can be answered right there
    #[arg(long)]
    pub(crate) watch: bool,
}

pub(crate) async fn run(context: &Context, arguments: Inbox) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let accounts = authenticator.accounts()?;
    if accounts.is_empty() {
        return accounts::none_yet(context);
    }
    if arguments.watch {
        if context.out.live && context.person().is_some() {
            return live::inbox::watch(context, &authenticator).await;
        }
        let many = if accounts.len() == 1 { "1 account" } else { &format!("{} accounts", accounts.len()) };
        context.out.remark(&format!("Waiting for requests to {many}. Ctrl-C ends."));
        return desk::watch(context, &authenticator).await;
    }
    let inbox = during(&context.out, "Asking the servers", authenticator.inbox(0)).await?;
    let trouble = inbox.troubles.first().cloned();
    print(context, inbox)?;
    match trouble {
        None => Ok(()),
        Some(trouble) => {
            // Why was told with the rest.
            let sentence = format!("{} could not be asked, so more may wait there", trouble.tenant);
            Err(Failure::not_asked(&trouble.code, sentence))
        }
    }
}

fn print(context: &Context, inbox: InboxView) -> Result<(), Failure> {
    let out = &context.out;
    if out.json {
        return Event::all(inbox).iter().try_for_each(|event| out.fact(event));
    }
    let nothing = inbox.pending.is_empty() && inbox.troubles.is_empty();
    for (request, short) in inbox.pending.iter().zip(requests::short_ids(&inbox.pending)) {
        let words = requests::words(request, out.style).join("\n");
        out.line(&format!("{words}\n  {}\n", requests::how_to_answer(request, &short)))?;
    }
    let others = Event::all(inbox).into_iter().filter(|event| !matches!(event, Event::Request(_)));
    others.map(|event| event.sentence()).try_for_each(|sentence| out.line(&sentence))?;
    if nothing { out.line("Nothing waits for an answer.") } else { Ok(()) }
}
