//! A storm of passwords at a server of its own: memory stays bounded, those who are too many are told so at once, and
//! afterwards people sign in as before (S26).

use std::net::SocketAddr;
use std::path::Path;

use countersign_tests::http::{self, Reply, Request};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_process::{Program, ServerProcess};
use futures_util::future::join_all;
use url::form_urlencoded;

use crate::server;

const RIGHT: &str = "correct horse battery staple";
/// As many sign in at once.
const STORM: usize = 500;
/// Bytes that the server may need more for it. One password needs 19 MiB while it is hashed; all of them 9 GiB.
const MOST: u64 = 256 * 1024 * 1024;

/// A tenant with an OAuth client and `ann`, all made by command.
pub(super) async fn bank(server: &ServerProcess) -> RelyingParty {
    let bank = server.relying_party("Online Banking").await;
    let host = server.address.to_string();
    let program = server.program();
    program.json(&["tenant", "issuer", "--tenant", &bank.tenant, "--host", &host]).await;
    program.json(&["application", "oauth", "--application", &bank.client_id, "--flavour", "auth0"]).await;
    person(program, &bank, "ann@x.example").await;
    bank
}

async fn person(program: &Program, bank: &RelyingParty, email: &str) {
    let create = ["user", "create", "--tenant", &bank.tenant, "--email", email, "--password-fd", "0"];
    let made = program.run_with(&create, format!("{RIGHT}\n").as_bytes()).await;
    assert_eq!(made.code, Some(0), "{made:?}");
}

/// A sign-in.
pub(super) async fn sign_in(address: SocketAddr, bank: &RelyingParty, name: &str, password: &str) -> Reply {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "password")
        .append_pair("username", name)
        .append_pair("password", password);
    form.append_pair("client_id", &bank.client_id).append_pair("client_secret", &bank.client_secret);
    let request =
        Request::new("POST", "/oauth/token").header("Content-Type", "application/x-www-form-urlencoded");
    http::send(address, &request.body(form.finish())).await
}

/// The most memory that a process ever had, in bytes.
fn most_resident(process: u32) -> u64 {
    let status =
        std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn s26_a_storm_of_sign_ins_does_not_exhaust_the_memory() {
    let server = server().await;
    let bank = bank(&server).await;
    assert_eq!(sign_in(server.address, &bank, "ann@x.example", RIGHT).await.refusal().1, "mfa_required");
    let before = most_resident(server.process());
    let names: Vec<_> = (0..STORM).map(|n| format!("name {n}")).collect();
    let storm = names.iter().map(|name| sign_in(server.address, &bank, name, "a wrong password"));
    let replies = join_all(storm).await;
    let count = |status| replies.iter().filter(|reply| reply.status == status).count();
    let (judged, busy) = (count(403), count(503));
    assert_eq!(judged + busy, STORM, "everybody was answered");
    assert!(judged > 0 && busy > 0, "{judged} were judged and {busy} told to come again");
    let busy: Vec<_> = replies.iter().filter(|reply| reply.status == 503).collect();
    assert!(busy.iter().all(|reply| reply.refusal().1 == "temporarily_unavailable"));
    // A slow machine also says so to some who had a place and waited in vain, in other words.
    assert!(busy.iter().any(|reply| reply.header("retry-after") == Some("2")));
    let more = most_resident(server.process()).saturating_sub(before);
    assert!(more < MOST, "{more} bytes more");
    assert_eq!(sign_in(server.address, &bank, "ann@x.example", RIGHT).await.refusal().1, "mfa_required");
}
