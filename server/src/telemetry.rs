//! What an operator can see of a running server: numbers (`metrics`), one line of log a request, and traces. Nothing here
//! changes what the server does, and nothing here ever holds a secret, a code, a token, a path or what a person is called.

mod context;
mod endpoint;
mod log;
pub mod metrics;
mod otlp;
mod process;
mod request_id;
mod span;
mod trace;

pub(crate) use endpoint::app as metrics_app;
pub(crate) use log::start;
pub use metrics::Metrics;
pub(crate) use otlp::CollectorError;
pub(crate) use request_id::{REQUEST_ID, RequestId};
pub(crate) use span::{note_caller, request_span};
