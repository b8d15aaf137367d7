//! The conductor turns the pages: one timer for all screens wakes whoever waits for a change, be it a long poll,
//! an event stream or a socket.

use std::sync::Arc;

use super::{Catalog, moment_at};

/// Runs until it is dropped: at each page change of a screen its stage is ticked.
pub async fn conduct(catalog: Arc<Catalog>) {
    let mut swapped = catalog.swapped.subscribe();
    let mut last = catalog.clock().now();
    loop {
        let now = catalog.clock().now();
        // A screen that is not staged is looked at again soon.
        let mut next = now.plus(1000);
        for state in catalog.snapshot().screens.values() {
            let moments = state.stage.moments();
            let Some(moment) = moment_at(&moments, now) else {
                // The stage is late. Who waits asks the programme itself: a page that ended must go.
                state.stage.tick();
                continue;
            };
            if moment.since > last {
                state.stage.tick();
            }
            next = next.min(moment.until);
        }
        last = now;
        tokio::select! {
            () = catalog.clock().sleep_until(next) => {}
            changed = swapped.changed() => if changed.is_err() { return },
        }
    }
}
