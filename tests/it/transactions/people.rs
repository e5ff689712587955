//! People by the address that they sign in with.

use countersign_server::engine::{Language, NewUser};

use super::Place;

async fn make(place: &Place, user_ref: &str, email: Option<&str>) {
    let new = NewUser {
        user_ref: user_ref.to_owned(),
        email: email.map(str::to_owned),
        display_name: None,
        language: None::<Language>,
    };
    place.engine().ensure_user(place.tenant(), new, &"operator").await.unwrap();
}

#[tokio::test]
async fn a_name_goes_before_an_address_and_an_address_of_two_is_nobodys() {
    let place = Place::new().await;
    make(&place, "kim@example.org", None).await;
    make(&place, "u-1", Some("kim@example.org")).await;
    make(&place, "u-2", Some("lee@example.org")).await;
    make(&place, "u-3", Some("both@example.org")).await;
    make(&place, "u-4", Some("both@example.org")).await;
    let elsewhere = place.server.relying_party("Elsewhere", None).await.tenant.parse().unwrap();
    for (address, found) in [
        ("kim@example.org", Some("kim@example.org")),
        ("KIM@Example.org", Some("kim@example.org")),
        ("lee@example.org", Some("u-2")),
        ("Lee@Example.ORG", Some("u-2")),
        ("both@example.org", None),
        ("nobody@example.org", None),
        ("sam", Some("sam")),
        ("", None),
    ] {
        let person = place.engine().person_with_address(place.tenant(), address).await.unwrap();
        assert_eq!(person.map(|user| user.user_ref).as_deref(), found, "{address}");
        let theirs = place.engine().person_with_address(elsewhere, address).await;
        assert_eq!(theirs, Ok(None), "{address}");
    }
}
