//! What shows on this screen now? `GET /screens/{id}/frame.{ext}`, the address that every controller asks
//! every few seconds.
//!
//! The steady path takes no lock, reads no disk, draws nothing and copies no pixels: it loads the snapshot,
//! finds the moment by time and clones header values and body by reference count, into the header map in
//! which the request came.

use std::{future::Future, mem, pin::Pin, sync::Arc};

use axum::response::Response;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED, USER_AGENT},
    request::Parts,
};

use super::{
    Body, Context,
    access::Key,
    address::Origin,
    asked, body, conditional,
    error::Problem,
    query::{Query, decode, format_of, frame_path},
    wait,
};
use crate::{
    catalog::{Encoded, Moment, ScreenState, Snapshot, moment_at},
    frame::{Format, Variant},
    screen::TokenRule,
    time::UtcMillis,
};

/// RFC 9530.
pub(super) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const DWELL: HeaderName = HeaderName::from_static("mingping-dwell-ms");
const VALID_UNTIL: HeaderName = HeaderName::from_static("mingping-valid-until");
const BRIGHTNESS: HeaderName = HeaderName::from_static("mingping-brightness");
const NOTICE: HeaderName = HeaderName::from_static("mingping-notice");
/// How many characters of a text frame became 〓.
pub(super) const UNENCODABLE: HeaderName = HeaderName::from_static("mingping-unencodable");

/// No shared cache may outlive a withdrawal, and no proxy may recode pixels.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache, no-transform");

/// A poller that sleeps as `Mingping-Dwell-Ms` says hears of an emergency within a minute, however long the
/// page would stay.
const LONGEST_SLEEP_MS: i64 = 60_000;

/// An answer now, or work and waiting that leads to one.
pub(super) enum Step {
    Now(Response<Body>),
    Later(Pin<Box<dyn Future<Output = Response<Body>> + Send>>),
}

/// What somebody asks for again and again.
#[derive(Clone)]
pub(super) struct Poll {
    /// Which screen.
    pub(super) id: String,
    /// As what.
    pub(super) variant: Variant,
    /// With which token.
    pub(super) key: Key,
    /// Whether what is sent is noted: a controller asks, and not a page on which somebody looks on.
    pub(super) noted: bool,
}

/// What was answered, or the problem told. The headers of `asked` are taken.
pub(super) fn told(
    answered: Result<Step, Problem>,
    context: &Context,
    origin: Origin,
    headers: &mut HeaderMap,
) -> Step {
    answered.unwrap_or_else(|problem| {
        let headers = mem::take(headers);
        context.note_stranger(&problem, origin, &headers);
        Step::Now(problem.respond(&headers, context.catalog.rehearsing()))
    })
}

/// Answers `asked` if its path is that of a frame. Its headers are taken.
pub(super) fn poll(context: &Arc<Context>, origin: Origin, asked: &mut Parts) -> Option<Step> {
    let (id, ext) = frame_path(asked.uri.path())?;
    let answered = answer(context, origin, &asked.method, asked.uri.query(), (id, ext), &mut asked.headers);
    Some(told(answered, context, origin, &mut asked.headers))
}

/// What a device calls itself.
pub(super) fn agent(headers: &HeaderMap) -> &[u8] {
    headers.get(USER_AGENT).map_or(b"", HeaderValue::as_bytes)
}

