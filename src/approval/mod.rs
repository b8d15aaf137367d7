//! Who answers for it? A notice becomes an [`ApprovedNotice`] only when provider, reviewer, responsible
//! person and secrecy reviewer are known, its term is known, and nothing private or secret stands in it.

mod answers;
mod approve;
mod privacy;
mod secrecy;

pub use approve::approve;

use std::sync::Arc;

use crate::{
    diagnostic::Diagnostic,
    notice::{Fit, Notice, Style},
    time::{Hours, Priority, UtcMillis},
};

/// Who provided, who reviewed, who answers for, who checked for secrets, for exactly these bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// 提供
    pub provider: String,
    /// 审核
    pub reviewer: String,
    /// 负责
    pub responsible: String,
    /// 保密审查
    pub secrecy_review: String,
}

/// From when until when: `from` ≤ t < `until`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Window {
    /// The first instant.
    pub from: UtcMillis,
    /// The first instant after it.
    pub until: UtcMillis,
}

impl Window {
    /// Whether `at` lies in it.
    pub fn contains(&self, at: UtcMillis) -> bool {
        self.from <= at && at < self.until
    }
}

/// The only type from which a page can be made. [`approve()`] is the one door to it.
#[derive(Clone, Debug)]
pub struct ApprovedNotice {
    notice: Arc<Notice>,
    approval: Approval,
    window: Window,
    entry: UtcMillis,
    hours: Hours,
    priority: Priority,
    order: i64,
    dwell_ms: Option<u32>,
    style: Style,
    fit: Option<Fit>,
    replaces: Vec<String>,
    screens: Option<Vec<String>>,
    warnings: Vec<Diagnostic>,
}

impl ApprovedNotice {
    /// The notice as read.
    pub fn notice(&self) -> &Arc<Notice> {
        &self.notice
    }
    /// Who answers for it.
    pub fn approval(&self) -> &Approval {
        &self.approval
    }
    /// Its term.
    pub fn window(&self) -> Window {
        self.window
    }
    /// The later of `from` and arrival: when it enters loops.
    pub fn entry(&self) -> UtcMillis {
        self.entry
    }
    /// Its own hours; always, if it has none.
    pub fn hours(&self) -> &Hours {
        &self.hours
    }
    /// Its priority.
    pub fn priority(&self) -> Priority {
        self.priority
    }
    /// Its place within the priority; 0 if not given.
    pub fn order(&self) -> i64 {
        self.order
    }
    /// The dwell that the header demands for each page.
    pub fn dwell_ms(&self) -> Option<u32> {
        self.dwell_ms
    }
    /// Its style.
    pub fn style(&self) -> Style {
        self.style
    }
    /// How its picture meets the face, if the header says so.
    pub fn fit(&self) -> Option<Fit> {
        self.fit
    }
    /// File names in the same playlist that go off the air for it.
    pub fn replaces(&self) -> &[String] {
        &self.replaces
    }
    /// Only these screens show it; `None`: all that play its playlist.
    pub fn screens(&self) -> Option<&[String]> {
        self.screens.as_deref()
    }
    /// What somebody should look at although it is shown.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }
}
