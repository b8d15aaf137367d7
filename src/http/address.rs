//! What do absolute URLs begin with? `--public-url`, else the address on which the connection came in;
//! never `Host`, which anybody can write.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, header::HeaderName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986's unreserved characters stay as they are.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One part of a path, percent-encoded.
pub(super) fn path_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The two ends of a connection, as far as they are known. A request extension on every page of the router.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ends {
    /// Our own address.
    pub local: Option<SocketAddr>,
    /// Who asks.
    pub peer: Option<SocketAddr>,
}

impl Ends {
    /// Whether both ends are this computer.
    pub fn are_here(&self) -> bool {
        let here = |end: Option<SocketAddr>| end.is_some_and(|end| end.ip().to_canonical().is_loopback());
        here(self.local) && here(self.peer)
    }
}

/// `http://192.168.1.5:8080`, without a slash at its end. A request extension on every page of the router.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Base(pub String);

impl Base {
    /// From `--public-url`, else from the socket's own address.
    pub fn of(public_url: Option<&str>, local: Option<SocketAddr>) -> Self {
        if let Some(url) = public_url {
            return Self(url.trim_end_matches('/').to_owned());
        }
        let Some(local) = local else { return Self(String::new()) };
        let canonical = SocketAddr::new(local.ip().to_canonical(), local.port());
        if canonical.port() == 80 {
            let host = canonical.to_string();
            return Self(format!("http://{}", host.trim_end_matches(":80")));
        }
        Self(format!("http://{canonical}"))
    }
}

/// Where a request comes from. A request extension on every page of the router.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Origin(pub(super) Option<IpAddr>);

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl Origin {
    /// The peer; behind a proxy on this computer, whom the proxy names. Others may write what they like.
    pub(super) fn of(peer: Option<IpAddr>, asked: &HeaderMap) -> Self {
        let peer = peer.map(|ip| ip.to_canonical());
        if peer.is_none_or(|ip| !ip.is_loopback()) {
            return Self(peer);
        }
        // The last entry is the proxy's own; those before it are the client's.
        let named = asked.get_all(FORWARDED_FOR).iter().next_back();
        let named =
            named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
        Self(named.map(|ip| ip.to_canonical()).or(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_computer_is_believed() {
        let named = |peer: &str, values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(FORWARDED_FOR, value.parse().unwrap());
            }
            Origin::of(peer.parse().ok(), &headers).0.unwrap().to_string()
        };
        assert_eq!(named("::ffff:10.0.0.5", &["1.2.3.4"]), "10.0.0.5");
        assert_eq!(named("127.0.0.1", &["1.2.3.4, 10.0.0.7"]), "10.0.0.7");
        assert_eq!(named("::1", &["1.2.3.4", "2001:db8::1"]), "2001:db8::1");
        for nobody in [&[][..], &["unknown"], &[""], &["1.2.3.4,"]] {
            assert_eq!(named("127.0.0.1", nobody), "127.0.0.1");
        }
        assert_eq!(Origin::of(None, &HeaderMap::new()), Origin(None));
    }

    #[test]
    fn urls_begin_with_the_public_address_or_that_of_the_socket() {
        let base = |public, local: &str| Base::of(public, local.parse().ok()).0;
        assert_eq!(base(Some("https://led.example/"), "10.0.0.1:80"), "https://led.example");
        assert_eq!(base(None, "10.0.0.1:8080"), "http://10.0.0.1:8080");
        assert_eq!(base(None, "10.0.0.1:80"), "http://10.0.0.1");
        assert_eq!(base(None, "[::ffff:10.0.0.1]:8080"), "http://10.0.0.1:8080");
        assert_eq!(base(None, "[fe80::1]:80"), "http://[fe80::1]");
    }
}
