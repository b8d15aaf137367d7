//! The fuzz targets' seeds, and whatever a target once fell over, go through the same functions as in
//! `fuzz/`: they must neither panic nor rot.

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::{fs, path::Path};

/// A target's name and what it does.
type Target = (&'static str, fn(&[u8]));

/// All of them.
const TARGETS: [Target; 9] = [
    ("header", targets::header),
    ("charset", targets::charset),
    ("notice", targets::notice),
    ("bdf", targets::bdf),
    ("pcf", targets::pcf),
    ("outline", targets::outline),
    ("picture", targets::picture),
    ("docx", targets::docx),
    ("xlsx", targets::xlsx),
];

#[test]
fn every_seed_passes_through_its_target() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for (name, target) in TARGETS {
        let mut seeds = 0;
        for entry in fs::read_dir(fuzz.join("corpus").join(name)).unwrap() {
            target(&fs::read(entry.unwrap().path()).unwrap());
            seeds += 1;
        }
        assert!(seeds > 0, "{name} has no seed");
    }
}

/// Rounds of changes to each seed: enough to notice a target that falls over at once, not to fuzz.
const ROUNDS: u64 = 4;

#[test]
fn seeds_with_a_few_bytes_changed_pass_too() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut state = 1u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    for (name, target) in TARGETS {
        let mut files: Vec<_> = fs::read_dir(fuzz.join("corpus").join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            let seed = fs::read(file).unwrap();
            for _ in 0..ROUNDS {
                let mut bytes = seed.clone();
                for _ in 0..=random(4) {
                    let at = random(bytes.len());
                    match random(4) {
                        0 => bytes[at] ^= 1 << random(8),
                        1 => bytes[at] = [0, 1, 0x7F, 0x80, 0xFF][random(5)],
                        2 => bytes.truncate(at.max(1)),
                        _ => {
                            let part = bytes[at..(at + 16).min(bytes.len())].to_vec();
                            bytes.splice(at..at, part);
                        }
                    }
                }
                target(&bytes);
            }
        }
    }
}

#[test]
fn every_target_is_listed_everywhere() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    let readme = fs::read_to_string(fuzz.join("README.md")).unwrap();
    let mut files: Vec<String> = fs::read_dir(fuzz.join("fuzz_targets"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(files, names);
    for name in names {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")) && readme.contains(&format!("`{name}`")),
            "{name}"
        );
        let code = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(code.contains(&format!("mingping_fuzz::{name}(data)")), "{name}");
    }
}

#[test]
fn short_and_broken_inputs_pass_too() {
    for (_, target) in TARGETS {
        target(b"");
        target(b"\0");
        target(&[0xFF; 64]);
    }
}
