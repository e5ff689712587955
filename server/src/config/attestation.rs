//! `[attestation]`: whose word on where phones keep their keys is believed. The files are read when the server starts.

use std::path::PathBuf;

use serde::Deserialize;

/// What the operator names. Nothing is believed unless there are roots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttestationConfig {
    /// Files of roots (PEM) that may vouch for Android's keys: Google's.
    pub android_roots: Vec<PathBuf>,
    /// The names of the packages that may have made them; any unless given.
    pub android_packages: Vec<String>,
    /// SHA-256 in hex of the certificates that those are signed with; any unless given.
    pub android_signatures: Vec<String>,
    /// Google's list of certificates that were taken back, as the operator fetched it.
    pub android_revoked: Option<PathBuf>,
    /// Files of roots (PEM) that may vouch for apps on iOS: Apple's.
    pub apple_roots: Vec<PathBuf>,
    /// Those apps: team, dot, bundle. Needed with `apple_roots`.
    pub apple_apps: Vec<String>,
}
