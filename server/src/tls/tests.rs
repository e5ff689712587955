use super::*;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SignatureAlgorithm};

const NOW: i64 = 1_773_398_652_000;
const DAY: i64 = 24 * 3600 * 1000;

fn write(dir: &Path, names: &[&str], algorithm: &'static SignatureAlgorithm) -> Tls {
    let mut params =
        CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    let key = KeyPair::generate_for(algorithm).unwrap();
    let tls = Tls { cert: dir.join("cert.pem"), key: dir.join("key.pem") };
    std::fs::write(&tls.cert, params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(&tls.key, key.serialize_pem()).unwrap();
    tls
}

/// A configuration that works, for tests of the listener.
pub(crate) fn server_config() -> Arc<ServerConfig> {
    let dir = tempfile::tempdir().unwrap();
    let tls = write(dir.path(), &["localhost"], &PKCS_ECDSA_P256_SHA256);
    super::server_config(Arc::new(Certificate::load(tls, "https://localhost").unwrap())).unwrap()
}

#[test]
fn a_certificate_is_judged_by_its_dates_and_name() {
    let dir = tempfile::tempdir().unwrap();
    let tls = write(dir.path(), &["mfa.example.org", "*.wild.example", "192.0.2.7"], &PKCS_ECDSA_P256_SHA256);
    let concerns = |url: &str, now| Certificate::load(tls.clone(), url).unwrap().concerns(now);
    let end = Certificate::load(tls.clone(), "").unwrap().until();
    assert_eq!(end, 1_798_761_600_000);
    for url in ["https://mfa.example.org/base", "https://a.wild.example:8443", "https://192.0.2.7"] {
        assert_eq!(concerns(url, NOW), [], "{url}");
    }
    let url = "https://mfa.example.org";
    assert_eq!(concerns(url, end - 14 * DAY), []);
    assert_eq!(concerns(url, end - 14 * DAY + 1), [Concern::Soon(end)]);
    assert_eq!(concerns(url, end + 1), [Concern::Expired(end)]);
    assert_eq!(concerns(url, NOW - 365 * DAY), [Concern::NotYet(1_767_225_600_000)]);
    for (url, host) in [
        ("https://example.org", "example.org"),
        ("https://a.b.wild.example", "a.b.wild.example"),
        ("https://192.0.2.8", "192.0.2.8"),
        ("https://[2001:db8::1]", "[2001:db8::1]"),
    ] {
        assert_eq!(concerns(url, NOW), [Concern::Name(host.to_owned())]);
    }
    assert!(Concern::Expired(end).is_fatal() && !Concern::Soon(end).is_fatal());
    assert!(Concern::Soon(end).to_string().contains("2027-01-01T00:00:00Z"));
}

#[test]
fn what_is_wrong_with_which_file_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let tls = write(dir.path(), &["a.example"], &PKCS_ED25519);
    let load = || Certificate::load(tls.clone(), "https://a.example");
    assert!(load().is_ok());
    let (cert, key) = (std::fs::read(&tls.cert).unwrap(), std::fs::read(&tls.key).unwrap());
    let other = KeyPair::generate().unwrap().serialize_pem();
    let (cert_file, key_file) = (tls.cert.clone(), tls.key.clone());
    std::fs::write(&tls.key, other).unwrap();
    assert_eq!(load().unwrap_err(), TlsError::Mismatch(cert_file.clone(), key_file.clone()));
    for content in [&b""[..], b"garbage", &key[..key.len() / 2], &cert] {
        std::fs::write(&tls.key, content).unwrap();
        assert_eq!(load().unwrap_err(), TlsError::NoKey(key_file.clone()));
    }
    std::fs::write(&tls.key, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    assert!(matches!(load().unwrap_err(), TlsError::BadKey(path, _) if path == key_file));
    std::fs::remove_file(&tls.key).unwrap();
    assert!(matches!(load().unwrap_err(), TlsError::File(path, _) if path == key_file));
    std::fs::write(&tls.key, &key).unwrap();
    for content in [&b""[..], b"garbage", &key] {
        std::fs::write(&tls.cert, content).unwrap();
        assert_eq!(load().unwrap_err(), TlsError::NoCertificate(cert_file.clone()));
    }
    for content in [
        &cert[..cert.len() / 2],
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&tls.cert, content).unwrap();
        let error = load().unwrap_err();
        let (bad, none) = (
            TlsError::BadCertificate(cert_file.clone(), String::new()),
            TlsError::NoCertificate(cert_file.clone()),
        );
        let same = |a: &TlsError| std::mem::discriminant(&error) == std::mem::discriminant(a);
        assert!(same(&bad) || same(&none), "{error}");
    }
}

#[test]
fn a_bad_new_file_keeps_the_certificate_from_before() {
    let dir = tempfile::tempdir().unwrap();
    let tls = write(dir.path(), &["a.example"], &PKCS_ECDSA_P256_SHA256);
    let certificate = Certificate::load(tls.clone(), "https://a.example").unwrap();
    let shown = || certificate.current().certified.cert.clone();
    let first = shown();
    assert!(!certificate.is_stale());
    let whole = std::fs::read(&tls.cert).unwrap();
    std::fs::write(&tls.cert, &whole[..whole.len() - 40]).unwrap();
    assert!(certificate.is_stale() && certificate.reload().is_err());
    assert_eq!(shown(), first);
    std::fs::write(&tls.cert, &whole).unwrap();
    assert!(!certificate.is_stale() && certificate.reload().is_ok());
    write(dir.path(), &["a.example"], &PKCS_ED25519);
    assert!(certificate.is_stale() && certificate.reload().is_ok());
    assert_ne!(shown(), first);
}
