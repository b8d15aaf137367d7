//! The one door to the air: a notice, its playlist's defaults and its arrival become an
//! [`ApprovedNotice`], or everything that stands against it.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{Approval, ApprovedNotice, Window, answers, privacy, secrecy};
use crate::{
    diagnostic::{Diagnostic, Msg, Place},
    notice::{Body, Header, Notice, bounds, header::Key},
    playlist::{DEFAULT_KEEP_DAYS, Playlist},
    time::{DAY_MS, UtcMillis},
};

/// How far ahead a term may end without a warning.
const FAR_AHEAD_MS: i64 = 366 * DAY_MS;

/// Approves `notice`, which lies in `playlist` since `arrival`, or says why not. `now` is for warnings only:
/// what has expired is approved all the same, and its window says so. Dates are meant in `zone`.
///
/// # Errors
/// Everything that stands against it: an answer missing, provider and reviewer the same, a term that ends
/// before it begins, private numbers, secrecy markings.
pub fn approve(
    notice: Arc<Notice>,
    playlist: &Playlist,
    arrival: UtcMillis,
    now: UtcMillis,
    zone: &TimeZone,
) -> Result<ApprovedNotice, Vec<Diagnostic>> {
    let header = notice.header.or(&playlist.defaults);
    let mut check =
        Check { notice: &notice, header: &header, zone, errors: Vec::new(), warnings: Vec::new() };
    let approval = check.approval();
    let window = check.window(arrival);
    check.contents();
    check.warn(window, now);
    let (errors, mut warnings) = (check.errors, check.warnings);
    let (Some(approval), true) = (approval, errors.is_empty()) else { return Err(errors) };

    warnings.splice(0..0, notice.warnings.iter().cloned());
    warnings.truncate(bounds::DIAGNOSTICS);
    Ok(ApprovedNotice {
        approval,
        window,
        entry: header.from.map_or(arrival, |from| from.max(arrival)),
        hours: header.hours.clone().unwrap_or_default(),
        priority: header.priority.unwrap_or_default(),
        order: header.order.unwrap_or(0),
        dwell_ms: header.dwell_ms,
        style: header.style.unwrap_or_default(),
        fit: header.fit,
        replaces: header.replaces.clone().unwrap_or_default(),
        screens: header.screens.clone(),
        warnings,
        notice: with_issuer(notice, &playlist.defaults),
    })
}

/// A text without a sign-off gets the playlist's issuer.
fn with_issuer(mut notice: Arc<Notice>, defaults: &Header) -> Arc<Notice> {
    if let (Body::Blocks(_), None, Some(issuer)) = (&notice.body, &notice.sign_off.issuer, &defaults.issuer) {
        let own = Arc::make_mut(&mut notice);
        own.sign_off.issuer = Some(issuer.clone());
        own.plain.push('\n');
        own.plain.push_str(issuer);
    }
    notice
}

