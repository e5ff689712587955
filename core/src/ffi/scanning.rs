//! A scanner: camera frames, pictures and texts go in, what waits for the person comes out. What was scanned stays here;
//! the shell goes on by its number.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::codes::count;
use super::{
    AddedEntry, CoreError, CountersignCore, EnrollmentOffer, ImportPlan, OfflineSignIn, Remark, blocking,
};
use crate::authenticator::{Authenticator, AuthenticatorError};
use crate::scan::{Confirm, Hint, LumaFrame, ScanError, ScanKind, ScanSession, ScanState, ScanView, Scanned};

/// One sitting in front of the camera, or one heap of pictures.
#[derive(Debug, uniffi::Object)]
pub struct Scanner {
    authenticator: Authenticator,
    session: Arc<Mutex<ScanSession>>,
}

/// The state of a scanner.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ScanPage {
    /// Something waits for the person.
    pub found: bool,
    /// Parts of an export are missing, and nothing else waits. What is there can be taken all the same.
    pub collecting: bool,
    /// What would help to get the next frame read.
    pub hint: Option<ScanHint>,
    /// What was found and waits for the person.
    pub items: Vec<ScannedItem>,
    /// Exports in several parts, of which at least one was found.
    pub exports: Vec<ExportParts>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ScannedItem {
    /// Its number in this scanner.
    pub id: u64,
    /// What it is, and so how to go on after the person's yes.
    pub kind: ScannedKind,
    /// Who issued the account, or the server of an enrolment.
    pub issuer: Option<String>,
    /// The account's name.
    pub account: Option<String>,
    /// Whether the secret of the account has fewer than 128 bits.
    pub weak: bool,
    /// Whether its codes need a PIN.
    pub needs_pin: bool,
    /// A whole sentence that says what it is, in English.
    pub sentence: String,
    /// Why it cannot be used; none for everything else.
    pub remark: Option<Remark>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ScannedKind {
    /// An account with codes: goes on with `add`.
    Account,
    /// An invitation to enrol: goes on with `look_at`.
    Enrollment,
    /// A sign-in that can be approved without a network: goes on with `offline_sign_in`.
    OfflineRequest,
    /// Meant for this app, but not usable; the sentence says why.
    Invalid,
    /// Something else.
    Other,
}

/// An export that another app shows in several codes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExportParts {
    /// Its number in this scanner: goes on with `plan_export`.
    pub id: u64,
    /// How many parts there are.
    pub size: u32,
    /// The parts that were scanned, from 1.
    pub scanned: Vec<u32>,
    /// The parts that are missing, from 1.
    pub missing: Vec<u32>,
    /// Accounts in the parts that were scanned.
    pub entries: u64,
    /// A whole sentence that says how far it is, in English.
    pub sentence: String,
}

/// What the person could do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ScanHint {
    /// Offer the torch.
    TooDark,
    /// Tilt the phone, or put the torch out.
    TooBright,
    /// Come closer, or zoom.
    TooSmall,
    /// Hold still.
    TooBlurred,
}

impl From<ScanView> for ScanPage {
    fn from(view: ScanView) -> Self {
        let item = |item: crate::scan::ScanItemView| ScannedItem {
            id: count(item.id),
            kind: match (item.kind, item.confirm) {
                (ScanKind::Account, Confirm::AddAccount) => ScannedKind::Account,
                (ScanKind::Enrollment, Confirm::Enroll) => ScannedKind::Enrollment,
                (ScanKind::OfflineRequest, Confirm::ShowSignIn) => ScannedKind::OfflineRequest,
                (ScanKind::Invalid, _) => ScannedKind::Invalid,
                _ => ScannedKind::Other,
            },
            issuer: item.issuer,
            account: item.account,
            weak: item.weak,
            needs_pin: item.needs_pin,
            sentence: item.sentence,
            remark: item.remark.as_ref().map(Remark::from),
        };
        let export = |export: crate::scan::ExportPartsView| ExportParts {
            id: count(export.id),
            size: export.size,
            scanned: export.scanned,
            missing: export.missing,
            entries: count(export.entries),
            sentence: export.sentence,
        };
        Self {
            found: view.state == ScanState::Found,
            collecting: view.state == ScanState::Collecting,
            hint: view.hint.map(ScanHint::from),
            items: view.items.into_iter().map(item).collect(),
            exports: view.exports.into_iter().map(export).collect(),
        }
    }
}

