//! What is not compared, and why: lines of `KIND SERVICE NAME: REASON`.

use std::sync::atomic::{AtomicBool, Ordering};

/// The lines of `exceptions.txt`.
pub(crate) struct Exceptions(Vec<Exception>);

struct Exception {
    line: &'static str,
    reason: &'static str,
    used: AtomicBool,
}

impl Exceptions {
    pub(crate) fn read() -> Self {
        let lines = include_str!("exceptions.txt").lines();
        Self(
            lines
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(|line| {
                    let (line, reason) = line.split_once(": ").expect("a reason");
                    Exception {
                        line,
                        reason,
                        used: AtomicBool::new(false),
                    }
                })
                .collect(),
        )
    }

    /// Whether something is listed: a service's name, or `*` for all.
    pub(crate) fn has(&self, kind: &str, service: &str, name: &str) -> bool {
        for exception in &self.0 {
            let mut words = exception.line.split(' ');
            let matches = words.next() == Some(kind)
                && words
                    .next()
                    .is_some_and(|word| word == "*" || word == service)
                && words.next() == Some(name);
            if matches {
                exception.used.store(true, Ordering::Relaxed);
                return true;
            }
        }
        false
    }

    /// The operation that a request for another leads to.
    pub(crate) fn route(&self, service: &str, operation: &str) -> Option<&'static str> {
        for exception in &self.0 {
            let Some(rest) = exception.line.strip_prefix("ROUTE ") else {
                continue;
            };
            if let Some((own, names)) = rest.split_once(' ')
                && own == service
                && let Some((from, to)) = names.split_once('=')
                && from == operation
            {
                exception.used.store(true, Ordering::Relaxed);
                return Some(to);
            }
        }
        None
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|it| (it.line, it.reason))
    }

    pub(crate) fn unused(&self) -> Vec<&str> {
        let unused = self.0.iter().filter(|it| !it.used.load(Ordering::Relaxed));
        unused.map(|it| it.line).collect()
    }
}
