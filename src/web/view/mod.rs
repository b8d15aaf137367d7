//! What is there to see? The catalog's snapshot becomes plain values that the pages draw: no page asks the
//! catalog itself, so a test can draw a page from values made by hand.

pub mod attention;
pub mod contact;
pub mod screen;

use jiff::tz::TimeZone;

use crate::{
    catalog::{Catalog, ScreenState, ScreenTest, Snapshot},
    diagnostic::Diagnostic,
    http::error::Problem,
    screen::Screen,
    time::UtcMillis,
};

pub use attention::{Attention, Coming, OffAirNotice, PartlyShown, Trouble};
pub use contact::{Contact, Mood};
pub use screen::{Air, LoopPage, OnAirNotice};

/// What every page tells: the clock, and how the server is reached.
#[derive(Clone, Debug)]
pub struct Site {
    /// The instant that the page is about.
    pub now: UtcMillis,
    /// The zone in which its times are written.
    pub zone: TimeZone,
    /// Whether the clock is simulated.
    pub rehearsing: bool,
    /// Whether only this computer reaches the server.
    pub loopback_only: bool,
    /// Where controllers reach it: what stands before a path.
    pub base: String,
}

/// Everything on the dashboard.
#[derive(Debug)]
pub struct Dashboard {
    /// What every page tells.
    pub site: Site,
    /// Whether frames can be vouched for.
    pub ready: bool,
    /// The clock first, then what else is wrong outside single notices.
    pub faults: Vec<Diagnostic>,
    /// The screens.
    pub screens: Vec<Card>,
    /// How many notices are on air on some screen.
    pub on_air: usize,
    /// What somebody should look at.
    pub attention: Attention,
    /// Who asked for screens that are not there.
    pub strangers: attention::Listing<Strange>,
}

/// Somebody who asked for a screen that is not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Strange {
    /// What he asked for.
    pub id: String,
    /// From where.
    pub address: String,
    /// What he calls himself.
    pub agent: String,
    /// How often.
    pub count: u64,
    /// When he last did.
    pub last: UtcMillis,
    /// What to write into `screens.yaml` if it is to be a screen.
    pub snippet: String,
}

/// One screen on the dashboard.
#[derive(Debug)]
pub struct Card {
    /// What `screens.yaml` says.
    pub screen: Screen,
    /// What it shows.
    pub air: Air,
    /// How its controller is.
    pub contact: Contact,
}

/// Everything on a screen's page.
#[derive(Debug)]
pub struct Preview {
    /// What every page tells.
    pub site: Site,
    /// What `screens.yaml` says.
    pub screen: Screen,
    /// The snapshot's number: what is shown may have changed when it has.
    pub generation: u64,
    /// Percent.
    pub brightness: u8,
    /// The clock's fault, if it has one.
    pub clock_fault: Option<Diagnostic>,
    /// What it shows.
    pub air: Air,
    /// How its controller is.
    pub contact: Contact,
    /// The pages of its loop, in order, at most [`screen::MOST_PAGES`].
    pub pages: Vec<LoopPage>,
}

/// Everything on a screen's test page.
#[derive(Debug)]
pub struct ScreenTestView {
    /// What every page tells.
    pub site: Site,
    /// What `screens.yaml` says.
    pub screen: Screen,
    /// What it shows.
    pub air: Air,
    /// The test under way.
    pub test: Option<ScreenTest>,
    /// Whether whoever looks may start one here.
    pub from_here: bool,
}

/// The dashboard as of `site.now`.
pub fn dashboard(catalog: &Catalog, site: Site) -> Dashboard {
    let snapshot = catalog.snapshot();
    let (attention, on_air) = attention::collect(&snapshot, site.now);
    let cards = snapshot.screens.values().map(|state| {
        let segment = state.programme.segment_at(site.now, &snapshot.zone);
        let contact = contact::contact(&snapshot, state, site.now);
        Card { screen: state.screen.clone(), air: screen::air(&snapshot, state, &segment, site.now), contact }
    });
    let screens = cards.collect();
    let mut faults: Vec<Diagnostic> = snapshot.clock_fault.iter().cloned().collect();
    let mut rest: Vec<&Diagnostic> =
        snapshot.faults.iter().filter(|fault| Some(*fault) != snapshot.clock_fault.as_ref()).collect();
    rest.sort_by_key(|fault| std::cmp::Reverse(fault.severity));
    faults.extend(rest.into_iter().cloned());
    let strangers = strangers(catalog, &snapshot);
    Dashboard { site, ready: snapshot.ready, faults, screens, on_air, attention, strangers }
}

fn strangers(catalog: &Catalog, snapshot: &Snapshot) -> attention::Listing<Strange> {
    let playlist = snapshot.screens.values().find_map(|state| state.screen.playlists.first());
    let playlist = playlist.map_or("bureau", String::as_str);
    let mut list = attention::Listing::default();
    for stranger in catalog.strangers().list(|id| snapshot.screens.contains_key(id)) {
        list.add(|| {
            let (address, agent) = contact::name(&stranger.caller);
            let snippet = contact::snippet(&stranger, playlist);
            let (id, count, last) = (stranger.id.to_string(), stranger.count, stranger.last);
            Strange { id, address, agent, count, last, snippet }
        });
    }
    list
}

/// The page of screen `id` as of `site.now`.
pub fn preview(catalog: &Catalog, site: Site, id: &str) -> Result<Preview, Problem> {
    let snapshot = catalog.snapshot();
    let state = find(&snapshot, id)?;
    let segment = state.programme.segment_at(site.now, &snapshot.zone);
    let segment = screen::unchanged(&state.programme, segment, &snapshot.zone);
    let air = screen::air(&snapshot, state, &segment, site.now);
    let pages = match air {
        Air::Loop { .. } => screen::pages(state, &segment, site.now),
        _ => Vec::new(),
    };
    Ok(Preview {
        generation: snapshot.generation,
        brightness: state.screen.brightness_at(site.now, &snapshot.zone),
        clock_fault: snapshot.clock_fault.clone(),
        contact: contact::contact(&snapshot, state, site.now),
        screen: state.screen.clone(),
        air,
        pages,
        site,
    })
}

/// The test page of screen `id` as of `site.now`.
pub fn screen_test(
    catalog: &Catalog,
    site: Site,
    id: &str,
    from_here: bool,
) -> Result<ScreenTestView, Problem> {
    let snapshot = catalog.snapshot();
    let state = find(&snapshot, id)?;
    let segment = state.programme.segment_at(site.now, &snapshot.zone);
    Ok(ScreenTestView {
        screen: state.screen.clone(),
        air: screen::air(&snapshot, state, &segment, site.now),
        test: snapshot.test_at(&state.screen.id, site.now).copied(),
        from_here,
        site,
    })
}

/// The screen with this id, as far as anything can be vouched for.
pub fn find<'a>(snapshot: &'a Snapshot, id: &str) -> Result<&'a ScreenState, Problem> {
    if !snapshot.ready {
        return Err(Problem::NotReady);
    }
    snapshot.screens.get(id).map(AsRef::as_ref).ok_or_else(|| {
        let known = snapshot.screens.keys().take(8).map(ToString::to_string).collect();
        Problem::UnknownScreen(id.to_owned(), known)
    })
}
