//! `application web`: what is set for an application that sends browsers to our pages.
