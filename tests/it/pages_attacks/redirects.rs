//! Open redirects: whatever is named as the place to go back to, a browser goes to the application's own or nowhere.

use countersign_tests::http::Reply;
use url::Url;

use super::{HOME, Scene};

/// What has sent browsers astray elsewhere. `evil.example` stands in each, or nothing that is an address at all.
const ASTRAY: [&str; 44] = [
    "https://evil.example/",
    "http://shop.example.org/auth/mfa_check?evil.example",
    "https://evil.example/https://shop.example.org/auth/mfa_check",
    "https://evil.example?https://shop.example.org/auth/mfa_check",
    "https://evil.example#https://shop.example.org/auth/mfa_check",
    "https://shop.example.org@evil.example/auth/mfa_check",
    "https://shop.example.org:443@evil.example/",
    "https://shop.example.org%40evil.example/",
    "https://evil.example%2f@shop.example.org/",
    "https://evil.example\\@shop.example.org/",
    "https://shop.example.org\\.evil.example/",
    "https://shop.example.org.evil.example/",
    "https://evil.example.shop.example.org/",
    "https://shop.example.org%2eevil.example/",
    "https://shop.example.org%00.evil.example/",
    "https://shop.example.org\0.evil.example/",
    "https://shop.example.org\t.evil.example/",
    "https://shop.example.org\n.evil.example/",
    "https://shop.example.org;.evil.example/",
    "https://shop.example.org:8443/evil.example",
    "https://shop.example.org:evil.example/",
    "https://user:pass@shop.example.org/evil.example",
    "https://xn--shp-hoa.example.org/evil.example",
    "https://shop。example.org.evil.example/",
    "https://ｅvil.example/",
    "//evil.example/",
    "//evil.example/auth/mfa_check",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "https:/evil.example/",
    "https:///evil.example/",
    " https://evil.example/",
    "\thttps://evil.example/",
    "\r\nLocation: https://evil.example/",
    "https://shop.example.org/auth/mfa_check\r\nLocation: https://evil.example/",
    "javascript:alert(document.domain)//evil.example",
    "java\nscript:alert(1)//evil.example",
    "data:text/html,<script>location='https://evil.example'</script>",
    "vbscript:evil.example",
    "file:///evil.example",
    "intent://evil.example#Intent;scheme=https;end",
    "evil.example",
];

/// Nobody is sent there, and there is nothing to follow there.
#[track_caller]
fn leads_nowhere(reply: &Reply, how: &str) {
    assert_eq!(reply.status, 400, "{how}: {}", reply.text());
    for name in ["location", "refresh", "link", "content-location"] {
        assert_eq!(reply.header(name), None, "{how}");
    }
    let text = reply.text();
    assert!(!text.contains("evil.example") && !text.contains("http-equiv"), "{how}: {text}");
    let policy = reply.header("content-security-policy").unwrap();
    assert!(!policy.contains("evil"), "{how}: {policy}");
}

/// A page may lead to the application's own address, and to pages of ours.
#[track_caller]
fn leads_home(reply: &Reply, how: &str) {
    let headers: Vec<_> = reply.headers.iter().filter(|(_, value)| value.contains("evil.example")).collect();
    assert!(headers.is_empty(), "{how}: {headers:?}");
    if let Some(location) = reply.header("location") {
        let base = Url::parse("https://mfa.example.net/mfa/index").unwrap();
        let to = base.join(location).unwrap();
        assert!(
            ["mfa.example.net", "shop.example.org"].contains(&to.host_str().unwrap()),
            "{how}: {location}"
        );
    }
}

#[tokio::test]
async fn no_page_and_no_form_leads_to_an_address_that_is_not_registered() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    for evil in ASTRAY {
        let callback = [("channel", channel.as_str()), ("callback_url", evil)];
        let onward = [("channel", channel.as_str()), ("callback_url", HOME), ("redirect_url", evil)];
        let onward_alone = [("channel", channel.as_str()), ("redirect_url", evil)];
        for page in ["index", "waiting", "passcode", "result", "events"] {
            for fields in [&callback[..], &onward, &onward_alone] {
                leads_nowhere(&browser.get(page, fields).await, &format!("GET {page} {fields:?}"));
            }
        }
        for page in ["index", "passcode", "cancel"] {
            for fields in [&callback[..], &onward] {
                let fields = [fields, &[("way", "push"), ("code", "123456")]].concat();
                leads_nowhere(&browser.post(page, &fields).await, &format!("POST {page} {fields:?}"));
            }
        }
    }
    assert_eq!(scene.status(&channel).await, "pending", "none of it did anything");
    assert!(scene.kim.inbox().await.is_empty());
}

