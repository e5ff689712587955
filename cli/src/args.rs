//! What can be typed: the options that every command takes, and the commands. Each command's own arguments stand in
//! its file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    add, approve, backup, codes, completions, deny, edit, enroll, export, history, import, inbox, moving,
    next, offline, password, qr, receipt, remove, rename, rules, scan, settings, transfer, unenroll, vault,
};

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    about = "An authenticator: one-time codes and signed approvals, in a sealed vault",
    after_help = "The vault is FILE of --vault, else $COUNTERSIGN_VAULT, else $XDG_DATA_HOME/countersign/vault.db, \
                  else ~/.local/share/countersign/vault.db. Exit codes and JSON: docs/cli.md."
)]
pub(crate) struct Program {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Global {
    /// The vault's file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) vault: Option<PathBuf>,
    /// Answer with one JSON object a line, and never ask
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Read the password from this descriptor: one line
    #[arg(long, global = true, value_name = "N")]
    pub(crate) password_fd: Option<u32>,
    /// Open the vault with the recovery phrase instead of the password
    #[arg(long, global = true)]
    pub(crate) phrase: bool,
    /// Certificates (PEM) of your organisation's own authority, believed beside the public ones
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Answer yes where a question would be asked
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what the QR codes of a picture are, and ask whether to add them
    Scan(scan::Scan),
    /// Add an account for one-time codes
    Add(add::Add),
    /// Show the one-time codes
    Codes(codes::Codes),
    /// List the accounts with one-time codes
    List,
    /// Show the next code of an entry whose codes are counted
    Next(next::Next),
    /// Change an entry's names, tags, note, place before the others, or PIN
    Edit(edit::Edit),
    /// Give an entry another place in your own order
    Move(moving::Move),
    /// Remove an account with one-time codes for good
    Remove(remove::Remove),
    /// Show an entry's QR code, to take it to another device
    Qr(qr::Qr),
    /// Take in the codes of another app, or a backup: says what it would bring, and asks
    Import(import::Import),
    /// Give out what is kept: a sealed backup, or a form that other apps read
    Export(export::Export),
    /// Enrol this terminal at a server, so that it can be asked
    Enroll(enroll::Enroll),
    /// List the enrolled accounts
    Accounts,
    /// Show the requests that wait for an answer
    Inbox(inbox::Inbox),
    /// Yes, it is me
    Approve(approve::Approve),
    /// Approve a sign-in whose page shows a QR code, when this device has no network
    Offline(offline::Offline),
    /// No
    Deny(deny::Deny),
    /// What was answered
    History(history::History),
    /// Check a receipt, or save one that is kept here
    Receipt(receipt::Receipt),
    /// The rules by which sign-ins are approved without asking: list them, end one
    Rules(rules::Rules),
    /// Give this device another name at a server
    Rename(rename::Rename),
    /// Let another device take an account over
    Transfer(transfer::Transfer),
    /// Remove an enrolled account, here and at its server
    Unenroll(unenroll::Unenroll),
    /// Write sealed backups, once or after every change
    Backup(backup::Backup),
    /// Show your choices about the app, or change one
    Settings(settings::Change),
    /// Change the vault's password
    Password(password::Password),
    /// Recovery phrase, earlier states, new keys, and what is left of a damaged vault
    Vault(vault::Vault),
    /// Say whether vault, servers and clock are as they should be
    Doctor,
    /// Print what a shell needs to complete these commands
    Completions(completions::Completions),
    /// Print the manual page (countersign man | man -l -)
    Man,
}

impl Command {
    /// Whether the command goes on until it is told to stop, so that stopping it is no failure.
    pub(crate) fn watches(&self) -> bool {
        match self {
            Self::Codes(codes) => codes.watch,
            Self::Inbox(inbox) => inbox.watch,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn parse(line: &str) -> Result<Program, clap::Error> {
        Program::try_parse_from(std::iter::once("countersign").chain(line.split_whitespace()))
    }

    #[test]
    fn the_command_line_is_consistent() {
        Program::command().debug_assert();
    }

    #[test]
    fn options_stand_before_or_after_the_command() {
        for line in ["--json --vault /v --yes codes --watch git", "codes git --watch --yes --vault /v --json"]
        {
            let program = parse(line).unwrap();
            assert!(program.global.json && program.global.yes && program.command.watches());
            assert_eq!(program.global.vault.as_deref(), Some(std::path::Path::new("/v")));
        }
        assert_eq!(parse("list --password-fd 3").unwrap().global.password_fd, Some(3));
    }

    #[test]
    fn passwords_cannot_be_given_in_arguments() {
        assert!(parse("list --password secret").is_err());
        assert!(parse("list --password-fd secret").is_err());
        assert!(parse("list --password-fd -1").is_err());
    }

    #[test]
    fn what_is_needed_is_asked_for() {
        for line in [
            "",
            "receipt",
            "receipt verify",
            "receipt save x",
            "rules revoke",
            "approve x --remember 0",
            "approve x --remember 31",
            "approve",
            "deny",
            "enroll",
            "add",
            "scan",
            "remove",
            "qr",
            "offline",
            "unenroll",
            "rename x",
            "nonsense",
        ] {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
        }
        assert_eq!(parse("--help").unwrap_err().exit_code(), 0);
    }

    #[test]
    fn a_number_keeps_its_leading_zero() {
        let Command::Approve(approve) = parse("approve 0190 --number 07").unwrap().command else { panic!() };
        assert_eq!((approve.id.as_str(), approve.number.as_deref()), ("0190", Some("07")));
    }

    #[test]
    fn ids_that_begin_with_a_hyphen_are_no_options() {
        assert!(matches!(parse("rules revoke -AbC").unwrap().command, Command::Rules(_)));
        assert!(matches!(parse("receipt verify f --key -abc").unwrap().command, Command::Receipt(_)));
        assert!(matches!(parse("rules").unwrap().command, Command::Rules(_)));
    }

    #[test]
    fn only_watching_ends_well_when_stopped() {
        for (line, watches) in
            [("codes", false), ("codes --watch", true), ("inbox", false), ("inbox --watch", true)]
        {
            assert_eq!(parse(line).unwrap().command.watches(), watches, "{line}");
        }
    }
}
