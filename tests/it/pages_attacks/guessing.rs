//! Channels that were guessed, cut, written otherwise, or begun by somebody else: there is no such sign-in, and all of them
//! are told so in the same words.

use countersign_tests::oauth::OauthParty;
use serde_json::json;

use super::{KIM, PAGES, Scene, form};

/// Other texts for the same channel, and texts near it.
fn near(channel: &str) -> Vec<String> {
    let (tenant, secret) = channel["ch_".len()..].split_at(26);
    let flipped = |at: usize| {
        let mut bytes = channel.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    vec![
        String::new(),
        "ch_".to_owned(),
        channel[..channel.len() - 1].to_owned(),
        channel[1..].to_owned(),
        format!("{channel}A"),
        format!("{channel}="),
        format!("{channel} "),
        format!(" {channel}"),
        format!("{channel}\0"),
        format!("{channel}\n"),
        channel.to_uppercase(),
        channel.to_lowercase(),
        format!("CH_{tenant}{secret}"),
        format!("ch_{}{secret}", tenant.to_uppercase()),
        format!("ch_{tenant}{}", secret.replace('-', "+").replace('_', "/") + "/"),
        format!("ch_{secret}{tenant}"),
        format!("ch_{tenant}"),
        format!("ch_{tenant}{}", "A".repeat(43)),
        format!("ch_{}{secret}", "0".repeat(26)),
        flipped(29),
        flipped(channel.len() - 1),
        format!("{channel}{channel}"),
        "%00".to_owned(),
        "' OR 1=1 --".to_owned(),
        "A".repeat(4096),
    ]
}

#[tokio::test]
async fn a_channel_is_exactly_itself_and_all_others_are_unknown_in_the_same_words() {
    let scene = Scene::new().await;
    let (browser, channel) = scene.visit().await;
    assert_eq!(channel.len(), "ch_".len() + 26 + 43, "256 random bits behind the tenant");
    // Another tenant's, with the same person and a phone, is as unknown there as one that never was.
    let other = OauthParty::of_new_tenant(&scene.server, "auth0", "other.example.org").await;
    let mut tried = near(&channel);
    tried.push(format!("ch_{}{}", &other.party.tenant["ten_".len()..], &channel[29..]));
    // Whichever way it was wrong, and whether or not a sign-in is near.
    for page in PAGES {
        let told = browser.clone().get(page, &[("channel", "ch_none")]).await;
        for guess in &tried {
            let reply = browser.clone().get(page, &[("channel", guess)]).await;
            assert_eq!((reply.status, reply.text()), (404, told.text()), "{page} {guess:?}");
            assert_eq!(reply.header("location"), None);
        }
    }
    for (page, more) in [("index", ("way", "push")), ("passcode", ("code", "123456")), ("cancel", ("x", ""))]
    {
        for guess in &tried {
            let reply = browser.clone().post(page, &[("channel", guess), more]).await;
            assert_eq!(reply.status, 404, "{page} {guess:?}");
        }
    }
    for guess in &tried {
        let told = scene.api("check", &[("email", KIM), ("channel", guess)]).await;
        assert_eq!(told["status"], "Transaction not found!", "{guess:?}");
    }
    assert_eq!(scene.status(&channel).await, "pending");
}

#[tokio::test]
async fn a_channel_of_another_application_or_person_is_as_unknown_as_any() {
    let scene = Scene::new().await;
    let (_, channel) = scene.visit().await;
    let beside = scene.shop.beside(&scene.server, "auth0", false).await;
    let elsewhere = OauthParty::of_new_tenant(&scene.server, "auth0", "other.example.org").await;
    scene.shop.person(&scene.server, "lee@example.org").await;
    elsewhere.person(&scene.server, KIM).await;
    let unknown = json!({"status": "Transaction not found!", "device_id": ""});
    for (party, email) in [(&beside, KIM), (&elsewhere, KIM), (&scene.shop, "lee@example.org")] {
        let own = [("uid", party.party.client_id.as_str()), ("secret", party.party.client_secret.as_str())];
        let asked = [&own[..], &[("email", email), ("channel", channel.as_str())]].concat();
        let told = scene.browser().send(form("POST", "/api/v9/check", &asked)).await.expect(200);
        assert_eq!(told, unknown, "{email}");
        let asked = [&asked[..], &[("otp", "123456")]].concat();
        let told = scene.browser().send(form("POST", "/api/v9/otp_verify", &asked)).await.expect(200);
        assert_eq!(told["status"], "Transaction not found!", "{email}");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_over_is_forgotten_five_minutes_later() {
    let scene = Scene::new().await;
    let channel = scene.begin_with(&[("timeout", "10")]).await;
    let mut browser = scene.browser();
    assert_eq!(browser.get("index", &[("channel", &channel)]).await.status, 200);
    scene.server.clock.advance(10_000);
    assert_eq!(scene.status(&channel).await, "expired");
    assert_eq!(browser.get("index", &[("channel", &channel)]).await.status, 302);
    let late = browser.post("index", &[("channel", &channel), ("way", "push")]).await;
    assert_eq!(late.status, 303, "back, and nothing was asked");
    assert!(scene.kim.inbox().await.is_empty());
    scene.server.clock.advance(300_001);
    assert_eq!(scene.status(&channel).await, "Transaction not found!");
    assert_eq!(browser.get("index", &[("channel", &channel)]).await.status, 404);
}
