//! The player page of a screen: nothing but its dots. What plays is `assets/player.js`; without scripts it is
//! a picture that comes anew.

use super::{assets::Asset, html::Html, language::Choice, shell::path, words::Word};
use crate::screen::Screen;

/// Draws it.
pub fn page(screen: &Screen, choice: Choice) -> String {
    let size = screen.profile.face;
    let (width, height) = (size.width.to_string(), size.height.to_string());
    let of = |file: &str| path(&["screens", screen.id.as_str(), file]);
    let mut h = Html::new();
    h.raw("<!doctype html>\n<html")
        .attr("lang", choice.lang.tag())
        .raw("><head><meta charset=\"utf-8\"><title>");
    h.text(&screen.name).text(" · ").text(Word::Brand.of(choice.lang)).raw("</title>\n");
    h.raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">");
    h.raw("<link rel=\"icon\" type=\"image/svg+xml\"").attr("href", &Asset::ICON.url());
    h.raw("><link rel=\"stylesheet\"").attr("href", &Asset::PLAYER_STYLE.url());
    h.raw("><noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n<script defer");
    h.attr("src", &Asset::PLAYER.url()).raw("></script></head>\n<body");
    h.attr("data-screen", screen.id.as_str());
    h.attr("data-manifest", &(of("manifest.json") + "?ext=png")).attr("data-frame", &of("frame.png"));
    h.attr("data-worker", &Asset::WORKER.url()).raw("><canvas role=\"img\"");
    h.attr("aria-label", &screen.name).attr("width", &width).attr("height", &height);
    h.raw("></canvas><noscript><img").attr("src", &of("frame.png")).attr("alt", &screen.name);
    h.attr("width", &width).attr("height", &height).raw("></noscript></body></html>\n");
    h.finish()
}
