//! `audit verify`, `export` and `list`, beside and after a real server.

use countersign_tests::phone::Phone;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::{Ended, ServerProcess};
use serde_json::Value;

use crate::{server, server_to_restart};

/// A person with a phone, one approval and one denial.
async fn events(cms: &RelyingParty, user: &str) {
    let phone = Phone::new();
    phone.enroll(&cms.link(user).await).await;
    let session = cms.ask(user).await;
    phone.core.approve(session.challenge(), None).await.unwrap();
    let session = cms.ask(user).await;
    phone.core.deny(session.challenge()).await.unwrap();
}

async fn run(server: &ServerProcess, arguments: &[&str]) -> Ended {
    server.program().run(&[&["audit"], arguments].concat()).await
}

fn lines(ended: &Ended) -> Vec<Value> {
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn s54_what_a_server_that_was_killed_has_noted_is_in_the_chain_after_the_next_start() {
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    for user in ["sam", "alex", "kim"] {
        events(&cms, user).await;
        server.kill_9();
        server.restart().await;
    }
    server.terminate().await;
    let ended = run(&server, &["verify", "--json"]).await;
    let report = lines(&ended).remove(0);
    assert_eq!((ended.code, &report["ok"], &report["unsealed"]), (Some(0), &true.into(), &0.into()));
    assert_eq!(report["signed_to"], report["events"], "{report}");
    // Making tenant and application, then three times: user, link, device, and two requests with their answers.
    assert_eq!(report["events"], 2 + 3 * 7, "{report}");
}

#[tokio::test]
async fn s54_an_exported_log_is_checked_without_the_database() {
    let mut server = server().await;
    let cms = server.relying_party("Case Management").await;
    events(&cms, "sam").await;
    let tenant = cms.tenant.as_str();
    let listed = server.program().json(&["tenant", "list"]).await;
    let key = listed["signing_key"].as_str().unwrap().to_owned();
    let export = run(&server, &["export", "--tenant", tenant]).await;
    assert_eq!(export.code, Some(0), "{export:?}");
    let written = lines(&export);
    assert_eq!(
        (&written[0]["type"], &written.last().unwrap()["type"]),
        (&"export".into(), &"checkpoint".into())
    );
    server.terminate().await;

    let folder = tempfile::tempdir().unwrap();
    let check = async |text: &str, key: &str| {
        let path = folder.path().join("log.jsonl");
        std::fs::write(&path, text).unwrap();
        run(&server, &["verify", "--file", path.to_str().unwrap(), "--key", key, "--json"]).await
    };
    let good = check(&export.stdout, &key).await;
    assert_eq!((good.code, lines(&good)[0]["ok"].clone()), (Some(0), true.into()), "{good:?}");
    let found = async |text: String, code: &str| {
        let ended = check(&text, &key).await;
        let report = lines(&ended).remove(0);
        let codes: Vec<_> =
            report["problems"].as_array().unwrap().iter().map(|p| p["code"].clone()).collect();
        assert_eq!((ended.code, codes.contains(&code.into())), (Some(5), true), "{code}: {report}");
    };
    let all: Vec<&str> = export.stdout.lines().collect();
    let without = |n: usize| [&all[..n], &all[n + 1..]].concat().join("\n");
    found(export.stdout.replace("challenge.denied", "challenge.approved"), "changed").await;
    found(export.stdout.replace("\"detail\":null", "\"detail\":\"\""), "changed").await;
    found(without(3), "removed").await;
    found(without(all.len() - 1), "unsigned").await;
    found([&all[..], &all[4..5]].concat().join("\n"), "inserted").await;
    found(export.stdout.replace("\"type\":\"event\"", "\"type\":\"event\",\"more\":1"), "bad_line").await;
    let foreign = check(&export.stdout, "4cyHqTyV3VwyoWEe_mXBtGGUVbsDpD3GAw4PTdu6AAA").await;
    assert_eq!(foreign.code, Some(1), "{foreign:?}");
    assert_eq!(check(&without(0), &key).await.code, Some(1));
}

#[tokio::test]
async fn s54_a_part_of_a_log_goes_on_to_the_next_checkpoint_and_holds() {
    let log = super::Log::with(0).await;
    for _ in 0..6 {
        log.server.clock.advance(3_600_000);
        log.note(10).await;
        log.server.engine.seal_audit().await.unwrap();
    }
    let hour = |n: i64| Some(log.server.clock.now() - (6 - n) * 3_600_000);
    let export = async |from: Option<i64>, to: Option<i64>| {
        let mut text = String::new();
        let take = |line: &countersign_server::engine::audit::export::Line| {
            text.push_str(&serde_json::to_string(line).unwrap());
            text.push('\n');
            true
        };
        log.server.engine.export_audit(log.tenant, from, to, take).await.unwrap();
        text
    };
    let key = log.server.engine.key_chain(log.tenant).await.unwrap().root.thumbprint();
    let check = |text: &str| {
        let report = countersign_server::engine::audit::export::check_file(text.as_bytes(), &key).unwrap();
        assert_eq!(report.walk.problems, []);
        (report.first, report.walk.last)
    };
    assert_eq!(check(&export(None, None).await), (1, 62));
    assert_eq!(check(&export(hour(2), hour(4)).await), (13, 32));
    assert_eq!(check(&export(hour(3), None).await), (23, 62));
    assert_eq!(check(&export(None, Some(hour(2).unwrap() + 1)).await), (1, 22));
}

#[tokio::test]
async fn s53_the_latest_events_are_listed_with_address_and_factor() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    events(&cms, "sam").await;
    let tenant = cms.tenant.as_str();
    let list = async |more: &[&str]| {
        let ended = run(&server, &[&["list", "--tenant", tenant, "--json"], more].concat()).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        lines(&ended).iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let denial = run(&server, &["list", "--tenant", tenant, "--json", "--limit", "1"]).await;
    let denial = lines(&denial).remove(0);
    assert_eq!(
        (&denial["address"], &denial["detail"]),
        (&"127.0.0.1".into(), &"possession".into()),
        "{denial}"
    );
    let all = list(&[]).await;
    assert_eq!(all[..2], ["challenge.denied", "challenge.asked"]);
    assert_eq!(all.last().unwrap(), "tenant.created");
    assert_eq!(list(&["--limit", "1"]).await, ["challenge.denied"]);
    assert_eq!(list(&["--event", "challenge.a"]).await.len(), 3);
    assert_eq!(list(&["--actor", &cms.client_id]).await.len(), 4);
    let nobody = run(&server, &["list", "--tenant", "ten_01hzzzzzzzzzzzzzzzzzzzzzzz"]).await;
    assert_eq!(nobody.code, Some(1));
    assert!(nobody.stderr.contains("there is no tenant"), "{nobody:?}");
}
