//! A playlist: one folder of notices with defaults for them in `playlist.yaml`.

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    diagnostic::Diagnostic,
    notice::{
        Header,
        header::{Context, Scope, read_file},
    },
};

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

/// Reads the `playlist.yaml` of the folder `name`. It is read as headers are, in any encoding. Dates in it
/// are meant in `zone`; `today` is for hints only.
///
/// # Errors
/// Everything that is wrong in it, each placed at `name/playlist.yaml` and its line.
pub fn read(name: &str, bytes: &[u8], zone: &TimeZone, today: Date) -> Result<Playlist, Vec<Diagnostic>> {
    let context = Context { zone, today, scope: Scope::Playlist };
    let (defaults, _) = read_file(&format!("{name}/playlist.yaml"), bytes, &context)?;
    Ok(Playlist { name: name.to_owned(), defaults })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Msg;
    use proptest::prelude::*;

    fn read_text(bytes: &[u8]) -> Result<Playlist, Vec<Diagnostic>> {
        read("bureau", bytes, &TimeZone::get("Asia/Shanghai").unwrap(), Date::constant(2026, 11, 23))
    }

    #[test]
    fn defaults_are_read_with_comments_and_both_languages() {
        let text = "# 局机关\n---\n提供: 办公室   # 谁提供\nreviewer: \"分管领导\"\n\n负责：办公室\nsecrecy_review: 保密办\nkeep_days: 60\n";
        let playlist = read_text(text.as_bytes()).unwrap();
        assert_eq!(playlist.name, "bureau");
        assert_eq!(playlist.defaults.provider.as_deref(), Some("办公室"));
        assert_eq!(playlist.defaults.reviewer.as_deref(), Some("分管领导"));
        assert_eq!(playlist.defaults.keep_days, Some(60));
        assert_eq!(read_text(b"").unwrap().defaults, Header::default());
        let gbk = encoding_rs::GB18030.encode("提供：办公室").0;
        assert_eq!(read_text(&gbk).unwrap().defaults.provider.as_deref(), Some("办公室"));
    }

    #[test]
    fn what_is_wrong_is_placed_in_the_file() {
        let errors = read_text("提供: 办公室\n审合: 领导\n随便写写".as_bytes()).unwrap_err();
        let seen: Vec<_> = errors.iter().map(|d| (d.place.to_string(), d.msg)).collect();
        assert_eq!(
            seen,
            [
                ("bureau/playlist.yaml:2".to_owned(), Msg::UnknownKey),
                ("bureau/playlist.yaml:3".to_owned(), Msg::HeaderNotUnderstood)
            ]
        );
        assert_eq!(errors[0].args[1], "审核");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_text(&bytes);
        }
    }
}
