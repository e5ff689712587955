//! `scan`: says what the QR codes of a picture are. A code never does anything by itself: what can be added or
//! enrolled is asked about, one by one.

use clap::Args;
use countersign_core::authenticator::Authenticator;
use countersign_core::otp::OtpEntry;
use countersign_core::scan::Scanned;
use serde::Serialize;

use super::{add, enroll};
use crate::codes;
use crate::context::Context;
use crate::exit::Failure;
use crate::{grab, input};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// A PNG or JPEG file, or - for standard input
    #[arg(required_unless_present_any = ["screen", "clipboard"])]
    image: Option<String>,
    /// Take a picture of the screen (with grim, maim, import or scrot) and look at that
    #[arg(long, conflicts_with_all = ["image", "clipboard"])]
    screen: bool,
    /// Look at what the clipboard holds, a picture or a link (with wl-paste, xclip or xsel)
    #[arg(long, conflicts_with = "image")]
    clipboard: bool,
}

/// A line of `scan --json`. Never a secret.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Found {
    Otpauth {
        issuer: Option<String>,
        account: String,
        algorithm: &'static str,
        digits: u8,
        period: u32,
        weak: bool,
    },
    Enrollment {
        server: String,
    },
    OfflineRequest {
        message: String,
    },
    MigrationPart {
        message: String,
    },
    Invalid {
        message: String,
    },
    Unknown {
        what: &'static str,
        message: String,
    },
}

impl From<&Scanned> for Found {
    fn from(scanned: &Scanned) -> Self {
        let message = scanned.to_string();
        match scanned {
            Scanned::OtpAuth(entry) => Self::Otpauth {
                issuer: entry.issuer().map(add::shown),
                account: add::shown(entry.account()),
                algorithm: entry.algorithm().unwrap_or_default().name(),
                digits: entry.digits(),
                period: entry.period().unwrap_or_default(),
                weak: entry.weak(),
            },
            Scanned::Enrollment(link) => Self::Enrollment { server: link.server.clone() },
            Scanned::OfflineRequest(_) => Self::OfflineRequest { message },
            Scanned::MigrationPart(_) => Self::MigrationPart { message },
            Scanned::Invalid(_) => Self::Invalid { message },
            Scanned::Unknown(unknown) => Self::Unknown { what: unknown.what.as_str(), message },
        }
    }
}

pub(crate) async fn run(context: &Context, arguments: Scan) -> Result<(), Failure> {
    let found = look(context, &arguments).await?;
    if context.out.json {
        return found.iter().try_for_each(|scanned| context.out.fact(&Found::from(scanned)));
    }
    for scanned in &found {
        context.out.line(&scanned.to_string())?;
        if matches!(scanned, Scanned::OfflineRequest(_)) {
            context.out.remark("Approve it with `countersign offline` and the same picture.");
        }
        if matches!(scanned, Scanned::MigrationPart(_)) {
            context.out.remark("Take it in with `countersign import` and the pictures of all its parts.");
        }
    }
    let usable = found.iter().any(|scanned| matches!(scanned, Scanned::OtpAuth(_) | Scanned::Enrollment(_)));
    if usable && context.person().is_none() && !context.global.yes {
        context.out.remark("Nothing was added, since there is nobody to ask; with --yes it is added.");
        return Ok(());
    }
    let mut vault = None;
    for scanned in found {
        match scanned {
            Scanned::OtpAuth(entry) => offer_entry(context, &mut vault, &entry).await?,
            Scanned::Enrollment(link) => {
                // The answer to a question may be no, and the next code is asked about all the same.
                match enroll::with_link(context, &mut vault, &link.to_string(), None, None).await {
                    Err(failure) if failure.code() == "declined" => {}
                    result => result?,
                }
            }
            _ => {}
        }
    }
    Ok(())
}

async fn look(context: &Context, arguments: &Scan) -> Result<Vec<Scanned>, Failure> {
    if let Some(image) = &arguments.image {
        context.keep_stdin_for(image)?;
        return input::picture(&context.out, image).await;
    }
    let take = if arguments.screen { grab::screen } else { grab::clipboard };
    input::grabbed(&context.out, take).await
}

async fn offer_entry(
    context: &Context,
    vault: &mut Option<Authenticator>,
    entry: &OtpEntry,
) -> Result<(), Failure> {
    let name = codes::name(entry.issuer().map(add::shown).as_deref(), &add::shown(entry.account()));
    if context.agrees(&format!("Add {name}?")).await? {
        add::entry(context, vault, entry).await?;
    }
    Ok(())
}
