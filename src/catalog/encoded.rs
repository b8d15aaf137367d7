//! The bytes of a frame in each format, made once and kept with every header value that depends on them.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::HeaderValue;
use md5::{Digest as _, Md5};

use crate::{
    digest::{Digest, hex},
    frame::{self, Format, Frame, FrameId, Variant},
};

/// The bytes of one frame in one format, with the header values that depend on nothing else.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The body.
    pub body: Bytes,
    /// `"<32 hex>"`: the first 16 bytes of the body's SHA-256.
    pub etag: HeaderValue,
    /// `sha-256=:<base64>:` (RFC 9530).
    pub content_digest: HeaderValue,
    /// The body's length.
    pub content_length: HeaderValue,
    /// The media type.
    pub content_type: HeaderValue,
    /// `Mingping-Unencodable`: how many characters the character set lacks; only where it may lack some.
    pub unencodable: Option<HeaderValue>,
    /// SHA-256 of the body, lower-case hex.
    pub sha256: Box<str>,
    /// MD5 of the body, lower-case hex.
    pub md5: Box<str>,
}

impl Encoded {
    /// Digests `body` and prepares its header values.
    pub fn new(body: Vec<u8>, content_type: &'static str) -> Self {
        let digest = Digest::of(&body);
        Self {
            etag: ascii(&format!("\"{}\"", digest.short_hex())),
            content_digest: ascii(&format!("sha-256=:{}:", base64(&digest.0))),
            content_length: HeaderValue::from(body.len()),
            content_type: HeaderValue::from_static(content_type),
            unencodable: None,
            sha256: hex(&digest.0).into(),
            md5: hex(&Md5::digest(&body)).into(),
            body: Bytes::from(body),
        }
    }
}

/// A header value of text that is known to be visible ASCII.
pub(super) fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Base64 with padding (RFC 4648 §4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits =
            three.iter().enumerate().fold(0u32, |bits, (n, byte)| bits | u32::from(*byte) << (16 - 8 * n));
        for n in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * n) & 63) as usize] as char;
            out.push(if n <= three.len() { letter } else { '=' });
        }
    }
    out
}

/// Most variants of one frame that are kept: all depths and directions of a BMP, and raw formats as the wires of
/// several screens want them. What goes beyond is made for each asker.
const MAX_VARIANTS: usize = 32;

/// The bytes of one variant, by its key.
type Slot = OnceLock<(u32, Option<Arc<Encoded>>)>;

/// One frame on the stage; formats are encoded when first needed and once only.
#[derive(Debug)]
pub struct StagedFrame {
    frame: Arc<Frame>,
    plain: [OnceLock<Option<Arc<Encoded>>>; Format::ALL.len()],
    /// Filled from the front, never emptied: a reader goes along until it finds its key or a free slot.
    variants: OnceLock<Box<[Slot; MAX_VARIANTS]>>,
}

impl StagedFrame {
    /// A frame with nothing encoded yet.
    pub fn new(frame: Arc<Frame>) -> Self {
        Self { frame, plain: Default::default(), variants: OnceLock::new() }
    }

    /// Its pixels.
    pub fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    /// Its name.
    pub fn id(&self) -> FrameId {
        self.frame.id()
    }

    /// The bytes, if they are there already; no lock, no work.
    pub fn get(&self, variant: impl Into<Variant>) -> Option<&Arc<Encoded>> {
        let variant = variant.into();
        if variant.is_plain() {
            return self.plain[variant.format() as usize].get()?.as_ref();
        }
        let key = variant.key();
        let made = self.variants.get()?.iter().map_while(OnceLock::get);
        made.into_iter().find(|(of, _)| *of == key)?.1.as_ref()
    }

