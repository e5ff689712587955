//! Enrolling a person's phone from the console.

use countersign_server::engine::console::Role;
use countersign_tests::browser::location;
use countersign_tests::device::Device;

use super::Place;

/// The link on the page that was just made, and the address of what becomes of it.
fn shown(page: &str) -> (String, String) {
    let link = page.split("data-copy><code>").nth(1).unwrap().split("</code>").next().unwrap();
    let hash = page.split("/enrol/").nth(1).unwrap().split('"').next().unwrap();
    (link.replace("&#38;", "&"), hash.to_owned())
}

#[tokio::test]
async fn a_phone_takes_the_link_and_the_code_to_compare_is_the_phones() {
    let place = Place::new().await;
    let sam = place.person("sam", None, Some("Sam")).await;
    let mut seat = place.helper("hana").await;
    let reply = seat.send(&place.at(&format!("/{sam}/enrol")), &[]).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")));
    let page = reply.text();
    let (link, hash) = shown(&page);
    assert!(page.contains("<svg") && page.contains("<strong>10</strong>"), "{page}");
    let look = place.at(&format!("/{sam}/enrol/{hash}"));
    let waits = seat.open(&look).await.text();
    assert!(waits.contains("No phone has taken it yet") && waits.contains("data-live="), "{waits}");
    assert!(!waits.contains(&link), "the link is shown once");
    assert!(seat.open(&place.at(&format!("/{sam}"))).await.text().contains(&hash));
    let device = Device::enroll(place.server.address, &link).await;
    let code = place.server.data().store.device(device.id).await.unwrap().unwrap().confirmation_code.unwrap();
    let taken = seat.open(&look).await.text();
    assert!(taken.contains(&code) && !taken.contains("data-live="), "{taken}");
    assert_eq!(place.events("enrollment.issued").await[0].1, seat.operator.id.to_string());
    let late = seat.send(&look, &[]).await;
    assert!(
        location(&late).ends_with(&format!("{hash}?done=too_late")),
        "a link that was taken is not ended"
    );
}

#[tokio::test]
async fn s48_a_cancelled_link_takes_no_phone_and_cancelling_again_is_no_error() {
    let place = Place::new().await;
    let sam = place.person("sam", None, None).await;
    let kim = place.person("kim", None, None).await;
    let mut seat = place.helper("hana").await;
    let (link, hash) = shown(&seat.send(&place.at(&format!("/{sam}/enrol")), &[]).await.text());
    assert_eq!(
        seat.send(&place.at(&format!("/{kim}/enrol/{hash}")), &[]).await.status,
        404,
        "another person's"
    );
    assert_eq!(seat.open(&place.at(&format!("/{kim}/enrol/{hash}"))).await.status, 404);
    let path = place.at(&format!("/{sam}/enrol/{hash}"));
    for _ in 0..2 {
        assert!(location(&seat.send(&path, &[]).await).ends_with("?done=link_cancelled"));
    }
    assert!(seat.open(&path).await.text().contains("This link has ended"));
    let token = link.rsplit('/').next().unwrap().split(['?', '#']).next().unwrap().to_owned();
    assert!(place.server.engine.enrollment(&token).await.is_err());
    assert_eq!(place.events("enrollment.cancelled").await.len(), 1);
}

#[tokio::test]
async fn s52_the_help_desk_enrols_only_where_the_policy_lets_it() {
    let place = Place::new().await;
    place.policy("help_desk_enrols", "off").await;
    let sam = place.person("sam", None, None).await;
    let (mut desk, mut admin) = (place.helper("hana").await, place.seat(Role::Admin).await);
    let page = desk.open(&place.at(&format!("/{sam}"))).await.text();
    assert!(page.contains("does not let the help desk enrol") && !page.contains("/enrol\""), "{page}");
    let path = place.at(&format!("/{sam}/enrol"));
    assert_eq!(desk.send(&path, &[]).await.status, 403, "not by a hand-made form either");
    assert_eq!(admin.send(&path, &[]).await.status, 200);
    assert_eq!(place.events("enrollment.issued").await.len(), 1);
}
