//! The snapshot: everything that is true now, immutable, swapped whole.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;

use super::{ScreenTest, ScreenTests, Stage, Tokens};
use crate::{
    approval::ApprovedNotice,
    diagnostic::Diagnostic,
    frame::Frame,
    notice::NoticeId,
    playout::{Programme, Segment},
    render::Layout,
    screen::{Screen, ScreenId},
    time::UtcMillis,
};

/// What became of one dropped file.
#[derive(Clone, Debug)]
pub enum Status {
    /// It may be shown; where and when say the screens' programmes.
    Approved(Arc<ApprovedNotice>),
    /// No screen shows it, and why.
    Refused(Vec<Diagnostic>),
    /// It is a copy of another notice, which is shown instead.
    Beside(Vec<Diagnostic>),
    /// It is still being written.
    Incomplete,
}

/// One dropped file and what became of it.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Which.
    pub id: NoticeId,
    /// What became of it.
    pub status: Status,
    /// What somebody should look at besides; also why a newer version of it is not the one in force.
    pub notes: Vec<Diagnostic>,
}

/// A layout, `None` while it is not needed within 24 h, or why the profile cannot show the notice.
pub type LaidOut = Result<Option<Arc<Layout>>, Arc<Vec<Diagnostic>>>;

/// One screen as it stands.
#[derive(Debug)]
pub struct ScreenState {
    /// What `screens.yaml` says.
    pub screen: Screen,
    /// What it plays.
    pub programme: Programme,
    /// For each run of the programme: the notice and its layout.
    pub runs: Vec<(Arc<ApprovedNotice>, LaidOut)>,
    /// The idle frame.
    pub idle: Arc<Frame>,
    /// The black frame.
    pub dark: Arc<Frame>,
    /// What polls are answered from.
    pub stage: Arc<Stage>,
}

/// Everything that is true now.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows with each snapshot.
    pub generation: u64,
    /// When it was taken.
    pub taken: UtcMillis,
    /// Whether `screens.yaml` has been read well once, so that frames can be vouched for.
    pub ready: bool,
    /// Set while the clock cannot be trusted: all screens show idle frames.
    pub clock_fault: Option<Diagnostic>,
    /// The screens by id.
    pub screens: BTreeMap<ScreenId, Arc<ScreenState>>,
    /// Tokens of screens.
    pub tokens: Arc<Tokens>,
    /// The screens that show a test pattern instead of their programme.
    pub tests: ScreenTests,
    /// Every dropped file, sorted by playlist and natural file order.
    pub files: Vec<FileReport>,
    /// What is wrong outside single notices: `screens.yaml`, folders, clock, fonts, state.
    pub faults: Vec<Diagnostic>,
    /// The zone in which people think.
    pub zone: TimeZone,
}

impl ScreenState {
    /// The segment at `at`. While the clock cannot be trusted the stage shows the idle frame instead.
    pub fn segment_at(&self, at: UtcMillis, zone: &TimeZone) -> Segment {
        self.programme.segment_at(at, zone)
    }
}

impl Snapshot {
    /// Nothing known yet: polls are answered 503.
    pub fn empty(zone: TimeZone) -> Self {
        Self {
            generation: 0,
            taken: UtcMillis::MIN,
            ready: false,
            clock_fault: None,
            screens: BTreeMap::new(),
            tokens: Arc::default(),
            tests: ScreenTests::new(),
            files: Vec::new(),
            faults: Vec::new(),
            zone,
        }
    }

    /// The test under way on `screen` at `at`. An emergency on air is shown all the same.
    pub fn test_at(&self, screen: &ScreenId, at: UtcMillis) -> Option<&ScreenTest> {
        self.tests.get(screen).filter(|test| test.covers(at))
    }

    /// Every diagnostic there is: of files, of profiles, of the site. Each once, sorted by place.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all: Vec<Diagnostic> = self.faults.clone();
        all.extend(self.clock_fault.clone());
        for report in &self.files {
            all.extend(report.notes.iter().cloned());
            if let Status::Refused(list) | Status::Beside(list) = &report.status {
                all.extend(list.iter().cloned());
            }
        }
        for state in self.screens.values() {
            for (_, laid_out) in &state.runs {
                match laid_out {
                    Ok(Some(layout)) => all.extend(layout.warnings.iter().cloned()),
                    Ok(None) => {}
                    Err(refused) => all.extend(refused.iter().cloned()),
                }
            }
        }
        let key = |d: &Diagnostic| (d.place.clone(), std::cmp::Reverse(d.severity), d.msg, d.args.clone());
        all.sort_by_cached_key(key);
        all.dedup();
        all
    }
}
