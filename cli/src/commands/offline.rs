//! `offline`: approves a sign-in whose page shows a QR code, when this device has no network. Nothing is sent: the
//! digits are typed into that page.

use clap::Args;
use countersign_core::authenticator::OfflineCodeView;
use countersign_core::scan::Scanned;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Failure;
use crate::input;
use crate::moment;
use crate::requests;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct Offline {
    /// A picture of the QR code on the sign-in page, its text, or - for either on standard input
    #[arg(value_name = "IMAGE|TEXT")]
    source: String,
}

/// What `offline --json` answers with.
#[derive(Serialize)]
struct Approved<'a> {
    id: String,
    application: &'a str,
    user: &'a str,
    #[serde(flatten)]
    code: &'a OfflineCodeView,
}

pub(crate) async fn run(context: &Context, arguments: Offline) -> Result<(), Failure> {
    context.keep_stdin_for(&arguments.source)?;
    let text = the_request(&input::picture_or_link(&context.out, &arguments.source).await?)?;
    let authenticator = context.open().await?;
    let request = authenticator.offline_request(&text)?;
    let view = request.view();
    if !context.out.json {
        context.out.line(&requests::words(view, context.out.style).join("\n"))?;
    }
    context.confirm("Approve it? To refuse, cancel on the sign-in page.").await?;
    let code = authenticator.approve_offline(&request)?;
    let words = format!(
        "\n    {}\n\nType this into the sign-in page, within {}.",
        context.out.style.bold(&code.grouped),
        moment::length(code.seconds_left)
    );
    let (application, user) = (view.application.as_str(), view.user.as_str());
    context.out.tell(&Approved { id: view.id.to_string(), application, user, code: &code }, &words)
}

/// The one sign-in among what was found.
fn the_request(found: &[Scanned]) -> Result<String, Failure> {
    let text = |scanned: &Scanned| match scanned {
        Scanned::OfflineRequest(text) => Some(text.to_string()),
        _ => None,
    };
    let requests: Vec<String> = found.iter().filter_map(text).collect();
    match requests.as_slice() {
        [request] => Ok(request.clone()),
        [] => {
            let seen = found.first().map(ToString::to_string).unwrap_or_default();
            let sentence = format!("there is no sign-in to approve in it. {}", seen.trim_end_matches('.'));
            Err(Failure::nothing_found("no_offline_request", sentence))
        }
        several => Err(Failure::usage(
            "ambiguous",
            format!("the picture holds {} sign-ins; cut out the one that is meant", several.len()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::scan::classify;

    use super::*;

    #[test]
    fn a_picture_without_a_sign_in_says_what_it_holds() {
        let failure = the_request(&[classify("https://example.org/")]).unwrap_err();
        assert_eq!((failure.exit(), failure.code()), (8, "no_offline_request"));
        assert!(failure.sentence().contains("a web address"), "{}", failure.sentence());
    }
}
