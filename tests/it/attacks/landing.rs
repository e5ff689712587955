//! The page behind an enrolment link, as a browser or a mail scanner opens it.

use countersign_tests::device::Device;
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::server_here::ServerHere;
use serde_json::json;

use crate::server;

async fn open(address: std::net::SocketAddr, token: &str, language: &str) -> Reply {
    let request = Request::new("GET", &format!("/enroll/{token}")).header("Accept-Language", language);
    http::send(address, &request).await
}

#[tokio::test]
async fn the_page_uses_nothing_up_and_runs_nothing() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let issued = cms.enroll("sam").await;
    let token = issued["enrollment_token"].as_str().unwrap();
    for _ in 0..3 {
        let page = open(server.address, token, "en").await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(page.header(name), Some(value), "{name}");
        }
        let html = page.text();
        assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
        assert!(html.contains("countersign://enroll?") && html.contains("<svg"), "{html}");
        assert!(html.contains("Case Management") && html.contains(">sam<"), "{html}");
    }
    Device::enroll(server.address, issued["enrollment_url"].as_str().unwrap()).await;
    let sheet = http::send(server.address, &Request::new("GET", "/assets/countersign.css")).await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, Some("text/css; charset=utf-8")));
}

#[tokio::test]
async fn the_page_bears_its_tenants_name_and_colour_and_what_is_not_there_bears_neither() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let color = ["tenant", "color", "--tenant", &cms.tenant, "--color", "#00695c"];
    server.program().json(&color).await;
    let issued = cms.enroll("sam").await;
    let page = open(server.address, issued["enrollment_token"].as_str().unwrap(), "en").await.text();
    assert!(
        page.contains("../assets/color/00695c.css")
            && page.contains("<bdi>Case Management</bdi></p></header>")
    );
    let unknown = open(server.address, "x", "en").await.text();
    assert!(!unknown.contains("/color/") && unknown.contains("<bdi>Countersign</bdi>"), "{unknown}");
    for (path, root) in [("/nothing", "./"), ("/nothing/at/all", "../../"), ("/nothing/", "../")] {
        let reply = http::send(server.address, &Request::new("GET", path)).await;
        assert!(reply.status == 404 && reply.header("content-security-policy").is_some(), "{path}");
        let sheet = format!(r#"href="{root}assets/countersign.css"#);
        assert!(reply.text().contains(&sheet), "{path}: {}", reply.text());
    }
}

#[tokio::test]
async fn the_page_speaks_english_and_arabic() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let issued = cms.enroll("sam").await;
    let token = issued["enrollment_token"].as_str().unwrap();
    let english = open(server.address, token, "de, en;q=0.5").await.text();
    assert!(english.contains(r#"<html lang="en" dir="ltr">"#) && english.contains("Set up your phone"));
    let arabic = open(server.address, token, "ar-SA").await.text();
    assert!(arabic.contains(r#"<html lang="ar" dir="rtl">"#) && arabic.contains("إعداد هاتفك"), "{arabic}");
    let unknown = open(server.address, "x", "ar").await;
    assert!(unknown.status == 404 && unknown.text().contains(r#"dir="rtl""#), "{}", unknown.text());
}

#[tokio::test]
async fn used_expired_and_unknown_links_say_so() {
    let server = ServerHere::start().await;
    let cms = server.relying_party("Case Management", None).await;
    let (used, expiring) = (cms.enroll("sam").await, cms.enroll("sam").await);
    Device::enroll(server.address, used["enrollment_url"].as_str().unwrap()).await;
    let token = used["enrollment_token"].as_str().unwrap();
    let page = open(server.address, token, "en").await;
    assert!(page.status == 410 && page.text().contains("used already"), "{}", page.text());
    server.clock.advance(600_000);
    let page = open(server.address, expiring["enrollment_token"].as_str().unwrap(), "en").await;
    assert!(page.status == 410 && page.text().contains("expired"), "{}", page.text());
    for unknown in ["x", "%3Cscript%3E", "%00", &token[1..], &"A".repeat(5000)] {
        let page = open(server.address, unknown, "en").await;
        assert!(page.status == 404 && page.text().contains("not known"), "{unknown}: {}", page.text());
        assert!(page.header("content-security-policy").is_some() && !page.text().contains("<script"));
    }
}

#[tokio::test]
async fn names_with_markup_are_shown_and_not_obeyed() {
    let server = server().await;
    let markup = r#"<script>alert(1)</script>"><img src=x onerror=y>'&amp;"#;
    let cms = server.relying_party(markup).await;
    for body in [json!({"user_ref": markup}), json!({"user_ref": "sam", "display_name": markup})] {
        let issued = cms.post("/api/v1/users/enroll", &body).await.expect(201);
        let page = open(server.address, issued["enrollment_token"].as_str().unwrap(), "en").await;
        assert_eq!(page.status, 200);
        let html = page.text();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert!(html.contains("alert(1)"), "it is shown all the same: {html}");
    }
}

#[tokio::test]
async fn pages_that_do_not_exist_are_plain_and_harmless() {
    let server = server().await;
    for target in
        ["/", "/enroll", "/enroll/", "/enroll/a/b", "/admin", "/%3Cscript%3E", "/assets/../../etc/passwd"]
    {
        let page = http::send(server.address, &Request::new("GET", target)).await;
        assert_eq!(page.status, 404, "{target}");
        assert!(!page.text().contains("script"), "{}", page.text());
    }
    let post = http::send(server.address, &Request::new("POST", "/enroll/x").body("a=b")).await;
    assert_eq!(post.status, 405);
}
