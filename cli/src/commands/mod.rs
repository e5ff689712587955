//! The commands, one file each: its arguments and `run`.

pub(crate) mod accounts;
pub(crate) mod add;
pub(crate) mod approve;
pub(crate) mod backup;
pub(crate) mod codes;
pub(crate) mod completions;
pub(crate) mod deny;
pub(crate) mod doctor;
pub(crate) mod edit;
pub(crate) mod enroll;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod inbox;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod moving;
pub(crate) mod next;
pub(crate) mod offline;
pub(crate) mod password;
pub(crate) mod qr;
pub(crate) mod receipt;
pub(crate) mod recovering;
pub(crate) mod remove;
pub(crate) mod rename;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod settings;
pub(crate) mod transfer;
pub(crate) mod unenroll;
pub(crate) mod vault;

use crate::args::Command;
use crate::context::Context;
use crate::exit::Failure;

/// Does what was asked for.
pub(crate) async fn run(context: Context, command: Command) -> Result<(), Failure> {
    let result = dispatch(&context, command).await;
    context.finish().await;
    result
}

async fn dispatch(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Scan(scan) => scan::run(context, scan).await,
        Command::Add(add) => add::run(context, add).await,
        Command::Codes(codes) => codes::run(context, codes).await,
        Command::List => list::run(context).await,
        Command::Remove(remove) => remove::run(context, remove).await,
        Command::Qr(qr) => qr::run(context, qr).await,
        Command::Enroll(enroll) => enroll::run(context, enroll).await,
        Command::Accounts => accounts::run(context).await,
        Command::Inbox(inbox) => inbox::run(context, inbox).await,
        Command::Approve(approve) => approve::run(context, approve).await,
        Command::Offline(offline) => offline::run(context, offline).await,
        Command::Deny(deny) => deny::run(context, deny).await,
        Command::History(history) => history::run(context, history).await,
        Command::Receipt(receipt) => receipt::run(context, receipt).await,
        Command::Rules(rules) => rules::run(context, rules).await,
        Command::Rename(rename) => rename::run(context, rename).await,
        Command::Transfer(transfer) => transfer::run(context, transfer).await,
        Command::Unenroll(unenroll) => unenroll::run(context, unenroll).await,
        Command::Password(password) => password::run(context, password).await,
        Command::Import(import) => import::run(context, import).await,
        Command::Export(export) => export::run(context, export).await,
        Command::Backup(backup) => backup::run(context, backup).await,
        Command::Edit(edit) => edit::run(context, edit).await,
        Command::Next(next) => next::run(context, next).await,
        Command::Move(moving) => moving::run(context, moving).await,
        Command::Settings(change) => settings::run(context, change).await,
        Command::Vault(vault) => vault::run(context, vault).await,
        Command::Completions(completions) => completions::run(context, &completions),
        Command::Man => man::run(context),
        Command::Doctor => doctor::run(context).await,
    }
}
