//! Chance that a seed repeats, and short ways to write JSON values.

use awl_value::{Map, Value};

/// SplitMix64.
pub(super) struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, which is not zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// Whether something of so many per cent happens.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Each of these with a chance.
    pub(super) fn some<T: Clone>(&mut self, items: &[T], percent: usize) -> Vec<T> {
        let mut chosen = items.to_vec();
        chosen.retain(|_| self.chance(percent));
        chosen
    }

    /// How many: so many per cent each for zero, one, two …
    pub(super) fn count(&mut self, percents: &[usize]) -> usize {
        let mut left = self.below(100);
        for (count, percent) in percents.iter().enumerate() {
            if left < *percent {
                return count;
            }
            left -= percent;
        }
        percents.len()
    }
}

/// An object.
pub(super) fn object<const N: usize>(members: [(&'static str, Value); N]) -> Value {
    Value::Map(
        members
            .map(|(key, value)| (key.into(), value))
            .into_iter()
            .collect(),
    )
}

/// A list of strings.
pub(super) fn texts(items: &[String]) -> Value {
    Value::List(items.iter().map(|item| Value::from(&**item)).collect())
}

/// What a map has under a key, made where it is missing.
pub(super) fn member<'a>(map: &'a mut Map, key: &str) -> &'a mut Value {
    if !map.contains_key(key) {
        map.push(key.to_owned(), Value::Map(Map::new()));
    }
    map.get_mut(key).unwrap()
}
