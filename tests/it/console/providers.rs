//! Setting providers from the console, and trying them.

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_server::config::{Config, Environment};
use countersign_server::delivery::Couriers;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::engine::providers::{Channel, PLATFORM, WebPushAccount};
use countersign_tests::http::Request;
use countersign_tests::mail_server::MailServer;
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

const MINUTE: i64 = 60_000;

/// A server that can try providers, and writes to files where there are none.
pub(super) fn carrying(server: &ServerHere) {
    let config = Config {
        data_dir: server.data_dir().to_owned(),
        environment: Some(Environment::Development),
        ..Config::default()
    };
    server.engine.carry_by(Arc::new(Couriers::new(&config).unwrap()));
}

async fn tenant(server: &ServerHere, name: &str) -> TenantId {
    server.relying_party(name, None).await.tenant.parse().unwrap()
}

async fn kind(server: &ServerHere, tenant: TenantId, channel: Channel) -> (String, &'static str) {
    let all = server.engine.providers(tenant).await.unwrap();
    let chosen = all.into_iter().find(|chosen| chosen.channel == channel).unwrap();
    (chosen.kind, chosen.by)
}

/// A form with a file, as browsers send it.
fn with_file(seat: &Seat, path: &str, fields: &[(&str, &str)], file: (&str, &str)) -> Request {
    let token = seat.form_token();
    let mut body = String::new();
    for (name, value) in std::iter::once(("form", &*token)).chain(fields.iter().copied()) {
        body += &format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let (name, text) = file;
    body += &format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"AuthKey.p8\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n{text}\r\n--xyz--\r\n"
    );
    Request::new("POST", &format!("/console{path}"))
        .header("Origin", "null")
        .header("Sec-Fetch-Site", "same-origin")
        .header("Content-Type", "multipart/form-data; boundary=xyz")
        .body(body)
}

fn smtp(mails: &MailServer) -> Vec<(&'static str, String)> {
    let port = mails.address.port().to_string();
    vec![
        ("kind", "smtp".to_owned()),
        ("host", "127.0.0.1".to_owned()),
        ("port", port),
        ("security", "none".to_owned()),
        ("from", "Bank <mfa@bank.example>".to_owned()),
    ]
}

fn lent<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, &**value)).collect()
}

#[tokio::test]
async fn a_key_is_uploaded_and_nothing_of_it_is_shown_again() {
    let server = ServerHere::start().await;
    let bank = tenant(&server, "Bank").await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    let path = format!("/{bank}/providers/apns");
    let fields =
        [("kind", "apns"), ("key_id", "ABCDE12345"), ("team_id", "TEAM123456"), ("topic", "org.example.app")];
    // As Apple hands them out: P-256 in PKCS#8 in PEM.
    let key = WebPushAccount::new_key().unwrap();
    let request = with_file(&seat, &format!("{path}/set"), &fields, ("key_file", key.reveal()));
    let reply = seat.browser.send(request).await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    assert_eq!(kind(&server, bank, Channel::Apns).await, ("apns".to_owned(), "tenant"));
    let page = seat.open(&format!("{path}?done=set")).await.text();
    let middle = key.reveal().lines().nth(1).unwrap();
    assert!(page.contains("ABCDE12345") && page.contains("sha256:") && !page.contains(middle), "{page}");
    // The same without a file; and what is no key leaves what was chosen.
    let wrong = [("kind", "apns"), ("key_id", "ABCDE12345"), ("team_id", "TEAM123456"), ("topic", "x")];
    let reply = seat.send(&format!("{path}/set"), &wrong).await;
    assert!(reply.status == 400 && reply.text().contains("choose the file with the key"));
    let reply = seat.send(&format!("{path}/remove"), &[]).await;
    assert_eq!(reply.status, 303);
    let twice = seat.send(&format!("{path}/remove"), &[]).await;
    assert!(twice.status == 400 && twice.text().contains("Nothing was chosen here"));
    let log = server.engine.providers(bank).await.unwrap();
    assert!(log.iter().all(|chosen| chosen.by != "tenant"));
}

#[tokio::test]
async fn s41_a_file_above_the_bound_is_not_taken() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    let huge = "x".repeat(10 * 1024 * 1024);
    let request = with_file(&seat, "/providers/apns/set", &[("kind", "apns")], ("key_file", &huge));
    let request = request.header("Cookie", seat.browser.cookies.last().unwrap());
    // The server may hang up before all of it is sent.
    if let Ok(reply) = countersign_tests::http::try_send(server.address, &request).await {
        assert!([400, 413].contains(&reply.status), "{}", reply.status);
    }
    assert_eq!(kind(&server, PLATFORM, Channel::Apns).await.1, "nobody");
    assert_eq!(seat.open("/providers/apns").await.status, 200, "and the server goes on");
}

#[tokio::test]
async fn a_mail_server_is_set_and_tried_and_the_answer_told_in_both_languages() {
    let mut mails = MailServer::start().await;
    let server = ServerHere::start().await;
    carrying(&server);
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    let fields = smtp(&mails);
    let page = seat.done("/providers/email/set", &lent(&fields)).await.text();
    assert!(
        page.contains("Send a test to see whether it works") && page.contains("mfa@bank.example"),
        "{page}"
    );
    let to = [("to", "sam@example.org"), ("language", "en")];
    let reply = seat.send("/providers/email/test", &to).await;
    assert!(
        reply.status == 200 && reply.text().contains("The provider took the message"),
        "{}",
        reply.text()
    );
    let letter = mails.next().await;
    assert!(letter.text.contains("000000"), "a code that opens nothing: {}", letter.text);
    mails.answer("RCPT", "550 5.1.1 no such user");
    let mut arabic = Seat::signed_in(&server, &seat.operator).await.speaking("ar");
    let reply = arabic.send("/providers/email/test", &[("to", "pat@example.org")]).await;
    let page = reply.text();
    assert!(page.contains("لم يقبل مقدّم الخدمة الرسالة") && page.contains("550"), "{page}");
}

