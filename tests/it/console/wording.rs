//! The pages about wording.

use countersign_protocol::id::TenantId;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::words::Which;
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

async fn start() -> (ServerHere, TenantId, Seat) {
    let server = ServerHere::start().await;
    let bank = server.relying_party("Bank & <i>Söhne</i>", None).await.tenant.parse().unwrap();
    let seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    (server, bank, seat)
}

#[tokio::test]
async fn words_are_tried_saved_and_taken_back() {
    let (server, bank, mut seat) = start().await;
    let list = seat.open(&format!("/{bank}/templates")).await.text();
    assert_eq!(list.matches("/templates/").count(), 30, "five messages, three ways, two languages: {list}");
    let path = format!("/{bank}/templates/sms/sign_in_code/en");
    let body = "{{ code }} opens {{ name }}.";
    let tried = seat.send(&path, &[("body", body), ("do", "preview")]).await;
    let page = tried.text();
    assert!(tried.status == 200 && page.contains("123456 opens Bank"), "{page}");
    assert!(page.contains("Short messages that it takes: 1") && page.contains("lang=\"ar\""), "{page}");
    let which = Which::read("sms", "sign_in_code", "en").unwrap();
    assert_eq!(server.engine.template(bank, which).await.unwrap().changed_at, None, "only tried");
    let page = seat.done(&path, &[("body", body), ("do", "save")]).await.text();
    assert!(page.contains("The next message is in these words"), "{page}");
    assert_eq!(server.engine.template(bank, which).await.unwrap().body, body);
    let page = seat.done(&format!("{path}/reset"), &[]).await.text();
    assert!(page.contains("These are our words again"), "{page}");
    let twice = seat.send(&format!("{path}/reset"), &[]).await;
    assert!(twice.status == 400 && twice.text().contains("our words already"));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_readers_language_and_what_was_typed_is_kept() {
    let (server, bank, seat) = start().await;
    let mut arabic = seat.speaking("ar");
    let path = format!("/{bank}/templates/sms/sign_in_code/ar");
    for (body, said) in [
        ("بلا رمز", "هذه الرسالة لإيصال رمز"),
        ("{{ code }} {% for x in y %}", "لا يمكن قول"),
        ("{{ code }} {{ ''.__class__ }}", "لا يمكن قول"),
        ("{{ code", "تعذّرت قراءة"),
    ] {
        let reply = arabic.send(&path, &[("body", body), ("do", "save")]).await;
        let page = reply.text();
        assert!(reply.status == 400 && page.contains(said), "{body}: {page}");
        assert!(page.contains("aria-invalid=\"true\""), "{page}");
    }
    let which = Which::read("sms", "sign_in_code", "ar").unwrap();
    assert_eq!(server.engine.template(bank, which).await.unwrap().changed_at, None);
}

#[tokio::test]
async fn neither_a_template_nor_a_name_brings_markup_or_turns_the_page_around() {
    let (_server, bank, mut seat) = start().await;
    let path = format!("/{bank}/templates/email/sign_in_code/en");
    let body = "Subject: <script>alert(1)</script>\n\n</textarea><script>alert(2)</script> \u{202E}{{ name }}\n\n{{ code }}\n";
    let page = seat.send(&path, &[("body", body), ("do", "preview")]).await.text();
    assert!(page.contains("&#60;script&#62;alert(1)") && !page.contains("<script>"), "{page}");
    assert!(!page.contains("</textarea><script") && !page.contains("<i>Söhne"), "{page}");
    // Each text stands by itself, with a direction of its own.
    assert!(page.contains("<pre class=\"said\" lang=\"en\" dir=\"ltr\">"), "{page}");
    for nowhere in ["fax/sign_in_code/en", "sms/nothing/en", "sms/sign_in_code/fr"] {
        assert_eq!(seat.open(&format!("/{bank}/templates/{nowhere}")).await.status, 404, "{nowhere}");
    }
}
