//! Whose word on keys the operator believes: roots, apps and revoked certificates, read from files when the server starts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use countersign_protocol::attestation::certificate::Certificate;
use ring::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Deserialize;

use crate::config::{AttestationConfig, Environment};

/// What is believed. Nothing unless the operator says so.
#[derive(Debug, Default)]
pub struct Trust {
    pub(super) android: Option<AndroidTrust>,
    pub(super) apple: Option<AppleTrust>,
}

/// For Android's key attestation.
#[derive(Debug)]
pub(super) struct AndroidTrust {
    /// In DER.
    pub(super) roots: Vec<Vec<u8>>,
    /// Names of packages; empty: any.
    pub(super) packages: Vec<Vec<u8>>,
    /// SHA-256 of the certificates that apps are signed with; empty: any.
    pub(super) signatures: Vec<Vec<u8>>,
    /// Serial numbers, without zeros in front.
    pub(super) revoked: BTreeSet<Vec<u8>>,
}

/// For App Attest.
#[derive(Debug)]
pub(super) struct AppleTrust {
    /// In DER.
    pub(super) roots: Vec<Vec<u8>>,
    /// SHA-256 of the apps' ids.
    pub(super) apps: Vec<Vec<u8>>,
    /// Whether apps that their makers try out are believed too.
    pub(super) development: bool,
}

/// What the operator named cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, String),
    /// A file of roots is none.
    #[error("{0} must hold certificates in PEM (-----BEGIN CERTIFICATE-----), and only such")]
    Roots(PathBuf),
    /// The list of revoked certificates is none.
    #[error(
        "{0} must be Google's list of revoked certificates, as https://android.googleapis.com/attestation/status gives it"
    )]
    Revoked(PathBuf),
    /// A digest of an app's signature is none.
    #[error(
        "android_signatures: `{0}` must be a SHA-256 in hex, as `apksigner verify --print-certs` shows it"
    )]
    Signature(String),
    /// Roots of Apple without an app.
    #[error(
        "apple_roots needs apple_apps: the app's team, a dot and its bundle, such as A1B2C3D4E5.org.example.app"
    )]
    NoApp,
}

/// Google's list.
#[derive(Deserialize)]
struct Status {
    entries: std::collections::BTreeMap<String, serde::de::IgnoredAny>,
}

impl Trust {
    /// Reads what the operator named.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn open(config: &AttestationConfig, environment: Environment) -> Result<Self, TrustError> {
        let bytes = |text: &String| text.as_bytes().to_vec();
        let android = AndroidTrust {
            roots: roots(&config.android_roots)?,
            packages: config.android_packages.iter().map(bytes).collect(),
            signatures: config
                .android_signatures
                .iter()
                .map(|text| signature(text))
                .collect::<Result<_, _>>()?,
            revoked: config.android_revoked.as_deref().map(revoked).transpose()?.unwrap_or_default(),
        };
        let apple = AppleTrust {
            roots: roots(&config.apple_roots)?,
            apps: config
                .apple_apps
                .iter()
                .map(|app| digest(&SHA256, app.as_bytes()).as_ref().to_vec())
                .collect(),
            development: environment == Environment::Development,
        };
        if !apple.roots.is_empty() && apple.apps.is_empty() {
            return Err(TrustError::NoApp);
        }
        Ok(Self {
            android: Some(android).filter(|android| !android.roots.is_empty()),
            apple: Some(apple).filter(|apple| !apple.roots.is_empty()),
        })
    }

    /// How many roots there are for Android and for Apple, and how many revoked certificates are known.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let android = self.android.as_ref();
        (
            android.map_or(0, |android| android.roots.len()),
            self.apple.as_ref().map_or(0, |apple| apple.roots.len()),
            android.map_or(0, |android| android.revoked.len()),
        )
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TrustError> {
    std::fs::read(path).map_err(|error| TrustError::File(path.to_owned(), error.to_string()))
}

