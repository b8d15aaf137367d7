//! What does an address ask for? Its path, the format behind the dot, and what stands behind `?`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::error::Problem;
use crate::frame::Format;

/// The screen and format that a path asks for, as they stand in it; `None` if it is no frame's path.
pub(super) fn frame_path(path: &str) -> Option<(&str, &str)> {
    screen_file(path, "frame.")
}

/// The screen whose file a path names, and what stands behind `name` in it.
pub(super) fn screen_file<'p>(path: &'p str, name: &str) -> Option<(&'p str, &'p str)> {
    let (id, file) = path.strip_prefix("/screens/")?.split_once('/')?;
    Some((id, file.strip_prefix(name)?))
}

pub(super) fn unknown_format(ext: &str) -> Problem {
    Problem::UnknownFormat(percent_decode_str(ext).decode_utf8_lossy().into_owned())
}

/// A path segment without its percent-encoding.
pub(super) fn decode(segment: &str) -> Result<Cow<'_, str>, Problem> {
    percent_decode_str(segment).decode_utf8().map_err(|_| Problem::BadPath(segment.to_owned()))
}

/// What a poll's query asks for. Every other parameter is not looked at.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Query<'a> {
    /// `wait`, 1 to 55; what is not a number is as good as nothing.
    pub(super) wait_seconds: Option<u64>,
    /// `charset`, as it stands there.
    pub(super) charset: Option<&'a str>,
    /// `preview`: it is a person's page that asks, and not what drives the screen.
    pub(super) is_preview: bool,
}

impl<'a> Query<'a> {
    pub(super) fn read(query: &'a str) -> Result<Self, Problem> {
        let mut read = Self::default();
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "size" => {
                    return Err(Problem::SizeAsked(percent_decode_str(value).decode_utf8_lossy().into()));
                }
                "wait" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                    read.wait_seconds = Some(value.parse().unwrap_or(u64::MAX).clamp(1, 55));
                }
                "preview" => read.is_preview = true,
                "charset" => read.charset = Some(value),
                _ => {}
            }
        }
        Ok(read)
    }
}

/// The format that stands behind the dot, its text in `charset` if one is asked for.
pub(super) fn format_of(ext: &str, charset: Option<&str>) -> Result<Format, Problem> {
    let format = Format::parse(ext).ok_or_else(|| unknown_format(ext))?;
    charset.map_or(Ok(format), |name| {
        let unknown = || Problem::UnknownCharset(percent_decode_str(name).decode_utf8_lossy().into_owned());
        format.in_charset(name).ok_or_else(unknown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_far_as_it_is_known() {
        for (query, wait_seconds) in [
            ("wait=30", Some(30)),
            ("a=b&wait=0&c", Some(1)),
            ("wait=99999999999999999999", Some(55)),
            ("wait=", None),
            ("wait=-3", None),
            ("waiting=3", None),
        ] {
            assert_eq!(Query::read(query), Ok(Query { wait_seconds, ..Query::default() }), "{query}");
        }
        let charset = Some("gb2312");
        assert_eq!(
            Query::read("charset=gb2312&wait=9"),
            Ok(Query { wait_seconds: Some(9), charset, ..Query::default() })
        );
        assert_eq!(Query::read("preview&wait"), Ok(Query { is_preview: true, ..Query::default() }));
    }
}
