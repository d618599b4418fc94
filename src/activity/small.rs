//! Which counts of people are too small to be shown, and which others would give them away.
//!
//! A count from 1 to the smallest size of a group less one is *small*: it tells about single people.
//! Zero tells about nobody and stays. Where counts add up to one another, hiding the small ones alone is
//! not enough: what is left of the sum would tell them.

use crate::auth::Caller;

/// The smallest group whose size is shown; 0 or 1 shows all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Smallest(u64);

impl Smallest {
    /// Shows every count.
    pub const ALL: Self = Self(0);

    /// Shows groups of this size or more.
    pub fn of(size: u64) -> Self {
        Self(size)
    }

    /// What a caller is shown of a workspace.
    pub fn seen_by(caller: &Caller) -> Self {
        if caller.sees_small_groups() {
            return Self::ALL;
        }
        Self(u64::try_from(caller.workspace.smallest_group).unwrap_or(0))
    }

    /// Whether nothing is ever hidden.
    pub fn shows_all(self) -> bool {
        self.0 <= 1
    }

    /// Whether a count is too small to be shown.
    pub fn hides(self, count: u64) -> bool {
        count > 0 && count < self.0
    }

    /// The count, unless it is small.
    pub fn shown(self, count: u64) -> Option<u64> {
        (!self.hides(count)).then_some(count)
    }

    /// A part of a whole that stands beside it, unless the part or the rest is small.
    pub fn part(self, part: u64, whole: u64) -> Option<u64> {
        (!self.hides(part) && !self.hides(whole) && !self.hides(whole.saturating_sub(part))).then_some(part)
    }

    /// Which of new, current, resurrected and dormant people of a period are shown.
    ///
    /// Two sums are known: new, current and resurrected are the people active in the period, current and
    /// dormant those active in the one before; either may be hidden itself for being small. As few
    /// counts as possible are hidden beside the small ones, the smallest first; a zero only when nothing
    /// else helps.
    pub fn lifecycle(self, [new, current, resurrected, dormant]: Parts) -> [bool; 4] {
        let parts = [new, current, resurrected, dormant];
        if self.shows_all() || !self.lifecycle_tells(parts, [true; 4]) {
            return [true; 4];
        }
        let choices = (0u8..16).map(|bits| [bits & 1, bits & 2, bits & 4, bits & 8].map(|bit| bit == 0));
        let small_are_hidden =
            |shown: &[bool; 4]| parts.iter().zip(shown).all(|(n, shown)| !(*shown && self.hides(*n)));
        let safe = choices.filter(small_are_hidden).filter(|shown| !self.lifecycle_tells(parts, *shown));
        let cost = |shown: &[bool; 4]| {
            let hidden = || parts.iter().zip(shown).filter(|(_, shown)| !**shown).map(|(n, _)| *n);
            (hidden().filter(|n| *n == 0).count(), hidden().count(), hidden().sum::<u64>())
        };
        safe.min_by_key(cost).unwrap_or([false; 4])
    }

    /// Whether what is shown of a period tells a small count, or a small sum of counts, exactly.
    fn lifecycle_tells(self, parts: Parts, shown: [bool; 4]) -> bool {
        let [new, current, resurrected, dormant] = parts;
        let [new_shown, current_shown, resurrected_shown, dormant_shown] = shown;
        let (active, before) = (new + current + resurrected, current + dormant);
        let (active_shown, before_shown) = (!self.hides(active), !self.hides(before));
        // How far each can lie from what is shown; none is bound above without a sum.
        let (mut low, mut high) = (0, u64::MAX);
        if current_shown {
            (low, high) = (current, current);
        } else {
            if active_shown {
                match (new_shown, resurrected_shown) {
                    (true, true) => (low, high) = (current, current),
                    (true, false) => high = high.min(active - new),
                    (false, true) => high = high.min(active - resurrected),
                    (false, false) => high = high.min(active),
                }
            }
            if before_shown && dormant_shown {
                (low, high) = (current, current);
            } else if before_shown {
                high = high.min(before);
            }
        }
        let current_known = low == high;
        // The rest of the active ones follows from the current ones when one of two is shown, or current is known.
        let new_known = new_shown || (active_shown && current_known && resurrected_shown);
        let resurrected_known = resurrected_shown || (active_shown && current_known && new_shown);
        // With nobody left to share, both are known to be nobody.
        let none_left = active_shown && current_known && new + resurrected == 0;
        let dormant_known = dormant_shown || (before_shown && current_known);
        let known = |told: bool, count: u64| told && self.hides(count);
        known(current_known, current)
            || known(new_known || none_left, new)
            || known(resurrected_known || none_left, resurrected)
            || known(dormant_known, dormant)
            || known(active_shown && current_known, new + resurrected)
            || known(active_shown && resurrected_known, new + current)
            || known(active_shown && new_known, current + resurrected)
    }
}

