//! Enrolments that ask for a one-time password, and the rules for one-time passwords.

use countersign_core::otp::OtpEntry;
use countersign_tests::device::{complete_enrollment, random_token};
use countersign_tests::http::{self, Reply, Request};
use countersign_tests::relying_party::RelyingParty;
use countersign_tests::server_here::ServerHere;
use countersign_tests::server_process::{Ended, ServerProcess};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{server, server_to_restart};

/// A person with a seed, and their server.
struct Ready {
    server: ServerHere,
    cms: RelyingParty,
}

impl Ready {
    async fn new() -> Self {
        let server = ServerHere::start().await;
        let cms = server.relying_party("Case Management", None).await;
        Self { server, cms }
    }

    /// Makes someone known and gives them a seed.
    async fn seed(&self, user: &str) -> OtpEntry {
        self.cms.enroll(user).await;
        let seed =
            self.server.engine.add_totp(self.cms.tenant.parse().unwrap(), user, &"operator").await.unwrap();
        OtpEntry::parse(&seed.link).unwrap()
    }

    /// The code that is good some steps before or after this moment of the server's clock.
    fn code(&self, seed: &OtpEntry, steps: i64) -> String {
        let seconds = self.server.clock.now() / 1000 + steps * 30;
        seed.code_at(seconds.try_into().unwrap()).unwrap().value.clone()
    }
}

/// A link that asks for a one-time password.
async fn issue(cms: &RelyingParty, user: &str) -> String {
    let body = json!({"user_ref": user, "challenge": "totp"});
    let issued = cms.post("/api/v1/users/enroll", &body).await.expect(201);
    assert_eq!(issued["challenge_type"], "totp");
    issued["enrollment_token"].as_str().unwrap().to_owned()
}

async fn verify(cms: &RelyingParty, token: &str, code: &str) -> Reply {
    let body = json!({"token": token, "code": code});
    http::send(cms.address, &Request::new("POST", "/api/v1/devices/verify-enrollment").json(&body)).await
}

async fn complete(cms: &RelyingParty, token: &str) -> Reply {
    let body = json!({"token": token, "device_token": random_token(), "platform": "android"});
    complete_enrollment(cms.address, &body).await
}

fn wrong(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", (first.parse::<u8>().unwrap() + 5) % 10)
}

fn entry(added: &Value) -> OtpEntry {
    OtpEntry::parse(added["otpauth_uri"].as_str().unwrap()).unwrap()
}

/// A code that no step near this moment has.
fn far(seed: &OtpEntry, now: u64) -> String {
    let near: Vec<_> =
        (0..8).map(|step| seed.code_at(now + step * 30 - 120).unwrap().value.clone()).collect();
    (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
}

fn now() -> u64 {
    countersign_server::host::Clock::unix_ms(&countersign_server::host::System).unsigned_abs() / 1000
}

#[tokio::test]
async fn a_one_time_password_opens_the_link() {
    let ready = Ready::new().await;
    let seed = ready.seed("sam").await;
    let token = issue(&ready.cms, "sam").await;
    let look = Request::new("GET", &format!("/api/v1/devices/enrollment/{token}"));
    assert_eq!(http::send(ready.cms.address, &look).await.expect(200)["challenge_type"], "totp");
    assert_eq!(complete(&ready.cms, &token).await.refusal(), (403, "challenge_required".to_owned()));
    let code = ready.code(&seed, 0);
    let refused = verify(&ready.cms, &token, &wrong(&code)).await;
    assert_eq!(refused.refusal(), (400, "invalid_code".to_owned()));
    assert_eq!(refused.json()["attempts_left"], 4);
    assert_eq!(verify(&ready.cms, &token, &code).await.expect(200), json!({"verified": true}));
    complete(&ready.cms, &token).await.expect(201);
    let resend = Request::new("POST", "/api/v1/devices/resend-otp");
    let other = issue(&ready.cms, "sam").await;
    let refused = http::send(ready.cms.address, &resend.json(&json!({"token": other}))).await;
    assert_eq!(refused.refusal(), (409, "wrong_challenge".to_owned()));
}

#[tokio::test]
async fn s17_of_requests_at_once_with_the_same_code_one_passes() {
    let ready = Ready::new().await;
    let seed = ready.seed("sam").await;
    let links = join_all((0..6).map(|_| issue(&ready.cms, "sam"))).await;
    let code = ready.code(&seed, 0);
    let replies = join_all(links.iter().map(|token| verify(&ready.cms, token, &code))).await;
    let with = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(200), with(400)), (1, 5));
}

