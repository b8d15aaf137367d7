//! A screen's page: its live dots, its loop, its facts, and how a controller is connected.

use super::{
    contact,
    dashboard::{face, state},
    language::Choice,
    shell::{Page, path},
    times,
    view::{Air, LoopPage, Preview},
    words::{self, Word},
};
use crate::{
    frame::{ClipFormat, Format},
    screen::{Protocol, Screen},
};

/// Draws it.
pub fn page(view: &Preview, choice: Choice) -> String {
    let screen = &view.screen;
    let mut page = Page::begin(choice, &view.site, Some(&screen.name));
    let p = &mut page;
    p.h.raw("<p class=\"back\"><a");
    p.href(&[]).h.raw(">← ");
    p.word(Word::AllScreens).h.raw("</a></p><div id=\"title\" data-live><h1>").name(&screen.name);
    let (class, word) = state(&view.air);
    p.h.raw(" <span").attr("class", class).raw(">");
    p.word(word).h.raw("</span></h1>");
    if let Some(fault) = &view.clock_fault {
        p.h.raw("<p class=\"note bad\" role=\"alert\">");
        p.diagnostic(fault);
        p.h.raw("</p>");
    }
    let explain = match view.air {
        Air::Loop { .. } => None,
        Air::Test { pattern, until } => {
            let until = times::clock(until, p.site.now, &p.site.zone);
            p.h.raw("<p class=\"explain\">");
            p.fill(Word::ExplainTest, &[pattern.name(), &until]).h.raw("</p>");
            None
        }
        Air::Idle => Some(Word::ExplainIdle),
        Air::Dark => Some(Word::ExplainDark),
        Air::Untrusted => Some(Word::ExplainUntrusted),
        Air::Locked => Some(Word::ExplainLocked),
    };
    if let Some(explain) = explain {
        p.h.raw("<p class=\"explain\">");
        p.word(explain).h.raw("</p>");
    }
    p.h.raw("</div>\n");
    if view.air != Air::Locked {
        p.h.raw("<div class=\"stage\"><div class=\"face\">");
        face(p, screen, &view.air, true);
        p.h.raw("</div><button type=\"button\" id=\"zoom\" aria-pressed=\"false\" hidden>");
        p.word(Word::Zoom).h.raw("</button></div>\n");
        if screen.profile.clip.is_some() {
            clip(p, screen);
        }
    }
    p.h.raw("<div class=\"columns\"><div id=\"loop\" data-live>");
    draw_loop(p, view);
    p.h.raw("</div><div>");
    contact::section(p, &view.contact);
    facts(p, view);
    controller(p, view);
    p.h.raw("</div></div>\n");
    page.finish()
}

/// What a controller that plays clips shows. The script exchanges it when another one begins.
fn clip(p: &mut Page<'_>, screen: &Screen) {
    let size = screen.profile.face;
    let file = path(&["screens", screen.id.as_str(), "clip.webp"]);
    p.h.raw("<figure class=\"clip\"><figcaption>");
    p.word(Word::Clip).h.raw("</figcaption><img").attr("src", &file).attr("data-clip", &file);
    p.h.attr("width", &size.width.to_string()).attr("height", &size.height.to_string());
    p.h.attr("alt", &format!("{}: {}", screen.name, Word::Clip.of(p.lang))).raw("></figure>\n");
}

fn draw_loop(p: &mut Page<'_>, view: &Preview) {
    let Air::Loop { anchor, cycle_ms, pages, until, .. } = &view.air else { return };
    let now = view.site.now;
    p.h.raw("<section class=\"list\"><h2>");
    p.word(Word::Loop).h.raw("</h2><p class=\"lead\">");
    let span = times::span(*cycle_ms, p.lang);
    p.fill(Word::LoopText, &[&pages.to_string(), &span]);
    // The programme looks some days ahead; an edge beyond tomorrow tells nobody anything.
    let change = times::clock(*until, now, &p.site.zone);
    if until.since(now) < crate::time::DAY_MS {
        p.h.text(" ");
        p.fill(Word::ScheduledChange, &[&change]);
    }
    let manifest = path(&["screens", view.screen.id.as_str(), "manifest.json"]) + "?ext=png&preview";
    p.h.raw("</p><ol class=\"pages\"").attr("data-manifest", &manifest);
    p.h.attr("data-generation", &view.generation.to_string()).attr("data-cycle", &cycle_ms.to_string());
    p.h.attr("data-phase", &now.since(*anchor).rem_euclid((*cycle_ms).max(1)).to_string());
    p.h.raw(">\n");
    for item in &view.pages {
        draw_page(p, item, now, &change);
    }
    p.h.raw("</ol></section>");
}

fn draw_page(p: &mut Page<'_>, item: &LoopPage, now: crate::time::UtcMillis, change: &str) {
    p.h.raw("<li").attr("data-start", &item.start_ms.to_string()).attr("data-end", &item.end_ms.to_string());
    if item.now {
        p.h.raw(" aria-current=\"true\"");
    }
    p.h.raw("><div class=\"page-head\"><span class=\"title\">").name(&item.title).raw("</span> ");
    if item.of > 1 {
        p.h.raw("<span class=\"number\">");
        p.fill(Word::PageOf, &[&item.number.to_string(), &item.of.to_string()]).h.raw("</span>");
    }
    p.h.raw("</div>");
    if !item.lines.is_empty() {
        p.h.raw("<p class=\"lines\">");
        for (n, line) in item.lines.iter().enumerate() {
            if n > 0 {
                p.h.raw("<br>");
            }
            p.h.text(line);
        }
        p.h.raw("</p>");
    }
    p.h.raw("<p class=\"when\"><b class=\"now\">");
    p.word(Word::Now).h.raw("</b> <span>");
    let dwell = times::span(item.end_ms - item.start_ms, p.lang);
    p.fill(Word::Dwell, &[&dwell]).h.raw("</span> ");
    match item.next {
        Some(next) => {
            let next = times::clock(next, now, &p.site.zone);
            p.h.raw("<span>");
            p.fill(Word::NextAt, &[&next]).h.raw("</span> ");
        }
        // The style hides it while the script has this page on show.
        None if !item.now => {
            p.h.raw("<span class=\"after\">");
            p.fill(Word::AfterChange, &[change]).h.raw("</span> ");
        }
        None => {}
    }
    p.h.raw("<code class=\"file\">").name(&item.id.to_string()).raw("</code></p></li>\n");
}