impl From<Hint> for ScanHint {
    fn from(hint: Hint) -> Self {
        match hint {
            Hint::TooDark => Self::TooDark,
            Hint::TooBright => Self::TooBright,
            Hint::TooSmall => Self::TooSmall,
            Hint::TooBlurred => Self::TooBlurred,
        }
    }
}

#[uniffi::export]
impl CountersignCore {
    /// A scanner with nothing in it.
    pub fn scanner(&self) -> Arc<Scanner> {
        let session = Arc::new(Mutex::new(self.authenticator.scan_session()));
        Arc::new(Scanner { authenticator: self.authenticator.clone(), session })
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Scanner {
    /// Looks at a camera frame for about `budget_ms` milliseconds; true when it brought something new. `luma` is the grey
    /// plane, `row_stride` its bytes from one row to the next. Call it off the main thread, one frame after the other.
    pub fn frame(
        &self,
        luma: Vec<u8>,
        width: u32,
        height: u32,
        row_stride: u32,
        budget_ms: u32,
    ) -> Result<bool, CoreError> {
        let stride = usize::try_from(row_stride).unwrap_or(usize::MAX);
        let frame = LumaFrame::new(width, height, stride, &luma).map_err(ScanError::from)?;
        Ok(self.session().frame(&frame, Duration::from_millis(budget_ms.into()))?)
    }

    /// Looks at a PNG or JPEG file; true when it brought something new. Takes up to a second.
    pub async fn file(&self, bytes: Vec<u8>) -> Result<bool, CoreError> {
        let session = Arc::clone(&self.session);
        blocking(move || Ok(lock(&session).file(&bytes)?)).await
    }

    /// Takes a text, such as the clipboard's or a link's; true when it is new.
    pub fn text(&self, text: String) -> bool {
        self.session().text(&zeroize::Zeroizing::new(text))
    }

    /// What to show.
    pub fn page(&self) -> ScanPage {
        self.session().view().into()
    }

    /// Adds the account under this number.
    pub async fn add(&self, id: u64) -> Result<AddedEntry, CoreError> {
        let (session, authenticator) = (Arc::clone(&self.session), self.authenticator.clone());
        blocking(move || {
            let Scanned::OtpAuth(entry) = found(&session, id)? else { return Err(unknown()) };
            let added = authenticator.add_entry(&entry)?;
            lock(&session).settle(number(id));
            Ok(added.into())
        })
        .await
    }

    /// Asks the server of the enrolment link under this number whose link it is. Changes nothing.
    pub async fn look_at(&self, id: u64) -> Result<Arc<EnrollmentOffer>, CoreError> {
        let Scanned::Enrollment(link) = found(&self.session, id)? else { return Err(unknown().into()) };
        let offer = self.authenticator.look_at(&zeroize::Zeroizing::new(link.to_string())).await?;
        Ok(Arc::new(EnrollmentOffer { offer }))
    }

    /// Checks the sign-in under this number. Needs no network.
    pub fn offline_sign_in(&self, id: u64) -> Result<Arc<OfflineSignIn>, CoreError> {
        let Scanned::OfflineRequest(text) = found(&self.session, id)? else { return Err(unknown().into()) };
        let request = self.authenticator.offline_request(&text.to_string())?;
        Ok(Arc::new(OfflineSignIn { request }))
    }

    /// What the scanned parts of the export under this number would bring.
    pub fn plan_export(&self, id: u64) -> Result<Arc<ImportPlan>, CoreError> {
        let found = self.session().export(number(id)).ok_or_else(unknown)?;
        Ok(Arc::new(ImportPlan { plan: self.authenticator.plan_found(found)? }))
    }

    /// The person has decided about the item under this number: it is shown no more.
    pub fn settle(&self, id: u64) {
        self.session().settle(number(id));
    }

    /// The person has decided about the export under this number.
    pub fn settle_export(&self, id: u64) {
        self.session().settle_export(number(id));
    }
}

impl Scanner {
    fn session(&self) -> MutexGuard<'_, ScanSession> {
        lock(&self.session)
    }
}

fn lock(session: &Mutex<ScanSession>) -> MutexGuard<'_, ScanSession> {
    // Things are added to it one by one: a poisoned one is whole.
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

fn found(session: &Mutex<ScanSession>, id: u64) -> Result<Scanned, AuthenticatorError> {
    lock(session).get(number(id)).cloned().ok_or_else(unknown)
}

fn number(id: u64) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

const fn unknown() -> AuthenticatorError {
    AuthenticatorError::UnknownScanned
}
