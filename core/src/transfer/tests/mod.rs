//! What all formats stand on: costs, ciphers, fields, names, and knowing a file by its content.

mod costs;
mod examples;
mod fields;
mod hostile;
mod recognition;