/// New, current, resurrected, dormant.
pub type Parts = [u64; 4];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn small_counts_are_hidden_and_zero_is_not() {
        let five = Smallest::of(5);
        assert_eq!([0, 1, 4, 5, 9].map(|n| five.shown(n)), [Some(0), None, None, Some(5), Some(9)]);
        assert_eq!(five.part(9, 10), None, "the one who is left");
        assert_eq!([five.part(10, 10), five.part(0, 10), five.part(5, 10)], [Some(10), Some(0), Some(5)]);
        assert_eq!(five.part(0, 3), None, "who is not back of three tells that they are three");
        for all in [Smallest::ALL, Smallest::of(1)] {
            assert_eq!((all.shown(1), all.lifecycle([1, 2, 3, 4])), (Some(1), [true; 4]));
        }
    }

    #[test]
    fn what_a_small_count_follows_from_is_hidden_with_it() {
        let five = Smallest::of(5);
        assert_eq!(five.lifecycle([5, 9, 0, 6]), [true; 4]);
        // New is small: one of its neighbours goes with it, the smaller one.
        assert_eq!(five.lifecycle([2, 90, 30, 20]), [false, true, false, true]);
        // Two small ones that are small together take a third with them; then the dormant may follow.
        assert!(!five.lifecycle([1, 90, 2, 20])[1]);
        // Nobody new, nobody resurrected: only hiding these zeros keeps two dormant people secret.
        assert_eq!(five.lifecycle([0, 8, 0, 2]), [false, false, true, false]);
    }

    /// Every table that fits what is shown, with the counts below a bound.
    fn tables(smallest: Smallest, parts: Parts, shown: [bool; 4], bound: u64) -> Vec<Parts> {
        let sums = |p: Parts| [p[0] + p[1] + p[2], p[1] + p[3]];
        let range = |at: usize| if shown[at] { parts[at]..=parts[at] } else { 0..=bound };
        let mut fitting = Vec::new();
        for new in range(0) {
            for current in range(1) {
                for resurrected in range(2) {
                    for dormant in range(3) {
                        let table = [new, current, resurrected, dormant];
                        let fits = |at: usize| smallest.hides(sums(parts)[at]) || sums(table)[at] == sums(parts)[at];
                        if fits(0) && fits(1) {
                            fitting.push(table);
                        }
                    }
                }
            }
        }
        fitting
    }

    #[test]
    fn no_small_count_of_a_period_follows_from_what_is_shown() {
        let smallest = Smallest::of(3);
        let sums: [fn(Parts) -> u64; 7] =
            [|p| p[0], |p| p[1], |p| p[2], |p| p[3], |p| p[0] + p[2], |p| p[0] + p[1], |p| p[1] + p[2]];
        for code in 0..7u64.pow(4) {
            let parts = [code % 7, code / 7 % 7, code / 49 % 7, code / 343];
            let shown = smallest.lifecycle(parts);
            assert!((0..4).all(|at| !(shown[at] && smallest.hides(parts[at]))), "{parts:?} {shown:?}");
            let fitting = tables(smallest, parts, shown, 20);
            for sum in sums {
                let possible: BTreeSet<u64> = fitting.iter().map(|table| sum(*table)).collect();
                assert!(!smallest.hides(sum(parts)) || possible.len() > 1, "{parts:?} {shown:?} {possible:?}");
            }
        }
    }
}
