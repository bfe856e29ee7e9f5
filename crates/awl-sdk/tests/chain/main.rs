//! The credential chain on written cases: an environment, a home, the traffic
//! that may happen, and what comes of it. The cases are in
//! `tests/data/chain/*.txt`, whose form `case.rs` tells; a file that is put
//! there is run.

#![expect(clippy::unwrap_used, reason = "a broken case fails the test")]

mod case;
mod pairs;
mod replay;
mod world;

use std::path::{Path, PathBuf};

use case::Case;

/// The time that it is in every case: 2026-11-22T00:00:00Z.
pub(crate) const NOW: i64 = 1_795_305_600;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/chain")
}

fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap();
    let name = file.file_stem().unwrap().to_string_lossy();
    case::parse(&name, &text)
}

/// Runs the cases and tells of all that went wrong.
fn check(cases: &[Case]) -> usize {
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| replay::run(case).err())
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases failed:\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
    cases.len()
}

#[test]
fn every_case_ends_as_it_is_written() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let cases: Vec<Case> = files.iter().flat_map(|file| cases(file)).collect();
    assert!(check(&cases) > 100, "cases are missing");
}

#[test]
fn of_two_providers_that_have_credentials_the_earlier_wins() {
    let providers = cases(&folder().join("providers.txt"));
    let pairs = pairs::all(&providers);
    let count = providers.len();
    assert_eq!(pairs.len(), count * (count - 1) / 2);
    assert!(check(&pairs) >= 66, "providers are missing");
}
