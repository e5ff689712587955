//! What is changed about people.

use countersign_protocol::answer::Decision;
use countersign_server::engine::console::Role;
use countersign_tests::browser::location;
use countersign_tests::device::Device;

use super::Place;

#[tokio::test]
async fn somebody_is_made_known_once_and_what_cannot_be_is_told_with_what_was_typed() {
    let place = Place::new().await;
    let mut seat = place.helper("hana").await;
    let form = [("user_ref", ""), ("email", "Sam@Bank.example"), ("name", "Sam <b>"), ("language", "ar")];
    let page = seat.done(&place.at(""), &form).await.text();
    assert!(page.contains("They are known now") && page.contains("Sam &#60;b&#62;"), "{page}");
    assert!(page.contains("<bdi>sam@bank.example</bdi>"), "the reference is the address in small letters");
    let again = seat.send(&place.at(""), &form).await;
    assert_eq!(again.status, 400);
    assert!(
        again.text().contains("somebody of this reference already")
            && again.text().contains("Sam@Bank.example")
    );
    for wrong in [[("user_ref", ""), ("email", "")], [("user_ref", "x"), ("email", "no address")]] {
        let reply = seat.send(&place.at(""), &wrong).await;
        assert_eq!(reply.status, 400, "{wrong:?}");
        assert!(reply.text().contains("role=\"alert\""));
    }
    let made = place.events("user.created").await;
    assert_eq!(made, [("user.created".to_owned(), seat.operator.id.to_string())], "and the log names them");
}

#[tokio::test]
async fn what_is_changed_is_kept_and_found_and_what_is_left_empty_stays() {
    let place = Place::new().await;
    let sam = place.person("sam", Some("sam@bank.example"), Some("Sam")).await;
    let mut seat = place.helper("hana").await;
    let form = [("name", "Samira"), ("email", ""), ("language", "ar")];
    let page = seat.done(&place.at(&format!("/{sam}")), &form).await.text();
    assert!(page.contains("Changed.") && page.contains("Samira"), "{page}");
    let user = place.server.engine.factors_of(place.tenant, "sam").await.unwrap().0;
    assert_eq!((user.email.as_deref(), user.language.as_deref()), (Some("sam@bank.example"), Some("ar")));
    let search = seat.open(&place.at("?q=samira")).await.text();
    assert!(search.contains(&sam), "{search}");
    let wrong = seat.send(&place.at(&format!("/{sam}")), &[("email", "none")]).await;
    assert_eq!(wrong.status, 400);
    assert_eq!(place.events("user.updated").await.len(), 1, "nothing was changed by that");
}

#[tokio::test]
async fn s30_a_lock_is_shown_with_its_reason_and_ended_in_both_languages() {
    let place = Place::new().await;
    place.policy("failure_limit", "1").await;
    let phone = Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let session = place.cms.ask_with_number("sam").await;
    let challenge = phone.challenge(&session.id).await;
    let wrong = phone.answer(&challenge, Decision::Approve, Some(&session.wrong_number()));
    phone.submit(session.challenge(), &wrong).await;
    let sam = place.person("sam", None, None).await;
    let mut seat = place.helper("hana").await;
    for (language, why, state) in
        [("en", "Wrong numbers on the phone", "locked since"), ("ar", "أرقام خاطئة على الهاتف", "مقفل منذ")]
    {
        seat = seat.speaking(language);
        let page = seat.open(&place.at(&format!("/{sam}"))).await.text();
        assert!(page.contains(why) && page.contains(state) && page.contains("/unlock\""), "{page}");
    }
    assert!(seat.open(&place.at("")).await.text().contains("مقفل"), "the list marks it");
    let page = seat.done(&place.at(&format!("/{sam}/unlock")), &[]).await.text();
    assert!(!page.contains("مقفل منذ") && !page.contains("/unlock\""), "{page}");
    assert_eq!(place.events("user.unlocked").await.len(), 1);
    place.cms.ask("sam").await;
}

#[tokio::test]
async fn a_device_is_taken_away_and_the_second_press_changes_nothing() {
    let place = Place::new().await;
    Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let sam = place.person("sam", None, None).await;
    let device = place.cms.devices("sam").await[0]["device_id"].as_str().unwrap_or_default().to_owned();
    let facts = place.server.engine.factors_of(place.tenant, "sam").await.unwrap().1;
    let id = facts[0].id.to_string();
    assert!(device.is_empty() || device == id);
    let mut seat = place.helper("hana").await;
    let path = place.at(&format!("/{sam}/reset"));
    let reply = seat.send(&path, &[("what", &id)]).await;
    assert!(location(&reply).ends_with("?done=reset"));
    assert!(place.cms.devices("sam").await.is_empty());
    let again = seat.send(&path, &[("what", &id)]).await;
    assert_eq!((again.status, again.text().contains("This is gone already")), (400, true));
    for wrong in ["", "everything", "fac_x", "dev_"] {
        assert_eq!(seat.send(&path, &[("what", wrong)]).await.status, 400, "{wrong}");
    }
    assert_eq!(
        place.events("device.removed").await,
        [("device.removed".to_owned(), seat.operator.id.to_string())]
    );
}

#[tokio::test]
async fn s52_the_operators_are_no_people_to_be_helped_or_a_help_desk_could_make_itself_owner() {
    let place = Place::new().await;
    let home = place.server.engine.console_home().await.unwrap().tenant;
    let owner = countersign_tests::operator::Seat::of(
        &place.server,
        Role::Owner,
        countersign_server::engine::console::Scope::Server,
    )
    .await;
    let id = owner.operator.id.to_string();
    let id = id.trim_start_matches("op_");
    for role in Role::ALL {
        let scope = countersign_server::engine::console::Scope::Server;
        let mut seat = countersign_tests::operator::Seat::of(&place.server, role, scope).await;
        for page in ["", "?q=owner", "/requests", &format!("/{id}")] {
            let status = seat.open(&format!("/{home}/users{page}")).await.status;
            assert_eq!(status, 404, "{page} as {}", role.as_str());
        }
        assert_eq!(seat.open(&format!("/{home}/challenges")).await.status, 404);
        for form in ["", "/unlock", "/reset", "/enrol", "/totp", "/recovery", "/password", "/remove"] {
            let password = ("password", "a long password");
            let fields = [("what", "all"), password, ("again", password.1), ("sure", "yes")];
            let status = seat.send(&format!("/{home}/users/{id}{form}"), &fields).await.status;
            assert!([403, 404].contains(&status), "{form} as {}: {status}", role.as_str());
        }
    }
}
