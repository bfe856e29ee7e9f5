//! The quota of retries: a client that fails again and again stops retrying.

use std::sync::{Mutex, PoisonError};

const CAPACITY: u32 = 500;

/// What is left of a client's retries.
#[derive(Debug)]
pub(super) struct RetryQuota {
    available: Mutex<u32>,
}

impl Default for RetryQuota {
    fn default() -> Self {
        Self {
            available: Mutex::new(CAPACITY),
        }
    }
}

impl RetryQuota {
    /// Takes `amount`; `false`, and nothing taken, where there is less.
    pub(super) fn acquire(&self, amount: u32) -> bool {
        let mut available = self.lock();
        match available.checked_sub(amount) {
            Some(left) => {
                *available = left;
                true
            }
            None => false,
        }
    }

    /// Gives `amount` back, up to what there was at first.
    pub(super) fn release(&self, amount: u32) {
        let mut available = self.lock();
        *available = available.saturating_add(amount).min(CAPACITY);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, u32> {
        self.available
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, RetryQuota};

    #[test]
    fn capacity_is_taken_and_given_back() {
        let quota = RetryQuota::default();
        assert!(quota.acquire(CAPACITY));
        assert!(!quota.acquire(1));
        quota.release(7);
        assert!(!quota.acquire(8));
        assert!(quota.acquire(7));
    }

    #[test]
    fn no_more_is_given_back_than_there_was() {
        let quota = RetryQuota::default();
        quota.release(50);
        assert!(!quota.acquire(CAPACITY + 1));
        assert!(quota.acquire(CAPACITY));
    }
}
