//! An application's secrets: what an operator sees of them, making another one, ending one. No page shows one but the reply
//! to the form that made it.

use axum::response::Response;

use super::one::One;
use super::words::Words;
use super::{Named, made, named};
use crate::engine::{Error, NewNetworks, Rotation, SecretInfo};
use crate::network::Networks;
use crate::portal::console::act::{Act, Form};
use crate::portal::console::problem::{Problem, Wrong};
use crate::portal::console::said::{Choice, Said, lines};
use crate::timestamp::{day, rfc3339};

const HOUR: i64 = 3_600_000;
/// How long the secrets before go on working: its word, and milliseconds.
const OLD: [(&str, i64); 5] =
    [("now", 0), ("1h", HOUR), ("24h", 24 * HOUR), ("7d", 7 * 24 * HOUR), ("30d", 30 * 24 * HOUR)];
/// From where the new one may be used.
const FROM: [&str; 3] = ["same", "anywhere", "only"];

/// A secret in the list: not the secret itself, which nobody has.
pub(super) struct SecretLine {
    pub(super) id: String,
    pub(super) prefix: String,
    pub(super) active: bool,
    pub(super) made: String,
    pub(super) ends: Option<String>,
    pub(super) used: Option<String>,
    /// None: from anywhere.
    pub(super) networks: Option<String>,
}

impl SecretLine {
    pub(super) fn of(SecretInfo { id, row, active }: &SecretInfo) -> Self {
        Self {
            id: id.clone(),
            prefix: row.prefix.clone(),
            active: *active,
            made: rfc3339(row.created_at),
            ends: row.expires_at.map(rfc3339),
            used: row.last_used_at.map(rfc3339),
            networks: row.networks.as_deref().map(|list| list.replace(',', " ")),
        }
    }
}

/// The form for another one, and what was wrong with it.
pub(super) struct SecretForm {
    pub(super) old: Vec<Choice>,
    pub(super) from: Vec<Choice>,
    pub(super) networks: String,
    pub(super) ends: String,
    pub(super) said: Option<Said>,
}

impl SecretForm {
    pub(super) fn new(words: &'static Words) -> Self {
        Self::with(words, ("24h", "same"))
    }

    fn with(words: &'static Words, (old, from): (&str, &str)) -> Self {
        let olds = OLD.iter().zip(words.old_ends);
        let froms = FROM.iter().zip(words.secret_from);
        Self {
            old: olds.map(|((word, _), text)| Choice::new(*word, text, *word == old)).collect(),
            from: froms.map(|(word, text)| Choice::new(*word, text, *word == from)).collect(),
            networks: String::new(),
            ends: String::new(),
            said: None,
        }
    }

    fn again(words: &'static Words, form: &Form, said: Said) -> Self {
        let again = Self::with(words, (form.text("old"), form.text("from")));
        let (networks, ends) = (form.text("networks").to_owned(), form.text("ends").to_owned());
        Self { networks, ends, said: Some(said), ..again }
    }
}

fn rotation(form: &Form, words: &'static Words) -> Result<Result<Rotation, Said>, Wrong> {
    let old = OLD.iter().find(|(word, _)| *word == form.text("old"));
    let (_, old_end_in) = *old.ok_or(Problem::Malformed)?;
    let networks = match form.text("from") {
        "same" => NewNetworks::Same,
        "anywhere" => NewNetworks::Anywhere,
        "only" => match Networks::try_from(lines(form.text("networks"))) {
            Ok(networks) if !networks.is_empty() => NewNetworks::Only(networks),
            Ok(_) => return Ok(Err(Said::own(words.no_networks))),
            Err(error) => return Ok(Err(Said::with(words.bad_networks, error))),
        },
        _ => return Err(Problem::Malformed.into()),
    };
    let expires_at = match form.get("ends").map(day) {
        None => None,
        Some(Some(at)) => Some(at),
        Some(None) => return Ok(Err(Said::own(words.bad_end))),
    };
    Ok(Ok(Rotation { old_end_in, expires_at, networks }))
}

/// `POST /console/{tenant}/applications/{application}/secrets`.
pub(super) async fn rotate(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let row = desk.engine.application(id).await?;
    let words = Words::of(desk.language);
    let said = match rotation(&form, words)? {
        Ok(rotation) => {
            let old = if rotation.old_end_in > 0 { words.old_works } else { words.old_ended };
            match desk.engine.rotate_secret(id, rotation, &desk.by()).await {
                Ok(secret) => {
                    let page = made(&desk, &row, secret.text, Some(old.to_owned())).await?;
                    return Ok(desk.page(&page));
                }
                Err(Error::TwoSecrets) => Said::own(words.two_secrets),
                Err(error) => Said::of(error, words.bad_end)?,
            }
        }
        Err(said) => said,
    };
    let mut page = One::of(&desk, id).await?;
    page.secret = SecretForm::again(words, &form, said);
    Ok(desk.page_again(&page))
}

/// `POST /console/{tenant}/applications/{application}/secrets/end`.
pub(super) async fn end(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let which = form.get("secret").ok_or(Problem::Malformed)?;
    let done = match desk.engine.revoke_secret(id, which, &desk.by()).await {
        Ok(0) => "last_secret_ended",
        Ok(_) => "secret_ended",
        // The same form once more, or somebody else was faster.
        Err(Error::SecretNotFound) => "secret_ended_before",
        Err(error) => return Err(error.into()),
    };
    Ok(desk.go(&format!("/{}/applications/{id}", id.tenant), done))
}
