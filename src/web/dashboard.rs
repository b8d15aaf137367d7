//! The dashboard: the screens with their live pictures, what is on air, and what needs attention.

use super::{
    contact,
    language::Choice,
    shell::Page,
    times,
    view::{Air, Card, Dashboard, Mood, OffAirNotice, OnAirNotice, Trouble, attention::Listing},
    words::{self, Word},
};
use crate::{
    diagnostic::{Diagnostic, Severity},
    notice::NoticeId,
    screen::Screen,
    time::Priority,
};

/// Titles shown before the rest is folded away.
const TITLES: usize = 4;
/// Titles listed at all on the dashboard; the screen's page has the rest.
const MOST_TITLES: usize = 60;

/// Draws it.
pub fn page(view: &Dashboard, choice: Choice) -> String {
    let mut page = Page::begin(choice, &view.site, None);
    let p = &mut page;
    faults(p, view);
    summary(p, view);
    p.h.raw("<section aria-labelledby=\"h-screens\"><h2 id=\"h-screens\">");
    p.word(Word::Screens).h.raw("</h2>\n");
    if view.screens.is_empty() {
        p.h.raw("<p class=\"empty\">");
        p.word(Word::NoScreens).h.raw("</p>");
    }
    p.h.raw("<div class=\"screens\">\n");
    for card in &view.screens {
        draw_card(p, card);
    }
    p.h.raw("</div></section>\n");
    attention(p, view);
    page.finish()
}

fn faults(p: &mut Page<'_>, view: &Dashboard) {
    p.h.raw("<div id=\"faults\" data-live>");
    if !view.ready {
        p.h.raw("<p class=\"note bad\" role=\"alert\">");
        p.word(Word::NotReady).h.raw("</p>");
    }
    let (bad, mild): (Vec<_>, Vec<_>) = view.faults.iter().partition(|f| f.severity > Severity::Warning);
    for (list, class) in [(bad, "note bad"), (mild, "note warn")] {
        if list.is_empty() {
            continue;
        }
        p.h.raw("<section").attr("class", class).raw("><h2>");
        p.word(if class == "note bad" { Word::Faults } else { Word::Warnings })
            .h
            .raw("</h2><ul class=\"reasons\">");
        for fault in list.into_iter().take(50) {
            p.h.raw("<li>");
            p.diagnostic(fault);
            p.h.raw("</li>");
        }
        p.h.raw("</ul></section>");
    }
    if view.site.loopback_only {
        p.h.raw("<p class=\"note info\">");
        p.word(Word::LoopbackOnly).h.raw("</p>");
    }
    p.h.raw("</div>\n");
}

fn summary(p: &mut Page<'_>, view: &Dashboard) {
    let a = &view.attention;
    let coming: usize = a.coming.iter().map(|c| c.count).sum();
    let lost =
        view.screens.iter().filter(|card| matches!(card.contact.mood, Mood::Silent | Mood::Stale)).count();
    let numbers = [
        (view.screens.len(), Word::SumScreens, "#h-screens", ""),
        (view.on_air, Word::SumOnAir, "#h-screens", "ok"),
        (lost, Word::SumSilent, "#h-screens", "bad"),
        (a.refused.total, Word::SumRefused, "#refused", "bad"),
        (a.nowhere.total + coming, Word::SumNowhere, "#nowhere", "quiet"),
        (a.warnings.total + a.partly.total, Word::SumWarnings, "#warnings", "warn"),
    ];
    p.h.raw("<ul id=\"summary\" class=\"summary\" data-live")
        .attr("aria-label", Word::Summary.of(p.lang))
        .raw(">");
    for (count, word, href, class) in numbers {
        p.h.raw("<li")
            .attr("class", if count == 0 { "zero" } else { class })
            .raw("><a")
            .attr("href", href)
            .raw("><b>");
        p.h.text(&count.to_string()).raw("</b> ");
        p.word(word).h.raw("</a></li>");
    }
    p.h.raw("</ul>\n");
}

