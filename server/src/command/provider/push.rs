//! What `provider set` takes for pushes.

use std::path::PathBuf;

use clap::Args;

use super::secret::{public_text, text};
use super::{Chosen, Failure, Whose};
use crate::engine::providers::{Account, ApnsAccount, Channel, Choice, Secret};

#[derive(Debug, Args)]
pub(in crate::command) struct Apns {
    #[command(flatten)]
    whose: Whose,
    /// The signing key: the .p8 file from Apple's developer pages
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// The key's id, 10 characters
    #[arg(long)]
    key_id: String,
    /// The team's id, 10 characters
    #[arg(long)]
    team_id: String,
    /// The app's bundle id
    #[arg(long)]
    topic: String,
    /// The app was signed for development
    #[arg(long)]
    sandbox: bool,
    /// Another address than Apple's: https://host:port
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// A certificate authority (PEM) to believe for that address
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl Apns {
    pub(super) fn read(self) -> Result<Chosen, Failure> {
        let account = ApnsAccount {
            team_id: self.team_id,
            key_id: self.key_id,
            private_key: Secret::new(text(&self.key_file)?.to_string()),
            topic: self.topic,
            sandbox: self.sandbox,
            endpoint: self.endpoint,
            ca: public_text(self.ca.as_ref())?,
        };
        chosen(&self.whose, Channel::Apns, Account::Apns(account))
    }
}

fn chosen(whose: &Whose, channel: Channel, account: Account) -> Result<Chosen, Failure> {
    let choice = Choice::Account(Box::new(account));
    Ok(Chosen { tenant: whose.tenant()?, channel, choice, limits: None, also: None })
}
