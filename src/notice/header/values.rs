//! What do the values of a header mean? Entries become a [`Header`], or diagnostics with a way out.

use super::{Context, Entry, Key, Scope};
use crate::{
    diagnostic::{Diagnostic, Msg},
    notice::{
        Fit, Header, Style, bounds,
        charset::Charset,
        date::{self, NoDate, Role, When},
    },
    text::fold_name,
    time::{Hours, Priority},
};

/// Reads the values of `entries`; returns warnings beside the header. Empty values count as not given.
pub(in crate::notice) fn values(
    entries: Vec<Entry>,
    context: &Context<'_>,
) -> Result<(Header, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut reader = Reader { context, header: Header::default(), warnings: Vec::new(), errors: Vec::new() };
    for mut entry in entries {
        entry.value = unquoted(&entry.value).to_owned();
        if entry.value.is_empty() {
            continue;
        }
        if let Some(first) = reader.header.places.of(entry.key) {
            let args = [entry.written.clone(), first.to_string()];
            reader.errors.push(Diagnostic::refusal(entry.place, Msg::DuplicateKey, args));
            continue;
        }
        reader.read(&entry);
        reader.header.places.add(entry.key, entry.place);
    }
    reader.errors.truncate(bounds::DIAGNOSTICS);
    if reader.errors.is_empty() { Ok((reader.header, reader.warnings)) } else { Err(reader.errors) }
}

struct Reader<'a> {
    context: &'a Context<'a>,
    header: Header,
    warnings: Vec<Diagnostic>,
    errors: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, entry: &Entry) {
        let in_playlist = self.context.scope == Scope::Playlist;
        if in_playlist
            && matches!(entry.key, Key::Title | Key::Index | Key::Document | Key::Replaces | Key::Charset)
        {
            return self.refuse(entry, Msg::NotADefault);
        }
        let text = || Some(entry.value.clone());
        let folded = fold_name(&entry.value);
        let folded = folded.trim_end_matches(['。', '.', ';', ',', '、']);
        match entry.key {
            Key::Title => self.header.title = text(),
            Key::Category => self.header.category = text(),
            Key::Index => self.header.index = text(),
            Key::Issuer => self.header.issuer = text(),
            Key::Document => self.header.document = text(),
            Key::Provider => self.header.provider = text(),
            Key::Reviewer => self.header.reviewer = text(),
            Key::Responsible => self.header.responsible = text(),
            Key::SecrecyReview => self.header.secrecy_review = text(),
            Key::Date => self.header.date = self.when(entry, Role::Near).map(|when| when.date),
            Key::From => {
                // 即日起 is what no `from` at all means.
                if !["即日", "即日起", "即时", "立即", "现在", "now", "today", "今日起"].contains(&folded)
                {
                    self.header.from = self.when(entry, Role::Near).map(|when| when.start(self.context.zone));
                }
            }
            Key::Until => self.until(entry),
            Key::Hours => match Hours::parse(entry.value.trim_matches(['[', ']'])) {
                Some(hours) => self.header.hours = Some(hours),
                None => self.bad(entry, "周一至周五 07:20-18:30; Mon-Fri 07:20-18:30; 全天"),
            },
            Key::Priority => {
                self.header.priority =
                    self.choice(entry, folded, PRIORITIES, "普通 normal, 重要 high, 紧急 emergency");
            }
            Key::Style => {
                self.header.style = self.choice(entry, folded, STYLES, "自动 auto, 翻页 page, 滚动 scroll");
            }
            Key::Fit => {
                if !["自动", "auto", "默认", "default"].contains(&folded) {
                    self.header.fit = self.choice(entry, folded, FITS, "完整 contain, 铺满 cover, 原样 none");
                }
            }
            Key::Replaces => self.header.replaces = Some(list(&entry.value)),
            Key::Screens => {
                if !["全部", "所有", "全部屏幕", "所有屏幕", "all"].contains(&folded) {
                    self.header.screens = Some(list(&entry.value));
                }
            }
            Key::Dwell => match dwell_ms(folded) {
                Some(ms) => self.header.dwell_ms = Some(ms),
                None => self.bad(entry, "12s, 12秒, 1分钟 (1s–600s)"),
            },
            Key::Order => match folded.parse::<i64>().ok().filter(|n| n.abs() <= 1_000_000_000) {
                Some(order) => self.header.order = Some(order),
                None => self.bad(entry, "1, 2, 3 …"),
            },
            Key::Charset => {
                if let Some(charset) = Charset::parse(&entry.value) {
                    self.header.charset = Some(charset.name().to_owned());
                } else {
                    let args = [&entry.value];
                    self.errors.push(Diagnostic::refusal(entry.place.clone(), Msg::BadCharset, args));
                }
            }
            Key::PrivacyExempt => self.privacy_exempt(entry, folded),
            Key::KeepDays if !in_playlist => self.refuse(entry, Msg::NotInHeader),
            Key::KeepDays => {
                let days = folded.trim_end_matches(['天', '日']).trim_end_matches("days").parse::<u32>().ok();
                match days.filter(|days| bounds::KEEP_DAYS.contains(days)) {
                    Some(days) => self.header.keep_days = Some(days),
                    None => self.bad(entry, "1–3660, 30"),
                }
            }
        }
    }

    /// A term: its end, or both ends in one value.
    fn until(&mut self, entry: &Entry) {
        let zone = self.context.zone;
        if date::parse(&entry.value).is_err()
            && let Some((from, until)) = date::parse_range(&entry.value)
        {
            self.check_weekday(entry, &from);
            self.check_weekday(entry, &until);
            if let Some(first) = self.header.places.of(Key::From) {
                let args = [Key::From.name_like(&entry.written).to_owned(), first.to_string()];
                self.errors.push(Diagnostic::refusal(entry.place.clone(), Msg::DuplicateKey, args));
            }
            self.header.from = Some(from.start(zone));
            self.header.places.add(Key::From, entry.place.clone());
            self.header.until = Some(until.end(zone));
            return;
        }
        self.header.until = self.when(entry, Role::Until).map(|when| when.end(zone));
    }

    fn when(&mut self, entry: &Entry, role: Role) -> Option<When> {
        let error = match date::parse(&entry.value) {
            Ok(when) => {
                self.check_weekday(entry, &when);
                return Some(when);
            }
            Err(error) => error,
        };
        let msg = match error {
            NoDate::OpenEnded if role == Role::Until => Msg::OpenEnded,
            NoDate::NoYear(..) => Msg::NoYear,
            NoDate::Bad(_) | NoDate::OpenEnded => Msg::BadDate,
        };
        let proposal = date::proposal_for(&entry.value, error, role, self.context.today);
        let args = [&entry.written, &entry.value, &proposal];
        self.errors.push(Diagnostic::refusal(entry.place.clone(), msg, args));
        None
    }

    fn check_weekday(&mut self, entry: &Entry, when: &When) {
        if let Some((right, written)) = when.wrong_weekday() {
            let args = [when.date.to_string(), right, written];
            self.warnings.push(Diagnostic::warning(entry.place.clone(), Msg::WeekdayWrong, args));
        }
    }

    /// A reason; `no` lifts nothing, and `yes` is no reason.
    fn privacy_exempt(&mut self, entry: &Entry, folded: &str) {
        if ["无", "否", "不", "没有", "no", "none", "false", "n", "-", "0"].contains(&folded) {
            return;
        }
        if ["是", "有", "yes", "true", "y", "1", "ok"].contains(&folded) || folded.chars().count() < 4 {
            return self.bad(entry, "理由，例如“名单依规公示” / a reason");
        }
        self.header.privacy_exempt = Some(entry.value.clone());
    }

    fn choice<T: Copy>(
        &mut self,
        entry: &Entry,
        folded: &str,
        words: &[(&[&str], T)],
        help: &str,
    ) -> Option<T> {
        let found = words.iter().find(|(names, _)| names.contains(&folded)).map(|(_, value)| *value);
        if found.is_none() {
            self.bad(entry, help);
        }
        found
    }

    fn bad(&mut self, entry: &Entry, possible: &str) {
        let args = [&*entry.written, &*entry.value, possible];
        self.errors.push(Diagnostic::refusal(entry.place.clone(), Msg::BadValue, args));
    }

    fn refuse(&mut self, entry: &Entry, msg: Msg) {
        self.errors.push(Diagnostic::refusal(entry.place.clone(), msg, [&entry.written]));
    }
}

