//! Commands with a played person and a real vault.

mod codes_at_enrolment;
mod commands;
mod keeping;
mod machine;
mod moving_in;
mod receipts;

pub(crate) use machine::{Machine, Paper, Person};
