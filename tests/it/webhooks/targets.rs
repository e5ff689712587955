//! Attacks on the server's own network through a webhook's address (S45). The victim is a port that counts who comes.

use countersign_tests::receiver::{Behaviour, Receiver};
use countersign_tests::server_process::{Program, ServerProcess};

use crate::{SERVER, server};

async fn add(program: &Program, tenant: &str, url: &str) -> Result<String, String> {
    let ended = program.run(&["webhook", "add", "--tenant", tenant, "--url", url, "--json"]).await;
    let last = |text: &str| serde_json::from_str::<serde_json::Value>(text.trim_end()).unwrap();
    match ended.code {
        Some(0) => Ok(last(&ended.stdout)["webhook_id"].as_str().unwrap().to_owned()),
        _ => Err(last(&ended.stderr)["error"].as_str().unwrap().to_owned()),
    }
}

/// What `webhook test` says when it fails.
async fn test(program: &Program, id: &str) -> String {
    let ended = program.run(&["webhook", "test", id]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    ended.stderr
}

#[tokio::test]
async fn s45_an_address_within_is_refused_however_it_is_written() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    for host in
        "127.0.0.1 localhost.:1@127.0.0.1 2130706433 0x7f.1 0177.0.0.1 [::1] [::ffff:127.0.0.1] 10.0.0.7 \
                 169.254.169.254 [fd00:ec2::254] 100.100.100.200 192.168.0.1 0.0.0.0 [::] 224.0.0.1 \
                 [64:ff9b::a9fe:a9fe] [2002:7f00:1::]"
            .split_whitespace()
    {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}/hook");
            let refused = add(server.program(), &cms.tenant, &url).await.expect_err(&url);
            assert!(refused.contains("url"), "{url}: {refused}");
        }
    }
}

#[tokio::test]
async fn s45_a_name_that_resolves_to_an_address_within_is_not_connected_to() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let mut victim = Receiver::start().await;
    let port = victim.address.port();
    let url = format!("https://localhost:{port}/hook");
    let id =
        add(server.program(), &cms.tenant, &url).await.expect("a name is not looked up when it is added");
    assert!(test(server.program(), &id).await.contains("refused_address"));
    // A list of other networks opens neither the name nor plain http to it.
    let listed = server.program().clone().env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "10.0.0.0/8,::2");
    for url in [url, format!("http://localhost:{port}/hook")] {
        let id = add(&listed, &cms.tenant, &url).await.unwrap();
        assert!(test(&listed, &id).await.contains("refused_address"), "{url}");
    }
    assert!(victim.rest().is_empty());
}

#[tokio::test]
async fn s45_a_redirect_to_the_metadata_service_is_not_followed() {
    let here = Program::new(SERVER).env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
    let server = ServerProcess::start(here).await;
    let cms = server.relying_party("Case Management").await;
    let mut receiver = Receiver::start().await;
    receiver.always(Behaviour::Header(302, "Location: http://169.254.169.254/latest/meta-data/".to_owned()));
    let id = add(server.program(), &cms.tenant, &receiver.url()).await.unwrap();
    let said = test(server.program(), &id).await;
    assert!(said.contains("status 302") && said.contains("redirect"), "{said}");
    receiver.next().await;
}

#[tokio::test]
async fn s45_what_the_operator_no_longer_lists_is_no_longer_called() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let mut victim = Receiver::start().await;
    let listed = server.program().clone().env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8");
    let id = add(&listed, &cms.tenant, &victim.url()).await.unwrap();
    assert!(test(server.program(), &id).await.contains("refused_address"));
    assert!(victim.rest().is_empty());
    assert_eq!(listed.json(&["webhook", "test", &id]).await["status"], 204);
    assert_eq!(victim.next().await.json()["event"], "mfa.ping");
}

#[tokio::test]
async fn s45_no_proxy_of_the_environment_is_asked() {
    let mut proxy = Receiver::start().await;
    let proxied = format!("http://{}", proxy.address);
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let mut receiver = Receiver::start().await;
    let program = server
        .program()
        .clone()
        .env("COUNTERSIGN_WEBHOOK_ALLOW_NETWORKS", "127.0.0.0/8")
        .env("http_proxy", &proxied)
        .env("HTTP_PROXY", &proxied)
        .env("ALL_PROXY", &proxied);
    let id = add(&program, &cms.tenant, &receiver.url()).await.unwrap();
    program.json(&["webhook", "test", &id]).await;
    receiver.next().await;
    assert!(proxy.rest().is_empty());
}
