//! Resets that two operators decide.

use countersign_server::engine::Template;
use countersign_server::engine::console::{NewOperator, Role, Scope};
use countersign_server::engine::people::{Reset, ResetDone, ResetError, ResetId};
use countersign_tests::device::Device;
use countersign_tests::mailbox;
use countersign_tests::operator::Seat;

use super::Place;

/// Sam with a seed, in a tenant that asks for two operators.
async fn ready() -> (Place, String) {
    let place = Place::new().await;
    place.policy("two_person_resets", "on").await;
    let sam = place.person("sam", Some("sam@bank.example"), Some("Sam")).await;
    place.server.engine.add_totp(place.tenant, "sam", &"operator").await.unwrap();
    (place, sam)
}

impl Place {
    /// How many factors sam has.
    async fn left(&self) -> usize {
        self.server.engine.factors_of(self.tenant, "sam").await.unwrap().1.len()
    }

    /// Lets one operator ask for everything of sam's to be taken away.
    async fn asked(&self, seat: &Seat, sam: &str) -> ResetId {
        let user = (self.tenant, countersign_protocol::id::from_base32(sam).unwrap());
        match self.server.engine.reset_person(&seat.operator, None, user, Reset::All).await.unwrap() {
            ResetDone::Waits(id) => id,
            ResetDone::Done => panic!("it was done at once"),
        }
    }

    fn decide(&self, id: ResetId, what: &str) -> String {
        self.at(&format!("/requests/{id}/{what}"))
    }

    /// Whether the person was told that something was taken away.
    async fn told(&self) -> usize {
        let all = mailbox::all(&self.server).await;
        all.iter().filter(|message| message.template == Template::FactorRemoved).count()
    }
}

