//! Tenants' own words by command: what is refused, what people then read, and that it is noted who changed what.

use countersign_protocol::id::TenantId;
use countersign_tests::mail_server::{Letter, MailServer};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::{Ended, Program, ServerProcess};
use serde_json::json;
use uuid::Uuid;

use crate::SERVER;

/// `template`, with the words on standard input.
async fn template(server: &ServerProcess, tenant: &str, line: &str, input: &str) -> Ended {
    let mut arguments = vec!["template"];
    arguments.extend(line.split(' '));
    arguments.extend(["--tenant", tenant]);
    server.program().run_with(&arguments, input.as_bytes()).await
}

async fn mailed(mails: &mut MailServer, cms: &RelyingParty) -> Letter {
    let body = json!({"user_ref": "sam", "email": "sam@example.org", "challenge": "email_otp"});
    cms.post("/api/v1/users/enroll", &body).await.expect(201);
    mails.next().await
}

#[tokio::test]
async fn people_read_the_words_of_their_own_tenant() {
    let mut mails = MailServer::start().await;
    let server = ServerProcess::start(Program::new(SERVER)).await;
    mails.serve_all(server.program()).await;
    let (cms, other) = (server.relying_party("Cases").await, server.relying_party("Others").await);
    let words = "Subject: Phone for {{ tenant }}\n\nWelcome to {{ tenant }}!\n\n    {{ code }}\n";
    let set = template(&server, &cms.tenant, "set email enrollment_code --file -", words).await;
    assert_eq!(set.code, Some(0), "{set:?}");
    let own = mailed(&mut mails, &cms).await.text;
    assert!(own.contains("Welcome to") && !own.contains("Confirm your"), "{own}");
    let usual = mailed(&mut mails, &other).await.text;
    assert!(!usual.contains("Welcome to") && usual.contains("Confirm your"), "another tenant's: {usual}");

    let shown = template(&server, &cms.tenant, "show email enrollment_code", "").await;
    assert_eq!(shown.stdout.trim_end(), words.trim_end());
    let previewed = template(&server, &cms.tenant, "preview email enrollment_code --lang ar", "").await;
    assert!(previewed.stdout.contains("123456") && previewed.stdout.contains("رمزك"), "{previewed:?}");
    let listed = server.program().json(&["template", "list", "--tenant", &cms.tenant]).await;
    let own: Vec<_> =
        listed["templates"].as_array().unwrap().iter().filter(|t| !t["changed_at"].is_null()).collect();
    assert_eq!(
        (own.len(), &own[0]["name"], &own[0]["language"]),
        (1, &json!("enrollment_code"), &json!("en"))
    );

    let reset = template(&server, &cms.tenant, "reset email enrollment_code", "").await;
    assert_eq!(reset.code, Some(0), "{reset:?}");
    assert!(mailed(&mut mails, &cms).await.text.contains("Confirm your"));
    let again = template(&server, &cms.tenant, "reset email enrollment_code", "").await;
    assert!(again.code == Some(1) && again.stderr.contains("nothing to reset"), "{again:?}");
    let log = server.program().run(&["--json", "audit", "list", "--tenant", &cms.tenant]).await;
    for event in ["template.changed", "template.removed"] {
        assert_eq!(log.stdout.matches(event).count(), 1, "{event}: {}", log.stdout);
    }
}

#[tokio::test]
async fn words_that_could_not_be_used_are_refused_and_change_nothing() {
    let server = ServerProcess::start(Program::new(SERVER)).await;
    let cms = server.relying_party("Cases").await;
    for (which, words, why) in [
        ("sms sign_in_code", "Hello", "{{ code }}"),
        ("sms sign_in_code", "{{ code }} {{ code ~ code }}", "cannot say"),
        ("sms sign_in_code", "{% set x = code ~ code %}{{ x }}{{ code }}", "cannot say"),
        ("sms sign_in_code", "{{ code }}{% if name %}", "cannot be read"),
        ("sms factor_added", "{{ code }}", "no code"),
        ("email sign_in_code", "Subject: {{ code }}\n\n{{ code }}", "subject"),
        ("email sign_in_code", "{{ code }}", "Subject:"),
        ("voice sign_in_code", "nothing", "{{ code }}"),
        ("pigeon sign_in_code", "{{ code }}", "sms, voice, email"),
        ("sms nothing", "{{ code }}", "sign_in_code"),
    ] {
        let line = format!("set {which} --file -");
        let refused = template(&server, &cms.tenant, &line, words).await;
        assert!(refused.code == Some(1) && refused.stderr.contains(why), "{which} {words}: {refused:?}");
    }
    let long = format!("{{{{ code }}}}{}", " word".repeat(100));
    let refused = template(&server, &cms.tenant, "set sms sign_in_code --file -", &long).await;
    assert!(refused.code == Some(1) && refused.stderr.contains("at most 3"), "{refused:?}");
    let nobody =
        template(&server, &TenantId(Uuid::from_u128(7)).to_string(), "show sms sign_in_code", "").await;
    assert!(nobody.code == Some(1) && nobody.stderr.contains("tenant create"), "{nobody:?}");
    let listed = server.program().json(&["template", "list", "--tenant", &cms.tenant]).await;
    let all = listed["templates"].as_array().unwrap();
    assert!(all.len() == 30 && all.iter().all(|one| one["changed_at"].is_null()), "{listed}");
}
