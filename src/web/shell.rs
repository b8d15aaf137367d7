//! What stands around every page: head, rehearsal banner, header, footer.

use super::{assets::Asset, html::Html, language::Choice, view::Site, words::Word};
use crate::diagnostic::{Diagnostic, Lang};

/// A page that is being written, with the language and site it is written for.
pub struct Page<'a> {
    /// The markup.
    pub h: Html,
    /// Its language.
    pub lang: Lang,
    /// What every page tells.
    pub site: &'a Site,
    chosen: bool,
}

impl<'a> Page<'a> {
    /// Begins a page: everything up to its `main`. `title` stands before the site's name.
    pub fn begin(choice: Choice, site: &'a Site, title: Option<&str>) -> Self {
        let mut page = Self { h: Html::new(), lang: choice.lang, site, chosen: choice.chosen };
        page.head(title);
        page
    }

    /// Writes a word.
    pub fn word(&mut self, word: Word) -> &mut Self {
        self.h.text(word.of(self.lang));
        self
    }

    /// Writes a word with values.
    pub fn fill(&mut self, word: Word, values: &[&str]) -> &mut Self {
        self.h.text(&word.fill(self.lang, values));
        self
    }

    /// ` href="…"` of a page of ours; a language chosen by `?lang=` is carried on. `parts` are the parts of
    /// the path, not yet percent-encoded.
    pub fn href(&mut self, parts: &[&str]) -> &mut Self {
        let mut href = path(parts);
        if self.chosen {
            href.push_str(if self.lang == Lang::Zh { "?lang=zh" } else { "?lang=en" });
        }
        self.h.attr("href", &href);
        self
    }

    /// Message and way out of a diagnostic, with its file and line before it.
    pub fn diagnostic(&mut self, diagnostic: &Diagnostic) {
        let lang = self.lang;
        if !diagnostic.place.path.is_empty() {
            self.h.raw("<code class=\"place\">").name(&diagnostic.place.to_string()).raw("</code> ");
        }
        self.h.raw("<span class=\"what\">").text(&diagnostic.message(lang)).raw("</span>");
        let hint = diagnostic.hint(lang);
        if !hint.is_empty() {
            self.h.raw("<span class=\"hint\"><b>");
            self.word(Word::WayOut);
            self.h.raw("</b>").text(&hint).raw("</span>");
        }
    }

    fn head(&mut self, title: Option<&str>) {
        let (lang, site) = (self.lang, self.site);
        self.h
            .raw("<!doctype html>\n<html")
            .attr("lang", lang.tag())
            .raw(">\n<head><meta charset=\"utf-8\"><title>");
        if site.rehearsing {
            self.h.text("[").text(Word::Rehearsal.of(lang)).text("] ");
        }
        if let Some(title) = title {
            self.h.text(title).text(" · ");
        }
        self.word(Word::Brand);
        self.h.raw("</title>\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        self.h.raw(
            "<meta name=\"color-scheme\" content=\"light\"><meta name=\"robots\" content=\"noindex\">\n",
        );
        self.h.raw("<link rel=\"icon\" type=\"image/svg+xml\"").attr("href", &Asset::ICON.url());
        self.h.raw("><link rel=\"stylesheet\"").attr("href", &Asset::STYLE.url());
        // Without scripts the page comes anew by itself; with them its parts are refreshed in place.
        self.h.raw("><noscript><meta http-equiv=\"refresh\" content=\"20\"></noscript>\n<script defer");
        self.h
            .attr("src", &Asset::SCRIPT.url())
            .raw("></script></head>\n<body")
            .attr("data-offline", Word::Offline.of(lang));
        self.h.raw("><a class=\"skip\" href=\"#main\">");
        self.word(Word::Skip);
        self.h.raw("</a>\n");
        if site.rehearsing {
            self.h.raw("<p class=\"rehearsal\" role=\"note\"><strong>");
            self.word(Word::Rehearsal);
            self.h.raw("</strong> ");
            self.fill(Word::RehearsalText, &[&site.now.display(&site.zone)]);
            self.h.raw("</p>\n");
        }
        self.h.raw("<header class=\"top\"><a class=\"brand\"");
        self.href(&[])
            .h
            .raw("><img alt=\"\" width=\"32\" height=\"32\"")
            .attr("src", &Asset::ICON.url())
            .raw("><span><b>");
        self.word(Word::Brand).h.raw("</b> <small>");
        self.word(Word::Tagline)
            .h
            .raw("</small></span></a><nav class=\"langs\"")
            .attr("aria-label", Word::Languages.of(lang));
        self.h.raw(">");
        let now = |is: bool| if is { " aria-current=\"true\"" } else { "" };
        self.h
            .raw("<a href=\"?lang=zh\" lang=\"zh-CN\" hreflang=\"zh-CN\"")
            .raw(now(lang == Lang::Zh))
            .raw(">中文</a>");
        self.h
            .raw("<a href=\"?lang=en\" lang=\"en\" hreflang=\"en\"")
            .raw(now(lang == Lang::En))
            .raw(">English</a>");
        self.h.raw("</nav></header>\n<main id=\"main\" tabindex=\"-1\">\n");
    }

    /// Ends the page.
    pub fn finish(mut self) -> String {
        let site = self.site;
        self.h.raw("</main>\n<footer><p id=\"clock\" data-live>");
        self.word(Word::ServerTime).h.raw(" ").raw("<time").attr("datetime", &site.now.rfc3339()).raw(">");
        self.h.text(&site.now.display(&site.zone)).raw("</time>");
        if let Some(zone) = site.zone.iana_name() {
            self.h.raw(" ").text(zone);
        }
        self.h.raw("</p><p>");
        self.word(Word::Brand).h.raw(" ");
        self.word(Word::Version).h.text(" ").text(env!("CARGO_PKG_VERSION")).raw("</p></footer>\n");
        self.h.raw("<p id=\"offline\" role=\"status\"></p></body></html>\n");
        self.h.finish()
    }
}

/// A path of our own with its parts percent-encoded: `/screens/%E5%B1%8F`.
pub fn path(parts: &[&str]) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    let mut out = String::new();
    for part in parts {
        out.push('/');
        out.extend(utf8_percent_encode(part, UNSAFE));
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_path_cannot_become_two_or_leave_the_site() {
        assert_eq!(path(&[]), "/");
        assert_eq!(path(&["screens", "门头屏"]), "/screens/%E9%97%A8%E5%A4%B4%E5%B1%8F");
        assert_eq!(path(&["screens", "../a?b#c\"<"]), "/screens/..%2Fa%3Fb%23c%22%3C");
    }
}
