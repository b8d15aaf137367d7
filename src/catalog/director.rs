//! The director: one thread that looks, reads, approves, lays out, stages and publishes, in that order.

use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use jiff::tz::TimeZone;
use tracing::{info, warn};

use super::{
    Catalog,
    arrivals::Arrivals,
    discovery::{DiskFolder, Folder},
    feedback::Feedback,
    guard::ClockGuard,
    playbill::{Office, Playbills},
    programmes::{Material, Programmes, is_called},
    reconcile::{Good, Now, Reconciler},
    screen_test::{ScreenTests, read_tests, watch_tests},
    snapshot::{FileReport, Snapshot, Status},
    stager::{Props, RESTAGE_MS, Stager},
    tokens::{TokenFile, Tokens},
    traffic::{Traffic, month_of},
    unit::{Content, Site, Unit},
    watch::{Marks, Signal, Watch},
};
use crate::{
    diagnostic::{Diagnostic, Lang, Msg, Place},
    screen::Screen,
    time::UtcMillis,
};

/// Listening begins so long after the start at the latest.
const FIRST_MS: u64 = 6000;
/// After an event so long is waited for more of the same burst.
const DEBOUNCE: Duration = Duration::from_millis(2);
/// The folder is scanned so often in any case, and where no events arrive at all.
const RESCAN_MS: u64 = 10_000;
const RESCAN_WITHOUT_EVENTS_MS: u64 = 2000;

/// What the director works with.
pub struct Plan {
    /// The playlists folder.
    pub playlists: PathBuf,
    /// Where arrivals and the clock's mark are kept; `None`: nowhere (rehearsals, `check`).
    pub state: Option<PathBuf>,
    /// Where feedback files go.
    pub feedback: Option<(PathBuf, Lang)>,
    /// The zone.
    pub zone: TimeZone,
    /// What was wrong with the fonts.
    pub font_faults: Vec<Diagnostic>,
    /// The language of the log.
    pub log_lang: Lang,
}

/// Keeps a [`Catalog`] true.
pub struct Director {
    plan: Plan,
    catalog: Arc<Catalog>,
    folder: Box<dyn Folder>,
    reconciler: Reconciler,
    playbills: Playbills,
    programmes: Programmes,
    stager: Stager,
    arrivals: Arrivals,
    guard: ClockGuard,
    tokens: TokenFile,
    traffic: Traffic,
    feedback: Option<Feedback>,
    marks: Marks,
    state_fault: Option<Diagnostic>,
    feedback_fault: Option<Diagnostic>,
    events_fault: Option<Diagnostic>,
    clock_fault: Option<Diagnostic>,
    /// What was logged, and the generation that it was taken from.
    logged: (HashSet<Diagnostic>, u64),
    /// The generation and minute that feedback was last written for.
    fed: (u64, i64),
    published: Option<Published>,
    tests: ScreenTests,
    generation: u64,
    staged_at: UtcMillis,
}

/// What the published snapshot was made from.
#[derive(PartialEq)]
struct Published {
    versions: u64,
    faults: Vec<Diagnostic>,
    clock_ok: bool,
    tokens: Arc<Tokens>,
    tests: ScreenTests,
}

impl Director {
    /// A director of `catalog` over the folder on disk that `plan` names.
    pub fn new(plan: Plan, catalog: Arc<Catalog>) -> Self {
        let folder = Box::new(DiskFolder::new(&plan.playlists));
        Self::with_folder(plan, catalog, folder)
    }

    /// A director over another folder: for tests.
    pub fn with_folder(plan: Plan, catalog: Arc<Catalog>, folder: Box<dyn Folder>) -> Self {
        let now = catalog.clock().now();
        let mut state_fault = None;
        let (mut arrivals, mut guard) = (Arrivals::in_memory(), ClockGuard::trusting());
        if let Some(state) = &plan.state {
            let loaded = std::fs::create_dir_all(state).and_then(|()| Arrivals::load(state, now));
            guard = ClockGuard::load(state);
            match loaded {
                Ok(loaded) => arrivals = loaded,
                Err(e) => state_fault = Some(state_trouble(state, &e)),
            }
        }
        let traffic = plan.state.as_deref().map(Traffic::load).unwrap_or_default();
        let tokens = TokenFile::new(plan.state.clone());
        let feedback = plan.feedback.clone().map(|(dir, lang)| Feedback::new(dir, lang));
        Self {
            plan,
            catalog,
            folder,
            reconciler: Reconciler::default(),
            playbills: Playbills::default(),
            programmes: Programmes::default(),
            stager: Stager::default(),
            arrivals,
            guard,
            tokens,
            traffic,
            feedback,
            marks: Marks::default(),
            state_fault,
            feedback_fault: None,
            events_fault: None,
            clock_fault: None,
            logged: (HashSet::new(), 0),
            fed: (0, 0),
            published: None,
            tests: ScreenTests::new(),
            generation: 0,
            staged_at: UtcMillis::MIN,
        }
    }

