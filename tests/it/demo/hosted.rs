//! Acceptto's way: the browser goes to the server's own pages and comes back.

use countersign_tests::browser::{Browser, attribute, location, text_of};
use countersign_tests::http::Reply;
use countersign_tests::phone::Phone;

use super::{Town, go, is_in, is_over, mark, question};

/// The server's page that the bank sends the browser to.
#[track_caller]
fn leads_to(town: &Town, page: &Reply) -> String {
    assert_eq!(mark(page), "leaving", "{}", page.text());
    let url = attribute(&page.text(), "id=\"leave\"", "href").unwrap();
    url.strip_prefix(&format!("http://{}", town.server.address)).unwrap().to_owned()
}

/// The person asks for a push there; their answer sends the browser back to this path of the bank's.
async fn answered(town: &Town, there: &str, phone: &Phone, approves: bool) -> String {
    let mut browser = Browser::new(town.server.address);
    let page = browser.open(there).await;
    let taken = browser.press(&page, "value=\"push\"", &[]).await;
    let waiting = format!("/mfa/{}", location(&taken));
    let page = browser.open(&waiting).await;
    let number = text_of(&page.text(), "id=\"number\"").unwrap();
    let asked = question(phone).await.id;
    if approves {
        phone.core.approve(asked, Some(&number)).await.unwrap();
    } else {
        phone.core.deny(asked).await.unwrap();
    }
    back(town, &browser.open(&waiting).await)
}

fn back(town: &Town, reply: &Reply) -> String {
    location(reply).strip_prefix(&format!("http://{}", town.bank.address)).unwrap().to_owned()
}

#[tokio::test]
async fn the_servers_pages_send_the_browser_back_and_the_bank_asks_how_it_went() {
    let town = Town::new().await;
    let (mut browser, phone) = town.with_phone().await;
    for (approves, over) in [(true, None), (false, Some("Denied."))] {
        let there = leads_to(&town, &go(&mut browser, "/demo/acceptto", &[]).await);
        let back = answered(&town, &there, &phone, approves).await;
        let next = location(&browser.open(&back).await);
        let page = browser.open(&next).await;
        match over {
            None => is_in(&page),
            Some(over) => is_over(&page, over),
        }
        // Loading it again, or following the link once more, changes nothing.
        browser.open(&back).await;
        assert_eq!(mark(&browser.open(&next).await), mark(&page));
    }
}

#[tokio::test]
async fn coming_back_early_proves_nothing_and_too_late_is_said() {
    let town = Town::new().await;
    let (mut browser, _phone) = town.with_phone().await;
    let there = leads_to(&town, &go(&mut browser, "/demo/acceptto", &[]).await);
    let channel = there.split_once("channel=").unwrap().1.split('&').next().unwrap().to_owned();
    let back = format!("/demo/acceptto/back?channel={channel}");
    browser.open(&back).await;
    assert_eq!(mark(&browser.open("/demo/acceptto").await), "leaving");
    town.server.clock.advance(601_000);
    browser.open(&back).await;
    is_over(&browser.open("/demo/acceptto").await, "Too late.");
}

#[tokio::test]
async fn a_channel_that_was_given_to_another_browser_counts_for_nothing() {
    let town = Town::new().await;
    let (mut thief, phone) = town.with_phone().await;
    let there = leads_to(&town, &go(&mut thief, "/demo/acceptto", &[]).await);
    let back = answered(&town, &there, &phone, true).await;
    let (mut other, _) = town.with_phone().await;
    other.open(&back).await;
    is_over(&other.open("/demo/acceptto").await, "That was another sign-in.");
    go(&mut other, "/demo/acceptto", &[]).await;
    other.open(&back).await;
    is_over(&other.open("/demo/acceptto").await, "That was another sign-in.");
}
