//! Mail, spoken to a mail server: what goes over the wire, and what its answers mean.

use countersign_protocol::id::ChallengeId;
use countersign_server::config::{MailSettings, SmtpSecurity};
use countersign_server::delivery::mail::Mailer;
use countersign_server::engine::{Attempt, Language, Mail, Template, Then};
use countersign_tests::mailbox::Mailbox;

const ID: &str = "0190f3c2-1111-7222-8333-444444444444";

fn settings(mailbox: &Mailbox, login: &str) -> MailSettings {
    MailSettings {
        smtp_url: format!("smtp://{login}{}", mailbox.address).try_into().unwrap(),
        from: "Example <mfa@example.org>".to_owned(),
        ca: None,
    }
}

async fn send(settings: &MailSettings, language: Language) -> Attempt {
    let mail = Mail {
        to: "sam@example.org".to_owned(),
        template: Template::EnrollmentCode,
        language,
        tenant: "Case Management".to_owned(),
        code: "271828".to_owned(),
        minutes: 10,
    };
    let id: ChallengeId = ID.parse().unwrap();
    Mailer::new(settings).unwrap().send(&mail, id.0, 1_800_000_000).await
}

#[tokio::test]
async fn a_code_is_mailed_as_text_and_as_a_page_in_two_languages() {
    let mut mailbox = Mailbox::start().await;
    for language in [Language::En, Language::Ar] {
        let sent = send(&settings(&mailbox, ""), language).await;
        assert_eq!(sent, Attempt { status: Some(250), error: None, then: Then::Done });
        let letter = mailbox.next().await;
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
    let mut mailbox = Mailbox::start().await;
    for (command, answer, status, then) in [
        ("RCPT", "450 4.2.1 busy", 450, Then::Again(None)),
        ("MAIL", "421 4.3.0 later", 421, Then::Again(None)),
        (".", "451 4.3.0 later", 451, Then::Again(None)),
        ("RCPT", "550 5.1.1 nobody of that name", 550, Then::Dead),
        (".", "554 5.7.1 no thank you", 554, Then::Dead),
    ] {
        mailbox.answer(command, answer);
        let came = send(&settings(&mailbox, ""), Language::En).await;
        assert_eq!((came.status, came.then), (Some(status), then), "{answer}");
        assert!(came.error.is_some());
        mailbox.be_good();
    }
    assert!(mailbox.rest().is_empty());
}

#[tokio::test]
async fn a_refused_login_is_the_operators_to_mend_and_kills_no_mail() {
    let mut mailbox = Mailbox::start().await;
    let settings = settings(&mailbox, "mfa%40example.org:secret@");
    mailbox.answer("AUTH", "535 5.7.8 no");
    let refused = send(&settings, Language::En).await;
    assert_eq!(
        (refused.status, refused.error, refused.then),
        (Some(535), Some("login_refused"), Then::Again(None))
    );
    mailbox.be_good();
    assert_eq!(send(&settings, Language::En).await.then, Then::Done);
    mailbox.next().await;
}

#[tokio::test]
async fn without_tls_no_mail_leaves_this_machine() {
    let mut mailbox = Mailbox::start().await;
    let mut settings = settings(&mailbox, "mfa:secret@");
    settings.smtp_url.security = SmtpSecurity::StartTls;
    let came = send(&settings, Language::En).await;
    assert_eq!((came.error, came.then), (Some("protocol"), Then::Again(None)));
    assert!(mailbox.rest().is_empty());
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_tried_again() {
    let mailbox = Mailbox::start().await;
    let settings = settings(&mailbox, "");
    drop(mailbox);
    tokio::task::yield_now().await;
    let came = send(&settings, Language::En).await;
    assert_eq!((came.status, came.error, came.then), (None, Some("connect"), Then::Again(None)));
}
