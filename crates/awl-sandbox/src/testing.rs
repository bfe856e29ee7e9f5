//! A machine without chance, for tests.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::{Entropy, Surroundings};

/// Counts instead of drawing, at a time that tests move on.
#[derive(Debug)]
pub(crate) struct Fixed {
    pub(crate) now: std::sync::Arc<AtomicI64>,
    drawn: AtomicU64,
}

impl Default for Fixed {
    fn default() -> Self {
        Self {
            now: std::sync::Arc::new(AtomicI64::new(1_800_000_000)),
            drawn: AtomicU64::new(1),
        }
    }
}

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()> {
        for byte in bytes {
            let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
            *byte = (drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
        }
        Ok(())
    }
}

impl Surroundings for Fixed {
    fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }
}
