//! `provider`: under which accounts messages go out. Secrets are read from files and descriptors, never from arguments,
//! which other programs on the machine can see; and they are never shown again.

mod email;
mod push;
mod secret;
mod show;
mod sms;

use clap::{Args, Subcommand};
use countersign_protocol::id::TenantId;
use serde_json::json;

use super::manage::{tenant_id, with_engine};
use super::{Failure, Output};
use crate::config::Config;
use crate::delivery::Couriers;
use crate::engine::providers::{Channel, Choice, Limits, PLATFORM};
use crate::engine::{Attempt, Language, Then};
use crate::running::StartError;

#[derive(Debug, Subcommand)]
pub(super) enum Provider {
    /// Choose who carries a channel's messages, in the place of who did before
    #[command(subcommand)]
    Set(Set),
    /// Say who carries what, whether their accounts work, and how the last hour went
    Show {
        #[command(flatten)]
        whose: Whose,
        /// Only this channel: apns, fcm, webpush, sms, voice or email
        channel: Option<String>,
    },
    /// Send one message now, and say what came of it
    Test {
        #[command(flatten)]
        whose: Whose,
        /// apns, fcm, webpush, sms, voice or email
        channel: String,
        /// A push token, a number (+966…), or an address
        #[arg(long)]
        to: String,
        /// In Arabic
        #[arg(long)]
        arabic: bool,
    },
    /// Send nothing by a channel
    Off {
        #[command(flatten)]
        whose: Whose,
        /// apns, fcm, webpush, sms, voice or email
        channel: String,
    },
    /// Forget what was chosen; the platform's choice holds then
    Remove {
        #[command(flatten)]
        whose: Whose,
        /// apns, fcm, webpush, sms, voice or email
        channel: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Set {
    /// Apple's push service, with a signing key of the team that made the app
    Apns(push::Apns),
    /// Google's push service, with a service account of the app's project
    Fcm(push::Fcm),
    /// Web Push and UnifiedPush, with a key of our own
    Webpush(push::WebPush),
    /// Short messages
    #[command(subcommand)]
    Sms(sms::Sms),
    /// Calls
    #[command(subcommand)]
    Voice(sms::Voice),
    /// A mail server
    Email(email::Email),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Whose {
    /// A tenant's (ten_…)
    #[arg(long)]
    tenant: Option<String>,
    /// The platform's: for every tenant that has none of its own
    #[arg(long)]
    platform: bool,
}

impl Whose {
    fn tenant(&self) -> Result<TenantId, Failure> {
        self.tenant.as_deref().map_or(Ok(PLATFORM), tenant_id)
    }
}

fn channel(word: &str) -> Result<Channel, Failure> {
    let wrong = "the channel must be apns, fcm, webpush, sms, voice or email";
    Channel::from_word(word).ok_or_else(|| Failure::other(wrong))
}

/// What `set` was told: whose, for which channel, what, and within which limits.
struct Chosen {
    tenant: TenantId,
    channel: Channel,
    choice: Choice,
    limits: Option<Limits>,
    /// What else to say, for people and for programs.
    also: Option<(&'static str, String)>,
}

pub(super) async fn run(config: &Config, out: Output, command: Provider) -> Result<(), Failure> {
    match command {
        Provider::Set(set) => {
            let chosen = match set {
                Set::Apns(args) => args.read()?,
                Set::Fcm(args) => args.read()?,
                Set::Webpush(args) => args.read()?,
                Set::Sms(args) => args.read()?,
                Set::Voice(args) => args.read()?,
                Set::Email(args) => args.read()?,
            };
            change(config, out, chosen).await
        }
        Provider::Show { whose, channel: only } => {
            let only = only.as_deref().map(channel).transpose()?;
            show::show(config, out, whose.tenant()?, only).await
        }
        Provider::Test { whose, channel: word, to, arabic } => {
            let language = if arabic { Language::Ar } else { Language::En };
            test(config, out, (whose.tenant()?, channel(&word)?), &to, language).await
        }
        Provider::Off { whose, channel: word } => {
            let (tenant, channel) = (whose.tenant()?, channel(&word)?);
            change(config, out, Chosen { tenant, channel, choice: Choice::Off, limits: None, also: None })
                .await
        }
        Provider::Remove { whose, channel: word } => {
            remove(config, out, whose.tenant()?, channel(&word)?).await
        }
    }
}

async fn change(config: &Config, out: Output, chosen: Chosen) -> Result<(), Failure> {
    let Chosen { tenant, channel, choice, limits, also } = chosen;
    let off = choice == Choice::Off;
    with_engine(config, async |engine| {
        Ok(engine.set_provider(tenant, channel, choice, limits, &"operator").await?)
    })
    .await?;
    let word = channel.as_str();
    let mut facts = json!({"channel": word, "set": true});
    let next = match (off, tenant) {
        (true, _) => format!("No {word} messages are sent from now on."),
        (false, PLATFORM) => format!("Set. Next: countersign-server provider test {word} --platform --to …"),
        (false, tenant) => {
            format!("Set. Next: countersign-server provider test {word} --tenant {tenant} --to …")
        }
    };
    let mut lines = vec![format!("{next}\nA running server follows within three seconds.")];
    if let Some((name, value)) = also {
        if let Some(facts) = facts.as_object_mut() {
            facts.insert(name.to_owned(), json!(value));
        }
        lines.insert(0, format!("{name}  {value}"));
    }
    out.tell(&facts, &lines.join("\n"));
    Ok(())
}

async fn remove(config: &Config, out: Output, tenant: TenantId, channel: Channel) -> Result<(), Failure> {
    with_engine(config, async |engine| Ok(engine.remove_provider(tenant, channel, &"operator").await?))
        .await?;
    let word = channel.as_str();
    out.tell(
        &json!({"channel": word, "removed": true}),
        &format!("Nothing is chosen for {word} there any more; `provider show` says what holds."),
    );
    Ok(())
}

async fn test(
    config: &Config,
    out: Output,
    (tenant, channel): (TenantId, Channel),
    to: &str,
    language: Language,
) -> Result<(), Failure> {
    let couriers = Couriers::new(config).map_err(StartError::from)?;
    let (parcel, came) = with_engine(config, async |engine| {
        let parcel = engine.trial(tenant, channel, to, language).await?;
        let came = couriers.deliver(engine, &parcel).await;
        couriers.close().await;
        engine.tried(&parcel, &came).await?;
        Ok((parcel, came))
    })
    .await?;
    let kind = parcel.provider.account.kind();
    let Attempt { status, error, reference, trouble, then } = came;
    let answer = status.map_or_else(|| "no status".to_owned(), |status| format!("status {status}"));
    if then != Then::Done {
        let account = if trouble { " It is the account that is refused: mend that first." } else { "" };
        return Err(Failure::other(format!(
            "the provider ({kind}) did not take the message: {answer} ({}).{account} docs/providers.md explains the words",
            error.unwrap_or("unknown")
        )));
    }
    let called = reference.as_deref().map(|id| format!(", which calls it {id}")).unwrap_or_default();
    out.tell(
        &json!({"channel": channel.as_str(), "kind": kind, "taken": true, "status": status, "reference": reference}),
        &format!("The provider ({kind}) took the message: {answer}{called}."),
    );
    Ok(())
}
