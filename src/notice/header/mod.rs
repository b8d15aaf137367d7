//! What does a header say? One forgiving reader for headers, sidecars and `playlist.yaml`: line by line a
//! key, `:` or `：`, any spaces, the rest of the line. `locate` finds the header in a text, `line` reads
//! its lines, `values` their values, `merge` puts headers on top of each other,
//! `net` finds lines of a header that stand in the text.

mod keys;
mod line;
mod locate;
mod merge;
mod net;
mod values;

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};

pub use keys::{Key, nearest};
pub(super) use line::is_fence;
pub(super) use locate::{Located, locate};
pub use merge::Places;
pub(super) use net::stray;
pub(super) use values::values;

use super::{Header, bounds, charset, charset::CharsetError};
use crate::diagnostic::{Diagnostic, Msg, Place};

/// One line of a header: a key that is known, and what stands behind it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Which key.
    pub key: Key,
    /// The key as written.
    pub written: String,
    /// The value, cleaned; may be empty.
    pub value: String,
    /// Where.
    pub place: Place,
}

/// Where a header stands: decides which keys it may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// In a notice or its sidecar.
    Notice,
    /// In `playlist.yaml`.
    Playlist,
}

/// What values are read against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The zone in which dates are meant.
    pub zone: &'a TimeZone,
    /// Today in that zone, for dates in hints only.
    pub today: Date,
    /// Which keys may stand here.
    pub scope: Scope,
}

/// What a file that is all header says, and the warnings from reading it.
///
/// # Errors
/// Everything that is wrong in it, each with its line.
pub fn read_file(
    path: &str,
    bytes: &[u8],
    context: &Context<'_>,
) -> Result<(Header, Vec<Diagnostic>), Vec<Diagnostic>> {
    let entries = file_entries(path, bytes, context.today)?;
    values(entries, context)
}

/// The entries of a file that is all header: a sidecar, `playlist.yaml`.
pub(super) fn file_entries(path: &str, bytes: &[u8], today: Date) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    let at = || Place::file(path);
    if bytes.len() > bounds::SIDECAR_BYTES {
        let args = [bytes.len(), bounds::SIDECAR_BYTES];
        return Err(vec![Diagnostic::refusal(at(), Msg::TextTooLarge, args)]);
    }
    let text = charset::decode(bytes).map_err(|error| vec![unreadable(at(), error)])?;
    let lines = lines(&text);
    let length = locate::header_lines(&lines);
    if length > bounds::HEADER_LINES {
        let args = [length, bounds::HEADER_LINES];
        return Err(vec![Diagnostic::refusal(at(), Msg::HeaderTooLong, args)]);
    }
    let yaml = path.ends_with("yaml") || path.ends_with("yml");
    let mut located = Located::default();
    locate::strict(&lines, 0..lines.len(), &path.into(), today, yaml, &mut located);
    if located.problems.is_empty() { Ok(located.entries) } else { Err(located.problems) }
}

/// The diagnostic for bytes that are no text.
pub(super) fn unreadable(place: Place, error: CharsetError) -> Diagnostic {
    match error {
        CharsetError::Nul(at) => Diagnostic::refusal(place, Msg::NotText, [at]),
        CharsetError::Malformed(charset, at) => {
            Diagnostic::refusal(place, Msg::BadEncoding, [charset.name().to_owned(), at.to_string()])
        }
    }
}

/// The lines of a text, whichever way they end; a last empty one does not count.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\n', '\r']) {
        lines.push(&rest[..end]);
        let ended = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[end + ended..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// A path that many places share.
type Path = Arc<str>;
