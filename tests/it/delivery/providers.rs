//! Providers by command: chosen, shown, tried, taken away. Secrets go in and never come out.

use countersign_server::engine::providers::{
    Account, Channel, Choice, Countries, Limits, PLATFORM, Secret, TwilioAccount,
};
use countersign_server::engine::{Error, Language, Message, Template};
use countersign_tests::mail_server::MailServer;
use countersign_tests::server_here::ServerHere;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;

use crate::SERVER;

fn twilio() -> Choice {
    Choice::Account(Box::new(Account::Twilio(TwilioAccount {
        account_sid: format!("AC{}", "0".repeat(32)),
        auth_token: Secret::new("hunter2".to_owned()),
        from: "+15005550006".to_owned(),
        endpoint: None,
        ca: None,
    })))
}

fn limits(countries: &str, per_day: i64) -> Option<Limits> {
    Some(Limits { countries: Countries::parse(countries).unwrap(), per_day: Some(per_day) })
}

#[tokio::test]
async fn a_tenant_has_its_own_provider_or_the_platforms_or_none() {
    let server = ServerHere::start().await;
    let [one, two] = [server.relying_party("One", None).await, server.relying_party("Two", None).await];
    let [one, two] = [one, two].map(|party| party.tenant.parse().unwrap());
    let engine = &server.engine;
    let kind = async |tenant, channel| {
        engine.provider_for(tenant, channel).await.unwrap().map(|provider| provider.account.kind())
    };
    assert_eq!(kind(one, Channel::Sms).await, Some("file"), "development: messages are written to files");
    assert_eq!(kind(one, Channel::Apns).await, None, "this server writes no pushes to files");
    engine.set_provider(PLATFORM, Channel::Sms, twilio(), limits("SA,AE", 100), &"operator").await.unwrap();
    assert_eq!(
        (kind(one, Channel::Sms).await, kind(two, Channel::Sms).await),
        (Some("twilio"), Some("twilio"))
    );
    engine.set_provider(two, Channel::Sms, Choice::Off, None, &"operator").await.unwrap();
    assert_eq!((kind(one, Channel::Sms).await, kind(two, Channel::Sms).await), (Some("twilio"), None));
    assert!(!engine.reaches(two, Channel::Sms).await.unwrap());
    // A tenant's word can only take away from what the platform allows (S32).
    engine
        .set_provider(one, Channel::Sms, Choice::Platform, limits("AE,US", 500), &"operator")
        .await
        .unwrap();
    let narrowed = engine.limits_of(one, Channel::Sms).await.unwrap();
    assert_eq!((narrowed.countries.text().as_str(), narrowed.per_day), ("AE", Some(100)));
    engine.remove_provider(two, Channel::Sms, &"operator").await.unwrap();
    assert_eq!(kind(two, Channel::Sms).await, Some("twilio"));
    let again = engine.remove_provider(two, Channel::Sms, &"operator").await;
    assert_eq!(again, Err(Error::ProviderNotFound("sms")));
    // Another server follows within seconds.
    let other = server.beside();
    assert!(other.provider_for(one, Channel::Sms).await.unwrap().is_some());
    engine.set_provider(one, Channel::Sms, Choice::Off, None, &"operator").await.unwrap();
    server.clock.advance(3_000);
    assert!(other.provider_for(one, Channel::Sms).await.unwrap().is_none());
    other.close().await;
}

#[tokio::test]
async fn s32_what_costs_money_is_not_set_up_without_limits() {
    let server = ServerHere::start().await;
    let no_number = Some(Limits { countries: Countries::All, per_day: None });
    for limits in [None, no_number, limits("SA", 0)] {
        let refused =
            server.engine.set_provider(PLATFORM, Channel::Sms, twilio(), limits.clone(), &"operator").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{limits:?}");
    }
    let wrong_channel =
        server.engine.set_provider(PLATFORM, Channel::Email, twilio(), None, &"operator").await;
    assert!(matches!(wrong_channel, Err(Error::Invalid(_))));
    assert!(
        server
            .engine
            .set_provider(PLATFORM, Channel::Sms, Choice::Platform, None, &"operator")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn without_a_provider_nothing_that_needs_one_begins_in_production() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let production = server.another(|engine| engine.with_sink(&[])).await;
    let message = Message {
        to: "+966500000000".to_owned(),
        template: Template::SignInCode,
        language: Language::En,
        tenant: "Case Management".to_owned(),
        application: None,
        code: Some("271828".to_owned()),
        minutes: 2,
        invited: None,
    };
    let tenant = cms.tenant.parse().unwrap();
    let refused = production.engine.enqueue_message(tenant, Channel::Sms, &message, None, i64::MAX).await;
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("countersign-server provider set sms"), "{sentence}");
}

