//! What became of this frame? `GET /frames/{FrameId}.{ext}`: the frames that manifests name. A frame never
//! changes, but it may be had only as long as a notice that makes it may be shown.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use http::{
    HeaderMap, HeaderValue, StatusCode, Uri,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG},
};

use super::{
    Context,
    access::Key,
    asked, conditional,
    error::Problem,
    poll::{CONTENT_DIGEST, UNENCODABLE},
    query::{Query, format_of},
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
    uri: Uri,
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let found = match file {
        Ok(Path(file)) => find(&context, file, uri.query(), Key::of(&headers, uri.query())).await,
        Err(_) => Err(Problem::BadPath(uri.path().to_owned())),
    };
    match found {
        Ok((encoded, left_ms)) => respond(&encoded, left_ms, &headers),
        Err(problem) => problem.respond(&headers, context.catalog.rehearsing()).map(axum::body::Body::new),
    }
}

/// The frame's bytes and for how many milliseconds they may be had.
async fn find(
    context: &Arc<Context>,
    file: String,
    query: Option<&str>,
    key: Key,
) -> Result<(Arc<Encoded>, i64), Problem> {
    if !context.catalog.snapshot().ready {
        return Err(Problem::NotReady);
    }
    let (name, ext) = file.split_once('.').ok_or_else(|| Problem::FrameNever(file.clone()))?;
    let format = format_of(ext, query.map_or(Ok(Query::default()), Query::read)?.charset)?;
    let id = FrameId::parse(name).ok_or_else(|| Problem::FrameNever(name.to_owned()))?;
    let name = name.to_owned();
    let now = context.catalog.clock().now();
    let of = Arc::clone(context);
    let query = query.unwrap_or_default().to_owned();
    let find = move || {
        let fate = of.catalog.find_frame(id, now, &|snapshot, screen| key.may_see(snapshot, screen));
        encode(&fate, (format, &query), now, name, key)
    };
    context.heavy(find).await?
}

pub(super) fn encode(
    fate: &FrameFate,
    (format, query): (Format, &str),
    now: UtcMillis,
    name: String,
    key: Key,
) -> Result<(Arc<Encoded>, i64), Problem> {
    match fate {
        FrameFate::Here(frame, until) if *until > now => {
            let scheme = frame.frame().raster().scheme();
            let variant = asked::for_frame(format, query, scheme)?;
            let encoded = frame.encode(variant).ok_or(Problem::Unsuitable(format, scheme))?;
            Ok((encoded, until.since(now)))
        }
        FrameFate::Locked(screen) => Err(key.refusal(screen.as_str())),
        FrameFate::Here(..) | FrameFate::Gone => Err(Problem::FrameGone(name)),
        FrameFate::Never => Err(Problem::FrameNever(name)),
    }
}

pub(super) fn respond(encoded: &Encoded, left_ms: i64, asked: &HeaderMap) -> Response {
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
    if let Some(count) = &encoded.unencodable {
        headers.insert(UNENCODABLE, count.clone());
    }
    *response.body_mut() = axum::body::Body::from(encoded.body.clone());
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::StagedFrame,
        color::ColorScheme,
        geometry::Size,
        http::testing::{NOON, Site, bytes_of, frame, header, text_of},
    };

    fn here(until: UtcMillis) -> FrameFate {
        FrameFate::Here(Arc::new(StagedFrame::new(frame(ColorScheme::Red, Size::new(32, 8), 5))), until)
    }

    #[test]
    fn a_frame_may_be_kept_as_long_as_it_may_be_shown_but_a_day_at_most() {
        for (left_ms, max_age) in [(90_500, 90), (400, 0), (100 * 86_400_000, 86_400)] {
            let (encoded, left) =
                encode(&here(NOON.plus(left_ms)), (Format::Bmp, ""), NOON, String::new(), Key::NONE).unwrap();
            let response = respond(&encoded, left, &HeaderMap::new());
            let cache = format!("private, immutable, max-age={max_age}");
            assert_eq!(header(response.headers(), "cache-control"), cache);
            let etag = response.headers()["etag"].clone();
            assert_eq!(bytes_of(response), encoded.body);
            let again = respond(&encoded, left, &HeaderMap::from_iter([(http::header::IF_NONE_MATCH, etag)]));
            assert_eq!(again.status(), 304);
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_or_vouched_for_yet_is_said_to_be_so() {
        let site = Site::new();
        let response = site.get("/frames/%ff.bmp").await;
        assert_eq!(response.status(), 400);
        let text = text_of(response);
        assert!(text.contains("bad_path") && text.contains("/frames/%ff.bmp"), "{text}");
        let name = "/frames/00000000000000000000000000000000.bmp";
        assert_eq!(site.get(name).await.status(), 404);
        let early = Site::of(Vec::new(), |snapshot| snapshot.ready = false);
        assert_eq!(early.get(name).await.status(), 503);
    }

    #[tokio::test]
    async fn a_frame_that_only_locked_screens_show_needs_a_token_of_one_of_them() {
        use crate::{http::testing::Kind, screen::TokenRule};
        let kind = |id: &'static str, height| {
            let mut kind = Kind::new(id, ColorScheme::Red);
            kind.size = Size::new(320, height);
            kind.token = TokenRule::Required;
            kind
        };
        let mut public = Kind::new("open", ColorScheme::Red);
        public.size = Size::new(320, 48);
        let site = Site::of(vec![kind("gate", 32), kind("hall", 48), public], |_| {});
        site.give_token("gate", "sesame");
        let of = |id: &str| format!("/frames/{}.bmp", site.screen(id).idle.id());
        assert_eq!(site.get(&of("gate")).await.status(), 401);
        assert_eq!(site.ask("GET", &of("gate"), &[("authorization", "sesame")]).await.status(), 200);
        assert_eq!(site.ask("GET", &of("gate"), &[("authorization", "x")]).await.status(), 401);
        assert_eq!(site.get(&of("hall")).await.status(), 200, "the open screen shows it, too");
    }

    #[test]
    fn what_expired_is_gone_and_what_never_was_is_not_found() {
        let fate = |fate: &FrameFate, format| {
            encode(fate, (format, ""), NOON, "id".into(), Key::NONE).map(|_| ()).unwrap_err().status()
        };
        assert_eq!(fate(&here(NOON), Format::Bmp), 410);
        assert_eq!(fate(&FrameFate::Gone, Format::Bmp), 410);
        assert_eq!(fate(&FrameFate::Never, Format::Bmp), 404);
        assert_eq!(fate(&here(NOON.plus(1)), Format::RawRg), 406);
    }
}
