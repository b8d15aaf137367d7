//! Style sheet, script and icon: part of the program, so that the pages work offline and without a build.
//! The address carries the digest of the content and may therefore be kept for ever.

use std::sync::OnceLock;

use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, StatusCode, header};

use crate::digest::Digest;

/// One file that pages refer to.
#[derive(Debug)]
pub struct Asset {
    stem: &'static str,
    ext: &'static str,
    content_type: &'static str,
    body: &'static str,
    digest: OnceLock<String>,
}

impl Asset {
    /// The style sheet of all pages.
    pub const STYLE: &Self = &ASSETS[0];
    /// The script of all pages.
    pub const SCRIPT: &Self = &ASSETS[1];
    /// The icon.
    pub const ICON: &Self = &ASSETS[2];
    /// The style sheet of the player page.
    pub const PLAYER_STYLE: &Self = &ASSETS[3];
    /// The player.
    pub const PLAYER: &Self = &ASSETS[4];
    /// The service worker that keeps the player page for the next start.
    pub const WORKER: &Self = &ASSETS[5];
}

static ASSETS: [Asset; 6] = [
    asset("style", "css", "text/css; charset=utf-8", include_str!("assets/style.css")),
    asset("live", "js", "text/javascript; charset=utf-8", include_str!("assets/live.js")),
    asset("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")),
    asset("player", "css", "text/css; charset=utf-8", include_str!("assets/player.css")),
    asset("player", "js", "text/javascript; charset=utf-8", include_str!("assets/player.js")),
    asset("worker", "js", "text/javascript; charset=utf-8", include_str!("assets/worker.js")),
];

const fn asset(
    stem: &'static str,
    ext: &'static str,
    content_type: &'static str,
    body: &'static str,
) -> Asset {
    Asset { stem, ext, content_type, body, digest: OnceLock::new() }
}

impl Asset {
    fn digest(&self) -> &str {
        self.digest.get_or_init(|| Digest::of(self.body.as_bytes()).short_hex())
    }

    /// Its address: `/assets/style.<digest>.css`.
    pub fn url(&self) -> String {
        format!("/assets/{}.{}.{}", self.stem, self.digest(), self.ext)
    }
}

/// `GET /assets/{name}`. A page of an older version may ask for an older digest: it gets what there is
/// now, not to be kept.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let mut parts = name.split('.');
    let (stem, digest, ext) = (parts.next(), parts.next(), parts.next());
    let found = ASSETS.iter().find(|asset| Some(asset.stem) == stem && Some(asset.ext) == ext);
    let (Some(asset), None) = (found, parts.next()) else { return StatusCode::NOT_FOUND.into_response() };
    let cache =
        if digest == Some(asset.digest()) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let etag = format!("\"{}\"", asset.digest());
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let matches =
        known.flat_map(|list| list.split(',')).map(str::trim).any(|tag| tag.trim_start_matches("W/") == etag);
    let (status, body) = if matches {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        (StatusCode::OK, Body::from(asset.body))
    };
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, cache),
        (header::ETAG, &*etag),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The worker serves the player pages, which lie elsewhere.
        (HeaderName::from_static("service-worker-allowed"), "/screens/"),
    ];
    (status, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_assets_together_stay_small() {
        let bytes = |assets: &[Asset]| assets.iter().map(|asset| asset.body.len()).sum::<usize>();
        let (pages, player) = ASSETS.split_at(3);
        assert!(bytes(pages) < 40_000 && bytes(player) < 20_000);
    }

    #[test]
    fn scripts_are_es2017_without_anything_that_the_policy_forbids() {
        // A parser looks more closely in tests/browser.py.
        for asset in ASSETS.iter().filter(|asset| asset.ext == "js") {
            for newer in ["?.", "??", "eval(", "new Function", "import ", "innerHTML", "document.write"] {
                assert!(!asset.body.contains(newer), "{}: {newer}", asset.stem);
            }
        }
    }

    #[tokio::test]
    async fn an_address_with_the_digest_is_kept_for_ever_and_any_other_is_asked_again() {
        let name = Asset::STYLE.url().trim_start_matches("/assets/").to_owned();
        let answer = serve(Path(name), HeaderMap::new()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let etag = answer.headers()[header::ETAG].clone();

        let old = serve(Path("style.0123.css".into()), HeaderMap::new()).await;
        assert_eq!(old.headers()[header::CACHE_CONTROL], "no-cache");

        let again = HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]);
        assert_eq!(serve(Path("style.x.css".into()), again).await.status(), StatusCode::NOT_MODIFIED);
        for wrong in ["style", "style.css", "../style.x.css", "style.x.css.y", "live.x.css"] {
            assert_eq!(
                serve(Path(wrong.into()), HeaderMap::new()).await.status(),
                StatusCode::NOT_FOUND,
                "{wrong}"
            );
        }
    }
}
