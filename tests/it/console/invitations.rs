//! Invitations that go out by mail: the link is the invited person's alone.

use std::sync::Arc;

use countersign_protocol::id::TenantId;
use countersign_server::config::{Config, Environment};
use countersign_server::delivery::Couriers;
use countersign_server::engine::Template;
use countersign_server::engine::audit::list::EventFilter;
use countersign_server::engine::console::{NewOperator, Role, Scope};
use countersign_server::engine::providers::{Account, Channel, Choice, PLATFORM, Secret, SmtpAccount};
use countersign_tests::browser::Browser;
use countersign_tests::http::Reply;
use countersign_tests::mail_server::MailServer;
use countersign_tests::mailbox;
use countersign_tests::operator::Seat;
use countersign_tests::server_here::ServerHere;

const NEW: &str = "new@example.org";

async fn owner() -> (ServerHere, Seat) {
    let server = ServerHere::start().await;
    let seat = Seat::of(&server, Role::Owner, Scope::Server).await;
    (server, seat)
}

async fn invite(seat: &mut Seat, email: &str, role: &str, way: &str) -> Reply {
    seat.send("/operators", &[("email", email), ("role", role), ("way", way)]).await
}

/// Asks once more for somebody who waits.
async fn again(seat: &mut Seat, email: &str, way: &str) -> Reply {
    seat.send("/operators/again", &[("email", email), ("way", way)]).await
}

/// Where the newest mail to an address leads.
async fn mailed(server: &ServerHere, email: &str) -> String {
    let link = mailbox::code_to(server, email).await;
    link[link.find("/console/join/").unwrap()..].to_owned()
}

/// Where the link on a page leads.
fn shown(page: &str) -> String {
    let at = page.find("/console/join/").expect("a link");
    page[at..].split('<').next().unwrap().to_owned()
}

/// With which status a link opens, in a browser of its own.
async fn opens(server: &ServerHere, link: &str) -> u16 {
    Browser::new(server.address).open(link).await.status
}

async fn carried(server: &ServerHere) {
    let environment = Some(Environment::Development);
    let config = Config { data_dir: server.data_dir().to_owned(), environment, ..Config::default() };
    let couriers = Arc::new(Couriers::new(&config).unwrap());
    couriers.send_due(&server.engine).await.unwrap();
}

