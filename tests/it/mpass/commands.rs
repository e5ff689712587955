//! `channel`: the operator's commands, beside a running server.

use countersign_tests::http::{self, Request};
use countersign_tests::server_process::ServerProcess;
use serde_json::json;

use super::{DENIED, REJECT};
use crate::server;

async fn verify(server: &ServerProcess, key: &str) -> String {
    let target = format!("/mpass-web/rest/mv/verify?apikey={key}&dest=%2B966501234567&otp=123456");
    http::send(server.address, &Request::new("GET", &target)).await.text()
}

#[tokio::test]
async fn a_channel_is_made_shown_rotated_changed_and_disabled() {
    let server = server().await;
    let tenant = server.relying_party("Example Clinic").await.tenant;
    let run = async |arguments: &[&str]| server.program().json(&[&["channel"], arguments].concat()).await;
    let create =
        ["create", "--tenant", &tenant, "--name", "Clinic", "--cidr", "127.0.0.1", "--cidr", "10.0.0.0/8"];
    let made = run(&[&create[..], &["--country", "sa"]].concat()).await;
    let (id, key) = (made["channel_id"].as_str().unwrap(), made["api_key"].as_str().unwrap());
    assert!(id.starts_with("chan_") && key.starts_with(&format!("cs_channel_{}_", &id[5..])), "{made}");
    assert_eq!(verify(&server, key).await, REJECT);

    let shown = run(&["list", "--tenant", &tenant]).await;
    assert_eq!((&shown["channel_id"], &shown["name"]), (&made["channel_id"], &json!("Clinic")));
    assert_eq!(shown["networks"], json!(["127.0.0.1/32", "10.0.0.0/8"]));
    assert_eq!(
        (&shown["country"], &shown["active"], &shown["old_key_until"]),
        (&json!("SA"), &json!(true), &json!(null))
    );
    assert!(shown["last_used_at"].is_string() && !shown.to_string().contains(key), "{shown}");
    let prefix = shown["key_prefix"].as_str().unwrap();
    assert!(key.starts_with(prefix) && prefix.len() < key.len() - 30);

    let rotated = run(&["rotate", "--channel", id, "--old-ends-in", "7d"]).await;
    let new = rotated["api_key"].as_str().unwrap();
    assert!(rotated["old_key_until"].is_string());
    assert_eq!([verify(&server, key).await, verify(&server, new).await], [REJECT; 2]);
    let third = server.program().run(&["channel", "rotate", "--channel", id]).await;
    assert!(third.code != Some(0) && third.stderr.contains("--now"), "{third:?}");
    let newest = run(&["rotate", "--channel", id, "--now"]).await;
    assert_eq!(newest["old_key_until"], json!(null));
    assert_eq!([verify(&server, key).await, verify(&server, new).await], [DENIED; 2]);
    let newest = newest["api_key"].as_str().unwrap();

    run(&["set", "--channel", id, "--cidr", "192.0.2.7"]).await;
    assert_eq!(verify(&server, newest).await, DENIED);
    let set = run(&["set", "--channel", id, "--cidr", "127.0.0.0/8", "--country", "none"]).await;
    assert_eq!((&set["networks"], &set["country"]), (&json!(["127.0.0.0/8"]), &json!(null)));
    assert_eq!(verify(&server, newest).await, REJECT);
    run(&["disable", "--channel", id]).await;
    assert_eq!(verify(&server, newest).await, DENIED);
    assert_eq!(run(&["list", "--tenant", &tenant]).await["active"], json!(false));
    run(&["enable", "--channel", id]).await;
    assert_eq!(verify(&server, newest).await, REJECT);
}

#[tokio::test]
async fn what_is_wrong_with_a_command_is_said() {
    let server = server().await;
    let tenant = server.relying_party("Example Clinic").await.tenant;
    let nobody = format!("chan_{}{}", &tenant[4..], "0".repeat(26));
    let create = ["channel", "create", "--tenant", &tenant, "--name", "Clinic"];
    for (arguments, said) in [
        (create.to_vec(), "--cidr"),
        ([&create[..], &["--cidr", "0.0.0.0/0"]].concat(), "the whole Internet"),
        ([&create[..], &["--cidr", "10.1.2.3/8"]].concat(), "10.0.0.0/8"),
        ([&create[..], &["--cidr", "192.0.2.7", "--country", "Arabia"]].concat(), "two letters"),
        (vec!["channel", "rotate", "--channel", "app_x"], "chan_"),
        (vec!["channel", "rotate", "--channel", &nobody], "channel list"),
        (vec!["channel", "disable", "--channel", &nobody], "channel list"),
        (vec!["channel", "set", "--channel", &nobody], "--cidr"),
        (vec!["channel", "set", "--channel", &nobody, "--country", "SA"], "channel list"),
    ] {
        let ended = server.program().run(&arguments).await;
        assert!(ended.code != Some(0) && ended.stderr.contains(said), "{arguments:?}: {ended:?}");
    }
}
