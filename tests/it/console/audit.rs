//! The audit log in the console: read, looked through, checked and taken along.

use std::io::BufReader;

use countersign_protocol::id::{TenantId, uuid_v7};
use countersign_server::engine::audit::export::check_file;
use countersign_server::engine::console::{Role, Scope};
use countersign_server::store::{Event, Statement, Store, Value};
use countersign_tests::device::Device;
use countersign_tests::operator::Seat;
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;

/// A tenant's log, and an auditor of the tenant.
struct Log {
    server: ServerHere,
    tenant: TenantId,
    cms: RelyingParty,
    seat: Seat,
    rows: Store,
}

impl Log {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Bank", None).await;
        let tenant = cms.tenant.parse().unwrap();
        let seat = Seat::of(&server, Role::Auditor, Scope::Tenant(tenant)).await;
        let rows = server.rows();
        Self { server, tenant, cms, seat, rows }
    }

    /// So many events of one kind, a millisecond apart, sealed.
    async fn with(events: u32, name: &'static str) -> Self {
        let log = Self::new().await;
        for number in 0..events {
            log.server.clock.advance(1);
            let at = log.server.clock.now();
            let id = uuid_v7(at, &[0; 10]);
            let (actor, subject) = ("somebody".to_owned(), format!("subject {number}."));
            let address = Some("192.0.2.7".to_owned());
            let event = Event { tenant: log.tenant, id, at, name, actor, subject, address, detail: None };
            log.rows.write(vec![event.insert()]).await.unwrap();
        }
        log.server.engine.seal_audit().await.unwrap();
        log
    }

    async fn page(&mut self, query: &str) -> String {
        let reply = self.seat.open(&format!("/{}/audit{query}", self.tenant)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.text()
    }
}

/// How many lines a page of the list has.
fn lines(page: &str) -> usize {
    page.matches("<tr><td><time").count()
}

