//! `screens.yaml`: YAML with budgets, then each value through one validated door.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{
    ClipLimits, Controller, Mac, Order, Profile, Protocols, SCREENS_FILE, Screen, ScreenId, Wiring, clip,
    values::{hundredths_mm, read_brightness, read_module, read_motion, read_poll, read_token},
};
use crate::{
    color::ColorScheme,
    diagnostic::{Diagnostic, Msg, Place},
    geometry::{Rotation, Size},
    time::Hours,
};

/// The largest `screens.yaml`, bytes.
const MAX_BYTES: usize = 1 << 20;
/// Most screens in one file.
const MAX_SCREENS: usize = 5000;
/// Smallest side of a face, pixels.
const MIN_SIDE: u32 = 8;
/// Most pixels of a face whose pixels are more than one bit.
const MAX_AREA: u64 = 1 << 20;
/// The largest one-bit face.
const MAX_ONE_BIT: Size = Size::new(4096, 2160);
/// Most pages of a notice that a screen may ask for.
const MAX_PAGES: u16 = 200;
/// Character height that is legible at a distance: one 250th of it.
const LEGIBLE_DIVISOR: u64 = 250;
/// The smallest legible size where pitch and distance are not known, pixels.
const DEFAULT_MIN_PX: u32 = 16;

/// What may stand below a screen's id.
const KEYS: &str = "name size color pitch viewing_distance playlists hours brightness poll rotate motion clip idle token \
     protocol mac module raw swap max_pages";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScreen {
    name: Option<String>,
    size: Spanned<String>,
    color: Spanned<String>,
    pitch: Option<Spanned<String>>,
    viewing_distance: Option<Spanned<String>>,
    playlists: Spanned<OneOrMany>,
    hours: Option<Spanned<OneOrMany>>,
    brightness: Option<Spanned<BTreeMap<String, u8>>>,
    poll: Option<Spanned<String>>,
    rotate: Option<Spanned<u32>>,
    max_pages: Option<Spanned<u32>>,
    motion: Option<Spanned<String>>,
    clip: Option<Spanned<clip::Raw>>,
    idle: Option<String>,
    token: Option<Spanned<String>>,
    raw: Option<Spanned<BTreeMap<String, Spanned<String>>>>,
    swap: Option<Spanned<String>>,
    protocol: Option<Spanned<OneOrMany>>,
    mac: Option<Spanned<String>>,
    module: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        }
        .iter()
        .map(String::as_str)
    }
}

/// Reads `screens.yaml`. Any error refuses the whole file: half a list of screens would darken the others.
pub fn read(bytes: &[u8]) -> Result<Vec<Screen>, Vec<Diagnostic>> {
    let broken = |line: Option<u32>, why: String| {
        let place = Place { path: SCREENS_FILE.into(), line };
        vec![Diagnostic::fault(place, Msg::ScreensBroken, [why])]
    };
    if bytes.len() > MAX_BYTES {
        return Err(broken(None, format!("{} > {MAX_BYTES} bytes", bytes.len())));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() as u32 + 1;
        vec![Diagnostic::fault(Place::line(SCREENS_FILE, line), Msg::ScreensNotUtf8, [""; 0])]
    })?;
    if text.trim().is_empty() {
        return Err(vec![Diagnostic::fault(Place::file(SCREENS_FILE), Msg::ScreensEmpty, [""; 0])]);
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_aliases: 256,
            max_anchors: 256,
            max_depth: 16,
            max_documents: 1,
            max_nodes: 200_000,
        },
        with_snippet: false,
    };
    let raw: BTreeMap<String, Spanned<RawScreen>> = serde_saphyr::from_str_with_options(text, options)
        .map_err(|e| {
            let line = e.location().map(|at| at.line() as u32).filter(|line| *line > 0);
            vec![explain(text, line, &e.without_snippet().to_string())]
        })?;
    if raw.is_empty() || raw.len() > MAX_SCREENS {
        return Err(broken(None, format!("{} screens, 1 to {MAX_SCREENS}", raw.len())));
    }
    let (mut screens, mut errors) = (Vec::new(), Vec::new());
    for (id, raw) in raw {
        let mut door = Door { id: &id, errors: &mut errors };
        let screen = door.screen(raw.value, raw.referenced.line() as u32);
        screens.extend(screen);
    }
    screens.sort_by_key(|screen| screen.line);
    let mut macs: BTreeMap<String, &Screen> = BTreeMap::new();
    for screen in &screens {
        let Some(mac) = screen.controller.mac else { continue };
        if let Some(other) = macs.insert(mac.digits(), screen) {
            let args = [other.id.to_string(), screen.id.to_string(), mac.to_string()];
            errors.push(Diagnostic::fault(Place::line(SCREENS_FILE, screen.line), Msg::SameMac, args));
        }
    }
    if errors.is_empty() { Ok(screens) } else { Err(errors) }
}

