//! What an operator can see of a running server: numbers (`metrics`), one line of log a request, and traces. Nothing here
//! changes what the server does, and nothing here ever holds a secret, a code, a token, a path or what a person is called.

mod endpoint;
pub mod metrics;
mod process;

pub(crate) use endpoint::app as metrics_app;
pub use metrics::Metrics;
