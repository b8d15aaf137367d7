//! Pictures: decoded, turned upright, inverted where they are black on white, scaled in linear light and
//! dithered to what the LEDs can show.

mod decode;
mod dither;
mod scale;

use std::sync::Arc;

use super::{
    Raster,
    layout::{Document, Page},
};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    geometry::Size,
    notice::{Fit, Picture},
    screen::Profile,
};

/// How long a picture stays unless its header says otherwise.
const DWELL_MS: u32 = 10_000;

/// A picture that fills less of the page than this, in percent, is refused unless `fit` is given.
const LEAST_PERCENT: u64 = 25;

/// Pixels of a picture: width, height, three sRGB bytes a pixel.
pub(super) struct Pixels {
    /// Width and height.
    pub size: Size,
    /// Row after row.
    pub rgb: Vec<u8>,
    /// Black on white paper: its lines matter, not its shades.
    pub line_art: bool,
}

/// The pages of a picture: one, its first frame.
pub(super) fn pages(
    document: &Document<'_>,
    picture: &Picture,
    profile: &Profile,
) -> Result<Vec<Page>, Diagnostic> {
    Ok(vec![page(document, picture, profile)?])
}

/// The page of a picture: its first frame.
pub(super) fn page(
    document: &Document<'_>,
    picture: &Picture,
    profile: &Profile,
) -> Result<Page, Diagnostic> {
    let place = || Place::file(document.id.to_string());
    let page = profile.page_size();
    let fit = document.fit.unwrap_or(Fit::Contain);
    if let (None, percent) = (document.fit, filled(picture.size, page))
        && percent < LEAST_PERCENT
    {
        let args = [page.to_string(), percent.to_string()];
        return Err(Diagnostic::refusal(place(), Msg::PictureTooSmall, args));
    }
    let pixels = decode::decode(&picture.bytes)
        .map_err(|why| Diagnostic::refusal(place(), Msg::PictureBroken, [why]))?;
    let raster = show(&pixels, page, fit, profile);
    Ok(Page {
        dwell_ms: document.dwell_ms.unwrap_or(DWELL_MS),
        picture: Some(Arc::new(raster)),
        ..Page::default()
    })
}

/// Percent of the page that a picture fills when all of it is seen.
fn filled(picture: Size, page: Size) -> u64 {
    let shown = contained(picture, page);
    (shown.area() * 100).checked_div(page.area()).unwrap_or(0)
}

/// The largest size of the picture's shape that the page holds.
fn contained(picture: Size, page: Size) -> Size {
    let (w, h) = (u64::from(picture.width.max(1)), u64::from(picture.height.max(1)));
    let (pw, ph) = (u64::from(page.width), u64::from(page.height));
    let (width, height) = if w * ph > pw * h { (pw, h * pw / w) } else { (w * ph / h, ph) };
    Size::new(width.max(1) as u32, height.max(1) as u32)
}

/// The smallest size of the picture's shape that covers the page.
fn covering(picture: Size, page: Size) -> Size {
    let (w, h) = (u64::from(picture.width.max(1)), u64::from(picture.height.max(1)));
    let (pw, ph) = (u64::from(page.width), u64::from(page.height));
    // What is cut away need not be scaled at all beyond a sane size: the crop happens before scaling.
    let (width, height) =
        if w * ph > pw * h { ((w * ph).div_ceil(h), ph) } else { (pw, (h * pw).div_ceil(w)) };
    Size::new(width.min(1 << 20) as u32, height.min(1 << 20) as u32)
}

