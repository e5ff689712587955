//! Auth0's grants without a second factor: a name and a password, and fresh tokens.

use axum::response::Response;

use super::words::newer_type;
use super::{Auth0Error, granted};
use crate::api::oauth::refusal::{OauthFactorKind, OauthRequirements};
use crate::api::parameters::Parameters;
use crate::engine::oauth::{Granting, LoginTerms, NextStep, TokenForm};
use crate::engine::policy::{Factor, Factors};
use crate::engine::{Caller, Engine};

/// `password` and `http://auth0.com/oauth/grant-type/password-realm`. A tenant's people are all known in one place, so
/// `realm` says nothing that would have to be looked at.
pub(in crate::api) async fn password(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let username = required(parameters, "username")?;
    let password = required(parameters, "password")?;
    let scope = parameters.text("scope")?.unwrap_or_default();
    let audience = parameters.text("audience")?;
    // Before the password, so that nobody is asked for a factor in vain, and nothing of the person is told by it.
    engine.may_ask_for(caller, audience).await?;
    let user = engine.check_password(caller, username, password).await?;
    let next = engine.next_step(caller, &user).await?;
    if next.second_factor {
        let audience = audience.map(str::to_owned);
        let terms = LoginTerms { scope: scope.to_owned(), audience, form: TokenForm::Mfa, challenge: None };
        let began = engine.begin_login(caller, &user, terms).await?;
        return Err(Auth0Error::mfa_required(began, requirements(caller, &next)));
    }
    let granting = Granting { user: &user, scope, audience, by: None, login: None, with: Vec::new() };
    Ok(granted(&engine.grant(caller, granting).await?, scope, None))
}

/// `refresh_token`.
pub(in crate::api) async fn refresh(
    engine: &Engine,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Auth0Error> {
    let token = required(parameters, "refresh_token")?;
    let scope = parameters.text("scope")?;
    let tokens = engine.refresh(caller, token, scope).await?;
    Ok(granted(&tokens, scope.unwrap_or_default(), None))
}

/// A parameter that must be there.
///
/// # Errors
/// 400 `Missing required parameter: …`.
pub(in crate::api) fn required<'a>(
    parameters: &'a Parameters,
    name: &'static str,
) -> Result<&'a str, Auth0Error> {
    parameters.text(name)?.ok_or_else(|| Auth0Error::missing(name))
}

/// What can come next, for applications that want to be told. Clients filter the list of factors by these words, and one
/// refuses to ask for a challenge whose own word is not among them, so both vocabularies are listed.
fn requirements(caller: &Caller, next: &NextStep) -> Option<OauthRequirements> {
    caller.oauth.as_ref().filter(|client| client.wording.requirements)?;
    let allowed = caller.policy.factors;
    Some(if next.is_enrolled() {
        let has = |kind| next.factors.iter().any(|factor| factor.active && factor.kind == kind);
        let mut words = words(allowed, has);
        let oob = words.iter().any(|word| !["otp", "recovery-code"].contains(word));
        words.extend(oob.then_some("oob"));
        OauthRequirements { challenge: Some(kinds(words)), enroll: None }
    } else {
        let words = words(allowed, |kind| kind != Factor::Recovery);
        OauthRequirements { challenge: None, enroll: Some(kinds(words)) }
    })
}

/// Auth0's words for those of the allowed kinds that are `wanted`.
fn words(allowed: Factors, wanted: impl Fn(Factor) -> bool) -> Vec<&'static str> {
    let mut words = Vec::new();
    for kind in Factor::ALL.into_iter().filter(|kind| allowed.allow(*kind) && wanted(*kind)) {
        let word = newer_type(kind);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn kinds(words: Vec<&'static str>) -> Vec<OauthFactorKind> {
    words.into_iter().map(|word| OauthFactorKind { r#type: word }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_one_word_and_only_allowed_ones_are_listed() {
        let all = Factors::parse("push totp sms voice email recovery").unwrap();
        assert_eq!(words(all, |_| true), ["push-notification", "otp", "phone", "email", "recovery-code"]);
        assert_eq!(words(Factors::parse("voice totp").unwrap(), |_| true), ["otp", "phone"]);
        assert_eq!(words(all, |kind| kind == Factor::Email), ["email"]);
    }
}
