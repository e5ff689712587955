//! Finding people.

use countersign_server::engine::console::Role;
use countersign_server::store::Statement;
use countersign_tests::given;
use countersign_tests::operator::after;

use super::{Place, names};

async fn found(place: &Place, asked: &str) -> Vec<String> {
    let mut seat = place.seat(Role::HelpDesk).await;
    let query: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
    names(&seat.open(&place.at(&format!("?q={query}"))).await.text())
}

#[tokio::test]
async fn people_are_found_by_the_beginning_of_a_name_an_address_or_a_reference() {
    let place = Place::new().await;
    place.person("u-1", Some("Ann@bank.example"), Some("Ann Smith")).await;
    place.person("u-2", Some("bob@bank.example"), Some("Bob Annan")).await;
    place.person("anchor", None, None).await;
    place.person("u-4", None, Some("فاطمة الأحمد")).await;
    assert_eq!(found(&place, "AN").await, ["anchor", "Ann Smith", "Bob Annan"], "each once, in order");
    assert_eq!(found(&place, "smi").await, ["Ann Smith"], "by a later word");
    assert_eq!(found(&place, "bob@").await, ["Bob Annan"]);
    assert_eq!(found(&place, "U-").await, ["Ann Smith", "Bob Annan", "فاطمة الأحمد"]);
    for spelling in ["فاطمه", "فاطِمة", "الاحمد", "فاطمة ال"] {
        assert_eq!(found(&place, spelling).await, ["فاطمة الأحمد"], "{spelling}");
    }
    assert!(found(&place, "nn").await.is_empty(), "beginnings only");
    assert!(found(&place, "%").await.is_empty() && found(&place, "_").await.is_empty(), "no wildcards");
    assert_eq!(found(&place, "").await, ["فاطمة الأحمد", "anchor", "Bob Annan", "Ann Smith"], "newest first");
}

#[tokio::test]
async fn people_are_found_by_a_whole_number_and_by_no_piece_of_one() {
    let place = Place::new().await;
    given::factor(&place.server, &place.cms, "sam", "sms", "+966501234567").await;
    place.person("other", None, None).await;
    for typed in ["+966501234567", "+966 50 123-4567"] {
        assert_eq!(found(&place, typed).await, ["sam"], "{typed}");
    }
    for typed in ["+96650123456", "+9665", "0501234567", "+966501234568"] {
        assert!(found(&place, typed).await.is_empty(), "{typed}");
    }
}

#[tokio::test]
async fn s40_people_of_another_tenant_are_not_found() {
    let place = Place::new().await;
    let shop = place.server.relying_party("Shop", None).await;
    given::factor(&place.server, &shop, "sam", "sms", "+966501234567").await;
    assert!(found(&place, "sam").await.is_empty() && found(&place, "+966501234567").await.is_empty());
    let user = place.server.engine.factors_of(shop.tenant.parse().unwrap(), "sam").await.unwrap().0;
    let mut seat = place.seat(Role::Owner).await;
    let address = place.at(&format!("/{}", countersign_protocol::id::to_base32(user.id)));
    assert_eq!(seat.open(&address).await.status, 404);
    for form in ["", "/unlock", "/reset", "/enrol", "/totp", "/recovery", "/password"] {
        assert_eq!(seat.send(&format!("{address}{form}"), &[("what", "all")]).await.status, 404, "{form}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_nobody_is_left_out_or_there_twice() {
    let place = Place::new().await;
    for number in 0..120 {
        let name = format!("Same Name {}", number % 3);
        place.person(&format!("same-{number:03}"), None, Some(&name)).await;
    }
    let mut seat = place.seat(Role::Auditor).await;
    for asked in ["", "same", "same name 1"] {
        let (mut all, mut path) = (Vec::new(), place.at(&format!("?q={}", asked.replace(' ', "+"))));
        loop {
            let page = seat.open(&path).await.text();
            let refs = page.split("<td><bdi>same-").skip(1).map(|rest| rest[..3].to_owned());
            all.extend(refs);
            let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
            let next = next.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
            path = after(&format!("/console{path}"), &next)["/console".len()..].to_owned();
        }
        let expected = if asked.ends_with('1') { 40 } else { 120 };
        assert_eq!(all.len(), expected, "{asked}: {all:?}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), expected, "{asked}: somebody is there twice");
    }
    assert_eq!(seat.open(&place.at("?after=nobody")).await.status, 400);
}

#[tokio::test]
async fn people_of_an_earlier_version_are_found_once_their_words_are_written_down() {
    let place = Place::new().await;
    place.person("sam", None, Some("Sam Old")).await;
    let rows = place.server.rows();
    let sam = rows.user_by_ref(place.tenant, "sam").await.unwrap().unwrap();
    let forgotten = [
        "DELETE FROM people_words WHERE tenant_id = ?1 AND user_id = ?2",
        "UPDATE users SET has_words = NULL WHERE tenant_id = ?1 AND id = ?2",
    ];
    let batch = forgotten.map(|sql| Statement::any(sql, vec![place.tenant.into(), sam.id.into()]));
    rows.write(batch.to_vec()).await.unwrap();
    rows.close().await;
    assert!(found(&place, "old").await.is_empty());
    assert!(!place.server.engine.write_words_down().await.unwrap(), "there are no more");
    assert_eq!(found(&place, "old").await, ["Sam Old"]);
}

#[tokio::test]
async fn an_empty_list_says_what_to_do_and_a_search_without_a_find_too() {
    let place = Place::new().await;
    for (language, yet, found) in
        [("en", "There is nobody yet", "Nobody is found"), ("ar", "لا يوجد أحد بعد", "لم يُعثر على أحد")]
    {
        let mut seat = place.seat(Role::Admin).await.speaking(language);
        assert!(seat.open(&place.at("")).await.text().contains(yet));
        assert!(seat.open(&place.at("?q=zz")).await.text().contains(found));
    }
}