#[tokio::test]
async fn an_invitation_by_mail_reaches_whom_it_is_for_and_nobody_else_sees_the_link() {
    let (server, mut seat) = owner().await;
    let page = seat.open("/operators").await.text();
    assert!(page.contains(r#"value="mail" checked"#), "mail is what is offered first: {page}");
    let fields = [("email", "New@Example.org"), ("role", "helpdesk"), ("way", "mail")];
    let page = seat.done("/operators", &fields).await.text();
    assert!(page.contains("goes out by mail") && page.contains("the mail is on its way"), "{page}");
    assert!(page.contains(NEW) && !page.contains("/console/join/"), "{page}");
    let message = mailbox::waiting(&server).await.remove(0);
    assert_eq!((message.template, &*message.to), (Template::Invitation, NEW));
    let link = mailed(&server, NEW).await;
    carried(&server).await;
    let page = seat.open("/operators").await.text();
    assert!(page.contains("the mail was sent") && !page.contains("/console/join/"), "{page}");
    // It leads to the page where operators join, for that address, role and scope.
    let page = Browser::new(server.address).open(&link).await;
    assert!(page.status == 200 && page.text().contains(NEW), "{}", page.text());
    let found = server.engine.operator_link(link.trim_start_matches("/console/join/"), None).await.unwrap();
    assert_eq!((found.role, found.scope, found.email.as_deref()), (Role::HelpDesk, Scope::Server, Some(NEW)));
    // The log says who invited whom, and that it went by mail; it has no link.
    let home = server.engine.console_home().await.unwrap().tenant;
    let filter = EventFilter { name: Some("operator.invited".to_owned()), ..Default::default() };
    let rows = server.engine.latest_events(home, &filter, 9).await.unwrap();
    assert_eq!((rows.len(), &*rows[0].actor), (1, &*seat.operator.id.to_string()));
    assert!(format!("{:?}", rows[0]).contains("helpdesk, by mail"), "{:?}", rows[0]);
}

#[tokio::test]
async fn the_mail_is_in_the_language_of_the_inviters_browser_and_names_who_invites_to_what_as_what() {
    let server = ServerHere::start().await;
    let tenant: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    for (language, role) in [("en", "auditor"), ("ar", "مدقّق")] {
        let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(tenant)).await.speaking(language);
        let email = format!("{language}@example.org");
        let fields = [("email", &*email), ("role", "auditor"), ("way", "mail")];
        assert_eq!(seat.send(&format!("/{tenant}/operators"), &fields).await.status, 303);
        let all = mailbox::waiting(&server).await;
        let message = all.iter().find(|message| message.to == email).unwrap();
        let mail = server.engine.mail_words(PLATFORM, message).await.unwrap();
        for said in ["Bank", role, &*seat.operator.email, "/console/join/"] {
            assert!(mail.text.contains(said), "{said}: {}", mail.text);
        }
        assert!(mail.subject.contains("Bank") && !mail.subject.contains("/join/"), "{}", mail.subject);
    }
}

#[tokio::test]
async fn s40_a_tenants_owner_mails_no_invitation_for_the_server_or_another_tenant() {
    let server = ServerHere::start().await;
    let own: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let foreign: TenantId = server.relying_party("Shop", None).await.tenant.parse().unwrap();
    let mut above = Seat::of(&server, Role::Owner, Scope::Server).await;
    invite(&mut above, "waits@example.org", "owner", "link").await;
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(own)).await;
    let fields = [("email", NEW), ("role", "owner"), ("way", "mail"), ("scope", "server"), ("tenant", "")];
    for path in ["/operators".to_owned(), format!("/{foreign}/operators")] {
        assert_eq!(seat.send(&path, &fields).await.status, 404, "{path}");
        assert_eq!(seat.send(&format!("{path}/again"), &fields).await.status, 404, "{path}");
    }
    assert!(mailbox::waiting(&server).await.is_empty());
    // Whatever the form says, it is for that tenant; and whoever waits for something else does not wait there.
    assert_eq!(seat.send(&format!("/{own}/operators"), &fields).await.status, 303);
    let link = mailed(&server, NEW).await;
    let found = server.engine.operator_link(link.trim_start_matches("/console/join/"), None).await.unwrap();
    assert_eq!(found.scope, Scope::Tenant(own));
    let fields = [("email", "waits@example.org"), ("way", "mail")];
    let page = seat.done(&format!("/{own}/operators/again"), &fields).await.text();
    assert!(page.contains("ended already"), "{page}");
    assert_eq!(mailbox::waiting(&server).await.len(), 1);
}

