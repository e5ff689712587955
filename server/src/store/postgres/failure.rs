//! What went wrong, and what may be done about it: say it, try again, or say that nobody knows.

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

use crate::store::StoreError;

/// A failure of which nothing took effect.
#[derive(Debug)]
pub(super) enum Failure {
    /// For good. The connection goes on.
    Final(StoreError),
    /// The database chose this transaction to give way to another, or a prepared statement is out of date: the same
    /// again may work.
    Again(StoreError),
    /// The connection cannot be used any more; another one may.
    Lost(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let unavailable = || StoreError::Unavailable(said(&error));
        let Some(code) = error.code() else {
            return if error.is_closed() || is_io(&error) {
                Self::Lost(unavailable())
            } else {
                Self::Final(unavailable())
            };
        };
        match *code {
            SqlState::DISK_FULL => Self::Final(StoreError::Full),
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
                Self::Again(unavailable())
            }
            // The tables were changed under a prepared statement, or a proxy gave us another session.
            SqlState::FEATURE_NOT_SUPPORTED | SqlState::INVALID_SQL_STATEMENT_NAME => {
                Self::Lost(unavailable())
            }
            // Class 23, as the other engine has it.
            ref constraint if constraint.code().starts_with("23") => Self::Final(StoreError::Duplicate),
            // 57P: the database shuts down or crashed; 08: the connection; 25006: a standby that cannot write.
            ref c if c.code().starts_with("57P") || c.code().starts_with("08") || c.code() == "25006" => {
                Self::Lost(unavailable())
            }
            _ => Self::Final(unavailable()),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        let why = match error {
            PoolError::Timeout(_) => "it did not answer in time, or too many wait for it".to_owned(),
            PoolError::Closed => "the server is shutting down".to_owned(),
            PoolError::Backend(error) => said(&error),
            other => other.to_string(),
        };
        Self::Final(StoreError::Unavailable(why))
    }
}

impl Failure {
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Final(error) | Self::Again(error) | Self::Lost(error) => error,
        }
    }
}

fn is_io(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// The library's own sentence hides the cause. The database's primary message names no values; its detail would.
pub(super) fn said(error: &Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(database), _) => format!("{} ({})", database.message(), database.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// Whether the database refused the one statement. A FATAL or PANIC ends the session, at whatever moment.
pub(super) fn is_refusal(error: &Error) -> bool {
    error.as_db_error().is_some_and(|refused| refused.parsed_severity() == Some(Severity::Error))
}
