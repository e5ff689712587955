//! Text that wants to be markup, a script or a header, in every place where somebody else's text gets into a page.

use countersign_server::engine::{NewApplication, NewUser};
use countersign_tests::http::{Reply, Request};

use super::{HOME, KIM, Scene, encoded};

/// Each of them would do something in one place or another if it came out as it went in.
const PAYLOADS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "\" autofocus onfocus=alert(1) x=\"",
    "</title><svg onload=alert(1)>",
    "</script><svg onload=alert(1)>",
    "--><svg onload=alert(1)>",
    "{{1234*5678}}${1234*5678}<%= 1234*5678 %>",
    "\u{202e}<b>x</b>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<base href=https://evil.example/>",
    "\r\nX-Injected: yes\r\n\r\n<script>alert(1)</script>",
    "\nSet-Cookie: cs-browser=evil",
    "%0d%0aX-Injected:%20yes",
];

/// Nothing of it is markup, and nothing of it is a header. As text it may stand there.
#[track_caller]
fn is_harmless(reply: &Reply, how: &str) {
    assert!(reply.status < 500, "{how}: {}", reply.text());
    for (name, value) in &reply.headers {
        assert!(name != "x-injected" && !value.contains(['\r', '\n']), "{how}: {name}: {value}");
        assert!(name != "set-cookie" || !value.contains("evil"), "{how}: {value}");
    }
    let html = reply.text().to_lowercase();
    for part in [
        "<script>",
        "<svg onload",
        "<b>x",
        "<base",
        "\" autofocus onfocus",
        "<img",
        "<meta http-equiv=refresh",
        "7006652",
    ] {
        assert!(!html.contains(part) || !html.contains("<!doctype"), "{how}: {part} in {html}");
    }
}

#[tokio::test]
async fn no_parameter_of_a_page_becomes_markup_or_a_header() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    let names = [
        "callback_url",
        "redirect_url",
        "choose",
        "typing",
        "seen",
        "way",
        "factor",
        "code",
        "again",
        "channel",
        "uid",
        "email",
    ];
    for payload in PAYLOADS {
        for name in names {
            let mut fields = vec![("channel", channel.as_str())];
            fields.retain(|_| name != "channel");
            fields.push((name, payload));
            for page in ["index", "waiting", "passcode", "result"] {
                is_harmless(&browser.get(page, &fields).await, &format!("GET {page} {name} {payload}"));
            }
            for page in ["index", "passcode"] {
                is_harmless(&browser.post(page, &fields).await, &format!("POST {page} {name} {payload}"));
            }
            is_harmless(&browser.get("email", &fields).await, &format!("GET email {name} {payload}"));
        }
        // In the path and the query of an address that is the application's own, which the forms carry along.
        let callback = format!("{HOME}?next={payload}");
        let onward = format!("/{payload}");
        for extra in [("callback_url", callback.as_str()), ("redirect_url", onward.as_str())] {
            let fields = [("channel", channel.as_str()), extra];
            is_harmless(&browser.get("index", &fields).await, &format!("{extra:?}"));
        }
        // Written raw, as far as that can be sent at all.
        let raw: String = payload.chars().filter(|c| c.is_ascii_graphic()).collect();
        let request =
            Request::new("GET", &format!("/mfa/index?channel={channel}&callback_url={raw}&seen={raw}"));
        is_harmless(&browser.send(request).await, &format!("raw {payload}"));
        let request = Request::new("GET", &format!("/mfa/index?channel={channel}"));
        let request = request.header("Accept-Language", &raw).header("X-Forwarded-Host", "evil.example");
        let reply = browser.send(request.header("X-Forwarded-Prefix", &raw)).await;
        is_harmless(&reply, &format!("headers {payload}"));
        assert!(!reply.text().contains("evil.example"));
    }
}

#[tokio::test]
async fn no_name_or_message_becomes_markup() {
    let mut scene = Scene::new().await;
    for payload in PAYLOADS.into_iter().filter(|text| !text.contains(['\r', '\n', '\u{202e}'])) {
        let tenant = scene.shop.tenant();
        let named = NewApplication { name: payload.chars().take(60).collect(), color: None };
        let Ok((uid, secret)) = scene.server.engine.create_application(tenant, named, &"operator").await
        else {
            continue;
        };
        scene.shop.party.client_id = uid.to_string();
        scene.shop.party.client_secret = secret;
        scene.goes_home(&scene.shop.clone(), &[HOME]).await;
        let user = NewUser {
            user_ref: KIM.to_owned(),
            email: None,
            display_name: Some(payload.to_owned()),
            language: None,
        };
        scene.server.engine.ensure_user(tenant, user, &"operator").await.unwrap();
        // Long enough for the next push.
        scene.server.clock.advance(60_001);
        let fields = [("message", payload), ("type", "Login")];
        let channel = scene.begin_with(&fields).await;
        let mut browser = scene.browser();
        let reply = browser.get("index", &[("channel", &channel), ("callback_url", HOME)]).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        is_harmless(&reply, payload);
        scene.choose(&mut browser, &channel, "push").await;
        is_harmless(&browser.get("waiting", &[("channel", &channel)]).await, payload);
        browser.post("cancel", &[("channel", &channel)]).await;
    }
}

#[tokio::test]
async fn a_page_survives_whatever_bytes_stand_in_its_address() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    let long = "A".repeat(20_000);
    let good = encoded(&[("channel", &channel)]);
    for query in [
        "",
        "&&&",
        "=",
        "=&=",
        "%",
        "%ZZ=%",
        "channel",
        "channel=%ff%fe",
        "%63hannel=x",
        "a=b;channel=c",
        &long,
    ] {
        for query in [query.to_owned(), format!("{good}&{query}"), format!("{query}&{good}")] {
            for page in ["index", "waiting", "passcode", "result", "events", "email"] {
                let is_endless = page == "events" && query.contains(&good);
                if is_endless {
                    continue;
                }
                let reply = browser.send(Request::new("GET", &format!("/mfa/{page}?{query}"))).await;
                assert!(reply.status < 500, "{page} {query}: {}", reply.status);
            }
            let request = Request::new("POST", "/mfa/passcode").header("Sec-Fetch-Site", "same-origin");
            let request =
                request.header("Content-Type", "application/x-www-form-urlencoded").body(query.clone());
            assert!(browser.send(request).await.status < 500, "{query}");
        }
    }
}
