//! The test page of a screen: what to look for in front of it, and how to start each pattern. Buttons are there
//! only for somebody who sits at the server; others get the command to type.

use super::{
    dashboard::{face, state},
    language::Choice,
    shell::{Page, path},
    times,
    view::{Air, ScreenTestView},
    words::Word,
};
use crate::render::Pattern;

/// How long a pattern may be asked for on the page, minutes.
pub const MINUTES: [u32; 4] = [10, 5, 30, 60];

/// Draws it.
pub fn page(view: &ScreenTestView, choice: Choice) -> String {
    let screen = &view.screen;
    let id = screen.id.as_str();
    let mut page = Page::begin(choice, &view.site, Some(&screen.name));
    let p = &mut page;
    p.h.raw("<p class=\"back\"><a");
    p.href(&["screens", id]).h.raw(">← ").name(&screen.name).raw("</a></p><div id=\"title\" data-live><h1>");
    p.word(Word::TestPatterns);
    let (class, word) = state(&view.air);
    p.h.raw(" <span").attr("class", class).raw(">");
    p.word(word).h.raw("</span></h1></div>\n");
    if view.air != Air::Locked {
        p.h.raw("<div class=\"stage\"><div class=\"face\">");
        face(p, screen, &view.air, true);
        p.h.raw("</div></div>\n");
    }
    status(p, view);
    patterns(p, view);
    p.h.raw("<section class=\"list\"><h2>");
    p.word(Word::TestByCommand).h.raw("</h2><p class=\"lead\">");
    p.word(Word::TestCommandText).h.raw("</p><pre><code>").text(&command(id, Pattern::Ident));
    p.h.raw("</code></pre><p class=\"lead\">");
    p.word(Word::TestEndText).h.raw("</p><pre><code>").text("mingping screen test ").text(id);
    p.h.text(" --stop").raw("</code></pre><p class=\"lead\">");
    p.word(Word::TestRules).h.raw("</p></section>\n");
    page.finish()
}

/// What to type for a pattern.
fn command(id: &str, pattern: Pattern) -> String {
    format!("mingping screen test {id} --pattern {} --for 10m", pattern.name())
}

fn status(p: &mut Page<'_>, view: &ScreenTestView) {
    p.h.raw("<div id=\"test\" data-live>");
    if let Some(test) = &view.test {
        p.h.raw("<div class=\"note info\"><p>");
        let until = times::clock(test.until, view.site.now, &p.site.zone);
        p.fill(Word::TestShows, &[test.pattern.name(), &until]).h.raw("</p>");
        if !matches!(view.air, Air::Test { .. } | Air::Locked) {
            p.h.raw("<p>");
            p.word(Word::TestPreempted).h.raw("</p>");
        }
        if view.from_here {
            form(p, view);
            p.h.raw("<button class=\"button\" name=\"stop\" value=\"1\">");
            p.word(Word::TestStop).h.raw("</button></form>");
        }
        p.h.raw("</div>");
    }
    p.h.raw("</div>\n");
}

fn form(p: &mut Page<'_>, view: &ScreenTestView) {
    let action = path(&["screens", view.screen.id.as_str(), "test"]);
    let lang = if p.lang == crate::diagnostic::Lang::Zh { "?lang=zh" } else { "?lang=en" };
    p.h.raw("<form method=\"post\"").attr("action", &(action + lang)).raw(">");
}

fn patterns(p: &mut Page<'_>, view: &ScreenTestView) {
    p.h.raw("<section class=\"list\"><h2>");
    p.word(Word::TestChoose).h.raw("</h2>");
    if view.from_here {
        form(p, view);
        p.h.raw("<p class=\"lead\"><label>");
        p.word(Word::TestFor).h.raw(" <select name=\"minutes\">");
        for minutes in MINUTES {
            p.h.raw("<option").attr("value", &minutes.to_string()).raw(">");
            let span = times::span(i64::from(minutes) * 60_000, p.lang);
            p.h.text(&span).raw("</option>");
        }
        p.h.raw("</select></label></p>");
    }
    p.h.raw("<ul class=\"rows tests\">");
    for pattern in Pattern::ALL {
        p.h.raw("<li>");
        if view.from_here {
            p.h.raw("<button class=\"button\" name=\"pattern\"").attr("value", pattern.name()).raw(">");
            p.word(Word::TestStart).h.raw("</button> ");
        }
        p.h.raw("<span><b>").text(pattern.name()).raw("</b> ");
        p.word(about(pattern)).h.raw("</span>");
        if !view.from_here {
            p.h.raw("<pre><code>").text(&command(view.screen.id.as_str(), pattern)).raw("</code></pre>");
        }
        p.h.raw("</li>");
    }
    p.h.raw("</ul>");
    if view.from_here {
        p.h.raw("</form>");
    }
    p.h.raw("</section>\n");
}

const fn about(pattern: Pattern) -> Word {
    match pattern {
        Pattern::Ident => Word::AboutIdent,
        Pattern::Edges => Word::AboutEdges,
        Pattern::Grid => Word::AboutGrid,
        Pattern::Walk => Word::AboutWalk,
        Pattern::Colours => Word::AboutColours,
        Pattern::Grey => Word::AboutGrey,
        Pattern::Text => Word::AboutText,
    }
}
