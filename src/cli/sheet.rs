//! `mingping sheet`: one picture of every page of many notices, on many faces. What to look at before a
//! screen is hung, and after the way things are drawn has changed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::ArgMatches;
use image::{Rgb, RgbImage};

use super::{
    flags::value,
    render::{parse_color, parse_min, parse_size, read},
    setting::{load_fonts, read_zone},
};
use crate::{
    approval::ApprovedNotice,
    color::ColorScheme,
    diagnostic::Lang,
    geometry::Size,
    notice::{Kind, kind},
    render::{self, Fonts, Raster},
    screen::Profile,
    text::natural_key,
};

/// The faces that a county's schools have: two to five modules high and wide, lobbies, a video wall.
const GEOMETRIES: [&str; 12] = [
    "64x16", "128x32", "192x32", "256x32", "320x32", "320x48", "64x64", "128x64", "192x96", "256x128",
    "384x256", "640x360",
];

/// Pixels of air round a page, and of a label.
const AIR: u32 = 6;
const LABEL_PX: u32 = 16;
/// A sheet is as wide as a desk's monitor, or as its largest page.
const WIDTH: u32 = 1400;
/// Rows of a sheet beyond this begin the next one: pictures much taller cannot be looked at.
const MAX_HEIGHT: u32 = 1500;
/// What lies between the pages.
const DESK: Rgb<u8> = Rgb([40, 44, 52]);
const LABEL: Rgb<u8> = Rgb([170, 176, 186]);

