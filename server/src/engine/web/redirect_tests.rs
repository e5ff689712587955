use proptest::prelude::*;

use super::*;

fn client(uris: &[&str], exact: bool) -> WebClient {
    let redirect_uris = uris.iter().map(|text| registrable(text).unwrap()).collect();
    WebClient { redirect_uris, exact, ..WebClient::default() }
}

fn shop() -> WebClient {
    client(&["https://shop.example.org/auth/mfa_check", "http://localhost:8080/"], false)
}

fn sent_to(client: &WebClient, callback: &str) -> Result<String, CallbackError> {
    client.callback(Some(callback), None).map(|found| found.unwrap().with(&[("channel", "ch_1")]))
}

#[test]
fn a_callback_of_a_registered_origin_is_gone_to_however_it_is_written() {
    for (written, there) in [
        ("https://shop.example.org/", "https://shop.example.org/?channel=ch_1"),
        ("https://shop.example.org", "https://shop.example.org/?channel=ch_1"),
        ("HTTPS://Shop.Example.ORG:443/a", "https://shop.example.org/a?channel=ch_1"),
        ("https://shop.example.org/a?x=1&y=%20", "https://shop.example.org/a?x=1&y=%20&channel=ch_1"),
        ("https://shop.example.org/a?channel=ch_0&x", "https://shop.example.org/a?x&channel=ch_1"),
        ("https://shop.example.org/a?ch%61nnel=0", "https://shop.example.org/a?channel=ch_1"),
        ("https://shop.example.org/?", "https://shop.example.org/?channel=ch_1"),
        ("http://localhost:8080/x/../y", "http://localhost:8080/y?channel=ch_1"),
    ] {
        assert_eq!(sent_to(&shop(), written).as_deref(), Ok(there), "{written}");
    }
    let abroad = client(&["https://b\u{fc}cher.example/"], false);
    for written in
        ["https://b\u{fc}cher.example/x", "https://B\u{dc}CHER.example/x", "https://xn--bcher-kva.example/x"]
    {
        assert_eq!(sent_to(&abroad, written).as_deref(), Ok("https://xn--bcher-kva.example/x?channel=ch_1"));
    }
}

#[test]
fn nobody_is_sent_elsewhere() {
    for written in [
        "https://evil.example/",
        "http://shop.example.org/",
        "https://shop.example.org:8443/",
        "https://shop.example.org.evil.example/",
        "https://shop.example.orgevil.example/",
        "https://evil.example/shop.example.org",
        "https://evil.example?https://shop.example.org/",
        "https://www.shop.example.org/",
        "https://shop.example.org./",
        "http://localhost/",
        "http://127.0.0.1:8080/",
    ] {
        assert_eq!(sent_to(&shop(), written), Err(CallbackError::NotRegistered), "{written}");
    }
    for written in [
        "https://shop.example.org@evil.example/",
        "https://@shop.example.org/",
        "https://a:b@shop.example.org/",
        "https://evil.example\\@shop.example.org/",
        "https:\\\\shop.example.org/",
        "https:/shop.example.org/",
        "https:shop.example.org/",
        "https:///shop.example.org/",
        "//shop.example.org/",
        "/auth/mfa_check",
        "shop.example.org",
        "https://shop.example.org/#x",
        "https://shop.example.org/\r\nSet-Cookie: a=b",
        "https://shop.example.org/\ta",
        " https://shop.example.org/",
        "https://shop.example.org/\u{a0}",
        "https://shop%2eexample.org/",
        "https://shop.example.org;script-src/",
        "https://",
        "https://[::1/",
        "https://shop.example.org:99999/",
        "javascript://shop.example.org/%0aalert(1)",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://shop.example.org/",
        "null",
    ] {
        assert_eq!(sent_to(&shop(), written), Err(CallbackError::Malformed), "{written}");
    }
    let long = format!("https://shop.example.org/{}", "a".repeat(MOST));
    assert_eq!(sent_to(&shop(), &long), Err(CallbackError::Malformed));
}

#[test]
fn exactly_means_all_but_what_our_pages_add() {
    let exact = client(&["https://shop.example.org/auth?tenant=7"], true);
    for written in [
        "https://shop.example.org/auth?tenant=7",
        "https://shop.example.org/auth?tenant=7&channel=ch_0",
        "https://SHOP.example.org:443/auth?tenant=7&redirect_url=%2F",
    ] {
        assert_eq!(
            sent_to(&exact, written).unwrap().split('?').next(),
            Some("https://shop.example.org/auth")
        );
    }
    for written in [
        "https://shop.example.org/auth",
        "https://shop.example.org/auth?tenant=8",
        "https://shop.example.org/auth?tenant=7&x=1",
        "https://shop.example.org/auth/?tenant=7",
        "https://shop.example.org/Auth?tenant=7",
        "https://shop.example.org/",
    ] {
        assert_eq!(sent_to(&exact, written), Err(CallbackError::NotRegistered), "{written}");
    }
}

