//! In which language does a person want the page? `?lang=` decides, then `Accept-Language`, else Chinese.

use crate::diagnostic::Lang;

/// The language of a page, and whether the person chose it by `?lang=` (then links carry it on).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Chinese or English.
    pub lang: Lang,
    /// Whether `?lang=` said so.
    pub chosen: bool,
}

/// Decides from the query string and the `Accept-Language` value.
pub fn choose(query: Option<&str>, accept: Option<&str>) -> Choice {
    let asked = query
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.strip_prefix("lang="))
        .find_map(Lang::parse);
    match asked {
        Some(lang) => Choice { lang, chosen: true },
        None => Choice { lang: accept.and_then(preferred).unwrap_or(Lang::Zh), chosen: false },
    }
}

/// The language with the highest quality in an `Accept-Language` value (RFC 9110 §12.5.4), the earlier of
/// equals; `None` if it names neither of ours.
fn preferred(accept: &str) -> Option<Lang> {
    let mut best: Option<(Lang, u32)> = None;
    for item in accept.split(',').take(32) {
        let mut parts = item.split(';');
        let Some(lang) = parts.next().and_then(Lang::parse) else { continue };
        let quality = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(Some(1000), thousandths);
        let Some(quality) = quality.filter(|q| *q > 0) else { continue };
        if best.is_none_or(|(_, q)| quality > q) {
            best = Some((lang, quality));
        }
    }
    best.map(|(lang, _)| lang)
}

/// `0.8` as 800; at most three decimals, as the RFC has it.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let decimals = format!("{decimals:0<3}").parse::<u32>().ok()?;
    match whole {
        "0" => Some(decimals),
        "1" => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_comes_first_then_the_browser_then_chinese() {
        let lang = |query, accept| choose(query, accept).lang;
        assert_eq!(lang(None, None), Lang::Zh);
        assert_eq!(lang(None, Some("fr,de")), Lang::Zh);
        assert_eq!(lang(None, Some("en-GB,en;q=0.9,zh;q=0.8")), Lang::En);
        assert_eq!(lang(None, Some("en;q=0.5, zh-CN;q=0.9")), Lang::Zh);
        assert_eq!(lang(None, Some("en;q=0, *;q=nonsense")), Lang::Zh);
        assert_eq!(choose(Some("x=1&lang=en"), Some("zh")), Choice { lang: Lang::En, chosen: true });
        assert_eq!(choose(Some("lang=<script>"), Some("en")), Choice { lang: Lang::En, chosen: false });
    }
}
