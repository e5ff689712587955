//! The configuration as files and variables give it.

use super::*;

fn from_text(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("c.toml");
    std::fs::write(&path, text).unwrap();
    let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::load(Some(&path), environment)
}

#[test]
fn the_environment_goes_over_the_file() {
    let config = from_text("log = \"warn\"\n", &[("COUNTERSIGN_LOG", "debug"), ("HOME", "/x")]).unwrap();
    assert_eq!(config.log, "debug");
    let config = from_text("", &[("COUNTERSIGN_SHUTDOWN_GRACE", "3")]).unwrap();
    assert_eq!(config.shutdown_grace, 3);
    let digits =
        from_text("", &[("COUNTERSIGN_DATA_DIR", "123"), ("COUNTERSIGN_VAULT", "/x/vault")]).unwrap();
    assert_eq!(digits.data_dir, PathBuf::from("123"));
    assert!(from_text("", &[("COUNTERSIGN_SHUTDOWN_GRACE", "soon")]).is_err());
}

#[test]
fn the_environment_reaches_into_tables_and_lists() {
    let file = "[tls]\ncert = \"/a\"\nkey = \"/b\"\n";
    let config = from_text(file, &[("COUNTERSIGN_TLS_KEY", "/c")]).unwrap();
    assert_eq!(config.tls, Some(Tls { cert: "/a".into(), key: "/c".into() }));
    let both = [("COUNTERSIGN_TLS_CERT", "/a"), ("COUNTERSIGN_TLS_KEY", "/b")];
    assert_eq!(from_text("", &both).unwrap().tls, Some(Tls { cert: "/a".into(), key: "/b".into() }));
    let half = from_text("", &both[..1]).unwrap_err().to_string();
    assert!(half.contains("key"), "{half}");
    assert!(from_text("tls = 5", &both).unwrap_err().to_string().contains("tls"));
    let proxies = from_text("", &[("COUNTERSIGN_TRUSTED_PROXIES", "10.0.0.0/8, ::1")]).unwrap();
    assert!(proxies.trusted_proxies.contains("10.1.1.1".parse().unwrap()));
    assert!(proxies.trusted_proxies.contains("::1".parse().unwrap()));
    let wrong = from_text("", &[("COUNTERSIGN_TRUSTED_PROXIES", "10.0.0.1/8")]).unwrap_err().to_string();
    assert!(wrong.contains("trusted_proxies") && wrong.contains("10.0.0.0/8"), "{wrong}");
}

#[test]
fn a_key_that_is_gone_says_what_to_write_instead() {
    let error = from_text("behind_proxy = true", &[]).unwrap_err().to_string();
    assert!(error.contains("trusted_proxies"), "{error}");
    assert!(from_text("", &[("COUNTERSIGN_BEHIND_PROXY", "false")]).is_err());
}

#[test]
fn unknown_keys_are_refused_wherever_they_come_from() {
    let error = from_text("lisen = \"127.0.0.1:1\"", &[]).unwrap_err().to_string();
    assert!(error.contains("lisen") && error.contains("listen"), "{error}");
    assert!(
        from_text("", &[("COUNTERSIGN_LISEN", "127.0.0.1:1")]).unwrap_err().to_string().contains("lisen")
    );
}

#[test]
fn plain_http_stays_on_this_machine() {
    assert!(from_text("listen = \"0.0.0.0:80\"", &[]).is_err());
    let proxy = "listen = \"0.0.0.0:80\"\ntrusted_proxies = [\"10.0.0.0/8\"]";
    assert!(from_text(proxy, &[]).unwrap_err().to_string().contains("public_url"));
    let everybody = format!("{proxy}\npublic_url = \"https://a.example\"").replace("10.0.0.0/8", "::/0");
    assert!(from_text(&everybody, &[]).unwrap_err().to_string().contains("trusted_proxies"));
    assert!(from_text("public_url = \"http://mfa.example.org\"", &[]).is_err());
    let behind = format!("{proxy}\npublic_url = \"https://mfa.example.org/\"");
    let config = from_text(&behind, &[]).unwrap();
    assert_eq!(config.server_id(config.listen).unwrap(), "https://mfa.example.org");
    let tls = behind.replace("trusted_proxies = [\"10.0.0.0/8\"]", "") + "\n[tls]\ncert = \"a\"\nkey = \"b\"";
    assert!(from_text(&tls, &[]).is_ok());
    let here = from_text("[tls]\ncert = \"a\"\nkey = \"b\"", &[]).unwrap();
    assert_eq!(here.server_id(here.listen).unwrap(), "https://127.0.0.1:8480");
}

