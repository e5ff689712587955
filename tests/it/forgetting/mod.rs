//! A person who left is forgotten: nothing of theirs answers any more, and nothing that is kept says who they were.

mod attacks;
mod racing;
mod remains;

use countersign_protocol::id::to_base32;
use countersign_tests::http::{Reply, segment};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use uuid::Uuid;

/// `DELETE /users/{user_ref}`.
async fn forget(party: &RelyingParty, user_ref: &str) -> Reply {
    party.call("DELETE", &format!("/api/v1/users/{}", segment(user_ref))).await
}

/// A person's id, while there is one.
async fn id_of(server: &ServerHere, party: &RelyingParty, user_ref: &str) -> Uuid {
    let tenant = party.tenant.parse().unwrap();
    server.engine.person_called(tenant, user_ref).await.unwrap().unwrap().id
}

/// The tenant's events by this name, as who did it and whom it is about.
async fn events(server: &ServerHere, party: &RelyingParty, name: &str) -> Vec<(String, String)> {
    let filter = countersign_server::engine::audit::list::EventFilter {
        name: Some(name.to_owned()),
        ..Default::default()
    };
    let rows = server.engine.latest_events(party.tenant.parse().unwrap(), &filter, 100).await.unwrap();
    rows.into_iter().map(|row| (row.actor, row.subject)).collect()
}

#[tokio::test]
async fn an_application_forgets_somebody_once_and_the_log_says_who_did_it() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let names = ["sam", "auth0|5f7c", "a/b", "100%", "عمر", ".."];
    for name in names {
        cms.enroll(name).await;
        let id = to_base32(id_of(&server, &cms, name).await);
        let reply = forget(&cms, name).await;
        assert_eq!((reply.status, reply.text().as_str()), (204, ""), "{name}");
        assert_eq!(forget(&cms, name).await.refusal(), (404, "user_not_found".to_owned()), "{name}");
        let noted = events(&server, &cms, "user.removed").await;
        assert!(noted.contains(&(cms.client_id.clone(), id)), "{noted:?}");
    }
    assert_eq!(events(&server, &cms, "user.removed").await.len(), names.len());
    let listed = cms.call("GET", "/api/v1/users").await.expect(200);
    assert_eq!(listed["users"], serde_json::json!([]));
}

#[tokio::test]
async fn somebody_is_forgotten_by_command_and_a_second_time_there_is_nobody() {
    let server = crate::server().await;
    let cms = server.relying_party("Case Management").await;
    cms.enroll("sam").await;
    let who = ["user", "remove", "--tenant", &cms.tenant, "--user-ref", "sam"];
    assert_eq!(server.program().json(&who).await["removed"], "sam");
    assert_eq!(forget(&cms, "sam").await.refusal(), (404, "user_not_found".to_owned()));
    assert_ne!(server.program().run(&who).await.code, Some(0));
    let log = server.program().run(&["audit", "list", "--tenant", &cms.tenant]).await;
    assert!(log.stdout.contains("user.removed"), "{log:?}");
}
