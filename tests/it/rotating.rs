//! The server's signing key is followed by the next one, and phones follow by themselves.

use countersign_protocol::wire::Platform;
use countersign_tests::phone::Phone;
use countersign_tests::server_here::ServerHere;

use crate::{server, server_to_restart};

#[tokio::test]
async fn a_key_rotated_by_command_is_followed_after_the_next_start() {
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    server.without_limits(&cms).await;
    let phone = Phone::new();
    phone.enroll(&cms.link("sam").await).await;
    let before = cms.ask("sam").await;
    let mut thumbprints = Vec::new();
    for _ in 0..3 {
        let rotated = server.program().json(&["tenant", "rotate-key", "--tenant", &cms.tenant]).await;
        thumbprints.push(rotated["thumbprint"].as_str().unwrap().to_owned());
    }
    server.terminate().await;
    server.restart().await;
    let after = cms.ask("sam").await;
    let waiting: Vec<_> = phone.inbox().await.pending.iter().map(|request| request.id).collect();
    assert_eq!(waiting, [before.challenge(), after.challenge()], "also what the old key signed");
    phone.core.approve(after.challenge(), None).await.unwrap();
    phone.core.deny(before.challenge()).await.unwrap();
    assert_eq!((cms.status(&before).await, cms.status(&after).await), ("denied".into(), "approved".into()));
    let receipts = phone.core.answers().unwrap();
    let signed_by = |id| {
        let record = receipts.iter().find(|record| record.id == id).unwrap();
        record.receipt.server_key.thumbprint().as_str().to_owned()
    };
    assert_eq!(signed_by(after.challenge()), thumbprints[2]);
    assert!(!thumbprints.contains(&signed_by(before.challenge())));
    // A new link pins the newest key.
    assert!(cms.link("alex").await.ends_with(&thumbprints[2]));
}

#[tokio::test]
async fn a_running_server_signs_with_the_new_key_within_a_minute() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", Some(600)).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    let beside = server.beside();
    let rotated = beside.rotate_signing_key(cms.tenant.parse().unwrap(), &"operator").await.unwrap();
    beside.close().await;
    server.clock.advance(60_000);
    let session = cms.ask("sam").await;
    assert_eq!(phone.the_request().await.id, session.challenge());
    phone.core.approve(session.challenge(), None).await.unwrap();
    assert_eq!(phone.core.answers().unwrap()[0].receipt.server_key.thumbprint(), rotated);
    assert_eq!(cms.status(&session).await, "approved");
}

#[tokio::test]
async fn a_phone_that_was_off_for_twenty_keys_still_follows() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let phone = Phone::with_clock(server.clock.clone());
    phone.enroll(&cms.link("sam").await).await;
    for _ in 0..20 {
        server.engine.rotate_signing_key(cms.tenant.parse().unwrap(), &"operator").await.unwrap();
        // Also when the server's clock is set back meanwhile.
        server.clock.advance(-3_600_000);
    }
    server.clock.advance(21 * 3_600_000);
    let session = cms.ask("sam").await;
    assert_eq!(phone.the_request().await.id, session.challenge());
}

#[tokio::test]
async fn a_link_that_was_issued_before_the_rotation_still_enrols() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let (looked, late) = (Phone::with_clock(server.clock.clone()), Phone::with_clock(server.clock.clone()));
    let links = [cms.link("sam").await, cms.link("alex").await];
    let offer = looked.core.look_at(&links[0]).await.unwrap();
    server.engine.rotate_signing_key(cms.tenant.parse().unwrap(), &"operator").await.unwrap();
    server.clock.advance(60_000);
    looked.core.enroll(&offer, "Looked before", Platform::Terminal, None).await.unwrap();
    late.enroll(&links[1]).await;
    for (phone, user) in [(&looked, "sam"), (&late, "alex")] {
        let session = cms.ask(user).await;
        assert_eq!(phone.the_request().await.id, session.challenge());
        phone.core.approve(session.challenge(), None).await.unwrap();
        assert_eq!(cms.status(&session).await, "approved");
    }
}

#[tokio::test]
async fn a_link_issued_by_command_right_after_the_rotation_enrols_at_the_running_server() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let early = Phone::new();
    early.enroll(&cms.link("sam").await).await;
    let tenant = cms.tenant.as_str();
    server.program().json(&["tenant", "rotate-key", "--tenant", tenant]).await;
    let arguments = ["user", "create", "--tenant", tenant, "--user-ref", "alex", "--enroll"];
    let made = server.program().json(&arguments).await;
    let late = Phone::new();
    late.enroll(made["enrollment_url"].as_str().unwrap()).await;
    for (phone, user) in [(&early, "sam"), (&late, "alex")] {
        let session = cms.ask(user).await;
        phone.core.approve(session.challenge(), None).await.unwrap();
        assert_eq!(cms.status(&session).await, "approved");
    }
}

#[tokio::test]
async fn a_phone_that_has_not_heard_of_the_rotation_hands_its_account_over() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let (old, new) = (Phone::with_clock(server.clock.clone()), Phone::with_clock(server.clock.clone()));
    let account = old.enroll(&cms.link("sam").await).await.account;
    server.engine.rotate_signing_key(cms.tenant.parse().unwrap(), &"operator").await.unwrap();
    server.clock.advance(60_000);
    let transfer = old.core.transfer(&account.id).await.unwrap();
    new.enroll(&transfer.link).await;
    let session = cms.ask("sam").await;
    assert_eq!(new.the_request().await.id, session.challenge());
}
