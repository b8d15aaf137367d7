//! How is the controller of a screen? What was noted of it, and whether somebody should go and look.

use crate::{
    catalog::{Acknowledged, Caller, ScreenState, Shown, Snapshot, Stranger},
    notice::NoticeId,
    screen::TokenRule,
    time::UtcMillis,
};

/// A controller is silent that has not come for so many of its intervals.
const SILENT_POLLS: i64 = 3;

/// How it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    /// Nobody has asked since the server started.
    Never,
    /// It comes when it should.
    Fine,
    /// It does not come any more.
    Silent,
    /// It does not come any more, or does not show what it was sent, and what it had is off the air.
    Stale,
}

/// What is known of a screen's controller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// How it is.
    pub mood: Mood,
    /// When it last asked.
    pub asked_at: Option<UtcMillis>,
    /// Whether it is connected and waits for changes.
    pub waits: bool,
    /// From where it asks.
    pub address: String,
    /// What it calls itself.
    pub agent: String,
    /// What it was sent last; `None` where that is not told.
    pub sent: Option<Content>,
    /// What it said it shows, and when.
    pub acknowledged: Option<(Content, UtcMillis)>,
    /// Sent this month, bytes.
    pub bytes: u64,
    /// Missed this month, pages.
    pub missed: u64,
}

impl Contact {
    /// Of a screen that nobody has asked for.
    pub fn never() -> Self {
        Self {
            mood: Mood::Never,
            asked_at: None,
            waits: false,
            address: String::new(),
            agent: String::new(),
            sent: None,
            acknowledged: None,
            bytes: 0,
            missed: 0,
        }
    }
}

/// What a screen was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// A page of this notice.
    Notice(NoticeId),
    /// Idle text or black.
    Card,
}

/// What is known of the controller of `state` at `now`.
pub fn contact(snapshot: &Snapshot, state: &ScreenState, now: UtcMillis) -> Contact {
    let noted = state.stage.contact();
    let Some(asked_at) = noted.asked_at() else {
        let (bytes, missed) = noted.counts();
        return Contact { bytes, missed, ..Contact::never() };
    };
    let (sent, acknowledged) = (noted.sent(), noted.acknowledged());
    let poll_ms = i64::from(state.screen.poll_ms);
    let due = asked_at.plus(SILENT_POLLS * poll_ms);
    // It was told to sleep until the page ends, a minute at most.
    let told = noted.told_until().min(asked_at.plus(60_000)).plus((SILENT_POLLS - 1) * poll_ms);
    let silent = !noted.is_held() && now > due.max(told);
    let mood = if still_shows(sent.as_deref(), acknowledged.as_deref(), silent, now, poll_ms)
        .is_some_and(|shown| is_off_air(snapshot, state, shown, now))
    {
        Mood::Stale
    } else if silent {
        Mood::Silent
    } else {
        Mood::Fine
    };
    let locked = state.screen.token == TokenRule::Required;
    let content = |shown: &Shown| shown.notice.clone().map_or(Content::Card, Content::Notice);
    let (address, agent) = noted.caller().map(|caller| name(&caller)).unwrap_or_default();
    let (bytes, missed) = noted.counts();
    Contact {
        mood,
        asked_at: Some(asked_at),
        waits: noted.is_held(),
        address,
        agent,
        sent: sent.filter(|_| !locked).map(|shown| content(&shown)),
        acknowledged: acknowledged.filter(|_| !locked).map(|said| (content(&said.shown), said.at)),
        bytes,
        missed,
    }
}

/// What it would still show if it shows something else than it should: the last that it was sent, if it does not
/// come any more; the last that it said it shows, if that is long ago and not what it was sent.
fn still_shows<'a>(
    sent: Option<&'a Shown>,
    acknowledged: Option<&'a Acknowledged>,
    silent: bool,
    now: UtcMillis,
    poll_ms: i64,
) -> Option<&'a Shown> {
    if silent {
        return sent;
    }
    let said = acknowledged?;
    let late = now.since(said.at) > SILENT_POLLS * poll_ms;
    (late && sent.is_some_and(|sent| sent.frame != said.shown.frame)).then_some(&*said.shown)
}

/// Whether the notice that made `shown` may not be shown any more.
fn is_off_air(snapshot: &Snapshot, state: &ScreenState, shown: &Shown, now: UtcMillis) -> bool {
    let Some(id) = &shown.notice else { return false };
    let reasons = state.programme.reasons(now, &snapshot.zone);
    let run = state.programme.runs().iter().position(|run| run.id == *id);
    run.is_none_or(|run| reasons.get(run).is_none_or(Option::is_some))
}

/// From where somebody asks, and what he calls himself.
pub fn name(caller: &Caller) -> (String, String) {
    (caller.address.map(|ip| ip.to_string()).unwrap_or_default(), caller.agent.to_string())
}

/// Lines for `screens.yaml` that would make a screen of `stranger`, playing `playlist`.
pub fn snippet(stranger: &Stranger, playlist: &str) -> String {
    let size = stranger.size.map_or_else(|| "320x32".to_owned(), |size| size.to_string());
    let color = if stranger.protocol == Some("trmnl") { "white" } else { "red" };
    // In quotes: an id may look like a number to YAML.
    let mut out = format!(
        "\"{}\":\n  size: {size}\n  color: {color}\n  playlists: [\"{}\"]\n",
        stranger.id,
        escaped(playlist)
    );
    if let Some(protocol) = stranger.protocol {
        out.push_str(&format!("  protocol: {protocol}\n"));
    }
    if let Some(mac) = &stranger.mac {
        out.push_str(&format!("  mac: \"{}\"\n", escaped(mac)));
    }
    out
}

/// For double quotes in YAML.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::frame::FrameId;

    #[test]
    fn a_snippet_is_a_screen_when_it_is_pasted() {
        for id in ["三小", "123", "no", "a-b_c"] {
            let stranger = Stranger::new(id, UtcMillis(0), None, b"card").unwrap();
            let screens = crate::screen::read(snippet(&stranger, "县\"级").as_bytes()).unwrap();
            assert_eq!((screens[0].id.as_str(), &*screens[0].playlists[0]), (id, "县\"级"));
        }
    }

    #[test]
    fn what_was_said_long_ago_and_is_not_what_was_sent_still_shows() {
        let shown = |n| Shown { frame: FrameId([n; 16]), notice: None };
        let said = |n, at| Acknowledged { shown: Arc::new(shown(n)), at: UtcMillis(at) };
        let (one, two, now) = (shown(1), shown(2), UtcMillis(20_000));
        assert_eq!(still_shows(Some(&two), Some(&said(1, 0)), false, now, 5000), Some(&one));
        assert_eq!(
            still_shows(Some(&two), Some(&said(1, 9000)), false, now, 5000),
            None,
            "it is just being drawn"
        );
        assert_eq!(still_shows(Some(&one), Some(&said(1, 0)), false, now, 5000), None);
        assert_eq!(still_shows(Some(&two), None, true, now, 5000), Some(&two));
    }
}
