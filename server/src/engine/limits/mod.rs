//! How often something may be done that costs money or annoys: pushes, messages and calls. All of it is judged before
//! and written with the batch that does it, so that no two requests at once both have the last of what is left.

pub(in crate::engine) mod sending;
pub(in crate::engine) mod times;
