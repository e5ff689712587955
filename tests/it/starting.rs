//! Starting, and not starting: exit codes, and a sentence that says what to do.

use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;

use countersign_tests::server_process::{Ended, Program, ServerProcess};
use serde_json::Value;

use crate::{SERVER, server, server_to_restart};

fn program(data_dir: &Path) -> Program {
    Program::new(SERVER)
        .env("COUNTERSIGN_DATA_DIR", data_dir)
        .env("COUNTERSIGN_LISTEN", "127.0.0.1:0")
        .env("COUNTERSIGN_LOG", "off")
}

/// The sentence on standard error, for a person and for a program alike.
async fn fails(program: &Program, arguments: &[&str], code: i32) -> String {
    let Ended { code: found, stdout, stderr } = program.run(arguments).await;
    assert_eq!((found, stdout.as_str()), (Some(code), ""), "{stderr}");
    let sentence = stderr.trim_end().strip_prefix("countersign-server: ").unwrap_or(&stderr).to_owned();
    assert!(!sentence.contains("panicked") && sentence.len() > 20, "{stderr}");
    let json = program.run(&[arguments, &["--json"]].concat()).await;
    let object: Value = serde_json::from_str(&json.stderr).unwrap_or_else(|_| panic!("{}", json.stderr));
    assert_eq!((object["exit"].as_i64(), json.code), (Some(code.into()), Some(code)));
    assert_eq!(object["error"].as_str().unwrap().trim_end(), sentence);
    sentence
}

#[tokio::test]
async fn a_port_in_use_is_exit_3_and_names_the_port() {
    let running = server().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let second = program(elsewhere.path()).env("COUNTERSIGN_LISTEN", running.address.to_string());
    let sentence = fails(&second, &["serve"], 3).await;
    assert!(sentence.contains(&running.address.to_string()) && sentence.contains("Set listen"), "{sentence}");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_exit_4() {
    let running = server().await;
    let sentence = fails(&program(running.data_dir()), &["serve"], 4).await;
    assert!(sentence.contains("another server is already using"), "{sentence}");
    assert!(sentence.contains(running.data_dir().to_str().unwrap()), "{sentence}");
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_one_is_exit_4() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    for path in [file.clone(), file.join("below")] {
        for arguments in [["serve", "--"].split_at(1).0, &["tenant", "create", "--name", "X"]] {
            let sentence = fails(&program(&path), arguments, 4).await;
            assert!(sentence.contains(path.to_str().unwrap()), "{sentence}");
            assert!(sentence.contains("data_dir"), "{sentence}");
        }
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"in the way");
}

#[tokio::test]
async fn a_database_without_its_master_key_is_exit_4_and_no_new_key_is_made() {
    let mut server = server().await;
    server.relying_party("Case Management").await;
    server.terminate().await;
    let key = server.data_dir().join("master.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    for arguments in [&["serve"][..], &["tenant", "create", "--name", "X"]] {
        let sentence = fails(&program(server.data_dir()), arguments, 4).await;
        assert!(sentence.contains("master.key") && sentence.contains("backup"), "{sentence}");
        assert!(!key.exists());
    }
    std::fs::write(&key, "not a key").unwrap();
    let sentence = fails(&program(server.data_dir()), &["serve"], 4).await;
    assert!(sentence.contains("is not a master key"), "{sentence}");
    std::fs::write(&key, kept).unwrap();
    server.restart().await;
}

#[tokio::test]
async fn a_database_that_is_none_is_exit_4_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    program(&data).json(&["tenant", "create", "--name", "X"]).await;
    let database = data.join("countersign.db");
    let garbage = b"This is not a database.".repeat(500);
    std::fs::write(&database, &garbage).unwrap();
    let sentence = fails(&program(&data), &["serve"], 4).await;
    assert!(sentence.contains("countersign.db"), "{sentence}");
    assert_eq!(std::fs::read(&database).unwrap(), garbage);
}

#[tokio::test]
async fn another_master_key_opens_nothing_and_is_said() {
    let mut server = server_to_restart().await;
    let cms = server.relying_party("Case Management").await;
    cms.enroll("sam").await;
    server.terminate().await;
    let key = server.data_dir().join("master.key");
    std::fs::write(&key, "A".repeat(43) + "=").unwrap();
    server.restart().await;
    let refused = cms.post("/api/v1/users/enroll", &serde_json::json!({"user_ref": "sam"})).await;
    assert_eq!(refused.refusal(), (500, "internal_error".to_owned()));
    assert!(!refused.text().contains("key"), "{}", refused.text());
    let log = server.terminate().await;
    assert!(log.contains("another master key"), "{log}");
}