#[tokio::test]
async fn s17_a_step_and_those_before_it_pass_only_once() {
    let ready = Ready::new().await;
    let seed = ready.seed("sam").await;
    let links = join_all((0..6).map(|_| issue(&ready.cms, "sam"))).await;
    let (before, code, after) = (ready.code(&seed, -1), ready.code(&seed, 0), ready.code(&seed, 1));
    verify(&ready.cms, &links[0], &code).await.expect(200);
    for (link, old) in [(&links[1], &code), (&links[2], &before)] {
        assert_eq!(verify(&ready.cms, link, old).await.refusal(), (400, "invalid_code".to_owned()));
    }
    verify(&ready.cms, &links[3], &after).await.expect(200);
    ready.server.clock.advance(30_000);
    assert_eq!(verify(&ready.cms, &links[4], &after).await.refusal(), (400, "invalid_code".to_owned()));
    ready.server.clock.advance(30_000);
    verify(&ready.cms, &links[5], &ready.code(&seed, 0)).await.expect(200);
}

#[tokio::test]
async fn s18_s19_the_window_is_one_step_each_way_by_the_servers_clock() {
    let ready = Ready::new().await;
    let begin = ready.server.clock.now() / 30_000 * 30_000;
    for moment in [begin, begin + 29_999, begin - 86_400_000] {
        for (steps, passes) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            ready.server.clock.set(moment);
            let user = format!("{steps} steps at {moment}");
            let seed = ready.seed(&user).await;
            let token = issue(&ready.cms, &user).await;
            let status = verify(&ready.cms, &token, &ready.code(&seed, steps)).await.status;
            assert_eq!(status == 200, passes, "{user}: {status}");
        }
    }
}

#[tokio::test]
async fn s19_a_clock_that_is_set_back_brings_no_used_code_back() {
    let ready = Ready::new().await;
    let seed = ready.seed("sam").await;
    let first = issue(&ready.cms, "sam").await;
    verify(&ready.cms, &first, &ready.code(&seed, 0)).await.expect(200);
    ready.server.clock.advance(-3_600_000);
    let second = issue(&ready.cms, "sam").await;
    let refused = verify(&ready.cms, &second, &ready.code(&seed, 0)).await;
    assert_eq!(refused.refusal(), (400, "invalid_code".to_owned()), "codes of a time that has been");
}

#[tokio::test]
async fn s6_ten_wrong_codes_in_a_row_lock_the_factor_whatever_links_they_come_by() {
    let ready = Ready::new().await;
    let seed = ready.seed("sam").await;
    let bad = far(&seed, (ready.server.clock.now() / 1000).unsigned_abs());
    let guess = async |times: usize| {
        let token = issue(&ready.cms, "sam").await;
        for _ in 0..times {
            verify(&ready.cms, &token, &bad).await.expect(400);
        }
        token
    };
    guess(5).await;
    let token = guess(4).await;
    verify(&ready.cms, &token, &ready.code(&seed, -1)).await.expect(200);
    // A right code began the count anew.
    guess(5).await;
    guess(5).await;
    let locked = issue(&ready.cms, "sam").await;
    for code in [ready.code(&seed, 0), bad.clone()] {
        assert_eq!(verify(&ready.cms, &locked, &code).await.refusal(), (429, "factor_locked".to_owned()));
    }
    let other = ready.seed("alex").await;
    let token = issue(&ready.cms, "alex").await;
    verify(&ready.cms, &token, &ready.code(&other, 0)).await.expect(200);
    // An operator ends the lock by word, and a new seed from the operator is a new binding.
    let tenant = ready.cms.tenant.parse().unwrap();
    ready.server.engine.unlock_user(tenant, "sam", &"operator").await.unwrap();
    verify(&ready.cms, &locked, &ready.code(&seed, 0)).await.expect(200);
    guess(5).await;
    guess(5).await;
    ready.server.engine.remove_totp(tenant, "sam", &"operator").await.unwrap();
    let seed = ready.seed("sam").await;
    let token = issue(&ready.cms, "sam").await;
    verify(&ready.cms, &token, &ready.code(&seed, 0)).await.expect(200);
}