/// State of a screen: CSS class and word.
pub fn state(air: &Air) -> (&'static str, Word) {
    match air {
        Air::Loop { notices, .. } if notices.iter().any(|n| n.priority == Priority::Emergency) => {
            ("badge alarm", Word::StateEmergency)
        }
        Air::Loop { .. } => ("badge on", Word::StateOnAir),
        Air::Idle => ("badge idle", Word::StateIdle),
        Air::Dark => ("badge dark", Word::StateDark),
        Air::Untrusted => ("badge alarm", Word::StateUntrusted),
        Air::Test { .. } => ("badge alarm", Word::StateTest),
        Air::Locked => ("badge idle", Word::StateLocked),
    }
}

/// The picture of a screen: a plain image that the script turns into live dots. `raw` tells it to fetch
/// the very bytes that a controller gets.
pub fn face(p: &mut Page<'_>, screen: &Screen, air: &Air, raw: bool) {
    if *air == Air::Locked {
        return;
    }
    let size = screen.profile.face;
    let alt = match air {
        Air::Loop { notices, .. } => {
            notices.iter().take(TITLES).map(|n| n.title.as_str()).collect::<Vec<_>>().join("；")
        }
        other => state(other).1.of(p.lang).to_owned(),
    };
    // `preview`: it is not the controller who asks.
    let file = super::shell::path(&["screens", screen.id.as_str(), "frame.png"]) + "?preview";
    p.h.raw("<img data-led").attr("src", &file);
    if raw {
        let raw = super::shell::path(&["screens", screen.id.as_str(), "frame.raw.888"]) + "?preview";
        p.h.attr("data-raw", &raw);
    }
    p.h.attr("width", &size.width.to_string()).attr("height", &size.height.to_string());
    p.h.attr("alt", &format!("{}: {}: {alt}", screen.name, Word::Live.of(p.lang))).raw(">");
}

fn draw_card(p: &mut Page<'_>, card: &Card) {
    let screen = &card.screen;
    let size = screen.profile.face;
    let wide = size.width >= size.height * 4;
    p.h.raw("<article").attr("class", if wide { "card wide" } else { "card" });
    p.h.attr("data-screen", screen.id.as_str()).raw(">");
    if card.air != Air::Locked {
        p.h.raw("<a class=\"face\" tabindex=\"-1\" aria-hidden=\"true\"");
        p.href(&["screens", screen.id.as_str()]).h.raw(">");
        face(p, screen, &card.air, false);
        p.h.raw("</a>");
    }
    p.h.raw("<div class=\"about\" data-live").attr("id", &format!("about-{}", screen.id)).raw("><h3><a");
    p.href(&["screens", screen.id.as_str()]).h.raw(">").name(&screen.name).raw("</a>");
    let (class, word) = state(&card.air);
    p.h.raw(" <span").attr("class", class).raw(">");
    p.word(word).h.raw("</span></h3><p class=\"facts\">").text(&size.width.to_string()).raw(" × ");
    p.h.text(&size.height.to_string()).raw(" · ").text(words::scheme(screen.profile.scheme, p.lang));
    if let Some(turned) = words::rotation(screen.profile.rotation, p.lang) {
        p.h.raw(" · ").text(&turned);
    }
    on_air(p, &card.air);
    contact::line(p, &card.contact);
    p.h.raw("</div></article>\n");
}

