//! Controller protocols: each file translates one device's way of asking onto the frames that are there. None
//! draws, none keeps a state of its own beyond a connection. `docs/adding-a-protocol.md` shows how to add one.
//!
//! Later: Colorlight's REST, Huidu's text pull, NTCIP MULTI.

#[cfg(test)]
mod card;
#[cfg(test)]
mod tests;
mod trmnl;
mod tronbyt;
mod websocket;

use std::sync::Arc;

use axum::{Extension, Router, extract::FromRequestParts};
use http::{HeaderMap, request::Parts};

use super::{
    Context,
    access::Key,
    address::{Base, Origin},
    error::Problem,
    follow::Page,
    poll::{Poll, agent, check, screen_of},
    wait::{note_sent, now_showing},
};
use crate::{
    catalog::{ScreenState, Snapshot, StagedFrame, Stranger},
    frame::{Format, Variant},
    screen::Protocol,
};

/// The addresses of every protocol.
pub(super) fn routes() -> Router<Arc<Context>> {
    Protocol::ALL.iter().fold(Router::new(), |all, protocol| {
        all.merge(match protocol {
            Protocol::Tronbyt => tronbyt::routes(),
            Protocol::Trmnl => trmnl::routes(),
            #[cfg(test)]
            Protocol::Card => card::routes(),
        })
    })
}

/// What a device sent besides the path, as every protocol needs it.
struct Asked {
    origin: Origin,
    base: Base,
    key: Key,
    headers: HeaderMap,
}

impl FromRequestParts<Arc<Context>> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Arc<Context>) -> Result<Self, Self::Rejection> {
        let origin = Extension::<Origin>::from_request_parts(parts, context).await;
        let base = Extension::<Base>::from_request_parts(parts, context).await;
        Ok(Self {
            origin: origin.map_or(Origin(None), |Extension(origin)| origin),
            base: base.map_or_else(|_| Base(String::new()), |Extension(base)| base),
            key: Key::of(&parts.headers, parts.uri.query()),
            headers: parts.headers.clone(),
        })
    }
}

impl Asked {
    /// The answer that tells `problem`.
    fn refuse(&self, context: &Context, problem: &Problem) -> axum::response::Response {
        problem.respond(&self.headers, context.catalog.rehearsing()).map(axum::body::Body::new)
    }
}

/// A device whose screen is known and that may see it.
struct Device {
    poll: Poll,
    screen: Arc<ScreenState>,
    /// Whether it presented a token of its screen: only then is believed what it says.
    proven: bool,
}

impl Context {
    /// The device of the screen `id`, which asks in `protocol` and wants frames in `format`: 404 for screens that
    /// are not there or do not speak it, 401 where a token is needed and none that is good was presented.
    fn device(&self, protocol: Protocol, id: &str, format: Format, asked: &Asked) -> Result<Device, Problem> {
        let snapshot = self.catalog.snapshot();
        let on_for_all = self.options.protocols.contains(protocol);
        let found = screen_of(&snapshot, id);
        if let Err(problem @ Problem::UnknownScreen(..)) = found {
            if on_for_all || speaks(&snapshot, protocol) {
                let stranger = self.stranger(protocol, id, asked);
                self.catalog.strangers().note(stranger);
            }
            return Err(problem);
        }
        let screen = Arc::clone(found?);
        if !on_for_all && !screen.screen.controller.protocols.contains(protocol) {
            return Err(Problem::NotSpoken(id.to_owned(), protocol));
        }
        check(&snapshot, &screen, format, asked.key)?;
        let now = self.catalog.clock().now();
        screen.stage.contact().note_asked(now, asked.origin.0, agent(&asked.headers));
        let variant = Variant::wired(format, screen.screen.wiring);
        let poll = Poll { id: id.to_owned(), variant, key: asked.key, noted: true };
        Ok(Device { poll, proven: asked.key.opens(&snapshot, id), screen })
    }

    fn stranger(&self, protocol: Protocol, id: &str, asked: &Asked) -> Option<Stranger> {
        let now = self.catalog.clock().now();
        let stranger = Stranger::new(id, now, asked.origin.0, agent(&asked.headers))?;
        Some(Stranger { protocol: Some(protocol.name()), ..stranger })
    }

    /// What the device is to show now. A page that cannot be had, or that takes more than `max_bytes`, is no
    /// error: the idle frame is sent instead, or black.
    async fn page(self: &Arc<Self>, device: &Device, max_bytes: usize) -> Result<Page, Problem> {
        let now = self.catalog.clock().now();
        let (moment, encoded) = now_showing(self, &device.poll, now).await?;
        let page = self.fitting(device, Page { moment, encoded }, max_bytes).await?;
        note_sent(self, &device.poll, &page.moment, page.encoded.body.len(), now);
        Ok(page)
    }

    /// `page`, or a smaller one in its place.
    async fn fitting(
        self: &Arc<Self>,
        device: &Device,
        page: Page,
        max_bytes: usize,
    ) -> Result<Page, Problem> {
        if page.encoded.body.len() <= max_bytes {
            return Ok(page);
        }
        let (screen, variant) = (Arc::clone(&device.screen), device.poll.variant);
        let smaller = move || {
            let cards = [&screen.idle, &screen.dark].into_iter();
            let mut encoded = cards.filter_map(|card| StagedFrame::new(Arc::clone(card)).encode(variant));
            encoded.find(|encoded| encoded.body.len() <= max_bytes)
        };
        let encoded = self.heavy(smaller).await?.ok_or(Problem::Broken)?;
        Ok(Page { encoded, ..page })
    }
}

/// Whether any screen speaks `protocol`: if none does, whoever asks in it is of no interest.
fn speaks(snapshot: &Snapshot, protocol: Protocol) -> bool {
    snapshot.screens.values().any(|state| state.screen.controller.protocols.contains(protocol))
}
