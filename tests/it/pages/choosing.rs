//! Choosing how to answer, and choosing once more.

use countersign_protocol::answer::Decision;
use countersign_server::engine::policy::Factor;
use countersign_tests::browser::{attribute, location, text_of};
use countersign_tests::{given, mailbox};

use super::{NUMBER, Place, at, back, kind_of, next, problem, wrong};

#[tokio::test]
async fn the_chooser_shows_whose_sign_in_it_is_and_every_way_that_there_is() {
    let (place, _device) = Place::with_phone().await;
    given::factor(&place.server, &place.cms, "kim", "sms", NUMBER).await;
    given::factor(&place.server, &place.cms, "kim", "email", "kim@example.org").await;
    let page = place.browser().open(&at("index", &place.begin().await)).await;
    assert_eq!((page.status, kind_of(&page)), (200, "choose".to_owned()));
    let html = page.text();
    for text in ["<bdi>Case Management</bdi>", "<bdi>kim</bdi>", "id=\"cancel\""] {
        assert!(html.contains(text), "{text}: {html}");
    }
    let order: Vec<_> = ["push", "sms", "email"]
        .map(|way| {
            html.find(&format!("name=\"way\" value=\"{way}\"")).unwrap_or_else(|| panic!("{way}: {html}"))
        })
        .into();
    assert!(order.is_sorted(), "strongest first: {html}");
    assert!(!html.contains(NUMBER) && !html.contains("kim@example.org"), "targets are masked: {html}");
    assert_eq!(html.matches("<form method=\"post\" action=\"index\">").count(), 3, "{html}");
    assert_eq!(text_of(&html, "bdi dir=\"ltr\"").unwrap().chars().rev().take(2).collect::<String>(), "76");
}

#[tokio::test]
async fn who_has_no_way_is_told_whom_to_ask_and_can_go_back() {
    let place = Place::new().await;
    place.cms.enroll("kim").await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let page = browser.open(&at("index", &channel)).await;
    let html = page.text();
    assert!(text_of(&html, "id=\"no-way\"").unwrap().contains("Case Management"), "{html}");
    assert!(!html.contains("name=\"way\""), "{html}");
    let left = browser.press(&page, "id=\"cancel\"", &[]).await;
    assert_eq!((left.status, location(&left)), (303, back(&channel)));
}

#[tokio::test]
async fn a_choice_pressed_twice_asks_once_and_shows_the_same_page() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let page = browser.open(&at("index", &channel)).await;
    let mut second = browser.clone();
    let (one, two) =
        tokio::join!(browser.press(&page, "value=\"sms\"", &[]), second.press(&page, "value=\"sms\"", &[]));
    assert_eq!((one.status, two.status), (303, 303));
    assert_eq!(next(&one), next(&two));
    assert_eq!(mailbox::waiting_by(&place.server, "sms").await.len(), 1);
    let pages = (browser.open(&next(&one)).await.text(), second.open(&next(&two)).await.text());
    assert_eq!(pages.0, pages.1);
}

#[tokio::test]
async fn another_way_takes_the_place_of_what_waits() {
    let (place, device) = Place::with_phone().await;
    given::factor(&place.server, &place.cms, "kim", "sms", NUMBER).await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    assert_eq!((kind_of(&page), device.inbox().await.len()), ("waiting".to_owned(), 1));
    let another = attribute(&page.text(), "id=\"another\"", "href").unwrap();
    let chooser = browser.open(&format!("/mfa/{another}")).await;
    assert_eq!(kind_of(&chooser), "choose");
    let still = attribute(&chooser.text(), "id=\"back-to-it\"", "href").unwrap();
    assert_eq!(
        kind_of(&browser.open(&format!("/mfa/{still}")).await),
        "waiting",
        "and one can go back to it"
    );
    let taken = browser.press(&chooser, "value=\"sms\"", &[]).await;
    assert_eq!(kind_of(&browser.open(&next(&taken)).await), "passcode");
    assert!(device.inbox().await.is_empty(), "the phone is no longer asked");
}

