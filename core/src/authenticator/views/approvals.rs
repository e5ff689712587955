//! What a shell shows of servers: accounts, the inbox, its requests, and what became of them.

use countersign_protocol::answer::Decision;
use countersign_protocol::challenge::Detail;
use countersign_protocol::id::{ChallengeId, DeviceId};
use countersign_protocol::number::TwoDigits;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::wire::{Outcome, Platform};
use serde::Serialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::LONGEST;
use crate::approve::{Account, AccountId, Pending, Refused, RuleOffer};
use crate::authenticator::AuthenticatorError;
use crate::scan::visible;

/// An enrolled account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Names the account on this device.
    pub id: AccountId,
    /// What the server calls this device.
    pub device: DeviceId,
    /// The organisation.
    pub tenant: String,
    /// The server's base URL.
    pub server: String,
    /// The relying party's name for the person.
    pub user_ref: String,
    /// The person's own name, if the server told it.
    pub user_name: Option<String>,
    /// The name the person gave this device.
    pub device_name: String,
    /// Which kind of device.
    pub platform: Platform,
    /// When it was enrolled, seconds since 1970 by the server's clock.
    pub enrolled_at: u64,
    /// Seconds that this device's clock was behind the server's at the last reply (negative: ahead); none up to 60 s.
    pub clock_error: Option<i64>,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            device: account.device,
            tenant: visible(&account.tenant_name, LONGEST),
            server: account.server.clone(),
            user_ref: visible(&account.user_ref, LONGEST),
            user_name: account.user_name.as_deref().map(|name| visible(name, LONGEST)),
            device_name: visible(&account.device_name, LONGEST),
            platform: account.platform,
            enrolled_at: account.enrolled_at,
            clock_error: account.clock_error(),
        }
    }
}

/// A device that has just been enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enrolled {
    /// The account.
    pub account: AccountView,
    /// Six characters to compare with the server's screen.
    pub confirmation_code: String,
}

/// Everything that waits, over all accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct InboxView {
    /// What waits for the person: per account oldest first.
    pub pending: Vec<PendingView>,
    /// What has ended in the last minute, latest first, so that a request does not just disappear. Gone with the first view
    /// after that.
    pub ended: Vec<EndedView>,
    /// What was sent and is not shown, with the reason.
    pub refused: Vec<RefusedView>,
    /// Accounts that could not be asked.
    pub troubles: Vec<Trouble>,
    /// Servers whose clock differs from this device's by more than 60 s.
    pub clock_errors: Vec<ClockError>,
}

/// A request that waits for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PendingView {
    /// Names the request.
    pub id: ChallengeId,
    /// The account that is asked.
    pub account: AccountId,
    /// Its organisation.
    pub tenant: String,
    /// Who wants to know.
    pub application: String,
    /// `#rrggbb`, or empty when the server sent anything else.
    pub color: String,
    /// Whose sign-in it is.
    pub user: String,
    /// `login`, `payment`, …
    pub kind: String,
    /// The relying party's own words.
    pub message: String,
    /// Where the sign-in comes from: address.
    pub ip: Option<String>,
    /// Town and country.
    pub place: Option<String>,
    /// Browser.
    pub browser: Option<String>,
    /// Operating system.
    pub os: Option<String>,
    /// Digits to type before approving, 2 or 6; none when no number is asked for.
    pub digits: Option<u8>,
    /// What to pick from before approving; none when there is nothing to pick.
    pub options: Option<[TwoDigits; 3]>,
    /// Digits of the code that is shown after approving, for the person to type into the login page; none when there is
    /// no such code.
    pub shows: Option<u8>,
    /// Whether approving asks for biometrics, passcode or password.
    pub verify: bool,
    /// 1 to 3; 3 is an unusual sign-in, and the person should be told.
    pub risk: u8,
    /// Whether a rule may be made of it, see [`crate::approve::RuleOffer`].
    pub rules_allowed: bool,
    /// What else the relying party wants the person to see.
    pub details: Vec<DetailView>,
    /// When it was asked, seconds since 1970 by the server's clock.
    pub asked_at: u64,
    /// Seconds left when it was fetched, by the server's clock.
    pub seconds_left: u64,
}

impl PendingView {
    pub(in crate::authenticator) fn of(pending: &Pending, account: &Account) -> Self {
        let challenge = &pending.challenge;
        let shown = |text: &String| visible(text, LONGEST);
        let context = &challenge.context;
        Self {
            id: challenge.jti,
            account: pending.account.clone(),
            tenant: shown(&account.tenant_name),
            application: shown(&challenge.app.name),
            color: color(&challenge.app.color),
            user: shown(&challenge.user),
            kind: shown(&challenge.kind),
            message: shown(&challenge.message),
            ip: context.ip.as_ref().map(shown),
            place: context.place.as_ref().map(shown),
            browser: context.browser.as_ref().map(shown),
            os: context.os.as_ref().map(shown),
            digits: pending.digits(),
            options: pending.options(),
            shows: pending.shows(),
            verify: challenge.verify,
            risk: challenge.risk.into(),
            rules_allowed: RuleOffer::of(pending).is_ok(),
            details: context.details.iter().map(DetailView::of).collect(),
            asked_at: challenge.iat,
            seconds_left: pending.seconds_left,
        }
    }
}