#[tokio::test]
async fn s32_tests_are_bounded_for_each_operator_and_each_address() {
    let server = ServerHere::start().await;
    carrying(&server);
    let bank = tenant(&server, "Bank").await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    let path = format!("/{bank}/providers/sms/test");
    let to = |n: usize| format!("+96650123456{n}");
    assert!(seat.send(&path, &[("to", &to(0))]).await.text().contains("There is no provider"));
    let again = seat.send(&path, &[("to", &to(0))]).await;
    assert!(again.status == 400 && again.text().contains("Something went there just now"));
    for n in 1..9 {
        assert_eq!(seat.send(&path, &[("to", &to(n))]).await.status, 200, "{n}");
    }
    let over = seat.send(&path, &[("to", &to(9))]).await;
    assert!(
        over.status == 400 && over.text().contains("as many tests as an hour may have"),
        "{}",
        over.text()
    );
    // Nobody gains by another channel, another page or another session.
    let mut other = Seat::signed_in(&server, &seat.operator).await;
    let words = format!("/{bank}/templates/email/sign_in_code/en/test");
    assert_eq!(other.send(&words, &[("to", "sam@example.org")]).await.status, 400);
    server.clock.advance(61 * MINUTE);
    assert_eq!(
        Seat::signed_in(&server, &seat.operator).await.send(&path, &[("to", &to(9))]).await.status,
        200
    );
}

#[tokio::test]
async fn s45_a_gateway_inside_is_not_asked() {
    let server = ServerHere::start().await;
    carrying(&server);
    let bank = tenant(&server, "Bank").await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    let url = "https://127.0.0.1:9/send?to={to}&text={text}&password={password}";
    let fields = [
        ("kind", "http"),
        ("url", url),
        ("password", "hunter2"),
        ("from", "Bank"),
        ("countries", "SA"),
        ("per_day", "50"),
    ];
    let page = seat.done(&format!("/{bank}/providers/sms/set"), &fields).await.text();
    assert!(!page.contains("hunter2"), "{page}");
    let reply = seat.send(&format!("/{bank}/providers/sms/test"), &[("to", "+966501234567")]).await;
    let page = reply.text();
    assert!(page.contains("did not take the message") && page.contains("refused_address"), "{page}");
    assert!(page.contains("It is the account that is refused"), "{page}");
    let elsewhere = seat.send(&format!("/{bank}/providers/sms/test"), &[("to", "+4915112345678")]).await;
    assert!(elsewhere.status == 400 && elsewhere.text().contains("country"), "{}", elsewhere.text());
}

#[tokio::test]
async fn what_is_refused_stays_typed_but_for_its_secrets() {
    let server = ServerHere::start().await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Server).await.speaking("ar");
    let fields = [
        ("kind", "twilio"),
        ("account_sid", "ACshort"),
        ("auth_token", "hunter2"),
        ("from", "+15005550006"),
        ("countries", "SA"),
        ("per_day", "50"),
    ];
    let reply = seat.send("/providers/voice/set", &fields).await;
    let page = reply.text();
    assert_eq!(reply.status, 400);
    assert!(page.contains("السبب بالإنجليزية") && page.contains("the account SID must be"), "{page}");
    assert!(page.contains("value=\"ACshort\"") && !page.contains("hunter2"), "{page}");
    let header = [
        ("kind", "smtp"),
        ("host", "mail.example.org"),
        ("security", "tls"),
        ("from", "a@b.example\r\nBcc: victim@example.org"),
    ];
    assert_eq!(seat.send("/providers/email/set", &header).await.status, 400);
    assert_eq!(kind(&server, PLATFORM, Channel::Email).await.1, "nobody");
}

#[tokio::test]
async fn a_tenant_takes_the_platforms_turns_off_and_forgets() {
    let server = ServerHere::start().await;
    let bank = tenant(&server, "Bank").await;
    let mut seat = Seat::of(&server, Role::Admin, Scope::Tenant(bank)).await;
    let path = format!("/{bank}/providers/sms");
    let limits = [("countries", "SA"), ("per_day", "20")];
    assert_eq!(seat.send(&format!("{path}/platform"), &limits).await.status, 303);
    let page = seat.done(&format!("{path}/off"), &[]).await.text();
    assert!(page.contains("Nothing is sent by this channel"), "{page}");
    assert_eq!(kind(&server, bank, Channel::Sms).await.0, "off");
    let page = seat.done(&format!("{path}/remove"), &[]).await.text();
    assert!(page.contains("files, while developing"), "{page}");
    assert_eq!(seat.open(&format!("/{bank}/providers/fax")).await.status, 404);
}

#[tokio::test]
async fn s40_an_operator_of_a_tenant_does_not_reach_the_platforms_account() {
    let server = ServerHere::start().await;
    let bank = tenant(&server, "Bank").await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(bank)).await;
    for path in ["/providers", "/providers/email"] {
        assert_eq!(seat.open(path).await.status, 404, "{path}");
    }
    for path in ["set", "off", "remove", "test"] {
        assert_eq!(seat.send(&format!("/providers/email/{path}"), &[]).await.status, 404, "{path}");
    }
    let mut auditor = Seat::of(&server, Role::Auditor, Scope::Tenant(bank)).await;
    let page = auditor.open(&format!("/{bank}/providers/email")).await.text();
    assert!(!page.contains("/providers/email/set"), "a form that is not for them: {page}");
}
