//! What shows when? A [`Programme`] is one screen's approved notices with the dwells of their pages; at
//! each instant it gives a [`Segment`]: a stretch of time in which nothing enters, leaves or pauses.
//! Everything here is a pure function of (programme, instant), so that a restart resumes mid-loop and two
//! servers on the same folder agree.

mod programme;
mod segment;
#[cfg(test)]
mod tests;

pub use programme::{Programme, Rounds, Run, stay_ms};
pub use segment::{OffAir, OnAir, Segment, Showing, Slot, What, stays_until};