fn answer(
    context: &Arc<Context>,
    origin: Origin,
    method: &Method,
    query: Option<&str>,
    (id, ext): (&str, &str),
    headers: &mut HeaderMap,
) -> Result<Step, Problem> {
    if method != Method::GET && method != Method::HEAD {
        return Err(Problem::Method(method.to_string(), "GET, HEAD"));
    }
    let read = query.map_or(Ok(Query::default()), Query::read)?;
    let wait_seconds = read.wait_seconds.filter(|_| method == Method::GET);
    let noted = method == Method::GET && !read.is_preview;
    let id = decode(id)?;
    let format = format_of(ext, read.charset)?;
    let snapshot = context.catalog.snapshot();
    let screen = screen_of(&snapshot, &id)?;
    // Whose frames are public is not asked what he presents.
    let key = match screen.screen.token {
        TokenRule::Optional => Key::NONE,
        TokenRule::Required => Key::of(headers, query),
    };
    check(&snapshot, screen, format, key)?;
    let variant = asked::for_screen(format, query, &screen.screen)?;
    let now = context.catalog.clock().now();
    screen.stage.note_asked(variant, now);
    if noted {
        screen.stage.contact().note_asked(now, origin.0, agent(headers));
        if let Some(ip) = origin.0 {
            screen.stage.note_asker(ip);
        }
    }
    let moments = screen.stage.moments();
    let Some((moment, encoded)) = ready(&moments, variant, now) else {
        let poll = Poll { id: id.into_owned(), variant, key, noted };
        let later = wait::make(Arc::clone(context), poll, wait_seconds, mem::take(headers));
        return Ok(Step::Later(Box::pin(later)));
    };
    let not_modified = conditional::not_modified(headers, &encoded.etag, moment.dated(), now);
    if not_modified
        && let Some(seconds) = wait_seconds
        && let Some(tags) = wait::Tags::of(headers)
    {
        let poll = Poll { id: id.into_owned(), variant, key, noted };
        let later = wait::wait(Arc::clone(context), poll, seconds, tags);
        return Ok(Step::Later(Box::pin(later)));
    }
    if noted {
        let bytes = if not_modified { 0 } else { encoded.body.len() };
        screen.stage.contact().note_sent(now, moment, bytes);
    }
    Ok(Step::Now(respond(moment, encoded, not_modified, mem::take(headers), now)))
}

/// The moment that shows now and its bytes, if both are there.
pub(super) fn ready(
    moments: &[Moment],
    variant: Variant,
    now: UtcMillis,
) -> Option<(&Moment, &Arc<Encoded>)> {
    let moment = moment_at(moments, now)?;
    Some((moment, moment.shown.get(variant)?))
}

/// The screen with this id, as far as anything can be vouched for.
pub(super) fn screen_of<'a>(snapshot: &'a Snapshot, id: &str) -> Result<&'a Arc<ScreenState>, Problem> {
    if !snapshot.ready {
        return Err(Problem::NotReady);
    }
    snapshot.screens.get(id).ok_or_else(|| {
        let known = snapshot.screens.keys().take(8).map(ToString::to_string).collect();
        Problem::UnknownScreen(id.to_owned(), known)
    })
}

/// Whether the screen's frames can be had in `format`, and by who presents `key`.
pub(super) fn check(
    snapshot: &Snapshot,
    screen: &ScreenState,
    format: Format,
    key: Key,
) -> Result<(), Problem> {
    let scheme = screen.screen.profile.scheme;
    if !format.suits(scheme) {
        return Err(Problem::Unsuitable(format, scheme));
    }
    key.admit(snapshot, screen)
}

/// `Mingping-Dwell-Ms`. Written by hand: `HeaderValue::from` a number allocates twice.
fn dwell(left_ms: i64) -> HeaderValue {
    let mut digits = *b"00000";
    let mut rest = left_ms.clamp(1, LONGEST_SLEEP_MS);
    let mut from = digits.len();
    while rest > 0 && from > 0 {
        from -= 1;
        digits[from] += (rest % 10) as u8;
        rest /= 10;
    }
    HeaderValue::from_bytes(&digits[from..]).unwrap_or(HeaderValue::from_static("1"))
}

