//! Which app a file is of. Recognised from content, never from its name (`recognise`).

/// The apps and forms whose files can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Aegis Authenticator: plain and encrypted exports.
    Aegis,
    /// 2FAS: backups of schema 1 to 4, plain and encrypted.
    TwoFas,
    /// Bitwarden and Bitwarden Authenticator: JSON, CSV, password-protected JSON.
    Bitwarden,
    /// Ente Auth: lines of links, and the encrypted export.
    Ente,
    /// Proton Authenticator, plain and encrypted, and Proton Pass.
    Proton,
    /// Stratum (Authenticator Pro): plain, strong, legacy, and its database.
    Stratum,
    /// andOTP: plain, and both encrypted forms.
    AndOtp,
    /// FreeOTP 1 (XML), FreeOTP 2 (Java objects) and FreeOTP+ (JSON).
    FreeOtp,
    /// LastPass Authenticator: JSON and its QR code.
    LastPass,
    /// Raivo: JSON, and the ZIP archive around it.
    Raivo,
    /// Authy: preferences of a rooted Android phone.
    Authy,
    /// Duo Mobile: accounts of a rooted Android phone.
    Duo,
    /// Microsoft Authenticator: database of a rooted Android phone.
    Microsoft,
    /// Google Authenticator: `otpauth-migration` links in one or several parts, and its database.
    Google,
    /// Authenticator Plus: ZIP archive and SQLCipher database.
    AuthenticatorPlus,
    /// WinAuth: text, alone or in a ZIP archive.
    WinAuth,
    /// TOTP Authenticator (BinaryBoot).
    TotpAuthenticator,
    /// KeePass databases, of which only fields for one-time passwords are read.
    Kdbx,
    /// Steam Guard files of phones and of Steam Desktop Authenticator.
    Steam,
    /// Battle.net Authenticator: preferences of a rooted Android phone.
    BattleNet,
    /// Lists of `otpauth://` links, one a line.
    Links,
    /// HTML sheets that other apps print.
    Html,
    /// Our own sealed backup (docs/backup-format.md).
    Backup,
}

impl Format {
    /// The name that people know.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aegis => "Aegis",
            Self::TwoFas => "2FAS",
            Self::Bitwarden => "Bitwarden",
            Self::Ente => "Ente Auth",
            Self::Proton => "Proton",
            Self::Stratum => "Stratum",
            Self::AndOtp => "andOTP",
            Self::FreeOtp => "FreeOTP",
            Self::LastPass => "LastPass Authenticator",
            Self::Raivo => "Raivo",
            Self::Authy => "Authy",
            Self::Duo => "Duo Mobile",
            Self::Microsoft => "Microsoft Authenticator",
            Self::Google => "Google Authenticator",
            Self::AuthenticatorPlus => "Authenticator Plus",
            Self::WinAuth => "WinAuth",
            Self::TotpAuthenticator => "TOTP Authenticator",
            Self::Kdbx => "KeePass",
            Self::Steam => "Steam Guard",
            Self::BattleNet => "Battle.net",
            Self::Links => "list of links",
            Self::Html => "HTML sheet",
            Self::Backup => "Countersign",
        }
    }

    /// A stable word for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aegis => "aegis",
            Self::TwoFas => "twofas",
            Self::Bitwarden => "bitwarden",
            Self::Ente => "ente",
            Self::Proton => "proton",
            Self::Stratum => "stratum",
            Self::AndOtp => "andotp",
            Self::FreeOtp => "freeotp",
            Self::LastPass => "lastpass",
            Self::Raivo => "raivo",
            Self::Authy => "authy",
            Self::Duo => "duo",
            Self::Microsoft => "microsoft",
            Self::Google => "google",
            Self::AuthenticatorPlus => "authenticator_plus",
            Self::WinAuth => "winauth",
            Self::TotpAuthenticator => "totp_authenticator",
            Self::Kdbx => "kdbx",
            Self::Steam => "steam",
            Self::BattleNet => "battlenet",
            Self::Links => "links",
            Self::Html => "html",
            Self::Backup => "backup",
        }
    }
}
