//! Which one the person means: an id, the unique beginning of one, or a part of a name.

use crate::exit::Failure;

/// Ids are shown at least this long, so that one read from an earlier list still fits a later one.
const SHORTEST: usize = 8;

/// Something that can be meant.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) id: String,
    /// May be meant by any part of these; empty when only the id will do.
    pub(crate) names: Vec<String>,
}

impl Candidate {
    fn is_called(&self, query: &str) -> bool {
        self.names.iter().any(|name| name.to_lowercase().contains(query))
    }
}

/// The place of the one that `query` means.
///
/// `what` is it in words, and with underscores the end of the failure's code (`unknown_entry`).
pub(crate) fn pick(what: &str, query: &str, candidates: &[Candidate]) -> Result<usize, Failure> {
    let query = query.trim();
    if query.is_empty() {
        return Err(Failure::usage("usage", format!("say which {what} you mean")));
    }
    let found = |fits: &dyn Fn(&Candidate) -> bool| -> Vec<usize> {
        candidates.iter().enumerate().filter(|(_, c)| fits(c)).map(|(at, _)| at).collect()
    };
    let lower = query.to_lowercase();
    let exact = found(&|c| c.id == query);
    let begins = found(&|c| c.id.starts_with(&lower));
    let named = found(&|c| c.is_called(&lower));
    let fitting = [exact, begins, named].into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::gone(format!("unknown_{what}"), format!("there is no {what} “{query}”"))),
        several => {
            let ids = several.iter().filter_map(|at| candidates.get(*at)).map(describe).collect::<Vec<_>>();
            Err(Failure::usage(
                "ambiguous",
                format!("“{query}” fits {} of them; say which: {}", ids.len(), ids.join(", ")),
            ))
        }
    }
}

fn describe(candidate: &Candidate) -> String {
    match candidate.names.iter().find(|name| !name.is_empty()) {
        Some(name) => format!("{} ({name})", candidate.id),
        None => candidate.id.clone(),
    }
}

/// The shortest beginning of each id that no other one shares.
pub(crate) fn short(ids: &[String]) -> Vec<String> {
    let shortest = |id: &String| {
        let unique = |length: &usize| {
            let beginning = id.get(..*length).unwrap_or(id);
            ids.iter().filter(|other| other.starts_with(beginning)).count() == 1
        };
        let length = (SHORTEST..id.len()).find(unique).unwrap_or(id.len());
        id.get(..length).unwrap_or(id).to_owned()
    };
    ids.iter().map(shortest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Candidate> {
        let candidate = |id: &str, names: &[&str]| Candidate {
            id: id.to_owned(),
            names: names.iter().map(|n| (*n).to_owned()).collect(),
        };
        vec![
            candidate("ent_01aaaaaa", &["GitHub", "alice"]),
            candidate("ent_01aaaabb", &["GitLab", "alice"]),
            candidate("ent_02", &["بنك", ""]),
        ]
    }

    fn one(query: &str) -> Result<usize, String> {
        pick("entry", query, &candidates()).map_err(|f| f.code().to_owned())
    }

    #[test]
    fn an_id_a_beginning_or_a_name() {
        assert_eq!(one("ent_01aaaabb"), Ok(1));
        assert_eq!(one("ent_01aaaaa"), Ok(0));
        assert_eq!(one("ENT_02"), Ok(2));
        assert_eq!(one(" hub "), Ok(0));
        assert_eq!(one("بنك"), Ok(2));
    }

    #[test]
    fn none_and_several_are_said() {
        assert_eq!(one("alice"), Err("ambiguous".to_owned()));
        assert_eq!(one("ent_01"), Err("ambiguous".to_owned()));
        assert_eq!(one("nobody"), Err("unknown_entry".to_owned()));
        assert_eq!(one("  "), Err("usage".to_owned()));
        let failure = pick("entry", "alice", &candidates()).unwrap_err();
        assert!(failure.sentence().contains("ent_01aaaabb (GitLab)"), "{}", failure.sentence());
        assert_eq!(failure.exit(), 2);
        assert_eq!(pick("request", "0190", &[]).unwrap_err().exit(), 6);
    }

    #[test]
    fn short_ids_are_unique() {
        let ids: Vec<String> = candidates().into_iter().map(|c| c.id).collect();
        assert_eq!(short(&ids), ["ent_01aaaaa", "ent_01aaaab", "ent_02"]);
        assert_eq!(short(&["0190f3c2-7a".to_owned()]), ["0190f3c2"]);
    }
}
