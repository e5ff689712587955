//! Typing a code.

use std::sync::Arc;

use axum::Extension;
use countersign_server::api::{self, Client};
use countersign_server::engine::audit::list::EventFilter;
use countersign_tests::browser::{Browser, attribute, location, text_of};
use countersign_tests::mailbox;

use super::{Place, at, back, kind_of, next, problem, wrong};

#[tokio::test]
async fn the_code_that_was_sent_ends_at_the_callback() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "sms").await;
    let html = page.text();
    assert_eq!(kind_of(&page), "passcode");
    for text in ["name=\"code\"", "inputmode=\"numeric\"", "autocomplete=\"one-time-code\"", "autofocus"] {
        assert!(attribute(&html, "id=\"code\"", "name").is_some() && html.contains(text), "{text}: {html}");
    }
    let to = text_of(&html, "bdi dir=\"ltr\"").unwrap();
    assert!(to.ends_with("67") && !html.contains(super::NUMBER), "{to}");
    let done = browser.press(&page, "id=\"code\"", &[("code", &place.code().await)]).await;
    assert_eq!((done.status, location(&done)), (303, back(&channel)));
    let result = browser.open(&at("result", &channel)).await;
    assert_eq!(attribute(&result.text(), "id=\"outcome\"", "data-outcome").unwrap(), "approved");
}

#[tokio::test]
async fn p8_a_code_counts_however_it_was_pasted_and_whichever_digits_the_keyboard_has() {
    type Spelling = fn(&str) -> String;
    let spellings: [Spelling; 4] = [
        |code| format!("  {} {}\u{a0}", &code[..3], &code[3..]),
        |code| code.chars().map(|c| char::from_u32(0x660 + c.to_digit(10).unwrap()).unwrap()).collect(),
        |code| code.chars().map(|c| char::from_u32(0x6f0 + c.to_digit(10).unwrap()).unwrap()).collect(),
        |code| format!("\u{200f}{}-{}\u{200e}", &code[..3], &code[3..]),
    ];
    let place = Place::with_number().await;
    for spelling in spellings {
        let channel = place.begin().await;
        let (mut browser, page) = place.chosen(&channel, "sms").await;
        let typed = spelling(&place.code().await);
        let done = browser.press(&page, "id=\"code\"", &[("code", &typed)]).await;
        assert_eq!(location(&done), back(&channel), "{typed}");
        place.server.clock.advance(30_000);
    }
}

#[tokio::test]
async fn a_wrong_code_is_said_with_the_tries_that_are_left_and_the_last_one_ends_it() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let (mut browser, mut page) = place.chosen(&channel, "sms").await;
    let code = wrong(&place.code().await);
    assert_eq!(text_of(&page.text(), "id=\"tries\"").unwrap(), "You have 5 tries left.");
    for left in ["4 tries", "3 tries", "2 tries", "one try"] {
        page = browser.press(&page, "id=\"code\"", &[("code", &code)]).await;
        assert_eq!((page.status, kind_of(&page)), (200, "passcode".to_owned()));
        assert_eq!(problem(&page), format!("The code is not right. You have {left} left."));
        assert_eq!(attribute(&page.text(), "id=\"code\"", "aria-invalid").unwrap(), "true");
        assert!(attribute(&page.text(), "id=\"code\"", "aria-describedby").unwrap().starts_with("problem "));
    }
    let done = browser.press(&page, "id=\"code\"", &[("code", &code)]).await;
    assert_eq!((done.status, location(&done)), (303, back(&channel)));
    // The right one comes too late, from a page that was kept on the screen.
    let late = browser.press(&page, "id=\"code\"", &[("code", &place.code().await)]).await;
    assert_eq!(location(&late), back(&channel));
    let result = browser.open(&at("result", &channel)).await;
    assert_eq!(attribute(&result.text(), "id=\"outcome\"", "data-outcome").unwrap(), "rejected");
}

