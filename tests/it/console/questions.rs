//! What is being asked now, in the console.

use countersign_protocol::answer::Decision;
use countersign_protocol::id::TenantId;
use countersign_server::engine::console::{Role, Scope};
use countersign_tests::device::Device;
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn open_questions_are_shown_taken_back_and_told_among_those_of_today() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Bank", None).await;
    let tenant: TenantId = cms.tenant.parse().unwrap();
    Device::enroll(server.address, &cms.link("sam").await).await;
    let mut seat = Seat::of(&server, Role::HelpDesk, Scope::Tenant(tenant)).await;
    let path = format!("/{tenant}/challenges");
    let empty = seat.open(&path).await.text();
    assert!(empty.contains("Nobody is being asked anything") && empty.contains("None has ended"), "{empty}");
    let session = cms.ask("sam").await;
    let page = seat.open(&path).await.text();
    assert!(
        page.contains("119 s") && page.contains("<bdi>sam</bdi>") && page.contains("<bdi>Bank</bdi>"),
        "{page}"
    );
    assert!(page.contains("data-live=\""), "it follows");
    let id = page.split("/challenges/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let done = seat.done(&format!("{path}/{id}/cancel"), &[]).await.text();
    assert!(done.contains("The question was taken back") && done.contains(">taken back<"), "{done}");
    assert_eq!(cms.status(&session).await, "cancelled");
    let again = seat.done(&format!("{path}/{id}/cancel"), &[]).await.text();
    assert!(again.contains("taken back"), "once more is no error");
    let mut arabic = seat.speaking("ar");
    assert!(arabic.open(&path).await.text().contains("سُحب"));
}

#[tokio::test]
async fn a_question_that_was_answered_is_not_taken_back_and_one_of_yesterday_is_not_shown() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Bank", None).await;
    let tenant: TenantId = cms.tenant.parse().unwrap();
    let phone = Device::enroll(server.address, &cms.link("sam").await).await;
    let session = cms.ask("sam").await;
    let challenge = phone.challenge(&session.id).await;
    phone.submit(session.challenge(), &phone.answer(&challenge, Decision::Deny, None)).await.expect(200);
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(tenant)).await;
    let path = format!("/{tenant}/challenges");
    let page = seat.done(&format!("{path}/{}/cancel", session.challenge()), &[]).await.text();
    assert!(page.contains("had ended already") && page.contains(">refused<"), "{page}");
    server.clock.advance(DAY);
    let mut seat = Seat::signed_in(&server, &seat.operator).await;
    assert!(seat.open(&path).await.text().contains("None has ended since midnight"));
}

#[tokio::test]
async fn s40_a_question_of_another_tenant_is_neither_seen_nor_taken_back() {
    let server = ServerHere::start().await;
    let (bank, shop) = (server.relying_party("Bank", None).await, server.relying_party("Shop", None).await);
    Device::enroll(server.address, &shop.link("kim").await).await;
    let session = shop.ask("kim").await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(bank.tenant.parse().unwrap())).await;
    let path = format!("/{}/challenges", bank.tenant);
    assert!(!seat.open(&path).await.text().contains("kim"));
    let id = session.challenge();
    assert_eq!(seat.send(&format!("{path}/{id}/cancel"), &[]).await.status, 404);
    assert_eq!(seat.send(&format!("/{}/challenges/{id}/cancel", shop.tenant), &[]).await.status, 404);
    assert_eq!(shop.status(&session).await, "pending");
}

#[tokio::test]
async fn questions_of_today_follow_page_by_page() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Bank", None).await;
    let tenant: TenantId = cms.tenant.parse().unwrap();
    Device::enroll(server.address, &cms.link("sam").await).await;
    let now = server.clock.now();
    // Early enough that the day does not end while they are asked.
    server.clock.set(now - now.rem_euclid(DAY) + DAY + 3_600_000);
    for _ in 0..60 {
        // No more pushes a minute than the policy allows.
        server.clock.advance(20_000);
        let session = cms.ask("sam").await;
        cms.cancel(&session.id).await.expect(200);
    }
    let mut seat = Seat::of(&server, Role::Auditor, Scope::Tenant(tenant)).await;
    let path = format!("/{tenant}/challenges");
    let first = seat.open(&path).await.text();
    assert_eq!(first.matches(">taken back<").count(), 50);
    assert!(!first.contains("/cancel\""), "auditors change nothing");
    let next = first.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let second = seat.open(&format!("{path}{next}")).await.text();
    assert_eq!(second.matches(">taken back<").count(), 10);
    assert!(!second.contains("data-live"), "an older page stays as it is");
}
