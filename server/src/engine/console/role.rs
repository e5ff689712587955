//! What each kind of operator may do. This is the one place that says so.

use serde::{Deserialize, Serialize};

/// A kind of operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, other operators included.
    Owner,
    /// Everything but other operators.
    Admin,
    /// People and their factors, and no secret of anybody's.
    HelpDesk,
    /// Looks, and changes nothing.
    Auditor,
}

/// Something that may be done in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum May {
    /// See the overview.
    SeeOverview,
    /// See people, their factors, devices and locks, and what is being asked of them.
    SeePeople,
    /// Unlock people, reset their factors, enrol them, and take back questions.
    HelpPeople,
    /// See applications, channels, webhooks, providers, templates and policy; never a secret of theirs.
    SeeSettings,
    /// Change those. Secrets that are made are shown once, to whoever makes them.
    ChangeSettings,
    /// See messages that the server sent or could not send, with what they say.
    SeeMessages,
    /// See the audit log, check it and take it along.
    SeeAudit,
    /// Invite, change and end operators.
    ManageOperators,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::HelpDesk, Self::Auditor];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::HelpDesk => "helpdesk",
            Self::Auditor => "auditor",
        }
    }

    /// The role by its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether it may do this.
    #[must_use]
    pub fn may(self, what: May) -> bool {
        use May as M;
        match self {
            Self::Owner => true,
            Self::Admin => what != M::ManageOperators,
            Self::HelpDesk => matches!(what, M::SeeOverview | M::SeePeople | M::HelpPeople),
            Self::Auditor => {
                matches!(what, M::SeeOverview | M::SeePeople | M::SeeSettings | M::SeeAudit)
            }
        }
    }
}
