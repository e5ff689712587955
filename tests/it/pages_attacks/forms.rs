//! Forms that another site has a browser send, and requests that look like forms.

use countersign_tests::http::{self, Request};

use super::{Browser, Scene, encoded, form};

/// Every form of a sign-in, with what it would take to do something.
fn forms(channel: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let with = |more: &[(&'static str, &str)]| {
        let all = [&[("channel", channel)], more].concat();
        all.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
    };
    vec![
        ("index", with(&[("way", "push"), ("factor", "")])),
        ("passcode", with(&[("code", "123456")])),
        ("passcode", with(&[("again", "")])),
        ("cancel", with(&[])),
    ]
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn nothing_was_done(scene: &Scene, channel: &str, how: &str) {
    assert_eq!(scene.status(channel).await, "pending", "{how}");
    assert!(scene.kim.inbox().await.is_empty(), "{how}: the phone was asked");
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing_though_the_cookie_comes_with_it() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    let own = format!("http://{}", scene.server.address);
    let foreign: [&[(&str, &str)]; 11] = [
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", &own)],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site"), ("Origin", "null")],
        &[("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")],
        &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", ""), ("Origin", "null")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", &own), ("Origin", "https://evil.example")],
    ];
    for headers in foreign {
        for (page, fields) in forms(&channel) {
            let request = form("POST", &format!("/mfa/{page}"), &borrowed(&fields));
            let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
            let reply = browser.send(request).await;
            assert_eq!(reply.status, 403, "{page} {headers:?}: {}", reply.text());
            nothing_was_done(&scene, &channel, &format!("{page} {headers:?}")).await;
        }
    }
}

#[tokio::test]
async fn a_form_without_the_cookie_or_with_another_one_does_nothing() {
    let scene = Scene::new().await;
    let (browser, channel) = scene.visit().await;
    let (stranger, _) = scene.visit().await;
    let value = browser.cookies[0].split_once('=').unwrap().1.to_owned();
    let mut jars = vec![vec![], stranger.cookies.clone()];
    let names = ["__Host-cs-browser", "cs-browser2", "CS-BROWSER", "csbrowser", " "];
    jars.extend(names.map(|name| vec![format!("{name}={value}")]));
    jars.extend(
        ["", "=", "=AAAA", &format!("={}", &value[1..]), &format!("={value}="), &format!("={value}A")]
            .map(|rest| vec![format!("cs-browser{rest}")]),
    );
    for cookies in jars {
        let mut thief = Browser { address: scene.server.address, cookies: cookies.clone() };
        for (page, fields) in forms(&channel) {
            let reply = thief.post(page, &borrowed(&fields)).await;
            assert_eq!(reply.status, 403, "{page} {cookies:?}: {}", reply.text());
            nothing_was_done(&scene, &channel, &format!("{page} {cookies:?}")).await;
        }
    }
}

#[tokio::test]
async fn what_is_not_the_form_that_our_pages_send_is_not_read() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    for (page, fields) in forms(&channel) {
        let (path, fields) = (format!("/mfa/{page}"), borrowed(&fields));
        let text = encoded(&fields);
        let json =
            serde_json::to_string(&fields.iter().copied().collect::<std::collections::BTreeMap<_, _>>());
        let parts: String = fields
            .iter()
            .map(|(name, value)| {
                format!("--x\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
            })
            .collect();
        let bodies = [
            ("text/plain", text.clone()),
            ("application/json", json.unwrap()),
            ("multipart/form-data; boundary=x", format!("{parts}--x--\r\n")),
            ("application/xml", text.clone()),
            ("", text.clone()),
        ];
        for (kind, body) in bodies {
            let request = Request::new("POST", &path).header("Sec-Fetch-Site", "same-origin").body(body);
            let request = if kind.is_empty() { request } else { request.header("Content-Type", kind) };
            let reply = browser.send(request).await;
            assert!((400..500).contains(&reply.status), "{page} {kind}: {}", reply.status);
            nothing_was_done(&scene, &channel, &format!("{page} as {kind}")).await;
        }
        // In the address, with nothing or with something else in the body.
        for body in ["", "x=1"] {
            let request = Request::new("POST", &format!("{path}?{text}")).body(body);
            let request = request.header("Content-Type", "application/x-www-form-urlencoded");
            let reply = browser.send(request).await;
            assert!((400..500).contains(&reply.status), "{page}: {}", reply.status);
            nothing_was_done(&scene, &channel, &format!("{page} in the address")).await;
        }
    }
}

#[tokio::test]
async fn looking_never_acts_whatever_the_method_says() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    for (page, fields) in forms(&channel) {
        let query = encoded(&borrowed(&fields));
        for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"] {
            let request = Request::new(method, &format!("/mfa/{page}?{query}"));
            for request in [
                request.clone(),
                request.clone().header("X-HTTP-Method-Override", "POST"),
                request.header("Content-Type", "application/x-www-form-urlencoded").body(query.clone()),
            ] {
                let reply = browser.send(request).await;
                let looked = method == "GET" && page != "cancel";
                assert!(looked || reply.status == 405, "{method} {page}: {}", reply.status);
                nothing_was_done(&scene, &channel, &format!("{method} {page}")).await;
            }
        }
    }
    // A scanner of mail that looks at each address first does not even take the page away from the person.
    let channel = scene.begin().await;
    let head = Request::new("HEAD", &format!("/mfa/index?channel={channel}"));
    assert_eq!(http::send(scene.server.address, &head).await.status, 405);
    assert_eq!(scene.browser().get("index", &[("channel", &channel)]).await.status, 200);
}

#[tokio::test]
async fn no_other_site_can_read_a_page_by_a_script() {
    let scene = Scene::new().await;
    let (mut browser, channel) = scene.visit().await;
    for (method, page) in [("GET", "index"), ("GET", "events"), ("POST", "index"), ("OPTIONS", "index")] {
        let request = Request::new(method, &format!("/mfa/{page}?channel={channel}x"))
            .header("Origin", "https://evil.example")
            .header("Access-Control-Request-Method", "POST");
        let reply = browser.send(request).await;
        let told: Vec<_> =
            reply.headers.iter().filter(|(name, _)| name.starts_with("access-control")).collect();
        assert!(told.is_empty(), "{method} {page}: {told:?}");
    }
}