/// Whether `value` is a priority, or would be one among clerks.
pub(super) fn is_priority(value: &str) -> bool {
    let folded = fold_name(value);
    let folded = folded.trim_end_matches(['。', '.', ';', ',', '、']);
    folded == "特急" || PRIORITIES.iter().any(|(names, _)| names.contains(&folded))
}

const PRIORITIES: &[(&[&str], Priority)] = &[
    (&["normal", "普通", "一般", "常规", "平", "平件", "正常", "低", "low"], Priority::Normal),
    (&["high", "重要", "高", "优先", "较急", "加急", "急件", "important"], Priority::High),
    (&["emergency", "紧急", "应急"], Priority::Emergency),
];
const STYLES: &[(&[&str], Style)] = &[
    (&["auto", "自动", "默认", "default"], Style::Auto),
    (&["page", "pages", "翻页", "分页", "静止", "静态", "still"], Style::Page),
    (&["scroll", "滚动", "走字", "滚屏", "左移"], Style::Scroll),
];
const FITS: &[(&[&str], Fit)] = &[
    (&["contain", "完整", "适应", "包含", "全图"], Fit::Contain),
    (&["cover", "铺满", "填满", "填充", "裁剪", "裁切"], Fit::Cover),
    (&["none", "原样", "原始", "原大", "不缩放"], Fit::None),
];

