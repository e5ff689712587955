//! The frame of every page of the console: the menu with what this operator may see, who they are, and how to sign out.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::CONTENT_SECURITY_POLICY;
use super::desk::Desk;
use super::words::Words;
use crate::engine::console::{May, Scope};
use crate::portal::assets;
use crate::portal::layout::{Layout, respond};

/// What `templates/console/frame.html` shows: the field `frame` of every page that extends it.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) layout: Layout,
    pub(super) words: &'static Words,
    pub(super) menu: Vec<Group>,
    /// Who is signed in.
    pub(super) who: String,
    pub(super) role: &'static str,
    /// The field `form` of every form.
    pub(super) form: String,
    /// How addresses of the console begin, as seen from this page: `…/console`.
    pub(super) console: String,
    /// The same for those of the page's tenant: `…/console/ten_…`; of the console when the page is about none.
    pub(super) here: String,
    /// What was done by the form before.
    pub(super) done: Option<&'static str>,
}

/// A part of the menu.
#[derive(Debug)]
pub(super) struct Group {
    /// What its lines are about, where there is more than one thing.
    pub(super) title: Option<String>,
    pub(super) links: Vec<Link>,
}

/// A line of the menu.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) to: String,
    pub(super) text: &'static str,
    /// How much there is to do, if there is anything.
    pub(super) waits: Option<i64>,
    pub(super) is_current: bool,
}

impl Frame {
    pub(super) fn style_version(&self) -> &'static str {
        &assets::CONSOLE_STYLE.version
    }

    pub(super) fn script_version(&self) -> &'static str {
        &assets::CONSOLE_SCRIPT.version
    }
}

/// The menu of a tenant: the address behind `/console/ten_…`, whom it is for, and its words.
type Room = (&'static str, May, fn(&super::words::Nav) -> &'static str);
const TENANT: [Room; 14] = [
    ("/", May::SeeOverview, |nav| nav.overview),
    ("/users", May::SeePeople, |nav| nav.users),
    (RESETS, May::HelpPeople, |nav| nav.resets),
    ("/challenges", May::SeePeople, |nav| nav.challenges),
    ("/applications", May::SeeSettings, |nav| nav.applications),
    ("/channels", May::SeeSettings, |nav| nav.channels),
    ("/webhooks", May::SeeSettings, |nav| nav.webhooks),
    ("/providers", May::SeeSettings, |nav| nav.providers),
    ("/templates", May::SeeSettings, |nav| nav.templates),
    ("/messages", May::SeeMessages, |nav| nav.messages),
    ("/audit", May::SeeAudit, |nav| nav.audit),
    ("/settings", May::SeeSettings, |nav| nav.settings),
    ("/api", May::SeeSettings, |nav| nav.api),
    ("/operators", May::ManageOperators, |nav| nav.operators),
];
/// The page of resets that wait for a second operator: in the menu only where there are such resets.
const RESETS: &str = "/users/requests";
/// The menu of the whole server.
const SERVER: [Room; 4] = [
    ("/tenants", May::SeeOverview, |nav| nav.tenants),
    ("/providers", May::SeeSettings, |nav| nav.providers),
    ("/audit", May::SeeAudit, |nav| nav.own_audit),
    ("/operators", May::ManageOperators, |nav| nav.operators),
];

impl Desk {
    /// The frame of this page. `page` is what kind of page it is (`data-page`). `done` has a sentence for each word that a
    /// form of the page may come back with.
    pub(super) fn frame(
        &self,
        page: &'static str,
        title: impl Into<String>,
        done: &[(&str, &'static str)],
    ) -> Frame {
        let words = Words::of(self.language);
        let layout = Layout::new(self.language, page, title).at(&self.path);
        let layout = match self.any_tenant() {
            Some(tenant) => layout.of(&tenant.face()),
            None => Layout { name: words.name.to_owned(), ..layout },
        };
        let console = format!("{}console", layout.root);
        let here = match self.any_tenant() {
            Some(tenant) => format!("{console}/{}", tenant.id),
            None => console.clone(),
        };
        let operator = &self.session.operator;
        let word = self.asked("done");
        let done = done.iter().find(|(key, _)| Some(*key) == word).map(|(_, sentence)| *sentence);
        let menu = self.menu(words, &console, &here);
        let who = operator.shown().to_owned();
        let (role, form) = (words.role(operator.role), self.form_token());
        Frame { layout, words, menu, who, role, form, console, here, done }
    }

    fn menu(&self, words: &'static Words, console: &str, here: &str) -> Vec<Group> {
        let operator = &self.session.operator;
        let link = |base: &str, (path, _, text): &Room| {
            let to = format!("{base}{path}");
            let end = to.trim_start_matches("../").trim_start_matches("./").to_owned();
            let within = |end: &str| {
                let own = self.path.trim_start_matches('/');
                own == end || own.strip_prefix(end).is_some_and(|rest| rest.starts_with('/'))
            };
            let is_current = match *path {
                "/" => self.path.trim_start_matches('/') == end,
                // Resets have a line of their own where there are any.
                "/users" if self.resets.is_some() => within(&end) && !within(&format!("{end}/requests")),
                _ => within(&end),
            };
            let waits = self.resets.filter(|waits| *path == RESETS && *waits > 0);
            Link { to, text: text(&words.nav), waits, is_current }
        };
        let mut menu = Vec::new();
        let everywhere = operator.scope == Scope::Server;
        if everywhere {
            let rooms = SERVER.iter().filter(|room| operator.may_everywhere(room.1));
            let links = rooms.map(|room| link(console, room)).collect();
            menu.push(Group { title: Some(words.nav.server.to_owned()), links });
        }
        if let Some(tenant) = self.any_tenant() {
            let rooms = TENANT.iter().filter(|room| operator.may(room.1, tenant.id));
            let rooms = rooms.filter(|room| room.0 != RESETS || self.resets.is_some());
            let links = rooms.map(|room| link(here, room)).collect();
            menu.push(Group { title: everywhere.then(|| tenant.name.clone()), links });
        }
        let own = link(console, &("/account", May::SeeOverview, |nav| nav.account));
        menu.push(Group { title: None, links: vec![own] });
        menu
    }

    /// A page as a reply.
    pub(super) fn page(&self, page: &impl Template) -> Response {
        respond(StatusCode::OK, CONTENT_SECURITY_POLICY, page)
    }

    /// The same page with what was wrong about the form that was sent.
    pub(super) fn page_again(&self, page: &impl Template) -> Response {
        respond(StatusCode::BAD_REQUEST, CONTENT_SECURITY_POLICY, page)
    }
}
