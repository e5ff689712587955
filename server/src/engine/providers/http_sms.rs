//! An SMS gateway that is told by one HTTP request, whatever its parameters are called.

use serde::{Deserialize, Serialize};

use super::Secret;

/// How the request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    /// Everything is in the address.
    Get,
    /// There is a body.
    Post,
}

/// Lets us send through one gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpSmsAccount {
    /// How.
    pub method: HttpMethod,
    /// The address with places to fill in: `{to}`, `{from}`, `{text}`, `{user}`, `{password}`, `{receipt_url}`, ….
    pub url: String,
    /// The body with the same places, and its content type; for POST.
    pub body: Option<(String, String)>,
    /// Who sends: a number or a name.
    pub from: String,
    /// The user at the gateway.
    pub user: String,
    /// The password there.
    pub password: Secret,
    /// A certificate authority (PEM) that is believed for it, beside the public ones.
    pub ca: Option<String>,
}
