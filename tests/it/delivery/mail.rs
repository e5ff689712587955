//! Mail, spoken to a mail server: what goes over the wire, how it is kept secret, and what the server's answers mean.

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_server::config::Config;
use countersign_server::delivery::Couriers;
use countersign_server::delivery::mail::Mailer;
use countersign_server::engine::providers::{
    Account, Channel, Choice, PLATFORM, Provider, Secret, SmtpAccount,
};
use countersign_server::engine::words::MailWords;
use countersign_server::engine::{Attempt, Content, Language, Message, Moment, Parcel, Template, Then};
use countersign_server::host::System;
use countersign_tests::authority::Authority;
use countersign_tests::mail_server::MailServer;
use countersign_tests::mailbox;
use countersign_tests::seen::line_with;
use countersign_tests::server_here::ServerHere;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;
use uuid::Uuid;

use crate::SERVER;

const ID: &str = "0190f3c2-1111-7222-8333-444444444444";

fn account(mails: &MailServer, scheme: &str, login: &str, ca: Option<String>) -> SmtpAccount {
    SmtpAccount {
        url: Secret::new(format!("{scheme}://{login}{}", mails.address)),
        from: "Example <mfa@example.org>".to_owned(),
        ca,
    }
}

/// Sends a mail under an account, over connections that are kept under the account's id.
async fn send_by(mailer: &Mailer, account: &SmtpAccount) -> Attempt {
    let message = Message {
        to: "sam@example.org".to_owned(),
        template: Template::SignInCode,
        language: Language::En,
        tenant: "Case Management".to_owned(),
        application: None,
        code: Some("271828".to_owned()),
        minutes: 10,
        invited: None,
    };
    let words = MailWords {
        subject: "\u{2068}Case Management\u{2069}: Your sign-in code".to_owned(),
        text: "    271828\n".to_owned(),
        html: "<p>271828</p>".to_owned(),
    };
    let (id, channel) = (Uuid::from_u128(9), Channel::Email);
    let parcel = Parcel {
        tenant: TenantId(Uuid::from_u128(1)),
        id: ID.parse().unwrap(),
        expires_at: None,
        provider: Arc::new(Provider { id, channel, account: Account::Smtp(account.clone()) }),
        content: Content::Message(message.clone()),
    };
    let at = Moment { now: 1_800_000_000_000, rng: &System };
    mailer.send(&parcel, account, &message.to, &words, at).await
}

async fn send(account: &SmtpAccount) -> Attempt {
    send_by(&Mailer::default(), account).await
}

#[tokio::test]
async fn a_mail_goes_out_as_text_and_as_a_page_and_its_code_in_no_header() {
    let mut mails = MailServer::start().await;
    assert_eq!(send(&account(&mails, "smtp", "", None)).await, Attempt::done(Some(250), None));
    let letter = mails.next().await;
    assert_eq!(
        (letter.from.as_str(), letter.to.as_str()),
        ("MAIL FROM:<mfa@example.org>", "RCPT TO:<sam@example.org>")
    );
    let (head, body) = letter.text.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("271828"), "{head}");
    assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
    assert!(head.contains(&format!("Message-ID: <{ID}@example.org>")), "the same in each attempt: {head}");
    assert!(body.contains("text/plain") && body.contains("text/html"), "{body}");
}

#[tokio::test]
async fn mails_go_over_tls_from_the_first_byte_or_once_it_is_asked_for() {
    let authority = Authority::new();
    for scheme in ["smtps", "smtp"] {
        let mut mails = match scheme {
            "smtps" => MailServer::implicit_tls(authority.server()).await,
            _ => MailServer::starting_tls(authority.server()).await,
        };
        // A mail server at this machine needs no STARTTLS; one that is reached by a name from elsewhere does.
        let mut over = account(&mails, scheme, "mfa%40example.org:p%2Fss@", Some(authority.pem()));
        if scheme == "smtp" {
            over.url = Secret::new(over.url.reveal().replace("smtp://", "smtp+starttls://"));
        }
        assert_eq!(send(&over).await, Attempt::done(Some(250), None), "{scheme}");
        let letter = mails.next().await;
        assert!(letter.secret, "{scheme}");
        assert_eq!(letter.login, "AUTH PLAIN AG1mYUBleGFtcGxlLm9yZwBwL3Nz", "{scheme}");
        let stranger = SmtpAccount { ca: None, ..over };
        let refused = send(&stranger).await;
        assert_eq!((refused.error, refused.trouble), (Some("tls"), true), "{scheme}");
        assert!(matches!(refused.then, Then::Again(_)), "{scheme}");
    }
}

