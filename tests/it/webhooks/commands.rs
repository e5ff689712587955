//! What operators and relying parties see of webhooks, by command and by API.

use countersign_protocol::answer::Decision;
use countersign_tests::device::Device;
use countersign_tests::receiver::{Behaviour, Receiver};
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::{Value, json};

use super::World;
use crate::SERVER;

#[tokio::test]
async fn a_webhook_is_made_listed_rotated_and_removed_by_command() {
    let here = Program::new(SERVER).env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
    let server = ServerProcess::start(here).await;
    let cms = server.relying_party("Case Management").await;
    let mut receiver = Receiver::start().await;
    let run = |arguments: Vec<String>| {
        let program = server.program().clone();
        async move { program.json(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await }
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let tenant = &cms.tenant;
    assert_eq!(run(words(&format!("webhook list --tenant {tenant}"))).await, json!({"webhooks": []}));
    let add =
        format!("webhook add --tenant {tenant} --url {} --application {}", receiver.url(), cms.client_id);
    let added = run(words(&add)).await;
    let (id, old) = (added["webhook_id"].as_str().unwrap(), added["secret"].as_str().unwrap());
    let rotated = run(words(&format!("webhook rotate-secret {id}"))).await;
    let new = rotated["secret"].as_str().unwrap();
    let listed = run(words(&format!("webhook list --tenant {tenant}"))).await;
    let one = &listed["webhooks"][0];
    assert_eq!(
        (&one["webhook_id"], &one["secrets"], &one["application"]),
        (&json!(id), &json!(2), &json!(cms.client_id))
    );
    assert!(!listed.to_string().contains("whsec_"), "a secret is shown once");
    run(words(&format!("webhook test {id}"))).await;
    let ping = receiver.next().await;
    assert!(ping.standard_signed_by(old) && ping.standard_signed_by(new));
    run(words(&format!("webhook rotate-secret {id} --end-old"))).await;
    run(words(&format!("webhook test {id}"))).await;
    assert!(!receiver.next().await.standard_signed_by(old));
    receiver.next_are([Behaviour::Status(404)]);
    let failed = server.program().run(&["webhook", "test", id]).await;
    assert!(failed.code == Some(1) && failed.stderr.contains("status 404"), "{failed:?}");
    run(words(&format!("webhook remove {id}"))).await;
    let nothing = server.program().run(&["webhook", "remove", id]).await;
    assert!(nothing.code == Some(1) && nothing.stderr.contains("webhook list"), "{nothing:?}");
}

#[tokio::test]
async fn what_is_dead_is_listed_and_replayed_by_command() {
    let here = Program::new(SERVER).env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
    let mut server = ServerProcess::start_to_restart(here).await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let mut receiver = Receiver::start().await;
    receiver.always(Behaviour::Status(410));
    let tenant = cms.tenant.as_str();
    let program = server.program();
    let added = program.json(&["webhook", "add", "--tenant", tenant, "--url", &receiver.url()]).await;
    let id = added["webhook_id"].as_str().unwrap();
    let session = cms.ask("sam").await;
    let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
    device.submit(session.challenge(), &answer).await.expect(200);
    receiver.next().await;
    receiver.always(Behaviour::Status(200));
    // An orderly stop waits until the reply is written down.
    server.terminate().await;
    let program = server.program();
    let list = ["deliveries", "--tenant", tenant, "--state", "dead", "--webhook", id];
    let dead = program.json(&list).await["deliveries"][0].clone();
    assert_eq!((&dead["session_id"], &dead["attempts"][0]["status"]), (&json!(session.id), &json!(410)));
    program.json(&["webhook", "enable", id]).await;
    let replayed =
        program.json(&["webhook", "replay", "--tenant", tenant, "--all-dead", "--webhook", id]).await;
    assert_eq!(replayed, json!({"replayed": 1}));
    server.restart().await;
    let program = server.program();
    let again = receiver.next().await;
    assert_eq!(dead["delivery_id"], again.header("webhook-id"));
    let unknown = program.run(&["webhook", "replay", "--tenant", tenant, &session.id]).await;
    assert!(unknown.code == Some(1) && unknown.stderr.contains("deliveries"), "{unknown:?}");
}

#[tokio::test]
async fn deliveries_come_in_pages_newest_first() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    let mut sessions = Vec::new();
    for _ in 0..5 {
        sessions.insert(0, json!(world.decide(Decision::Approve).await.id));
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut target = "/api/v1/webhooks/deliveries?limit=2".to_owned();
    loop {
        let page = world.cms.call("GET", &target).await.expect(200);
        seen.extend(page["deliveries"].as_array().unwrap().iter().map(|one| one["session_id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        target = format!("/api/v1/webhooks/deliveries?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, sessions);
    for (query, named) in
        [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"), ("state=lost", "state")]
    {
        let reply = world.cms.call("GET", &format!("/api/v1/webhooks/deliveries?{query}")).await;
        assert_eq!(reply.refusal(), (400, "invalid_request".to_owned()), "{query}");
        assert!(reply.text().contains(named), "{}", reply.text());
    }
}

#[tokio::test]
async fn s40_another_tenants_deliveries_are_not_there() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    world.decide(Decision::Approve).await;
    world.send_due().await;
    receiver.next().await;
    let id = world.only().await.row.id;
    let stranger = world.server.relying_party("Somebody else", None).await;
    let listed = stranger.call("GET", "/api/v1/webhooks/deliveries").await.expect(200);
    assert_eq!(listed, json!({"deliveries": [], "next_cursor": null}));
    for id in [id.to_string().as_str(), "0", "dlv_x"] {
        let replay = format!("/api/v1/webhooks/deliveries/{id}/replay");
        let reply = stranger.call("POST", &replay).await;
        assert_eq!(reply.refusal(), (404, "delivery_not_found".to_owned()), "{id}");
    }
    world.send_due().await;
    assert!(receiver.rest().is_empty());
    let replay = format!("/api/v1/webhooks/deliveries/{id}/replay");
    world.cms.call("POST", &replay).await.expect(200);
    world.send_due().await;
    assert_eq!(receiver.next().await.header("webhook-id"), id.to_string());
}