#[test]
fn what_others_reach_is_production_unless_somebody_says_otherwise() {
    let environment = |text: &str| from_text(text, &[]).unwrap().environment();
    let proxy = "trusted_proxies = [\"10.0.0.0/8\"]\n";
    for (text, expected) in [
        ("", Environment::Development),
        ("public_url = \"https://localhost:8480\"", Environment::Development),
        ("public_url = \"https://[::1]:8480\"", Environment::Development),
        ("public_url = \"https://mfa.example.org\"", Environment::Production),
        ("environment = \"production\"", Environment::Production),
        ("public_url = \"https://mfa.example.org\"\nenvironment = \"development\"", Environment::Development),
    ] {
        assert_eq!(environment(&format!("{proxy}{text}")), expected, "{text}");
    }
    assert!(from_text("environment = \"test\"", &[]).is_err());
}

#[test]
fn addresses_for_monitoring_are_checked() {
    let same = "listen = \"127.0.0.1:9000\"\nmetrics_listen = \"127.0.0.1:9000\"";
    assert!(from_text(same, &[]).unwrap_err().to_string().contains("metrics_listen"));
    assert!(from_text("otlp_endpoint = \"http://127.0.0.1:4318\"", &[]).is_ok());
    for wrong in ["127.0.0.1:4318", "grpc://c:4317", "http://u:p@c:4318", "http://c:4318?a=b"] {
        let error = from_text(&format!("otlp_endpoint = \"{wrong}\""), &[]).unwrap_err().to_string();
        assert!(error.contains("otlp_endpoint"), "{wrong}: {error}");
    }
}

#[test]
fn s38_a_line_that_is_no_toml_is_named_and_not_shown() {
    let text = "log = \"info\"\ndatabase_url = \"postgres://us:hunter2@db/x\n";
    let error = text.parse::<toml::Table>().unwrap_err();
    let said = unreadable(text, &error);
    assert!(said.starts_with("line 2: ") && !said.contains("hunter2"), "{said}");
}

#[test]
fn the_example_names_every_key_with_its_default() {
    let example = include_str!("../../../deploy/countersign.example.toml");
    // As it stands, everything is commented out and so the defaults hold; without the marks it must say the same.
    let uncommented: String = example
        .lines()
        .map(|l| l.strip_prefix("#").filter(|l| !l.starts_with(' ')).unwrap_or(""))
        .fold(String::new(), |all, line| all + line + "\n");
    let mut config = from_text(&uncommented, &[]).unwrap();
    assert_eq!(config.public_url.take().as_deref(), Some("http://127.0.0.1:8480"));
    assert_eq!(config.environment.take(), Some(Environment::Development));
    // These have no default; what the example shows for them is an example.
    assert!(config.metrics_listen.take().is_some() && config.otlp_endpoint.take().is_some());
    assert!(config.places_file.take().is_some());
    assert!(config.tls.take().is_some() && !config.trusted_proxies.is_empty());
    assert!(config.database_url.take().is_some() && config.database_ca.take().is_some());
    config.trusted_proxies = Networks::default();
    assert!(!config.webhook_allow_networks.is_empty());
    config.webhook_allow_networks = Networks::default();
    let attestation = std::mem::take(&mut config.attestation);
    assert!(!attestation.android_roots.is_empty() && attestation.android_revoked.is_some());
    assert!(!attestation.apple_roots.is_empty() && !attestation.apple_apps.is_empty());
    assert_eq!(config, Config::default());
    let keys = uncommented.parse::<toml::Table>().unwrap();
    // The error for an unknown key lists all that there are.
    let all = from_text("nothing = 1", &[]).unwrap_err().to_string();
    let (_, expected) = all.split_once("expected one of").unwrap();
    let expected: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    assert!(expected.len() >= 10, "{all}");
    for key in expected {
        assert!(keys.contains_key(key), "deploy/countersign.example.toml does not have {key}");
    }
    assert_eq!(from_text(example, &[]).unwrap(), Config::default());
}
