//! How a phone follows a server to its next key: from the pinned one along the server's chain, or not at all.

use countersign_protocol::challenge::ChallengeError;
use countersign_protocol::jws::JwsError;
use countersign_protocol::server_key::KeyChain;
use countersign_protocol::wire::Inbox;

use super::inbox::RefusedReason;
use super::{Account, Ask, Reading};
use crate::exchange::Reply;

/// An inbox that cannot be read yet, because something in it is signed by a key that is not the pinned one.
#[derive(Debug, Clone)]
pub struct KeyQuestion {
    inbox: Inbox,
    with_pinned: Reading,
    unknown: Vec<String>,
}

impl KeyQuestion {
    pub(super) fn new(inbox: Inbox, with_pinned: Reading, unknown: Vec<String>) -> Self {
        Self { inbox, with_pinned, unknown }
    }

    /// What to ask the server.
    #[must_use]
    pub fn ask(&self) -> Ask {
        Ask::server_keys()
    }

    /// Walks the chain from the pinned key. Where it holds, `account` is pinned to the newest key (store it!) and the
    /// inbox is read once more; where it does not, what that key signed is refused and the pin stays.
    #[must_use]
    pub fn take(self, account: &mut Account, reply: &Reply) -> Reading {
        let Self { inbox, with_pinned: mut reading, unknown } = self;
        let Ok(chain) = reply.json::<KeyChain>() else { return self_refused(account, reading, &unknown) };
        match chain.newest(&account.server, &account.server_key.thumbprint()) {
            Ok(newest) => {
                account.follow(newest);
                // What the old key signed stays: it was the right key a moment ago, and the person may be looking at it.
                let rest = Inbox { server_time: inbox.server_time, challenges: unknown };
                let (with_newest, still_unknown) = Reading::with_key(account, &rest, &newest);
                for pending in with_newest.pending {
                    if reading.pending.iter().any(|p| p.challenge.jti == pending.challenge.jti) {
                        reading.refuse(account, RefusedReason::Twice);
                    } else {
                        reading.pending.push(pending);
                    }
                }
                reading.refused.extend(with_newest.refused);
                for _ in still_unknown {
                    reading.refuse(account, ChallengeError::Jws(JwsError::UnknownKey).into());
                }
            }
            Err(error) => {
                for _ in unknown {
                    reading.refuse(account, error.into());
                }
            }
        }
        reading
    }

    /// The server could not be asked: what the unknown key signed is refused for now.
    #[must_use]
    pub fn give_up(self, account: &Account) -> Reading {
        self_refused(account, self.with_pinned, &self.unknown)
    }
}

fn self_refused(account: &Account, mut reading: Reading, unknown: &[String]) -> Reading {
    for _ in unknown {
        reading.refuse(account, RefusedReason::KeysUnknown);
    }
    reading
}
