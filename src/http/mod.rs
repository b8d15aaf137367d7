//! How do controllers ask? The one listener: polls of frames are answered by `poll` before anything else
//! is looked at; what remains goes through a router. Nothing here changes anything.
//!
//! Later: one file for each controller protocol, a thin translation onto the same frames.

mod access;
mod address;
mod asked;
mod clips;
mod conditional;
mod connection;
mod counters;
mod door;
pub mod error;
mod events;
mod fallback;
mod follow;
mod frames;
mod limiter;
mod manifest;
mod operations;
mod patience;
mod poll;
mod protocol;
mod query;
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

use crate::{catalog::Catalog, digest::Digest, screen::Protocols};

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

/// How the listener answers, apart from what the catalog says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// What absolute URLs begin with; without it, the address of the socket.
    pub public_url: Option<String>,
    /// What every screen's controller may speak, whatever the screen says.
    pub protocols: Protocols,
}

/// Random: the operating system seeds the hasher.
fn secret() -> Digest {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new();
    let parts: Vec<u8> = (0..4u64).flat_map(|n| random.hash_one(n).to_le_bytes()).collect();
    Digest::of(&parts)
}

/// What every answer may need.
struct Context {
    catalog: Arc<Catalog>,
    options: Options,
    counters: counters::Counters,
    limiter: limiter::Limiter,
    /// Bounds the work that polls and manifests may cause.
    work: Semaphore,
    fallbacks: fallback::Fallbacks,
    clip_fallbacks: fallback::Fallbacks<crate::catalog::StagedClip>,
    manifests: manifest::Manifests,
    /// Places for those who follow a screen.
    followers: Arc<Semaphore>,
    /// Grows every [`serve::BEAT`]: time for a sign of life to those who follow.
    beat: watch::Sender<u64>,
    /// Makes addresses that nobody can guess, until the server ends.
    secret: Digest,
    life: watch::Sender<Life>,
}

impl Context {
    fn new(catalog: Arc<Catalog>, options: Options) -> Arc<Self> {
        Arc::new(Self {
            catalog,
            options,
            counters: counters::Counters::default(),
            limiter: limiter::Limiter::default(),
            work: Semaphore::new(HEAVY_WORK),
            fallbacks: fallback::Fallbacks::default(),
            clip_fallbacks: fallback::Fallbacks::default(),
            manifests: manifest::Manifests::default(),
            followers: Arc::new(Semaphore::new(follow::MAX_FOLLOWERS)),
            beat: watch::Sender::new(0),
            secret: secret(),
            life: watch::Sender::new(Life::Running),
        })
    }

    /// Notes who asked for a screen that is not there, if that is the problem.
    fn note_stranger(&self, problem: &error::Problem, origin: address::Origin, asked: &http::HeaderMap) {
        if let error::Problem::UnknownScreen(id, _) = problem {
            let now = self.catalog.clock().now();
            let stranger = crate::catalog::Stranger::new(id, now, origin.0, poll::agent(asked));
            self.catalog.strangers().note(stranger);
        }
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