#[tokio::test]
async fn s38_secrets_come_from_files_and_descriptors_and_are_never_shown() {
    let mut server = ServerProcess::start(Program::new(SERVER)).await;
    let cms = server.relying_party("Case Management").await;
    let program = server.program();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("url");
    std::fs::write(&path, "smtps://mfa:hunter2@mail.example.org\n").unwrap();
    let set = [
        "provider",
        "set",
        "email",
        "--tenant",
        &cms.tenant,
        "--smtp-url-file",
        path.to_str().unwrap(),
        "--from",
        "mfa@example.org",
    ];
    assert_eq!(program.json(&set).await["set"], true);
    let sid = format!("AC{}", "0".repeat(32));
    let set = [
        "provider",
        "set",
        "sms",
        "twilio",
        "--platform",
        "--account-sid",
        &sid,
        "--auth-token-fd",
        "0",
        "--from",
        "+15005550006",
        "--countries",
        "sa,ae",
        "--per-day",
        "100",
    ];
    let ended = program.run_with(&set, b"hunter3\n").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let shown = program.json(&["provider", "show", "--tenant", &cms.tenant]).await;
    let text = program.run(&["provider", "show", "--tenant", &cms.tenant]).await.stdout;
    for said in [shown.to_string(), text] {
        assert!(
            said.contains("smtps://mail.example.org") && said.contains(&sid) && said.contains("SA AE"),
            "{said}"
        );
        assert!(!said.contains("hunter"), "{said}");
    }
    let one = |channel: &str| {
        shown["providers"].as_array().unwrap().iter().find(|one| one["channel"] == channel).unwrap().clone()
    };
    assert_eq!((&one("email")["chosen_by"], &one("email")["kind"]), (&json!("tenant"), &json!("smtp")));
    assert_eq!((&one("sms")["chosen_by"], &one("sms")["per_day"]), (&json!("platform"), &json!(100)));
    assert_eq!(one("voice")["kind"], "file");
    // What was done is in the logs of both, and the secrets are not in them.
    let log = program.run(&["audit", "list", "--tenant", &cms.tenant, "--json"]).await;
    assert!(log.stdout.contains("provider.set") && !log.stdout.contains("hunter"), "{log:?}");
    let verified = program.run(&["audit", "verify", "--json"]).await;
    assert_eq!(verified.code, Some(0), "{verified:?}");
    program.json(&["provider", "off", "--tenant", &cms.tenant, "sms"]).await;
    program.json(&["provider", "remove", "--tenant", &cms.tenant, "email"]).await;
    let gone = program.run(&["provider", "remove", "--tenant", &cms.tenant, "email"]).await;
    assert!(gone.code == Some(1) && gone.stderr.contains("provider show"), "{gone:?}");
    for wrong in [
        vec!["provider", "set", "email", "--tenant", &cms.tenant, "--from", "a@b.c"],
        vec!["provider", "set", "email", "--smtp-url-fd", "0", "--from", "a@b.c"],
        vec!["provider", "show", "--platform", "pigeon"],
    ] {
        let ended = program.run(&wrong).await;
        assert!(ended.code != Some(0) && !ended.stderr.is_empty(), "{wrong:?}: {ended:?}");
    }
    let log = server.terminate().await;
    assert!(!log.contains("hunter"), "{log}");
}

#[tokio::test]
async fn a_trial_makes_one_real_attempt_and_says_what_came_back() {
    let mut mails = MailServer::start().await;
    let mut server = ServerProcess::start(Program::new(SERVER)).await;
    let cms = server.relying_party("Case Management").await;
    let program = server.program();
    let set = [
        "provider",
        "set",
        "email",
        "--tenant",
        &cms.tenant,
        "--smtp-url-fd",
        "0",
        "--from",
        "mfa@example.org",
    ];
    let ended = program.run_with(&set, format!("smtp://{}\n", mails.address).as_bytes()).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let test = ["provider", "test", "email", "--tenant", &cms.tenant, "--to", "sam@example.org"];
    let taken = program.json(&test).await;
    assert_eq!((&taken["taken"], &taken["status"]), (&json!(true), &json!(250)));
    assert_eq!(mails.next().await.to, "RCPT TO:<sam@example.org>");
    mails.answer("RCPT", "550 5.1.1 nobody of that name");
    let refused = program.run(&test).await;
    assert!(refused.code == Some(1) && refused.stderr.contains("550"), "{refused:?}");
    assert!(mails.rest().is_empty());
    server.terminate().await;
}
