//! How a command ends when it could not do its work. 1: the thing itself failed; 2: wrong usage or configuration;
//! 3: the address cannot be listened on; 4: the data directory cannot be used; 5: an audit log
//! does not hold.

use std::process::ExitCode;

use serde_json::json;

use crate::config::ConfigError;
use crate::engine::Error;
use crate::running::StartError;
use crate::telemetry::CollectorError;

/// A sentence and an exit code.
#[derive(Debug)]
pub(super) struct Failure {
    code: u8,
    sentence: String,
}

impl Failure {
    pub(super) fn other(sentence: impl Into<String>) -> Self {
        Self { code: 1, sentence: sentence.into() }
    }

    /// The findings have been told one by one.
    pub(super) fn audit() -> Self {
        let sentence = "an audit log does not hold; keep the data directory as it is, and see docs/audit.md";
        Self { code: 5, sentence: sentence.to_owned() }
    }

    pub(super) fn report(self, json: bool) -> ExitCode {
        if json {
            eprintln!("{}", json!({"error": self.sentence, "exit": self.code}));
        } else {
            eprintln!("countersign-server: {}", self.sentence);
        }
        ExitCode::from(self.code)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self { code: 2, sentence: error.to_string() }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let code = match error {
            StartError::Config(_)
            | StartError::Places(_)
            | StartError::Trust(_)
            | StartError::Delivery(_)
            | StartError::Tls(_)
            | StartError::NoTls(_) => 2,
            StartError::Listen { .. } => 3,
            StartError::DataDir(_) | StartError::Store(_) => 4,
            StartError::Randomness(_) => 1,
        };
        Self { code, sentence: error.to_string() }
    }
}

impl From<CollectorError> for Failure {
    fn from(error: CollectorError) -> Self {
        Self { code: 2, sentence: error.to_string() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::other(error.to_string())
    }
}
