//! What does it look like? An [`ApprovedNotice`](crate::approval::ApprovedNotice) and a
//! [`Profile`](crate::screen::Profile) become a [`Layout`]; a page of it becomes a [`Raster`].
//!
//! Measuring and drawing are apart: `marks`, `linebreak`, `words`, `text` and `measure` know text, `layout` places it,
//! `draw` copies dots from `font` into the `raster`. Pictures take their own way through `picture`.

pub mod raster;

pub mod font;
mod light;

mod linebreak;
mod marks;
mod measure;
mod text;
mod words;

mod picture;

pub mod layout;

mod breaking;
mod draw;

pub mod movement;

pub mod pattern;

pub use draw::{draw, draw_band};
pub use font::Fonts;
pub use layout::{Layout, Page, Run, lay_out, lay_out_idle};
pub use movement::{Movement, Scroll};
pub use pattern::{Pattern, Scene};
pub use raster::Raster;

#[cfg(test)]
mod test;