#[tokio::test]
async fn a_configuration_that_cannot_be_used_is_exit_2_and_names_the_key() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("countersign.toml");
    let path = file.to_str().unwrap();
    for (content, named) in [
        ("lisen = \"127.0.0.1:1\"", "lisen"),
        ("listen = 8480", "listen"),
        ("listen = \"0.0.0.0:8480\"", "trusted_proxies"),
        ("listen = \"0.0.0.0:8480\"\ntrusted_proxies = [\"10.0.0.0/8\"]", "public_url"),
        ("behind_proxy = true", "trusted_proxies"),
        ("public_url = \"http://mfa.example.org\"", "public_url"),
        ("public_url = \"ftp://mfa.example.org\"", "public_url"),
        ("shutdown_grace = 301", "shutdown_grace"),
        ("log_format = \"xml\"", "log_format"),
        ("listen = ", "countersign.toml"),
    ] {
        std::fs::write(&file, content).unwrap();
        for arguments in [&["serve", "--config", path][..], &["config", "check", "--config", path]] {
            let sentence = fails(&Program::new(SERVER), arguments, 2).await;
            assert!(sentence.contains(named), "{content}: {sentence}");
        }
    }
    let missing = home.path().join("missing.toml");
    let sentence = fails(&Program::new(SERVER), &["serve", "--config", missing.to_str().unwrap()], 2).await;
    assert!(sentence.contains("missing.toml"), "{sentence}");
    let environment = program(home.path()).env("COUNTERSIGN_LISEN", "127.0.0.1:1");
    assert!(fails(&environment, &["serve"], 2).await.contains("lisen"));
}

#[tokio::test]
async fn commands_that_ask_for_what_is_not_there_are_exit_1() {
    let home = tempfile::tempdir().unwrap();
    let program = program(home.path());
    let nobody = "ten_00000000000000000000000000";
    let made = program.json(&["tenant", "create", "--name", "X"]).await;
    let tenant = made["tenant_id"].as_str().unwrap();
    for (arguments, named) in [
        (vec!["application", "create", "--tenant", nobody, "--name", "A"], "tenant create"),
        (vec!["application", "create", "--tenant", "x", "--name", "A"], "ten_"),
        (vec!["application", "create", "--tenant", tenant, "--name", "A", "--color", "red"], "#3b5bdb"),
        (vec!["application", "create", "--tenant", tenant, "--name", ""], "name"),
        (vec!["tenant", "create", "--name", "X", "--answer-window", "29"], "30 to 600"),
        (vec!["tenant", "rotate-key", "--tenant", nobody], "tenant create"),
        (vec!["user", "create", "--tenant", nobody, "--user-ref", "sam"], "tenant create"),
        (vec!["user", "create", "--tenant", tenant, "--user-ref", " "], "user_ref"),
    ] {
        let sentence = fails(&program, &arguments, 1).await;
        assert!(sentence.contains(named), "{arguments:?}: {sentence}");
    }
    let usage = program.run(&["no-such-command"]).await;
    assert_eq!(usage.code, Some(2));
}

#[tokio::test]
async fn an_environment_variable_that_is_no_text_keeps_nobody_from_starting() {
    let bytes = std::ffi::OsString::from_vec(vec![0xff, 0xfe]);
    let strange = Program::new(SERVER).env("SOMEBODY_ELSES", bytes.clone());
    ServerProcess::start(strange).await.terminate().await;
    let home = tempfile::tempdir().unwrap();
    let ours = program(home.path()).env("COUNTERSIGN_LOG", bytes);
    assert!(fails(&ours, &["serve"], 2).await.contains("log"));
}

#[tokio::test]
async fn a_link_issued_by_command_enrols_while_the_server_runs() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let arguments = ["user", "create", "--tenant", &cms.tenant, "--user-ref", "sam", "--enroll"];
    let made = server.program().json(&arguments).await;
    let phone = countersign_tests::phone::Phone::new();
    phone.enroll(made["enrollment_url"].as_str().unwrap()).await;
    let drawn = server.program().run(&arguments).await;
    assert!(drawn.stdout.contains('▀') && drawn.stdout.contains(&server.url()), "{}", drawn.stdout);
    assert_eq!(cms.devices("sam").await.len(), 1);
}

#[tokio::test]
async fn a_command_with_another_address_in_its_configuration_speaks_as_the_server_does() {
    let server = server().await;
    let cms = server.relying_party("Case Management").await;
    let elsewhere = server
        .program()
        .clone()
        .env("COUNTERSIGN_LISTEN", "127.0.0.1:1")
        .env("COUNTERSIGN_PUBLIC_URL", "https://mfa.example.org");
    elsewhere.json(&["tenant", "rotate-key", "--tenant", &cms.tenant]).await;
    let made =
        elsewhere.json(&["user", "create", "--tenant", &cms.tenant, "--user-ref", "sam", "--enroll"]).await;
    let phone = countersign_tests::phone::Phone::new();
    phone.enroll(made["enrollment_url"].as_str().unwrap()).await;
    let session = cms.ask("sam").await;
    phone.core.approve(session.challenge(), None).await.unwrap();
    assert_eq!(cms.status(&session).await, "approved");
}

#[tokio::test]
async fn only_the_owner_can_read_the_data_directory() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    program(&data).json(&["tenant", "create", "--name", "X"]).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join("master.key"))), (0o700, 0o600));
}
