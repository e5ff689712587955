//! A phone without vault and network: two keys, and an account that a [`FakeServer`] enrolled.

use countersign_protocol::challenge::DeviceKeys;
use countersign_protocol::wire::{Inbox, Platform};

use super::{FakeServer, SERVER_TIME, Signer};
use crate::approve::{Account, AccountId, Ask, AskNext};
use crate::enroll::{Completion, EnrollError, Enrolled, Offer, Start};
use crate::exchange::Reply;

#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) possession: Signer,
    pub(crate) verification: Signer,
    nonce: std::cell::RefCell<String>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        Self { possession: Signer::new(), verification: Signer::new(), nonce: std::cell::RefCell::default() }
    }

    pub(crate) fn keys(&self) -> DeviceKeys {
        DeviceKeys { possession: self.possession.public(), verification: self.verification.public() }
    }

    /// Says yes to an offer and signs.
    pub(crate) fn complete(&self, offer: &Offer) -> Result<Completion, EnrollError> {
        let asked = offer.accept(
            " Sam's phone ",
            Platform::Terminal,
            "terminal",
            AccountId::new([3; 16]),
            self.keys(),
        )?;
        let possession = self.possession.sign(asked.possession_input());
        let verification = self.verification.sign(asked.verification_input());
        asked.signed(&possession, &verification)
    }

    /// Goes the whole way from a link to an account, with a clock that is `ahead` seconds before the server's.
    pub(crate) fn enroll(&self, server: &FakeServer, ahead: u64) -> Enrolled {
        let start = Start::new(&server.link().to_string()).unwrap();
        let offer = start.request();
        let offer = start.take(&server.carry(&offer)).unwrap();
        let completion = self.complete(&offer).unwrap();
        let reply = server.carry(&completion.request());
        completion.take(&reply, SERVER_TIME + ahead).unwrap()
    }

    /// Signs and carries one question, following nonces as the client does.
    pub(crate) fn ask(&self, server: &FakeServer, account: &Account, mut ask: Ask) -> Reply {
        loop {
            let unsigned = ask.to_sign(account, &self.nonce.borrow());
            let signature = self.possession.sign(unsigned.signing_input());
            let reply = server.carry(&ask.request(account, &unsigned, &signature));
            *self.nonce.borrow_mut() = crate::approve::nonce(&reply).unwrap().to_owned();
            if ask.take(&reply) == AskNext::Done {
                return reply;
            }
        }
    }

    pub(crate) fn inbox(&self, server: &FakeServer, account: &Account) -> Inbox {
        self.ask(server, account, Ask::inbox(0)).json().unwrap()
    }
}