#[tokio::test]
async fn nor_does_the_page_of_a_sign_in_that_was_approved() {
    let scene = Scene::new().await;
    let (mut browser, channel, code) = scene.visit_with_code().await;
    let typed = browser.post("passcode", &[("channel", &channel), ("code", &code)]).await;
    assert_eq!(typed.status, 303, "{}", typed.text());
    assert_eq!(scene.status(&channel).await, "approved");
    for evil in ASTRAY {
        for page in ["index", "waiting", "passcode", "result"] {
            for fields in [
                [("channel", channel.as_str()), ("callback_url", evil), ("choose", "1")],
                [("channel", channel.as_str()), ("callback_url", HOME), ("redirect_url", evil)],
            ] {
                leads_nowhere(&browser.get(page, &fields).await, &format!("{page} {fields:?}"));
            }
        }
    }
}

#[tokio::test]
async fn of_a_parameter_that_comes_twice_none_is_believed() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    let (evil, channel) = ("https://evil.example/", channel.as_str());
    let pairs: [&[(&str, &str)]; 6] = [
        &[("callback_url", HOME), ("callback_url", evil)],
        &[("callback_url", evil), ("callback_url", HOME)],
        &[("callback_url", HOME), ("callback_url[]", evil)],
        &[("callback_url", HOME), ("Callback_URL", evil)],
        &[("callback_url", HOME), ("redirect_url", "/basket"), ("redirect_url", evil)],
        &[("callback_url", HOME), ("next", evil), ("return_to", evil), ("url", evil)],
    ];
    for fields in pairs {
        let all = [&[("channel", channel)], fields].concat();
        for page in ["index", "waiting", "passcode", "result"] {
            leads_home(&browser.get(page, &all).await, &format!("GET {page} {all:?}"));
        }
        let all = [&all[..], &[("code", "000000")]].concat();
        leads_home(&browser.post("passcode", &all).await, &format!("POST passcode {all:?}"));
    }
    // In the address of a form, besides what stands in the form.
    let cancel = format!("/mfa/cancel?callback_url={evil}");
    let cancel = super::form("POST", &cancel, &[("channel", channel), ("callback_url", HOME)]);
    leads_home(&browser.send(cancel).await, "POST cancel with an address in the query");
}

#[tokio::test]
async fn another_applications_address_is_as_foreign_as_any() {
    let scene = Scene::new().await;
    let other = scene.shop.beside(&scene.server, "auth0", false).await;
    scene.goes_home(&other, &["https://evil.example/"]).await;
    let (mut browser, channel) = scene.visit().await;
    let fields = [("channel", channel.as_str()), ("callback_url", "https://evil.example/")];
    leads_nowhere(&browser.get("index", &fields).await, "another application's");
    // And an address that is taken away is nobody's from then on.
    let fields = [("channel", channel.as_str()), ("callback_url", HOME)];
    assert_eq!(browser.get("index", &fields).await.status, 200);
    scene.goes_home(&scene.shop, &[]).await;
    assert_eq!(browser.get("index", &fields).await.status, 400);
}

#[tokio::test]
async fn the_page_that_enables_an_application_leads_to_its_own_address_alone() {
    let scene = Scene::new().await;
    let uid = scene.shop.party.client_id.clone();
    let mut browser = scene.browser();
    let good = [("uid", uid.as_str()), ("callback_url", HOME)];
    assert_eq!(browser.get("email", &good).await.status, 200, "and the browser is known from now on");
    for evil in ASTRAY {
        let callback = [("uid", uid.as_str()), ("callback_url", evil)];
        let onward = [("uid", uid.as_str()), ("callback_url", HOME), ("redirect_url", evil)];
        for fields in [&callback[..], &onward] {
            leads_nowhere(&browser.get("email", fields).await, &format!("GET email {fields:?}"));
            let fields = [fields, &[("email", super::KIM), ("cancel", "")]].concat();
            leads_nowhere(&browser.post("email", &fields).await, &format!("POST email {fields:?}"));
        }
    }
    assert!(countersign_tests::mailbox::waiting(&scene.server).await.is_empty(), "nothing was mailed");
}
