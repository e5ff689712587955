//! An application as an OAuth client: whose words it speaks, what it may ask for, and from which pages.

use axum::response::Response;

use super::one::One;
use super::words::Words;
use super::{Named, named};
use crate::engine::oauth::{Flavour, OauthChanges, OauthClientInfo, OauthTerms};
use crate::engine::{ApplicationId, Error};
use crate::portal::console::act::{Act, Form};
use crate::portal::console::desk::Desk;
use crate::portal::console::problem::Wrong;
use crate::portal::console::said::{Choice, Said, lines};

/// With what the fields of settings begin.
const SETTING: &str = "set.";

/// The form as it stands, and what was wrong with it.
#[derive(Default)]
pub(super) struct OauthForm {
    /// Whose words it speaks; none: it is no OAuth client.
    pub(super) flavour: Option<&'static str>,
    pub(super) public: bool,
    pub(super) grants: Vec<Choice>,
    pub(super) audiences: String,
    pub(super) origins: String,
    pub(super) settings: Vec<SettingField>,
    pub(super) said: Option<Said>,
}

/// A setting for which an API's own sources disagree.
pub(super) struct SettingField {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    /// Empty: a word of one's own.
    pub(super) choices: Vec<Choice>,
    pub(super) value: String,
}

impl OauthForm {
    pub(super) fn of(found: Option<OauthClientInfo>, words: &'static Words) -> Self {
        let Some(OauthClientInfo { client, settings }) = found else { return Self::default() };
        let grants = client.flavour.all_grants();
        let has = |grant: &str| client.grants.iter().any(|own| own == grant);
        let fields = settings.into_iter().map(|setting| {
            let usual = Choice::new("default", words.as_usual, setting.default);
            let own = setting
                .choices
                .iter()
                .map(|word| Choice::new(*word, *word, !setting.default && *word == setting.value));
            let choices =
                if setting.choices.is_empty() { vec![] } else { std::iter::once(usual).chain(own).collect() };
            SettingField {
                name: setting.name,
                meaning: words.setting(setting.name),
                choices,
                value: if setting.default { String::new() } else { setting.value },
            }
        });
        Self {
            flavour: Some(client.flavour.as_str()),
            public: client.public,
            grants: grants.map(|grant| Choice::new(grant, grant, has(grant))).collect(),
            audiences: client.audiences.join("\n"),
            origins: client.origins.join("\n"),
            settings: fields.collect(),
            said: None,
        }
    }

    /// The same with what was typed.
    fn again(self, form: &Form, said: Said) -> Self {
        let typed = |grant: Choice| {
            let chosen = form.all("grant").any(|word| word == grant.value);
            Choice { chosen, ..grant }
        };
        let field = |field: SettingField| {
            let value = form.text(&format!("{SETTING}{}", field.name)).to_owned();
            let chosen = |choice: Choice| Choice { chosen: choice.value == value, ..choice };
            let choices = field.choices.into_iter().map(chosen).collect();
            SettingField { value: value.clone(), choices, ..field }
        };
        Self {
            public: form.has("public"),
            grants: self.grants.into_iter().map(typed).collect(),
            audiences: form.text("audiences").to_owned(),
            origins: form.text("origins").to_owned(),
            settings: self.settings.into_iter().map(field).collect(),
            said: Some(said),
            ..self
        }
    }
}

fn changes(form: &Form, info: &OauthClientInfo) -> OauthChanges {
    let settings = info.settings.iter().map(|setting| {
        let value = form.get(&format!("{SETTING}{}", setting.name)).unwrap_or("default");
        (setting.name.to_owned(), value.to_owned())
    });
    OauthChanges {
        public: Some(form.has("public")),
        grants: Some(form.all("grant").map(str::to_owned).collect()),
        audiences: Some(lines(form.text("audiences"))),
        origins: Some(lines(form.text("origins"))),
        settings: settings.collect(),
    }
}

/// `POST /console/{tenant}/applications/{application}/oauth`: changes the client, or makes the application one.
pub(super) async fn change(path: Named, Act { desk, form }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    let done = put(&desk, id, &form).await;
    match done {
        Ok(()) => Ok(desk.go(&format!("/{}/applications/{id}", id.tenant), "saved")),
        Err(error) => {
            let said = Said::of(error, Words::of(desk.language).bad_oauth)?;
            let mut page = One::of(&desk, id).await?;
            page.oauth = page.oauth.again(&form, said);
            Ok(desk.page_again(&page))
        }
    }
}

async fn put(desk: &Desk, id: ApplicationId, form: &Form) -> Result<(), Error> {
    if let Some(info) = desk.engine.oauth_client(id).await? {
        desk.engine.change_oauth_client(id, changes(form, &info), &desk.by()).await?;
        return Ok(());
    }
    let unknown = || Error::Invalid("the flavour is auth0 or reltio".to_owned());
    let flavour = Flavour::from_word(form.text("flavour")).ok_or_else(unknown)?;
    let terms = OauthTerms { public: form.has("public"), ..OauthTerms::new(flavour) };
    desk.engine.set_oauth_client(id, terms, &desk.by()).await?;
    Ok(())
}

/// `POST /console/{tenant}/applications/{application}/oauth/off`.
pub(super) async fn remove(path: Named, Act { desk, .. }: Act) -> Result<Response, Wrong> {
    let id = named(&desk, &path)?;
    desk.engine.application(id).await?;
    match desk.engine.remove_oauth_client(id, &desk.by()).await {
        // The same form once more: it is none any more.
        Ok(()) | Err(Error::Invalid(_)) => {
            Ok(desk.go(&format!("/{}/applications/{id}", id.tenant), "oauth_removed"))
        }
        Err(error) => Err(error.into()),
    }
}