#[tokio::test]
async fn what_cannot_be_a_code_is_said_and_counts_for_nothing() {
    let place = Place::with_number().await;
    let (mut browser, page) = place.chosen(&place.begin().await, "sms").await;
    for typed in ["", " ", "12345", "abcdef", "<script>alert(1)</script>", "1234567890"] {
        let told = browser.press(&page, "id=\"code\"", &[("code", typed)]).await;
        assert!(problem(&told).starts_with("This cannot be the code"), "{typed}: {}", told.text());
        assert_eq!(text_of(&told.text(), "id=\"tries\"").unwrap(), "You have 5 tries left.");
        assert!(typed.trim().is_empty() || !told.text().contains(typed), "{typed} comes back");
    }
}

#[tokio::test]
async fn another_code_is_sent_when_the_time_has_come_and_not_before() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "sms").await;
    assert_eq!(text_of(&page.text(), "id=\"again-in\"").unwrap(), "You can have another one in 30 seconds.");
    let early = browser.press(&page, "id=\"send-again\"", &[]).await;
    assert!(problem(&early).contains("another one in 30 seconds"), "{}", early.text());
    assert_eq!(mailbox::waiting_by(&place.server, "sms").await.len(), 1);
    for sent in 2..=5 {
        place.server.clock.advance(30_000);
        let page = browser.open(&at("passcode", &channel)).await;
        assert!(!page.text().contains("id=\"again-in\""), "{}", page.text());
        let again = browser.press(&page, "id=\"send-again\"", &[]).await;
        assert_eq!((again.status, kind_of(&browser.open(&next(&again)).await)), (303, "passcode".to_owned()));
        assert_eq!(mailbox::waiting_by(&place.server, "sms").await.len(), sent);
        if place.server.clock.now() % 2 == 1 {
            break;
        }
    }
}

#[tokio::test]
async fn when_no_more_codes_are_sent_the_button_is_gone() {
    let place = Place::with_number().await;
    place.set("answer_window", "600").await;
    let channel = place.begin_with(None, Some(600)).await;
    let (mut browser, mut page) = place.chosen(&channel, "sms").await;
    for _ in 0..4 {
        place.server.clock.advance(30_000);
        let again = browser.press(&page, "id=\"send-again\"", &[]).await;
        page = browser.open(&next(&again)).await;
    }
    let html = page.text();
    assert!(!html.contains("id=\"send-again\""), "{html}");
    assert!(text_of(&html, "id=\"again-in\"").unwrap().starts_with("No more codes are sent"), "{html}");
}

#[tokio::test]
async fn a_code_whose_time_is_over_leads_to_the_chooser() {
    let place = Place::with_number().await;
    place.set("answer_window", "30").await;
    let channel = place.begin().await;
    let (mut browser, page) = place.chosen(&channel, "sms").await;
    let code = place.code().await;
    place.server.clock.advance(31_000);
    let late = browser.press(&page, "id=\"code\"", &[("code", &code)]).await;
    let chooser = browser.open(&next(&late)).await;
    assert!(text_of(&chooser.text(), "id=\"notice\"").unwrap().starts_with("Nobody answered in time."));
}

#[tokio::test]
async fn s53_what_is_done_on_a_page_is_logged_with_the_address_of_the_browser() {
    let place = Place::with_number().await;
    let channel = place.begin().await;
    let address = "192.0.2.7".parse().ok();
    let app = api::app(Arc::clone(&place.server.engine)).layer(Extension(Client { address }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut browser = Browser::new(listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let page = browser.open(&at("index", &channel)).await;
    let taken = browser.press(&page, "value=\"sms\"", &[]).await;
    let page = browser.open(&format!("/mfa/{}", location(&taken))).await;
    let done = browser.press(&page, "id=\"code\"", &[("code", &place.code().await)]).await;
    assert_eq!(location(&done), back(&channel));
    serving.abort();
    let tenant = place.cms.tenant.parse().unwrap();
    let events = place.server.engine.latest_events(tenant, &EventFilter::default(), 10).await.unwrap();
    for name in ["challenge.asked", "challenge.approved"] {
        let event =
            events.iter().find(|event| event.name == name).unwrap_or_else(|| panic!("{name}: {events:?}"));
        assert_eq!(event.address.as_deref(), Some("192.0.2.7"), "{event:?}");
    }
}
