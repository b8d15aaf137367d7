//! Who may start a test pattern from the page? Somebody at the server itself, on our own page, and nobody who
//! was lured to another one: we listen for this computer alone, both ends of the connection are this computer, the address that the browser
//! shows is this computer's, and the request comes from a page of that very address. All others get the command
//! to type, so that what can be reached from outside changes nothing.

use http::{HeaderMap, header, uri::Authority};

use crate::{
    catalog::{LONGEST_TEST_MS, ScreenTest},
    http::Ends,
    render::Pattern,
    time::UtcMillis,
};

/// A form has no more bytes.
pub const MAX_FORM: usize = 1024;

/// What a form asks for.
#[derive(PartialEq, Eq, Debug)]
pub enum Order {
    /// A pattern from now on.
    Start(ScreenTest),
    /// The programme again.
    Stop,
}

/// Whether whoever asks sits at the server, as far as can be told: a proxy on the same computer does not. A
/// listener that others reach (not `loopback_only`) takes orders from nobody.
pub fn is_here(loopback_only: bool, ends: Option<Ends>, headers: &HeaderMap) -> bool {
    const FORWARDED: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    loopback_only
        && ends.is_some_and(|ends| ends.are_here())
        && !FORWARDED.iter().any(|name| headers.contains_key(*name))
        && host(headers).is_some_and(|host| names_here(&host))
}

/// Whether the request was sent by a page of ours in the browser of somebody at the server.
pub fn may_order(loopback_only: bool, ends: Option<Ends>, headers: &HeaderMap) -> bool {
    let one = |name: &str| {
        let mut all = headers.get_all(name).iter();
        let first = all.next().and_then(|value| value.to_str().ok());
        (all.next().is_none(), first)
    };
    let (single, origin) = one("origin");
    let (_, site) = one("sec-fetch-site");
    let Some(host) = host(headers) else { return false };
    is_here(loopback_only, ends, headers)
        && single
        && origin.and_then(|origin| origin.strip_prefix("http://")) == Some(host.as_str())
        && site.is_none_or(|site| site == "same-origin")
}

/// The one `Host`.
fn host(headers: &HeaderMap) -> Option<Authority> {
    let mut all = headers.get_all(header::HOST).iter();
    let host = all.next()?.to_str().ok()?.parse::<Authority>().ok()?;
    all.next().is_none().then_some(host)
}

/// Whether a name can only be this computer's: anything else might be somebody's name that points here.
fn names_here(host: &Authority) -> bool {
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Reads a form; `Err` with the value that is none.
pub fn read(form: &[u8], now: UtcMillis) -> Result<Order, String> {
    let form = std::str::from_utf8(form).map_err(|_| "?".to_owned())?;
    let value = |key: &str| {
        form.split('&')
            .find_map(|pair| pair.split_once('=').filter(|(k, _)| *k == key).map(|(_, value)| value))
    };
    if value("stop").is_some() {
        return Ok(Order::Stop);
    }
    let name = value("pattern").unwrap_or_default();
    let pattern = Pattern::parse(name).ok_or_else(|| name.chars().take(40).collect::<String>())?;
    let minutes = value("minutes").unwrap_or("10");
    let minutes: u32 = minutes.parse().map_err(|_| minutes.chars().take(40).collect::<String>())?;
    let for_ms = (i64::from(minutes) * 60_000).min(LONGEST_TEST_MS);
    Ok(Order::Start(ScreenTest::new(pattern, now, for_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(local: &str, peer: &str) -> Option<Ends> {
        Some(Ends { local: local.parse().ok(), peer: peer.parse().ok() })
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    const HERE: (&str, &str) = ("127.0.0.1:8080", "127.0.0.1:50000");

    #[test]
    fn somebody_at_the_server_may_and_nobody_else() {
        let own = headers(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]);
        let here = ends(HERE.0, HERE.1);
        assert!(may_order(true, here, &own));
        assert!(!may_order(false, here, &own), "others reach this listener");
        let own6 = headers(&[("host", "[::1]:8080"), ("origin", "http://[::1]:8080")]);
        assert!(may_order(true, ends("[::1]:8080", "[::1]:5000"), &own6));
        for (ends, why) in [
            (ends("192.168.1.5:8080", "192.168.1.9:5000"), "from the network"),
            (ends("192.168.1.5:8080", "192.168.1.5:5000"), "over the address of the network"),
            (ends("127.0.0.1:8080", "192.168.1.9:5000"), "from elsewhere"),
            (Some(Ends::default()), "nobody knows from where"),
            (None, "nobody knows from where"),
        ] {
            assert!(!may_order(true, ends, &own), "{why}");
        }
        for (pairs, why) in [
            (&[("host", "127.0.0.1:8080")][..], "no page sent it"),
            (&[("host", "127.0.0.1:8080"), ("origin", "null")], "a sandbox sent it"),
            (&[("host", "127.0.0.1:8080"), ("origin", "http://evil.example")], "another page sent it"),
            (&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:9999")], "another port"),
            (&[("host", "127.0.0.1:8080"), ("origin", "https://127.0.0.1:8080")], "another scheme"),
            (&[("host", "evil.example"), ("origin", "http://evil.example")], "a name that points here"),
            (&[("origin", "http://127.0.0.1:8080")], "no host"),
            (
                &[
                    ("host", "localhost:8080"),
                    ("origin", "http://localhost:8080"),
                    ("x-forwarded-for", "10.0.0.1"),
                ],
                "a proxy sent it",
            ),
            (
                &[
                    ("host", "localhost:8080"),
                    ("origin", "http://localhost:8080"),
                    ("sec-fetch-site", "cross-site"),
                ],
                "the browser says that another page did",
            ),
        ] {
            assert!(!may_order(true, here, &headers(pairs)), "{why}");
        }
        let mut twice = own.clone();
        twice.append("origin", "http://evil.example".parse().unwrap());
        assert!(!may_order(true, here, &twice), "two origins");
    }

    #[test]
    fn forms_are_read_within_bounds() {
        let now = UtcMillis(1000);
        let start = |pattern, minutes: i64| Ok(Order::Start(ScreenTest::new(pattern, now, minutes * 60_000)));
        assert_eq!(read(b"minutes=5&pattern=grid", now), start(Pattern::Grid, 5));
        assert_eq!(read(b"pattern=walk", now), start(Pattern::Walk, 10));
        assert_eq!(read(b"pattern=walk&minutes=4000000000", now), start(Pattern::Walk, 60));
        assert_eq!(read(b"stop=1", now), Ok(Order::Stop));
        for (bad, what) in
            [(&b"pattern=none"[..], "none"), (b"", ""), (b"pattern=walk&minutes=x", "x"), (b"\xff", "?")]
        {
            assert_eq!(read(bad, now), Err(what.to_owned()));
        }
    }
}
