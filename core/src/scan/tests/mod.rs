//! What can be read, what is refused, and what a text is taken for.

mod files;
mod frames;
mod hints;
mod meaning;
mod pictures;
mod sessions;
