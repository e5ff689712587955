//! What `provider set` takes for mail.

use std::path::PathBuf;

use clap::Args;

use super::secret::{line, public_text};
use super::{Chosen, Failure, Whose};
use crate::engine::providers::{Account, Channel, Choice, SmtpAccount};

#[derive(Debug, Args)]
pub(in crate::command) struct Email {
    #[command(flatten)]
    whose: Whose,
    /// A file whose first line is the mail server's address with user and password: smtps://user:password@host, or
    /// smtp://… for STARTTLS
    #[arg(long, value_name = "FILE")]
    smtp_url_file: Option<PathBuf>,
    /// A descriptor whose first line is that address
    #[arg(long, value_name = "N")]
    smtp_url_fd: Option<u32>,
    /// Who writes: an address, or "Name <address>"
    #[arg(long)]
    from: String,
    /// A certificate authority (PEM) to believe for the mail server
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl Email {
    pub(super) fn read(self) -> Result<Chosen, Failure> {
        let account = SmtpAccount {
            url: line(self.smtp_url_file.as_ref(), self.smtp_url_fd, "--smtp-url")?,
            from: self.from,
            ca: public_text(self.ca.as_ref())?,
        };
        let choice = Choice::Account(Box::new(Account::Smtp(account)));
        Ok(Chosen { tenant: self.whose.tenant()?, channel: Channel::Email, choice, limits: None, also: None })
    }
}
