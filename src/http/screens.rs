//! Which screens are there, and what is on air on them? `GET /screens`.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{RawQuery, State},
    response::Response,
};
use http::{
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde::Serialize;

use super::{Base, Context, access::Key, address::path_segment, error::Problem};
use crate::{
    catalog::{ScreenState, Snapshot},
    frame::Format,
    playout::OnAir,
    time::UtcMillis,
};

#[derive(Serialize)]
struct Listing {
    screens: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    name: String,
    width: u32,
    height: u32,
    scheme: &'static str,
    poll_ms: u32,
    /// What `frame.{ext}` can be asked for.
    formats: Vec<&'static str>,
    frame: String,
    /// Only where `motion: clip`.
    clip: Option<String>,
    manifest: String,
    /// `loop`, `idle` or `dark`; `null` where a token is needed.
    state: Option<&'static str>,
    /// In playing order; empty where a token is needed.
    on_air: Vec<OnAirNotice>,
}

#[derive(Serialize)]
struct OnAirNotice {
    /// `playlist/file`.
    notice: String,
    title: String,
    priority: &'static str,
    /// The first instant at which it no longer holds.
    until: String,
}

pub(super) async fn screens(
    State(context): State<Arc<Context>>,
    Extension(base): Extension<Base>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let now = context.catalog.clock().now();
    let of = Arc::clone(&context);
    let key = Key::of(&headers, query.as_deref());
    let listing = context.heavy(move || list(&of.catalog.snapshot(), &base, now, key)).await.flatten();
    match listing.and_then(|listing| serde_json::to_vec(&listing).map_err(|_| Problem::Broken)) {
        Ok(json) => {
            let mut response = Response::new(axum::body::Body::from(json));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response
        }
        Err(problem) => problem.respond(&headers, context.catalog.rehearsing()).map(axum::body::Body::new),
    }
}

fn list(snapshot: &Snapshot, base: &Base, now: UtcMillis, key: Key) -> Result<Listing, Problem> {
    if !snapshot.ready {
        return Err(Problem::NotReady);
    }
    Ok(Listing {
        screens: snapshot.screens.values().map(|screen| entry(snapshot, screen, base, now, key)).collect(),
    })
}

fn entry(snapshot: &Snapshot, state: &ScreenState, base: &Base, now: UtcMillis, key: Key) -> Entry {
    let screen = &state.screen;
    let scheme = screen.profile.scheme;
    let path = format!("{}/screens/{}", base.0, path_segment(screen.id.as_str()));
    let (state_name, on_air) = if !key.may_see(snapshot, state) {
        (None, Vec::new())
    } else if snapshot.clock_fault.is_some() {
        (Some("idle"), Vec::new())
    } else {
        let segment = state.segment_at(now, &snapshot.zone);
        let tested = snapshot.test_at(&screen.id, now).is_some() && !state.programme.is_emergency(&segment);
        match segment.on_air {
            _ if tested => (Some("test"), Vec::new()),
            OnAir::Idle => (Some("idle"), Vec::new()),
            OnAir::Dark => (Some("dark"), Vec::new()),
            OnAir::Loop { slots, .. } => {
                let first_pages = slots.iter().filter(|slot| slot.page == 0);
                (Some("loop"), first_pages.filter_map(|slot| notice(state, slot.run)).collect())
            }
        }
    };
    Entry {
        id: screen.id.to_string(),
        name: screen.name.clone(),
        width: screen.profile.face.width,
        height: screen.profile.face.height,
        scheme: scheme.name(),
        poll_ms: screen.poll_ms,
        formats: Format::ALL.into_iter().filter(|f| f.suits(scheme)).map(Format::ext).collect(),
        frame: format!("{path}/frame.bmp"),
        clip: screen.profile.clip.map(|_| format!("{path}/clip.gif")),
        manifest: format!("{path}/manifest.json"),
        state: state_name,
        on_air,
    }
}

fn notice(state: &ScreenState, run: u32) -> Option<OnAirNotice> {
    let (approved, _) = state.runs.get(run as usize)?;
    Some(OnAirNotice {
        notice: approved.notice().id.to_string(),
        title: approved.notice().title.clone(),
        priority: approved.priority().name(),
        until: approved.window().until.rfc3339(),
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        color::ColorScheme,
        http::testing::{Kind, Site, text_of},
        screen::TokenRule,
        time::Hours,
    };

    #[tokio::test]
    async fn every_screen_is_listed_but_nothing_on_air_where_a_token_is_needed() {
        let mut locked = Kind::new("office", ColorScheme::Seven);
        locked.token = TokenRule::Required;
        let mut closed = Kind::new("夜", ColorScheme::Red);
        closed.hours = Hours::parse("22:00-23:00").unwrap();
        let site = Site::of(vec![Kind::new("gate", ColorScheme::Red), locked, closed], |_| {});
        let json: serde_json::Value = serde_json::from_str(&text_of(site.get("/screens").await)).unwrap();
        let screens = json["screens"].as_array().unwrap();
        assert_eq!(screens.len(), 3);
        let of = |id: &str| screens.iter().find(|screen| screen["id"] == id).unwrap();
        let gate = of("gate");
        assert_eq!(
            (&gate["name"], &gate["width"], &gate["scheme"]),
            (&"gate的屏".into(), &320.into(), &"red".into())
        );
        assert_eq!((&gate["state"], &gate["on_air"]), (&"idle".into(), &serde_json::json!([])));
        assert!(of("office")["state"].is_null());
        assert!(of("office")["formats"].as_array().unwrap().contains(&"raw.rgb3".into()));
        assert_eq!(of("夜")["state"], "dark");
        assert_eq!(of("夜")["frame"], "/screens/%E5%A4%9C/frame.bmp");
    }

    #[tokio::test]
    async fn before_the_first_good_screens_file_there_is_nothing_to_list() {
        let site = Site::of(Vec::new(), |snapshot| snapshot.ready = false);
        assert_eq!(site.get("/screens").await.status(), 503);
    }
}
