//! How do controllers ask? The one listener: polls of frames are answered by `poll` before anything else
//! is looked at; what remains goes through a router. Nothing here changes anything.
//!
//! Later: one file for each controller protocol, a thin translation onto the same frames.

mod address;
mod asked;
mod clips;
mod conditional;
mod connection;
mod counters;
mod door;
pub mod error;
mod fallback;
mod frames;
mod manifest;
mod operations;
mod patience;
mod poll;
mod screens;
mod serve;
#[cfg(test)]
mod testing;
mod validity;
mod wait;

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{Either, Full};
use tokio::sync::{Semaphore, watch};

pub use address::{Base, Ends};
pub use door::{Answering, Door};
pub use serve::serve;

use crate::catalog::Catalog;

/// The body of an answer: bytes of known length, or what a page of the router makes.
pub type Body = Either<Full<Bytes>, axum::body::Body>;

/// A body of bytes that are there.
fn body(bytes: impl Into<Bytes>) -> Body {
    Either::Left(Full::new(bytes.into()))
}

/// How a connection's life goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Life {
    /// As long as both sides like.
    Running,
    /// What is being answered is finished, waiting polls at once; nothing new.
    Draining,
    /// It ends now.
    Over,
}

/// How many pieces of heavy work (drawing, encoding, manifests) run at once, off the runtime.
const HEAVY_WORK: usize = 2;

/// What every answer may need.
struct Context {
    catalog: Arc<Catalog>,
    public_url: Option<String>,
    counters: counters::Counters,
    /// Bounds the work that polls and manifests may cause.
    work: Semaphore,
    fallbacks: fallback::Fallbacks,
    clip_fallbacks: fallback::Fallbacks<crate::catalog::StagedClip>,
    manifests: manifest::Manifests,
    life: watch::Sender<Life>,
}

impl Context {
    fn new(catalog: Arc<Catalog>, public_url: Option<String>) -> Arc<Self> {
        Arc::new(Self {
            catalog,
            public_url,
            counters: counters::Counters::default(),
            work: Semaphore::new(HEAVY_WORK),
            fallbacks: fallback::Fallbacks::default(),
            clip_fallbacks: fallback::Fallbacks::default(),
            manifests: manifest::Manifests::default(),
            life: watch::Sender::new(Life::Running),
        })
    }

    /// Runs `work` off the runtime, at most [`HEAVY_WORK`] at once.
    async fn heavy<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, error::Problem> {
        let _permit = self.work.acquire().await.map_err(|_| error::Problem::Broken)?;
        tokio::task::spawn_blocking(work).await.map_err(|panic| {
            tracing::error!("making an answer failed: {panic}");
            error::Problem::Broken
        })
    }
}
