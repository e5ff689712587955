//! Commands with a played person and a real vault.

mod commands;
mod machine;
mod receipts;

pub(crate) use machine::{Machine, Paper, Person};
