//! `mingping render`: what a notice will look like, without a server.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::ArgMatches;
use jiff::tz::TimeZone;

use super::{
    flags::value,
    say,
    setting::{load_fonts, read_zone},
};
use crate::{
    approval::{ApprovedNotice, approve},
    catalog::{Clock as _, SystemClock, rounds},
    color::ColorScheme,
    diagnostic::{Diagnostic, Lang},
    frame::{ClipFormat, Format, Frame, encode, reels},
    geometry::Size,
    notice::{self, NoticeId, Source},
    playlist::{self, Playlist},
    playout::stay_ms,
    render::{self, Fonts, Layout},
    screen::{ClipLimits, Profile},
    time::UtcMillis,
};

/// Runs the command.
pub fn run(matches: &ArgMatches, lang: Lang) -> Result<ExitCode, String> {
    let file = Path::new(value(matches, "FILE"));
    let zone = read_zone(value(matches, "timezone"), lang)?;
    let face = parse_size(value(matches, "size"), lang)?;
    let scheme = parse_color(value(matches, "color"))?;
    let motion =
        matches.get_flag("motion").then(|| parse_clip_format(value(matches, "format"), lang)).transpose()?;
    let profile = Profile {
        min_px: parse_min(value(matches, "min"))?,
        clip: motion.map(|_| clip_limits(matches)),
        ..Profile::new(face, scheme)
    };
    let (fonts, faults) = load_fonts(Path::new(value(matches, "fonts")));
    tell(&faults, lang);
    let Some(approved) = read(file, &zone, lang)? else { return Ok(ExitCode::FAILURE) };
    tell(approved.warnings(), lang);
    if let Some(note) = off_term(&approved, SystemClock::new().now(), &zone, lang) {
        eprintln!("{}: {note}", file.display());
    }
    let layout = match render::lay_out(&approved, &profile, &fonts, &[]) {
        Ok(layout) => layout,
        Err(diagnostics) => {
            tell(&diagnostics, lang);
            return Ok(ExitCode::FAILURE);
        }
    };
    tell(&layout.warnings, lang);
    check_out(matches, lang)?;
    if let Some(format) = motion {
        return write_clips(matches, file, &layout, &profile, &fonts, format).map(|()| ExitCode::SUCCESS);
    }
    let frames: Vec<Frame> = (0..layout.pages.len())
        .map(|page| {
            let raster = render::draw(&layout, page, &profile, &fonts);
            Frame::new(&raster, profile.rotation, layout.pages[page].lines.clone())
        })
        .collect();
    write(matches, file, &frames).map(|()| ExitCode::SUCCESS)
}

/// Why no screen shows the notice now, if its term has not begun or is over.
fn off_term(approved: &ApprovedNotice, now: UtcMillis, zone: &TimeZone, lang: Lang) -> Option<String> {
    let window = approved.window();
    if now >= window.until {
        let (zh, en) = ("已于此时到期，屏上不会再播放：", "no screen shows it any more; it expired at");
        Some(format!("{} {}", say(lang, zh, en), window.until.display_end(zone)))
    } else if now < window.from {
        let (zh, en) = ("屏上到此时才开始播放：", "no screen shows it yet; it begins at");
        Some(format!("{} {}", say(lang, zh, en), window.from.display(zone)))
    } else {
        None
    }
}

/// The clip's format that `name` means.
fn parse_clip_format(name: &str, lang: Lang) -> Result<ClipFormat, String> {
    ClipFormat::parse(name).ok_or_else(|| {
        let hint = say(lang, "动画可以写成 gif png webp。", "Clips are gif, png or webp.");
        format!("--motion --format `{name}`? {hint}")
    })
}

/// What the clip must keep to.
fn clip_limits(matches: &ArgMatches) -> ClipLimits {
    let usual = ClipLimits::default();
    ClipLimits { max_bytes: matches.get_one("max-bytes").copied().unwrap_or(usual.max_bytes), ..usual }
}

/// The face that `size` names.
pub(super) fn parse_size(size: &str, lang: Lang) -> Result<Size, String> {
    let face =
        Size::parse(size).filter(|s| s.width >= 8 && s.height >= 8 && s.width <= 4096 && s.height <= 2160);
    face.ok_or_else(|| {
        let hint = say(lang, "8x8 至 4096x2160，例如 320x32。", "8x8 to 4096x2160, e.g. 320x32.");
        format!("--size `{size}`? {hint}")
    })
}

/// The scheme that `color` names.
pub(super) fn parse_color(color: &str) -> Result<ColorScheme, String> {
    ColorScheme::parse(color)
        .ok_or_else(|| format!("--color `{color}`? red green amber white red-green seven rgb"))
}

/// The legible minimum that `min` names, pixels.
pub(super) fn parse_min(min: &str) -> Result<u32, String> {
    min.parse().map_err(|_| format!("--min `{min}`? 16"))
}

/// Larger files are none that could be shown.
const MOST_BYTES: u64 = 64 << 20;

