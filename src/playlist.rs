//! A playlist: one folder of notices with defaults for them in `playlist.yaml`.

use crate::notice::Header;

/// Defaults of one folder.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Playlist {
    /// The folder's name.
    pub name: String,
    /// Values for notices that do not give their own; `keep_days` too.
    pub defaults: Header,
}

/// How many days a notice without `until` holds, unless `playlist.yaml` says otherwise.
pub const DEFAULT_KEEP_DAYS: u32 = 30;
