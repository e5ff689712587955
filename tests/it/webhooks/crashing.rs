//! Webhooks and crashes: what was decided is told, by whoever is there to tell it, and in the good case once.

use std::collections::HashSet;
use std::sync::Arc;

use countersign_protocol::answer::Decision;
use countersign_server::engine::LEASE;
use countersign_server::store::Room;
use countersign_tests::device::Device;
use countersign_tests::receiver::{Behaviour, Receiver};
use countersign_tests::server_process::{Program, ServerProcess, address_to_come_back_to};

use super::World;
use crate::SERVER;

#[tokio::test]
async fn two_nodes_tell_each_message_once() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    let mut sessions = HashSet::new();
    for _ in 0..24 {
        sessions.insert(world.decide(Decision::Approve).await.id);
    }
    let other = Arc::new(world.server.beside());
    let (one, two) =
        tokio::join!(world.couriers.send_due(&world.server.engine), world.couriers.send_due(&other));
    one.unwrap();
    two.unwrap();
    let told = receiver.rest();
    assert_eq!(told.len(), 24);
    let ids: HashSet<String> =
        told.iter().map(|one| one.json()["session_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, sessions);
    other.close().await;
}

#[tokio::test]
async fn a_crashed_senders_lease_ends_and_its_late_word_counts_no_more() {
    let world = World::new().await;
    let mut receiver = Receiver::start().await;
    world.webhook(&receiver.url()).await;
    world.decide(Decision::Approve).await;
    let crashed = world.server.beside();
    let mut job = crashed.due(&[Room::wide("webhook", 1)]).await.unwrap().remove(0);
    assert!(crashed.lease(&mut job.clone()).await.unwrap());
    assert!(!crashed.lease(&mut job).await.unwrap(), "leased already");
    world.send_due().await;
    world.server.clock.advance(LEASE - 1);
    world.send_due().await;
    assert!(receiver.rest().is_empty(), "the lease holds");
    world.server.clock.advance(1);
    let late = crashed.due(&[Room::wide("webhook", 1)]).await.unwrap().remove(0);
    world.send_due().await;
    assert_eq!(receiver.rest().len(), 1);
    // It was not dead after all, and says that it failed.
    let failed = countersign_server::engine::Attempt::failed("timeout");
    crashed.settle(&late, None, (0, 0), failed).await.unwrap();
    assert_eq!(world.only().await.row.state, "done");
    crashed.close().await;
}

#[tokio::test]
async fn a_server_killed_between_decision_and_delivery_tells_after_its_restart() {
    let here = Program::new(SERVER).env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
    let mut server = ServerProcess::start_to_restart(here).await;
    let cms = server.relying_party("Case Management").await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    // Nobody is there yet.
    let address = address_to_come_back_to();
    let url = format!("http://{address}/hook");
    let added = server.program().json(&["webhook", "add", "--tenant", &cms.tenant, "--url", &url]).await;
    let session = cms.ask("sam").await;
    let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
    device.submit(session.challenge(), &answer).await.expect(200);
    server.kill_9();
    let mut receiver = Receiver::on(address).await;
    server.restart().await;
    let told = receiver.next().await;
    assert_eq!(told.json()["session_id"], session.id.as_str());
    assert!(told.standard_signed_by(added["secret"].as_str().unwrap()));
    // An orderly stop waits until what is on its way is written down.
    server.terminate().await;
    let list = ["deliveries", "--tenant", &cms.tenant];
    let listed = server.program().json(&list).await;
    assert_eq!(listed["deliveries"][0]["state"], "done", "{listed}");
    assert!(receiver.rest().is_empty());
}

#[tokio::test]
async fn a_decision_is_told_at_once_and_not_when_somebody_looks() {
    let here = Program::new(SERVER).env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
    let mut server = ServerProcess::start(here).await;
    let cms = server.relying_party("Case Management").await;
    let no_limit = ["policy", "set", "--tenant", &cms.tenant, "pushes_per_minute=0"];
    server.program().json(&no_limit).await;
    let device = Device::enroll(server.address, &cms.link("sam").await).await;
    let mut receiver = Receiver::start().await;
    receiver.next_are([Behaviour::Status(500)]);
    let add = ["webhook", "add", "--tenant", &cms.tenant, "--url", &receiver.url()];
    server.program().json(&add).await;
    for _ in 0..20 {
        let session = cms.ask("sam").await;
        let answer = device.answer(&device.challenge(&session.id).await, Decision::Approve, None);
        device.submit(session.challenge(), &answer).await.expect(200);
        receiver.next().await;
    }
    // Twenty looks at intervals of ten seconds would have taken longer than `NEVER`; and the failed one comes again.
    receiver.next().await;
    server.terminate().await;
}