    /// Watches and works until told to stop. `first` is called once the first snapshot stands.
    #[allow(clippy::disallowed_methods)] // the forward clock of this thread
    pub fn run(mut self, signals: &mpsc::Receiver<Signal>, out: mpsc::Sender<Signal>, first: impl FnOnce()) {
        let start = Instant::now();
        let _tests = self.plan.state.as_deref().and_then(|state| watch_tests(state, out.clone()));
        let mut watch = match Watch::start(&self.plan.playlists, out) {
            Ok(watch) => Some(watch),
            Err(e) => {
                self.events_fault =
                    Some(Diagnostic::warning(Place::default(), Msg::EventsUnavailable, [e.to_string()]));
                None
            }
        };
        let rescan_ms = if watch.is_some() { RESCAN_MS } else { RESCAN_WITHOUT_EVENTS_MS };
        let mut first = Some(first);
        loop {
            // Before the scan: what comes between the two is seen by one of them.
            if let Some(watch) = &mut watch {
                watch.arm();
            }
            let mono_ms = start.elapsed().as_millis() as u64;
            let due = self.turn(mono_ms);
            // Files written just before the start settle first: nobody is to be told "unknown screen".
            if (!self.reconciler.is_settling() || mono_ms >= FIRST_MS)
                && let Some(first) = first.take()
            {
                first();
            }
            let wait = due.min(mono_ms + rescan_ms).saturating_sub(start.elapsed().as_millis() as u64);
            let mut signal = match signals.recv_timeout(Duration::from_millis(wait.max(1))) {
                Ok(signal) => Some(signal),
                Err(mpsc::RecvTimeoutError::Timeout) => None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            };
            let burst = Instant::now();
            while let Some(Signal::Look(marks)) = signal {
                self.marks.merge(marks);
                signal = signals.recv_timeout(DEBOUNCE.saturating_sub(burst.elapsed())).ok();
            }
            if matches!(signal, Some(Signal::Stop)) {
                return;
            }
        }
    }

    /// Takes in what events said, for the next look.
    pub fn note(&mut self, marks: Marks) {
        self.marks.merge(marks);
    }

    /// Looks once, taking every file as whole: for `check`.
    pub fn look_once(&mut self) {
        self.reconciler.take_nul_as_final();
        if let Ok(found) = self.folder.scan() {
            self.marks.closed.extend(found.into_iter().map(|found| found.path));
        }
        self.turn(0);
    }

    /// Looks once and does all that follows. `mono_ms` is a clock that only runs forward. Returns when to
    /// look again though nothing happens, on that clock.
    pub fn turn(&mut self, mono_ms: u64) -> u64 {
        let now = self.catalog.clock().now();
        let zone = self.plan.zone.clone();
        let before = self.clock_fault.is_none();
        self.clock_fault = self.guard.look(now, &zone);
        let clock_ok = self.clock_fault.is_none();
        let site = Site { today: now.civil(&zone).date(), zone: zone.clone() };
        let scan = self.folder.scan().map_err(|e| e.to_string());
        self.reconciler.reconcile(scan, &mut self.marks, &*self.folder, &site, Now { utc: now, mono_ms });
        // While the clock lies nothing arrives: an arrival in the past would last for good.
        let mut provisional = Arrivals::in_memory();
        let arrivals = if clock_ok { &mut self.arrivals } else { &mut provisional };
        if clock_ok && !before {
            self.playbills = Playbills::default();
        }
        self.playbills.update(&self.reconciler, &mut Office { arrivals, now, zone: &zone });
        self.tokens.look();
        let mut changed = self.update_programmes(now);
        self.look_for_tests(now, &mut changed);
        self.publish(now, clock_ok, before == clock_ok && changed.is_empty());
        self.stage(now, before == clock_ok, changed);
        self.keep_books(now);
        let next = self.programmes.near_at().min(self.staged_at.plus(RESTAGE_MS));
        let wait = next.since(now).clamp(1, i64::from(u32::MAX)) as u64;
        self.reconciler.due().unwrap_or(u64::MAX).min(mono_ms + wait)
    }

