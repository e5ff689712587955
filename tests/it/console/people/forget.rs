//! Forgetting somebody who left.

use countersign_server::engine::console::Role;

use super::{Place, names};

#[tokio::test]
async fn somebody_is_forgotten_with_a_tick_and_the_list_says_so_in_both_languages() {
    let place = Place::new().await;
    let mut seat = place.seat(Role::Admin).await;
    for (language, title, done) in
        [("en", "Forget this person", "The person is forgotten."), ("ar", "نسيان هذا الشخص", "نُسي الشخص")]
    {
        let sam = place.person("sam", Some("sam@bank.example"), Some("Sam")).await;
        place.person("alex", None, None).await;
        seat = seat.speaking(language);
        let page = seat.open(&place.at(&format!("/{sam}"))).await.text();
        assert!(page.contains(title) && page.contains("name=\"sure\""), "{page}");
        let path = place.at(&format!("/{sam}/remove"));
        let page = seat.done(&path, &[("sure", "yes")]).await.text();
        assert!(page.contains(done), "{page}");
        assert_eq!(names(&page), ["alex"]);
        assert_eq!(names(&seat.open(&place.at("?q=sam")).await.text()), Vec::<String>::new());
        for gone in
            [seat.send(&path, &[("sure", "yes")]).await, seat.open(&place.at(&format!("/{sam}"))).await]
        {
            assert_eq!(gone.status, 404, "the second press finds nobody");
        }
    }
    let who = seat.operator.id.to_string();
    let noted = ("user.removed".to_owned(), who);
    assert_eq!(place.events("user.removed").await, [noted.clone(), noted]);
    let log = seat.speaking("en").open(&format!("/{}/audit", place.tenant)).await.text();
    assert!(log.contains("A person was forgotten"), "{log}");
}

#[tokio::test]
async fn without_the_tick_nobody_is_forgotten_and_the_page_says_why() {
    let place = Place::new().await;
    let sam = place.person("sam", None, None).await;
    let mut seat = place.seat(Role::Owner).await;
    let reply = seat.send(&place.at(&format!("/{sam}/remove")), &[]).await;
    assert_eq!(reply.status, 400);
    assert!(
        reply.text().contains("Tick «I am sure»") && reply.text().contains("<details open>"),
        "{}",
        reply.text()
    );
    assert_eq!(seat.open(&place.at(&format!("/{sam}"))).await.status, 200);
    assert!(place.events("user.removed").await.is_empty());
}

#[tokio::test]
async fn s52_neither_the_help_desk_nor_an_auditor_nor_another_tenants_owner_forgets_anybody() {
    let place = Place::new().await;
    let sam = place.person("sam", None, None).await;
    let path = place.at(&format!("/{sam}/remove"));
    for role in [Role::HelpDesk, Role::Auditor] {
        let mut seat = place.seat(role).await;
        assert!(!seat.open(&place.at(&format!("/{sam}"))).await.text().contains("/remove\""));
        assert_eq!(seat.send(&path, &[("sure", "yes")]).await.status, 403, "{}", role.as_str());
    }
    let elsewhere = place.server.relying_party("Another Bank", None).await;
    let scope = countersign_server::engine::console::Scope::Tenant(elsewhere.tenant.parse().unwrap());
    let mut stranger = countersign_tests::operator::Seat::of(&place.server, Role::Owner, scope).await;
    for path in [path, format!("/{}/users/{sam}/remove", elsewhere.tenant)] {
        assert_eq!(stranger.send(&path, &[("sure", "yes")]).await.status, 404, "{path}");
    }
    place.cms.devices("sam").await;
}
