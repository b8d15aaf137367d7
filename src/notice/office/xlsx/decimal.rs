//! A number as Excel keeps it: fifteen decimal digits, rounded half up. Rounding the binary value instead would
//! show 0.28 for 0.285, where Excel shows 0.29.

/// `0.d₁d₂d₃… × 10^point`, without zeros at the beginning; no digits for zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    pub(super) negative: bool,
    digits: Vec<u8>,
    point: i32,
}

/// How many digits Excel keeps.
const PRECISION: usize = 15;

impl Decimal {
    /// `None` for what is no number.
    pub(super) fn of(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let text = format!("{:.*e}", PRECISION - 1, value.abs());
        let (mantissa, exponent) = text.split_once('e')?;
        let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let point = if digits.is_empty() { 0 } else { exponent.parse::<i32>().ok()? + 1 };
        Some(Self { negative: value < 0.0, digits, point })
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Digits before the decimal point; less than 1 for numbers below 0.1.
    pub(super) fn point(&self) -> i32 {
        self.point
    }

    /// Number of digits that matter.
    pub(super) fn len(&self) -> usize {
        self.digits.len()
    }

    /// Times ten to the power of `by`.
    pub(super) fn shifted(mut self, by: i32) -> Self {
        if !self.is_zero() {
            self.point += by;
        }
        self
    }

    /// With so many places behind the point, half a unit rounded away from zero.
    pub(super) fn rounded(mut self, places: usize) -> Self {
        let keep = self.point + i32::try_from(places).unwrap_or(i32::MAX / 2);
        if keep < 0 {
            self.digits.clear();
        } else if (keep as usize) < self.digits.len() {
            let up = self.digits[keep as usize] >= 5;
            self.digits.truncate(keep as usize);
            if up {
                let mut at = self.digits.len();
                loop {
                    if at == 0 {
                        self.digits.insert(0, 1);
                        self.point += 1;
                        break;
                    }
                    at -= 1;
                    if self.digits[at] < 9 {
                        self.digits[at] += 1;
                        break;
                    }
                    self.digits[at] = 0;
                }
            }
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }

    fn digit(&self, index: i32) -> char {
        let digit =
            usize::try_from(index).ok().and_then(|index| self.digits.get(index)).copied().unwrap_or(0);
        char::from(b'0' + digit)
    }

    /// The digits before the point; empty for numbers below one.
    pub(super) fn whole(&self) -> String {
        (0..self.point).map(|n| self.digit(n)).collect()
    }

    /// So many digits behind the point.
    pub(super) fn fraction(&self, places: usize) -> String {
        (0..places).map(|n| self.digit(self.point + n as i32)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seen(value: f64, places: usize) -> String {
        let rounded = Decimal::of(value).unwrap().rounded(places);
        format!("{}.{}", rounded.whole(), rounded.fraction(places))
    }

    #[test]
    fn halves_go_up_in_decimal() {
        for (value, places, expected) in [
            (0.285, 2, ".29"),
            (1.005, 2, "1.01"),
            (2.5, 0, "3."),
            (0.1 + 0.2, 2, ".30"),
            (999.995, 2, "1000.00"),
            (0.004, 2, ".00"),
            (0.005, 2, ".01"),
            (0.0, 1, ".0"),
            (1e20, 0, "100000000000000000000."),
            (123_456.789, 1, "123456.8"),
        ] {
            assert_eq!(seen(value, places), expected, "{value}");
        }
        assert_eq!(Decimal::of(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn cents_come_back(cents in 0u64..10_000_000_000) {
            let text = seen(cents as f64 / 100.0, 2);
            let expected = if cents < 100 { format!(".{cents:02}") } else { format!("{}.{:02}", cents / 100, cents % 100) };
            prop_assert_eq!(text, expected);
        }

        #[test]
        fn no_number_panics(bits in any::<u64>(), places in 0usize..40, by in -400i32..400) {
            if let Some(decimal) = Decimal::of(f64::from_bits(bits)) {
                let rounded = decimal.shifted(by).rounded(places);
                prop_assert!(rounded.whole().len() < 1000 && rounded.fraction(places).len() == places);
            }
        }
    }
}