    fn screens(&self) -> Option<&[Screen]> {
        match self.reconciler.unit(&Unit::Screens)?.good {
            Some(Good { content: Content::Screens(screens), .. }) => Some(screens),
            _ => None,
        }
    }

    fn update_programmes(&mut self, now: UtcMillis) -> Vec<Arc<super::ScreenState>> {
        let Some(screens) = self.screens().map(<[_]>::to_vec) else { return Vec::new() };
        let keep = self.reconciler.unit(&Unit::Keep).and_then(|view| view.good).cloned();
        let (words, keep_version) = match keep {
            Some(Good { content: Content::Keep(words), version, .. }) => (words, version),
            _ => (Arc::default(), 0),
        };
        let fonts = self.catalog.fonts().clone();
        let material =
            Material { bills: self.playbills.bills(), fonts: &fonts, keep: &words, keep_version, now };
        self.programmes.update(&screens, &material)
    }

    /// Reads which test patterns are wanted; screens where that changed are among `changed` then.
    fn look_for_tests(&mut self, now: UtcMillis, changed: &mut Vec<Arc<super::ScreenState>>) {
        let Some(state) = &self.plan.state else { return };
        let tests = read_tests(state, now);
        if tests == self.tests {
            return;
        }
        for (id, state) in self.programmes.states() {
            let same = tests.get(&id) == self.tests.get(&id);
            if !same && !changed.iter().any(|other| other.screen.id == id) {
                changed.push(state);
            }
        }
        self.tests = tests;
    }

    /// Swaps the snapshot if anything in it changed.
    fn publish(&mut self, now: UtcMillis, clock_ok: bool, screens_same: bool) {
        let faults = self.faults();
        let bills = self.playbills.bills();
        // Versions only grow, so their sum changes whenever one of them does.
        let versions: u64 =
            bills.values().map(|bill| bill.version + 1).sum::<u64>() + self.reconciler.version(None);
        let tokens = Arc::clone(self.tokens.tokens());
        let tests = self.tests.clone();
        let published = Published { versions, faults, clock_ok, tokens: Arc::clone(&tokens), tests };
        if screens_same && self.published.as_ref() == Some(&published) {
            return;
        }
        self.generation += 1;
        let snapshot = Snapshot {
            generation: self.generation,
            taken: now,
            ready: self.screens().is_some(),
            clock_fault: self.clock_fault.clone(),
            screens: self.programmes.states(),
            tokens,
            tests: self.tests.clone(),
            files: self.files(),
            faults: published.faults.clone(),
            zone: self.plan.zone.clone(),
        };
        self.published = Some(published);
        self.playbills.prune(&self.reconciler);
        self.catalog.publish(snapshot);
    }

    /// Every file's report, with a note on each that names a screen that is not there.
    fn files(&self) -> Vec<FileReport> {
        let screens = self.screens().unwrap_or_default();
        let names = || screens.iter().map(|screen| screen.id.as_str()).take(8).collect::<Vec<_>>().join(", ");
        let mut files: Vec<FileReport> =
            self.playbills.bills().values().flat_map(|bill| bill.files.iter().cloned()).collect();
        for report in &mut files {
            let Status::Approved(notice) = &report.status else { continue };
            for name in notice.screens().unwrap_or_default() {
                if !screens.is_empty() && !screens.iter().any(|screen| is_called(screen, name)) {
                    let place = Place::file(report.id.to_string());
                    report.notes.push(Diagnostic::warning(
                        place,
                        Msg::UnknownScreen,
                        [name.clone(), names()],
                    ));
                }
            }
        }
        files
    }