/// The rest of the facts line and the titles, or why there are none.
fn on_air(p: &mut Page<'_>, air: &Air) {
    let explain = match air {
        Air::Loop { notices, cycle_ms, pages, .. } => {
            let span = times::span(*cycle_ms, p.lang);
            p.h.raw(" · ");
            p.fill(Word::NoticesPages, &[&notices.len().to_string(), &pages.to_string()])
                .h
                .raw(" · <span class=\"round\">");
            p.fill(Word::OneRound, &[&span]).h.raw("</span></p>");
            return titles(p, notices);
        }
        Air::Idle => Word::ExplainIdle,
        Air::Dark => Word::ExplainDark,
        Air::Untrusted => Word::ExplainUntrusted,
        Air::Locked => Word::ExplainLocked,
        Air::Test { pattern, until } => {
            p.h.raw("</p><p class=\"explain\">");
            let until = times::clock(*until, p.site.now, &p.site.zone);
            p.fill(Word::ExplainTest, &[pattern.name(), &until]).h.raw("</p>");
            return;
        }
    };
    p.h.raw("</p><p class=\"explain\">");
    p.word(explain).h.raw("</p>");
}

fn titles(p: &mut Page<'_>, notices: &[OnAirNotice]) {
    // To fold a single title away would save nothing.
    let shown = if notices.len() == TITLES + 1 { TITLES + 1 } else { TITLES };
    let (first, rest) = notices.split_at(notices.len().min(shown));
    title_list(p, first);
    if !rest.is_empty() {
        p.h.raw("<details><summary>");
        p.fill(Word::MoreTitles, &[&rest.len().to_string()]).h.raw("</summary>");
        title_list(p, &rest[..rest.len().min(MOST_TITLES)]);
        p.h.raw("</details>");
    }
}

fn title_list(p: &mut Page<'_>, notices: &[OnAirNotice]) {
    p.h.raw("<ul class=\"titles\">");
    for notice in notices {
        p.h.raw("<li><span class=\"title\">").name(&notice.title).raw("</span>");
        priority(p, notice.priority);
        p.h.raw(" <span class=\"until\">");
        let end = notice.until.display_end(&p.site.zone);
        p.fill(Word::HoldsUntil, &[&end]).h.raw("</span></li>");
    }
    p.h.raw("</ul>");
}

/// A mark for what is not of normal priority.
pub fn priority(p: &mut Page<'_>, priority: Priority) {
    let (class, word) = match priority {
        Priority::Normal => return,
        Priority::High => ("mark high", Word::High),
        Priority::Emergency => ("mark alarm", Word::Emergency),
    };
    p.h.raw(" <span").attr("class", class).raw(">");
    p.word(word).h.raw("</span>");
}

fn attention(p: &mut Page<'_>, view: &Dashboard) {
    let a = &view.attention;
    p.h.raw("<div id=\"attention\" data-live>");
    let quiet = [
        a.refused.total,
        a.partly.total,
        a.nowhere.total,
        a.warnings.total,
        a.incomplete.total,
        a.coming.len(),
    ];
    let here = view.screens.iter().all(|card| matches!(card.contact.mood, Mood::Never | Mood::Fine));
    if quiet.iter().all(|n| *n == 0) && view.faults.is_empty() && here {
        p.h.raw("<p class=\"note ok\">");
        p.word(Word::AllWell).h.raw("</p>");
    }
    troubles(p, "refused", "bad", [Word::Refused, Word::RefusedText], &a.refused);
    section(p, "partly", "warn", [Word::Partly, Word::PartlyText], &a.partly, |p, row| {
        file(p, &row.id);
        p.h.raw(" <span class=\"on-screen\">");
        p.fill(Word::OnScreen, &[&row.screen]).h.raw("</span>");
        reasons(p, &row.id, &row.reasons);
    });
    if a.nowhere.total + a.coming.len() > 0 {
        begin(p, "nowhere", "quiet", [Word::Nowhere, Word::NowhereText], a.nowhere.total);
        for group in same_reason(&a.nowhere.rows) {
            p.h.raw("<li>");
            for (n, row) in group.iter().enumerate() {
                if n > 0 {
                    p.h.raw("<br>");
                }
                file(p, &row.id);
            }
            if let Some(first) = group.first() {
                reasons(p, &first.id, std::slice::from_ref(&first.reason));
            }
            p.h.raw("</li>");
        }
        for coming in a.coming.iter().take(50) {
            p.h.raw("<li>");
            let first = coming.first.display(&p.site.zone);
            p.fill(Word::Embargoed, &[&coming.playlist, &coming.count.to_string(), &first]).h.raw("</li>");
        }
        end(p, &a.nowhere);
    }
    troubles(p, "warnings", "warn", [Word::Warnings, Word::WarningsText], &a.warnings);
    section(p, "incomplete", "quiet", [Word::Incomplete, Word::IncompleteText], &a.incomplete, file);
    contact::strangers(p, &view.strangers);
    p.h.raw("</div>\n");
}

