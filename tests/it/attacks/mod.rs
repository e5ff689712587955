//! Attacks over the wire, one file per message that is attacked. What each must come to is in `docs/protocol`'s
//! properties; after each attack the request it was about is looked at again.

mod answers;
mod enrolments;
mod landing;
mod requests;
mod transfers;