struct Check<'a> {
    notice: &'a Notice,
    /// The notice's header on top of the playlist's defaults.
    header: &'a Header,
    zone: &'a TimeZone,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl Check<'_> {
    /// Where `key` is written, else the file.
    fn place(&self, key: Key) -> Place {
        self.header.places.of(key).cloned().unwrap_or_else(|| Place::file(self.notice.id.to_string()))
    }

    fn refuse(&mut self, place: Place, msg: Msg, args: impl IntoIterator<Item = impl ToString>) {
        self.errors.push(Diagnostic::refusal(place, msg, args));
    }

    /// Who answers for it; refuses what is not answered.
    fn approval(&mut self) -> Option<Approval> {
        let header = self.header;
        let provider = self.answer(Key::Provider, header.provider.as_deref());
        let reviewer = self.answer(Key::Reviewer, header.reviewer.as_deref());
        let responsible = self.answer(Key::Responsible, header.responsible.as_deref());
        let secrecy_review = self.answer(Key::SecrecyReview, header.secrecy_review.as_deref());
        if let (Some(provider), Some(reviewer)) = (&provider, &reviewer)
            && answers::same(provider, reviewer)
        {
            self.refuse(self.place(Key::Reviewer), Msg::SamePerson, [reviewer]);
            return None;
        }
        Some(Approval {
            provider: provider?,
            reviewer: reviewer?,
            responsible: responsible?,
            secrecy_review: secrecy_review?,
        })
    }

    fn answer(&mut self, key: Key, value: Option<&str>) -> Option<String> {
        match value {
            None => self.refuse(self.place(key), Msg::Unanswered, [key.zh()]),
            Some(value) if answers::answers_nothing(value) => {
                self.refuse(self.place(key), Msg::AnswersNothing, [key.zh(), value]);
            }
            Some(value) => return Some(value.to_owned()),
        }
        None
    }

    /// Its term. Without `from` it begins with its arrival; without `until` it is kept for the playlist's days.
    fn window(&mut self, arrival: UtcMillis) -> Window {
        let header = self.header;
        let keep_ms = i64::from(header.keep_days.unwrap_or(DEFAULT_KEEP_DAYS)) * DAY_MS;
        let dated = header
            .date
            .map(|date| UtcMillis::from_civil(date.to_datetime(jiff::civil::Time::midnight()), self.zone));
        let until = header.until.unwrap_or_else(|| dated.or(header.from).unwrap_or(arrival).plus(keep_ms));
        if let Some(from) = header.from
            && until <= from
        {
            let key = if header.until.is_some() { Key::Until } else { Key::From };
            let args = [last_minute(until).display(self.zone), from.display(self.zone)];
            self.refuse(self.place(key), Msg::UntilBeforeFrom, args);
        }
        // What had ended before it arrived has an empty term.
        Window { from: header.from.unwrap_or(arrival.min(until)), until }
    }

    /// Private numbers and secrecy markings in all that people get to see, names included.
    fn contents(&mut self) {
        let header = self.header;
        let file = || Place::file(self.notice.id.to_string());
        let people = [
            (Key::Provider, &header.provider),
            (Key::Reviewer, &header.reviewer),
            (Key::Responsible, &header.responsible),
            (Key::SecrecyReview, &header.secrecy_review),
            (Key::Issuer, &header.issuer),
            (Key::Category, &header.category),
        ];
        let people = people.into_iter().filter_map(|(key, value)| Some((self.place(key), value.as_deref()?)));
        let lines: Vec<(Place, &str)> = self.notice.plain_lines().chain(people).collect();
        let exempt = header.privacy_exempt.is_some();
        let mut found: Vec<Diagnostic> = Vec::new();
        for (place, line) in lines {
            if let Some(mark) = secrecy::marking(line) {
                found.push(Diagnostic::refusal(place.clone(), Msg::SecretMark, [mark]));
            }
            if !exempt {
                found.extend(privacy::find(line).into_iter().map(|(kind, masked)| {
                    Diagnostic::refusal(place.clone(), private_message(kind), [masked])
                }));
            }
            if found.len() >= bounds::DIAGNOSTICS {
                break;
            }
        }
        // Across the end of a line, which a layout may join.
        if found.is_empty() && !exempt {
            let across = privacy::find(&self.notice.plain).into_iter();
            found.extend(
                across.map(|(kind, masked)| Diagnostic::refusal(file(), private_message(kind), [masked])),
            );
        }
        found.dedup_by(|a, b| a.msg == b.msg && a.place == b.place && a.args == b.args);
        found.truncate(bounds::DIAGNOSTICS);
        self.errors.extend(found);
    }

    /// What somebody should look at although nothing stands against it.
    fn warn(&mut self, window: Window, now: UtcMillis) {
        if let Some(reason) = &self.header.privacy_exempt {
            let place = self.place(Key::PrivacyExempt);
            self.warnings.push(Diagnostic::warning(place, Msg::ExemptUsed, [reason]));
        }
        if window.until.since(now) > FAR_AHEAD_MS {
            let until = last_minute(window.until).display(self.zone);
            self.warnings.push(Diagnostic::warning(self.place(Key::Until), Msg::UntilFarAhead, [until]));
        }
        let years = title_years(&self.notice.title);
        let (from, until) =
            (window.from.civil(self.zone).year(), last_minute(window.until).civil(self.zone).year());
        if let Some(year) = years.first()
            && !years.iter().any(|year| (from..=until).contains(year))
        {
            let validity = if from == until { from.to_string() } else { format!("{from}–{until}") };
            let args = [year.to_string(), validity];
            self.warnings.push(Diagnostic::warning(self.place(Key::Title), Msg::TitleYear, args));
        }
    }
}

fn private_message(kind: privacy::Private) -> Msg {
    match kind {
        privacy::Private::Identity => Msg::IdNumber,
        privacy::Private::BankCard => Msg::BankCard,
        privacy::Private::Mobile => Msg::MobileNumber,
    }
}

/// The last minute of a term, which is what people wrote: through 10 July, not until the 11th.
fn last_minute(until: UtcMillis) -> UtcMillis {
    until.plus(-60_000)
}

/// Years from 2000 to 2099 in a title: four digits that stand alone, 年 or not.
fn title_years(title: &str) -> Vec<i16> {
    let folded = crate::text::fold_width(title);
    folded
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 4 && digits.starts_with("20"))
        .filter_map(|digits| digits.parse().ok())
        .collect()
}