/// The rows with those of one reason together, in the order of the first of them.
fn same_reason(rows: &[OffAirNotice]) -> Vec<Vec<&OffAirNotice>> {
    let mut groups: Vec<Vec<&OffAirNotice>> = Vec::new();
    for row in rows {
        let own = |reason: &Diagnostic, id: &NoticeId| reason.place.path == id.to_string();
        let same = |first: &&OffAirNotice| {
            let (a, b) = (&first.reason, &row.reason);
            let places = own(a, &first.id) && own(b, &row.id) && a.place.line == b.place.line;
            places && (a.msg, &a.args, a.severity) == (b.msg, &b.args, b.severity)
        };
        match groups.iter_mut().find(|group| group.first().is_some_and(same)) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

fn troubles(
    p: &mut Page<'_>,
    id: &'static str,
    class: &'static str,
    words: [Word; 2],
    list: &Listing<Trouble>,
) {
    section(p, id, class, words, list, |p, row| {
        file(p, &row.id);
        reasons(p, &row.id, &row.reasons);
    });
}

fn section<T>(
    p: &mut Page<'_>,
    id: &'static str,
    class: &'static str,
    words: [Word; 2],
    list: &Listing<T>,
    row: impl Fn(&mut Page<'_>, &T),
) {
    if list.total == 0 {
        return;
    }
    begin(p, id, class, words, list.total);
    for item in &list.rows {
        p.h.raw("<li>");
        row(p, item);
        p.h.raw("</li>");
    }
    end(p, list);
}

pub fn begin(
    p: &mut Page<'_>,
    id: &'static str,
    class: &'static str,
    [title, text]: [Word; 2],
    total: usize,
) {
    p.h.raw("<section").attr("id", id).attr("class", &format!("list {class}")).raw("><h2>");
    p.word(title)
        .h
        .raw(" <span class=\"count\">")
        .text(&total.to_string())
        .raw("</span></h2><p class=\"lead\">");
    p.word(text).h.raw("</p><ul class=\"rows\">\n");
}

pub fn end<T>(p: &mut Page<'_>, list: &Listing<T>) {
    p.h.raw("</ul>");
    if list.total > list.rows.len() {
        p.h.raw("<p class=\"lead\">");
        p.fill(Word::MoreRows, &[&(list.total - list.rows.len()).to_string()]).h.raw("</p>");
    }
    p.h.raw("</section>\n");
}

fn file(p: &mut Page<'_>, id: &NoticeId) {
    p.h.raw("<code class=\"file\">").name(&id.to_string()).raw("</code>");
}

/// Reasons below a file: its own name is not repeated, only the line.
fn reasons(p: &mut Page<'_>, id: &NoticeId, reasons: &[Diagnostic]) {
    let name = id.to_string();
    p.h.raw("<ul class=\"reasons\">");
    for reason in reasons {
        p.h.raw("<li>");
        if reason.place.path == name {
            let mut short = reason.clone();
            short.place.path.clear();
            if let Some(line) = reason.place.line {
                p.h.raw("<span class=\"place\">");
                p.fill(Word::Line, &[&line.to_string()]).h.raw("</span> ");
            }
            p.diagnostic(&short);
        } else {
            p.diagnostic(reason);
        }
        p.h.raw("</li>");
    }
    p.h.raw("</ul>");
}
