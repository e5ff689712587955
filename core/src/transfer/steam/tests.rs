//! Steam: the example in both shapes, and files that are wrong in one place.

use super::read;
use crate::transfer::fixtures::{self, accounts, refused};
use crate::transfer::{Field, Source};

const ONE: &str = include_str!("fixtures/one.json");

#[test]
fn one_account_and_several() {
    let found = read(&Source::new(ONE.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [fixtures::c()]);
    let several = format!("{{\"accounts\":{{\"1\":{ONE},\"2\":{{\"shared_secret\":\"!\"}}}}}}");
    let found = read(&Source::new(several.as_bytes())).unwrap();
    assert_eq!(accounts(&found), [fixtures::c()]);
    assert_eq!(refused(&found), [(2, Field::Secret)]);
}

#[test]
fn names_and_two_secrets_that_differ() {
    let named = |text: &str| accounts(&read(&Source::new(text.as_bytes())).unwrap())[0].account().to_owned();
    let without = ONE.replace("\"account_name\":\"cat\"", "\"steamid\":76561190000000001");
    assert_eq!(named(&without), "cat");
    assert_eq!(named(&without.replace("\"uri\"", "\"other\"")), "76561190000000001");
    let differing = ONE.replace("?secret=MV4G", "?secret=MV4A");
    let found = read(&Source::new(differing.as_bytes())).unwrap();
    assert_eq!(refused(&found), [(1, Field::Secret)]);
}

#[test]
fn what_is_not_for_codes_is_not_taken() {
    let found = read(&Source::new(ONE.as_bytes())).unwrap();
    let text = serde_json::to_string(&accounts(&found)).unwrap();
    assert!(!text.contains("R00000") && !text.contains("bm90"), "{text}");
}

#[test]
fn nothing_panics() {
    fixtures::any_bytes_return(read, b"{\"shared_secret\":\"");
    fixtures::any_mutation_returns(read, ONE.as_bytes(), 200);
}
