//! What became of this frame? `GET /frames/{FrameId}.{ext}`: the frames that manifests name. A frame never
//! changes, but it may be had only as long as a notice that makes it may be shown.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG},
};

use super::{
    Context, conditional,
    error::Problem,
    poll::{CONTENT_DIGEST, unknown_format},
};
use crate::{
    catalog::{Encoded, FrameFate},
    frame::{Format, FrameId},
    time::UtcMillis,
};

/// Private caches may keep a frame for a day at most, and never beyond its validity.
const MAX_AGE_S: i64 = 86_400;

pub(super) async fn frame(
    State(context): State<Arc<Context>>,
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    match find(&context, file.map(|Path(file)| file).unwrap_or_default()).await {
        Ok((encoded, left_ms)) => respond(&encoded, left_ms, &headers),
        Err(problem) => problem.respond(&headers).map(axum::body::Body::new),
    }
}

/// The frame's bytes and for how many milliseconds they may be had.
async fn find(context: &Arc<Context>, file: String) -> Result<(Arc<Encoded>, i64), Problem> {
    let (name, ext) = file.split_once('.').ok_or_else(|| Problem::FrameNever(file.clone()))?;
    let format = Format::parse(ext).ok_or_else(|| unknown_format(ext))?;
    let id = FrameId::parse(name).ok_or_else(|| Problem::FrameNever(name.to_owned()))?;
    let name = name.to_owned();
    let now = context.catalog.clock().now();
    let of = Arc::clone(context);
    context.heavy(move || encode(&of.catalog.find_frame(id, now), format, now, name)).await?
}

fn encode(
    fate: &FrameFate,
    format: Format,
    now: UtcMillis,
    name: String,
) -> Result<(Arc<Encoded>, i64), Problem> {
    match fate {
        FrameFate::Here(frame, until) if *until > now => {
            let scheme = frame.frame().raster().scheme();
            let encoded = frame.encode(format).ok_or(Problem::Unsuitable(format, scheme))?;
            Ok((Arc::clone(encoded), until.since(now)))
        }
        FrameFate::Here(..) | FrameFate::Gone => Err(Problem::FrameGone(name)),
        FrameFate::Never => Err(Problem::FrameNever(name)),
    }
}

fn respond(encoded: &Encoded, left_ms: i64, asked: &HeaderMap) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    let headers = response.headers_mut();
    let max_age = (left_ms / 1000).clamp(0, MAX_AGE_S);
    let cache = HeaderValue::from_str(&format!("private, immutable, max-age={max_age}"));
    headers.insert(CACHE_CONTROL, cache.unwrap_or(HeaderValue::from_static("no-cache")));
    headers.insert(ETAG, encoded.etag.clone());
    if conditional::not_modified(asked, &encoded.etag, None, UtcMillis::MIN) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, encoded.content_type.clone());
    headers.insert(CONTENT_LENGTH, encoded.content_length.clone());
    headers.insert(CONTENT_DIGEST, encoded.content_digest.clone());
    *response.body_mut() = axum::body::Body::from(encoded.body.clone());
    response
}