/// `12s`, `12秒`, `12`, `1分钟`, `1.5s` in milliseconds; the text is folded.
fn dwell_ms(folded: &str) -> Option<u32> {
    let end = folded.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(folded.len());
    let (number, unit) = folded.split_at(end);
    let factor = match unit {
        "" | "s" | "sec" | "secs" | "second" | "seconds" | "秒" | "秒钟" => 1000,
        "ms" | "毫秒" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" | "分" | "分钟" => 60_000,
        _ => return None,
    };
    let (whole, tenths) = number.split_once('.').unwrap_or((number, "0"));
    if whole.len() > 6 || tenths.len() != 1 {
        return None;
    }
    let ms = whole.parse::<u64>().ok()? * factor + tenths.parse::<u64>().ok()? * factor / 10;
    u32::try_from(ms).ok().filter(|ms| bounds::DWELL_MS.contains(ms))
}

/// Items between commas of any kind.
fn list(value: &str) -> Vec<String> {
    value
        .trim_matches(['[', ']'])
        .split([',', '，', '、', ';', '；'])
        .map(|item| unquoted(item.trim()).to_owned())
        .filter(|item| !item.is_empty())
        .take(bounds::LIST_ITEMS)
        .collect()
}

/// Without the ASCII quotes that YAML puts around a value. Chinese quotation marks are part of it.
fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.trim();
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Place, notice::header::file_entries};
    use jiff::{civil, tz::TimeZone};

    fn read(text: &str, scope: Scope) -> Result<(Header, Vec<Diagnostic>), Vec<Diagnostic>> {
        let context = Context {
            zone: &TimeZone::get("Asia/Shanghai").unwrap(),
            today: civil::date(2026, 11, 23),
            scope,
        };
        values(file_entries("p/a.png.yaml", text.as_bytes(), context.today)?, &context)
    }

    fn refused(text: &str) -> (Msg, Place, Vec<String>) {
        let error = read(text, Scope::Notice).expect_err(text).remove(0);
        (error.msg, error.place, error.args)
    }

    #[test]
    fn values_are_read_as_written() {
        let text = "级别：紧急。\n停留：１２秒 # 每页\n样式: 滚动\n适配: 铺满\n顺序：０3\n屏幕：gate、lobby；门头屏\n替代: 11-台风停课.md，b.txt\n时段：工作日 8:00-18:00\n编码：GBK\n标题: \"a # b\"\n提供：'基教股'\n类别: 招生 #1 楼";
        let (header, warnings) = read(text, Scope::Notice).unwrap();
        assert_eq!(warnings, []);
        assert_eq!(header.priority, Some(Priority::Emergency));
        assert_eq!(header.dwell_ms, Some(12_000));
        assert_eq!(header.style, Some(Style::Scroll));
        assert_eq!(header.fit, Some(Fit::Cover));
        assert_eq!(header.order, Some(3));
        assert_eq!(header.screens.unwrap(), ["gate", "lobby", "门头屏"]);
        assert_eq!(header.replaces.unwrap(), ["11-台风停课.md", "b.txt"]);
        assert!(header.hours.is_some());
        assert_eq!(header.charset.as_deref(), Some("gb18030"));
        assert_eq!(header.title.as_deref(), Some("a # b"));
        assert_eq!(header.provider.as_deref(), Some("基教股"));
        assert_eq!(header.category.as_deref(), Some("招生 #1 楼"));
        assert_eq!(header.places.of(Key::Dwell), Some(&Place::line("p/a.png.yaml", 2)));
    }

    #[test]
    fn a_key_given_twice_is_named_with_the_other_place() {
        let (msg, place, args) = refused("审核：甲\n标题：x\n审核人：乙");
        assert_eq!((msg, place.line), (Msg::DuplicateKey, Some(3)));
        assert_eq!(args, ["审核人", "p/a.png.yaml:1"]);
        assert_eq!(refused("自：2026-09-01\n有效期：2026-09-01至2026-09-30").0, Msg::DuplicateKey);
        assert!(read("审核：\n审核人：乙", Scope::Notice).is_ok(), "an empty one is not given");
    }

    #[test]
    fn wrong_values_say_what_is_possible() {
        for (line, msg) in [
            ("至：2026-02-30", Msg::BadDate),
            ("至：9月1日", Msg::NoYear),
            ("至：长期", Msg::OpenEnded),
            ("自：长期", Msg::BadDate),
            ("级别：特急", Msg::BadValue),
            ("停留：0", Msg::BadValue),
            ("停留：3小时", Msg::BadValue),
            ("样式：闪烁", Msg::BadValue),
            ("时段：早上", Msg::BadValue),
            ("顺序：第一", Msg::BadValue),
            ("编码：big5", Msg::BadCharset),
            ("隐私豁免：是", Msg::BadValue),
            ("保留天数：30", Msg::NotInHeader),
        ] {
            assert_eq!(refused(line).0, msg, "{line}");
        }
    }

    #[test]
    fn a_playlist_holds_only_defaults() {
        let (header, _) = read("保留天数：９０天\n提供：a", Scope::Playlist).unwrap();
        assert_eq!(header.keep_days, Some(90));
        for text in ["标题：a", "保留天数：0", "保留天数：9999", "保留天数：很久"] {
            assert!(read(text, Scope::Playlist).is_err(), "{text}");
        }
    }
}