/// 200 with the body, or 304. `headers` is a map to be used again.
pub(super) fn respond<S>(
    moment: &Moment<S>,
    encoded: &Encoded,
    not_modified: bool,
    mut headers: HeaderMap,
    now: UtcMillis,
) -> Response<Body> {
    headers.clear();
    headers.insert(ETAG, encoded.etag.clone());
    headers.insert(CACHE_CONTROL, NO_CACHE);
    headers.insert(VALID_UNTIL, moment.valid_until_header.clone());
    headers.insert(DWELL, dwell(moment.until.since(now)));
    let mut response = if not_modified {
        let mut response = Response::new(body(bytes::Bytes::new()));
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        headers.insert(CONTENT_TYPE, encoded.content_type.clone());
        headers.insert(CONTENT_LENGTH, encoded.content_length.clone());
        headers.insert(CONTENT_DIGEST, encoded.content_digest.clone());
        headers.insert(LAST_MODIFIED, moment.last_modified.clone());
        headers.insert(BRIGHTNESS, moment.brightness.clone());
        if let Some(count) = &encoded.unencodable {
            headers.insert(UNENCODABLE, count.clone());
        }
        if let Some(notice) = &moment.notice {
            headers.insert(NOTICE, notice.clone());
        }
        Response::new(body(encoded.body.clone()))
    };
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        http::testing::{Kind, NOON, Site, bytes_of, clock_fault, frame, header, text_of},
    };

    #[tokio::test]
    async fn a_poll_gets_the_page_of_this_instant_with_all_that_a_controller_needs() {
        let site = Site::new();
        site.stage(&[(1, 8), (2, 8)]);
        site.clock.advance(3000);
        let response = site.get("/screens/gate/frame.bmp?unknown=1").await;
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        let bmp = bytes_of(response);
        assert_eq!(&bmp[..2], b"BM");
        for (name, value) in [
            ("content-type", "image/bmp"),
            ("content-length", &*bmp.len().to_string()),
            ("cache-control", "no-cache, no-transform"),
            ("last-modified", "Mon, 23 Nov 2026 04:00:00 GMT"),
            ("mingping-dwell-ms", "5000"),
            ("mingping-valid-until", "2026-11-23T04:01:08Z"),
            ("mingping-brightness", "80"),
            ("mingping-notice", "bureau/01-%E6%8B%9B%E7%94%9F%E5%85%AC%E5%91%8A.md"),
        ] {
            assert_eq!(header(&headers, name), value, "{name}");
        }
        let digest = crate::digest::Digest::of(&bmp);
        assert_eq!(header(&headers, "etag"), format!("\"{}\"", digest.short_hex()));
        assert!(header(&headers, "content-digest").starts_with("sha-256=:"));
        site.clock.advance(5000);
        assert_ne!(site.etag().await, header(&headers, "etag"), "the next page");
    }

    #[tokio::test]
    async fn who_has_the_page_gets_304_with_five_headers() {
        let site = Site::new();
        site.stage(&[(1, 8)]);
        let etag = site.etag().await;
        for (name, value) in [("if-none-match", &*etag), ("if-none-match", "*")] {
            for method in ["GET", "HEAD"] {
                let response = site
                    .ask(method, "/screens/gate/frame.bmp", &[(name, value), ("range", "bytes=0-3")])
                    .await;
                assert_eq!(response.status(), 304);
                let mut names: Vec<_> = response.headers().keys().map(HeaderName::as_str).collect();
                names.sort_unstable();
                // The connection adds Date.
                assert_eq!(names, ["cache-control", "etag", "mingping-dwell-ms", "mingping-valid-until"]);
                assert!(bytes_of(response).is_empty());
            }
        }
        let other = site.ask("GET", "/screens/gate/frame.png", &[("if-none-match", &etag)]).await;
        assert_eq!(other.status(), 200, "another format is another body");
        let range = site.ask("GET", "/screens/gate/frame.bmp", &[("range", "bytes=0-3")]).await;
        assert_eq!(range.status(), 200, "ranges are not served");
    }

    #[tokio::test]
    async fn a_date_is_enough_once_the_second_of_the_page_is_over() {
        let site = Site::new();
        site.stage(&[(1, 8), (2, 8)]);
        let path = "/screens/gate/frame.bmp";
        let asked = async |date: &str| site.ask("GET", path, &[("if-modified-since", date)]).await.status();
        site.clock.advance(2000);
        let first = header(site.get(path).await.headers(), "last-modified").to_owned();
        assert_eq!(asked(&first).await, 200, "what was served before the start is not known");
        site.clock.advance(6000);
        assert_eq!(asked(&first).await, 200, "another page");
        let second = header(site.get(path).await.headers(), "last-modified").to_owned();
        assert_eq!(asked(&second).await, 200, "within the second in which it began");
        site.clock.advance(1000);
        assert_eq!(asked(&second).await, 304);
        assert_eq!(asked(&first).await, 200);
    }

    #[tokio::test]
    async fn what_cannot_be_had_says_why() {
        let mut locked = Kind::new("office", ColorScheme::Rgb);
        locked.token = TokenRule::Required;
        let site = Site::of(vec![Kind::new("gate", ColorScheme::Red), locked], |_| {});
        site.stage(&[(1, 8)]);
        for (method, path, status, code) in [
            ("GET", "/screens/nowhere/frame.bmp", 404, "unknown_screen"),
            ("GET", "/screens/gate/frame.jpg", 404, "unknown_format"),
            ("GET", "/screens/gate/frame.raw.rg", 406, "not_acceptable"),
            ("GET", "/screens/gate/frame.bmp?wait=5&size=64x32", 400, "size_is_fixed"),
            ("POST", "/screens/gate/frame.bmp", 405, "method_not_allowed"),
            ("OPTIONS", "/screens/gate/frame.bmp", 405, "method_not_allowed"),
            ("GET", "/screens/office/frame.bmp", 401, "token_needed"),
            ("GET", "/screens/%FF/frame.bmp", 400, "bad_path"),
            ("GET", "/screens/gate/frame.bmp/", 404, "unknown_format"),
            ("GET", "/nothing", 404, "not_found"),
            ("DELETE", "/screens", 405, "method_not_allowed"),
            ("GET", "/frames/0123456789abcdef0123456789abcdef.bmp", 404, "frame_unknown"),
        ] {
            let response = site.ask(method, path, &[]).await;
            assert_eq!(response.status(), status, "{method} {path}");
            assert_eq!(response.headers().contains_key("allow"), status == 405, "{path}");
            let json: serde_json::Value = serde_json::from_str(&text_of(response)).unwrap();
            assert_eq!(json["error"]["code"], code, "{method} {path}");
            assert_ne!(json["error"]["hint"], "");
        }
    }

    #[tokio::test]
    async fn a_locked_screen_is_shown_to_who_has_its_token_and_no_longer() {
        let mut locked = Kind::new("大门", ColorScheme::Red);
        locked.token = TokenRule::Required;
        let site = Site::of(vec![Kind::new("gate", ColorScheme::Red), locked], |_| {});
        site.give_token("大门", "open-sesame");
        let path = "/screens/%E5%A4%A7%E9%97%A8/frame.bmp";
        let with = async |path: &str, value: &str| {
            let response = site.ask("GET", path, &[("authorization", value)]).await;
            (response.status().as_u16(), text_or_empty(response))
        };
        assert_eq!(with(path, "Bearer open-sesame").await.0, 200);
        assert_eq!(with(path, "open-sesame").await.0, 200);
        assert_eq!(site.get(&format!("{path}?key=open-sesame")).await.status(), 200);
        let manifest = "/screens/%E5%A4%A7%E9%97%A8/manifest.json";
        assert_eq!(with(manifest, "Bearer open-sesame").await.0, 200);
        assert_eq!(site.get(manifest).await.status(), 401);
        let listed = with("/screens", "Bearer open-sesame").await.1;
        assert!(!listed.contains("\"state\":null"), "{listed}");
        assert!(text_of(site.get("/screens").await).contains("\"state\":null"));
        for wrong in ["Bearer open", "Basic b3Blbi1zZXNhbWU=", "Bearer "] {
            assert_eq!(with(path, wrong).await.0, 401, "{wrong}");
        }
        assert!(with(path, "Bearer open").await.1.contains("token_wrong"));
        assert_eq!(with("/screens/gate/frame.bmp", "Bearer nonsense").await.0, 200, "it is public");
        site.give_token("gate", "open-sesame");
        let (status, text) = with(path, "Bearer open-sesame").await;
        assert_eq!((status, text.contains("sesame")), (401, false), "revoked; and tokens are never told");
    }

    fn text_or_empty(response: Response<Body>) -> String {
        String::from_utf8(bytes_of(response).to_vec()).unwrap_or_default()
    }

    #[tokio::test]
    async fn hanzi_in_ids_are_percent_encoded() {
        let site = Site::new();
        let path = "/screens/%E5%A4%A7%E9%97%A8/frame.raw.rg";
        let response = site.get(path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(bytes_of(response).len(), 2 * 320 / 8 * 32);
    }

    #[tokio::test]
    async fn a_late_stage_shows_what_the_programme_says_and_nothing_older() {
        let site = Site::new();
        let stage = site.stage(&[(1, 8)]);
        let old = site.etag().await;
        assert_eq!(stage.misses(), 0);
        site.clock.advance(8000);
        let response = site.get("/screens/gate/frame.bmp").await;
        assert_eq!(response.status(), 200);
        assert_ne!(header(response.headers(), "etag"), old);
        assert!(!response.headers().contains_key("mingping-notice"), "nothing is on air: idle");
        assert_eq!(stage.misses(), 1);
        let idle = &site.screen("gate").idle;
        assert_eq!(bytes_of(response), crate::frame::encode(idle, Format::Bmp).unwrap());
    }

    #[tokio::test]
    async fn a_format_that_is_not_ready_is_made_once() {
        let site = Site::new();
        let stage = site.stage(&[(1, 8)]);
        assert_eq!(text_of(site.get("/screens/gate/frame.txt").await), "第1页\n");
        assert_eq!(stage.last_asked(Format::Txt), NOON);
        assert_eq!(text_of(site.get("/screens/gate/frame.txt").await), "第1页\n");
        assert_eq!(stage.misses(), 1);
    }

    #[tokio::test]
    async fn while_the_clock_lies_or_nothing_is_known_yet() {
        let site =
            Site::of(vec![Kind::new("gate", ColorScheme::Red)], |s| s.clock_fault = Some(clock_fault()));
        let response = site.get("/screens/gate/frame.bmp").await;
        let idle = frame(ColorScheme::Red, crate::geometry::Size::new(320, 32), 0x55);
        assert_eq!(bytes_of(response), crate::frame::encode(&idle, Format::Bmp).unwrap());
        assert_eq!(site.get("/readyz").await.status(), 503);
        let site = Site::of(Vec::new(), |snapshot| snapshot.ready = false);
        let response = site.get("/screens/gate/frame.bmp").await;
        assert_eq!((response.status().as_u16(), header(response.headers(), "retry-after")), (503, "5"));
    }

    #[test]
    fn a_poller_is_told_to_sleep_until_the_page_ends_but_a_minute_at_most() {
        for (left_ms, told) in
            [(-5, "1"), (0, "1"), (7, "7"), (8000, "8000"), (59_999, "59999"), (60_000, "60000")]
        {
            assert_eq!(dwell(left_ms), told);
        }
        assert_eq!(dwell(i64::MAX), "60000");
    }

    #[tokio::test]
    async fn text_comes_in_the_character_set_of_the_controllers_own_font() {
        let site = Site::new();
        let stage = site.stage(&[(1, 100)]);
        let mut etags = Vec::new();
        for (path, kind, count, body) in [
            ("frame.txt", "utf-8", None, "第1页\n".as_bytes()),
            ("frame.txt?charset=utf-8", "utf-8", None, "第1页\n".as_bytes()),
            ("frame.txt?charset=GB2312&wait=5", "gb2312", Some("0"), b"\xB5\xDA1\xD2\xB3\n"),
            ("frame.txt.gb18030", "gb18030", None, b"\xB5\xDA1\xD2\xB3\n"),
        ] {
            let response = site.get(&format!("/screens/gate/{path}")).await;
            let headers = response.headers().clone();
            assert_eq!(header(&headers, "content-type"), format!("text/plain; charset={kind}"), "{path}");
            assert_eq!(headers.get("mingping-unencodable").map(|value| value.to_str().unwrap()), count);
            assert_eq!(bytes_of(response), body, "{path}");
            etags.push(header(&headers, "etag").to_owned());
        }
        assert!(
            etags[0] == etags[1] && etags[1] != etags[2] && etags[2] == etags[3],
            "the tag is the body's"
        );
        assert_eq!((stage.last_asked(Format::TxtGb2312), stage.misses()), (NOON, 3), "each is made once");
        let asked = [("if-none-match", &*etags[0])];
        let other = site.ask("GET", "/screens/gate/frame.txt?charset=gb2312", &asked).await;
        assert_eq!(other.status(), 200, "another character set is another body");
        let response = site.get("/screens/gate/frame.txt?charset=big5%0A").await;
        assert_eq!(response.status(), 400);
        let text = text_of(response);
        assert!(text.contains("unknown_charset") && text.contains("gb18030"), "{text}");
        assert_eq!(site.get("/screens/gate/frame.bmp?charset=big5").await.status(), 200);
    }
}
