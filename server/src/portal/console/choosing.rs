//! Choosing one of a tenant's applications: from a list, and where they are many by their client ids, of which some are
//! suggested.

use super::desk::Desk;
use super::problem::{Problem, Wrong};
use super::said::Choice;
use crate::engine::{ApplicationId, Error};

/// So many are listed; who has more types a client id.
const MOST: usize = 200;

/// The application of the page's tenant with this client id, as it was typed or followed; none for no words at all. Whether
/// there is one is looked up later.
pub(super) fn named(desk: &Desk, text: Option<&str>) -> Result<Option<ApplicationId>, Wrong> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let tenant = desk.tenant()?.id;
    let id = text.parse::<ApplicationId>().ok().filter(|id| id.tenant == tenant);
    Ok(Some(id.ok_or(Problem::NoApplication)?))
}

/// Applications to choose from.
#[derive(Debug)]
pub(super) struct Applications {
    /// The oldest, and the one that is chosen.
    pub(super) all: Vec<Choice>,
    /// What it means to choose none, where that can be.
    pub(super) none: Option<&'static str>,
    /// There are others.
    pub(super) are_more: bool,
}

impl Applications {
    /// Those of the page's tenant. The one that is chosen is among them, wherever it would stand.
    pub(super) async fn of(
        desk: &Desk,
        chosen: Option<ApplicationId>,
        none: Option<&'static str>,
    ) -> Result<Self, Wrong> {
        let tenant = desk.tenant()?.id;
        let limit = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
        let mut rows = desk.engine.applications_after(tenant, None, limit).await?;
        let are_more = rows.len() > MOST;
        rows.truncate(MOST);
        let choice = |local, name| {
            let id = ApplicationId { tenant, local };
            Choice::new(id.to_string(), name, Some(id) == chosen)
        };
        let mut all: Vec<_> = rows.into_iter().map(|(row, _)| choice(row.id, row.name)).collect();
        if let Some(id) = chosen.filter(|_| !all.iter().any(|one| one.chosen)) {
            let row = desk.engine.application(id).await?;
            all.push(choice(row.id, row.name));
        }
        Ok(Self { all, none, are_more })
    }

    /// The client id of the one that is chosen.
    pub(super) fn chosen(&self) -> &str {
        self.all.iter().find(|one| one.chosen).map(|one| &*one.value).unwrap_or_default()
    }

    /// What an application is called; its id when it is none any more.
    pub(super) async fn name_of(&self, desk: &Desk, id: ApplicationId) -> Result<String, Wrong> {
        let text = id.to_string();
        if let Some(listed) = self.all.iter().find(|one| one.value == text) {
            return Ok(listed.text.clone());
        }
        match desk.engine.application(id).await {
            Ok(row) => Ok(row.name),
            Err(Error::ApplicationNotFound(_)) => Ok(text),
            Err(error) => Err(error.into()),
        }
    }
}
