//! Other browsers with the address of a page: somebody who was sent it, who read it in a log, or who planted a cookie.

use std::collections::HashSet;

use super::{Browser, KIM, NUMBER, PAGES, Scene};

/// Replies to a browser that the sign-in does not belong to say nothing of it.
async fn shows_nothing(mut browser: Browser, channel: &str, secrets: &[&str]) {
    for page in PAGES {
        let fields = [("channel", channel), ("choose", "1")];
        let reply = browser.get(page, &fields).await;
        assert_eq!(reply.status, 403, "{page}: {}", reply.text());
        assert_eq!(reply.header("location"), None, "{page}");
        for secret in secrets {
            assert!(!reply.text().contains(secret), "{page} tells {secret}: {}", reply.text());
        }
        assert!(!reply.text().contains("<form"), "{page}");
    }
    for (page, more) in [("index", ("way", "push")), ("passcode", ("code", "123456")), ("cancel", ("x", ""))]
    {
        let reply = browser.post(page, &[("channel", channel), more]).await;
        assert_eq!(reply.status, 403, "{page}: {}", reply.text());
    }
}

#[tokio::test]
async fn another_browser_with_the_same_address_sees_and_does_nothing() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    let (stranger, _) = scene.visit().await;
    let secrets = [KIM, NUMBER, "4567", "Online Banking", "data-outcome", "id=\"number\""];
    let planted = |cookie: &str| Browser { address: scene.server.address, cookies: vec![cookie.to_owned()] };
    let value = browser.cookies[0].split_once('=').unwrap().1.to_owned();
    let others = [
        scene.browser(),
        stranger.clone(),
        planted("cs-browser=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        planted(&format!("__Host-cs-browser={value}")),
        planted("cs-browser="),
    ];
    for way in [None, Some("push"), Some("sms")] {
        if let Some(way) = way {
            scene.choose(&mut browser, &channel, way).await;
        }
        for other in others.clone() {
            shows_nothing(other, &channel, &secrets).await;
        }
    }
    assert_eq!(scene.status(&channel).await, "pending", "it is as it was for whom it belongs to");
    assert_eq!(browser.get("passcode", &[("channel", &channel)]).await.status, 200);
    // Nor does it tell a stranger how it ended.
    assert_eq!(browser.post("cancel", &[("channel", &channel)]).await.status, 303);
    shows_nothing(stranger, &channel, &secrets).await;
}

#[tokio::test]
async fn of_many_browsers_at_the_same_moment_one_gets_the_sign_in() {
    let scene = Scene::new().await;
    let channel = scene.begin().await;
    let visits = (0..12).map(|_| {
        let (mut browser, channel) = (scene.browser(), channel.clone());
        tokio::spawn(async move { (browser.get("index", &[("channel", &channel)]).await.status, browser) })
    });
    let mut shown = Vec::new();
    for visit in visits.collect::<Vec<_>>() {
        match visit.await.unwrap() {
            (200, browser) => shown.push(browser),
            (status, _) => assert_eq!(status, 403),
        }
    }
    assert_eq!(shown.len(), 1);
    assert_eq!(shown.remove(0).get("index", &[("channel", &channel)]).await.status, 200, "and keeps it");
}

#[tokio::test]
async fn each_browser_gets_a_cookie_of_its_own_that_no_script_reads() {
    let scene = Scene::new().await;
    let mut values = HashSet::new();
    for _ in 0..8 {
        let channel = scene.begin().await;
        let reply = scene.browser().get("index", &[("channel", &channel)]).await;
        let cookie = reply.header("set-cookie").expect("a cookie").to_owned();
        let (name, rest) = cookie.split_once('=').unwrap();
        let (value, attributes) = rest.split_once(';').unwrap();
        assert_eq!((name, value.len()), ("cs-browser", 43), "{cookie}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(attribute), "{cookie}");
        }
        assert!(!attributes.contains("Domain"), "{cookie}");
        assert!(values.insert(value.to_owned()), "two browsers have one cookie");
        scene.server.clock.advance(3000);
    }
}

#[tokio::test]
async fn a_cookie_that_is_not_of_our_making_is_replaced_and_one_of_ours_is_kept() {
    let scene = Scene::new().await;
    for planted in
        ["cs-browser=evil", "cs-browser=", "cs-browser=\"x\"", "cs-browser; cs-browser", "cs-browser=%41"]
    {
        let channel = scene.begin().await;
        let mut browser = Browser { address: scene.server.address, cookies: vec![planted.to_owned()] };
        let reply = browser.get("index", &[("channel", &channel)]).await;
        assert_eq!(reply.status, 200, "{planted}");
        assert!(reply.header("set-cookie").is_some(), "{planted}");
        scene.server.clock.advance(3000);
    }
    let (mut browser, _) = scene.visit().await;
    let (again, before) = (scene.begin().await, browser.cookies.clone());
    let reply = browser.get("index", &[("channel", &again)]).await;
    assert_eq!((reply.status, reply.header("set-cookie")), (200, None), "one cookie for all of its sign-ins");
    assert_eq!(browser.cookies, before);
}
