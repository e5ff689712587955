//! Where a sign-in comes from, as its relying party tells it, and in the words that a person sees on the phone.

use std::net::IpAddr;

use countersign_protocol::challenge::{Context, Detail, MAX_DETAILS};

use crate::engine::challenge::user_agent;
use crate::engine::{Engine, Error};

/// What a relying party says of the browser or machine that its user signs in with. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Its address.
    pub address: Option<IpAddr>,
    /// What its browser calls itself, at most 1,024 characters.
    pub user_agent: Option<String>,
    /// What else the person should see: at most 8 labels (40 characters) with values (120).
    pub details: Vec<Detail>,
}

impl Origin {
    /// # Errors
    /// [`Error::Invalid`] for what is too long or too many.
    pub(in crate::engine) fn check(&self) -> Result<(), Error> {
        if self.user_agent.as_deref().is_some_and(|text| text.chars().count() > 1024) {
            return Err(Error::Invalid("user_agent must be at most 1024 characters".to_owned()));
        }
        if self.details.len() > MAX_DETAILS {
            return Err(Error::Invalid(format!("context must have at most {MAX_DETAILS} details")));
        }
        if self.details.iter().all(Detail::is_well_formed) {
            Ok(())
        } else {
            let most = "a label of 1 to 40 and a value of 1 to 120 characters, without control characters";
            Err(Error::Invalid(format!("each detail of context must have {most}")))
        }
    }
}

impl Engine {
    /// The origin as the person will see it, and its country.
    pub(in crate::engine) fn context(&self, origin: &Origin) -> (Context, Option<String>) {
        let place = self.places.as_ref().zip(origin.address).map(|(places, address)| places.find(address));
        let place = place.unwrap_or_default();
        let (browser, os) = origin.user_agent.as_deref().map(user_agent::read).unwrap_or_default();
        let context = Context {
            ip: origin.address.map(|address| address.to_canonical().to_string()),
            place: place.name,
            browser,
            os,
            details: origin.details.clone(),
        };
        (context, place.country)
    }
}