#[tokio::test]
async fn s6_of_many_guesses_at_once_over_many_links_ten_are_judged() {
    let ready = Ready::new().await;
    let seed = ready.seed("sam").await;
    let bad = far(&seed, (ready.server.clock.now() / 1000).unsigned_abs());
    let links = join_all((0..30).map(|_| issue(&ready.cms, "sam"))).await;
    let replies = join_all(links.iter().map(|token| verify(&ready.cms, token, &bad))).await;
    let with = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(400), with(429)), (10, 20));
}

#[tokio::test]
async fn a_seed_that_goes_away_leaves_its_links_without_a_code_to_give() {
    let ready = Ready::new().await;
    let seed = ready.seed("sam").await;
    let token = issue(&ready.cms, "sam").await;
    let tenant = ready.cms.tenant.parse().unwrap();
    ready.server.engine.remove_totp(tenant, "sam", &"operator").await.unwrap();
    let refused = verify(&ready.cms, &token, &ready.code(&seed, 0)).await;
    assert_eq!(refused.refusal(), (409, "wrong_challenge".to_owned()));
    assert_eq!(complete(&ready.cms, &token).await.refusal(), (403, "challenge_required".to_owned()));
}

async fn add_totp(server: &ServerProcess, cms: &RelyingParty, more: &[&str]) -> Ended {
    let command = ["user", "add-totp", "--tenant", &cms.tenant, "--user-ref", "sam", "--json"];
    server.program().run(&[&command, more].concat()).await
}

#[tokio::test]
async fn an_operator_gives_a_seed_until_it_is_used_and_takes_it_away() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let added = async |more: &[&str]| {
        let ended = add_totp(&server, &cms, more).await;
        (ended.code, serde_json::from_str::<Value>(&ended.stdout).unwrap_or_default(), ended.stderr)
    };
    let (code, _, stderr) = added(&[]).await;
    assert_eq!(code, Some(1), "nobody is known by that name yet: {stderr}");
    cms.enroll("sam").await;
    let first = entry(&added(&[]).await.1);
    let second = entry(&added(&[]).await.1);
    assert_eq!((second.issuer(), second.account()), (Some("Case Management"), "sam"));
    let token = issue(&cms, "sam").await;
    let old = first.code_at(now()).unwrap().value.clone();
    assert_eq!(
        verify(&cms, &token, &old).await.refusal(),
        (400, "invalid_code".to_owned()),
        "the first is gone"
    );
    verify(&cms, &token, &second.code_at(now()).unwrap().value).await.expect(200);
    let (code, _, stderr) = added(&[]).await;
    assert_eq!(code, Some(1));
    assert!(stderr.contains("remove it first"), "{stderr}");
    let reset = ["user", "reset", "--kind", "totp", "--tenant", &cms.tenant, "--user-ref", "sam"];
    assert_eq!(server.program().json(&reset).await["removed"], 1);
    added(&[]).await.1["otpauth_uri"].as_str().unwrap();
    // For people, with the link and a code to scan.
    let command = ["user", "add-totp", "--tenant", &cms.tenant, "--user-ref", "sam"];
    let shown = server.program().run(&command).await;
    assert!(shown.stdout.contains("otpauth://totp/") && shown.stdout.contains('▀'), "{}", shown.stdout);
}

#[tokio::test]
async fn guesses_and_proofs_outlive_a_power_cut() {
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    cms.enroll("sam").await;
    let added = add_totp(&server, &cms, &[]).await;
    let seed = entry(&serde_json::from_str(&added.stdout).unwrap());
    let (open, guessed) = (issue(&cms, "sam").await, issue(&cms, "sam").await);
    let bad = far(&seed, now());
    assert_eq!(verify(&cms, &guessed, &bad).await.expect(400)["attempts_left"], 4);
    let used = seed.code_at(now()).unwrap().value.clone();
    verify(&cms, &open, &used).await.expect(200);
    server.kill_9();
    server.restart().await;
    assert_eq!(verify(&cms, &guessed, &bad).await.expect(400)["attempts_left"], 3);
    assert_eq!(verify(&cms, &guessed, &used).await.expect(400)["attempts_left"], 2, "s17: used is used");
    complete(&cms, &open).await.expect(201);
}