#[test]
fn the_only_registered_address_need_not_be_named() {
    let one = client(&["https://shop.example.org/auth?a=1"], true);
    let found = one.callback(None, None).unwrap().unwrap();
    assert_eq!(found.with(&[("channel", "a b&c")]), "https://shop.example.org/auth?a=1&channel=a+b%26c");
    assert_eq!(found.with(&[]), "https://shop.example.org/auth?a=1");
    assert_eq!(one.callback(Some(""), Some("")), one.callback(None, None));
    assert_eq!(shop().callback(None, None), Ok(None));
    assert_eq!(WebClient::default().callback(None, Some("https://evil.example/")), Ok(None));
    assert_eq!(
        sent_to(&WebClient::default(), "https://shop.example.org/"),
        Err(CallbackError::NotRegistered)
    );
    let bare = client(&["http://localhost:8080/?channel=x"], false).callback(None, None).unwrap().unwrap();
    assert_eq!(
        (bare.with(&[]), bare.origin().as_str()),
        ("http://localhost:8080/?channel=x".to_owned(), "http://localhost:8080")
    );
}

#[test]
fn redirect_url_stays_with_the_application_and_goes_along() {
    let onward = |text: &str| {
        let found = shop().callback(Some("https://shop.example.org/a?redirect_url=old"), Some(text));
        found.map(|found| found.unwrap().with(&[("channel", "c")]))
    };
    assert_eq!(
        onward("/wp-admin/?a=1&b=2#top").as_deref(),
        Ok("https://shop.example.org/a?redirect_url=%2Fwp-admin%2F%3Fa%3D1%26b%3D2%23top&channel=c")
    );
    for text in ["https://shop.example.org/wp-admin/", "http://localhost:8080/x#y", "/"] {
        assert!(onward(text).is_ok(), "{text}");
    }
    for text in [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "https://evil.example/",
        "https://shop.example.org@evil.example/",
        "wp-admin/",
        "javascript:alert(1)",
        "?x",
    ] {
        assert_eq!(onward(text), Err(CallbackError::Astray), "{text}");
    }
}

/// Texts that look like addresses, put together out of pieces that have led readers of addresses astray.
fn tricks() -> impl Strategy<Value = String> {
    let pieces = [
        "https",
        "http",
        "javascript",
        ":",
        "//",
        "/",
        "\\",
        "@",
        "#",
        "?",
        "&",
        "=",
        "%2f",
        "%40",
        "%00",
        ".",
        "shop.example.org",
        "evil.example",
        "localhost",
        ":8080",
        ":443",
        "[::1]",
        "\t",
        "\n",
        " ",
        "\u{3002}",
        "\u{ff0f}",
        "channel",
        "a",
        ";",
        "..",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..12).prop_map(|all| all.concat())
}

fn addresses() -> impl Strategy<Value = String> {
    prop_oneof![
        tricks(),
        ".*",
        tricks().prop_map(|rest| format!("https://shop.example.org{rest}")),
        tricks().prop_map(|rest| format!("http://localhost:8080{rest}")),
    ]
}

proptest! {
    #[test]
    fn whatever_goes_in_what_comes_out_is_registered(
        callback in addresses(), redirect in proptest::option::of(addresses()), exact: bool, channel in ".*",
    ) {
        let client = WebClient { exact, ..shop() };
        let Ok(found) = client.callback(Some(&callback), redirect.as_deref()) else { return Ok(()) };
        let Some(found) = found else {
            prop_assert!(callback.is_empty());
            return Ok(());
        };
        let text = found.with(&[("channel", &channel)]);
        let there = Url::parse(&text).unwrap();
        let registered = client.redirect_uris.iter().any(|ours| ours.origin() == there.origin());
        prop_assert!(registered && there.username().is_empty() && there.fragment().is_none());
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "fit for a header: {text}");
        let channels: Vec<_> = there.query_pairs().filter(|(name, _)| name == "channel").collect();
        prop_assert_eq!(channels.len(), 1);
        prop_assert_eq!(&channels[0].1, &channel);
        let onward: Vec<_> = there.query_pairs().filter(|(name, _)| name == "redirect_url").collect();
        if let (Some(redirect), true) = (redirect.filter(|text| !text.is_empty()), onward.len() == 1) {
            prop_assert_eq!(&onward[0].1, &redirect);
            let onward = there.join(&redirect).unwrap();
            prop_assert!(client.redirect_uris.iter().any(|ours| ours.origin() == onward.origin()));
        }
    }

    #[test]
    fn what_is_registered_is_gone_to_by_itself(text in addresses()) {
        if let Some(url) = registrable(&text) {
            let client = WebClient { redirect_uris: vec![url.clone()], exact: true, ..WebClient::default() };
            prop_assert!(client.callback(Some(url.as_str()), None).is_ok());
            prop_assert_eq!(registrable(url.as_str()), Some(url));
        }
    }
}
