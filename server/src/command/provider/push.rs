//! What `provider set` takes for pushes.

use std::path::PathBuf;

use clap::Args;

use super::secret::{public_text, text};
use super::{Chosen, Failure, Whose};
use crate::engine::providers::{Account, ApnsAccount, Channel, Choice, FcmAccount, Secret, WebPushAccount};

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

#[derive(Debug, Args)]
pub(in crate::command) struct Fcm {
    #[command(flatten)]
    whose: Whose,
    /// The service account's key: the JSON file from Google's console
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// Another address than Google's: https://host:port
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// A certificate authority (PEM) to believe for that address
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl Fcm {
    pub(super) fn read(self) -> Result<Chosen, Failure> {
        let mut account = FcmAccount::from_key_file(&text(&self.key_file)?)?;
        account.endpoint = self.endpoint;
        account.ca = public_text(self.ca.as_ref())?;
        chosen(&self.whose, Channel::Fcm, Account::Fcm(account))
    }
}

#[derive(Debug, Args)]
pub(in crate::command) struct WebPush {
    #[command(flatten)]
    whose: Whose,
    /// The key that push services know us by (P-256, PEM); one is made when there is none
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Whom a push service can turn to: mailto:… or https://…
    #[arg(long)]
    subject: String,
    /// A certificate authority (PEM) to believe for push services
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl WebPush {
    pub(super) fn read(self) -> Result<Chosen, Failure> {
        let private_key = match &self.key_file {
            Some(path) => Secret::new(text(path)?.to_string()),
            None => WebPushAccount::new_key()?,
        };
        let account =
            WebPushAccount { private_key, subject: self.subject, ca: public_text(self.ca.as_ref())? };
        let public_key = account.public_key()?;
        let chosen = chosen(&self.whose, Channel::WebPush, Account::WebPush(account))?;
        Ok(Chosen { also: Some(("public_key", public_key)), ..chosen })
    }
}

fn chosen(whose: &Whose, channel: Channel, account: Account) -> Result<Chosen, Failure> {
    let choice = Choice::Account(Box::new(account));
    Ok(Chosen { tenant: whose.tenant()?, channel, choice, limits: None, also: None })
}
