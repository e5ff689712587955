//! A tenant's keys: what phones know it by, and what its tokens are signed with.

use askama::Template;
use axum::response::Response;

use super::super::act::Act;
use super::super::desk::Desk;
use super::super::frame::Frame;
use super::super::problem::{Problem, Wrong};
use super::super::said::Said;
use super::keys_words::KeyWords;
use super::words::Words;
use super::{Tab, tabs};
use crate::engine::Error;
use crate::engine::console::May;
use crate::engine::oauth::{Algorithm, IssuerError, TokenKeyInfo, TokenKeyRotation};
use crate::timestamp::rfc3339;

#[derive(Template)]
#[template(path = "console/settings/keys.html")]
struct Page {
    frame: Frame,
    words: &'static KeyWords,
    tabs: Vec<Tab>,
    may_change: bool,
    thumbprint: String,
    issuer: Option<String>,
    keys: Vec<Line>,
    typed: String,
    problem: Option<Said>,
}

struct Line {
    kid: String,
    algorithm: &'static str,
    created: String,
    signs_from: String,
    ends: Option<String>,
}

/// `GET /console/{tenant}/settings/keys`.
pub(super) async fn show(desk: Desk) -> Result<Response, Wrong> {
    let page = page(&desk, None, "").await?;
    Ok(desk.page(&page))
}

async fn page(desk: &Desk, problem: Option<Said>, typed: &str) -> Result<Page, Wrong> {
    let words = KeyWords::of(desk.language);
    let tenant = desk.tenant()?.id;
    let issuer = desk.engine.issuer_now(tenant).await?.map(|issuer| issuer.url);
    let line = |key: TokenKeyInfo| Line {
        kid: key.kid,
        algorithm: key.algorithm.as_str(),
        created: rfc3339(key.created_at),
        signs_from: rfc3339(key.signs_from),
        ends: key.ends_at.map(rfc3339),
    };
    let keys = desk.engine.token_keys(tenant).await?.into_iter().map(line).collect();
    let done = [
        ("rotated", words.rotated),
        ("issuer", words.issuer_set),
        ("no_issuer", words.issuer_removed),
        ("token_key", words.token_key_made),
    ];
    let frame = desk.frame("keys", Words::of(desk.language).keys, &done);
    Ok(Page {
        tabs: tabs(&frame.here, Words::of(desk.language), "/keys"),
        words,
        may_change: desk.session.operator.may(May::ChangeSettings, tenant),
        thumbprint: desk.engine.signing_key(tenant).await?.to_string(),
        issuer,
        keys,
        typed: typed.to_owned(),
        problem,
        frame,
    })
}

fn back(desk: &Desk, word: &str) -> Result<Response, Wrong> {
    Ok(desk.go(&format!("/{}/settings/keys", desk.tenant()?.id), word))
}

/// `POST /console/{tenant}/settings/keys/rotate`.
pub(super) async fn rotate(Act { desk, form }: Act) -> Result<Response, Wrong> {
    if !form.has("sure") {
        return again(&desk, Said::own(KeyWords::of(desk.language).say_sure), "").await;
    }
    desk.engine.rotate_signing_key(desk.tenant()?.id, &desk.by()).await?;
    back(&desk, "rotated")
}

/// `POST /console/{tenant}/settings/issuer`.
pub(super) async fn set_issuer(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let host = form.text("host");
    let words = KeyWords::of(desk.language);
    let problem = match desk.engine.set_issuer(desk.tenant()?.id, host, &desk.by()).await {
        Ok(_) => return back(&desk, "issuer"),
        Err(IssuerError::NotAHost(_)) => words.bad_host,
        Err(IssuerError::Taken(_)) => words.host_taken,
        Err(IssuerError::None) => return Err(Problem::NotFound.into()),
        Err(IssuerError::Rule(error)) => return Err(error.into()),
    };
    again(&desk, Said::own(problem), host).await
}

/// `POST /console/{tenant}/settings/issuer/remove`.
pub(super) async fn remove_issuer(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let words = KeyWords::of(desk.language);
    if !form.has("sure") {
        return again(&desk, Said::own(words.say_sure), "").await;
    }
    match desk.engine.remove_issuer(desk.tenant()?.id, &desk.by()).await {
        Ok(()) => back(&desk, "no_issuer"),
        Err(IssuerError::Rule(error)) => Err(error.into()),
        Err(_) => again(&desk, Said::own(words.no_issuer), "").await,
    }
}

/// `POST /console/{tenant}/settings/token-keys`.
pub(super) async fn rotate_token_key(Act { desk, form }: Act) -> Result<Response, Wrong> {
    let rotation = TokenKeyRotation {
        algorithm: form.get("algorithm").and_then(Algorithm::from_word),
        at_once: form.has("at_once"),
    };
    match desk.engine.rotate_token_key(desk.tenant()?.id, rotation, &desk.by()).await {
        Ok(_) => back(&desk, "token_key"),
        Err(Error::Invalid(_)) => {
            again(&desk, Said::own(KeyWords::of(desk.language).at_the_same_moment), "").await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(desk: &Desk, problem: Said, typed: &str) -> Result<Response, Wrong> {
    let page = page(desk, Some(problem), typed).await?;
    Ok(desk.page_again(&page))
}
