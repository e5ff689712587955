//! `qr`: an entry's QR code, to take it to another device. The one command that shows a secret.

use clap::Args;
use serde_json::json;

use super::remove;
use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::qr;
use crate::screen::{Screen, Size};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Qr {
    /// Its id, the beginning of its id, or a part of its name
    #[arg(value_name = "ENTRY")]
    entry: String,
}

pub(crate) async fn run(context: &Context, arguments: Qr) -> Result<(), Failure> {
    let authenticator = context.open().await?;
    let entry = remove::entry(&authenticator, &arguments.entry)?;
    let name = codes::name(entry.issuer.as_deref(), &entry.account);
    context
        .confirm(&format!("Show the secret of {name}? Whoever sees the QR code can make its codes for ever."))
        .await?;
    let uri = authenticator.entry_uri(&entry.id)?;
    if context.out.json {
        return context.out.fact(&json!({"id": entry.id, "uri": uri.as_str()}));
    }
    show(context, &uri, &name).await
}

/// Draws `text`: on a screen of its own that goes away again, if the code fits there; else between the other lines.
pub(crate) async fn show(context: &Context, text: &str, name: &str) -> Result<(), Failure> {
    let Some(drawing) = qr::draw(text) else {
        return Err(Failure::failed("too_long", format!("the link of {name} is too long for a QR code")));
    };
    let fits = drawing.len() + 2 <= Size::of_stdout().lines;
    if context.out.live && fits && context.person().is_some() {
        let screen = Screen::enter(&context.out, context.terminal.clone())?;
        let mut lines = drawing;
        lines.push(format!("{name} - press Enter to hide it again"));
        screen.draw(&lines)?;
        context.ask_line("").await?;
        return Ok(());
    }
    drawing.iter().try_for_each(|line| context.out.line(line))?;
    context.out.line(name)
}