/// Reads the notice with the sidecar and `playlist.yaml` beside it. What it lacks for approval is told, and
/// stood in for: this is a look, not a publication. `None` if it could not be shown even so.
pub(super) fn read(file: &Path, zone: &TimeZone, lang: Lang) -> Result<Option<ApprovedNotice>, String> {
    let now = SystemClock::new().now();
    let today = now.civil(zone).date();
    let found = fs::metadata(file).map_err(|e| format!("{}: {e}", file.display()))?;
    if !found.is_file() || found.len() > MOST_BYTES {
        let why = say(lang, "不是普通文件，或超过 64 MiB。", "not a file, or larger than 64 MiB.");
        return Err(format!("{}: {why}", file.display()));
    }
    let bytes = fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = file.parent().unwrap_or(Path::new("."));
    let playlist_name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let playlist_name = if playlist_name.is_empty() { "playlist".to_owned() } else { playlist_name };
    let sidecar = ["txt", "yaml", "yml"].iter().find_map(|ext| {
        let name = format!("{name}.{ext}");
        fs::read(folder.join(&name)).ok().map(|bytes| (name, bytes))
    });
    let id = NoticeId::new(&playlist_name, &name);
    let sidecar = sidecar.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let source = Source { id: &id, bytes: &bytes, sidecar, zone, today };
    let notice = match notice::read(source) {
        Ok(notice) => Arc::new(notice),
        Err(diagnostics) => {
            tell(&diagnostics, lang);
            return Ok(None);
        }
    };
    let mut playlist = Playlist { name: playlist_name.clone(), ..Playlist::default() };
    if let Ok(bytes) = fs::read(folder.join("playlist.yaml")) {
        match playlist::read(&playlist_name, &bytes, zone, today) {
            Ok(read) => playlist = read,
            Err(diagnostics) => tell(&diagnostics, lang),
        }
    }
    match approve(notice.clone(), &playlist, now, now, zone) {
        Ok(approved) => Ok(Some(approved)),
        Err(diagnostics) => {
            tell(&diagnostics, lang);
            let defaults = &mut playlist.defaults;
            for (slot, stand_in) in [
                (&mut defaults.provider, "预览甲"),
                (&mut defaults.reviewer, "预览乙"),
                (&mut defaults.responsible, "预览丙"),
                (&mut defaults.secrecy_review, "预览丁"),
            ] {
                slot.get_or_insert_with(|| stand_in.to_owned());
            }
            Ok(approve(notice, &playlist, now, now, zone).ok())
        }
    }
}

fn tell(diagnostics: &[Diagnostic], lang: Lang) {
    for diagnostic in diagnostics {
        eprintln!("{}", diagnostic.one_line(lang));
    }
}

fn write(matches: &ArgMatches, file: &Path, frames: &[Frame]) -> Result<(), String> {
    let out = matches.get_one::<String>("out").map(PathBuf::from);
    let format = match value(matches, "format") {
        "art" | "text" => None,
        "gif" => Some(Format::Gif),
        "bmp" => Some(Format::Bmp),
        "webp" => Some(Format::Webp),
        _ => Some(Format::Png),
    };
    let art = value(matches, "format") == "art";
    let Some(format) = format else {
        let page = |frame: &Frame| {
            if art { frame.raster().art() } else { format!("{}\n", frame.lines().join("\n")) }
        };
        let text = frames.iter().map(page).collect::<Vec<_>>().join("\n");
        return if let Some(out) = out {
            fs::write(&out, text).map_err(|e| format!("{}: {e}", out.display()))
        } else {
            out!("{}", text.trim_end_matches('\n'));
            Ok(())
        };
    };
    let encoded = frames.iter().map(|frame| encode(frame, format).ok_or_else(|| format.ext().to_owned()));
    write_files(out, file, format.ext(), &encoded.collect::<Result<Vec<_>, _>>()?)
}

/// Writes what a screen with `motion: clip` is sent, one file for each minute of it.
fn write_clips(
    matches: &ArgMatches,
    file: &Path,
    layout: &Layout,
    profile: &Profile,
    fonts: &Fonts,
    format: ClipFormat,
) -> Result<(), String> {
    let dwells: Vec<u32> = layout.pages.iter().map(|page| page.dwell_ms).collect();
    let dwells = stay_ms(&dwells, rounds(layout, profile), 1);
    let limits = profile.clip.unwrap_or_default();
    let encoded = reels(layout, &dwells, profile)
        .into_iter()
        .map(|reel| reel.encode((layout, &dwells), profile, fonts, format, None))
        .map(|bytes| bytes.ok_or_else(|| format!("{} > {} B", format.ext(), limits.max_bytes)));
    let out = matches.get_one::<String>("out").map(PathBuf::from);
    write_files(out, file, format.ext(), &encoded.collect::<Result<Vec<_>, _>>()?)
}

/// A file that is not what its name says is found out late, by somebody else.
fn check_out(matches: &ArgMatches, lang: Lang) -> Result<(), String> {
    let (Some(out), format) = (matches.get_one::<String>("out"), value(matches, "format")) else {
        return Ok(());
    };
    let ext = Path::new(out).extension().map(|ext| ext.to_string_lossy().to_lowercase());
    let pictures = ["png", "gif", "webp", "bmp", "jpg", "jpeg", "tif", "tiff", "svg", "pdf"];
    match ext {
        Some(ext) if ext != format && pictures.contains(&ext.as_str()) => {
            let hint = say(lang, "请改文件名的后缀，或改 --format：", "Change the name or --format:");
            Err(format!("--out `{out}`, --format {format}? {hint} png gif webp bmp text art"))
        }
        _ => Ok(()),
    }
}

/// Writes one file, or several with numbers, and prints their names.
fn write_files(out: Option<PathBuf>, file: &Path, ext: &str, encoded: &[Vec<u8>]) -> Result<(), String> {
    let out = out.unwrap_or_else(|| PathBuf::from(file.file_name().unwrap_or_default()).with_extension(ext));
    for (n, bytes) in encoded.iter().enumerate() {
        let path = if encoded.len() == 1 {
            out.clone()
        } else {
            let stem = out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let ext = out.extension().map_or(ext.into(), |ext| ext.to_string_lossy());
            out.with_file_name(format!("{stem}-{}.{ext}", n + 1))
        };
        fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))?;
        out!("{}", path.display());
    }
    Ok(())
}