#[tokio::test]
async fn without_tls_no_mail_leaves_this_machine() {
    let mut mails = MailServer::start().await;
    let came = send(&account(&mails, "smtp+starttls", "mfa:secret@", None)).await;
    assert_eq!((came.error, came.then), (Some("protocol"), Then::Again(None)));
    assert!(mails.rest().is_empty());
}

#[tokio::test]
async fn mails_under_one_account_share_a_connection_and_outlive_its_end() {
    let mut mails = MailServer::start().await;
    let (mailer, account) = (Mailer::default(), account(&mails, "smtp", "mfa:secret@", None));
    for _ in 0..3 {
        assert_eq!(send_by(&mailer, &account).await.then, Then::Done);
        mails.next().await;
        // The connection is put back by a task of its own.
        tokio::task::yield_now().await;
    }
    assert_eq!(mails.connections(), 1);
    mails.hang_up();
    assert_eq!(send_by(&mailer, &account).await.then, Then::Done);
    mails.next().await;
    assert_eq!(mails.connections(), 2);
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
        let came = send(&account(&mails, "smtp", "", None)).await;
        assert_eq!((came.status, came.then, came.trouble), (Some(status), then, false), "{answer}");
        assert!(came.error.is_some());
        mails.be_good();
    }
    assert!(mails.rest().is_empty());
}

#[tokio::test]
async fn a_refused_login_is_the_operators_to_mend_and_kills_no_mail() {
    let mut mails = MailServer::start().await;
    let account = account(&mails, "smtp", "mfa%40example.org:secret@", None);
    mails.answer("AUTH", "535 5.7.8 no");
    let refused = send(&account).await;
    assert_eq!(
        (refused.status, refused.error, refused.then, refused.trouble),
        (Some(535), Some("login_refused"), Then::Again(None), true)
    );
    mails.be_good();
    assert_eq!(send(&account).await.then, Then::Done);
    mails.next().await;
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_tried_again() {
    let mails = MailServer::start().await;
    let account = account(&mails, "smtp", "", None);
    drop(mails);
    tokio::task::yield_now().await;
    let came = send(&account).await;
    assert_eq!((came.status, came.error, came.then), (None, Some("connect"), Then::Again(None)));
}

#[tokio::test]
async fn where_nobody_sends_mail_no_link_asks_for_a_mailed_code() {
    let server = ServerProcess::start(Program::new(SERVER)).await;
    let off = server.program().run(&["provider", "off", "email", "--platform"]).await;
    assert_eq!(off.code, Some(0), "{off:?}");
    let cms = server.relying_party("Case Management").await;
    let body = json!({"user_ref": "sam", "email": "sam@example.org", "challenge": "email_otp"});
    let reply = cms.post("/api/v1/users/enroll", &body).await;
    assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()));
    assert!(reply.json()["message"].as_str().unwrap().contains("provider set email"), "{}", reply.text());
}

#[tokio::test]
async fn the_code_of_an_enrolment_is_mailed_at_once_and_opens_it() {
    let mut mails = MailServer::start().await;
    let mut server = ServerProcess::start(Program::new(SERVER)).await;
    mails.serve_all(server.program()).await;
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
    assert!(line_with(&log, code).is_none() && !log.contains("sam@"), "{log}");
    assert!(mails.rest().is_empty(), "one mail, once");
}

#[tokio::test]
async fn a_mail_is_tried_again_until_its_code_expires_and_then_no_more() {
    let mut mails = MailServer::start().await;
    mails.answer("RCPT", "450 4.2.1 busy");
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let choice = Choice::Account(Box::new(Account::Smtp(account(&mails, "smtp", "", None))));
    server.engine.set_provider(PLATFORM, Channel::Email, choice, None, &"operator").await.unwrap();
    let couriers = Arc::new(Couriers::new(&Config::default()).unwrap());
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
