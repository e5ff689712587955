//! The keys that access and id tokens are signed with: made, published before they sign, rotated, and published until
//! the last token of theirs has ended.
