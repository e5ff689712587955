//! One list of whatever a person has, for programs and for operators.

use countersign_server::engine::audit::list::EventFilter;
use countersign_tests::device::Device;
use countersign_tests::server_process::{Ended, ServerProcess};
use serde_json::{Value, json};

use super::{NUMBER, Ready};
use crate::server;

#[tokio::test]
async fn s13_s53_everything_is_in_one_list_with_masked_names_and_restricted_ones_marked() {
    let ready = Ready::new().await;
    Device::enroll(ready.server.address, &ready.cms.link("sam").await).await;
    ready.totp().await;
    ready.contact("sms", NUMBER).await;
    ready.server.clock.advance(60_000);
    ready.contact("voice", NUMBER).await;
    ready.contact("email", "sam.porter@example.org").await;
    ready.add(json!({"type": "recovery"})).await.expect(201);
    let list = ready.list().await;
    let shown: Vec<_> = list
        .iter()
        .map(|factor| {
            (factor["type"].as_str().unwrap(), factor["name"].as_str(), factor["restricted"] == true)
        })
        .collect();
    let number = Some("+9665••••••67");
    assert_eq!(shown[0].0, "push");
    assert_eq!(
        shown[1..],
        [
            ("totp", None, false),
            ("sms", number, true),
            ("voice", number, true),
            ("email", Some("s…r@example.org"), false),
            ("recovery", None, false),
        ]
    );
    assert!(list.iter().all(|factor| factor["active"] == true), "{list:?}");
}

#[tokio::test]
async fn a_device_is_a_factor_and_ends_like_one() {
    let ready = Ready::new().await;
    let phone = Device::enroll(ready.server.address, &ready.cms.link("sam").await).await;
    let id = ready.list().await[0]["id"].clone();
    assert_eq!(id, json!(phone.id.to_string()));
    ready.cms.enroll("alex").await;
    let alex = format!("/api/v1/users/alex/factors/{}", phone.id);
    assert_eq!(ready.cms.call("DELETE", &alex).await.refusal(), (404, "factor_not_found".to_owned()));
    ready.remove(&id).await.expect(200);
    assert!(ready.cms.devices("sam").await.is_empty() && ready.list().await.is_empty());
}

#[tokio::test]
async fn s53_the_log_names_factors_and_no_number_address_or_code() {
    let ready = Ready::new().await;
    let id = ready.contact("sms", NUMBER).await;
    let code = ready.code_to(NUMBER).await;
    ready.remove(&id).await.expect(200);
    let tenant = ready.cms.tenant.parse().unwrap();
    let events = ready.server.engine.latest_events(tenant, &EventFilter::default(), 100).await.unwrap();
    let text = format!("{events:?}");
    for name in ["factor.offered", "factor.added", "factor.removed"] {
        assert!(text.contains(name), "{name}: {text}");
    }
    assert!(!text.contains(NUMBER) && !text.contains(&code), "{text}");
}

async fn user(server: &ServerProcess, tenant: &str, verb: &str, more: &[&str]) -> Ended {
    let command = ["user", verb, "--tenant", tenant, "--user-ref", "sam", "--json"];
    server.program().run(&[&command, more].concat()).await
}

fn facts(ended: Ended) -> Value {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap()
}

#[tokio::test]
async fn s30_an_operator_sees_gives_and_takes_factors_by_command() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    cms.enroll("sam").await;
    let run = async |verb: &str, more: &[&str]| user(&server, &cms.tenant, verb, more).await;
    facts(run("add-totp", &[]).await);
    let added = facts(run("add-contact", &["sms", NUMBER]).await);
    assert_eq!((&added["active"], &added["name"]), (&json!(true), &json!("+9665••••••67")));
    let made = facts(run("recovery-codes", &["--count", "3"]).await);
    assert_eq!(made["recovery_codes"].as_array().unwrap().len(), 3);
    let list = facts(run("factors", &[]).await);
    assert_eq!(list["factors"].as_array().unwrap().len(), 3, "{list}");
    facts(run("remove-factor", &[added["id"].as_str().unwrap()]).await);
    assert_eq!(run("remove-factor", &[added["id"].as_str().unwrap()]).await.code, Some(1));
    assert_eq!(facts(run("reset", &["--kind", "totp"]).await)["removed"], 1);
    assert_eq!(facts(run("reset", &[]).await)["removed"], 1);
    assert_eq!(facts(run("reset", &[]).await)["removed"], 0, "that there is nothing is no error");
    facts(run("set-language", &["ar"]).await);
    let list = facts(run("factors", &[]).await);
    assert_eq!((&list["language"], &list["factors"]), (&json!("ar"), &json!([])));
    for (verb, more) in
        [("set-language", ["fr"].as_slice()), ("add-contact", &["push", "x"]), ("remove-factor", &["x"])]
    {
        let refused = run(verb, more).await;
        assert_eq!(refused.code, Some(1), "{verb}");
        assert!(!refused.stderr.is_empty(), "{verb} says why");
    }
}
