//! The story: enrolment by QR code, an approval, a denial, a wrong number, a question that is taken back.

use std::path::{Path, PathBuf};

use countersign_core::approve::AnswerResult;
use countersign_core::authenticator::PendingView;
use countersign_protocol::wire::Outcome;
use countersign_server::engine::{NewApplication, NewTenant};
use countersign_server::running::Running;
use countersign_server::terminal_qr;
use serde_json::json;

use crate::Result;
use crate::phone::Phone;
use crate::relying_party::{RelyingParty, Session};
use crate::telling::Teller;

const USER: &str = "sara";
const NAME: &str = "Sara";

/// Who is on stage.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) party: RelyingParty,
    pub(crate) folder: PathBuf,
    phone: Phone,
}

/// Plays everything, and fails when anything ends otherwise than it should.
pub(crate) async fn play(
    running: &Running,
    folder: &Path,
    qr: Option<&Path>,
    teller: &Teller,
) -> Result<Cast> {
    let cast = set_up(running, folder, teller).await?;
    enroll(&cast, qr, teller).await?;
    approve(&cast, teller).await?;
    approve_with_password(&cast, teller).await?;
    deny(&cast, teller).await?;
    wrong_number(&cast, teller).await?;
    take_back(&cast, teller).await?;
    teller.line("\nEverything ended as it should.");
    teller.fact(&json!({"step": "end", "ok": true}));
    Ok(cast)
}

async fn set_up(running: &Running, folder: &Path, teller: &Teller) -> Result<Cast> {
    teller.chapter("1. A server, with a bank as its customer");
    let base = running.engine.server_id().to_owned();
    teller.step(
        "server",
        &format!("is up at {base}, data in {}", folder.display()),
        &json!({"step": "server", "url": base}),
    );
    let tenant = running
        .engine
        .create_tenant(
            NewTenant { name: "Example Bank".into(), answer_window: None, color: None },
            &"operator",
        )
        .await?;
    let application = NewApplication { name: "Online banking".into(), color: Some("#0b7285".into()) };
    let (client_id, client_secret) =
        running.engine.create_application(tenant.id, application, &"operator").await?;
    teller.step(
        "operator",
        "made the tenant Example Bank and its application Online banking",
        &json!({"step": "application", "tenant_id": tenant.id, "client_id": client_id.to_string()}),
    );
    let party = RelyingParty::new(base, client_id.to_string(), client_secret)?;
    Ok(Cast { party, folder: folder.to_owned(), phone: Phone::new(folder)? })
}

async fn enroll(cast: &Cast, qr: Option<&Path>, teller: &Teller) -> Result<()> {
    teller.chapter("2. A phone enrols by QR code");
    let (link, png) = cast.party.enroll(USER, NAME).await?;
    let picture = qr.map_or_else(|| cast.folder.join("enrollment.png"), Path::to_owned);
    std::fs::write(&picture, &png).map_err(|e| format!("{} cannot be written: {e}", picture.display()))?;
    teller.step(
        "Online banking",
        &format!("asks for a link for {NAME}; the QR code is also in {}", picture.display()),
        &json!({"step": "enroll", "user_ref": USER, "enrollment_url": link, "qr": picture}),
    );
    teller.line(
        "                (Not for a phone of yours: this program plays Sara's phone, which uses the link up. Yours comes below.)",
    );
    teller.line(&format!("\n{}", terminal_qr::draw(&link).unwrap_or_default()));
    let offer = cast.phone.scan(&std::fs::read(&picture)?).await?;
    teller.step(
        "phone",
        &format!(
            "scans the picture: {} wants to enrol a device for {}. {NAME} says yes",
            offer.tenant, offer.user_ref
        ),
        &json!({"step": "scanned", "tenant": offer.tenant, "user_ref": offer.user_ref}),
    );
    let ours = cast.phone.enroll(&offer).await?.confirmation_code;
    let theirs = cast.party.confirmation_code(USER).await?;
    if ours != theirs {
        return Err("the two confirmation codes differ".into());
    }
    teller.step(
        "both",
        &format!("show the code {ours}, so that two people can compare their screens"),
        &json!({"step": "enrolled", "confirmation_code": ours}),
    );
    Ok(())
}

