//! What the tests of this room share: the project's own fonts, loaded once.

use std::sync::LazyLock;

use super::Fonts;

/// The fonts of the folder `fonts/`.
pub(super) fn fonts() -> &'static Fonts {
    static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts");
        let files = std::fs::read_dir(dir).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())
        });
        let (fonts, broken) = Fonts::load(files.collect());
        assert!(broken.is_empty(), "{broken:?}");
        fonts
    });
    &FONTS
}
