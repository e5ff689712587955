//! What `provider set` takes for short messages and calls.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::secret::{line, public_text};
use super::{Chosen, Failure, Whose};
use crate::engine::providers::{
    Account, Channel, Choice, Countries, HttpMethod, HttpSmsAccount, Limits, SmppAccount, TwilioAccount,
};

#[derive(Debug, Subcommand)]
pub(in crate::command) enum Sms {
    /// A gateway that is told by one HTTP request, Kannel for example
    Http(Http),
    /// Twilio, or whoever speaks as it does
    Twilio(Twilio),
    /// A message centre that speaks SMPP 3.4
    Smpp(Smpp),
    /// The platform's provider, with less than it allows
    Platform(Platform),
}

#[derive(Debug, Subcommand)]
pub(in crate::command) enum Voice {
    /// Twilio, or whoever speaks as it does
    Twilio(Twilio),
    /// The platform's provider, with less than it allows
    Platform(Platform),
}

#[derive(Debug, Args)]
pub(in crate::command) struct Costs {
    /// Countries that messages may go to: SA,AE,… or all
    #[arg(long)]
    countries: Option<String>,
    /// Messages that a tenant may cause in a day
    #[arg(long)]
    per_day: Option<i64>,
}

impl Costs {
    /// Both or neither: half of them would let the other half be guessed.
    fn read(&self) -> Result<Option<Limits>, Failure> {
        let countries = self.countries.as_deref().map(Countries::parse).transpose()?;
        Ok(countries.map(|countries| Limits { countries, per_day: self.per_day }))
    }
}

/// Forms of requests that are known.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Preset {
    /// Kannel's smsbox
    Kannel,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Method {
    Get,
    Post,
}

#[derive(Debug, Args)]
pub(in crate::command) struct Http {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    costs: Costs,
    /// The address, with blanks such as {to} and {text}; with --preset its beginning only, such as
    /// http://127.0.0.1:13013
    #[arg(long)]
    url: String,
    /// A form of request that is known
    #[arg(long, conflicts_with_all = ["method", "body"])]
    preset: Option<Preset>,
    /// How the request is made
    #[arg(long, default_value = "get")]
    method: Method,
    /// The body of a POST, with the same blanks
    #[arg(long, requires = "content_type")]
    body: Option<String>,
    /// The body's content type
    #[arg(long)]
    content_type: Option<String>,
    /// What an answer of the gateway must hold for the message to count as taken
    #[arg(long, conflicts_with = "preset")]
    accepted: Option<String>,
    /// Who sends: a number or a name
    #[arg(long)]
    from: String,
    /// The user at the gateway
    #[arg(long, default_value = "")]
    user: String,
    /// A file whose first line is the password there
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A descriptor whose first line is the password there
    #[arg(long, value_name = "N")]
    password_fd: Option<u32>,
    /// A certificate authority (PEM) to believe for the gateway
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl Http {
    fn read(self) -> Result<Chosen, Failure> {
        let password = line(self.password_file.as_ref(), self.password_fd, "--password")?;
        let ca = public_text(self.ca.as_ref())?;
        let account = match self.preset {
            Some(Preset::Kannel) => {
                HttpSmsAccount { ca, ..HttpSmsAccount::kannel(&self.url, self.from, self.user, password) }
            }
            None => HttpSmsAccount {
                method: match self.method {
                    Method::Get => HttpMethod::Get,
                    Method::Post => HttpMethod::Post,
                },
                url: self.url,
                body: self.body.zip(self.content_type),
                from: self.from,
                user: self.user,
                password,
                accepted: self.accepted,
                ca,
            },
        };
        chosen(&self.whose, &self.costs, Channel::Sms, Choice::Account(Box::new(Account::Http(account))))
    }
}

#[derive(Debug, Args)]
pub(in crate::command) struct Twilio {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    costs: Costs,
    /// The account: AC…
    #[arg(long)]
    account_sid: String,
    /// A file whose first line is the auth token
    #[arg(long, value_name = "FILE")]
    auth_token_file: Option<PathBuf>,
    /// A descriptor whose first line is the auth token
    #[arg(long, value_name = "N")]
    auth_token_fd: Option<u32>,
    /// The number that sends and calls (+1500…), or MG… for a messaging service
    #[arg(long)]
    from: String,
    /// Another address than Twilio's: https://host:port
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// A certificate authority (PEM) to believe for that address
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl Twilio {
    fn read(self, channel: Channel) -> Result<Chosen, Failure> {
        let account = TwilioAccount {
            account_sid: self.account_sid,
            auth_token: line(self.auth_token_file.as_ref(), self.auth_token_fd, "--auth-token")?,
            from: self.from,
            endpoint: self.endpoint,
            ca: public_text(self.ca.as_ref())?,
        };
        chosen(&self.whose, &self.costs, channel, Choice::Account(Box::new(Account::Twilio(account))))
    }
}

#[derive(Debug, Args)]
pub(in crate::command) struct Smpp {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    costs: Costs,
    /// The message centre's name or address
    #[arg(long)]
    host: String,
    /// Its port
    #[arg(long, default_value_t = 2775)]
    port: u16,
    /// Connect by TLS
    #[arg(long)]
    tls: bool,
    /// Who we are there, 15 characters at most
    #[arg(long)]
    system_id: String,
    /// A file whose first line is the password there
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A descriptor whose first line is the password there
    #[arg(long, value_name = "N")]
    password_fd: Option<u32>,
    /// Who sends: a number or a name
    #[arg(long)]
    from: String,
    /// A certificate authority (PEM) to believe for it
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl Smpp {
    fn read(self) -> Result<Chosen, Failure> {
        let account = SmppAccount {
            host: self.host,
            port: self.port,
            tls: self.tls,
            system_id: self.system_id,
            password: line(self.password_file.as_ref(), self.password_fd, "--password")?,
            from: self.from,
            ca: public_text(self.ca.as_ref())?,
        };
        chosen(&self.whose, &self.costs, Channel::Sms, Choice::Account(Box::new(Account::Smpp(account))))
    }
}

#[derive(Debug, Args)]
pub(in crate::command) struct Platform {
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    costs: Costs,
}

impl Sms {
    pub(super) fn read(self) -> Result<Chosen, Failure> {
        match self {
            Self::Http(args) => args.read(),
            Self::Twilio(args) => args.read(Channel::Sms),
            Self::Smpp(args) => args.read(),
            Self::Platform(args) => chosen(&args.whose, &args.costs, Channel::Sms, Choice::Platform),
        }
    }
}

impl Voice {
    pub(super) fn read(self) -> Result<Chosen, Failure> {
        match self {
            Self::Twilio(args) => args.read(Channel::Voice),
            Self::Platform(args) => chosen(&args.whose, &args.costs, Channel::Voice, Choice::Platform),
        }
    }
}

fn chosen(whose: &Whose, costs: &Costs, channel: Channel, choice: Choice) -> Result<Chosen, Failure> {
    Ok(Chosen { tenant: whose.tenant()?, channel, choice, limits: costs.read()?, also: None })
}