fn facts(p: &mut Page<'_>, view: &Preview) {
    let (screen, lang) = (&view.screen, p.lang);
    let profile = screen.profile;
    let (w, h) = (profile.face.width.to_string(), profile.face.height.to_string());
    let mut rows = vec![
        (Word::FactId, screen.id.to_string()),
        (Word::FactSize, Word::FactSizeText.fill(lang, &[&w, &h])),
        (Word::FactScheme, words::scheme(profile.scheme, lang).to_owned()),
        (Word::FactMinimum, Word::FactMinimumText.fill(lang, &[&profile.min_px.to_string()])),
        (Word::FactHours, times::hours(&screen.hours, lang)),
        (Word::FactBrightness, format!("{}%", view.brightness)),
        (Word::FactPlaylists, screen.playlists.join(", ")),
        (Word::FactPoll, Word::FactPollText.fill(lang, &[&times::span(i64::from(screen.poll_ms), lang)])),
        (Word::FactIdle, screen.idle.clone().unwrap_or_else(|| Word::None.of(lang).to_owned())),
    ];
    if let Some(turned) = words::rotation(profile.rotation, lang) {
        rows.insert(3, (Word::FactRotation, turned));
    }
    p.h.raw("<section class=\"list\" id=\"facts\" data-live><h2>");
    p.word(Word::Facts).h.raw("</h2><dl class=\"facts-list\">");
    for (word, value) in rows {
        p.h.raw("<div><dt>");
        p.word(word).h.raw("</dt><dd>").name(&value).raw("</dd></div>");
    }
    p.h.raw("</dl></section>\n");
}

fn controller(p: &mut Page<'_>, view: &Preview) {
    let screen = &view.screen;
    let bmp = path(&["screens", screen.id.as_str(), "frame.bmp"]);
    p.h.raw("<section class=\"list\"><h2>");
    p.word(Word::Controller).h.raw("</h2><p class=\"lead\">");
    let base = &view.site.base;
    if view.air == Air::Locked {
        p.fill(Word::ControllerLocked, &[screen.id.as_str()]).h.raw("</p><pre><code>");
        p.h.text(base).text(&bmp).raw("</code></pre><p class=\"lead\">");
        p.word(Word::TryIt)
            .h
            .raw("</p><pre><code>")
            .text("curl -s -H 'Authorization: Bearer TOKEN' -o frame.bmp '");
        p.h.text(base).text(&bmp).text("'").raw("</code></pre></section>\n");
        return;
    }
    p.word(Word::ControllerText).h.raw("</p>");
    p.h.raw("<pre><code>").text(base).text(&bmp).raw("</code></pre>");
    let protocols = screen.controller.protocols;
    if protocols.contains(Protocol::Tronbyt) {
        p.h.raw("<p class=\"lead\">");
        p.word(Word::ControllerTronbyt).h.raw("</p><pre><code>").text(base);
        p.h.text(&path(&[screen.id.as_str(), "next"])).raw("</code></pre>");
    }
    if protocols.contains(Protocol::Trmnl) {
        p.h.raw("<p class=\"lead\">");
        p.word(Word::ControllerTrmnl).h.raw("</p><pre><code>").text(base).raw("</code></pre>");
    }
    p.h.raw("<p class=\"lead\">");
    p.word(Word::TryIt).h.raw("</p><pre><code>").text("curl -s -D - -o frame.bmp '").text(base).text(&bmp);
    p.h.text("'").raw("</code></pre><p class=\"lead\">");
    p.word(Word::LongPoll)
        .h
        .raw("</p><pre><code>")
        .text("curl -s -o frame.bmp -H 'If-None-Match: \"ETAG\"' '");
    p.h.text(base).text(&bmp).text("?wait=30'").raw("</code></pre><p class=\"lead\">");
    p.word(Word::Formats).h.raw("</p><ul class=\"formats\">");
    for format in Format::ALL.into_iter().filter(|format| format.suits(screen.profile.scheme)) {
        let file = format!("frame.{}", format.ext());
        p.h.raw("<li><a").attr("href", &path(&["screens", screen.id.as_str(), &file])).raw(">");
        p.h.text(format.ext()).raw("</a></li>");
    }
    p.h.raw("</ul>");
    if screen.profile.clip.is_some() {
        p.h.raw("<p class=\"lead\">");
        p.word(Word::Clips).h.raw("</p><ul class=\"formats\">");
        for format in ClipFormat::ALL {
            let file = format!("clip.{}", format.ext());
            p.h.raw("<li><a").attr("href", &path(&["screens", screen.id.as_str(), &file])).raw(">");
            p.h.text(&file).raw("</a></li>");
        }
        p.h.raw("</ul>");
    }
    p.h.raw("<p class=\"lead\"><a").attr("href", &path(&["screens", screen.id.as_str(), "player"])).raw(">");
    p.word(Word::Player).h.raw("</a></p><p class=\"lead\"><a");
    p.href(&["screens", screen.id.as_str(), "test"]).h.raw(">");
    p.word(Word::TestPatterns).h.raw("</a></p></section>\n");
}
