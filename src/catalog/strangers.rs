//! Who asked for a screen that is not there? A device with a mistyped address, or one that nobody has written
//! into `screens.yaml` yet. A short list: whoever asks for thousands of ids pushes out only his own kind.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use super::contact::Caller;
use crate::{geometry::Size, screen::ScreenId, time::UtcMillis};

/// So many are remembered.
const MAX_STRANGERS: usize = 64;

/// An id that somebody asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stranger {
    /// What stood in the address: it could be a screen's id.
    pub id: ScreenId,
    /// What protocol it speaks, if not plain HTTP; what stands in `screens.yaml`.
    pub protocol: Option<&'static str>,
    /// Its MAC address, if it tells one.
    pub mac: Option<Box<str>>,
    /// Its face, if it tells that.
    pub size: Option<Size>,
    /// Who asked last.
    pub caller: Caller,
    /// How often it was asked for.
    pub count: u64,
    /// When it was asked for last.
    pub last: UtcMillis,
}

impl Stranger {
    /// Somebody who asked for `id`; `None` if no screen can be called so.
    pub fn new(id: &str, now: UtcMillis, address: Option<IpAddr>, agent: &[u8]) -> Option<Self> {
        let agent = String::from_utf8_lossy(&agent[..agent.len().min(160)]).into();
        let caller = Caller { address, agent };
        let id = ScreenId::parse(id)?;
        Some(Self { id, protocol: None, mac: None, size: None, caller, count: 1, last: now })
    }
}

/// Ids that were asked for in vain since the start.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<Vec<Stranger>>);

impl Strangers {
    /// Notes one. Never waits: while somebody reads the list, it goes unnoted.
    pub fn note(&self, stranger: Option<Stranger>) {
        let (Some(stranger), Ok(mut all)) = (stranger, self.0.try_lock()) else { return };
        if let Some(known) = all.iter_mut().find(|known| known.id == stranger.id) {
            let count = known.count.saturating_add(1);
            *known = Stranger { count, ..stranger };
            return;
        }
        if all.len() >= MAX_STRANGERS {
            // A device asks again and again; whoever tries out names asks once for each.
            let least = all.iter().enumerate().min_by_key(|(_, known)| (known.count, known.last));
            let Some((n, _)) = least else { return };
            all.swap_remove(n);
        }
        all.push(stranger);
    }

    /// Those that are no screens now, the most persistent first.
    pub fn list(&self, is_screen: impl Fn(&ScreenId) -> bool) -> Vec<Stranger> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| !is_screen(&known.id));
        let mut all = all.clone();
        all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.id.cmp(&b.id)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(strangers: &Strangers, id: &str, at: i64) {
        strangers.note(Stranger::new(id, UtcMillis(at), Some(IpAddr::from([10, 0, 0, 7])), b"card"));
    }

    #[test]
    fn a_device_that_asks_again_outlives_any_number_of_guesses() {
        let strangers = Strangers::default();
        for at in 0..5 {
            ask(&strangers, "三小", at);
        }
        for n in 0..10_000 {
            ask(&strangers, &format!("guess-{n}"), 10 + n);
        }
        ask(&strangers, "../../etc", 99);
        ask(&strangers, &"x".repeat(65), 99);
        let all = strangers.list(|_| false);
        assert_eq!(all.len(), MAX_STRANGERS);
        assert_eq!((all[0].id.as_str(), all[0].count, all[0].last), ("三小", 5, UtcMillis(4)));
        assert!(strangers.list(|id| id.as_str() == "三小").iter().all(|known| known.count == 1));
        assert!(all.iter().all(|known| !known.id.as_str().contains('/')));
    }
}
