//! The configuration: a TOML file, then `COUNTERSIGN_…` environment variables over it. Unknown keys are refused, so a
//! misspelt one is never silently a default. Every key is described in `deploy/countersign.example.toml`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_protocol::link::base_url;
use serde::Deserialize;
use url::Url;

use crate::store::postgres::{DatabaseUrl, Settings, UrlError};

/// What begins the name of an environment variable of ours.
const PREFIX: &str = "COUNTERSIGN_";
/// The one with that beginning that belongs to the terminal authenticator: whoever runs both on one machine has it set.
const NOT_OURS: &str = "COUNTERSIGN_VAULT";

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The address that phones and browsers use. Needed unless `listen` is on this machine only.
    pub public_url: Option<String>,
    /// Whether a proxy in front ends TLS. Without it, only addresses of this machine are listened on.
    pub behind_proxy: bool,
    /// Where database and keys are kept.
    pub data_dir: PathBuf,
    /// The PostgreSQL database; without it, a SQLite file in `data_dir`.
    pub database_url: Option<DatabaseUrl>,
    /// The certificate authorities (PEM) that may vouch for that database; without it, the public ones.
    pub database_ca: Option<PathBuf>,
    /// How much is logged: `error`, `warn`, `info`, `debug`, or a tracing filter.
    pub log: String,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// Seconds that running requests get when the server stops, 0…300.
    pub shutdown_grace: u64,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8480)),
            public_url: None,
            behind_proxy: false,
            data_dir: PathBuf::from("countersign-data"),
            database_url: None,
            database_ca: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            shutdown_grace: 10,
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {0} cannot be read: {1}")]
    File(PathBuf, String),
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("the configuration is not right: {0}")]
    Content(String),
    /// A value that is understood and cannot work.
    #[error("{key}: {why}")]
    Value {
        /// Which.
        key: &'static str,
        /// Why, and what to write instead.
        why: String,
    },
}

impl Config {
    /// Reads file and environment and checks the whole.
    ///
    /// # Errors
    /// [`ConfigError`] says what to mend.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = match file {
            None => toml::Table::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|e| ConfigError::File(path.to_owned(), e.to_string()))?
                .parse()
                .map_err(|e: toml::de::Error| ConfigError::Content(format!("{}: {e}", path.display())))?,
        };
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix(PREFIX).filter(|_| name != NOT_OURS) {
                let key = key.to_ascii_lowercase();
                let value = environment_value(&key, value);
                table.insert(key, value);
            }
        }
        let config: Self = table
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::Content(e.to_string().trim_end().to_owned()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        if !self.listen.ip().is_loopback() && !self.behind_proxy {
            return wrong(
                "listen",
                "only addresses of this machine, unless a proxy ends TLS: put one in front and set behind_proxy = true",
            );
        }
        match &self.public_url {
            Some(url) => drop(parse_public_url(url)?),
            None if !self.listen.ip().is_loopback() => {
                return wrong("public_url", "needed: the https address that phones and browsers use");
            }
            None => {}
        }
        if self.shutdown_grace > 300 {
            return wrong("shutdown_grace", "0 to 300 seconds");
        }
        // The file of authorities is read when it is needed, and by `config check`.
        Self { database_ca: None, ..self.clone() }.database()?;
        if self.log.parse::<tracing_subscriber::EnvFilter>().is_err() {
            return wrong("log", "error, warn, info, debug, or a filter such as countersign_server=debug");
        }
        Ok(())
    }

    /// The PostgreSQL database; none: a SQLite file in the data directory.
    ///
    /// # Errors
    /// [`ConfigError::Value`].
    pub fn database(&self) -> Result<Option<Settings>, ConfigError> {
        let Some(url) = &self.database_url else { return Ok(None) };
        Settings::new(url, self.database_ca.as_deref()).map(Some).map_err(|error| {
            let key = match error {
                UrlError::Certificates(_) => "database_ca",
                UrlError::Form | UrlError::SslMode => "database_url",
            };
            ConfigError::Value { key, why: error.to_string() }
        })
    }

    /// The server's id: the public URL, or the address that is listened on.
    ///
    /// # Errors
    /// [`ConfigError::Value`].
    pub fn server_id(&self, bound: SocketAddr) -> Result<String, ConfigError> {
        parse_public_url(&self.public_url.clone().unwrap_or_else(|| format!("http://{bound}")))
    }
}

fn parse_public_url(text: &str) -> Result<String, ConfigError> {
    let wrong = |why: String| ConfigError::Value { key: "public_url", why };
    let url = Url::parse(text).map_err(|e| wrong(format!("`{text}` is not a URL: {e}")))?;
    base_url(&url).map_err(|_| {
        wrong(
            "an https URL without user name, query or fragment is needed; http only for this machine"
                .to_owned(),
        )
    })
}

/// Environment variables are text; the two settings that are not are read as what they are. What cannot be read so
/// stays text, and the error then names the key and what it takes.
fn environment_value(key: &str, text: String) -> toml::Value {
    let typed = match key {
        "behind_proxy" => text.parse().ok().map(toml::Value::Boolean),
        "shutdown_grace" => text.parse().ok().map(toml::Value::Integer),
        _ => None,
    };
    typed.unwrap_or(toml::Value::String(text))
}

#[cfg(test)]
mod tests {
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
        assert!(from_text("", &[("COUNTERSIGN_BEHIND_PROXY", "perhaps")]).is_err());
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
        assert!(from_text("listen = \"0.0.0.0:80\"\nbehind_proxy = true", &[]).is_err());
        assert!(from_text("public_url = \"http://mfa.example.org\"", &[]).is_err());
        let behind =
            "listen = \"0.0.0.0:80\"\nbehind_proxy = true\npublic_url = \"https://mfa.example.org/\"";
        let config = from_text(behind, &[]).unwrap();
        assert_eq!(config.server_id(config.listen).unwrap(), "https://mfa.example.org");
    }

    #[test]
    fn the_example_names_every_key_with_its_default() {
        let example = include_str!("../../deploy/countersign.example.toml");
        // As it stands, everything is commented out and so the defaults hold; without the marks it must say the same.
        let uncommented: String = example
            .lines()
            .map(|l| l.strip_prefix("#").filter(|l| !l.starts_with(' ')).unwrap_or(""))
            .fold(String::new(), |all, line| all + line + "\n");
        let mut config = from_text(&uncommented, &[]).unwrap();
        assert_eq!(config.public_url.take().as_deref(), Some("http://127.0.0.1:8480"));
        assert!(config.database_url.take().is_some() && config.database_ca.take().is_some());
        assert_eq!(config, Config::default());
        let keys = uncommented.parse::<toml::Table>().unwrap();
        assert_eq!(keys.len(), 9);
        assert_eq!(from_text(example, &[]).unwrap(), Config::default());
    }
}
