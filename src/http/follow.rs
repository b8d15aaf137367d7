//! What a screen shows, and what next: event streams and sockets follow one screen. The conductor says when a
//! page changes, one beat for all says when it is time for a sign of life; nobody here has a timer of his own.

use std::sync::Arc;

use http::HeaderValue;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{
    Context, Life,
    error::Problem,
    poll::{Poll, screen_of},
    wait::now_showing,
};
use crate::catalog::{Encoded, Holding, Moment};

/// Event streams and sockets held at once; who comes beyond is told to poll.
pub(super) const MAX_FOLLOWERS: usize = 12_000;

/// A page and its bytes.
pub(super) struct Page {
    pub(super) moment: Moment,
    pub(super) encoded: Arc<Encoded>,
}

/// What there is to tell.
pub(super) enum News {
    /// Another page shows.
    Page(Box<Page>),
    /// Nothing, but some seconds have passed.
    Beat,
    /// The server ends.
    Over,
}

/// Somebody who follows a screen.
pub(super) struct Follower {
    context: Arc<Context>,
    poll: Poll,
    changes: watch::Receiver<u64>,
    beat: watch::Receiver<u64>,
    life: watch::Receiver<Life>,
    last: Option<HeaderValue>,
    _holding: Holding,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// Begins to follow; fails if too many do.
    pub(super) fn new(context: &Arc<Context>, poll: Poll) -> Result<Self, Problem> {
        let place = Arc::clone(&context.followers).try_acquire_owned().map_err(|_| Problem::Busy)?;
        let stage = Arc::clone(&screen_of(&context.catalog.snapshot(), &poll.id)?.stage);
        Ok(Self {
            poll,
            changes: stage.watch(),
            beat: context.beat.subscribe(),
            life: context.life.subscribe(),
            last: None,
            _holding: Holding::on(&stage),
            _place: place,
            context: Arc::clone(context),
        })
    }

    /// What it follows.
    pub(super) fn poll(&self) -> &Poll {
        &self.poll
    }

    /// The server.
    pub(super) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// Waits for news; the page that shows is the first. Nothing is lost if the future is dropped: who is slow
    /// gets the page that shows when he asks again, not those in between.
    pub(super) async fn next(&mut self) -> Result<News, Problem> {
        loop {
            if *self.life.borrow_and_update() != Life::Running {
                return Ok(News::Over);
            }
            // What changes after this line wakes us below.
            self.changes.mark_unchanged();
            let now = self.context.catalog.clock().now();
            // Who follows for days follows the screen's wires, too, when they are said anew.
            let wiring = screen_of(&self.context.catalog.snapshot(), &self.poll.id)?.screen.wiring;
            self.poll.variant = self.poll.variant.rewired(wiring);
            let (moment, encoded) = now_showing(&self.context, &self.poll, now).await?;
            if self.last.as_ref() != Some(&encoded.etag) {
                self.last = Some(encoded.etag.clone());
                return Ok(News::Page(Box::new(Page { moment, encoded })));
            }
            drop((moment, encoded));
            tokio::select! {
                changed = self.changes.changed() => {
                    if changed.is_err() {
                        // The screen is gone, or is another one under the same id.
                        let snapshot = self.context.catalog.snapshot();
                        self.changes = screen_of(&snapshot, &self.poll.id)?.stage.watch();
                    }
                }
                _ = self.beat.changed() => return Ok(News::Beat),
                _ = self.life.changed() => {}
            }
        }
    }
}
