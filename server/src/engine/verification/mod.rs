//! Codes that go to a number or an address to show that it can be read there, whoever it belongs to.

use countersign_protocol::id::TenantId;
use uuid::Uuid;

use crate::engine::policy::Factor;
use crate::engine::providers::Limits;
use crate::engine::{Engine, Error, Language};

/// Milliseconds that a code is good for.
pub const LIFETIME: i64 = 300_000;

/// What is verified. Of each there is one code at most; a new one takes the place of the last.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    /// The tenant.
    pub tenant: TenantId,
    /// Who asks: a channel or an application.
    pub scope: Uuid,
    /// By which way the code goes: by short message, call or mail.
    pub by: Factor,
    /// The number in E.164, or the address.
    pub to: &'a str,
    /// The caller's own name for what it asks for; empty when it has none.
    pub label: &'a str,
}

/// What the message says.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// In which language.
    pub language: Language,
    /// The tenant's display name.
    pub tenant: &'a str,
    /// Who asks, by its display name; none when it is the tenant itself.
    pub application: Option<&'a str>,
}

/// How a code was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// Right, in time, and used up now.
    Right,
    /// Wrong, used already, given up after five wrong ones, or nothing was sent.
    Wrong,
    /// It had expired, whatever was typed.
    Expired,
}

impl Engine {
    /// Sends a code, and returns the id of its message. Without `words` none goes out, and everything else is the same: so
    /// nobody learns from it whose address it is (S27).
    ///
    /// # Errors
    /// As [`Engine::room_to_send`]; [`Error::NoProvider`].
    pub async fn send_verification(
        &self,
        _verified: Verified<'_>,
        _words: Option<Words<'_>>,
        _limits: &Limits,
    ) -> Result<Option<Uuid>, Error> {
        Err(Error::Closing)
    }

    /// Judges a code that was typed. Five wrong ones end it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn judge_verification(&self, _verified: Verified<'_>, _code: &str) -> Result<Judgement, Error> {
        Err(Error::Closing)
    }
}
