//! What reading a file needs: its bytes, maybe its password, how much work it may ask for, and the wish to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::TransferError;

/// Largest file that is read, in bytes: 50 MiB.
pub(super) const MAX_FILE_BYTES: usize = 52_428_800;
/// Largest text that comes out of a compressed file, in bytes: 64 MiB.
pub(super) const MAX_INFLATED_BYTES: usize = 67_108_864;
/// Most entries of one file.
pub(super) const MAX_ENTRIES: usize = 100_000;

/// A file to read.
#[derive(Clone)]
pub struct Source<'a> {
    bytes: &'a [u8],
    password: Option<&'a str>,
    costly: bool,
    cancel: Cancel,
}

impl<'a> Source<'a> {
    /// A file without a password.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, password: None, costly: false, cancel: Cancel::default() }
    }

    /// With the password that the person typed: UTF-8, never trimmed, never normalised.
    #[must_use]
    pub fn with_password(mut self, password: &'a str) -> Self {
        self.password = Some(password);
        self
    }

    /// The person agreed to a long computation (P5); without it, such a file gives [`TransferError::Costly`].
    #[must_use]
    pub fn even_if_costly(mut self) -> Self {
        self.costly = true;
        self
    }

    /// With a way to stop in the middle.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// The same wishes for other bytes: what was inside an archive.
    #[must_use]
    pub fn inside<'b>(&self, bytes: &'b [u8]) -> Source<'b>
    where
        'a: 'b,
    {
        Source { bytes, password: self.password, costly: self.costly, cancel: self.cancel.clone() }
    }

    /// The file.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The password.
    ///
    /// # Errors
    /// [`TransferError::NeedsPassword`] when none was given yet: ask for it and read again.
    pub fn password(&self) -> Result<&'a str, TransferError> {
        self.password.ok_or(TransferError::NeedsPassword)
    }

    /// Whether a long computation was agreed to.
    #[must_use]
    pub const fn may_be_costly(&self) -> bool {
        self.costly
    }

    /// # Errors
    /// [`TransferError::Cancelled`] when the person does not want to wait any longer. Asked often during long work.
    pub fn go_on(&self) -> Result<(), TransferError> {
        if self.cancel.is_cancelled() { Err(TransferError::Cancelled) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// A wish to stop, shared between who works and who waits.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Ends the work at its next look.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was wished.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
