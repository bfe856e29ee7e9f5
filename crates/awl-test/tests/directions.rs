//! Which of our crates may depend on which, and what the pure ones may not use
//! at all. A new edge is a decision: it is made here.

#![expect(
    clippy::unwrap_used,
    reason = "a tree that cannot be read fails the test"
)]

use std::collections::BTreeMap;
use std::path::Path;

/// A crate, and those of ours that it may use in its library or binary.
const ALLOWED: &[(&str, &[&str])] = &[
    ("awl-value", &[]),
    ("awl-model", &[]),
    ("awl-model-compiler", &["awl-model", "awl-value"]),
    ("awl-pinned", &[]),
    ("awl-catalog", &["awl-model"]),
    ("awl-endpoint", &["awl-model", "awl-value"]),
    ("awl-protocol", &["awl-model", "awl-value"]),
    ("awl-sign", &[]),
    (
        "awl-sdk",
        &[
            "awl-endpoint",
            "awl-model",
            "awl-model-compiler",
            "awl-protocol",
            "awl-sign",
            "awl-value",
        ],
    ),
    ("awl-s3", &["awl-sdk", "awl-value"]),
    ("awl-iam", &["awl-value"]),
    (
        "awl-sandbox",
        &[
            "awl-iam",
            "awl-model",
            "awl-protocol",
            "awl-sign",
            "awl-value",
        ],
    ),
    (
        "awl-cli",
        &[
            "awl-catalog",
            "awl-endpoint",
            "awl-iam",
            "awl-model",
            "awl-model-compiler",
            "awl-protocol",
            "awl-s3",
            "awl-sandbox",
            "awl-sdk",
            "awl-sign",
            "awl-value",
        ],
    ),
    (
        "awl-test",
        &["awl-model", "awl-model-compiler", "awl-pinned", "awl-value"],
    ),
];

/// The only build script with dependencies of ours, and those.
const BUILD: (&str, &[&str]) = ("awl-catalog", &["awl-model-compiler", "awl-pinned"]);

/// Crates that do no I/O and know no runtime, and what they would need for it.
const PURE: &[&str] = &[
    "awl-value",
    "awl-model",
    "awl-endpoint",
    "awl-protocol",
    "awl-sign",
    "awl-iam",
];
const IMPURE: &[&str] = &[
    "fastrand",
    "hyper",
    "hyper-util",
    "jiff",
    "rustls",
    "tempfile",
    "tokio",
    "tokio-rustls",
    "uuid",
];

/// The names in the tables of dependencies of a manifest, by the table's kind.
#[derive(Debug, Default)]
struct Manifest {
    normal: Vec<String>,
    build: Vec<String>,
    optional: Vec<String>,
}

impl Manifest {
    /// Reads the tables; each dependency is one line that leaves its version
    /// to the workspace.
    fn parse(name: &str, text: &str) -> Self {
        let mut manifest = Self::default();
        let mut table = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(header) = line.strip_prefix('[') {
                table = header.trim_end_matches(']').to_owned();
                assert!(
                    !table.contains("dependencies.") || table.starts_with("target."),
                    "{name}: [{table}]: write dependencies one a line"
                );
                continue;
            }
            if line.is_empty() || line.starts_with('#') || !table.ends_with("dependencies") {
                continue;
            }
            let (dependency, value) = line
                .split_once('=')
                .unwrap_or_else(|| panic!("{name}: {line}"));
            let (dependency, value) = (dependency.trim(), value.trim());
            let in_short = dependency.strip_suffix(".workspace");
            assert!(
                in_short.is_some_and(|_| value == "true") || value.contains("workspace = true"),
                "{name}: {line}: versions stand in the workspace"
            );
            let dependency = in_short.unwrap_or(dependency).to_owned();
            if value.contains("optional = true") {
                manifest.optional.push(dependency.clone());
            }
            match table.rsplit('.').next() {
                Some("build-dependencies") => manifest.build.push(dependency),
                Some("dependencies") => manifest.normal.push(dependency),
                _ => {}
            }
        }
        manifest
    }
}

fn manifests() -> BTreeMap<String, Manifest> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path.join("Cargo.toml")).unwrap();
            assert!(text.contains(&format!("name = \"{name}\"")), "{name}");
            let manifest = Manifest::parse(&name, &text);
            (name, manifest)
        })
        .collect()
}

fn ours(dependencies: &[String]) -> impl Iterator<Item = &str> {
    dependencies
        .iter()
        .map(|name| &**name)
        .filter(|name| name.starts_with("awl-"))
}

#[test]
fn our_crates_depend_only_where_they_may() {
    let manifests = manifests();
    assert!(manifests["awl-cli"].normal.len() > 3, "{manifests:?}");
    for (name, manifest) in &manifests {
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(known, _)| known == name)
            .unwrap_or_else(|| panic!("{name} is new: say what it may depend on"));
        for dependency in ours(&manifest.normal) {
            assert!(allowed.contains(&dependency), "{name} uses {dependency}");
        }
        for dependency in ours(&manifest.build) {
            let may = BUILD.0 == name && BUILD.1.contains(&dependency);
            assert!(may, "the build script of {name} uses {dependency}");
        }
    }
}

#[test]
fn allowed_directions_have_no_circle() {
    let mut done: Vec<&str> = Vec::new();
    while done.len() < ALLOWED.len() {
        let ready = ALLOWED.iter().find(|(name, uses)| {
            !done.contains(name) && uses.iter().all(|dependency| done.contains(dependency))
        });
        let (name, _) = ready.unwrap_or_else(|| panic!("a circle beyond {done:?}"));
        done.push(name);
    }
}

#[test]
fn compiler_of_models_is_a_choice_of_the_sdk() {
    let manifests = manifests();
    let optional = &manifests["awl-sdk"].optional;
    assert!(optional.iter().any(|name| name == "awl-model-compiler"));
}

#[test]
fn pure_crates_use_nothing_impure() {
    for (name, manifest) in &manifests() {
        if PURE.contains(&&**name) {
            for dependency in &manifest.normal {
                assert!(
                    !IMPURE.contains(&&**dependency),
                    "{name} does no I/O and uses {dependency}"
                );
            }
        }
    }
}

#[test]
fn manifests_are_read_as_they_are_written() {
    let text = "\
[package]
name = \"x\"
[dependencies]
a.workspace = true
b = { workspace = true, optional = true }
[target.'cfg(unix)'.dependencies]
c.workspace = true
[dev-dependencies]
d.workspace = true
[build-dependencies]
e.workspace = true
";
    let manifest = Manifest::parse("x", text);
    assert_eq!(manifest.normal, ["a", "b", "c"]);
    assert_eq!(manifest.build, ["e"]);
    assert_eq!(manifest.optional, ["b"]);
}
