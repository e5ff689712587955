//! What is set for applications that send browsers to our pages: one row for each that has settings.
