//! Whose value holds where several headers give one? And where does it stand?

use super::Key;
use crate::{diagnostic::Place, notice::Header};

/// Where each value of a header stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places(Vec<(Key, Place)>);

impl Places {
    /// Where the value of `key` stands, if it is given.
    pub fn of(&self, key: Key) -> Option<&Place> {
        self.0.iter().find(|(other, _)| *other == key).map(|(_, place)| place)
    }

    pub(super) fn add(&mut self, key: Key, place: Place) {
        self.0.push((key, place));
    }
}

impl Header {
    /// This header's values, and the values of `defaults` where it has none.
    #[must_use]
    pub fn or(&self, defaults: &Self) -> Self {
        macro_rules! first_given {
            ($($field:ident)*) => {
                Self {
                    $( $field: self.$field.clone().or_else(|| defaults.$field.clone()), )*
                    places: self.places.clone(),
                }
            };
        }
        let mut merged = first_given!(
            title category index issuer document date provider reviewer responsible secrecy_review from until
            hours priority replaces dwell_ms style fit screens order charset privacy_exempt keep_days
        );
        for (key, place) in &defaults.places.0 {
            if self.places.of(*key).is_none() {
                merged.places.add(*key, place.clone());
            }
        }
        merged
    }
}
