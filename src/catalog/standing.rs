//! Standing: where each notice is on air and until when, or why it is on air nowhere. What the dashboard,
//! the feedback files and `check` tell people.

use std::{collections::HashMap, sync::Arc};

use super::snapshot::{ScreenState, Snapshot, Status};
use crate::{
    approval::ApprovedNotice,
    diagnostic::{Diagnostic, Msg, Place},
    notice::{NoticeId, header::Key},
    playout::OffAir,
    time::UtcMillis,
};

/// How one approved notice stands.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The screens that show it now.
    pub on_air: Vec<Arc<ScreenState>>,
    /// Screens that would show it but cannot, and why.
    pub refused: Vec<(Arc<ScreenState>, Arc<Vec<Diagnostic>>)>,
    /// Why it is on air nowhere; `None` if it is somewhere.
    pub nowhere: Option<Diagnostic>,
    /// What its author should know about how it looks on its screens, each thing once.
    pub looks: Vec<Diagnostic>,
}

/// The standing of every approved notice of `snapshot` at `now`.
pub fn standings(snapshot: &Snapshot, now: UtcMillis) -> HashMap<NoticeId, Standing> {
    let mut all: HashMap<NoticeId, Standing> = HashMap::new();
    let mut reasons: HashMap<NoticeId, Diagnostic> = HashMap::new();
    for state in snapshot.screens.values() {
        let offs = state.programme.reasons(now, &snapshot.zone);
        for ((notice, laid_out), off) in state.runs.iter().zip(offs) {
            let id = &notice.notice().id;
            let standing = all.entry(id.clone()).or_default();
            for warning in laid_out.iter().flatten().flat_map(|layout| &layout.warnings) {
                if !standing.looks.contains(warning) {
                    standing.looks.push(warning.clone());
                }
            }
            match (laid_out, off) {
                (_, None) => standing.on_air.push(state.clone()),
                (Err(diagnostics), Some(OffAir::NoPages)) => {
                    standing.refused.push((state.clone(), diagnostics.clone()));
                }
                (_, Some(off)) => {
                    let reason = reason(snapshot, state, notice, &off);
                    // Of several screens' reasons the one that ends first is told.
                    let better = |old: &Diagnostic| rank(&reason) < rank(old);
                    if reasons.get(id).is_none_or(better) {
                        reasons.insert(id.clone(), reason);
                    }
                }
            }
        }
    }
    for report in &snapshot.files {
        let Status::Approved(notice) = &report.status else { continue };
        let standing = all.entry(report.id.clone()).or_default();
        if let Some(fault) = &snapshot.clock_fault {
            // Nothing is on air while the clock cannot be trusted.
            *standing = Standing { nowhere: Some(fault.clone()), ..Standing::default() };
            continue;
        }
        if standing.on_air.is_empty() {
            let place = Place::file(report.id.to_string());
            standing.nowhere = if notice.window().until <= now {
                Some(expired(notice, snapshot))
            } else if let Some(reason) = reasons.remove(&report.id) {
                Some(reason)
            } else if let Some((_, diagnostics)) = standing.refused.first() {
                diagnostics.first().cloned()
            } else if snapshot.screens.is_empty() {
                // That there are no screens is told where it belongs, once.
                None
            } else {
                let msg = if notice.screens().is_some() && plays(snapshot, &report.id.playlist) {
                    Msg::NowhereNotChosen
                } else {
                    Msg::NowhereNoScreen
                };
                Some(Diagnostic::warning(place, msg, [&report.id.playlist]))
            };
        }
    }
    all
}

/// Whether any screen plays `playlist`.
fn plays(snapshot: &Snapshot, playlist: &str) -> bool {
    snapshot.screens.values().any(|state| state.screen.playlists.iter().any(|name| name == playlist))
}

/// The diagnostic for a notice whose term is over.
pub fn expired(notice: &ApprovedNotice, snapshot: &Snapshot) -> Diagnostic {
    let place = notice.notice().header.places.of(Key::Until).cloned();
    let place = place.unwrap_or_else(|| Place::file(notice.notice().id.to_string()));
    Diagnostic::refusal(place, Msg::Expired, [notice.window().until.display_end(&snapshot.zone)])
}

fn rank(diagnostic: &Diagnostic) -> u8 {
    match diagnostic.msg {
        Msg::NowherePreempted => 0,
        Msg::NowhereHours => 1,
        Msg::NowhereNotYet => 2,
        Msg::NowhereReplaced => 3,
        _ => 4,
    }
}

fn reason(snapshot: &Snapshot, state: &ScreenState, notice: &ApprovedNotice, off: &OffAir) -> Diagnostic {
    let place = Place::file(notice.notice().id.to_string());
    let shown = |at: &UtcMillis| at.display(&snapshot.zone);
    match off {
        OffAir::Expired(_) => expired(notice, snapshot),
        OffAir::NotYet(from) => Diagnostic::warning(place, Msg::NowhereNotYet, [shown(from)]),
        OffAir::Hours(Some(next)) => Diagnostic::warning(place, Msg::NowhereHours, [shown(next)]),
        OffAir::Hours(None) => Diagnostic::warning(place, Msg::NowhereNeverOpen, [""; 0]),
        OffAir::Replaced(by) => {
            let by = state.programme.runs().get(*by as usize).map_or("?", |run| &run.id.file);
            Diagnostic::warning(place, Msg::NowhereReplaced, [by])
        }
        OffAir::Copy(original) => {
            let original = state.programme.runs().get(*original as usize).map_or("?", |run| &run.id.file);
            Diagnostic::warning(place, Msg::DuplicateNotice, [original])
        }
        OffAir::Preempted => Diagnostic::warning(place, Msg::NowherePreempted, [""; 0]),
        OffAir::NoPages => Diagnostic::warning(place, Msg::NowhereNoScreen, [&notice.notice().id.playlist]),
    }
}
