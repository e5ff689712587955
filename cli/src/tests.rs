//! Commands with a played person and a real vault.

mod codes_at_enrolment;
mod commands;
mod machine;
mod receipts;

pub(crate) use machine::{Machine, Paper, Person};
