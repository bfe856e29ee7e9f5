//! Both directions of every operation of every service: what a client sends
//! is routed and read as it was meant, and what a service answers, errors and
//! events included, is read as it was given.
//!
//! Parameters are drawn at random from the shapes, the same in every run; one
//! case for each operation, protocol and direction, or as many as
//! `AWL_ROUND_TRIP_CASES` says. What cannot come back as it went is equal by
//! `normal.rs`; what is not compared stands in `exceptions.txt` with a reason.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test of the models may be told by the environment how long to run"
)]

mod check;
mod exceptions;
mod normal;
mod random;
mod smithy;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use awl_model::Service;
use awl_protocol::server::Directory;

use check::{Checker, Counts};
use exceptions::Exceptions;

#[test]
fn every_operation_goes_both_ways() {
    let store = awl_catalog::store();
    let directory = Directory::new(store);
    let exceptions = Exceptions::read();
    let cases = std::env::var("AWL_ROUND_TRIP_CASES").ok();
    let cases: u64 = cases.map_or(1, |cases| cases.parse().expect("a number of cases"));
    let services: Vec<Service> = store.services().collect();
    let next = AtomicUsize::new(0);
    let total = Mutex::new((Counts::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            let work = || {
                let mut checker = Checker::new(&directory, &exceptions, cases);
                while let Some(service) = services.get(next.fetch_add(1, Ordering::Relaxed)) {
                    checker.service(*service);
                }
                let mut total = total.lock().unwrap();
                total.0.add(&checker.counts);
                total.1.append(&mut checker.failures);
            };
            // Deep shapes in a debug build need more than threads have.
            let thread = std::thread::Builder::new().stack_size(16 << 20);
            thread.spawn_scoped(scope, work).unwrap();
        }
    });
    let (counts, failures) = total.into_inner().unwrap();
    println!("{counts}");
    for (line, reason) in exceptions.lines() {
        println!("  not compared: {line}: {reason}");
    }
    let unused: Vec<&str> = exceptions.unused();
    assert!(
        failures.is_empty(),
        "{} failed:\n{}",
        failures.len(),
        failures
            .iter()
            .take(40)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
    assert!(
        unused.is_empty(),
        "exceptions that nothing needs: {unused:?}"
    );
    let operations: usize = store.services().map(|it| it.operations().len()).sum();
    assert_eq!(counts.operations, operations);
}
