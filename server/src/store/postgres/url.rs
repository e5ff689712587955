//! Where the PostgreSQL database is, and how it is spoken to: what the configuration's URL asks for, with the limits
//! that keep a database that hangs from holding everyone up.

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use serde::Deserialize;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use zeroize::Zeroizing;

use super::tls;

/// How long making a connection may take.
pub(super) const CONNECT: Duration = Duration::from_secs(3);
/// How long sent bytes may go unacknowledged before the other side counts as gone.
const UNACKNOWLEDGED: Duration = Duration::from_secs(5);
/// Seconds of silence before the operating system asks whether the other side is still there, and between two questions.
const KEEPALIVE: (u64, u64) = (10, 3);
/// What every session of the pool holds to. Writing needs a transaction that says so: a statement whose BEGIN was
/// refused cannot take effect by itself. The times are in milliseconds.
const SESSION: &str = "-c default_transaction_read_only=on -c statement_timeout=5000 \
                       -c idle_in_transaction_session_timeout=10000";

/// A PostgreSQL URL with the password in it, so it is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct DatabaseUrl(Zeroizing<String>);

/// As the operator wrote it.
impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(Zeroizing::new(url))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

/// Why the settings of the database cannot be used. No sentence repeats the URL: it holds the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not a URL of this kind.
    #[error(
        "must look like postgres://user:password@host:5432/database; write characters such as @ / ? # % in the \
         password as %40 %2F %3F %23 %25"
    )]
    Form,
    /// The URL leaves TLS to chance.
    #[error(
        "sslmode must be verify-full (TLS with a checked certificate; the default unless the database is on this \
         machine) or disable"
    )]
    SslMode,
    /// The certificates cannot be used.
    #[error("{0}")]
    Certificates(String),
}

/// Everything that is needed to connect.
#[derive(Clone)]
pub struct Settings {
    plain: tokio_postgres::Config,
    pub(super) tls: MakeRustlsConnect,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({self})")
    }
}

/// Where, without who and how: `db.example.org:5432/countersign`.
impl std::fmt::Display for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (nth, host) in self.plain.get_hosts().iter().enumerate() {
            let comma = if nth > 0 { "," } else { "" };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
            }
            let ports = self.plain.get_ports();
            if let Some(port) = ports.get(nth).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.plain.get_dbname().unwrap_or_default())
    }
}

impl Settings {
    /// What a URL asks for. With `authorities`, a PEM file, only those vouch for the database; otherwise the public
    /// ones.
    ///
    /// # Errors
    /// [`UrlError`].
    pub fn new(url: &DatabaseUrl, authorities: Option<&Path>) -> Result<Self, UrlError> {
        let (url, mode) = take_ssl_mode(&url.0)?;
        let mut plain = tokio_postgres::Config::from_str(&url).map_err(|_| UrlError::Form)?;
        if plain.get_hosts().is_empty() || plain.get_dbname().is_none_or(str::is_empty) {
            return Err(UrlError::Form);
        }
        let encrypted = match mode.as_deref() {
            None => !is_this_machine(&plain),
            Some("disable") => false,
            // With rustls a certificate is always checked, its name too: less is not on offer.
            Some("require" | "verify-ca" | "verify-full") => true,
            Some(_) => return Err(UrlError::SslMode),
        };
        plain.ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        plain.connect_timeout(CONNECT).tcp_user_timeout(UNACKNOWLEDGED);
        plain.keepalives_idle(Duration::from_secs(KEEPALIVE.0));
        plain.keepalives_interval(Duration::from_secs(KEEPALIVE.1)).keepalives_retries(3);
        if plain.get_application_name().is_none() {
            plain.application_name("countersign");
        }
        Ok(Self { plain, tls: tls::connector(authorities).map_err(UrlError::Certificates)? })
    }

    /// For connections that do more than carry out one batch or query: migrations, notices.
    pub(super) fn for_long_work(&self) -> &tokio_postgres::Config {
        &self.plain
    }

    /// For the pool.
    pub(super) fn for_requests(&self) -> tokio_postgres::Config {
        let mut config = self.plain.clone();
        let theirs = config.get_options().unwrap_or_default();
        let options = format!("{theirs} {SESSION}");
        config.options(options.trim_start());
        config
    }
}