#[tokio::test]
async fn s32_an_address_gets_one_invitation_in_30_seconds_and_five_an_hour_and_the_refusal_says_when() {
    let (server, mut seat) = owner().await;
    assert_eq!(invite(&mut seat, NEW, "auditor", "mail").await.status, 303);
    let link = mailed(&server, NEW).await;
    for reply in [invite(&mut seat, NEW, "auditor", "mail").await, again(&mut seat, NEW, "mail").await] {
        let page = reply.text();
        assert!(reply.status == 400 && page.contains("for another mail: 30"), "{page}");
        assert!(page.contains(&format!(r#"value="{NEW}""#)), "what was typed stays: {page}");
    }
    assert_eq!(opens(&server, &link).await, 200, "the one that was sent works as before");
    for n in 1..5 {
        server.clock.advance(30_000);
        assert_eq!(again(&mut seat, NEW, "mail").await.status, 303, "{n}");
    }
    server.clock.advance(30_000);
    let page = again(&mut seat, NEW, "mail").await;
    assert!(page.status == 400 && page.text().contains("for another mail: 3450"), "{}", page.text());
    // What the way by hand needs is nobody's mail.
    assert_eq!(again(&mut seat, NEW, "link").await.status, 200);
}

#[tokio::test]
async fn s32_of_many_invitations_at_once_one_mail_goes_out_and_its_link_works() {
    let (server, seat) = owner().await;
    let racing = (0..8).map(|_| {
        let mut seat = seat.clone();
        async move { invite(&mut seat, NEW, "auditor", "mail").await.status }
    });
    let sent = futures_util::future::join_all(racing).await;
    assert_eq!(sent.iter().filter(|status| **status == 303).count(), 1, "{sent:?}");
    assert!(sent.iter().all(|status| [303, 400].contains(status)), "{sent:?}");
    assert_eq!(mailbox::waiting(&server).await.len(), 1);
    assert_eq!(opens(&server, &mailed(&server, NEW).await).await, 200);
}

#[tokio::test]
async fn s32_nobody_sends_mail_in_numbers_by_inviting() {
    let server = ServerHere::start().await;
    let tenant: TenantId = server.relying_party("Bank", None).await.tenant.parse().unwrap();
    let mut seat = Seat::of(&server, Role::Owner, Scope::Tenant(tenant)).await;
    let mut sent = Vec::new();
    for n in 0..21 {
        let email = format!("a{n}@example.org");
        let fields = [("email", &*email), ("role", "auditor"), ("way", "mail")];
        sent.push(seat.send(&format!("/{tenant}/operators"), &fields).await.status);
    }
    assert_eq!((sent.pop(), sent.iter().all(|status| *status == 303)), (Some(400), true));
    assert_eq!(mailbox::waiting(&server).await.len(), 20);
    // Others go on.
    let mut above = Seat::of(&server, Role::Owner, Scope::Server).await;
    assert_eq!(invite(&mut above, NEW, "auditor", "mail").await.status, 303);
}

#[tokio::test]
async fn s32_no_name_brings_a_header_a_link_or_a_false_sender_into_the_mail() {
    let server = ServerHere::start().await;
    let name = "Win at https://evil.example/x\u{2028}Bcc: eve@evil.example";
    let tenant: TenantId = server.relying_party(name, None).await.tenant.parse().unwrap();
    let new = NewOperator {
        email: "olga@bank.example.org".to_owned(),
        name: Some("security@evil.example <b>call +19005550006</b>".to_owned()),
        role: Role::Owner,
        scope: Scope::Tenant(tenant),
    };
    let operator = server.engine.put_operator(new, &"operator").await.unwrap();
    let mut seat = Seat::signed_in(&server, &operator).await;
    for email in ["a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example c", "nobody", ""] {
        let fields = [("email", email), ("role", "auditor"), ("way", "mail")];
        assert_eq!(seat.send(&format!("/{tenant}/operators"), &fields).await.status, 400, "{email:?}");
    }
    let fields = [("email", NEW), ("role", "auditor"), ("way", "mail"), ("name", "typed@evil.example")];
    assert_eq!(seat.send(&format!("/{tenant}/operators"), &fields).await.status, 303);
    let message = mailbox::waiting(&server).await.remove(0);
    let mail = server.engine.mail_words(PLATFORM, &message).await.unwrap();
    for said in [&mail.subject, &mail.text, &mail.html] {
        for evil in ["https://evil", "@evil", "evil.example", "<b>", "9005550006", "typed", "\u{2028}"] {
            assert!(!said.contains(evil), "{evil}: {said}");
        }
    }
    assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
}

#[tokio::test]
async fn a_new_link_ends_the_old_one_and_keeps_the_role_whatever_the_form_says() {
    let (server, mut seat) = owner().await;
    invite(&mut seat, NEW, "auditor", "mail").await;
    let first = mailed(&server, NEW).await;
    server.clock.advance(30_000);
    let fields = [("email", NEW), ("way", "mail"), ("role", "owner")];
    assert_eq!(seat.send("/operators/again", &fields).await.status, 303);
    let second = mailed(&server, NEW).await;
    assert_eq!((opens(&server, &first).await, opens(&server, &second).await), (404, 200));
    assert_eq!(mailbox::waiting(&server).await.len(), 1, "the first mail is not sent any more");
    let all = server.engine.operator_invitations(Scope::Server).await.unwrap();
    assert_eq!((all.len(), all[0].role), (1, Role::Auditor));
    // The inviter may have the link shown after all, and then that one alone works.
    let page = again(&mut seat, NEW, "link").await.text();
    let third = shown(&page);
    assert_eq!((opens(&server, &second).await, opens(&server, &third).await), (404, 200));
    assert!(seat.open("/operators").await.text().contains("the link was shown"));
    // Whatever waits is taken back with its mail, and then there is nothing to send again.
    server.clock.advance(30_000);
    again(&mut seat, NEW, "mail").await;
    let fourth = mailed(&server, NEW).await;
    seat.done("/operators/uninvite", &[("email", NEW)]).await;
    assert_eq!((opens(&server, &fourth).await, mailbox::waiting(&server).await.len()), (404, 0));
    for way in ["mail", "link"] {
        let page = seat.done("/operators/again", &[("email", NEW), ("way", way)]).await.text();
        assert!(page.contains("ended already") && !page.contains("/console/join/"), "{page}");
    }
    assert!(server.engine.operator_invitations(Scope::Server).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_mail_that_nobody_takes_is_seen_and_the_link_can_be_given_by_hand() {
    let (server, mut seat) = owner().await;
    let mut mails = MailServer::start().await;
    let url = Secret::new(format!("smtp://{}", mails.address));
    let account = Account::Smtp(SmtpAccount { url, from: "Us <us@example.org>".to_owned(), ca: None });
    let choice = Choice::Account(Box::new(account));
    server.engine.set_provider(PLATFORM, Channel::Email, choice, None, &"operator").await.unwrap();
    mails.answer("RCPT", "550 5.1.1 nobody of that name");
    invite(&mut seat, NEW, "admin", "mail").await;
    carried(&server).await;
    let page = seat.open("/operators").await.text();
    assert!(page.contains("could not be delivered") && page.contains("never take this message"), "{page}");
    assert!(page.contains("Have the link shown"), "{page}");
    let page = seat.clone().speaking("ar").open("/operators").await.text();
    assert!(page.contains("تعذّر تسليم البريد"), "{page}");
    let link = shown(&again(&mut seat, NEW, "link").await.text());
    assert_eq!(opens(&server, &link).await, 200);
    // Another address, and it arrives with the link and nothing else of ours in its head.
    mails.be_good();
    invite(&mut seat, "other@example.org", "admin", "mail").await;
    carried(&server).await;
    let letter = mails.next().await;
    let (head, _) = letter.text.split_once("\r\n\r\n").unwrap();
    assert!(letter.to.contains("<other@example.org>") && !head.contains("/join/"), "{head}");
    assert!(seat.open("/operators").await.text().contains("the mail was sent"));
}

#[tokio::test]
async fn without_a_mail_server_the_link_is_shown_and_the_page_says_why() {
    let (server, mut seat) = owner().await;
    server.engine.set_provider(PLATFORM, Channel::Email, Choice::Off, None, &"operator").await.unwrap();
    let page = seat.open("/operators").await.text();
    assert!(page.contains("This server sends no mail") && !page.contains(r#"value="mail""#), "{page}");
    // Whoever opened the page before that is told, and has typed nothing in vain.
    let reply = invite(&mut seat, NEW, "owner", "mail").await;
    let page = reply.text();
    assert!(reply.status == 400 && page.contains("This server sends no mail"), "{page}");
    assert!(page.contains(&format!(r#"value="{NEW}""#)) && page.contains(r#"value="owner" selected"#));
    assert!(server.engine.operator_invitations(Scope::Server).await.unwrap().is_empty());
    let link = shown(&invite(&mut seat, NEW, "owner", "link").await.text());
    assert_eq!(opens(&server, &link).await, 200);
}

#[tokio::test]
async fn nobody_is_invited_twice_and_an_operator_not_at_all() {
    let (server, mut seat) = owner().await;
    invite(&mut seat, NEW, "auditor", "mail").await;
    server.clock.advance(30_000);
    assert_eq!(invite(&mut seat, " NEW@example.org ", "admin", "mail").await.status, 303);
    let all = server.engine.operator_invitations(Scope::Server).await.unwrap();
    assert_eq!((all.len(), all[0].role), (1, Role::Admin), "the newer one counts");
    let known = seat.operator.email.clone();
    let reply = invite(&mut seat, &known, "auditor", "mail").await;
    assert!(reply.status == 400 && reply.text().contains("already"), "{}", reply.text());
    for (role, way) in [("god", "mail"), ("", "mail"), ("owner", "fax"), ("owner", "")] {
        assert_eq!(invite(&mut seat, "a@b.example", role, way).await.status, 400, "{role} {way}");
    }
    let mut admin = Seat::of(&server, Role::Admin, Scope::Server).await;
    assert_eq!(invite(&mut admin, "a@b.example", "auditor", "mail").await.status, 403);
    assert_eq!(again(&mut admin, NEW, "mail").await.status, 403);
    assert_eq!(mailbox::waiting(&server).await.len(), 1);
}
