//! Message, spoken to a mail server: what goes over the wire, and what its answers mean.

use std::sync::Arc;

use countersign_protocol::id::ChallengeId;
use countersign_server::config::{Config, MailSettings, SmtpSecurity};
use countersign_server::delivery::Couriers;
use countersign_server::delivery::mail::Mailer;
use countersign_server::engine::{Attempt, Language, Message, Template, Then};
use countersign_tests::mail_server::MailServer;
use countersign_tests::mailbox;
use countersign_tests::server_here::ServerHere;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;

use crate::SERVER;

const ID: &str = "0190f3c2-1111-7222-8333-444444444444";

fn settings(mails: &MailServer, login: &str) -> MailSettings {
    MailSettings {
        smtp_url: format!("smtp://{login}{}", mails.address).try_into().unwrap(),
        from: "Example <mfa@example.org>".to_owned(),
        ca: None,
    }
}

async fn send(settings: &MailSettings, language: Language) -> Attempt {
    let mail = Message {
        to: "sam@example.org".to_owned(),
        template: Template::EnrollmentCode,
        language,
        tenant: "Case Management".to_owned(),
        application: None,
        code: Some("271828".to_owned()),
        minutes: 10,
    };
    let id: ChallengeId = ID.parse().unwrap();
    Mailer::new(settings).unwrap().send(&mail, id.0, 1_800_000_000).await
}

#[tokio::test]
async fn a_code_is_mailed_as_text_and_as_a_page_in_two_languages() {
    let mut mails = MailServer::start().await;
    for language in [Language::En, Language::Ar] {
        let sent = send(&settings(&mails, ""), language).await;
        assert_eq!(sent, Attempt::done(Some(250), None));
        let letter = mails.next().await;
        assert_eq!(
            (letter.from.as_str(), letter.to.as_str()),
            ("MAIL FROM:<mfa@example.org>", "RCPT TO:<sam@example.org>")
        );
        let (head, body) = letter.text.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("271828"), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert!(
            head.contains(&format!("Message-ID: <{ID}@example.org>")),
            "the same in each attempt: {head}"
        );
        assert!(body.contains("text/plain") && body.contains("text/html"), "{body}");
    }
}

#[tokio::test]
async fn what_is_put_off_is_tried_again_and_what_is_refused_is_not() {
    let mut mails = MailServer::start().await;
    for (command, answer, status, then) in [
        ("RCPT", "450 4.2.1 busy", 450, Then::Again(None)),
        ("MAIL", "421 4.3.0 later", 421, Then::Again(None)),
        (".", "451 4.3.0 later", 451, Then::Again(None)),
        ("RCPT", "550 5.1.1 nobody of that name", 550, Then::Dead),
        (".", "554 5.7.1 no thank you", 554, Then::Dead),
    ] {
        mails.answer(command, answer);
        let came = send(&settings(&mails, ""), Language::En).await;
        assert_eq!((came.status, came.then), (Some(status), then), "{answer}");
        assert!(came.error.is_some());
        mails.be_good();
    }
    assert!(mails.rest().is_empty());
}

#[tokio::test]
async fn a_refused_login_is_the_operators_to_mend_and_kills_no_mail() {
    let mut mails = MailServer::start().await;
    let settings = settings(&mails, "mfa%40example.org:secret@");
    mails.answer("AUTH", "535 5.7.8 no");
    let refused = send(&settings, Language::En).await;
    assert_eq!(
        (refused.status, refused.error, refused.then),
        (Some(535), Some("login_refused"), Then::Again(None))
    );
    mails.be_good();
    assert_eq!(send(&settings, Language::En).await.then, Then::Done);
    mails.next().await;
}

#[tokio::test]
async fn without_tls_no_mail_leaves_this_machine() {
    let mut mails = MailServer::start().await;
    let mut settings = settings(&mails, "mfa:secret@");
    settings.smtp_url.security = SmtpSecurity::StartTls;
    let came = send(&settings, Language::En).await;
    assert_eq!((came.error, came.then), (Some("protocol"), Then::Again(None)));
    assert!(mails.rest().is_empty());
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_tried_again() {
    let mails = MailServer::start().await;
    let settings = settings(&mails, "");
    drop(mails);
    tokio::task::yield_now().await;
    let came = send(&settings, Language::En).await;
    assert_eq!((came.status, came.error, came.then), (None, Some("connect"), Then::Again(None)));
}

/// A configuration with this mail server.
fn config(mails: &MailServer) -> Config {
    Config { mail: Some(settings(mails, "")), ..Config::default() }
}

#[tokio::test]
async fn the_code_of_an_enrolment_is_mailed_at_once_and_opens_it() {
    let mut mails = MailServer::start().await;
    let program = Program::new(SERVER)
        .env("COUNTERSIGN_MAIL_SMTP_URL", format!("smtp://{}", mails.address))
        .env("COUNTERSIGN_MAIL_FROM", "Example <mfa@example.org>");
    let mut server = ServerProcess::start(program).await;
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam", "email": "sam@example.org", "challenge": "email_otp"});
    let issued = cms.post("/api/v1/users/enroll", &body).await.expect(201);
    let letter = mails.next().await;
    assert_eq!(letter.to, "RCPT TO:<sam@example.org>");
    let alone = |line: &&str| line.len() == 10 && line.trim().len() == 6;
    let code = letter.text.lines().find(alone).expect("a code on a line of its own").trim();
    let body = json!({"token": issued["enrollment_token"], "code": code});
    cms.post("/api/v1/devices/verify-enrollment", &body).await.expect(200);
    let log = server.terminate().await;
    assert!(!log.contains(code) && !log.contains("sam@"), "{log}");
    assert!(mails.rest().is_empty(), "one mail, once");
}

#[tokio::test]
async fn a_mail_is_tried_again_until_its_code_expires_and_then_no_more() {
    let mut mails = MailServer::start().await;
    mails.answer("RCPT", "450 4.2.1 busy");
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let couriers = Arc::new(Couriers::new(&config(&mails)).unwrap());
    let enroll = async |user: &str| {
        let body = json!({"user_ref": user, "email": "sam@example.org", "challenge": "email_otp"});
        cms.post("/api/v1/users/enroll", &body).await.expect(201);
    };
    enroll("sam").await;
    couriers.send_due(&server.engine).await.unwrap();
    assert_eq!(mailbox::waiting(&server).await.len(), 1);
    mails.be_good();
    server.clock.advance(2_000);
    couriers.send_due(&server.engine).await.unwrap();
    mails.next().await;
    assert!(mailbox::waiting(&server).await.is_empty());

    mails.answer("RCPT", "450 4.2.1 busy");
    enroll("pat").await;
    couriers.send_due(&server.engine).await.unwrap();
    mails.be_good();
    server.clock.advance(11 * 60_000);
    couriers.send_due(&server.engine).await.unwrap();
    assert!(mailbox::waiting(&server).await.is_empty());
    assert!(mails.rest().is_empty(), "nobody needs it any more");
}