    /// Stages what changed, or everything when it is time.
    fn stage(&mut self, now: UtcMillis, clock_same: bool, changed: Vec<Arc<super::ScreenState>>) {
        let snapshot = self.catalog.snapshot().clone();
        let clock_ok = self.clock_fault.is_none();
        // A clock that was moved, either way, leaves the stages behind.
        let all = !clock_same || now < self.staged_at || now.since(self.staged_at) >= RESTAGE_MS;
        let fonts = self.catalog.fonts().clone();
        let zone = self.plan.zone.clone();
        let tests = &snapshot.tests;
        let registry = &self.catalog.registry;
        let props = Props { fonts: &fonts, zone: &zone, now, clock_ok, tests, registry };
        let states: Vec<_> = if all { snapshot.screens.values().cloned().collect() } else { changed };
        for state in &states {
            self.stager.stage(state, &props);
        }
        if all {
            self.staged_at = now;
            let live: Vec<_> = snapshot.screens.values().cloned().collect();
            self.stager.sweep(&live, now);
        }
    }

    /// State and feedback files, after everything that somebody waits for.
    fn keep_books(&mut self, now: UtcMillis) {
        let snapshot = Arc::clone(&self.catalog.snapshot());
        let contacts = || snapshot.screens.iter().map(|(id, state)| (id.as_str(), state.stage.contact()));
        let month = month_of(now, &self.plan.zone);
        // A clock that lies would end the month.
        let clock_ok = self.clock_fault.is_none();
        if clock_ok {
            self.traffic.roll(contacts(), month);
        }
        if let Some(state) = &self.plan.state {
            let saved = self.arrivals.save().and_then(|()| self.guard.save());
            let mut counted = || if clock_ok { self.traffic.save(contacts(), month, now) } else { Ok(()) };
            let saved = saved.and_then(|()| counted());
            self.state_fault = saved.err().map(|e| state_trouble(state, &e));
        }
        self.log_news();
        // What a file says about "now" changes with time, too: at most a minute late.
        let due = (self.generation, now.0.div_euclid(60_000));
        if let Some(feedback) = self.feedback.as_mut().filter(|_| self.fed != due) {
            self.fed = due;
            let names: Vec<String> = self.reconciler.playlists().keys().cloned().collect();
            let written = feedback.write(&self.catalog.snapshot(), &names, now);
            self.feedback_fault = written.err().map(|e| {
                let dir = self
                    .plan
                    .feedback
                    .as_ref()
                    .map_or_else(String::new, |(dir, _)| dir.display().to_string());
                Diagnostic::fault(Place::default(), Msg::FeedbackNotWritable, [dir, e.to_string()])
            });
        }
    }

    /// What is wrong outside single notices.
    fn faults(&self) -> Vec<Diagnostic> {
        let root = self.plan.playlists.display().to_string();
        let mut faults: Vec<Diagnostic> = self.reconciler.root_fault(&root).into_iter().collect();
        match self.reconciler.unit(&Unit::Screens) {
            Some(view) => faults.extend(view.trouble.iter().cloned()),
            None if faults.is_empty() => {
                faults.push(Diagnostic::fault(Place::file("screens.yaml"), Msg::ScreensMissing, [root]));
            }
            None => {}
        }
        for (unit, view) in self.reconciler.units() {
            if matches!(unit, Unit::Stray(_) | Unit::Keep) {
                faults.extend(view.trouble.iter().cloned());
            }
        }
        faults.extend(self.playbills.bills().values().flat_map(|bill| bill.faults.iter().cloned()));
        faults.extend(self.programmes.faults().cloned());
        faults.extend(self.plan.font_faults.iter().cloned());
        faults.extend(self.tokens.fault().cloned());
        let own = [&self.state_fault, &self.feedback_fault, &self.events_fault];
        faults.extend(own.into_iter().flatten().cloned());
        faults
    }

    /// Logs each diagnostic once when it appears, and counts what is there.
    fn log_news(&mut self) {
        if self.logged.1 == self.generation {
            return;
        }
        let snapshot = self.catalog.snapshot();
        let all = snapshot.diagnostics();
        let lang = self.plan.log_lang;
        for diagnostic in all.iter().filter(|diagnostic| !self.logged.0.contains(diagnostic)) {
            warn!("{}", diagnostic.one_line(lang));
        }
        let (screens, files) = (snapshot.screens.len(), snapshot.files.len());
        info!(screens, files, diagnostics = all.len(), "snapshot {}", self.generation);
        self.logged = (all.into_iter().collect(), self.generation);
    }
}

fn state_trouble(state: &std::path::Path, e: &std::io::Error) -> Diagnostic {
    let args = [state.display().to_string(), e.to_string()];
    Diagnostic::fault(Place::default(), Msg::StateNotWritable, args)
}
