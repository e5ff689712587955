//! Becoming an operator by a link: who one is, a second factor, and recovery codes. The link is used up at the end.

pub(super) mod pages;
pub(super) mod words;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use countersign_protocol::link::EnrollmentLink;

use super::door::{Door, Knock};
use super::passkey::{Prompt, answered, ask, do_not_ask};
use super::problem::{Problem, Wrong};
use super::routes::Routes;
use crate::engine::Error;
use crate::engine::console::{Holder, Joining, browser_name};
use crate::portal::sign_in::as_meant;
use pages::Visit;
use words::Words;

pub(super) fn routes() -> Routes {
    Routes::default()
        .open("/join/{token}", get(page).post(who))
        .open("/join/{token}/totp", post(totp))
        .open("/join/{token}/code", post(code))
        .open("/join/{token}/app", post(app))
        .open("/join/{token}/passkey", post(passkey))
        .open("/join/{token}/passkey/options", post(options))
        .open("/join/{token}/finish", post(finish))
}

/// `GET /console/join/{token}`: who one is; once that is said, the ways to a second factor.
async fn page(Path(token): Path<String>, door: Door) -> Result<Response, Wrong> {
    let visit = Visit::new(&door, &token);
    match door.engine.operator_link(&token, Some(door.browser.hash())).await {
        Ok(link) => match &link.taken_up {
            Some(user) => Ok(visit.ask_factor(user, None).await?),
            None => Ok(visit.ask_who(&link, None, ["", ""])),
        },
        Err(error) => visit.over(error),
    }
}

/// `POST /console/join/{token}`: says who one is.
async fn who(Path(token): Path<String>, Knock { door, form }: Knock) -> Result<Response, Wrong> {
    let (name, email) = (form.text("name"), form.text("email"));
    let password = form.exact("password").unwrap_or_default();
    let who = Joining { email, name, password, language: door.language.into() };
    let visit = Visit::new(&door, &token);
    let words = Words::of(door.language);
    let problem = match door.engine.take_up_link(visit.holder(), who).await {
        Ok(_) => return Ok(door.go(&format!("/console/join/{token}"))),
        Err(Error::AlreadyEnrolled) => words.known.to_owned(),
        Err(Error::Busy { .. }) => words.busy.to_owned(),
        Err(Error::Invalid(_)) => words.cannot_be.to_owned(),
        Err(error) => return visit.over(error),
    };
    match door.engine.operator_link(&token, Some(door.browser.hash())).await {
        Ok(link) => Ok(visit.ask_who(&link, Some(problem), [name, email])),
        Err(error) => visit.over(error),
    }
}

/// `POST /console/join/{token}/totp`: a seed for an app that shows codes.
async fn totp(Path(token): Path<String>, Knock { door, .. }: Knock) -> Result<Response, Wrong> {
    let visit = Visit::new(&door, &token);
    match door.engine.offer_operator_totp(visit.holder()).await {
        Ok(seed) => Ok(visit.show_seed(StatusCode::OK, &seed.link, None)),
        Err(error) => visit.over(error),
    }
}

/// `POST /console/join/{token}/code`: the seed's first code.
async fn code(Path(token): Path<String>, Knock { door, form }: Knock) -> Result<Response, Wrong> {
    let visit = Visit::new(&door, &token);
    let words = Words::of(door.language);
    let code = as_meant(form.text("code"));
    let problem = match door.engine.confirm_operator_totp(visit.holder(), &code).await {
        Ok(()) => return visit.finish().await,
        Err(Error::Invalid(_)) => words.no_code,
        Err(Error::WrongFactorCode { .. }) => words.wrong_code,
        Err(Error::Locked(_)) => words.locked,
        // It counts already, or there is none any more: the page says which.
        Err(Error::NoSuchFactor) => return Ok(door.go(&format!("/console/join/{token}"))),
        Err(error) => return visit.over(error),
    };
    Ok(visit.show_seed(StatusCode::BAD_REQUEST, form.text("link"), Some(problem)))
}

/// `POST /console/join/{token}/app`: an enrolment link for a phone.
async fn app(Path(token): Path<String>, Knock { door, .. }: Knock) -> Result<Response, Wrong> {
    let visit = Visit::new(&door, &token);
    match door.engine.offer_operator_device(visit.holder()).await {
        Ok(issued) => Ok(visit.show_link(&issued.link)),
        Err(error) => visit.over(error),
    }
}

/// `POST /console/join/{token}/passkey/options`: what the script asks the device.
async fn options(Path(token): Path<String>, Knock { door, .. }: Knock) -> Result<Response, Wrong> {
    let visit = Visit::new(&door, &token);
    match door.engine.ask_for_first_passkey(visit.holder()).await {
        Ok(asked) => Ok(ask(&asked)),
        Err(error) => match Prompt::of(door.language).sentence(&error) {
            Some(why) => Ok(do_not_ask(why)),
            None => visit.over(error),
        },
    }
}

/// `POST /console/join/{token}/passkey`: what the device answered.
async fn passkey(Path(token): Path<String>, Knock { door, form }: Knock) -> Result<Response, Wrong> {
    let visit = Visit::new(&door, &token);
    let words = Words::of(door.language);
    let name = door.user_agent.as_deref().and_then(browser_name).unwrap_or_else(|| words.passkey.to_owned());
    match door.engine.add_first_passkey(visit.holder(), answered(&form), &name).await {
        Ok(()) => visit.finish().await,
        Err(error) => match Prompt::of(door.language).sentence(&error) {
            Some(why) => visit.ask_again(why).await,
            None => visit.over(error),
        },
    }
}

/// `POST /console/join/{token}/finish`: the phone was set up.
async fn finish(Path(token): Path<String>, Knock { door, .. }: Knock) -> Result<Response, Wrong> {
    Visit::new(&door, &token).finish().await
}

impl<'a> Visit<'a> {
    fn holder(&self) -> Holder<'a> {
        Holder { token: self.token, browser: self.door.browser.hash(), address: self.door.address }
    }

    /// Uses the link up, signs the browser in and shows the recovery codes.
    async fn finish(&self) -> Result<Response, Wrong> {
        let engine = &self.door.engine;
        let operator = match engine.use_link(self.holder()).await {
            Ok(operator) => operator,
            Err(Error::NoDevices) => return self.ask_again(self.words.not_yet).await,
            Err(error) => return self.over(error),
        };
        let codes = engine.operator_recovery_codes(&operator, self.door.address).await?;
        let session = engine.begin_first_session(&operator, self.door.new_session("")).await?;
        let mut response = self.show_codes(&codes);
        self.door.let_in(&session, &mut response).await?;
        Ok(response)
    }

    /// The ways to a second factor once more, with why the one before came to nothing.
    async fn ask_again(&self, why: &'static str) -> Result<Response, Wrong> {
        let found = self.door.engine.operator_link(self.token, Some(self.door.browser.hash())).await?;
        let Some(user) = found.taken_up else { return Err(Problem::NotFound.into()) };
        Ok(self.ask_factor(&user, Some(why)).await?)
    }

    fn show_link(&self, link: &EnrollmentLink) -> Response {
        self.show_app(link.app_link(), link.to_string())
    }
}
