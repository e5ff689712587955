//! The configuration: a TOML file, then `COUNTERSIGN_…` environment variables over it. Unknown keys are refused, so a
//! misspelt one is never silently a default. Every key is described in `deploy/countersign.example.toml`.

mod attestation;
mod environment;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_protocol::link::base_url;
use serde::Deserialize;
use url::Url;

pub use attestation::AttestationConfig;

use crate::engine::Targets;
use crate::network::Networks;
use crate::store::postgres::{DatabaseUrl, Settings, UrlError};

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What this server is for; unless given, development when people reach it on this machine only, and otherwise
    /// production. See [`Config::environment`].
    pub environment: Option<Environment>,
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The address that phones and browsers use. Needed unless `listen` is on this machine only.
    pub public_url: Option<String>,
    /// Proxies in front, whose word on where a request comes from is believed (S36). Without TLS of our own and
    /// without any of these, only addresses of this machine are listened on.
    pub trusted_proxies: Networks,
    /// The header in which they say it.
    pub proxy_header: ProxyHeader,
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
    /// Where numbers for monitoring are served, apart from everything else (S55); nowhere unless given.
    pub metrics_listen: Option<SocketAddr>,
    /// The collector that traces are sent to by OTLP over HTTP; none unless given.
    pub otlp_endpoint: Option<String>,
    /// A file in MaxMind's format that knows where addresses are; without it nobody does.
    pub places_file: Option<PathBuf>,
    /// Whose word on where phones keep their keys is believed.
    pub attestation: AttestationConfig,
    /// Whether organisations may register themselves; not unless given.
    pub registration: bool,
    /// TLS of our own; plain HTTP unless given.
    pub tls: Option<Tls>,
    /// Networks that webhooks may lead to although they are not public (S45), and without TLS.
    pub webhook_allow_networks: Networks,
}

/// What a server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// People sign in with it.
    Production,
    /// Somebody builds or tries something: messages that no provider carries are written to files.
    Development,
}

impl Environment {
    /// Its word in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Development => "development",
        }
    }
}

/// Certificate and key, both in PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The file with the server's certificate, followed by those that lead to the root.
    pub cert: PathBuf,
    /// The file with its private key: PKCS#8, SEC1 or PKCS#1.
    pub key: PathBuf,
}

/// Where a proxy says whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, as most do.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
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
            environment: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8480)),
            public_url: None,
            trusted_proxies: Networks::default(),
            proxy_header: ProxyHeader::XForwardedFor,
            data_dir: PathBuf::from("countersign-data"),
            database_url: None,
            database_ca: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            shutdown_grace: 10,
            metrics_listen: None,
            otlp_endpoint: None,
            places_file: None,
            attestation: AttestationConfig::default(),
            registration: false,
            tls: None,
            webhook_allow_networks: Networks::default(),
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
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|e| ConfigError::File(path.to_owned(), e.to_string()))?;
                let place = |error| format!("{}, {}", path.display(), unreadable(&text, &error));
                text.parse().map_err(|error| ConfigError::Content(place(error)))?
            }
        };
        environment::put_over(&mut table, environment);
        if table.contains_key("behind_proxy") {
            let why = "is gone: name the proxy instead, as in trusted_proxies = [\"10.0.0.0/8\"]".to_owned();
            return Err(ConfigError::Value { key: "behind_proxy", why });
        }
        let config: Self = table
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::Content(e.to_string().trim_end().to_owned()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        if !self.listen.ip().is_loopback() && self.tls.is_none() && self.trusted_proxies.is_empty() {
            return wrong(
                "listen",
                "only addresses of this machine without TLS: give certificate and key in [tls], or name the proxy \
                 that ends TLS in trusted_proxies",
            );
        }
        if self.trusted_proxies.has_everybody() {
            return wrong(
                "trusted_proxies",
                "this would believe everybody; name the addresses of your proxies",
            );
        }
        if self.metrics_listen.is_some_and(|metrics| metrics == self.listen && metrics.port() != 0) {
            return wrong("metrics_listen", "must be another address than listen");
        }
        if let Some(url) = &self.otlp_endpoint {
            check_collector(url)?;
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

    /// What this server is for.
    #[must_use]
    pub fn environment(&self) -> Environment {
        let here = || match &self.public_url {
            None => self.listen.ip().is_loopback(),
            Some(url) => Url::parse(url).is_ok_and(|url| match url.host() {
                Some(url::Host::Domain(name)) => name == "localhost",
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            }),
        };
        let unless_given = || if here() { Environment::Development } else { Environment::Production };
        self.environment.unwrap_or_else(unless_given)
    }

    /// Where webhooks may lead.
    #[must_use]
    pub fn webhook_targets(&self) -> Targets {
        Targets::new(self.webhook_allow_networks.clone())
    }

    /// The server's id: the public URL, or the address that is listened on.
    ///
    /// # Errors
    /// [`ConfigError::Value`].
    pub fn server_id(&self, bound: SocketAddr) -> Result<String, ConfigError> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        parse_public_url(&self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{bound}")))
    }
}

fn check_collector(text: &str) -> Result<(), ConfigError> {
    let fits = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    match Url::parse(text).ok().filter(fits) {
        Some(url) if url.query().is_none() && url.fragment().is_none() && url.username().is_empty() => Ok(()),
        _ => Err(ConfigError::Value {
            key: "otlp_endpoint",
            why: "the address of a collector is needed, such as http://127.0.0.1:4318".to_owned(),
        }),
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

/// What is wrong with the file and in which line. The line itself is not shown: it may hold a password.
fn unreadable(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

#[cfg(test)]
mod tests;