#[tokio::test]
async fn s52_a_reset_is_done_when_a_second_operator_approves_it_and_the_person_is_told_then() {
    let (place, sam) = ready().await;
    let (mut hana, mut omar) = (place.helper("hana").await, place.helper("omar").await);
    let page = hana.done(&place.at(&format!("/{sam}/reset")), &[("what", "all")]).await.text();
    assert!(page.contains("done once another operator approves"), "{page}");
    assert_eq!((place.left().await, place.told().await), (1, 0));
    assert!(hana.open(&place.at("")).await.text().contains("reset waits"), "the list marks it");
    let again = hana.send(&place.at(&format!("/{sam}/reset")), &[("what", "all")]).await;
    assert_eq!((again.status, again.text().contains("waits for a second operator already")), (400, true));
    let list = omar.open(&place.at("/requests")).await.text();
    let id = list.split("/requests/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert!(list.contains("hana") && list.contains("Approve, and do it"), "{list}");
    let done = omar.done(&place.at(&format!("/requests/{id}/approve")), &[]).await.text();
    assert!(done.contains("Approved and done"), "{done}");
    assert_eq!((place.left().await, place.told().await), (0, 1));
    let actors = [hana.operator.id.to_string(), omar.operator.id.to_string()];
    assert_eq!(place.events("reset.asked").await[0].1, actors[0]);
    assert_eq!(place.events("reset.approved").await[0].1, actors[1]);
    let twice = omar.send(&place.at(&format!("/requests/{id}/approve")), &[]).await;
    assert_eq!((twice.status, twice.text().contains("in the meantime")), (400, true));
    assert_eq!(place.told().await, 1);
}

#[tokio::test]
async fn s52_nobody_approves_their_own_not_in_another_browser_and_not_as_owner() {
    let (place, sam) = ready().await;
    for role in [Role::Owner, Role::Admin, Role::HelpDesk] {
        // The log is in the order of time.
        place.server.clock.advance(1);
        let mut seat = place.seat(role).await;
        let id = place.asked(&seat, &sam).await;
        let mut second = Seat::signed_in(&place.server, &seat.operator).await.speaking("ar");
        for browser in [&mut seat, &mut second] {
            let page = browser.open(&place.at("/requests")).await.text();
            assert!(!page.contains("/approve\""), "no button leads there: {page}");
            assert_eq!(browser.send(&place.decide(id, "approve"), &[]).await.status, 400);
        }
        assert_eq!(place.left().await, 1, "{}", role.as_str());
        seat.done(&place.decide(id, "refuse"), &[]).await;
        assert_eq!(place.events("reset.withdrawn").await[0].1, seat.operator.id.to_string());
    }
}

#[tokio::test]
async fn s52_whoever_may_not_help_people_any_more_neither_approves_nor_has_asked() {
    let (place, sam) = ready().await;
    let (hana, omar) = (place.helper("hana").await, place.helper("omar").await);
    let id = place.asked(&hana, &sam).await;
    let engine = &place.server.engine;
    let put = |seat: &Seat, role| NewOperator {
        email: seat.operator.email.clone(),
        name: None,
        role,
        scope: Scope::Tenant(place.tenant),
    };
    // What omar was when his request came in does not count.
    engine.put_operator(put(&omar, Role::Auditor), &"operator").await.unwrap();
    let refused = engine.approve_reset(&omar.operator, None, (place.tenant, id)).await;
    assert_eq!(refused, Err(ResetError::NotAllowed));
    engine.put_operator(put(&omar, Role::HelpDesk), &"operator").await.unwrap();
    engine.put_operator(put(&hana, Role::Auditor), &"operator").await.unwrap();
    let refused = engine.approve_reset(&omar.operator, None, (place.tenant, id)).await;
    assert_eq!(refused, Err(ResetError::AskerGone));
    assert_eq!(place.left().await, 1);
    let mut omar = Seat::signed_in(&place.server, &omar.operator).await;
    omar.done(&place.decide(id, "refuse"), &[]).await;
    assert_eq!(place.events("reset.refused").await.len(), 1);
}

/// The menu's line about resets, from its link on; nothing when there is none.
fn mark(page: &str) -> Option<String> {
    let menu = page.split("</nav>").next().unwrap();
    let line = menu.split("/users/requests\"").nth(1)?;
    Some(line.split("</a>").next().unwrap().to_owned())
}

#[tokio::test]
async fn the_menu_says_how_many_resets_wait_for_whoever_looks_and_may_decide() {
    let (place, sam) = ready().await;
    let (mut hana, mut omar) = (place.helper("hana").await, place.helper("omar").await);
    let none = mark(&omar.open(&place.at("")).await.text()).expect("a line");
    assert!(none.ends_with(">Resets"), "nothing waits, so there is no number: {none}");
    let id = place.asked(&hana, &sam).await;
    let line = mark(&omar.open(&place.at("")).await.text()).unwrap();
    assert!(line.contains(">1<") && line.contains("waiting for you"), "{line}");
    let arabic = mark(&omar.clone().speaking("ar").open(&place.at("")).await.text()).unwrap();
    assert!(arabic.contains(">1<") && arabic.contains("بانتظارك"), "{arabic}");
    let own = mark(&hana.open(&place.at("")).await.text()).unwrap();
    assert!(own.ends_with(">Resets"), "one's own waits for somebody else: {own}");
    // The line of the page that is open is the only one that is marked so.
    let page = omar.open(&place.at("/requests")).await.text();
    assert_eq!(page.matches("aria-current=\"page\"").count(), 1, "{page}");
    assert!(mark(&page).unwrap().starts_with(" aria-current=\"page\""), "{page}");
    // Whoever looks on has nothing to decide; another tenant has nothing to do with it.
    let mut auditor = place.seat(Role::Auditor).await;
    assert_eq!(mark(&auditor.open(&place.at("")).await.text()), None);
    let shop: countersign_protocol::id::TenantId =
        place.server.relying_party("Shop", None).await.tenant.parse().unwrap();
    let mut above = Seat::of(&place.server, Role::Owner, Scope::Server).await;
    assert_eq!(mark(&above.open(&format!("/{shop}/users")).await.text()), None, "it asks for no second one");
    assert!(mark(&above.open(&place.at("")).await.text()).unwrap().contains(">1<"));
    // What was decided, and what is a day old, does not wait.
    omar.done(&place.decide(id, "refuse"), &[]).await;
    assert!(mark(&omar.open(&place.at("")).await.text()).unwrap().ends_with(">Resets"));
    place.asked(&hana, &sam).await;
    place.server.clock.advance(24 * 60 * 60 * 1000);
    let mut omar = Seat::signed_in(&place.server, &omar.operator).await;
    assert!(mark(&omar.open(&place.at("")).await.text()).unwrap().ends_with(">Resets"));
    place.policy("two_person_resets", "off").await;
    assert_eq!(mark(&omar.open(&place.at("")).await.text()), None);
}

#[tokio::test]
async fn s52_an_operator_of_another_tenant_sees_and_approves_nothing() {
    let (place, sam) = ready().await;
    let hana = place.helper("hana").await;
    let id = place.asked(&hana, &sam).await;
    let shop = place.server.relying_party("Shop", None).await.tenant.parse().unwrap();
    let mut foreign = Seat::of(&place.server, Role::Owner, Scope::Tenant(shop)).await;
    assert_eq!(foreign.send(&place.decide(id, "approve"), &[]).await.status, 404);
    // The same reset under the address of their own tenant.
    let path = format!("/{shop}/users/requests/{id}/approve");
    assert_eq!(foreign.send(&path, &[]).await.status, 404);
    assert!(!foreign.open(&format!("/{shop}/users/requests")).await.text().contains("Sam"));
    let direct = place.server.engine.approve_reset(&foreign.operator, None, (place.tenant, id)).await;
    assert_eq!(direct, Err(ResetError::NotAllowed));
    assert_eq!(place.left().await, 1);
}

#[tokio::test]
async fn s52_of_many_approvals_at_once_one_does_it_and_the_person_is_told_once() {
    let (place, sam) = ready().await;
    let hana = place.helper("hana").await;
    let id = place.asked(&hana, &sam).await;
    let mut others = Vec::new();
    for name in ["omar", "rana", "zaid"] {
        others.push(place.helper(name).await.operator);
    }
    let engine = &place.server.engine;
    let racing = (0..12).map(|n| engine.approve_reset(&others[n % 3], None, (place.tenant, id)));
    let results = futures_util::future::join_all(racing).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(ResetError::Over))), "{results:?}");
    assert_eq!((place.left().await, place.told().await), (0, 1));
    assert_eq!(place.events("reset.approved").await.len(), 1);
}