/// What the parser's error means for the person who wrote the file.
fn explain(text: &str, line: Option<u32>, error: &str) -> Diagnostic {
    let place = Place { path: SCREENS_FILE.into(), line };
    let quoted = |after: &str| {
        let rest = error.split_once(after)?.1;
        let word = rest.trim_start().trim_start_matches('`').split(['`', ',', '\n']).next()?;
        Some(word.split(" at line").next()?.trim().to_owned()).filter(|word| !word.is_empty())
    };
    if let Some(key) = quoted("unknown field") {
        let possible = if clip::owns(error) { clip::KEYS } else { KEYS };
        return Diagnostic::fault(place, Msg::ScreensUnknownKey, [key, possible.to_owned()]);
    }
    if let Some(key) = quoted("missing field") {
        return Diagnostic::fault(place, Msg::ScreensMissingKey, [key]);
    }
    if let Some(key) = quoted("duplicate mapping key:") {
        return Diagnostic::fault(place, Msg::ScreensDuplicate, [key]);
    }
    let number = line.unwrap_or(1).max(1) as usize;
    let shown = text.lines().nth(number - 1).unwrap_or_default().trim().to_owned();
    Diagnostic::fault(place, Msg::ScreensSyntax, [shown])
}

/// Checks the values of one screen and collects what is wrong.
pub(super) struct Door<'a> {
    id: &'a str,
    errors: &'a mut Vec<Diagnostic>,
}

