//! `channel`: callers of the number verification API.