fn roots(files: &[PathBuf]) -> Result<Vec<Vec<u8>>, TrustError> {
    let mut roots = Vec::new();
    for path in files {
        let no_roots = || TrustError::Roots(path.clone());
        let pem = read(path)?;
        let all: Vec<_> =
            CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|_| no_roots())?;
        if all.is_empty() || all.iter().any(|der| Certificate::read(der).is_none()) {
            return Err(no_roots());
        }
        roots.extend(all.into_iter().map(|der| der.as_ref().to_vec()));
    }
    Ok(roots)
}

fn revoked(path: &Path) -> Result<BTreeSet<Vec<u8>>, TrustError> {
    let wrong = || TrustError::Revoked(path.to_owned());
    let status: Status = serde_json::from_slice(&read(path)?).map_err(|_| wrong())?;
    status
        .entries
        .keys()
        .map(|serial| {
            hex(&format!("{serial:0>width$}", width = serial.len().next_multiple_of(2)))
                .map(|bytes| bytes.into_iter().skip_while(|byte| *byte == 0).collect())
        })
        .collect::<Option<_>>()
        .ok_or_else(wrong)
}

fn signature(text: &str) -> Result<Vec<u8>, TrustError> {
    hex(&text.replace(':', ""))
        .filter(|bytes| bytes.len() == 32)
        .ok_or(TrustError::Signature(text.to_owned()))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let pairs =
        text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2));
    pairs.map(|pair| u8::from_str_radix(pair.filter(|pair| !pair.starts_with('+'))?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dir: &tempfile::TempDir, name: &str, content: &str) -> PathBuf {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn open(config: &AttestationConfig) -> Result<Trust, TrustError> {
        Trust::open(config, Environment::Production)
    }

    #[test]
    fn nothing_is_believed_unless_the_operator_says_so() {
        let trust = open(&AttestationConfig::default()).unwrap();
        assert!(trust.android.is_none() && trust.apple.is_none());
        assert_eq!(trust.counts(), (0, 0, 0));
    }

    #[test]
    fn files_that_cannot_be_used_are_refused_with_what_is_needed() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing.pem");
        let refusal = |config: AttestationConfig| open(&config).unwrap_err().to_string();
        let roots =
            |path: PathBuf| AttestationConfig { android_roots: vec![path], ..AttestationConfig::default() };
        assert!(refusal(roots(missing)).contains("cannot be read"));
        for content in ["", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"] {
            assert!(refusal(roots(file(&dir, "roots.pem", content))).contains("in PEM"), "{content}");
        }
        for content in ["[]", "{\"entries\": {\"xyz\": {}}}", "{\"entries\": {\"+1\": {}}}"] {
            let android_revoked = Some(file(&dir, "status.json", content));
            let config = AttestationConfig { android_revoked, ..AttestationConfig::default() };
            assert!(refusal(config).contains("attestation/status"), "{content}");
        }
        let android_signatures = vec!["ab".to_owned()];
        assert!(refusal(AttestationConfig { android_signatures, ..Default::default() }).contains("SHA-256"));
    }

    #[test]
    fn googles_list_is_read_as_it_is_published() {
        let dir = tempfile::tempdir().unwrap();
        let list = r#"{"entries": {"2c8cdddfd5e03bfc": {"status": "REVOKED", "reason": "KEY_COMPROMISE"}, "c8966": {"status": "SUSPENDED"}}}"#;
        let read = revoked(&file(&dir, "status.json", list)).unwrap();
        assert!(read.contains(&[0x2c, 0x8c, 0xdd, 0xdf, 0xd5, 0xe0, 0x3b, 0xfc][..]));
        assert!(read.contains(&[0x0c, 0x89, 0x66][..]) && read.len() == 2);
        let colons = vec!["ab"; 32].join(":");
        assert_eq!(signature(&colons), Ok(vec![0xab; 32]));
    }
}
