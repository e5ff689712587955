//! `application oauth`: making an application an OAuth client.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::application::application_id;
use super::manage::with_engine;
use super::policy::pairs;
use super::{Failure, Output};
use crate::config::Config;
use crate::engine::ApplicationId;
use crate::engine::oauth::{self, OauthChanges, OauthClientInfo, OauthTerms};

/// Makes the application an OAuth client with --flavour, changes what is given without it, and shows what holds when
/// nothing is given
#[derive(Debug, Args)]
pub(super) struct Oauth {
    /// The client id (app_…)
    #[arg(long, value_name = "ID")]
    application: String,
    /// Whose API it was written for; everything that is not given beside it is as usual there
    #[arg(long)]
    flavour: Option<Flavour>,
    /// It cannot keep a secret and shows none: a page or an app
    #[arg(long, conflicts_with = "confidential")]
    public: bool,
    /// It keeps its secret and shows it
    #[arg(long)]
    confidential: bool,
    /// A grant that it may use, in full or by its last word; several times for several
    #[arg(long, value_name = "GRANT")]
    grant: Vec<String>,
    /// An API that it may ask tokens for; several times for several
    #[arg(long, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// A web origin whose pages may call as it, such as https://app.example.org; several times for several
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// A setting, such as demand=enrolled, or demand=default
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// It is no OAuth client any more
    #[arg(long, conflicts_with_all = ["flavour", "public", "confidential", "grant", "audience", "origin", "set"])]
    off: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Flavour {
    Auth0,
    Reltio,
}

/// What is to be done.
enum Work {
    Show,
    Off,
    Make(OauthTerms),
    Change(OauthChanges),
}

impl Oauth {
    fn work(self) -> Result<Work, Failure> {
        let settings = pairs(&self.set)?;
        if self.off {
            return Ok(Work::Off);
        }
        let given = |list: Vec<String>| Some(list).filter(|list| !list.is_empty());
        let Some(flavour) = self.flavour else {
            let public = (self.public || self.confidential).then_some(self.public);
            let (grants, audiences, origins) = (given(self.grant), given(self.audience), given(self.origin));
            let lists = grants.is_some() || audiences.is_some() || origins.is_some();
            let changes = OauthChanges { public, grants, audiences, origins, settings };
            let nothing = public.is_none() && !lists && changes.settings.is_empty();
            return Ok(if nothing { Work::Show } else { Work::Change(changes) });
        };
        let flavour = match flavour {
            Flavour::Auth0 => oauth::Flavour::Auth0,
            Flavour::Reltio => oauth::Flavour::Reltio,
        };
        let (public, grants) = (self.public, self.grant);
        let (audiences, origins) = (self.audience, self.origin);
        Ok(Work::Make(OauthTerms { flavour, public, grants, audiences, origins, settings }))
    }
}

pub(super) async fn run(config: &Config, out: Output, wanted: Oauth) -> Result<(), Failure> {
    let id = application_id(&wanted.application)?;
    let work = wanted.work()?;
    let changed = !matches!(work, Work::Show);
    let client = with_engine(config, async |engine| {
        match work {
            Work::Show => {}
            Work::Off => engine.remove_oauth_client(id, &"operator").await?,
            Work::Make(terms) => drop(engine.set_oauth_client(id, terms, &"operator").await?),
            Work::Change(changes) => drop(engine.change_oauth_client(id, changes, &"operator").await?),
        }
        Ok(engine.oauth_client(id).await?)
    })
    .await?;
    tell(out, id, client.as_ref(), changed);
    Ok(())
}

fn tell(out: Output, id: ApplicationId, found: Option<&OauthClientInfo>, changed: bool) {
    let then = if changed { "\nA running server follows within three seconds." } else { "" };
    let Some(OauthClientInfo { client, settings }) = found else {
        let facts = json!({"client_id": id.to_string(), "oauth": false});
        out.tell(&facts, &format!("{id} is no OAuth client.{then}"));
        return;
    };
    let values = settings.iter().map(|setting| (setting.name.to_owned(), json!(setting.value)));
    let facts = json!({
        "client_id": id.to_string(), "oauth": true, "flavour": client.flavour.as_str(), "public": client.public,
        "grants": client.grants, "audiences": client.audiences, "origins": client.origins,
        "settings": values.collect::<serde_json::Map<_, _>>(),
    });
    let kind = if client.public { "public: it shows no secret" } else { "it shows its secret" };
    let line = |setting: &oauth::ClientSetting| {
        let by = if setting.default { "default" } else { "set" };
        format!("\n  {:<13} {:<26} {by:<8} {}", setting.name, setting.value, setting.meaning)
    };
    let lines: String = settings.iter().map(line).collect();
    let list = |list: &[String], none: &str| match list.is_empty() {
        true => none.to_owned(),
        false => list.join("\n                "),
    };
    let sentences = format!(
        "{id} is an OAuth client in {}'s words; {kind}.\n  grants        {}\n  audiences     {}\n  origins       {}{lines}{then}",
        client.flavour.as_str(),
        list(&client.grants, "none"),
        list(&client.audiences, "the tenant's own only"),
        list(&client.origins, "none: no web page may call as it"),
    );
    out.tell(&facts, &sentences);
}