/// The URL without its `sslmode`, and that: the library knows fewer modes than PostgreSQL has.
fn take_ssl_mode(url: &str) -> Result<(Zeroizing<String>, Option<String>), UrlError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(UrlError::Form);
    }
    // A password may hold a question mark that should have been escaped.
    let host = url.rfind('@').unwrap_or(0);
    let question = url.get(host..).and_then(|rest| rest.find('?')).map_or(url.len(), |at| host + at);
    let (place, parameters) = url.split_at_checked(question).ok_or(UrlError::Form)?;
    let parameters = parameters.trim_start_matches('?');
    let (mut mode, mut rest) = (None, Vec::new());
    for parameter in parameters.split('&').filter(|p| !p.is_empty()) {
        match parameter.strip_prefix("sslmode=") {
            Some(word) => mode = Some(word.to_owned()),
            None => rest.push(parameter),
        }
    }
    let sign = if rest.is_empty() { "" } else { "?" };
    Ok((Zeroizing::new(format!("{place}{sign}{}", rest.join("&"))), mode))
}

/// Whether nothing goes over a network.
fn is_this_machine(config: &tokio_postgres::Config) -> bool {
    config.get_hostaddrs().iter().all(IpAddr::is_loopback)
        && config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> Result<SslMode, UrlError> {
        Settings::new(&DatabaseUrl::from(url.to_owned()), None).map(|s| s.for_requests().get_ssl_mode())
    }

    #[test]
    fn a_url_that_asks_for_tls_gets_it_or_nothing() {
        for asks in ["?sslmode=require", "?sslmode=verify-full", "?connect_timeout=2&sslmode=verify-ca", ""] {
            assert_eq!(
                mode(&format!("postgres://u:p@db.example.org/c{asks}")),
                Ok(SslMode::Require),
                "{asks}"
            );
        }
        assert_eq!(mode("postgresql://u@127.0.0.1:5433/c?sslmode=verify-full"), Ok(SslMode::Require));
        assert_eq!(mode("postgres://u@db.example.org/c?sslmode=disable"), Ok(SslMode::Disable));
        for local in ["127.0.0.1", "localhost", "%2Fvar%2Frun%2Fpostgresql"] {
            assert_eq!(mode(&format!("postgres://u:p@{local}/c")), Ok(SslMode::Disable), "{local}");
        }
        assert_eq!(mode("postgres://u@localhost,db.example.org/c"), Ok(SslMode::Require));
        assert_eq!(mode("postgres://u@localhost/c?hostaddr=192.0.2.1"), Ok(SslMode::Require));
        assert_eq!(mode("postgres://u:a?b@localhost/c?sslmode=require"), Ok(SslMode::Require));
        for chance in ["prefer", "allow", "", "Require"] {
            let url = format!("postgres://u:p@db.example.org/c?sslmode={chance}");
            assert_eq!(mode(&url), Err(UrlError::SslMode), "{chance}");
        }
    }

    #[test]
    fn s38_the_password_is_never_said() {
        let url = DatabaseUrl::from("postgres://sam:correct-horse@db.example.org:5433/c".to_owned());
        let settings = Settings::new(&url, None).unwrap();
        assert_eq!(format!("{settings}"), "db.example.org:5433/c");
        assert!(!format!("{url:?} {settings:?}").contains("horse"));
        for wrong in ["postgres://sam:correct-horse@h", "mysql://sam:correct-horse@h/c", "postgres:///c", ""]
        {
            let error = Settings::new(&DatabaseUrl::from(wrong.to_owned()), None).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("horse"), "{wrong}");
        }
    }

    #[test]
    fn a_session_has_its_limits_whatever_the_url_sets() {
        let url = "postgres://u@localhost/c?options=-c%20statement_timeout%3D0".to_owned();
        let settings = Settings::new(&DatabaseUrl::from(url), None).unwrap();
        let options = settings.for_requests().get_options().unwrap().to_owned();
        assert!(
            options.starts_with("-c statement_timeout=0 -c default_transaction_read_only=on"),
            "{options}"
        );
        assert!(options.contains("-c statement_timeout=5000"), "the last one holds: {options}");
    }
}
