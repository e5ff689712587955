//! `enroll`: joins this terminal to a server, after the person saw who asks.

use clap::Args;
use countersign_core::authenticator::Authenticator;
use countersign_core::client::{Client, ClientOptions};
use countersign_core::enroll::{self, Offer, Start};
use countersign_core::scan::{Scanned, visible};
use countersign_protocol::wire::Platform;

use crate::context::Context;
use crate::enrollment_code;
use crate::exit::Failure;
use crate::input;
use crate::progress::during;

/// Longest name that is shown, in characters.
const LONGEST: usize = 200;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Enroll {
    /// The enrolment link, a picture of its QR code, or - for either on standard input
    #[arg(value_name = "IMAGE|LINK")]
    source: String,
    /// How the server shall call this device; else the machine's name
    #[arg(long)]
    name: Option<String>,
    /// The code that the link asks for, where nobody can be asked
    #[arg(long)]
    code: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: Enroll) -> Result<(), Failure> {
    context.keep_stdin_for(&arguments.source)?;
    let link = the_link(input::picture_or_link(&context.out, &arguments.source).await?)?;
    with_link(context, &mut None, &link, arguments.name.as_deref(), arguments.code.as_deref()).await
}

/// The one enrolment link among what was found.
fn the_link(found: Vec<Scanned>) -> Result<String, Failure> {
    let links: Vec<String> = found
        .iter()
        .filter_map(
            |scanned| if let Scanned::Enrollment(link) = scanned { Some(link.to_string()) } else { None },
        )
        .collect();
    match links.as_slice() {
        [link] => Ok(link.clone()),
        [] => {
            let seen = found.first().map(ToString::to_string).unwrap_or_default();
            let sentence = format!("there is no enrolment link in it. {}", seen.trim_end_matches('.'));
            Err(Failure::nothing_found("no_enrollment_link", sentence))
        }
        several => Err(Failure::usage(
            "ambiguous",
            format!("the picture holds {} enrolment links; cut out the one that is meant", several.len()),
        )),
    }
}

/// Shows the offer behind `link`, asks, and enrols. `vault` is opened (or made) now if it was not before.
pub(crate) async fn with_link(
    context: &Context,
    vault: &mut Option<Authenticator>,
    link: &str,
    name: Option<&str>,
    code: Option<&str>,
) -> Result<(), Failure> {
    let name = enroll::device_name(name.unwrap_or(&machine_name()))?;
    let client = Client::new(ClientOptions { ca_pem: context.ca_pem()?, ..ClientOptions::default() })?;
    let offer = during(&context.out, "Asking the server whose link it is", look_at(&client, link)).await?;
    if !context.out.json {
        context.out.line(&offer_lines(&offer, &name).join("\n"))?;
    }
    context.confirm("Enrol this device?").await?;
    let offer = enrollment_code::given(context, &client, offer, code).await?;
    let authenticator = match vault {
        Some(authenticator) => authenticator,
        None => vault.insert(context.open_or_create().await?),
    };
    let enrolling = authenticator.enroll(&offer, &name, Platform::Terminal, None);
    let enrolled = during(&context.out, "Enrolling", enrolling).await?;
    let code = &enrolled.confirmation_code;
    let words = format!(
        "Enrolled at {}.\n\n    Confirmation code: {}\n\nCompare it with the code that the server shows. If they differ, \
         run this and tell your administrator:\n    {}\nTo see what you are asked, and to answer:\n    {}",
        enrolled.account.tenant,
        context.out.style.bold(code),
        context.command(&format!("unenroll {}", enrolled.account.id)),
        context.command("inbox --watch"),
    );
    context.out.tell(&enrolled, &words)
}

/// Asks before there is a vault, so that nobody chooses a password for a link that is not good.
async fn look_at(client: &Client, link: &str) -> Result<Offer, Failure> {
    let start = Start::new(link)?;
    let reply = client.send(&start.request()).await?;
    Ok(start.take(&reply)?)
}

fn offer_lines(offer: &Offer, device_name: &str) -> Vec<String> {
    let shown = |text: &str| visible(text, LONGEST);
    let mut user = shown(&offer.user_ref);
    if let Some(name) = offer.user_name.as_ref().filter(|name| **name != offer.user_ref) {
        user = format!("{user} ({})", shown(name));
    }
    vec![
        "Someone invites this device to answer for you:".to_owned(),
        format!("  organisation  {}", shown(&offer.tenant)),
        format!("  your account  {user}"),
        format!("  server        {}", shown(offer.server())),
        format!("  this device   {}", shown(device_name)),
    ]
}

fn machine_name() -> String {
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy();
    let name: String =
        name.trim().chars().filter(|c| !c.is_control()).take(enroll::MAX_DEVICE_NAME).collect();
    if name.is_empty() { "Terminal".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use countersign_core::scan::classify;

    use super::*;

    #[test]
    fn a_picture_without_an_enrolment_link_says_what_it_holds() {
        let failure = the_link(vec![classify("https://example.org/")]).unwrap_err();
        assert_eq!((failure.exit(), failure.code()), (8, "no_enrollment_link"));
        assert!(failure.sentence().contains("a web address"), "{}", failure.sentence());
    }

    #[test]
    fn the_machine_has_a_name_that_servers_take() {
        assert!(enroll::device_name(&machine_name()).is_ok());
    }
}