#[tokio::test]
async fn every_page_leads_to_the_one_where_the_sign_in_stands() {
    let (place, device) = Place::with_phone().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let everywhere = ["index", "waiting", "passcode", "result"];
    for page in everywhere.into_iter().filter(|page| *page != "index") {
        assert!(next(&browser.open(&at(page, &channel)).await).starts_with("/mfa/index?"), "{page}");
    }
    let page = browser.open(&at("index", &channel)).await;
    browser.press(&page, "value=\"push\"", &[]).await;
    // The back button after a choice: what waits is shown, and not the chooser.
    for page in everywhere.into_iter().filter(|page| *page != "waiting") {
        assert!(next(&browser.open(&at(page, &channel)).await).starts_with("/mfa/waiting?"), "{page}");
    }
    place.answer(&device, Decision::Deny, None).await;
    for page in ["index", "waiting", "passcode", "index?choose=1"] {
        let target = at(page, &channel).replace("index?choose=1?", "index?choose=1&");
        assert_eq!(location(&browser.open(&target).await), back(&channel), "{page}");
    }
    // And a chooser that was kept on the screen leads there too.
    let late = browser.press(&page, "value=\"push\"", &[]).await;
    assert_eq!(location(&browser.open(&next(&late)).await), back(&channel));
}

#[tokio::test]
async fn what_cannot_be_chosen_is_said_on_the_chooser() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let mut browser = place.browser();
    let page = browser.open(&at("index", &channel)).await;
    let fields = |way: &str, factor: &str| {
        [("channel", &*channel), ("way", way), ("factor", factor)].map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    for (way, factor) in [
        ("push", ""),
        ("totp", ""),
        ("telepathy", ""),
        ("", ""),
        ("sms", "not-a-uuid"),
        ("sms", "00000000-0000-0000-0000-000000000000"),
    ] {
        let page = browser.post("/mfa/index", &fields(way, factor)).await;
        assert_eq!((page.status, kind_of(&page)), (200, "choose".to_owned()), "{way}");
        assert!(problem(&page).ends_with("Use another way."), "{way}: {}", page.text());
    }
    assert!(mailbox::all(&place.server).await.is_empty());
    assert_eq!(browser.press(&page, "value=\"sms\"", &[]).await.status, 303);
}

#[tokio::test]
async fn a_question_that_nobody_answered_is_named_when_the_person_chooses_again() {
    let (place, _device) = Place::with_phone().await;
    place.set("answer_window", "30").await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "push").await;
    assert_eq!(kind_of(&page), "waiting");
    place.server.clock.advance(31_000);
    let target = next(&browser.open(&at("waiting", &channel)).await);
    let chooser = browser.open(&target).await;
    assert_eq!(kind_of(&chooser), "choose");
    assert!(text_of(&chooser.text(), "id=\"notice\"").unwrap().starts_with("Nobody answered in time."));
}

#[tokio::test]
async fn a_locked_way_is_said_to_be_locked() {
    let place = Place::with_number().await;
    place.set("failure_limit", "5").await;
    let channel = place.begin().await;
    let (mut browser, mut page) = place.chosen(&channel, "sms").await;
    let code = place.code().await;
    let mut stale = browser.clone();
    let second = place.begin().await;
    let chooser = stale.open(&at("index", &second)).await;
    for _ in 0..5 {
        page = browser.press(&page, "id=\"code\"", &[("code", &wrong(&code))]).await;
        if page.status != 200 {
            break;
        }
    }
    assert_eq!(location(&page), back(&channel), "the fifth one ended it");
    place.server.clock.advance(30_000);
    let page = stale.press(&chooser, "value=\"sms\"", &[]).await;
    assert!(problem(&page).starts_with("This way is locked"), "{}", page.text());
}

#[tokio::test]
async fn what_was_asked_at_once_is_what_the_first_page_leads_to() {
    let (place, device) = Place::with_phone().await;
    let channel = place.begin_with(Some(Factor::Push), None).await;
    let mut browser = place.browser();
    let target = next(&browser.open(&at("index", &channel)).await);
    assert!(target.starts_with("/mfa/waiting?"), "{target}");
    let page = browser.open(&target).await;
    assert!(!page.text().contains("id=\"number\""), "nobody's page was there to show one");
    assert_eq!(device.inbox().await.len(), 1);
}