#[tokio::test]
async fn s52_after_a_day_nobody_approves_it_and_it_can_be_asked_for_anew() {
    let (place, sam) = ready().await;
    let (hana, omar) = (place.helper("hana").await, place.helper("omar").await);
    let id = place.asked(&hana, &sam).await;
    place.server.clock.advance(24 * 60 * 60 * 1000);
    let late = place.server.engine.approve_reset(&omar.operator, None, (place.tenant, id)).await;
    assert_eq!(late, Err(ResetError::Over));
    let mut omar = Seat::signed_in(&place.server, &omar.operator).await;
    let page = omar.open(&place.at("/requests")).await.text();
    assert!(page.contains("not approved in time") && !page.contains("/approve\""), "{page}");
    let anew = place.asked(&hana, &sam).await;
    assert_ne!(anew, id);
    omar.done(&place.decide(anew, "approve"), &[]).await;
    assert_eq!(place.left().await, 0);
}

#[tokio::test]
async fn s52_a_device_waits_for_the_second_operator_too_and_the_command_line_does_not() {
    let (place, sam) = ready().await;
    Device::enroll(place.server.address, &place.cms.link("sam").await).await;
    let (mut hana, mut omar) = (place.helper("hana").await, place.helper("omar").await);
    let all = place.server.engine.factors_of(place.tenant, "sam").await.unwrap().1;
    let device = all.iter().find(|factor| factor.is_device()).unwrap().id.to_string();
    hana.done(&place.at(&format!("/{sam}/reset")), &[("what", &device)]).await;
    assert_eq!(place.cms.devices("sam").await.len(), 1);
    let list = omar.open(&place.at("/requests")).await.text();
    let id = list.split("/requests/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    omar.done(&place.at(&format!("/requests/{id}/approve")), &[]).await;
    assert!(place.cms.devices("sam").await.is_empty());
    place.server.engine.remove_totp(place.tenant, "sam", &"operator").await.unwrap();
    assert_eq!(place.left().await, 0);
}

#[tokio::test]
async fn an_application_has_no_word_in_what_operators_may() {
    let place = Place::new().await;
    let application = Some(place.cms.client_id.parse().unwrap());
    let scope = countersign_server::engine::policy::Scope { tenant: place.tenant, application };
    for name in ["two_person_resets", "help_desk_enrols"] {
        let pair = [(name.to_owned(), "on".to_owned())];
        let refused = place.server.engine.set_policy(scope, &pair, &"operator").await.unwrap_err();
        assert!(refused.to_string().contains("whole tenant"), "{refused}");
    }
}
