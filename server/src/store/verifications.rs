//! Codes that went out to show that a number or an address can be read.
