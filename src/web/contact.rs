//! The controllers on the pages: a line on each card, the facts on a screen's page, and those that nobody knows.

use super::{
    dashboard::{begin, end},
    shell::Page,
    times,
    view::{
        Strange,
        attention::Listing,
        contact::{Contact, Content, Mood},
    },
    words::Word,
};

/// The line on a card.
pub fn line(p: &mut Page<'_>, contact: &Contact) {
    p.h.raw("<p class=\"contact\">");
    badge(p, contact.mood);
    match contact.asked_at {
        None => {
            p.word(Word::ContactNever);
        }
        Some(at) => {
            ago(p, contact, at);
            if !contact.address.is_empty() {
                p.h.raw(" · <span class=\"address\">").text(&contact.address).raw("</span>");
            }
        }
    }
    p.h.raw("</p>");
    explain(p, contact.mood);
}

fn badge(p: &mut Page<'_>, mood: Mood) {
    let (class, word) = match mood {
        Mood::Never | Mood::Fine => return,
        Mood::Silent => ("mark high", Word::Silent),
        Mood::Stale => ("mark alarm", Word::Stale),
    };
    p.h.raw("<span").attr("class", class).raw(">");
    p.word(word).h.raw("</span> ");
}

fn explain(p: &mut Page<'_>, mood: Mood) {
    let word = match mood {
        Mood::Never | Mood::Fine => return,
        Mood::Silent => Word::SilentText,
        Mood::Stale => Word::StaleText,
    };
    p.h.raw("<p class=\"explain\">");
    p.word(word).h.raw("</p>");
}

fn ago(p: &mut Page<'_>, contact: &Contact, at: crate::time::UtcMillis) {
    if contact.waits {
        p.word(Word::ContactWaits);
    } else {
        let span = times::span(p.site.now.since(at).max(1000), p.lang);
        p.fill(Word::ContactAgo, &[&span]);
    }
}

/// The section on a screen's page.
pub fn section(p: &mut Page<'_>, contact: &Contact) {
    p.h.raw("<section class=\"list\" id=\"contact\" data-live><h2>");
    p.word(Word::Contact).h.raw(" ");
    badge(p, contact.mood);
    p.h.raw("</h2>");
    explain(p, contact.mood);
    let Some(at) = contact.asked_at else {
        p.h.raw("<p class=\"lead\">");
        p.word(Word::ContactNever).h.raw("</p></section>\n");
        return;
    };
    p.h.raw("<dl class=\"facts-list\">");
    row(p, Word::ContactLast, |p| ago(p, contact, at));
    row(p, Word::ContactAddress, |p| value(p, &contact.address));
    row(p, Word::ContactAgent, |p| value(p, &contact.agent));
    if let Some(sent) = &contact.sent {
        row(p, Word::ContactSent, |p| content(p, sent));
    }
    if let Some((said, at)) = &contact.acknowledged {
        row(p, Word::ContactAcknowledged, |p| {
            content(p, said);
            p.h.raw(" (").text(&times::clock(*at, p.site.now, &p.site.zone)).raw(")");
        });
    }
    row(p, Word::ContactBytes, |p| {
        p.h.text(&megabytes(contact.bytes));
    });
    row(p, Word::ContactMissed, |p| {
        p.h.text(&contact.missed.to_string());
        if contact.missed > 0 {
            p.h.raw(" <span class=\"hint\">");
            p.word(Word::ContactMissedText).h.raw("</span>");
        }
    });
    p.h.raw("</dl></section>\n");
}

fn row(p: &mut Page<'_>, word: Word, draw: impl FnOnce(&mut Page<'_>)) {
    p.h.raw("<div><dt>");
    p.word(word).h.raw("</dt><dd>");
    draw(p);
    p.h.raw("</dd></div>");
}

fn value(p: &mut Page<'_>, text: &str) {
    if text.is_empty() {
        p.word(Word::None);
    } else {
        p.h.name(text);
    }
}

fn content(p: &mut Page<'_>, content: &Content) {
    match content {
        Content::Notice(id) => {
            p.h.raw("<code class=\"file\">").name(&id.to_string()).raw("</code>");
        }
        Content::Card => {
            p.word(Word::ContactCard);
        }
    }
}

/// `0.3 MB`, `12.0 MB`.
fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// The list of those who asked for screens that are not there.
pub fn strangers(p: &mut Page<'_>, list: &Listing<Strange>) {
    if list.total == 0 {
        return;
    }
    begin(p, "strangers", "quiet", [Word::Strangers, Word::StrangersText], list.total);
    for row in &list.rows {
        p.h.raw("<li><code class=\"file\">").name(&row.id).raw("</code> <span class=\"when\"><span>");
        p.fill(Word::StrangerCount, &[&row.count.to_string()]).h.raw("</span> <span>");
        let span = times::span(p.site.now.since(row.last).max(1000), p.lang);
        p.fill(Word::ContactAgo, &[&span]).h.raw("</span> <span>").text(&row.address).raw("</span> <span>");
        p.h.name(&row.agent).raw("</span></span><details><summary>");
        p.word(Word::StrangerSnippet)
            .h
            .raw("</summary><pre><code>")
            .lines(&row.snippet)
            .raw("</code></pre></details></li>");
    }
    end(p, list);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_are_told_in_megabytes() {
        for (bytes, told) in [(0, "0.0 MB"), (49_999, "0.0 MB"), (260_000, "0.3 MB"), (12_000_000, "12.0 MB")]
        {
            assert_eq!(megabytes(bytes), told);
        }
    }
}
