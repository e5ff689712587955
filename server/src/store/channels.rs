//! Callers of the number verification API, with their keys.