async fn approve(cast: &Cast, teller: &Teller) -> Result<()> {
    teller.chapter("3. Sara signs in: the login screen shows a number, she types it on the phone");
    let (session, request, number) = ask_with_number(cast, teller, "Sign in to Online banking?").await?;
    let result = cast.phone.approve(&request, Some(&number)).await?;
    teller.line(&format!("{:>14}  Sara types {number}: the phone signs her answer", "phone"));
    ended(cast, &session, result == AnswerResult::Done(Outcome::Approved), "approved", "approve", teller)
        .await
}

async fn approve_with_password(cast: &Cast, teller: &Teller) -> Result<()> {
    teller.chapter("4. A caller that shows no number: the phone verifies the person instead");
    let session = cast.party.send(USER, "Approve sign-in request?", false).await?;
    let request = cast.phone.request().await?;
    if !request.verify {
        return Err("a request without number must ask for verification".into());
    }
    teller.line(&format!("{:>14}  asks for fingerprint, face, passcode or password: Sara gives it", "phone"));
    let result = cast.phone.approve(&request, None).await?;
    ended(cast, &session, result == AnswerResult::Done(Outcome::Approved), "approved", "verify", teller).await
}

async fn deny(cast: &Cast, teller: &Teller) -> Result<()> {
    teller.chapter("5. A sign-in that is not hers: one tap denies it");
    let (session, request, _) = ask_with_number(cast, teller, "Sign in to Online banking?").await?;
    let result = cast.phone.deny(&request).await?;
    teller.line(&format!("{:>14}  Sara taps Deny", "phone"));
    ended(cast, &session, result == AnswerResult::Done(Outcome::Denied), "denied", "deny", teller).await
}

async fn wrong_number(cast: &Cast, teller: &Teller) -> Result<()> {
    teller.chapter("6. A wrong number: one try, then the request is over");
    let (session, request, number) = ask_with_number(cast, teller, "Pay 900.00 to a new payee?").await?;
    let wrong = if number == "42" { "24" } else { "42" };
    let result = cast.phone.approve(&request, Some(wrong)).await?;
    teller.line(&format!("{:>14}  somebody types {wrong} instead of {number}", "phone"));
    ended(cast, &session, result == AnswerResult::WrongNumber, "denied", "wrong_number", teller).await
}

async fn take_back(cast: &Cast, teller: &Teller) -> Result<()> {
    teller.chapter("7. The bank takes a question back: the phone can no longer answer it");
    let (session, request, number) = ask_with_number(cast, teller, "Sign in to Online banking?").await?;
    let status = cast.party.cancel(&session).await?;
    teller.line(&format!("{:>14}  cancels it: {status}", "Online banking"));
    let result = cast.phone.approve(&request, Some(&number)).await?;
    let told = result == AnswerResult::Elsewhere(Outcome::Cancelled);
    ended(cast, &session, told, "cancelled", "cancel", teller).await
}

async fn ask_with_number(
    cast: &Cast,
    teller: &Teller,
    message: &str,
) -> Result<(Session, PendingView, String)> {
    let session = cast.party.send(USER, message, true).await?;
    let number = session.number.clone().ok_or("the server gave no number")?;
    teller.line(&format!("{:>14}  shows the number {number} on its login screen", "Online banking"));
    let request = cast.phone.request().await?;
    teller.line(&format!(
        "{:>14}  shows: {} asks \"{}\" ({} s left)",
        "phone", request.application, request.message, request.seconds_left
    ));
    Ok((session, request, number))
}

async fn ended(
    cast: &Cast,
    session: &Session,
    phone_agrees: bool,
    expected: &str,
    step: &str,
    teller: &Teller,
) -> Result<()> {
    let status = cast.party.outcome(session).await?;
    teller.step(
        "Online banking",
        &format!("reads the status: {status}"),
        &json!({"step": step, "session_id": session.id, "status": status}),
    );
    if status == expected && phone_agrees {
        Ok(())
    } else {
        Err(format!(
            "{step} ended as {status}, and the phone was {}told so",
            if phone_agrees { "" } else { "not " }
        )
        .into())
    }
}
