//! The page of one application.

use askama::Template;
use axum::response::Response;

use super::integration::Integration;
use super::oauth::OauthForm;
use super::secrets::{SecretForm, SecretLine};
use super::web::WebForm;
use super::words::Words;
use super::{Named, named};
use crate::engine::ApplicationId;
use crate::engine::console::May;
use crate::engine::policy::Scope;
use crate::portal::assets;
use crate::portal::console::desk::Desk;
use crate::portal::console::frame::Frame;
use crate::portal::console::problem::Wrong;
use crate::portal::console::said::Said;

/// The page. What was wrong with a form that was sent stands beside that form.
#[derive(Template)]
#[template(path = "console/applications/one.html")]
pub(super) struct One {
    pub(super) frame: Frame,
    pub(super) words: &'static Words,
    pub(super) id: ApplicationId,
    pub(super) may_change: bool,
    pub(super) face: FaceForm,
    integration: Integration,
    pub(super) secrets: Vec<SecretLine>,
    /// Another one may be made.
    pub(super) secret: SecretForm,
    pub(super) web: WebForm,
    pub(super) oauth: OauthForm,
    policy: Vec<Set>,
}

/// Name and colour.
pub(super) struct FaceForm {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) said: Option<Said>,
}

impl FaceForm {
    fn ink(&self) -> &'static str {
        assets::ink_on(&self.color).unwrap_or("#ffffff")
    }
}

/// A setting of the policy that is not as usual.
struct Set {
    name: &'static str,
    value: String,
    by: &'static str,
}

/// `GET /console/{tenant}/applications/{application}`.
pub(super) async fn page(path: Named, desk: Desk) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let page = One::of(&desk, id).await?;
    Ok(desk.page(&page))
}

impl One {
    pub(super) async fn of(desk: &Desk, id: ApplicationId) -> Result<Self, Wrong> {
        let words = Words::of(desk.language);
        let row = desk.engine.application(id).await?;
        let secrets = desk.engine.secrets(id).await?;
        let web = desk.engine.web_client(id).await?;
        let oauth = desk.engine.oauth_client(id).await?;
        Ok(Self {
            frame: desk.frame("application", row.name.clone(), words.done),
            words,
            id,
            may_change: desk.session.operator.may(May::ChangeSettings, id.tenant),
            face: FaceForm { name: row.name, color: row.color, said: None },
            integration: Integration::of(desk, id).await?,
            secret: SecretForm::new(words),
            secrets: secrets.iter().rev().map(SecretLine::of).collect(),
            web: WebForm::of(web),
            oauth: OauthForm::of(oauth, words),
            policy: policy(desk, id, words).await?,
        })
    }
}

async fn policy(desk: &Desk, id: ApplicationId, words: &'static Words) -> Result<Vec<Set>, Wrong> {
    let scope = Scope { tenant: id.tenant, application: Some(id) };
    let all = desk.engine.policy_in_force(scope).await?;
    let set = all.into_iter().filter(|setting| setting.by != "default").map(|setting| {
        let by = if setting.by == "application" { words.by_application } else { words.by_tenant };
        Set { name: setting.name, value: setting.value, by }
    });
    Ok(set.collect())
}
