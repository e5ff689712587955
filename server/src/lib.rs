//! The reference server: relying parties ask, phones answer, and what was decided is kept.
//!
//! Rooms: `api` one translator per dialect, `engine` the rules, `store` the rows, `wake` who waits, `delivery` what goes
//! out, `portal` the pages a person sees, `command` the program's commands, `nodes` what several servers on one database
//! tell each other. The way of one answer: `api::device` → `engine::challenge::answer` → `store` → the writing thread →
//! `wake`.

pub mod api;
pub mod checkpoint_files;
pub mod command;
pub mod config;
pub mod data_dir;
pub mod delivery;
pub mod engine;
pub mod host;
mod housekeeping;
mod listener;
pub mod network;
pub mod nodes;
mod portal;
pub use portal::console::{Gate as ConsoleGate, table as console_table};
pub mod running;
pub mod seal;
pub mod store;
pub mod telemetry;
pub mod terminal_qr;
mod timestamp;
pub mod tls;
pub mod wake;
