//! A person lets an application ask them, on a page; and the colour that a tenant's pages have.

mod color;
