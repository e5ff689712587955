//! Who may open a page or send a form: said once for each route, and looked at before its handler begins.

use countersign_protocol::id::TenantId;

use crate::engine::console::{May, Operator};

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Whoever is signed in: it is about themselves.
    Own,
    /// Who may do this to the whole server.
    Server(May),
    /// Who may do this to the tenant in the address.
    Tenant(May),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shut {
    /// There is nothing there, as far as they are concerned (S40).
    NotThere,
    /// Their role does not go so far.
    NotAllowed,
}

impl Gate {
    /// Lets an operator pass to what the address names.
    pub(super) fn open(self, operator: &Operator, tenant: Option<TenantId>) -> Result<(), Shut> {
        let (covered, may) = match (self, tenant) {
            (Self::Own, None) => (true, true),
            (Self::Server(what), None) => {
                (operator.may_everywhere(May::SeeOverview), operator.may_everywhere(what))
            }
            (Self::Tenant(what), Some(tenant)) => (operator.scope.covers(tenant), operator.may(what, tenant)),
            // A route that asks for a tenant and names none, or the other way round, is open to nobody.
            _ => (false, false),
        };
        match (covered, may) {
            (false, _) => Err(Shut::NotThere),
            (true, false) => Err(Shut::NotAllowed),
            (true, true) => Ok(()),
        }
    }
}
