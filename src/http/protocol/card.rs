//! CARD-7, a fictional controller: `GET /card7/{id}` → its face in pixels, the seconds until it asks again, and
//! its dots, one bit each. The example of `docs/adding-a-protocol.md`; `tests.rs` asks it.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::Response,
    routing::get,
};

use super::Asked;
use crate::{
    frame::Format,
    http::{Context, error::Problem},
    screen::Protocol,
};

/// What the card's memory holds, bytes.
const MAX_BYTES: usize = 32_768;

pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new().route("/card7/{id}", get(picture))
}

async fn picture(State(context): State<Arc<Context>>, Path(id): Path<String>, asked: Asked) -> Response {
    let made = async {
        // 404 if there is no such screen or it does not speak this, 401 without its token where one is needed.
        let device = context.device(Protocol::Card, &id, Format::Raw1, &asked)?;
        // What shows now; the idle frame, or black, if that is larger than the card can take.
        let page = context.page(&device, MAX_BYTES).await?;
        let left_ms = page.moment.until.since(context.catalog.clock().now());
        let size = page.moment.shown.frame().raster().size();
        let mut bytes = format!("CARD7 {size} {}\n", left_ms.clamp(1000, 60_000) / 1000).into_bytes();
        bytes.extend_from_slice(&page.encoded.body);
        Ok(Response::new(Body::from(bytes)))
    };
    made.await.unwrap_or_else(|problem: Problem| asked.refuse(&context, &problem))
}
