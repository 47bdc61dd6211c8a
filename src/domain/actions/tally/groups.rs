//! The certificates of a batch by how they stand, in the batch's order: which is the nth, and where one stands, without
//! going over all of them.

use std::collections::BTreeMap;

use crate::domain::actions::tally::item::Standing;

/// How many words of bits are counted together.
const BLOCK: usize = 16;
/// How many numbers a word says of.
const BITS: usize = 64;

/// A set of small numbers that knows how many of them stand before one, and which is the nth.
#[derive(Debug, Clone, Default)]
struct RankedSet {
    words: Vec<u64>,
    /// How many numbers are in each block of words.
    blocks: Vec<usize>,
    len: usize,
}

/// How many bits of a word are set.
fn ones(word: u64) -> usize {
    usize::try_from(word.count_ones()).unwrap_or(BITS)
}

/// The word of a number, and its bit in it.
fn place(n: usize) -> (usize, u64) {
    let bit = u32::try_from(n % BITS).unwrap_or_default();
    (n / BITS, 1_u64.checked_shl(bit).unwrap_or_default())
}

impl RankedSet {
    /// Puts a number in, or takes it out.
    fn set(&mut self, n: usize, inside: bool) {
        let (at, bit) = place(n);
        if inside && at >= self.words.len() {
            self.words.resize(at.saturating_add(1), 0);
            let blocks = self.words.len().div_ceil(BLOCK);
            self.blocks.resize(blocks, 0);
        }
        let (Some(word), Some(block)) = (self.words.get_mut(at), self.blocks.get_mut(at / BLOCK))
        else {
            return;
        };
        if (*word & bit != 0) == inside {
            return;
        }
        *word ^= bit;
        if inside {
            *block = block.saturating_add(1);
            self.len = self.len.saturating_add(1);
        } else {
            *block = block.saturating_sub(1);
            self.len = self.len.saturating_sub(1);
        }
    }

    fn contains(&self, n: usize) -> bool {
        let (at, bit) = place(n);
        self.words.get(at).is_some_and(|word| word & bit != 0)
    }

    /// How many smaller numbers are in it.
    fn before(&self, n: usize) -> usize {
        let (at, bit) = place(n);
        let block = at / BLOCK;
        let whole: usize = self.blocks.iter().take(block).sum();
        let first = block.saturating_mul(BLOCK);
        let words = self.words.iter().skip(first);
        let some: usize = words
            .take(at.saturating_sub(first))
            .map(|it| ones(*it))
            .sum();
        let last = self.words.get(at).copied().unwrap_or_default();
        whole
            .saturating_add(some)
            .saturating_add(ones(last & bit.saturating_sub(1)))
    }

    /// The nth number, from 0 on.
    fn nth(&self, n: usize) -> Option<usize> {
        let mut left = n;
        let mut at = 0_usize;
        for block in &self.blocks {
            if left < *block {
                break;
            }
            left = left.saturating_sub(*block);
            at = at.saturating_add(BLOCK);
        }
        for word in self.words.iter().skip(at) {
            if left < ones(*word) {
                let mut rest = *word;
                for _ in 0..left {
                    // Takes the lowest bit away.
                    rest &= rest.wrapping_sub(1);
                }
                let bit = usize::try_from(rest.trailing_zeros()).unwrap_or_default();
                return Some(at.saturating_mul(BITS).saturating_add(bit));
            }
            left = left.saturating_sub(ones(*word));
            at = at.saturating_add(1);
        }
        None
    }
}

/// The certificates of a batch by how they stand: what needs a person first, and in each group in the batch's order.
/// A certificate is named by its number in the batch.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    of: BTreeMap<Standing, RankedSet>,
}

impl Groups {
    /// Puts a certificate into a group, and into no other; `None` takes it out of all.
    pub fn put(&mut self, number: usize, standing: Option<Standing>) {
        for (of, set) in &mut self.of {
            if Some(*of) != standing {
                set.set(number, false);
            }
        }
        if let Some(standing) = standing {
            self.of.entry(standing).or_default().set(number, true);
        }
    }

    /// How many are in a group.
    pub fn count(&self, standing: Standing) -> usize {
        self.of.get(&standing).map_or(0, |set| set.len)
    }

    /// How many are in all of them.
    pub fn len(&self) -> usize {
        self.of.values().map(|set| set.len).sum()
    }

    /// Whether none is in any of them.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The certificate in a row.
    pub fn at(&self, row: usize) -> Option<usize> {
        let mut left = row;
        for set in self.of.values() {
            if left < set.len {
                return set.nth(left);
            }
            left = left.saturating_sub(set.len);
        }
        None
    }

    /// The row of a certificate; `None` when it is in no group.
    pub fn row_of(&self, number: usize) -> Option<usize> {
        let mut above = 0_usize;
        for set in self.of.values() {
            if set.contains(number) {
                return Some(above.saturating_add(set.before(number)));
            }
            above = above.saturating_add(set.len);
        }
        None
    }

    /// The certificates of a group, in the batch's order.
    pub fn of(&self, standing: Standing) -> impl Iterator<Item = usize> + '_ {
        let set = self.of.get(&standing);
        let words = set.into_iter().flat_map(|set| set.words.iter().enumerate());
        words
            .filter(|(_, word)| **word != 0)
            .flat_map(|(at, word)| {
                let first = at.saturating_mul(BITS);
                let numbers = (0..BITS).map(move |bit| first.saturating_add(bit));
                numbers.filter(move |n| word & place(*n).1 != 0)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_both_ways_whatever_moves() {
        let mut groups = Groups::default();
        let standings = [Standing::Failed, Standing::UnderWay, Standing::Done];
        let all = 5_000;
        let standing = |n: usize, round: usize| standings[(n * 7 + round * n / 3) % 3];
        for round in 0..3 {
            for n in 0..all {
                groups.put(n, Some(standing(n, round)));
            }
            let mut wanted: Vec<usize> = (0..all).collect();
            wanted.sort_by_key(|n| standing(*n, round));
            assert_eq!(groups.len(), all);
            for (row, n) in wanted.iter().enumerate() {
                assert_eq!(groups.at(row), Some(*n));
                assert_eq!(groups.row_of(*n), Some(row));
            }
            assert_eq!(groups.at(all), None);
            let failed: Vec<usize> = groups.of(Standing::Failed).collect();
            assert_eq!(failed, wanted[..groups.count(Standing::Failed)]);
        }
        groups.put(3, None);
        assert_eq!((groups.len(), groups.row_of(3)), (all - 1, None));
    }
}
