//! What will this screen show, for controllers that store frames? `GET /screens/{id}/manifest.json?ext=bmp`:
//! the loop's pages, each once, with names and digests of their frames. Nothing in it is relative to now, and
//! nothing tells of notices that are not on air yet.

mod changes;
mod document;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Extension,
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use http::{
    HeaderMap, HeaderValue, StatusCode, Uri,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, DATE, ETAG},
};

use self::document::Ahead;
use super::{
    Base, Context,
    access::Key,
    address::Origin,
    asked, conditional,
    error::Problem,
    poll::{CONTENT_DIGEST, agent, check, screen_of},
    query,
};
use crate::{
    catalog::Encoded,
    frame::{Format, Variant},
    playout::Slot,
    time::UtcMillis,
};

/// A manifest is made anew after so long: it tells the changes of the 24 hours behind this.
const FRESH_MS: i64 = 600_000;
/// Manifests kept take no more bytes together.
const KEPT_BYTES: usize = 16 << 20;

/// Which manifest.
type Which = (String, Variant, String);

/// A manifest with the snapshot's generation that it was made of and the instant until which it holds.
struct Kept {
    generation: u64,
    until: UtcMillis,
    json: Arc<Encoded>,
}

/// Manifests made so far.
#[derive(Default)]
pub(super) struct Manifests(Mutex<HashMap<Which, Kept>>);

impl Manifests {
    fn get(&self, key: &Which, generation: u64, now: UtcMillis) -> Option<Arc<Encoded>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(key).filter(|kept| kept.generation == generation && now < kept.until)?;
        Some(Arc::clone(&found.json))
    }

    fn put(&self, key: Which, made: Kept) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| kept.generation == made.generation);
        let bytes: usize = kept.values().map(|kept| kept.json.body.len()).sum();
        if bytes + made.json.body.len() > KEPT_BYTES {
            kept.clear();
        }
        kept.insert(key, made);
    }
}

pub(super) async fn manifest(
    State(context): State<Arc<Context>>,
    Extension(base): Extension<Base>,
    Extension(origin): Extension<Origin>,
    uri: Uri,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let id = id.map(|Path(id)| id).map_err(|_| Problem::BadPath(uri.path().to_owned()));
    let made = match (id, format_of(query.as_deref())) {
        (Ok(id), Ok(format)) => {
            let key = Key::of(&headers, query.as_deref());
            let made = if let Some(json) = context.kept_manifest(&id, format, query.as_deref(), &base, key) {
                Ok(json)
            } else {
                let (of, which, shape) = (Arc::clone(&context), id.clone(), query.clone());
                context
                    .heavy(move || of.manifest(&which, format, shape.as_deref(), base, key))
                    .await
                    .flatten()
            };
            let looking_on =
                query.as_deref().is_some_and(|query| query.split('&').any(|pair| pair == "preview"));
            if let (false, Ok(json), Some(screen)) =
                (looking_on, &made, context.catalog.snapshot().screens.get(&*id))
            {
                let contact = screen.stage.contact();
                contact.note_asked(context.catalog.clock().now(), origin.0, agent(&headers));
                contact.note_bytes(json.body.len());
            }
            made
        }
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    match made {
        Ok(json) => respond(&json, &headers, context.catalog.clock().now()),
        Err(problem) => {
            context.note_stranger(&problem, origin, &headers);
            problem.respond(&headers, context.catalog.rehearsing()).map(axum::body::Body::new)
        }
    }
}

/// Its `Date` is the time in which the manifest thinks, in a rehearsal the simulated one: players set their clocks
/// by it.
fn respond(json: &Encoded, asked: &HeaderMap, now: UtcMillis) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ETAG, json.etag.clone());
    if let Ok(date) = HeaderValue::from_str(&now.http_date()) {
        headers.insert(DATE, date);
    }
    if conditional::not_modified(asked, &json.etag, None, UtcMillis::MIN) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, json.content_type.clone());
    headers.insert(CONTENT_LENGTH, json.content_length.clone());
    headers.insert(CONTENT_DIGEST, json.content_digest.clone());
    *response.body_mut() = axum::body::Body::from(json.body.clone());
    response
}

/// `?ext=`, else BMP; text in `?charset=`. What shapes a BMP is read once the screen is known.
pub(super) fn format_of(query: Option<&str>) -> Result<Format, Problem> {
    let value = |key| query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix(key));
    query::format_of(value("ext=").unwrap_or(Format::Bmp.ext()), value("charset="))
}

impl Context {
    /// The manifest of a screen, if it is made already: players ask for it every few seconds.
    fn kept_manifest(
        &self,
        id: &str,
        format: Format,
        query: Option<&str>,
        base: &Base,
        key: Key,
    ) -> Option<Arc<Encoded>> {
        let snapshot = self.catalog.snapshot();
        let screen = screen_of(&snapshot, id).ok()?;
        check(&snapshot, screen, format, key).ok()?;
        let variant = asked::for_screen(format, query, &screen.screen).ok()?;
        let which = (id.to_owned(), variant, base.0.clone());
        self.manifests.get(&which, snapshot.generation, self.catalog.clock().now())
    }

    /// The manifest of a screen. Draws: never call it on the runtime's threads.
    fn manifest(
        &self,
        id: &str,
        format: Format,
        query: Option<&str>,
        base: Base,
        key: Key,
    ) -> Result<Arc<Encoded>, Problem> {
        let snapshot = Arc::clone(&self.catalog.snapshot());
        let screen = screen_of(&snapshot, id)?;
        check(&snapshot, screen, format, key)?;
        let now = self.catalog.clock().now();
        let variant = asked::for_screen(format, query, &screen.screen)?;
        let which = (id.to_owned(), variant, base.0);
        if let Some(json) = self.manifests.get(&which, snapshot.generation, now) {
            return Ok(json);
        }
        let since = UtcMillis(now.0.div_euclid(FRESH_MS) * FRESH_MS);
        let ahead = Ahead::of(&snapshot, screen, now, since);
        let draw = |slot: &Slot| self.catalog.frame(screen, slot.run, slot.page);
        let document = ahead.document(screen, variant, &which.2, draw).ok_or(Problem::Broken)?;
        let json = serde_json::to_vec(&document).map_err(|_| Problem::Broken)?;
        let json = Arc::new(Encoded::new(json, "application/json"));
        let until = ahead.stretches[0].until.min(since.plus(FRESH_MS));
        self.manifests.put(which, Kept { generation: snapshot.generation, until, json: Arc::clone(&json) });
        Ok(json)
    }
}