fn show(pixels: &Pixels, page: Size, fit: Fit, profile: &Profile) -> Raster {
    // What part of the picture is seen, and how large it is drawn.
    let (part, drawn) = match fit {
        Fit::Contain => (pixels.size, contained(pixels.size, page)),
        Fit::None => {
            let both = Size::new(pixels.size.width.min(page.width), pixels.size.height.min(page.height));
            (both, both)
        }
        Fit::Cover => {
            let whole = covering(pixels.size, page);
            let share = |seen: u32, all: u32, source: u32| {
                (u64::from(source) * u64::from(seen))
                    .div_ceil(u64::from(all.max(1)))
                    .clamp(1, u64::from(source.max(1))) as u32
            };
            let part = Size::new(
                share(page.width, whole.width, pixels.size.width),
                share(page.height, whole.height, pixels.size.height),
            );
            (part, page)
        }
    };
    let left = (pixels.size.width - part.width) / 2;
    let top = (pixels.size.height - part.height) / 2;
    let light = scale::scaled(pixels, (left, top), part, drawn);
    let mut raster = Raster::dark(profile.scheme, page);
    let at = ((page.width - drawn.width) / 2, (page.height - drawn.height) / 2);
    dither::draw(&light, drawn, pixels.line_art, at, &mut raster);
    raster
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        notice::{Body, NoticeId, SignOff, Style},
        render::layout::lay_out_document,
        render::{Fonts, draw},
        time::Priority,
    };

    fn png(size: Size, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
        let image = image::RgbImage::from_fn(size.width, size.height, |x, y| image::Rgb(pixel(x, y)));
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        Picture { bytes: bytes.into_inner().into(), size, frames: 1 }
    }

    fn shown(picture: Picture, profile: &Profile, fit: Option<Fit>) -> Result<Raster, Vec<Diagnostic>> {
        let id = NoticeId::new("bureau", "a.png");
        let document = Document {
            id: &id,
            title: "图",
            body: &Body::Picture(picture),
            sign_off: &SignOff::default(),
            priority: Priority::Normal,
            dwell_ms: None,
            style: Style::Auto,
            fit,
        };
        let fonts = Fonts::built_in();
        lay_out_document(&document, profile, &fonts, &[]).map(|layout| draw(&layout, 0, profile, &fonts))
    }

    #[test]
    fn black_lines_on_white_paper_glow_on_a_dark_face() {
        let profile = Profile::new(Size::new(8, 4), ColorScheme::Red);
        let cross = png(Size::new(8, 4), |x, y| if x == 3 || y == 1 { [0; 3] } else { [255; 3] });
        assert_eq!(shown(cross, &profile, None).unwrap().art(), "...#....\n########\n...#....\n...#....\n");
    }

    #[test]
    fn a_picture_is_fitted_covered_or_left_as_it_is() {
        let profile = Profile::new(Size::new(8, 4), ColorScheme::Rgb);
        let square = || png(Size::new(4, 4), |x, _| if x < 2 { [200, 0, 0] } else { [0, 0, 200] });
        let raster = shown(square(), &profile, None).unwrap();
        assert_eq!(raster.art(), "..####..\n..####..\n..####..\n..####..\n");
        assert_eq!((raster.color_at(2, 0), raster.color_at(5, 3)), ([200, 0, 0], [0, 0, 200]));
        let raster = shown(square(), &profile, Some(Fit::Cover)).unwrap();
        assert_eq!(raster.art(), "########\n".repeat(4));
        let small = png(Size::new(2, 2), |_, _| [200, 0, 0]);
        let raster = shown(small, &profile, Some(Fit::None)).unwrap();
        assert_eq!(raster.art(), "........\n...##...\n...##...\n........\n");
    }

    #[test]
    fn a_picture_of_another_shape_is_refused_unless_asked_for() {
        let profile = Profile::new(Size::new(320, 32), ColorScheme::Red);
        let tall = || png(Size::new(30, 40), |_, _| [90, 90, 90]);
        let why = shown(tall(), &profile, None).unwrap_err();
        assert_eq!(
            (why[0].msg, why[0].args.as_slice()),
            (Msg::PictureTooSmall, &["320x32".to_owned(), "7".to_owned()][..])
        );
        assert!(shown(tall(), &profile, Some(Fit::Contain)).is_ok());
    }

    #[test]
    fn shades_become_dots_of_the_same_light() {
        let profile = Profile::new(Size::new(40, 40), ColorScheme::White);
        // sRGB 188 is half of the light of white.
        let raster = shown(png(Size::new(40, 40), |_, _| [188; 3]), &profile, None).unwrap();
        let lit = raster.art().matches('#').count();
        assert!((780..=820).contains(&lit), "{lit} of 1600");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let profile = Profile::new(Size::new(8, 8), ColorScheme::Red);
        let junk = Picture { bytes: vec![1, 2, 3].into(), size: Size::new(8, 8), frames: 1 };
        assert_eq!(shown(junk, &profile, None).unwrap_err()[0].msg, Msg::PictureBroken);
    }
}
