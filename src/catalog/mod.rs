//! What is true now? The catalog reads the folder, keeps the immutable [`Snapshot`] of everything that
//! holds, and a [`Stage`] for each screen from which polls are answered.

pub mod clock;
pub mod snapshot;
pub mod stage;

pub use clock::Clock;
pub use snapshot::{Catalog, FileReport, ScreenState, Snapshot, Status};
pub use stage::{Encoded, Moment, Stage, StagedFrame};
