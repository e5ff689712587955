//! Whether one message more may go to a number or an address (S26, S32): to that place itself, to the numbers around it,
//! and at the tenant's cost today. Pushes, which cost nothing, are counted where they are asked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::id::TenantId;
use ring::hmac;

use crate::engine::limits::times::{Bound, one_more};
use crate::engine::policy::Factor;
use crate::engine::providers::Limits;
use crate::engine::{Engine, Error, Phone};
use crate::store::{Statement, sendings};

/// Milliseconds between two messages to one place.
pub(in crate::engine) const COOL_DOWN: i64 = 30_000;
/// What one number or address may be sent, whichever way it goes there.
const TO_ONE: [Bound; 2] = [Bound { span: COOL_DOWN, limit: 1 }, Bound { span: HOUR, limit: 5 }];
/// What the ten thousand numbers of one block may be sent together. Whoever earns from messages holds such blocks.
const TO_A_BLOCK: [Bound; 1] = [Bound { span: HOUR, limit: 100 }];
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

impl Engine {
    /// The statements that take what one message more needs of all bounds, for the batch that sends it. When one of them
    /// finds nothing to change, somebody else sent something since: ask again.
    ///
    /// # Errors
    /// [`Error::CountryNotAllowed`], [`Error::SpentForToday`], [`Error::SentJustNow`], [`Error::SentTooMany`],
    /// [`Error::BlockBusy`]; [`Error::Damaged`] for a stored number that is none.
    pub(in crate::engine) async fn room_to_send(
        &self,
        tenant: TenantId,
        by: Factor,
        to: &str,
        limits: &Limits,
    ) -> Result<Vec<Statement>, Error> {
        let phone = match by {
            Factor::Sms | Factor::Voice => Some(Phone::parse(to).map_err(|_| Error::Damaged("number"))?),
            _ => None,
        };
        let now = self.now();
        let mut statements = Vec::new();
        // A number of no country is in no list.
        let allowed = |phone: &Phone| limits.countries.contain(phone.country().unwrap_or_default());
        if !phone.as_ref().is_none_or(allowed) {
            return Err(Error::CountryNotAllowed(by.as_str()));
        }
        if let Some(per_day) = limits.per_day {
            let day = now.div_euclid(DAY);
            if self.store.spent(tenant, by.as_str(), day).await? >= per_day {
                let retry_after = u64::try_from(((day + 1) * DAY - now + 999) / 1000).unwrap_or(1);
                return Err(Error::SpentForToday { by: by.as_str(), retry_after });
            }
            statements.push(sendings::spend(tenant, by.as_str(), day, per_day));
        }
        let place = self.place_subject(tenant, to);
        let block = phone.map(|phone| format!("block {}", phone.block()));
        let [to_one, to_block] =
            self.store.sendings(tenant, [&place, block.as_deref().unwrap_or_default()]).await?;
        let times = one_more(to_one.as_deref().unwrap_or_default(), now, &TO_ONE).map_err(|retry_after| {
            if retry_after <= COOL_DOWN.unsigned_abs() / 1000 {
                Error::SentJustNow { retry_after }
            } else {
                Error::SentTooMany { retry_after }
            }
        })?;
        statements.push(sendings::replace_times(tenant, &place, to_one.as_deref(), times));
        if let Some(block) = block {
            let times = one_more(to_block.as_deref().unwrap_or_default(), now, &TO_A_BLOCK)
                .map_err(|retry_after| Error::BlockBusy { retry_after })?;
            statements.push(sendings::replace_times(tenant, &block, to_block.as_deref(), times));
        }
        Ok(statements)
    }

    /// What a number or an address is counted under: nobody reads it out of the table of counts.
    fn place_subject(&self, tenant: TenantId, to: &str) -> String {
        let parts = [b"sendings".as_slice(), tenant.0.as_bytes(), to.as_bytes()];
        let hash = hmac::sign(self.master.code_key(), &parts.concat());
        format!("to {}", URL_SAFE_NO_PAD.encode(hash))
    }
}
