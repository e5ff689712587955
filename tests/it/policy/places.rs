//! Where addresses are, by the operator's file.

use std::net::Ipv4Addr;

use countersign_tests::device::Device;
use countersign_tests::key::claims;
use countersign_tests::places_file;
use countersign_tests::server_process::{Program, ServerProcess};
use serde_json::json;

use crate::SERVER;

#[tokio::test]
async fn a_place_is_shown_and_its_country_judged_and_an_unknown_one_is_neither() {
    let folder = tempfile::tempdir().unwrap();
    let riyadh = (Ipv4Addr::new(192, 0, 2, 0), 24, "SA", "Saudi Arabia", "Riyadh");
    let paris = (Ipv4Addr::new(198, 51, 100, 0), 24, "FR", "France", "Paris");
    let file = places_file::write(folder.path(), &[riyadh, paris]);
    let program = Program::new(SERVER).env("COUNTERSIGN_PLACES_FILE", file.to_str().unwrap());
    let server = ServerProcess::start(program).await;
    let cms = server.relying_party("Case Management").await;
    let tenant = cms.tenant.as_str();
    for (place, effect) in [("sa", "verify"), ("FR", "deny")] {
        server.program().json(&["policy", "rule", "add", "--tenant", tenant, place, effect]).await;
    }
    server.program().json(&["policy", "set", "--tenant", tenant, "pending_limit=0"]).await;
    let phone = Device::enroll(server.address, &cms.link("sam").await).await;
    let send = async |ip: &str| {
        let body = json!({"user_ref": "sam", "number_match": true, "context": {"ip": ip}});
        cms.post("/api/v1/mfa/send", &body).await
    };
    let asked = async |ip: &str| {
        let sent = send(ip).await.expect(200);
        claims(&phone.challenge(sent["session_id"].as_str().unwrap()).await)
    };
    let home = asked("192.0.2.77").await;
    assert_eq!((&home["context"]["place"], &home["verify"]), (&json!("Riyadh, Saudi Arabia"), &json!(true)));
    for unknown in ["203.0.113.5", "2001:db8::1"] {
        let elsewhere = asked(unknown).await;
        assert_eq!(
            (elsewhere["context"].get("place"), &elsewhere["verify"]),
            (None, &json!(false)),
            "{unknown}"
        );
    }
    assert_eq!(send("198.51.100.9").await.refusal(), (403, "refused_by_policy".to_owned()));
}

#[tokio::test]
async fn a_file_that_knows_no_places_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("places.mmdb");
    std::fs::write(&file, "Riyadh").unwrap();
    let program = Program::new(SERVER).env("COUNTERSIGN_PLACES_FILE", file.to_str().unwrap());
    let ended = program.run(&["config", "check"]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("file of places") && ended.stderr.contains("MMDB"), "{ended:?}");
}
