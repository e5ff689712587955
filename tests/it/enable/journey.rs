//! From the application to the page and back, as a browser without a script goes.

use countersign_server::engine::Language;
use countersign_tests::browser::{attribute, location, text_of};
use countersign_tests::http::Request;
use countersign_tests::mailbox;

use super::{CALLBACK, KIM, Place, another};

#[tokio::test]
async fn a_person_types_their_address_and_the_code_and_the_application_may_ask_them() {
    let place = Place::new().await;
    let mut browser = place.browser();
    let page = browser.open(&place.page()).await;
    let html = page.text();
    assert_eq!((page.status, attribute(&html, "main ", "data-page").as_deref()), (200, Some("email")));
    assert!(html.contains("<bdi>Case Management</bdi></strong>") && html.contains(r#"<label for="email""#));
    let sent = browser.press(&page, "Send a code", &[("email", KIM)]).await;
    let html = sent.text();
    assert_eq!((sent.status, attribute(&html, "main ", "data-page").as_deref()), (200, Some("passcode")));
    assert!(attribute(&html, "id=\"code\"", "autocomplete").as_deref() == Some("one-time-code"), "{html}");
    let mails = mailbox::waiting(&place.server).await;
    assert_eq!((mails.len(), mails[0].to.as_str(), mails[0].language), (1, KIM, Language::En));
    assert_eq!(mails[0].application.as_deref(), Some("Case Management"));
    let code = place.code().await;
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let back = browser.press(&sent, "Confirm", &[("code", &spaced)]).await;
    let address = location(&back);
    let token = address.strip_prefix(&format!("{CALLBACK}&access_token=")).expect(&address);
    let engine = &place.server.engine;
    let (caller, user) = engine.authorized(token, None).await.unwrap();
    assert_eq!((caller.id().to_string(), user.user_ref.as_str()), (place.cms.client_id.clone(), "kim"));
    let again = browser.press(&sent, "Confirm", &[("code", &code)]).await;
    assert!(again.status == 200 && again.text().contains(r#"id="problem""#), "used once");
}

#[tokio::test]
async fn a_wrong_code_may_be_typed_again_and_another_one_had() {
    let place = Place::new().await;
    let (mut browser, sent) = place.typed(KIM).await;
    let code = place.code().await;
    let wrong = browser.press(&sent, "Confirm", &[("code", &another(&code))]).await;
    let html = wrong.text();
    assert_eq!(text_of(&html, "id=\"problem\"").as_deref(), Some("The code is not right."));
    assert_eq!(text_of(&html, "id=\"tries\"").as_deref(), Some("You have 4 tries left."));
    for no_code in ["12345", "1234567", "abcdef", ""] {
        let page = browser.press(&wrong, "Confirm", &[("code", no_code)]).await.text();
        assert_eq!(text_of(&page, "id=\"tries\"").as_deref(), Some("You have 4 tries left."), "{no_code}");
    }
    let early = browser.press(&wrong, "Send another", &[("again", "1")]).await.text();
    assert!(text_of(&early, "id=\"problem\"").unwrap().contains("30 seconds"), "{early}");
    assert_eq!(place.mails().await, 1);
    place.server.clock.advance(30_000);
    let again = browser.press(&wrong, "Send another", &[("again", "1")]).await;
    assert_eq!(place.mails().await, 2);
    let old = browser.press(&again, "Confirm", &[("code", &code)]).await;
    assert!(place.code().await == code || old.status == 200);
    let back = browser.press(&again, "Confirm", &[("code", &place.code().await)]).await;
    assert!(location(&back).starts_with(&format!("{CALLBACK}&access_token=")));
}

#[tokio::test]
async fn whoever_does_not_want_to_goes_back_and_nothing_is_allowed() {
    let place = Place::new().await;
    let mut browser = place.browser();
    let page = browser.open(&format!("{}&redirect_url=%2Fhome", place.page())).await;
    let back = browser.press(&page, "id=\"cancel\"", &[]).await;
    assert_eq!(
        (back.status, location(&back)),
        (303, format!("{CALLBACK}&redirect_url=%2Fhome&error=access_denied"))
    );
    assert_eq!(place.mails().await, 0);
}

#[tokio::test]
async fn five_wrong_codes_end_it_with_a_page_that_says_so() {
    let place = Place::new().await;
    let (mut browser, mut page) = place.typed(KIM).await;
    let code = place.code().await;
    for _ in 0..5 {
        page = browser.press(&page, "Confirm", &[("code", &another(&code))]).await;
    }
    let html = page.text();
    assert_eq!(attribute(&html, "main ", "data-page").as_deref(), Some("result"));
    let back = attribute(&html, "id=\"continue\"", "href").unwrap();
    assert_eq!(back, format!("{CALLBACK}&error=too_many_attempts"));
}

#[tokio::test]
async fn a_code_that_is_five_minutes_old_is_said_to_have_expired() {
    let place = Place::new().await;
    let (mut browser, sent) = place.typed(KIM).await;
    let code = place.code().await;
    place.server.clock.advance(300_000);
    let page = browser.press(&sent, "Confirm", &[("code", &code)]).await.text();
    assert!(text_of(&page, "id=\"problem\"").unwrap().contains("expired"), "{page}");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_mails_one_code() {
    let place = Place::new().await;
    let mut browser = place.browser();
    let page = browser.open(&place.page()).await;
    let first = browser.press(&page, "Send a code", &[("email", KIM)]).await;
    let second = browser.press(&page, "Send a code", &[("email", KIM)]).await;
    assert_eq!((first.text(), place.mails().await), (second.text(), 1));
}

#[tokio::test]
async fn the_page_speaks_arabic_and_so_does_its_mail() {
    let place = Place::new().await;
    let mut browser = place.browser().speaking("ar-SA, en;q=0.5");
    let page = browser.open(&place.page()).await;
    assert!(page.text().contains(r#"<html lang="ar" dir="rtl">"#), "{}", page.text());
    let sent = browser.press(&page, "إرسال رمز", &[("email", KIM)]).await;
    let html = sent.text();
    assert!(
        html.contains(r#"<bdi dir="ltr">kim@example.org</bdi>"#) && html.contains("بقيت لك 5 محاولات"),
        "{html}"
    );
    assert_eq!(mailbox::waiting(&place.server).await[0].language, Language::Ar);
    let arabic: String =
        place.code().await.chars().map(|c| char::from_u32(u32::from(c) + 0x630).unwrap()).collect();
    let back = browser.press(&sent, "تأكيد", &[("code", &arabic)]).await;
    assert!(location(&back).contains("access_token="));
}

#[tokio::test]
async fn a_page_has_the_name_and_colour_of_its_tenant_and_a_look_does_nothing() {
    let place = Place::new().await;
    place
        .server
        .engine
        .set_tenant_color(place.cms.tenant.parse().unwrap(), Some("#00695C"), &"operator")
        .await
        .unwrap();
    let page = place.browser().open(&place.page()).await;
    let html = page.text();
    assert!(
        html.contains("../assets/color/00695c.css")
            && html.contains("<bdi>Case Management</bdi></p></header>")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("form-action 'self' https://app.example.org"), "{policy}");
    let cookie = page.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("cs-browser=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let head = place.browser().send(Request::new("HEAD", &place.page())).await;
    assert_eq!(
        (head.status, head.header("allow"), head.header("set-cookie")),
        (405, Some("GET, POST"), None)
    );
    assert_eq!(place.mails().await, 0);
}
