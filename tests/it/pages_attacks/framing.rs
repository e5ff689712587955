//! Pages in somebody else's frame, and what a page may load and run: said on every page and with every refusal.

use countersign_tests::http::{self, Reply, Request};

use super::{HOME, Scene};

/// What every reply says, whatever is in it.
#[track_caller]
fn is_bare(reply: &Reply, how: &str) {
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{how}: {name}");
    }
}

/// A page of ours: nothing but its own files, no frame around it, and no script or style in its text.
#[track_caller]
fn is_closed(reply: &Reply, how: &str) {
    is_bare(reply, how);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{how}");
    let policy = reply.header("content-security-policy").expect(how);
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action "] {
        assert!(policy.contains(part), "{how}: {policy}");
    }
    for part in ["unsafe", "*", "http:", "https: ", "'strict-dynamic'"] {
        assert!(!policy.contains(part), "{how}: {policy}");
    }
    let html = reply.text();
    let lower = html.to_lowercase();
    for part in [
        "javascript:",
        "<style",
        " style=",
        "<iframe",
        "<object",
        "<embed",
        "<base",
        "srcdoc",
        " onclick",
        " onload",
    ] {
        assert!(!lower.contains(part), "{how}: {part}");
    }
    for script in lower.split("<script").skip(1) {
        let (tag, rest) = script.split_once('>').unwrap();
        assert!(tag.contains("src=\"") && rest.starts_with("</script>"), "{how}: a script in the page");
    }
    let elsewhere = ["src=\"http", "src=\"//", "srcset", "@import", "<link rel=\"stylesheet\" href=\"http"];
    assert!(!elsewhere.iter().any(|part| lower.contains(part)), "{how}: {html}");
}

#[tokio::test]
async fn no_page_of_a_sign_in_can_be_framed_or_made_to_run_anything() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    let fields = [("channel", channel.as_str()), ("callback_url", HOME)];
    let chooser = browser.get("index", &fields).await;
    is_closed(&chooser, "choosing");
    let policy = chooser.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://shop.example.org"), "{policy}");
    for (way, page) in [("push", "waiting"), ("sms", "passcode")] {
        scene.choose(&mut browser, &channel, way).await;
        let shown = browser.get(page, &fields).await;
        assert_eq!(shown.status, 200, "{page}");
        is_closed(&shown, page);
    }
    let wrong = browser.post("passcode", &[("channel", &channel), ("code", "12")]).await;
    is_closed(&wrong, "a code of the wrong form");
    let cancelled = browser.post("cancel", &[("channel", &channel)]).await;
    is_bare(&cancelled, "cancelled");
    // Where nobody is sent back, the last page stays.
    scene.goes_home(&scene.shop, &[]).await;
    let result = browser.get("result", &[("channel", &channel)]).await;
    assert_eq!(result.status, 200);
    is_closed(&result, "the result");
    assert!(result.header("content-security-policy").unwrap().contains("form-action 'self'"));
}

#[tokio::test]
async fn nor_can_a_refusal() {
    let scene = Scene::new().await;
    let (_, channel) = scene.visit().await;
    let mut stranger = scene.browser();
    for page in super::PAGES {
        let unknown = stranger.get(page, &[("channel", "ch_none")]).await;
        let foreign = stranger.get(page, &[("channel", &channel)]).await;
        let astray =
            stranger.get(page, &[("channel", &channel), ("callback_url", "https://evil.example/")]).await;
        let nothing = stranger.get(page, &[]).await;
        for (status, reply) in [(404, unknown), (403, foreign), (400, astray), (404, nothing)] {
            assert_eq!(reply.status, status, "{page}");
            is_closed(&reply, page);
        }
    }
    let cookieless = stranger.post("cancel", &[("channel", &channel)]).await;
    assert_eq!(cookieless.status, 403);
    is_closed(&cookieless, "a form without a cookie");
    for (method, path) in
        [("HEAD", "index"), ("PUT", "index"), ("GET", "cancel"), ("GET", "nothing"), ("GET", "email")]
    {
        let request = Request::new(method, &format!("/mfa/{path}"));
        let reply = http::send(scene.server.address, &request).await;
        assert!(reply.status >= 400, "{method} {path}");
        is_bare(&reply, &format!("{method} {path}"));
    }
}

#[tokio::test]
async fn nor_can_the_other_pages_that_people_see() {
    let scene = Scene::new().await;
    let uid = scene.shop.party.client_id.clone();
    let mut browser = scene.browser();
    let email = browser.get("email", &[("uid", &uid), ("callback_url", HOME)]).await;
    assert_eq!(email.status, 200, "{}", email.text());
    is_closed(&email, "enabling");
    let link = scene.shop.party.link("newcomer").await;
    let path = link.split_once("/enroll/").unwrap().1.split('#').next().unwrap().to_owned();
    for (path, status) in [(path.as_str(), 200), ("none", 404)] {
        let request = Request::new("GET", &format!("/enroll/{path}"));
        let reply = http::send(scene.server.address, &request).await;
        assert_eq!(reply.status, status);
        is_closed(&reply, "enrolling");
    }
}