/// A request that has just ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndedView {
    /// Names the request.
    pub id: ChallengeId,
    /// The account that was asked.
    pub account: AccountId,
    /// Its organisation.
    pub tenant: String,
    /// Who wanted to know.
    pub application: String,
    /// The relying party's own words.
    pub message: String,
    /// How it ended; none when the server knows nothing of it any more.
    pub outcome: Option<Outcome>,
    /// Whether it was answered on this device; otherwise it was answered elsewhere, taken back or not answered in time.
    pub answered_here: bool,
    /// When that was seen, seconds since 1970 by this device's clock.
    pub ended_at: u64,
}

impl EndedView {
    pub(in crate::authenticator) fn of(
        pending: &Pending,
        account: &Account,
        outcome: Option<Outcome>,
        answered_here: bool,
        ended_at: u64,
    ) -> Self {
        Self {
            id: pending.challenge.jti,
            account: account.id.clone(),
            tenant: visible(&account.tenant_name, LONGEST),
            application: visible(&pending.challenge.app.name, LONGEST),
            message: visible(&pending.challenge.message, LONGEST),
            outcome,
            answered_here,
            ended_at,
        }
    }
}

/// Digits that approve a scanned request. Wiped when dropped, never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OfflineCodeView {
    /// The eight digits to type into the login page.
    pub code: String,
    /// The same in groups, to be read.
    pub grouped: String,
    /// Seconds that they are good for, by the server's clock as far as this device knows it.
    pub seconds_left: u64,
}

impl Drop for OfflineCodeView {
    fn drop(&mut self) {
        self.code.zeroize();
        self.grouped.zeroize();
    }
}

impl ZeroizeOnDrop for OfflineCodeView {}

impl std::fmt::Debug for OfflineCodeView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfflineCodeView").field("seconds_left", &self.seconds_left).finish_non_exhaustive()
    }
}

/// A line of a request's details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DetailView {
    /// What it is.
    pub label: String,
    /// Its content.
    pub value: String,
}

impl DetailView {
    fn of(detail: &Detail) -> Self {
        Self { label: visible(&detail.label, LONGEST), value: visible(&detail.value, LONGEST) }
    }
}

fn color(text: &str) -> String {
    let good =
        text.strip_prefix('#').is_some_and(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
    if good { text.to_owned() } else { String::new() }
}

/// A challenge that is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedView {
    /// The account it was sent to.
    pub account: AccountId,
    /// Its organisation.
    pub tenant: String,
    /// Why, in English.
    pub reason: String,
}

impl RefusedView {
    pub(in crate::authenticator) fn of(refused: &Refused, account: &Account) -> Self {
        Self {
            account: refused.account.clone(),
            tenant: visible(&account.tenant_name, LONGEST),
            reason: refused.reason.to_string(),
        }
    }
}

/// One account's error among others that went well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The account.
    pub account: AccountId,
    /// Its organisation.
    pub tenant: String,
    /// [`AuthenticatorError::code`].
    pub code: String,
    /// The sentence, in English.
    pub message: String,
}

impl Trouble {
    pub(in crate::authenticator) fn of(account: &Account, error: &AuthenticatorError) -> Self {
        Self {
            account: account.id.clone(),
            tenant: visible(&account.tenant_name, LONGEST),
            code: error.server_code().unwrap_or(error.code()).to_owned(),
            message: error.to_string(),
        }
    }
}

/// A clock that the person should know about. Approvals work all the same; codes may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockError {
    /// The account whose server it differs from.
    pub account: AccountId,
    /// Seconds that this device's clock is behind (negative: ahead).
    pub seconds: i64,
}

/// One ended request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryView {
    /// Names the request.
    pub id: ChallengeId,
    /// Who asked.
    pub application: String,
    /// The relying party's words.
    pub message: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether this device answered.
    pub answered_here: bool,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339; none when nobody answered.
    pub responded_at: Option<String>,
    /// Whether a rule of this device decided, so that nobody was asked.
    pub by_rule: bool,
    /// Whether this device approved it without a network; then there is no receipt.
    pub offline: bool,
    /// What was decided here, if it was.
    pub decision: Option<Decision>,
    /// The evidence of it.
    pub receipt: Option<Receipt>,
}

/// How a new phone takes an account over.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TransferLink {
    /// An enrolment link, to be shown as a QR code to the new phone.
    pub link: String,
    /// RFC 3339.
    pub expires_at: String,
}

impl std::fmt::Debug for TransferLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransferLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
