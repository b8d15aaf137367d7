//! What does a header say? Keys, where the header lies in a text, and the values of its lines.

pub mod keys;