/// Runs the command.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let zone = read_zone(value(matches, "timezone"), lang)?;
    let (fonts, _) = load_fonts(Path::new(value(matches, "fonts")));
    let given = |name| matches.get_many::<String>(name).into_iter().flatten().map(String::as_str);
    let sizes: Vec<&str> = given("size").collect();
    let sizes = if sizes.is_empty() { GEOMETRIES.to_vec() } else { sizes };
    let faces: Vec<Size> = sizes.into_iter().map(|size| parse_size(size, lang)).collect::<Result<_, _>>()?;
    let schemes: Vec<ColorScheme> = given("color").map(parse_color).collect::<Result<_, _>>()?;
    let schemes = if schemes.is_empty() { ColorScheme::ALL.to_vec() } else { schemes };
    let min_px = parse_min(value(matches, "min"))?;
    let mut notices = Vec::new();
    for file in given("FILE").map(Path::new).map(files).collect::<Result<Vec<_>, _>>()?.concat() {
        notices.extend(read(&file, &zone, lang)?.map(|approved| (label(&file), approved)));
    }
    let folder = PathBuf::from(value(matches, "out"));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for face in faces {
        for scheme in &schemes {
            let profile = Profile { min_px, ..Profile::new(face, *scheme) };
            for (n, sheet) in sheets(&notices, &profile, &fonts, lang).into_iter().enumerate() {
                let more = if n == 0 { String::new() } else { format!("-{}", n + 1) };
                let path = folder.join(format!("{face}-{}{more}.png", scheme.name()));
                sheet.save(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                out!("{}", path.display());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `path` itself, or what lies in it and in the folders below it, in the order in which it would play.
fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort_by_cached_key(|path| natural_key(&label(path)));
    let mut out = Vec::new();
    for entry in entries {
        let name = label(&entry);
        if entry.is_dir() {
            out.extend(files(&entry)?);
        } else if !matches!(
            kind(&name, ""),
            Kind::Ignored | Kind::Defaults | Kind::Sidecar(_) | Kind::Unsupported(_)
        ) {
            out.push(entry);
        }
    }
    Ok(out)
}

fn label(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// All pages of all notices, a row of pages below each label.
fn sheets(
    notices: &[(String, ApprovedNotice)],
    profile: &Profile,
    fonts: &Fonts,
    lang: Lang,
) -> Vec<RgbImage> {
    let page = profile.page_size();
    // Small dots are looked at enlarged.
    let zoom = (WIDTH / 2 / page.width.max(page.height * 2)).clamp(1, 3);
    let (wide, high) = (page.width * zoom, page.height * zoom);
    let width = WIDTH.max(wide + 2 * AIR);
    let mut book = Book { sheets: Vec::new(), y: 0, width };
    for (name, notice) in notices {
        match render::lay_out(notice, profile, fonts, &[]) {
            Ok(layout) => {
                book.label(&format!("{name}  {}", layout.pages.len()), fonts);
                let across = ((width - AIR) / (wide + AIR)).max(1) as usize;
                let pages: Vec<usize> = (0..layout.pages.len()).collect();
                for row in pages.chunks(across) {
                    let top = book.row(high + AIR);
                    for (n, page) in row.iter().enumerate() {
                        let raster = render::draw(&layout, *page, profile, fonts);
                        book.picture(&raster, zoom, (AIR + n as u32 * (wide + AIR), top), Rgb);
                    }
                }
                for warning in &layout.warnings {
                    book.label(&warning.message(lang), fonts);
                }
            }
            Err(diagnostics) => {
                for diagnostic in diagnostics {
                    book.label(&format!("{name}  ✗ {}", diagnostic.message(lang)), fonts);
                }
            }
        }
    }
    for (sheet, used) in &mut book.sheets {
        *sheet = image::imageops::crop_imm(sheet, 0, 0, width, *used).to_image();
    }
    book.sheets.into_iter().map(|(sheet, _)| sheet).collect()
}

/// Sheets being filled from top to bottom.
struct Book {
    /// With the rows that are used.
    sheets: Vec<(RgbImage, u32)>,
    width: u32,
    y: u32,
}

impl Book {
    /// Room for `height` rows on the last sheet or a new one; returns the top.
    fn row(&mut self, height: u32) -> u32 {
        if self.sheets.is_empty() || self.y + height > MAX_HEIGHT {
            let sheet = RgbImage::from_pixel(self.width, MAX_HEIGHT.max(height), DESK);
            self.sheets.push((sheet, 0));
            self.y = 0;
        }
        let top = self.y;
        self.y += height;
        if let Some((_, used)) = self.sheets.last_mut() {
            *used = self.y;
        }
        top
    }

    fn label(&mut self, text: &str, fonts: &Fonts) {
        let top = self.row(LABEL_PX + AIR) + AIR / 2;
        let face = fonts.at(LABEL_PX);
        // As much of it as the sheet is wide, on a face just as wide.
        let (mut shown, mut width) = (String::new(), 0);
        for c in text.trim().chars() {
            let Some(advance) = face.advance(c) else { continue };
            if AIR + width + advance > self.width {
                break;
            }
            shown.push(c);
            width += advance;
        }
        let profile = Profile::new(Size::new(width.max(LABEL_PX), LABEL_PX), ColorScheme::White);
        if let Ok(layout) = render::lay_out_idle(&shown, &profile, fonts) {
            let raster = render::draw(&layout, 0, &profile, fonts);
            self.picture(&raster, 1, (AIR, top), |lit| if lit == [0; 3] { DESK } else { LABEL });
        }
    }

    /// Puts `raster` at `x`, `y`, each pixel `zoom` wide and high.
    fn picture(
        &mut self,
        raster: &Raster,
        zoom: u32,
        (x, y): (u32, u32),
        color: impl Fn([u8; 3]) -> Rgb<u8>,
    ) {
        let size = raster.size();
        let Some((sheet, _)) = self.sheets.last_mut() else { return };
        for (top, left) in (0..size.height).flat_map(|top| (0..size.width).map(move |left| (top, left))) {
            let pixel = color(raster.color_at(left, top));
            for (down, right) in (0..zoom).flat_map(|down| (0..zoom).map(move |right| (down, right))) {
                sheet.put_pixel(x + left * zoom + right, y + top * zoom + down, pixel);
            }
        }
    }
}
