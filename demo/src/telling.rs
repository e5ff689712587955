//! Telling a person, or a program, what happens.

use serde_json::Value;

/// Prints steps.
#[derive(Debug)]
pub(crate) struct Teller {
    json: bool,
}

impl Teller {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// The head of a chapter, for people only.
    pub(crate) fn chapter(&self, title: &str) {
        self.line(&format!("\n{title}\n{}", "─".repeat(title.chars().count())));
    }

    /// One thing that happened: who did what, and the facts for a program.
    pub(crate) fn step(&self, who: &str, what: &str, facts: &Value) {
        if self.json {
            print(&facts.to_string());
        } else {
            print(&format!("{who:>14}  {what}"));
        }
    }

    /// Something only a program needs to be told.
    pub(crate) fn fact(&self, facts: &Value) {
        if self.json {
            print(&facts.to_string());
        }
    }

    /// Words or a picture, for people only.
    pub(crate) fn line(&self, text: &str) {
        if !self.json {
            print(text);
        }
    }

    /// The end of a demo that went wrong.
    pub(crate) fn failed(&self, why: &str) {
        if self.json {
            eprintln!("{}", serde_json::json!({"error": why}));
        } else {
            eprintln!("countersign-demo: {why}");
        }
    }
}

/// A reader that has gone (a closed pipe) does not stop the story.
fn print(text: &str) {
    use std::io::Write as _;
    let _gone = writeln!(std::io::stdout(), "{text}");
}
