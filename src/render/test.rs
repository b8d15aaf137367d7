//! What the tests of this room share: the project's own fonts, loaded once.

use std::sync::LazyLock;

use super::Fonts;

/// The fonts of the folder `fonts/`.
pub(super) fn fonts() -> &'static Fonts {
    static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
        let files = [
            ("8x16.pcf.gz", &include_bytes!("../../fonts/8x16.pcf.gz")[..]),
            ("12x24.pcf.gz", include_bytes!("../../fonts/12x24.pcf.gz")),
            ("gb16fs.pcf.gz", include_bytes!("../../fonts/gb16fs.pcf.gz")),
            ("gb16st-bold.pcf.gz", include_bytes!("../../fonts/gb16st-bold.pcf.gz")),
            ("mingping-bold16.bdf.gz", include_bytes!("../../fonts/mingping-bold16.bdf.gz")),
            ("gb24st.pcf.gz", include_bytes!("../../fonts/gb24st.pcf.gz")),
            ("mingping16.bdf.gz", include_bytes!("../../fonts/mingping16.bdf.gz")),
            ("mingping24.bdf.gz", include_bytes!("../../fonts/mingping24.bdf.gz")),
            ("mingping-sans.otf", include_bytes!("../../fonts/mingping-sans.otf")),
        ];
        let (fonts, broken) =
            Fonts::load(files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into());
        assert!(broken.is_empty(), "{broken:?}");
        fonts
    });
    &FONTS
}
