//! Has the asker this very body already? `If-None-Match` (RFC 9110 §13.1.2) and, where it is absent,
//! `If-Modified-Since` (§13.1.3).

use http::{
    HeaderMap, HeaderValue,
    header::{IF_MODIFIED_SINCE, IF_NONE_MATCH},
};
use jiff::{
    civil,
    fmt::{rfc2822, strtime},
    tz::TimeZone,
};

use crate::time::UtcMillis;

/// Whether 304 is the answer. `etag` is ours, with its quotes; `dated` is when the body last changed, if a
/// date can tell it from every other body.
pub(super) fn not_modified(
    asked: &HeaderMap,
    etag: &HeaderValue,
    dated: Option<UtcMillis>,
    now: UtcMillis,
) -> bool {
    if asked.contains_key(IF_NONE_MATCH) {
        return asked.get_all(IF_NONE_MATCH).iter().any(|value| names(value.as_bytes(), etag.as_bytes()));
    }
    let (Some(since), Some(asked)) = (dated, asked.get(IF_MODIFIED_SINCE)) else { return false };
    let Some(asked) = asked.to_str().ok().and_then(http_date) else { return false };
    let second = |at: UtcMillis| at.0.div_euclid(1000);
    // A date ahead of the clock says nothing, and a page as young as this second may yet have a sibling
    // with the same date.
    second(since) <= second(asked) && second(asked) <= second(now) && second(since) < second(now)
}

/// Whether the list `value` names `etag`, by the weak comparison. `*` names everything. A tag without its
/// quotes is understood: some firmware strips them.
pub(super) fn names(value: &[u8], etag: &[u8]) -> bool {
    if value == etag {
        return true;
    }
    let bare = etag.strip_prefix(b"\"").and_then(|tag| tag.strip_suffix(b"\"")).unwrap_or(etag);
    let mut rest = value;
    loop {
        while let Some((b' ' | b'\t' | b',', after)) = rest.split_first() {
            rest = after;
        }
        if rest.is_empty() {
            return false;
        }
        rest = rest.strip_prefix(b"W/").unwrap_or(rest);
        let (tag, after) = if let Some(quoted) = rest.strip_prefix(b"\"") {
            let end = quoted.iter().position(|b| *b == b'"').unwrap_or(quoted.len());
            (&quoted[..end], quoted.get(end + 1..).unwrap_or_default())
        } else {
            let end = rest.iter().position(|b| *b == b',').unwrap_or(rest.len());
            let tag = rest[..end].trim_ascii_end();
            if tag == b"*" {
                return true;
            }
            (tag, &rest[end..])
        };
        if tag == bare {
            return true;
        }
        rest = after;
    }
}

/// Reads the three forms of a date that RFC 9110 §5.6.7 asks for.
fn http_date(text: &str) -> Option<UtcMillis> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    if let Ok(at) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Some(UtcMillis(at.as_millisecond()));
    }
    let civil: civil::DateTime = strtime::parse("%A, %d-%b-%y %H:%M:%S GMT", text)
        .or_else(|_| strtime::parse("%a %b %e %H:%M:%S %Y", text))
        .and_then(|parsed| parsed.to_datetime())
        .ok()?;
    Some(UtcMillis::from_civil(civil, &TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ETAG: &str = "\"0123456789abcdef0123456789abcdef\"";

    #[test]
    fn lists_weak_tags_and_the_star_are_understood() {
        let bare = ETAG.trim_matches('"');
        for matching in [
            ETAG,
            "*",
            &format!("W/{ETAG}"),
            &format!("\"a\", W/\"b,c\" ,\t{ETAG}"),
            &format!(",, {ETAG},"),
            bare,
            &format!("\"x\", {bare} "),
        ] {
            assert!(names(matching.as_bytes(), ETAG.as_bytes()), "{matching}");
        }
        for other in ["", "\"\"", "\"*\"", "W/", ",", "\"0123", &format!("\"x{bare}\""), &format!("w/{ETAG}")]
        {
            assert!(!names(other.as_bytes(), ETAG.as_bytes()), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_upset_the_reader(value: Vec<u8>) {
            names(&value, ETAG.as_bytes());
            http_date(&String::from_utf8_lossy(&value));
        }

        /// Ours is found exactly if it is in the list, wherever and however it is written.
        #[test]
        fn our_tag_is_found_wherever_it_stands(
            before in prop::collection::vec("[!#-~]{0,8}", 0..4),
            after in prop::collection::vec("[!#-~]{0,8}", 0..4),
            weak: bool, there: bool,
        ) {
            let quoted = |tags: Vec<String>| tags.into_iter().map(|tag| format!("\"{tag}\"")).collect::<Vec<_>>();
            let mut tags = quoted(before);
            if there {
                tags.push(format!("{}{ETAG}", if weak { "W/" } else { "" }));
            }
            tags.extend(quoted(after));
            prop_assert_eq!(names(tags.join(", ").as_bytes(), ETAG.as_bytes()), there);
        }
    }

    fn modified_since(date: &str, since: i64, now: i64) -> bool {
        let asked = HeaderMap::from_iter([(IF_MODIFIED_SINCE, HeaderValue::from_str(date).unwrap())]);
        let etag = HeaderValue::from_static(ETAG);
        !not_modified(&asked, &etag, Some(UtcMillis(since)), UtcMillis(now))
    }

    #[test]
    fn dates_tell_pages_apart_to_the_second_only() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let second = 784_111_777_000;
        assert!(!modified_since(date, second + 300, second + 4000), "the same page, seconds later");
        assert!(
            modified_since(date, second + 300, second + 900),
            "never within the second in which it began"
        );
        assert!(modified_since(date, second + 1000, second + 4000), "a younger page");
        assert!(modified_since(date, second - 9000, second - 2000), "a date ahead of the clock");
        assert!(!modified_since("Sunday, 06-Nov-94 08:49:37 GMT", second, second + 4000));
        assert!(!modified_since("Sun Nov  6 08:49:37 1994", second, second + 4000));
        assert!(modified_since("yesterday", second, second + 4000));
    }

    #[test]
    fn a_date_beside_a_tag_is_not_looked_at() {
        let mut asked = HeaderMap::new();
        asked.insert(IF_MODIFIED_SINCE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        asked.insert(IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        let etag = HeaderValue::from_static(ETAG);
        let now = UtcMillis(784_111_777_000 + 9000);
        assert!(!not_modified(&asked, &etag, Some(UtcMillis(784_111_000_000)), now));
        asked.append(IF_NONE_MATCH, HeaderValue::from_static(ETAG));
        assert!(not_modified(&asked, &etag, None, now), "a second header line is part of the list");
    }
}
