//! The seeds of the fuzz targets, and what fuzzing found, run through the
//! targets' functions.

#[expect(
    unreachable_pub,
    reason = "it is a library in the workspace of fuzzing"
)]
#[path = "../../../../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

use targets::TARGETS;

#[test]
fn seeds_do_no_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/fuzz");
    let mut folders: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(folders, names, "a folder of seeds for each target");
    for (name, target) in TARGETS {
        let mut seeds = 0;
        for entry in std::fs::read_dir(folder.join(name)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            run(*target, bytes, &path.display().to_string());
            seeds += 1;
        }
        assert!(seeds > 0, "{name} has no seeds");
    }
}

/// What is deep and would be long in a file.
#[test]
fn deep_nesting_does_no_harm() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(30_000), close.repeat(30_000));
    let texts = [
        deep("[", "]"),
        deep("{\"a\":", "}"),
        deep("(", ")"),
        deep("a={", "}"),
        deep("a=[", "]"),
        deep("!", ""),
        deep("<a>", "</a>"),
        deep("a[?b==", "]"),
        "a.".repeat(30_000),
        "&".repeat(30_000),
        "[".repeat(60_000),
    ];
    for (name, target) in TARGETS {
        for text in &texts {
            run(*target, text.clone().into_bytes(), name);
            for protocol in ["json", "rest-xml", "query"] {
                let message = format!("{protocol} 200\n\n{text}");
                run(*target, message.into_bytes(), name);
            }
        }
        let cbor = [&b"smithy-rpc-v2-cbor 200\n\n"[..], &[0x81; 60_000]].concat();
        run(*target, cbor, name);
        let cbor = [
            &b"smithy-rpc-v2-cbor 200\n\n"[..],
            &b"\xa1\x65Inner".repeat(9_000),
        ]
        .concat();
        run(*target, cbor, name);
    }
}

/// Every seed cut short, and with each byte changed.
#[test]
fn damaged_seeds_do_no_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/fuzz");
    for (name, target) in TARGETS {
        for entry in std::fs::read_dir(folder.join(name)).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            // Large ones in larger steps.
            let step = bytes.len() / 64 + 1;
            for place in (0..bytes.len()).step_by(step) {
                run(*target, bytes[..place].to_vec(), name);
                let mut damaged = bytes.clone();
                damaged[place] = damaged[place].wrapping_mul(31).wrapping_add(97);
                run(*target, damaged, name);
            }
        }
    }
}

/// Runs a target as a program's main thread would, with a stack no larger.
fn run(target: fn(&[u8]), bytes: Vec<u8>, what: &str) {
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    let outcome = thread.spawn(move || target(&bytes)).unwrap().join();
    assert!(outcome.is_ok(), "{what}");
}
