//! One question to the server, one answer: HTTP/1.1 over a connection of its own, with bounds on everything.
//! No TLS: see ARCHITECTURE.md.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, Request, Uri,
    header::{
        AUTHORIZATION, CONTENT_TYPE, DATE, ETAG, HOST, IF_NONE_MATCH, LOCATION, RETRY_AFTER, USER_AGENT,
    },
};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::{Timestamp, fmt::rfc2822};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};

use super::state::{Answer, Ask, Received};
use crate::{
    diagnostic::{Msg, printable},
    time::UtcMillis,
};

/// The largest frame: 4096 by 2160 pixels in three bytes each, and some more.
const MAX_BODY: usize = 32 << 20;
/// Redirections followed, on the same host only.
const MAX_HOPS: usize = 3;
/// A server must take the connection within this.
const CONNECT: Duration = Duration::from_secs(10);
/// It must answer within this, beside the time for which it was asked to wait.
const HEAD: Duration = Duration::from_secs(20);
/// The body must be there within this.
const BODY: Duration = Duration::from_secs(60);
/// Values of headers that are longer are not looked at.
const MAX_VALUE: usize = 1024;

/// Where a screen's frames are.
#[derive(Clone, Debug)]
pub struct Target {
    host: String,
    port: u16,
    path: String,
    query: Option<String>,
}

impl Target {
    /// From a URL; that of a screen means its `frame.{ext}`. What is wrong with it as a message and its arguments.
    pub fn parse(url: &str, ext: &str) -> Result<Self, (Msg, String)> {
        let bad = || (Msg::PullUrl, printable(url));
        if url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
            return Err((Msg::PullTls, printable(url)));
        }
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        let (Some("http"), Some(authority)) = (uri.scheme_str(), authority) else { return Err(bad()) };
        let mut path = uri.path().trim_end_matches('/').to_owned();
        if !path.rsplit('/').next().is_some_and(|file| file.contains('.')) {
            path = format!("{path}/frame.{ext}");
        }
        Ok(Self {
            host: authority.host().to_owned(),
            port: authority.port_u16().unwrap_or(80),
            path,
            query: uri.query().map(str::to_owned),
        })
    }

    /// What stands behind the first dot of the file name.
    pub fn ext(&self) -> &str {
        self.path.rsplit('/').next().and_then(|file| file.split_once('.')).map_or("", |(_, ext)| ext)
    }

    fn authority(&self) -> String {
        if self.port == 80 { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    fn with_wait(&self, wait_s: Option<u32>) -> String {
        let wait = wait_s.map(|seconds| format!("wait={seconds}"));
        let query: Vec<String> = self.query.clone().into_iter().chain(wait).collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }

    /// Where `location` leads, if it stays on the same host.
    fn moved(&self, location: &str) -> Option<Self> {
        let uri: Uri = location.parse().ok()?;
        let same = match uri.authority() {
            None => location.starts_with('/') && !location.starts_with("//"),
            Some(there) => {
                uri.scheme_str() == Some("http")
                    && there.host().eq_ignore_ascii_case(&self.host)
                    && there.port_u16().unwrap_or(80) == self.port
                    && !there.as_str().contains('@')
            }
        };
        let query = uri.query().map(str::to_owned);
        same.then(|| Self { path: uri.path().to_owned(), query, ..self.clone() })
    }
}

impl fmt::Display for Target {
    /// For logs: without the query, in which there may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&format!("http://{}{}", self.authority(), self.path)))
    }
}

/// Why there is no answer; for the log.
#[derive(Debug)]
pub enum Failure {
    /// Nobody took the connection, or it broke.
    Network(String),
    /// It took too long.
    Slow,
    /// The frame is larger than any can be.
    TooLarge,
    /// It leads to another host, or round in a circle.
    Elsewhere,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(why) => f.write_str(&printable(why)),
            Self::Slow => f.write_str("no answer in time"),
            Self::TooLarge => write!(f, "the answer is larger than {MAX_BODY} bytes"),
            Self::Elsewhere => f.write_str("it redirects to another host or too often"),
        }
    }
}

/// Asks. The token goes to this host only, and is never told to anybody else.
pub async fn fetch(target: &Target, ask: &Ask, token: Option<&str>) -> Result<Answer, Failure> {
    let mut target = target.clone();
    for _ in 0..=MAX_HOPS {
        let (head, body, body_ms) = once(&target, ask, token).await?;
        let location = head.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        match location {
            Some(location) if head.status.is_redirection() && head.status != 304 => {
                target = target.moved(location).ok_or(Failure::Elsewhere)?;
            }
            _ => return Ok(Answer { body_ms, ..read(head.status.as_u16(), &head.headers, body) }),
        }
    }
    Err(Failure::Elsewhere)
}

/// The head, the body, and how long it took to come.
async fn once(
    target: &Target,
    ask: &Ask,
    token: Option<&str>,
) -> Result<(http::response::Parts, Bytes, i64), Failure> {
    let network = |e: &dyn fmt::Display| Failure::Network(e.to_string());
    let host = target.host.trim_start_matches('[').trim_end_matches(']');
    let socket = timeout(CONNECT, TcpStream::connect((host, target.port))).await;
    let socket = socket.map_err(|_| Failure::Slow)?.map_err(|e| network(&e))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await.map_err(|e| network(&e))?;
    let running = tokio::spawn(connection);
    // Dropped at the end of this question, answered or given up.
    let _running = Running(running.abort_handle());
    let mut request = Request::get(target.with_wait(ask.wait_s))
        .header(HOST, target.authority())
        .header(USER_AGENT, concat!("mingping-pull/", env!("CARGO_PKG_VERSION")))
        .header("connection", "close");
    if let Some(etag) = &ask.etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|e| network(&e))?;
    let patience = HEAD + Duration::from_secs(u64::from(ask.wait_s.unwrap_or(0)));
    let response = timeout(patience, sender.send_request(request)).await;
    let response = response.map_err(|_| Failure::Slow)?.map_err(|e| network(&e))?;
    let (head, body) = response.into_parts();
    let head_came = Instant::now();
    let collected = timeout(BODY, Limited::new(body, MAX_BODY).collect()).await.map_err(|_| Failure::Slow)?;
    let body = collected.map_err(|e| match e.downcast_ref::<http_body_util::LengthLimitError>() {
        Some(_) => Failure::TooLarge,
        None => network(&e),
    })?;
    Ok((head, body.to_bytes(), head_came.elapsed().as_millis() as i64))
}

