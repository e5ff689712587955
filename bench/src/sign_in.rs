//! `bench sign-in`: people sign in with name, password and one-time password, as software written for Auth0 does it:
//! `/oauth/token` with the password, `mfa_required`, `/oauth/token` with the code, tokens. Each person signs in once,
//! because a code is good once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use countersign_core::otp::OtpEntry;
use countersign_protocol::id::TenantId;
use countersign_server::engine::oauth::{Flavour, OauthTerms};
use countersign_server::engine::{ApplicationId, Engine, NewUser};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::Result;
use crate::report::Durations;
use crate::server::{Server, Usage};

const PASSWORD: &str = "correct horse battery staple";
const MFA_OTP: &str = "http://auth0.com/oauth/grant-type/mfa-otp";

/// How much load.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Clients at once, 1 to 200
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=200))]
    clients: u32,
    /// People who sign in, once each, 1 to 5000
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=5000))]
    people: u32,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
}

/// Somebody with a password and an app.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    user_ref: String,
    otpauth: String,
}

/// Makes people, for the server before it is driven.
pub(crate) async fn people(
    engine: &Engine,
    tenant: TenantId,
    client: ApplicationId,
    at: &str,
    number: u32,
) -> Result<Vec<Person>> {
    if number == 0 {
        return Ok(Vec::new());
    }
    engine.set_issuer(tenant, at, &"operator").await?;
    engine.set_oauth_client(client, OauthTerms::new(Flavour::Auth0), &"operator").await?;
    let mut people = Vec::new();
    for number in 0..number {
        let user_ref = format!("person-{number}");
        let new = NewUser { user_ref: user_ref.clone(), email: None, display_name: None, language: None };
        engine.ensure_user(tenant, new, &"operator").await?;
        engine.set_password(tenant, &user_ref, PASSWORD, &"operator").await?;
        let otpauth = engine.add_totp(tenant, &user_ref, &"operator").await?.link.to_string();
        people.push(Person { user_ref, otpauth });
    }
    Ok(people)
}

/// Runs the benchmark.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    eprintln!("making {} people; each password takes its time", options.people);
    let (server, people) = Server::start_with_people(folder.path(), options.people).await?;
    let (server, people) = (Arc::new(server), Arc::new(Mutex::new(VecDeque::from(people))));
    let (before, begun) = (server.usage()?, Instant::now());
    let running: Vec<_> = (0..options.clients)
        .map(|_| tokio::spawn(sign_in_all(Arc::clone(&server), Arc::clone(&people))))
        .collect();
    let mut sign_ins = Durations::default();
    for client in running {
        sign_ins.append(client.await??);
    }
    print(options, &mut sign_ins, begun.elapsed(), before, server.usage()?);
    if let Some(server) = Arc::into_inner(server) {
        server.stop().await?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bounded run")]
fn print(options: &Options, sign_ins: &mut Durations, elapsed: Duration, before: Usage, after: Usage) {
    let per_second = sign_ins.len() as f64 / elapsed.as_secs_f64();
    let cpu_ms = (after.cpu - before.cpu) * 1e3 / sign_ins.len().max(1) as f64;
    let [p50, p99] = [500, 990].map(|permille| sign_ins.permille_ms(permille));
    let (clients, count, peak) = (options.clients, sign_ins.len(), after.peak_kib / 1024);
    if options.json {
        println!(
            "{}",
            json!({"clients": clients, "sign_ins": count, "sign_ins_per_second": per_second, "p50_ms": p50,
                   "p99_ms": p99, "server_cpu_ms_per_sign_in": cpu_ms, "server_peak_mib": peak})
        );
    } else {
        println!(
            "| clients | sign-ins | sign-ins/s | p50 ms | p99 ms | server CPU ms/sign-in | peak RSS MiB |"
        );
        println!("|---|---|---|---|---|---|---|");
        println!("| {clients} | {count} | {per_second:.0} | {p50:.1} | {p99:.1} | {cpu_ms:.1} | {peak} |");
    }
}

/// One person after the other until there are none left.
async fn sign_in_all(server: Arc<Server>, people: Arc<Mutex<VecDeque<Person>>>) -> Result<Durations> {
    let http = reqwest::Client::builder().pool_idle_timeout(Duration::from_secs(5)).build()?;
    let mut durations = Durations::default();
    loop {
        let next = people.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some(person) = next else { return Ok(durations) };
        let begun = Instant::now();
        sign_in(&http, &server, &person).await?;
        durations.push(begun.elapsed());
    }
}

async fn sign_in(http: &reqwest::Client, server: &Server, person: &Person) -> Result<()> {
    let waiting = token(
        http,
        server,
        json!({"grant_type": "password", "username": person.user_ref, "password": PASSWORD}),
        403,
    )
    .await?;
    let mfa_token = waiting.get("mfa_token").and_then(Value::as_str).ok_or("no mfa_token")?;
    #[expect(clippy::disallowed_methods, reason = "an authenticator app goes by the time of day")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let code = OtpEntry::parse(&person.otpauth)?.code_at(now)?;
    let body = json!({"grant_type": MFA_OTP, "mfa_token": mfa_token, "otp": code.value});
    let tokens = token(http, server, body, 200).await?;
    tokens.get("access_token").and_then(Value::as_str).map(|_| ()).ok_or_else(|| "no access token".into())
}

async fn token(http: &reqwest::Client, server: &Server, body: Value, expected: u16) -> Result<Value> {
    let url = format!("{}/oauth/token", server.at);
    let request = http.post(url).basic_auth(&server.client_id, Some(&server.client_secret));
    crate::login_flow::json(request.body(body.to_string()), expected).await
}
