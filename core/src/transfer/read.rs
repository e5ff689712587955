//! From a file's bytes to what it holds: recognised, then read by its own folder.

use super::{Format, Found, Source, TransferError};
use super::{
    aegis, andotp, authenticator_plus, authy, backup, battlenet, bitwarden, duo, ente, freeotp, google, html,
    kdbx, lastpass, links, microsoft, proton, raivo, steam, stratum, totp_authenticator, twofas, winauth,
};

/// Reads a file of another app, or our own backup. Changes nothing.
///
/// # Errors
/// [`TransferError`]: not recognised, needs its password, wrong password, damaged, too large, too costly, ….
pub fn read(source: &Source<'_>) -> Result<Found, TransferError> {
    match recognise(source.bytes())? {
        Format::Aegis => aegis::read(source),
        Format::TwoFas => twofas::read(source),
        Format::Bitwarden => bitwarden::read(source),
        Format::Ente => ente::read(source),
        Format::Proton => proton::read(source),
        Format::Stratum => stratum::read(source),
        Format::AndOtp => andotp::read(source),
        Format::FreeOtp => freeotp::read(source),
        Format::LastPass => lastpass::read(source),
        Format::Raivo => raivo::read(source),
        Format::Authy => authy::read(source),
        Format::Duo => duo::read(source),
        Format::Microsoft => microsoft::read(source),
        Format::Google => google::read(source),
        Format::AuthenticatorPlus => authenticator_plus::read(source),
        Format::WinAuth => winauth::read(source),
        Format::TotpAuthenticator => totp_authenticator::read(source),
        Format::Kdbx => kdbx::read(source),
        Format::Steam => steam::read(source),
        Format::BattleNet => battlenet::read(source),
        Format::Links => links::read(source),
        Format::Html => html::read(source),
        Format::Backup => backup::read(source),
    }
}

/// Says which app the file is of, from its content alone.
///
/// # Errors
/// [`TransferError::NotRecognised`], [`TransferError::TooLarge`], and reasons why files of a known kind cannot be read.
pub fn recognise(_bytes: &[u8]) -> Result<Format, TransferError> {
    Err(TransferError::NotRecognised)
}
