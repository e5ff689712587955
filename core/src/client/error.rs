//! Why no usable reply came. Each cause is its own, and says what to do.

use std::error::Error as StdError;

use rustls::CertificateError;

use crate::exchange::ReplyError;

/// Why no usable reply came.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection: no network, no such host, nobody listening.
    #[error("could not reach {server}; check this device's connection to the network, then try again")]
    Offline {
        /// Host and port.
        server: String,
        /// What the network said.
        source: reqwest::Error,
    },
    /// The connection broke before the reply was whole.
    #[error("the connection to {server} broke off; try again")]
    Interrupted {
        /// Host and port.
        server: String,
        /// What the network said.
        source: reqwest::Error,
    },
    /// Connected or not: no reply in time.
    #[error("{server} did not answer in time; try again in a moment")]
    Timeout {
        /// Host and port.
        server: String,
    },
    /// The server could not prove that it is the right one, or offers no encryption that is still safe.
    #[error("the connection to {server} is not safe: {reason}")]
    Tls {
        /// Host and port.
        server: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A reply over [`super::MAX_REPLY_BYTES`].
    #[error("{server} sent more than 1 MiB, which no Countersign server does; check the address")]
    TooLarge {
        /// Host and port.
        server: String,
    },
    /// `http` to another machine.
    #[error("{server} is addressed without encryption (http); only a server on this same machine may be")]
    Insecure {
        /// Host and port.
        server: String,
    },
    /// No address at all.
    #[error("the server's address cannot be read; enrol again with a new link")]
    BadAddress,
    /// A reply came and is not the one that was hoped for.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The file with the organisation's own certificate authority.
    #[error(
        "the file with your certificate authority cannot be used ({reason}); it must hold PEM certificates"
    )]
    CertificateAuthority {
        /// What is wrong with it.
        reason: String,
    },
    /// The TLS library did not start.
    #[error("this app could not set up its encryption ({reason}); reinstall it")]
    Setup {
        /// What the library said.
        reason: String,
    },
}

impl ClientError {
    /// Sorts what reqwest reports.
    pub(super) fn of(server: &str, error: reqwest::Error) -> Self {
        // The address may hold an enrolment token.
        let error = error.without_url();
        let server = server.to_owned();
        if let Some(tls) = tls_error(&error) {
            return Self::Tls { server, reason: explain(tls) };
        }
        if error.is_timeout() {
            return Self::Timeout { server };
        }
        if error.is_connect() {
            return Self::Offline { server, source: error };
        }
        Self::Interrupted { server, source: error }
    }

    /// Whether the same request may succeed when it is sent again at once.
    pub(super) fn is_connection(&self) -> bool {
        matches!(self, Self::Offline { .. } | Self::Interrupted { .. })
    }

    /// Whether the server could not be reached at all, for whatever reason.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Offline { .. } | Self::Interrupted { .. } | Self::Timeout { .. } | Self::Tls { .. } => true,
            Self::Reply(reply) => !matches!(reply, ReplyError::Refused(_)),
            _ => false,
        }
    }

    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Offline { .. } | Self::Interrupted { .. } => "offline",
            Self::Timeout { .. } => "timeout",
            Self::Tls { .. } => "tls",
            Self::TooLarge { .. } => "reply_too_large",
            Self::Insecure { .. } => "insecure_address",
            Self::BadAddress => "bad_address",
            Self::Reply(ReplyError::Refused(_)) => "server_refused",
            Self::Reply(_) => "not_countersign",
            Self::CertificateAuthority { .. } => "certificate_authority",
            Self::Setup { .. } => "setup",
        }
    }
}

fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        // An I/O error's `source` skips the error that it wraps.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn explain(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return format!("{error}; ask the server's operator");
    };
    match certificate {
        CertificateError::UnknownIssuer => {
            "its certificate comes from an authority that this app does not know; \
             give it your organisation's certificate file, or ask the server's operator"
                .to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired; check this device's date, else tell the server's operator"
                .to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; check this device's date, else tell the server's operator"
                .to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name; check the address, else tell the server's operator"
                .to_owned()
        }
        other => format!("its certificate cannot be trusted ({other}); ask the server's operator"),
    }
}