struct Running(tokio::task::AbortHandle);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What an answer says, as far as it can be understood.
fn read(status: u16, headers: &HeaderMap, body: Bytes) -> Answer {
    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        (value.len() <= MAX_VALUE).then(|| value.trim().to_owned())
    };
    let date = text(DATE.as_str())
        .and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(&date).ok())
        .map(|at| UtcMillis(at.as_millisecond()));
    let valid_until = text("mingping-valid-until")
        .and_then(|until| until.parse::<Timestamp>().ok())
        .map(|at| UtcMillis(at.as_millisecond()));
    let number = |name: &str| text(name)?.parse::<i64>().ok();
    let frame = (status == 200).then(|| Received {
        body,
        etag: text(ETAG.as_str()).unwrap_or_default(),
        content_type: text(CONTENT_TYPE.as_str()).unwrap_or_default(),
        notice: text("mingping-notice"),
        brightness: text("mingping-brightness"),
    });
    Answer {
        status,
        date,
        dwell_ms: number("mingping-dwell-ms"),
        valid_until,
        body_ms: 0,
        retry_ms: number(RETRY_AFTER.as_str()).map(|seconds| seconds.clamp(0, 86_400) * 1000),
        frame,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_understood_or_refused_with_the_way_out() {
        let read = |url: &str| Target::parse(url, "bmp").map(|t| (t.authority(), t.with_wait(Some(50))));
        let host = |host: &str, path: &str| Ok((host.to_owned(), path.to_owned()));
        assert_eq!(
            read("http://a:8080/screens/gate/frame.png"),
            host("a:8080", "/screens/gate/frame.png?wait=50")
        );
        assert_eq!(read("http://a/screens/gate/"), host("a", "/screens/gate/frame.bmp?wait=50"));
        assert_eq!(read("http://[::1]:81/s/frame.raw.1?x=1"), host("[::1]:81", "/s/frame.raw.1?x=1&wait=50"));
        assert_eq!(Target::parse("http://a/screens/gate/frame.raw.565le", "bmp").unwrap().ext(), "raw.565le");
        for (url, msg) in [
            ("HTTPS://a/x.bmp", Msg::PullTls),
            ("ftp://a/x.bmp", Msg::PullUrl),
            ("a/x.bmp", Msg::PullUrl),
            ("http://user:secret@a/x.bmp", Msg::PullUrl),
            ("http:///x.bmp", Msg::PullUrl),
            ("", Msg::PullUrl),
        ] {
            assert_eq!(Target::parse(url, "bmp").unwrap_err().0, msg, "{url}");
        }
        let told = Target::parse("http://a/s/frame.bmp?key=sesame", "bmp").unwrap().to_string();
        assert_eq!(told, "http://a/s/frame.bmp", "a token in the address is not logged");
    }

    #[test]
    fn redirections_stay_on_the_host() {
        let target = Target::parse("http://a:8080/s/frame.bmp", "bmp").unwrap();
        let moved = |location: &str| target.moved(location).map(|target| target.with_wait(None));
        assert_eq!(moved("/t/frame.bmp?x=1"), Some("/t/frame.bmp?x=1".into()));
        assert_eq!(moved("http://A:8080/u"), Some("/u".into()));
        for elsewhere in
            ["http://b:8080/u", "http://a/u", "https://a:8080/u", "http://x@a:8080/u", "//b/u", "u", ""]
        {
            assert_eq!(moved(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn an_answer_is_read_as_far_as_it_can_be() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("date", "Mon, 23 Nov 2026 04:00:00 GMT"),
            ("mingping-valid-until", "2026-11-23T04:01:08Z"),
            ("mingping-dwell-ms", "5000"),
            ("etag", "\"a\""),
            ("retry-after", "99999999999"),
        ] {
            headers.insert(http::HeaderName::from_static(name), value.parse().unwrap());
        }
        let answer = read(200, &headers, Bytes::from_static(b"BM"));
        assert_eq!(answer.date, Some(UtcMillis(1_795_406_400_000)));
        assert_eq!(answer.valid_until, Some(UtcMillis(1_795_406_468_000)));
        assert_eq!((answer.dwell_ms, answer.retry_ms), (Some(5000), Some(86_400_000)));
        assert_eq!(answer.frame.unwrap().etag, "\"a\"");
        for nonsense in ["", "yesterday", "99999-13-45", "\u{7f}"] {
            for name in ["date", "mingping-valid-until", "mingping-dwell-ms", "retry-after"] {
                let Ok(value) = http::HeaderValue::from_str(nonsense) else { continue };
                let headers = HeaderMap::from_iter([(http::HeaderName::from_static(name), value)]);
                let answer = read(304, &headers, Bytes::new());
                assert_eq!(answer, Answer { status: 304, ..Answer::default() });
            }
        }
    }
}