impl Door<'_> {
    fn refuse(&mut self, line: u64, msg: Msg, args: &[&str]) {
        let place = Place::line(SCREENS_FILE, line.max(1) as u32);
        self.errors.push(Diagnostic::fault(place, msg, args));
    }

    /// The value behind `key` as `read` takes it; what it does not take is refused with examples.
    pub(super) fn value<T, V>(
        &mut self,
        key: &str,
        raw: Option<&Spanned<V>>,
        show: impl Fn(&V) -> String,
        read: impl Fn(&V) -> Option<T>,
        possible: &str,
    ) -> Option<T> {
        let raw = raw?;
        let value = read(&raw.value);
        if value.is_none() {
            let shown = show(&raw.value);
            self.refuse(raw.referenced.line(), Msg::ScreenValue, &[self.id, key, &shown, possible]);
        }
        value
    }

    pub(super) fn text<T>(
        &mut self,
        key: &str,
        raw: Option<&Spanned<String>>,
        read: impl Fn(&str) -> Option<T>,
        possible: &str,
    ) -> Option<T> {
        self.value(key, raw, Clone::clone, |value| read(value), possible)
    }

    fn screen(&mut self, raw: RawScreen, line: u32) -> Option<Screen> {
        let before = self.errors.len();
        let id = ScreenId::parse(self.id);
        if id.is_none() {
            self.refuse(u64::from(line), Msg::ScreenId, &[self.id]);
        }
        let scheme = self.text(
            "color",
            Some(&raw.color),
            ColorScheme::parse,
            "red green amber white red-green seven rgb",
        );
        let face = self.text("size", Some(&raw.size), Size::parse, "320x32");
        if let (Some(face), Some(scheme)) = (face, scheme) {
            self.check_size(face, scheme, raw.size.referenced.line());
        }
        let degrees = |d: &u32| Rotation::from_degrees(*d);
        let pages = |n: &u32| u16::try_from(*n).ok().filter(|n| (1..=MAX_PAGES).contains(n));
        let max_pages = self.value("max_pages", raw.max_pages.as_ref(), u32::to_string, pages, "4 12 40");
        let rotation = self.value("rotate", raw.rotate.as_ref(), u32::to_string, degrees, "0 90 180 270");
        let pitch = self.text("pitch", raw.pitch.as_ref(), |t| hundredths_mm(t, "mm"), "10mm");
        let distance =
            self.text("viewing_distance", raw.viewing_distance.as_ref(), |t| hundredths_mm(t, "m"), "30m");
        let min_px = match (pitch, distance) {
            (Some(pitch), Some(distance)) => {
                u64::from(distance).div_ceil(LEGIBLE_DIVISOR * u64::from(pitch)).max(1) as u32
            }
            _ => DEFAULT_MIN_PX,
        };
        let joined = |all: &OneOrMany| all.iter().collect::<Vec<_>>().join("; ");
        let read_hours =
            |all: &OneOrMany| all.iter().map(Hours::parse).collect::<Option<Vec<_>>>().map(Hours::union);
        let hours = self.value(
            "hours",
            raw.hours.as_ref(),
            joined,
            read_hours,
            "周一至周五 07:20-18:30, Mon-Fri 07:20-18:30, 全天, 工作日 22:00-06:00",
        );
        let read_playlists = |all: &OneOrMany| {
            let good =
                |name: &str| !name.is_empty() && !name.contains(['/', '\\', '\0']) && !name.starts_with('.');
            let names: Vec<&str> =
                all.iter().flat_map(|line| line.split([',', '，', '、', ';', '；'])).map(str::trim).collect();
            names.iter().copied().all(good).then(|| names.into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        let playlists =
            self.value("playlists", Some(&raw.playlists), joined, read_playlists, "[county, bureau]");
        let brightness = self.value(
            "brightness",
            raw.brightness.as_ref(),
            |steps| format!("{steps:?}"),
            read_brightness,
            "{\"07:00\": 80, \"18:00\": 40}",
        );
        let poll_ms = self.text("poll", raw.poll.as_ref(), read_poll, "1s 5s 30s 5min");
        let motion = self.text("motion", raw.motion.as_ref(), read_motion, "still clip");
        let limits = raw.clip.as_ref().map_or_else(ClipLimits::default, |raw| clip::limits(&raw.value, self));
        let module = self.text("module", raw.module.as_ref(), read_module, "32x16 64x32");
        let token = self.text("token", raw.token.as_ref(), read_token, "optional required");
        let wiring = self.wiring(raw.raw.as_ref(), raw.swap.as_ref());
        let read_protocols =
            |all: &OneOrMany| Protocols::parse(&all.iter().collect::<Vec<_>>().join(",")).ok();
        let protocols =
            self.value("protocol", raw.protocol.as_ref(), joined, read_protocols, &Protocols::names());
        let mac = self.text("mac", raw.mac.as_ref(), Mac::parse, "AA:BB:CC:DD:EE:FF");
        if self.errors.len() > before {
            return None;
        }
        let mut playlists = playlists?;
        let mut seen = std::collections::BTreeSet::new();
        playlists.retain(|name| seen.insert(name.clone()));
        Some(Screen {
            name: raw.name.unwrap_or_else(|| self.id.to_owned()),
            id: id?,
            profile: Profile {
                face: face?,
                scheme: scheme?,
                rotation: rotation.unwrap_or_default(),
                min_px,
                max_pages,
                clip: motion.unwrap_or_default().then_some(limits),
            },
            pitch_hundredths_mm: pitch,
            line,
            playlists,
            hours: hours.unwrap_or_default(),
            brightness: brightness.unwrap_or_default(),
            poll_ms: poll_ms.unwrap_or(5000),
            idle: raw.idle.filter(|idle| !idle.trim().is_empty()),
            token: token.unwrap_or_default(),
            wiring,
            controller: Controller { protocols: protocols.unwrap_or_default(), mac },
            module,
        })
    }

    /// `raw: {order: bgr, …}`, and `swap: rg`, which is short for `order: grb`.
    fn wiring(
        &mut self,
        raw: Option<&Spanned<BTreeMap<String, Spanned<String>>>>,
        swap: Option<&Spanned<String>>,
    ) -> Wiring {
        let mut wiring = Wiring::default();
        for (key, value) in raw.into_iter().flat_map(|raw| &raw.value) {
            let line = value.referenced.line();
            let Some((_, possible)) = Wiring::KEYS.iter().find(|(known, _)| known == key) else {
                let known = Wiring::KEYS.map(|(known, _)| known).join(" ");
                self.refuse(line, Msg::ScreensUnknownKey, &[key, &known]);
                continue;
            };
            if wiring.set(key, value.value.trim()).is_none() {
                self.refuse(line, Msg::ScreenValue, &[self.id, key, &value.value, possible]);
            }
        }
        let given = raw.is_some_and(|raw| raw.value.contains_key("order"));
        if let Some(swap) = swap {
            let line = swap.referenced.line();
            match swap.value.trim() {
                "rg" | "gr" if given => self.refuse(line, Msg::ScreensDuplicate, &["order, swap"]),
                "rg" | "gr" => wiring.order = Order::Grb,
                other => self.refuse(line, Msg::ScreenValue, &[self.id, "swap", other, "rg"]),
            }
        }
        wiring
    }

    fn check_size(&mut self, face: Size, scheme: ColorScheme, line: u64) {
        let one_bit = scheme.planes() == Some(1);
        let small = face.width < MIN_SIDE || face.height < MIN_SIDE;
        let large = if one_bit {
            face.width > MAX_ONE_BIT.width || face.height > MAX_ONE_BIT.height
        } else {
            face.area() > MAX_AREA
        };
        if small || large {
            let allowed = if one_bit {
                format!("{MIN_SIDE}x{MIN_SIDE} – {MAX_ONE_BIT}")
            } else {
                format!("{MIN_SIDE}x{MIN_SIDE} – {MAX_AREA} px")
            };
            self.refuse(line, Msg::ScreenSize, &[self.id, &face.to_string(), &allowed]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Lang;

    const GATE: &str = "bureau-gate:
  name: 教育局门头屏
  size: 320x32            # pixels
  color: red
  pitch: 10mm
  viewing_distance: 30m
  playlists: [county, bureau]
  hours: 周一至周五 07:20-18:30
  brightness: {\"07:00\": 80, \"18:00\": 40}
  poll: 5s
  rotate: 0
  motion: still
  idle: 明溪县教育局
  token: optional
";

    #[test]
    fn the_documented_example_is_read() {
        let screens = read(GATE.as_bytes()).unwrap();
        let gate = &screens[0];
        assert_eq!(gate.id.as_str(), "bureau-gate");
        assert_eq!(gate.profile.face, Size::new(320, 32));
        assert_eq!(gate.profile.min_px, 12, "30 m / 250 = 120 mm = 12 dots of 10 mm");
        assert_eq!(gate.brightness, [(420, 80), (1080, 40)]);
        assert_eq!(gate.poll_ms, 5000);
        assert_eq!(gate.playlists, ["county", "bureau"]);
    }

    #[test]
    fn raw_bytes_are_packed_as_the_wires_want() {
        let with = |lines: &str| read(format!("{GATE}{lines}").as_bytes());
        assert_eq!(with("").unwrap()[0].wiring, Wiring::default());
        let wiring =
            with("  raw: {order: bgr, scan: column, bits: lsb, polarity: 阳码, pad: 4}\n").unwrap()[0].wiring;
        let told: Vec<_> = wiring.told().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(told, ["order=bgr", "scan=column", "bits=lsb", "polarity=negative", "pad=4"]);
        let swapped = with("  swap: rg\n  raw:\n    scan: column\n").unwrap()[0].wiring;
        assert_eq!((swapped.order, swapped.scan), (Order::Grb, super::super::Scan::Column));
        for (lines, line, says) in [
            ("  raw: {pad: 3}\n", 15, "pad"),
            ("  raw:\n    bits: msb\n    color: rgb\n", 17, "polarity"),
            ("  swap: rb\n", 15, "swap"),
            ("  swap: rg\n  raw: {order: bgr}\n", 15, "order, swap"),
        ] {
            let errors = with(lines).unwrap_err();
            let told = errors[0].message(Lang::En) + &errors[0].hint(Lang::En);
            assert_eq!(errors[0].place.line, Some(line), "{told}");
            assert!(told.contains(says), "{told}");
        }
    }

    #[test]
    fn brightness_wraps_at_midnight() {
        let gate = &read(GATE.as_bytes()).unwrap()[0];
        let zone = jiff::tz::TimeZone::UTC;
        let at = |hour: i64| crate::time::UtcMillis(hour * 3_600_000);
        assert_eq!([3, 7, 17, 18].map(|hour| gate.brightness_at(at(hour), &zone)), [40, 80, 80, 40]);
    }

    #[test]
    fn an_error_names_line_value_and_way_out() {
        for (broken, line, says) in [
            (GATE.replace("320x32", "9000x32"), 3, "9000x32"),
            (GATE.replace("color: red", "color: pink"), 4, "pink"),
            (GATE.replace("motion: still", "motoin: still"), 12, "motoin"),
            (GATE.replace("07:20-18:30", "7-18"), 8, "7-18"),
            (GATE.replace("rotate: 0", "rotate: 45"), 11, "45"),
            (GATE.replace("rotate: 0", "max_pages: 0"), 11, "4 12 40"),
            (GATE.replace("bureau-gate:", "a/b:"), 1, "a/b"),
            (GATE.replace("poll: 5s", "poll: 0s"), 10, "0s"),
            (GATE.replace("poll: 5s", "module: 1x16"), 10, "1x16"),
        ] {
            let errors = read(broken.as_bytes()).unwrap_err();
            let line_given = errors[0].place.line.unwrap();
            assert!(line_given.abs_diff(line) <= 1, "{says}: line {line_given}, not {line}");
            for lang in [Lang::Zh, Lang::En] {
                assert!(errors[0].one_line(lang).contains(says), "{}", errors[0].one_line(lang));
            }
        }
    }

    #[test]
    fn protocols_and_mac_are_read_and_wrong_ones_refused() {
        let with = |more: &str| read(format!("{GATE}{more}").as_bytes());
        let screens = with("  protocol: [tronbyt, trmnl]\n  mac: aa-bb-cc-dd-ee-ff\n").unwrap();
        let controller = &screens[0].controller;
        assert!(controller.protocols.contains(crate::screen::Protocol::Trmnl));
        assert_eq!(controller.mac.unwrap().to_string(), "AA:BB:CC:DD:EE:FF");
        for (more, says) in [("  protocol: tronbite\n", "tronbite"), ("  mac: 12:34\n", "12:34")] {
            assert!(with(more).unwrap_err()[0].message(Lang::En).contains(says));
        }
        let twice = GATE.replace("bureau-gate:", "hall:") + "  mac: AABBCCDDEEFF\n";
        let errors = with(&format!("  mac: AA:BB:CC:DD:EE:FF\n{twice}")).unwrap_err();
        assert!(errors[0].message(Lang::Zh).contains("AA:BB:CC:DD:EE:FF"), "{errors:?}");
    }

    #[test]
    fn what_the_parser_says_is_told_in_the_language_of_the_person() {
        for (broken, msg, says) in [
            ("门头:\n  尺寸: 320x32\n".to_owned(), Msg::ScreensUnknownKey, "尺寸"),
            (GATE.replace("  size: 320x32            # pixels\n", ""), Msg::ScreensMissingKey, "size"),
            (GATE.replace("  color: red\n", "  color: red\n  color: red\n"), Msg::ScreensDuplicate, "color"),
            (GATE.replace("color: red", "color：red"), Msg::ScreensSyntax, ""),
            (GATE.replace("[county, bureau]", "[county"), Msg::ScreensSyntax, ""),
            (GATE.replace("80,", "300,"), Msg::ScreensSyntax, "300"),
        ] {
            let errors = read(broken.as_bytes()).unwrap_err();
            assert_eq!(errors[0].msg, msg, "{broken}: {:?}", errors[0]);
            assert!(errors[0].message(Lang::Zh).contains(says), "{}", errors[0].message(Lang::Zh));
            assert!(!errors[0].message(Lang::Zh).contains("expected"), "{}", errors[0].message(Lang::Zh));
        }
        assert_eq!(read(b"\xb5\xbd").unwrap_err()[0].msg, Msg::ScreensNotUtf8);
        let listed = GATE.replace("[county, bureau]", "county，bureau");
        assert_eq!(read(listed.as_bytes()).unwrap()[0].playlists, ["county", "bureau"]);
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (one, before) in ('b'..='z').zip('a'..) {
            bomb.push_str(&format!("{one}: &{one} [{}]\n", vec![format!("*{before}"); 9].join(",")));
        }
        assert!(read(bomb.as_bytes()).is_err());
        assert!(read(b"").is_err() && read(b"\xff\xfe").is_err() && read(b"a: 1").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..400) {
            let _ = read(&bytes);
            let mut text = GATE.as_bytes().to_vec();
            text.truncate(cut);
            text.extend(&bytes[..bytes.len().min(8)]);
            let _ = read(&text);
        }
    }
}
