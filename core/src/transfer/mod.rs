//! In and out: files of other authenticators, and our own backup and exports.
//!
//! Reading is `bytes → Found`, without a side effect: one folder per foreign format, found by `read` from the content.
//! `found` is what a file holds, entry by entry, good ones beside refused ones; `source` carries password, limits and
//! the wish to stop. Storing what was found is [`crate::authenticator`]'s work. Writing is `export`.

mod aegis;
mod andotp;
mod archive;
mod authenticator_plus;
mod authy;
pub(crate) mod backup;
mod battlenet;
mod bitwarden;
mod cipher;
mod database;
mod details;
mod duo;
mod ente;
mod error;
pub(crate) mod export;
mod fields;
#[cfg(test)]
mod fixtures;
mod format;
mod found;
mod freeotp;
mod google;
mod html;
mod json;
mod kdbx;
mod kdf;
mod kinds;
mod lastpass;
mod link;
mod links;
mod microsoft;
mod names;
mod preferences;
mod proton;
mod raivo;
mod read;
mod recognise;
mod shape;
mod source;
mod steam;
mod stratum;
mod totp_authenticator;
mod twofas;
mod winauth;
mod xml;

#[cfg(test)]
mod tests;

pub use error::TransferError;
pub use export::ExportError;
pub use format::Format;
pub use found::{Aside, Field, Found, Imported, Item, Refusal, Skip, Warning};
pub use google::MigrationPart;
pub use read::{read, recognise};
pub use source::{Cancel, Source};
