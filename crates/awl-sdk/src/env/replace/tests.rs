use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use super::*;

/// Set in a child process: where it writes, and at which step it dies.
const CHILD: &str = "AWL_TEST_REPLACE";
const STEPS: [Step; 6] = [
    Step::Folder,
    Step::Created,
    Step::PartWritten,
    Step::Written,
    Step::Flushed,
    Step::Renamed,
];

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, "unique", &mut |_| Ok(()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn files_are_for_their_user_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/file");
    put(&path, b"one").unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for (before, after) in [(0o644, 0o600), (0o400, 0o400), (0o600, 0o600)] {
        fs::set_permissions(&path, PermissionsExt::from_mode(before)).unwrap();
        put(&path, b"two").unwrap();
        assert_eq!(mode(&path), after);
    }
    assert_eq!(names(path.parent().unwrap()), ["file"]);
}

#[test]
fn symbolic_links_stay() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("real")).unwrap();
    fs::write(at("real/file"), "old").unwrap();
    symlink("real/file", at("first")).unwrap();
    symlink(at("first"), at("second")).unwrap();
    symlink("real/none", at("dangling")).unwrap();
    put(&at("second"), b"new").unwrap();
    put(&at("dangling"), b"made").unwrap();
    assert_eq!(fs::read(at("real/file")).unwrap(), b"new");
    assert_eq!(fs::read(at("real/none")).unwrap(), b"made");
    for name in ["first", "second", "dangling"] {
        assert!(fs::symlink_metadata(at(name)).unwrap().is_symlink());
    }
    assert_eq!(names(&at("real")), ["file", "none"]);
    symlink("loop", at("loop")).unwrap();
    put(&at("loop"), b"x").unwrap_err();
}

#[test]
fn what_is_no_file_stays_so() {
    put(Path::new("/dev/null"), b"x").unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    put(&folder.path().join("inner"), b"x").unwrap_err();
    assert_eq!(names(folder.path()), ["inner"]);
}

#[test]
fn an_error_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "old").unwrap();
    for step in STEPS {
        replace(&path, b"new", "unique", &mut |done| {
            if done == step {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        })
        .unwrap_err();
        let expected: &[u8] = if step == Step::Renamed {
            b"new"
        } else {
            b"old"
        };
        assert_eq!(fs::read(&path).unwrap(), expected, "{step:?}");
        assert_eq!(names(folder.path()), ["file"], "{step:?}");
    }
}

/// The child of the tests below: writes, and waits to be killed at a step, or
/// writes for ever. Nothing where it is not told where.
#[test]
#[expect(clippy::disallowed_methods, reason = "the parent tells what to do")]
fn child() {
    let Ok(told) = std::env::var(CHILD) else {
        return;
    };
    let (step, path) = told.split_once(' ').unwrap();
    let path = Path::new(path);
    if let Ok(step) = step.parse::<usize>() {
        let _ = replace(path, &content(1), "child", &mut |done| {
            if done == STEPS[step] {
                println!("ready");
                std::thread::sleep(std::time::Duration::from_secs(60));
            }
            Ok(())
        });
        return;
    }
    println!("ready");
    for round in 0.. {
        let unique = format!("{}-{round}", std::process::id());
        replace(path, &content(round % 2), &unique, &mut |_| Ok(())).unwrap();
    }
}

/// Large, so that a write of it takes a while.
fn content(which: usize) -> Vec<u8> {
    let letter = [b'a', b'b'][which];
    vec![letter; 100_000 + which]
}

/// Starts the child and kills it with SIGKILL when `wait` has passed since it
/// was ready.
fn kill_child(told: &str, wait: std::time::Duration) {
    use std::io::BufRead as _;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "env::replace::tests::child", "--nocapture"])
        .env(CHILD, told)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = io::BufReader::new(child.stdout.take().unwrap());
    let ready = output.lines().any(|line| line.unwrap().ends_with("ready"));
    assert!(ready);
    std::thread::sleep(wait);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_kill_at_any_step_leaves_the_old_file_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for (number, step) in STEPS.into_iter().enumerate() {
        fs::write(&path, content(0)).unwrap();
        kill_child(
            &format!("{number} {}", path.display()),
            std::time::Duration::ZERO,
        );
        let expected = content(usize::from(step == Step::Renamed));
        assert!(fs::read(&path).unwrap() == expected, "{step:?}");
        // The next write is not hindered by what is left.
        put(&path, b"next").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"next");
        let _ = fs::remove_file(folder.path().join(".file.child"));
    }
}

#[test]
fn a_kill_at_any_moment_leaves_one_of_the_two() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for round in 0..12_u64 {
        fs::write(&path, content(0)).unwrap();
        // Other moments each time, from the first write on.
        let wait = std::time::Duration::from_micros(round * 1_700);
        kill_child(&format!("all {}", path.display()), wait);
        let found = fs::read(&path).unwrap();
        assert!(found == content(0) || found == content(1), "round {round}");
    }
}
