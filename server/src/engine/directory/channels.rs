//! Channels: callers of the number verification API, whose keys are bound to addresses (S33).
