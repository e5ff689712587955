//! Signing in by OAuth 2.0: applications send a person's name and password, learn that a second factor is wanted, and
//! get tokens for both. Which words they use for it is the dialects' business (`api/auth0`, `api/reltio`).

mod associate;
mod bearer;
pub(in crate::engine) mod choice;
mod claims;
pub(in crate::engine) mod client;
mod client_settings;
mod error;
mod grant;
mod issuer;
mod jwt;
mod key_pair;
mod keys;
mod login;
pub(in crate::engine) mod oob;
mod origins;
mod own;
mod place;
mod refresh;
mod registration;
mod show;
mod steps;
#[cfg(test)]
mod testing;

pub use associate::{Associated, NewFactor};
pub use bearer::{Audience, Bearer};
pub use choice::{NoChoice, SecondAsked, Wish};
pub use client::{Demand, Flavour, OauthClient, Wording};
pub use client_settings::ClientSetting;
pub use error::SignInError;
pub use grant::{Granting, Tokens};
pub(in crate::engine) use issuer::Issuers;
pub use issuer::{Issuer, IssuerError};
pub use key_pair::Algorithm;
pub(in crate::engine) use keys::TokenKeyring;
pub use keys::{TokenKeyInfo, TokenKeyRotation};
pub use login::{Began, Login, LoginTerms, NextStep, TokenForm};
pub(in crate::engine) use origins::Origins;
pub use own::{ADMINISTRATOR, Administrator};
pub(in crate::engine) use registration::usual_client;
pub use registration::{OauthChanges, OauthClientInfo, OauthTerms};
pub use show::{OobAnswer, Showing, Shown};
pub use steps::{Second, Step, Typed};
