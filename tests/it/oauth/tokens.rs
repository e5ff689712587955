//! What a tenant's relying parties read before they check a token, by the host that they ask; and the commands behind it.

use std::net::SocketAddr;

use countersign_tests::http::{self, Reply, Request};
use countersign_tests::oauth::OauthParty;
use countersign_tests::server_here::ServerHere;
use serde_json::json;

use crate::server;

const CONFIGURATION: &str = "/.well-known/openid-configuration";
const KEYS: &str = "/.well-known/jwks.json";

/// `GET` as a client that knows the server under this name.
async fn get(server: SocketAddr, host: &str, target: &str) -> Reply {
    let bytes = String::from_utf8(Request::new("GET", target).bytes(server, false)).unwrap();
    let bytes = bytes.replacen(&format!("Host: {server}"), &format!("Host: {host}"), 1);
    http::exchange(server, bytes.as_bytes()).await.unwrap()
}

#[tokio::test]
async fn each_host_describes_its_own_tenant_and_publishes_its_keys() {
    let server = ServerHere::start().await;
    let ours = OauthParty::of_new_tenant(&server, "auth0", "login.example.org").await;
    let theirs = OauthParty::of_new_tenant(&server, "reltio", "localhost:9443").await;
    let mut kids = Vec::new();
    for (party, host) in
        [(&ours, "login.example.org"), (&ours, "LOGIN.Example.org:80"), (&theirs, "localhost:9443")]
    {
        let reply = get(server.address, host, CONFIGURATION).await;
        assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
        let configuration = reply.expect(200);
        let at = |path: &str| json!(format!("{}{path}", party.issuer));
        assert_eq!(configuration["issuer"], at(""));
        assert_eq!(configuration["token_endpoint"], at("oauth/token"));
        assert_eq!(configuration["jwks_uri"], at(".well-known/jwks.json"));
        assert_eq!(configuration["mfa_challenge_endpoint"], at("mfa/challenge"));
        let reply = get(server.address, host, KEYS).await;
        assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
        let keys = reply.expect(200)["keys"].clone();
        assert_eq!((keys.as_array().unwrap().len(), &keys[0]["alg"]), (1, &json!("ES256")));
        assert!(keys[0].get("d").is_none(), "the private half");
        kids.push(keys[0]["kid"].clone());
    }
    assert!(kids[0] == kids[1] && kids[1] != kids[2]);
}

#[tokio::test]
async fn s40_a_host_that_is_nobodys_is_404_in_oauths_form() {
    let server = ServerHere::start().await;
    OauthParty::of_new_tenant(&server, "auth0", "login.example.org").await;
    for host in
        ["", "elsewhere.example", "login.example.org:8443", "x.login.example.org", "login.example.org/", "é"]
    {
        for target in [CONFIGURATION, KEYS] {
            let reply = get(server.address, host, target).await;
            let body = reply.expect(404);
            assert_eq!(body["error"], "not_found", "{host}");
            assert!(body["error_description"].as_str().unwrap().contains("tenant issuer"));
        }
    }
}

#[tokio::test]
async fn an_operator_gives_a_tenant_its_host_name_and_another_key() {
    let server = server().await;
    let bank = server.relying_party("Online Banking").await;
    let shop = server.relying_party("Webshop").await;
    let tenant = |of: &'static str, tenant: &str| ["tenant", of, "--tenant", tenant].map(str::to_owned);
    let run = async |command: &[String], more: &[&str]| {
        let command: Vec<&str> = command.iter().map(String::as_str).chain(more.iter().copied()).collect();
        server.program().run(&[&["--json"], &command[..]].concat()).await
    };
    let (issuer, keys) = (tenant("issuer", &bank.tenant), tenant("token-key", &bank.tenant));
    let none = server.program().json(&["tenant", "issuer", "--tenant", &bank.tenant]).await;
    assert!(none["issuer"].is_null());
    let set = server
        .program()
        .json(&["tenant", "issuer", "--tenant", &bank.tenant, "--host", "Bank.example.org"])
        .await;
    assert_eq!(set["issuer"], "http://bank.example.org/");
    // At once, for a server that runs: nobody remembers a name that was nobody's.
    let configuration = get(server.address, "bank.example.org", CONFIGURATION).await.expect(200);
    assert_eq!(configuration["issuer"], set["issuer"]);
    let published = get(server.address, "bank.example.org", KEYS).await.expect(200);
    let made = server.program().json(&["tenant", "token-key", "--tenant", &bank.tenant]).await;
    assert_eq!(
        (&made["keys"][0]["kid"], &made["keys"][0]["algorithm"]),
        (&published["keys"][0]["kid"], &json!("RS256"))
    );
    // What cannot be, with a sentence.
    let taken = run(&tenant("issuer", &shop.tenant), &["--host", "bank.example.org:80"]).await;
    assert!(taken.code == Some(1) && taken.stderr.contains("another tenant"), "{taken:?}");
    let no_host = run(&issuer, &["--host", "https://bank.example.org/"]).await;
    assert!(no_host.code == Some(1) && no_host.stderr.contains("no host name"), "{no_host:?}");
    assert_eq!(run(&issuer, &["--host", "a.example", "--remove"]).await.code, Some(2));
    assert_eq!(run(&keys, &["--now"]).await.code, Some(2), "only with --rotate");
    let rotated = server
        .program()
        .json(&["tenant", "token-key", "--tenant", &bank.tenant, "--rotate", "--algorithm", "ES256"])
        .await;
    assert_eq!(rotated["keys"].as_array().unwrap().len(), 2);
    assert!(rotated["keys"][0]["ends_at"].is_string() && rotated["keys"][1]["ends_at"].is_null());
    let leaked =
        server.program().json(&["tenant", "token-key", "--tenant", &bank.tenant, "--rotate", "--now"]).await;
    assert_eq!(
        (leaked["keys"].as_array().unwrap().len(), &leaked["keys"][0]["algorithm"]),
        (1, &json!("ES256"))
    );
    assert_eq!(run(&issuer, &["--remove"]).await.code, Some(0));
    let again = run(&issuer, &["--remove"]).await;
    assert!(again.code == Some(1) && again.stderr.contains("has no host name"), "{again:?}");
}
