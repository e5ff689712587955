//! A tenant's settings: how it shows itself, its policy, from where sign-ins may come, and its keys.

mod access;
mod face;
mod keys;
mod keys_words;
mod policy;
mod policy_words;
mod words;

use super::choosing::{self, Applications};
use super::desk::Desk;
use super::gate::Gate;
use super::problem::Wrong;
use super::routes::Routes;
use crate::engine::console::May;
use crate::engine::policy::Scope;
use words::Words;

pub(super) fn routes() -> Routes {
    let (see, change) = (Gate::Tenant(May::SeeSettings), Gate::Tenant(May::ChangeSettings));
    Routes::default()
        .see("/{tenant}/settings", see, face::show)
        .act("/{tenant}/settings/name", change, face::rename)
        .act("/{tenant}/settings/color", change, face::color)
        .see("/{tenant}/settings/policy", see, policy::show)
        .act("/{tenant}/settings/policy", change, policy::save)
        .see("/{tenant}/settings/access", see, access::show)
        .act("/{tenant}/settings/access", change, access::add)
        .act("/{tenant}/settings/access/{rule}/remove", change, access::remove)
        .see("/{tenant}/settings/keys", see, keys::show)
        .act("/{tenant}/settings/keys/rotate", change, keys::rotate)
        .act("/{tenant}/settings/issuer", change, keys::set_issuer)
        .act("/{tenant}/settings/issuer/remove", change, keys::remove_issuer)
        .act("/{tenant}/settings/token-keys", change, keys::rotate_token_key)
}

/// A page beside the others.
#[derive(Debug)]
struct Tab {
    to: String,
    text: &'static str,
    is_current: bool,
}

/// The pages of the settings, as seen from this one.
fn tabs(here: &str, words: &Words, current: &str) -> Vec<Tab> {
    let all = [("", words.face), ("/policy", words.policy), ("/access", words.access), ("/keys", words.keys)];
    let tab = |(path, text): (&str, &'static str)| Tab {
        to: format!("{here}/settings{path}"),
        text,
        is_current: path == current,
    };
    all.map(tab).into()
}

/// Whose policy or rules a page is about: the tenant's, or those of the application that is named, which must be its own.
async fn scope(desk: &Desk, named: Option<&str>) -> Result<(Scope, Applications), Wrong> {
    let tenant = desk.tenant()?.id;
    let application = choosing::named(desk, named)?;
    let none = Words::of(desk.language).whole_tenant;
    let applications = Applications::of(desk, application, Some(none)).await?;
    Ok((Scope { tenant, application }, applications))
}
