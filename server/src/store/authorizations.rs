//! Which applications may ask which people without showing their secret.
