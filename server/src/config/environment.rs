//! `COUNTERSIGN_…` variables as settings: `COUNTERSIGN_LISTEN` is `listen`, `COUNTERSIGN_TLS_CERT` is `cert` in
//! `[tls]`. Variables are text; the few settings that are not are read as what they are.

use toml::{Table, Value};

/// What begins the name of an environment variable of ours.
const PREFIX: &str = "COUNTERSIGN_";
/// The one with that beginning that belongs to the terminal authenticator: whoever runs both on one machine has it set.
const NOT_OURS: &str = "COUNTERSIGN_VAULT";
/// Tables within the configuration. A variable whose name begins with one of them belongs into it.
const SECTIONS: [&str; 2] = ["tls", "attestation"];
/// Settings that are lists: in a variable, with commas between.
const LISTS: [&str; 7] = [
    "trusted_proxies",
    "webhook_allow_networks",
    "attestation_android_roots",
    "attestation_android_packages",
    "attestation_android_signatures",
    "attestation_apple_roots",
    "attestation_apple_apps",
];

/// Puts the variables over what the file says.
pub(super) fn put_over(table: &mut Table, environment: impl IntoIterator<Item = (String, String)>) {
    for (name, text) in environment {
        let Some(key) = name.strip_prefix(PREFIX).filter(|_| name != NOT_OURS) else { continue };
        let key = key.to_ascii_lowercase();
        let value = value(&key, text);
        let section = SECTIONS
            .iter()
            .find_map(|section| Some((*section, key.strip_prefix(section)?.strip_prefix('_')?.to_owned())));
        match section {
            None => drop(table.insert(key, value)),
            Some((section, inner)) => {
                let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
                // What the file has there may be no table; then the error about it is the one to show.
                if let Some(section) = entry.as_table_mut() {
                    section.insert(inner, value);
                }
            }
        }
    }
}

/// What cannot be read as what it should be stays text, and the error then names the key and what it takes.
fn value(key: &str, text: String) -> Value {
    let typed = match key {
        "registration" => text.parse().ok().map(Value::Boolean),
        "shutdown_grace" => text.parse().ok().map(Value::Integer),
        _ if LISTS.contains(&key) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
        }
        _ => None,
    };
    typed.unwrap_or(Value::String(text))
}
