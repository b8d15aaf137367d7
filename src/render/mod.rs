//! What does it look like? An [`ApprovedNotice`](crate::approval::ApprovedNotice) and a
//! [`Profile`](crate::screen::Profile) become a [`Layout`]; a page of it becomes a [`Raster`].

pub mod font;
pub mod raster;

pub use font::Fonts;
pub use raster::Raster;
pub mod layout;
mod linebreak;
mod marks;
mod measure;

pub use layout::{Layout, Page};

#[cfg(test)]
mod test;
