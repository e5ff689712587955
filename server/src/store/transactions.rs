//! Transactions: sign-ins that a person finishes, with the question that is theirs.
