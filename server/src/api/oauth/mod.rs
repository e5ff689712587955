//! OAuth as far as its dialects share it: one token endpoint, how requests are read, how clients show who they are, and
//! the published keys.

pub(in crate::api) mod parameters;