    /// The bytes; made now if need be, once however many ask (they wait for the one that works). `None` if
    /// the scheme cannot be had so. Never call it on the runtime's threads.
    pub fn encode(&self, variant: impl Into<Variant>) -> Option<Arc<Encoded>> {
        let variant = variant.into();
        let make = || {
            let body = frame::encode(&self.frame, variant)?;
            let unencodable = frame::unencodable(&self.frame, variant.format()).map(HeaderValue::from);
            Some(Arc::new(Encoded { unencodable, ..Encoded::new(body, variant.content_type()) }))
        };
        if variant.is_plain() {
            return self.plain[variant.format() as usize].get_or_init(make).clone();
        }
        let key = variant.key();
        let slots = self.variants.get_or_init(|| Box::new(std::array::from_fn(|_| OnceLock::new())));
        for slot in slots.iter() {
            let (of, encoded) = slot.get_or_init(|| (key, make()));
            if *of == key {
                return encoded.clone();
            }
        }
        make()
    }

    /// Bytes held: pixels and what is encoded so far. For bounding caches.
    pub fn held_bytes(&self) -> usize {
        let plain = self.plain.iter().filter_map(OnceLock::get).flatten();
        let slots = self.variants.get().into_iter().flat_map(|slots| slots.iter());
        let variants = slots.filter_map(OnceLock::get).filter_map(|(_, encoded)| encoded.as_ref());
        let encoded: usize = plain.chain(variants).map(|encoded| encoded.body.len()).sum();
        self.frame.raster().bytes().len() + encoded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        color::ColorScheme,
        geometry::{Rotation, Size},
        render::Raster,
    };

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn digests_are_those_of_the_body() {
        let encoded = Encoded::new(b"hello".to_vec(), "text/plain");
        assert_eq!(encoded.etag, "\"2cf24dba5fb0a30e26e83b2ac5b9e29e\"");
        assert_eq!(encoded.content_digest, "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");
        assert_eq!(&*encoded.md5, "5d41402abc4b2a76b9719d911017c592");
        assert_eq!(encoded.content_length, "5");
    }

    #[test]
    fn a_format_is_encoded_once_and_only_where_the_scheme_has_it() {
        let raster = Raster::dark(ColorScheme::Red, Size::new(8, 8));
        let staged = StagedFrame::new(Arc::new(Frame::new(&raster, Rotation::R0, vec![])));
        assert!(staged.get(Format::Bmp).is_none(), "nothing is made before it is asked for");
        let first = staged.encode(Format::Bmp).unwrap();
        assert!(Arc::ptr_eq(&first, &staged.encode(Format::Bmp).unwrap()));
        assert!(Arc::ptr_eq(&first, staged.get(Format::Bmp).unwrap()));
        assert!(staged.encode(Format::RawRg).is_none());
        assert_eq!(staged.held_bytes(), 64 + first.body.len());
    }

    #[test]
    fn each_variant_has_its_own_bytes_and_tag_and_is_made_once() {
        use crate::screen::Wiring;
        let mut raster = Raster::dark(ColorScheme::Red, Size::new(8, 9));
        raster.row_mut(0)[0] = 1;
        let staged = StagedFrame::new(Arc::new(Frame::new(&raster, Rotation::R0, vec![])));
        let mut all: Vec<Variant> = Variant::of_screen(ColorScheme::Red, Wiring::default()).collect();
        for format in [Format::Raw1, Format::Raw888] {
            all.extend(Wiring::all().map(|wiring| Variant::wired(format, wiring)));
        }
        let mut held = 72;
        let mut kept = Vec::new();
        for variant in all {
            let known = staged.get(variant).is_some();
            let made = staged.encode(variant).unwrap();
            let body = frame::encode(&frame(&raster), variant).unwrap();
            assert_eq!(made.body, body, "{variant:?}");
            assert_eq!(made.etag, format!("\"{}\"", Digest::of(&body).short_hex()));
            if let (false, Some(found)) = (known, staged.get(variant)) {
                assert!(Arc::ptr_eq(found, &made));
                held += body.len();
                kept.push(variant);
            }
        }
        assert_eq!(staged.held_bytes(), held);
        let shaped = kept.iter().filter(|variant| !variant.is_plain()).count();
        assert_eq!(shaped, MAX_VARIANTS, "what goes beyond is right, but it is not kept");
    }

    fn frame(raster: &Raster) -> Frame {
        Frame::new(raster, Rotation::R0, vec![])
    }
}