#[tokio::test]
async fn events_are_told_in_words_with_names_in_both_languages() {
    let mut log = Log::new().await;
    Device::enroll(log.server.address, &log.cms.link("sam").await).await;
    log.cms.ask("sam").await;
    let page = log.page("").await;
    for part in [
        "Somebody was asked.",
        "challenge.asked",
        "<bdi>Bank</bdi>",
        "<bdi>sam</bdi>",
        "A device was enrolled.",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    log.seat = log.seat.clone().speaking("ar");
    let page = log.page("").await;
    assert!(
        page.contains("dir=\"rtl\"") && page.contains("سُئل شخص.") && page.contains("challenge.asked"),
        "{page}"
    );
}

#[tokio::test]
async fn events_are_looked_for_by_each_part() {
    let mut log = Log::with(3, "challenge.denied").await;
    log.cms.link("sam").await;
    log.server.engine.seal_audit().await.unwrap();
    let today = "?day=2027-01-15";
    for (query, found) in [
        ("?event=challenge.denied", 3),
        ("?event=challenge", 3),
        ("?event=challenge.approved", 0),
        ("?actor=somebody", 3),
        ("?subject=subject+1.", 1),
        ("?address=192.0.2.7", 3),
        ("?address=::ffff:192.0.2.7", 3),
        ("?address=192.0.2.8", 0),
        ("?event=challenge&actor=somebody&address=192.0.2.7", 3),
        ("?event=user&actor=somebody", 0),
        ("?day=2027-01-14&event=challenge", 0),
        ("?day=2027-01-15&event=challenge", 3),
    ] {
        assert_eq!(lines(&log.page(query).await), found, "{query}");
    }
    assert!(lines(&log.page(today).await) > 3);
    assert!(log.page("?event=user&actor=somebody").await.contains("No event fits."));
}

#[tokio::test]
async fn what_is_typed_wrongly_is_told_and_kept() {
    let mut log = Log::new().await;
    for (query, sentence) in [
        ("event=nothing", "There are no such events."),
        ("address=here", "This is no IP address."),
        ("day=yesterday", "This is no day."),
    ] {
        let reply = log.seat.open(&format!("/{}/audit?actor=%3Cme%3E&{query}", log.tenant)).await;
        let page = reply.text();
        assert_eq!(reply.status, 400, "{query}");
        assert!(page.contains(sentence) && page.contains("value=\"&#60;me&#62;\""), "{query}: {page}");
    }
    assert_eq!(lines(&log.page("?before=nothing").await), 2, "a page that is none is the first");
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page_and_each_event_once() {
    let mut log = Log::with(120, "challenge.denied").await;
    for filter in ["event=challenge.denied", "event=challenge&actor=somebody"] {
        let (mut seen, mut query) = (Vec::new(), format!("?{filter}"));
        loop {
            let page = log.page(&query).await;
            seen.extend(
                page.split("subject ").skip(1).filter_map(|rest| rest.split_once('.')?.0.parse::<u32>().ok()),
            );
            let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { break };
            let address = rest.split_once('"').unwrap().0.replace("&#38;", "&").replace("&amp;", "&");
            query = format!("?{}", address.split_once('?').unwrap().1);
        }
        assert_eq!(seen, (0..120).rev().collect::<Vec<_>>(), "{filter}");
    }
}

/// Begins a check and looks until it is done.
async fn checked(log: &mut Log) -> String {
    let path = format!("/{}/audit/check", log.tenant);
    let begun = log.seat.done(&path, &[]).await.text();
    assert!(begun.contains("The check has begun."), "{begun}");
    loop {
        let page = log.seat.open(&path).await.text();
        if !page.contains("data-live") {
            return page;
        }
    }
}

#[tokio::test]
async fn s54_a_check_tells_whether_anybody_has_changed_the_log() {
    let mut log = Log::with(5, "challenge.denied").await;
    let page = log.seat.open(&format!("/{}/audit/check", log.tenant)).await.text();
    assert!(page.contains("has not been checked"), "{page}");
    let page = checked(&mut log).await;
    assert!(page.contains("id=\"holds\"") && !page.contains("holds-not"), "{page}");
    let change = Statement::any(
        "UPDATE audit SET event = 'challenge.approved' WHERE tenant_id = ?1 AND seq = 4",
        vec![Value::from(log.tenant)],
    );
    log.rows.write(vec![change]).await.unwrap();
    let page = checked(&mut log).await;
    assert!(page.contains("id=\"holds-not\"") && page.contains("Events were changed."), "{page}");
}

#[tokio::test]
async fn a_check_that_was_interrupted_can_be_begun_again_and_one_that_goes_on_cannot() {
    let mut log = Log::new().await;
    let going_on = Statement::one(
        "INSERT INTO audit_checks (tenant_id, began_at, seen_at, events, checkpoints, problems, told)
         VALUES (?1, ?2, ?2, 7, 0, 0, '')",
        vec![Value::from(log.tenant), Value::from(log.server.clock.now())],
    );
    log.rows.write(vec![going_on]).await.unwrap();
    let path = format!("/{}/audit/check", log.tenant);
    let page = log.seat.done(&path, &[]).await.text();
    assert!(page.contains("A check goes on already") && page.contains("data-every=\"2\""), "{page}");
    log.server.clock.advance(31_000);
    assert!(log.seat.open(&path).await.text().contains("The check was interrupted"));
    assert!(checked(&mut log).await.contains("id=\"holds\""));
}

#[tokio::test]
async fn s54_the_log_is_taken_along_as_the_command_writes_it() {
    let mut log = Log::with(2_100, "challenge.denied").await;
    let reply = log.seat.open(&format!("/{}/audit/export", log.tenant)).await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-disposition").unwrap().contains(".jsonl"), "{reply:?}");
    let mut lines = Vec::new();
    let take = |line: &_| {
        lines.push(serde_json::to_string(line).unwrap());
        true
    };
    log.server.engine.export_audit(log.tenant, None, None, take).await.unwrap();
    assert_eq!(reply.text().lines().collect::<Vec<_>>(), lines);
    let key = log.server.engine.signing_key(log.tenant).await.unwrap();
    let report = check_file(BufReader::new(&*reply.body), &key).unwrap();
    assert!(report.walk.problems.is_empty() && report.walk.events > 2_100, "{report:?}");
    let none = log.seat.open(&format!("/{}/audit/export?from=2027-02-01", log.tenant)).await.text();
    assert_eq!(none.lines().count(), 1, "{none}");
    assert_eq!(log.seat.open(&format!("/{}/audit/export?from=now", log.tenant)).await.status, 400);
}

#[tokio::test]
async fn s40_the_consoles_own_log_is_the_whole_servers_business() {
    let mut log = Log::new().await;
    let mut seat = Seat::of(&log.server, Role::Auditor, Scope::Server).await;
    let page = seat.open("/audit").await.text();
    assert!(page.contains("An operator signed in.") && page.contains("auditor@server.example.org"), "{page}");
    assert_eq!(log.seat.open("/audit").await.status, 404);
    let home = log.server.engine.console_home().await.unwrap().tenant;
    assert_eq!(log.seat.open(&format!("/{home}/audit")).await.status, 404);
    let page = seat.done("/audit/check", &[]).await.text();
    assert!(page.contains("The check has begun."), "{page}");
}
