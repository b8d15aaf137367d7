//! What shows on this screen now? `GET /screens/{id}/frame.{ext}`, the address that every controller asks
//! every few seconds.
//!
//! The steady path takes no lock, reads no disk, draws nothing and copies no pixels: it loads the snapshot,
//! finds the moment by time and clones header values and body by reference count, into the header map in
//! which the request came.

use std::{borrow::Cow, future::Future, mem, pin::Pin, sync::Arc};

use axum::response::Response;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED},
    request::Parts,
};
use percent_encoding::percent_decode_str;

use super::{Body, Context, body, conditional, error::Problem, wait};
use crate::{
    catalog::{Encoded, Moment, ScreenState, Snapshot, moment_at},
    frame::Format,
    screen::TokenRule,
    time::UtcMillis,
};

/// RFC 9530.
pub(super) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const DWELL: HeaderName = HeaderName::from_static("mingping-dwell-ms");
const VALID_UNTIL: HeaderName = HeaderName::from_static("mingping-valid-until");
const BRIGHTNESS: HeaderName = HeaderName::from_static("mingping-brightness");
const NOTICE: HeaderName = HeaderName::from_static("mingping-notice");

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

/// The screen and format that a path asks for, as they stand in it; `None` if it is no frame's path.
fn frame_path(path: &str) -> Option<(&str, &str)> {
    let (id, file) = path.strip_prefix("/screens/")?.split_once('/')?;
    Some((id, file.strip_prefix("frame.")?))
}

/// Answers `asked` if its path is that of a frame. Its headers are taken.
pub(super) fn poll(context: &Arc<Context>, asked: &mut Parts) -> Option<Step> {
    let (id, ext) = frame_path(asked.uri.path())?;
    Some(answer(context, &asked.method, asked.uri.query(), id, ext, &mut asked.headers).unwrap_or_else(
        |problem| {
            let headers = mem::take(&mut asked.headers);
            Step::Now(problem.respond(&headers))
        },
    ))
}

fn answer(
    context: &Arc<Context>,
    method: &Method,
    query: Option<&str>,
    id: &str,
    ext: &str,
    headers: &mut HeaderMap,
) -> Result<Step, Problem> {
    if method != Method::GET && method != Method::HEAD {
        return Err(Problem::Method(method.to_string(), "GET, HEAD"));
    }
    let wait_seconds = match query {
        Some(query) => wait_of(query)?.filter(|_| method == Method::GET),
        None => None,
    };
    let id = decode(id)?;
    let format = Format::parse(ext).ok_or_else(|| unknown_format(ext))?;
    let snapshot = context.catalog.snapshot();
    let screen = screen_of(&snapshot, &id)?;
    check(screen, format)?;
    let now = context.catalog.clock().now();
    screen.stage.note_asked(format, now);
    let moments = screen.stage.moments();
    let Some((moment, encoded)) = ready(&moments, format, now) else {
        let later =
            wait::make(Arc::clone(context), id.into_owned(), format, wait_seconds, mem::take(headers));
        return Ok(Step::Later(Box::pin(later)));
    };
    let not_modified = conditional::not_modified(headers, &encoded.etag, moment.dated(), now);
    if not_modified
        && let Some(seconds) = wait_seconds
        && let Some(tags) = wait::Tags::of(headers)
    {
        let later = wait::wait(Arc::clone(context), id.into_owned(), format, seconds, tags);
        return Ok(Step::Later(Box::pin(later)));
    }
    Ok(Step::Now(respond(moment, encoded, not_modified, mem::take(headers), now)))
}

/// The moment that shows now and its bytes, if both are there.
pub(super) fn ready(moments: &[Moment], format: Format, now: UtcMillis) -> Option<(&Moment, &Arc<Encoded>)> {
    let moment = moment_at(moments, now)?;
    Some((moment, moment.frame.get(format)?))
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

/// Whether the screen's frames can be had in `format`, and by anybody.
pub(super) fn check(screen: &ScreenState, format: Format) -> Result<(), Problem> {
    let scheme = screen.screen.profile.scheme;
    if !format.suits(scheme) {
        return Err(Problem::Unsuitable(format, scheme));
    }
    if screen.screen.token == TokenRule::Required {
        return Err(Problem::TokenNeeded(screen.screen.id.to_string()));
    }
    Ok(())
}

pub(super) fn unknown_format(ext: &str) -> Problem {
    Problem::UnknownFormat(percent_decode_str(ext).decode_utf8_lossy().into_owned())
}

/// A path segment without its percent-encoding.
fn decode(segment: &str) -> Result<Cow<'_, str>, Problem> {
    percent_decode_str(segment).decode_utf8().map_err(|_| Problem::BadPath(segment.to_owned()))
}

/// `wait` in seconds, 1 to 55. What is not a number, and every other parameter but `size`, is not looked at.
fn wait_of(query: &str) -> Result<Option<u64>, Problem> {
    let mut wait = None;
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "size" => return Err(Problem::SizeAsked(percent_decode_str(value).decode_utf8_lossy().into())),
            "wait" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                wait = Some(value.parse().unwrap_or(u64::MAX).clamp(1, 55));
            }
            _ => {}
        }
    }
    Ok(wait)
}

/// 200 with the body, or 304. `headers` is a map to be used again.
pub(super) fn respond(
    moment: &Moment,
    encoded: &Encoded,
    not_modified: bool,
    mut headers: HeaderMap,
    now: UtcMillis,
) -> Response<Body> {
    headers.clear();
    let dwell_ms = moment.until.since(now).clamp(1, LONGEST_SLEEP_MS) as u64;
    headers.insert(ETAG, encoded.etag.clone());
    headers.insert(CACHE_CONTROL, NO_CACHE);
    headers.insert(VALID_UNTIL, moment.valid_until_header.clone());
    headers.insert(DWELL, HeaderValue::from(dwell_ms));
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
        if let Some(notice) = &moment.notice {
            headers.insert(NOTICE, notice.clone());
        }
        Response::new(body(encoded.body.clone()))
    };
    *response.headers_mut() = headers;
    response
}
