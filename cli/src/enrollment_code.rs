//! The code that an enrolment link may ask for: from the person, or from `--code`.

use countersign_core::client::Client;
use countersign_core::enroll::{Check, EnrollError, Offer};
use countersign_core::scan::visible;

use crate::context::Context;
use crate::exit::{self, Failure};
use crate::progress::during;

/// What a person types to have the code sent again.
const AGAIN: &str = "again";

/// The offer after the code that it asks for, if it asks for one.
pub(crate) async fn given(
    context: &Context,
    client: &Client,
    offer: Offer,
    code: Option<&str>,
) -> Result<Offer, Failure> {
    match (offer.check(), code) {
        (Check::None, _) => Ok(offer),
        (_, Some(code)) => Ok(hand_in(context, client, &offer, code).await??),
        (_, None) if context.person().is_none() => Err(Failure::usage(
            "enrollment_code_needed",
            format!("{}, and there is nobody to ask; give it with --code", whence(&offer)),
        )),
        (check, None) => {
            context.out.line(&format!("{}.", whence(&offer)))?;
            let prompt = match check {
                Check::EmailCode => format!("Code (or “{AGAIN}” to have it sent again): "),
                Check::None | Check::OneTimePassword => "Code: ".to_owned(),
            };
            ask(context, client, &offer, &prompt).await
        }
    }
}

/// Asks until the code is right, or nobody wants to go on, or it makes no sense to.
async fn ask(context: &Context, client: &Client, offer: &Offer, prompt: &str) -> Result<Offer, Failure> {
    loop {
        let typed = context.ask_line(prompt).await?;
        let typed = typed.trim();
        let said = if typed.is_empty() {
            return Err(Failure::failed("declined", "no code was given, so nothing was done"));
        } else if typed == AGAIN && offer.check() == Check::EmailCode {
            send_again(context, client, offer).await?
        } else {
            match hand_in(context, client, offer, typed).await? {
                Ok(offer) => return Ok(offer),
                Err(error @ (EnrollError::CodeForm | EnrollError::WrongCode { .. })) if goes_on(&error) => {
                    exit::sentence(&error)
                }
                Err(error) => return Err(error.into()),
            }
        };
        context.out.line(&format!("{}.", first_upper(&said)))?;
    }
}

fn goes_on(error: &EnrollError) -> bool {
    !matches!(error, EnrollError::WrongCode { attempts_left: Some(0) })
}

async fn hand_in(
    context: &Context,
    client: &Client,
    offer: &Offer,
    code: &str,
) -> Result<Result<Offer, EnrollError>, Failure> {
    let request = match offer.verify(code) {
        Ok(request) => request,
        Err(error) => return Ok(Err(error)),
    };
    let reply = during(&context.out, "Checking the code", client.send(&request)).await?;
    Ok(offer.take_verified(&reply))
}

async fn send_again(context: &Context, client: &Client, offer: &Offer) -> Result<String, Failure> {
    let request = offer.resend();
    let reply = during(&context.out, "Having it sent again", client.send(&request)).await?;
    match offer.take_resent(&reply) {
        Ok(_) => Ok("a new code was sent; the one before is no longer good".to_owned()),
        Err(error @ EnrollError::CodeSentJustNow { .. }) => Ok(exit::sentence(&error)),
        Err(error) => Err(error.into()),
    }
}

fn whence(offer: &Offer) -> String {
    match (offer.check(), &offer.email_masked) {
        (Check::EmailCode, Some(address)) => {
            format!("This link asks for the code that was sent to {}", visible(address, 200))
        }
        (Check::EmailCode, None) => "This link asks for the code that was sent to you by e-mail".to_owned(),
        (Check::None | Check::OneTimePassword, _) => {
            "This link asks for a code from your authenticator app".to_owned()
        }
    }
}

fn first_upper(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
