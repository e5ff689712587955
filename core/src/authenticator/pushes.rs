//! Where pushes go. A new token is kept until every server was told: the phone may be offline when it changes.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::views::Trouble;
use super::{Authenticator, AuthenticatorError};
use crate::approve::{Account, AccountId, Ask};
use crate::exchange::ReplyError;

/// The row of the push token.
const ROW: &str = "push-token";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PushToken {
    token: String,
    /// Accounts whose server was not told yet.
    untold: Vec<AccountId>,
}

impl Authenticator {
    /// Tells every server where pushes go from now on. What failed is returned, and is tried again with the next contact
    /// to that server, also after a restart, unless the server said no.
    ///
    /// # Errors
    /// As [`Authenticator::accounts`].
    pub async fn set_push_token(&self, device_token: &str) -> Result<Vec<Trouble>, AuthenticatorError> {
        let untold = self.inner.accounts()?.into_iter().map(|account| account.id).collect();
        let (this, kept) = (self.clone(), PushToken { token: device_token.to_owned(), untold });
        self.inner.blocking(move |_| this.put_row(ROW, &kept)).await?;
        self.tell_tokens().await
    }

    /// The network may be back: what waits before it tries again tries at once, and servers that do not know where pushes
    /// go are told.
    ///
    /// # Errors
    /// As [`Authenticator::accounts`].
    pub async fn network_is_back(&self) -> Result<Vec<Trouble>, AuthenticatorError> {
        self.inner.network_back.send_modify(|count| *count = count.wrapping_add(1));
        self.tell_tokens().await
    }

    async fn tell_tokens(&self) -> Result<Vec<Trouble>, AuthenticatorError> {
        let accounts = self.inner.accounts()?;
        let results = accounts.iter().map(|account| async move {
            let result = self.tell_token(account).await;
            result.err().map(|error| Trouble::of(account, &error))
        });
        Ok(join_all(results).await.into_iter().flatten().collect())
    }

    /// Tells one server, if it does not know yet.
    pub(super) async fn tell_token(&self, account: &Account) -> Result<(), AuthenticatorError> {
        let kept: Option<PushToken> = self.row(ROW)?;
        let Some(kept) = kept.filter(|kept| kept.untold.contains(&account.id)) else { return Ok(()) };
        let reply = self.inner.client.ask(account, Ask::push_token(&kept.token)).await?.success();
        // What the server will not have is not offered again; what it cannot take now is.
        let final_word = match &reply {
            Err(ReplyError::Refused(refusal)) => matches!(refusal.status, 400 | 403 | 404 | 409 | 422),
            reply => reply.is_ok(),
        };
        if final_word {
            let (this, told) = (self.clone(), account.id.clone());
            self.inner.blocking(move |_| this.told(&kept.token, &told)).await?;
        }
        Ok(reply?)
    }

    /// Notes that a server was told. A token that is newer than the one it was told stays untold.
    fn told(&self, token: &str, told: &AccountId) -> Result<(), AuthenticatorError> {
        self.change_row(ROW, |kept: Option<PushToken>| {
            let mut kept = kept.filter(|kept| kept.token == token)?;
            kept.untold.retain(|account| account != told);
            Some(kept)
        })
    }
}
