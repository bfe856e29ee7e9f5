use proptest::prelude::*;

use super::*;
use crate::config::ini::{self, IniSection};

const DEFAULT: Section<'_> = Section::Named(SectionKind::Profile, "default");

fn profile(name: &str) -> Section<'_> {
    Section::Named(SectionKind::Profile, name)
}

fn apply(text: &str, section: Section<'_>, edits: &[Edit<'_>]) -> String {
    let mut document = Document::new(text);
    document.apply(section, edits).unwrap();
    ini::parse(document.text()).unwrap_or_else(|error| panic!("{error}\n{}", document.text()));
    document.text().to_owned()
}

#[test]
fn a_key_is_set_in_its_place_or_added() {
    for (text, key, expected) in [
        ("", "r", "[default]\nr = v\n"),
        ("[b]\nx=1", "r", "[b]\nx=1\n[default]\nr = v\n"),
        (
            "[default]\nr=1 ; c\nx: 2\n",
            "r",
            "[default]\nr = v\nx: 2\n",
        ),
        (
            "[default]\nx=1\n\n[b]\ny=1\n",
            "r",
            "[default]\nx=1\nr = v\n\n[b]\ny=1\n",
        ),
        ("[default]\n[b]\n", "r", "[default]\nr = v\n[b]\n"),
        // Behind a comment that looks like a key, and a blank line at the end.
        (
            "[default]\n# a = b\n# c\n\n[b]\n",
            "r",
            "[default]\n# a = b\nr = v\n# c\n\n[b]\n",
        ),
        ("[default]\nx=1\n\n\n", "r", "[default]\nx=1\n\nr = v\n\n"),
        ("[default]\nx=1", "r", "[default]\nx=1\nr = v\n"),
        ("[default]", "r", "[default]\nr = v\n"),
    ] {
        assert_eq!(apply(text, DEFAULT, &[Edit::Set(key, "v")]), expected);
    }
}

#[test]
fn what_the_aws_cli_would_break_is_set_as_meant() {
    for (text, expected) in [
        // A last line without its end.
        ("[default]\nx=1\n# c", "[default]\nx=1\n# c\nr = v\n"),
        // The key in other letters.
        ("[default]\nR=1\n", "[default]\nR = v\n"),
        // The same name in a nested block.
        (
            "[default]\ns3 =\n  r = 1\n",
            "[default]\ns3 =\n  r = 1\nr = v\n",
        ),
        // A value of several lines.
        ("[default]\nr =\n  a = 1\n  b = 2\n", "[default]\nr = v\n"),
        (
            "[default]\nx = 1\n  2\n  3\n[b]\n",
            "[default]\nx = 1\n  2\n  3\nr = v\n[b]\n",
        ),
        // Lines that are indented.
        (
            "[default]\n  r = 1\n  x = 2\n",
            "[default]\n  r = v\n  x = 2\n",
        ),
        ("  [default]\n  [b]\n", "  [default]\n  r = v\n  [b]\n"),
        // Headers that are quoted, or followed by something.
        (
            "[profile \"default\"]\nr=1\n",
            "[profile \"default\"]\nr = v\n",
        ),
        ("[default] # c\nr=1\n", "[default] # c\nr = v\n"),
        // Of two, the one that counts.
        (
            "[profile default]\nr=1\n[default]\nr=2\n",
            "[profile default]\nr=1\n[default]\nr = v\n",
        ),
        // Line ends stay what they are.
        (
            "[default]\r\nx=1\r\nr=2\r\n",
            "[default]\r\nx=1\r\nr = v\r\n",
        ),
        ("[b]\r\n", "[b]\r\n[default]\r\nr = v\r\n"),
    ] {
        assert_eq!(apply(text, DEFAULT, &[Edit::Set("r", "v")]), expected);
    }
}

#[test]
fn nested_keys_are_set_in_their_block() {
    for (text, expected) in [
        ("", "[default]\ns3 =\n    k = v\n"),
        ("[default]\nx=1\n", "[default]\nx=1\ns3 =\n    k = v\n"),
        (
            "[default]\ns3 =\n  k = 1\n  l = 2\n",
            "[default]\ns3 =\n  k = v\n  l = 2\n",
        ),
        (
            "[default]\ns3 =\n  l = 2\nx = 1\n",
            "[default]\ns3 =\n  l = 2\n    k = v\nx = 1\n",
        ),
        (
            "[default]\ns3 =\n  l = 2\n\n[b]\nk=1\n",
            "[default]\ns3 =\n  l = 2\n\n    k = v\n[b]\nk=1\n",
        ),
        (
            "[default]\ns3 =\n  l = 2",
            "[default]\ns3 =\n  l = 2\n    k = v\n",
        ),
        ("[default]\ns3 =\n", "[default]\ns3 =\n    k = v\n"),
        (
            "[default]\ns3 = x\ny=1\n",
            "[default]\ns3 =\n    k = v\ny=1\n",
        ),
        (
            "[default]\n    s3 =\n        l = 2\n",
            "[default]\n    s3 =\n        l = 2\n        k = v\n",
        ),
    ] {
        let edit = Edit::SetNested("s3", "k", "v");
        assert_eq!(apply(text, DEFAULT, &[edit]), expected);
    }
}

#[test]
fn several_keys_are_set_at_once() {
    let edits = [
        Edit::Set("a", "1"),
        Edit::Set("b", "2"),
        Edit::Unset("c"),
        Edit::SetNested("s", "x", "3"),
        Edit::SetNested("s", "y", "4"),
    ];
    assert_eq!(
        apply("[p]\n# c\nb = 0\nc = 0\n\n\n", Section::Header("p"), &edits),
        "[p]\n# c\nb = 2\n\na = 1\ns =\n    x = 3\n    y = 4\n\n"
    );
}

#[test]
fn keys_are_unset() {
    let unset = |text: &str, edit| apply(text, DEFAULT, &[edit]);
    let text = "[default]\n# c\nr = 1\n  2\n# d\nx = 3\n";
    assert_eq!(
        unset(text, Edit::Unset("r")),
        "[default]\n# c\n# d\nx = 3\n"
    );
    assert_eq!(unset(text, Edit::Unset("y")), text);
    assert_eq!(unset("", Edit::Unset("y")), "");
    let text = "[default]\ns =\n  a = 1\n  # c\n  b = 2\nx = 3\n";
    assert_eq!(
        unset(text, Edit::UnsetNested("s", "a")),
        "[default]\ns =\n  # c\n  b = 2\nx = 3\n"
    );
    assert_eq!(unset(text, Edit::UnsetNested("s", "x")), text);
    assert_eq!(
        unset(
            "[default]\ns =\n  a = 1\nx = 3\n",
            Edit::UnsetNested("s", "a")
        ),
        "[default]\nx = 3\n"
    );
}

#[test]
fn sections_are_renamed_and_deleted() {
    let text = "# top\n[a]\nx=1\n\n# of b\n[profile \"b c\"] ; d\ny=2\n# of y\n\n# of d\n[d]\n";
    let mut document = Document::new(text);
    assert!(
        document
            .rename_section(profile("b c"), profile("e f"))
            .unwrap()
    );
    assert!(
        !document
            .rename_section(profile("b c"), profile("e"))
            .unwrap()
    );
    assert_eq!(
        document.text(),
        text.replace("[profile \"b c\"] ; d", "[profile 'e f'] ; d")
    );
    let mut document = Document::new(text);
    assert!(document.delete_section(profile("b c")));
    assert!(!document.delete_section(profile("b c")));
    assert_eq!(document.text(), "# top\n[a]\nx=1\n\n# of b\n# of d\n[d]\n");
    assert!(document.delete_section(Section::Header("a")));
    assert_eq!(document.text(), "# top\n# of b\n# of d\n[d]\n");
    assert!(document.delete_section(Section::Header("d")));
    assert_eq!(document.text(), "# top\n# of b\n# of d\n");
}

#[test]
fn headers_are_quoted_where_they_must() {
    for (name, header) in [
        ("default", "default"),
        ("a", "profile a"),
        ("a b", "profile 'a b'"),
        ("it's", "profile 'it'\"'\"'s'"),
        ("", "profile ''"),
        ("a\\b", "profile 'a\\b'"),
        ("a@b.c", "profile a@b.c"),
    ] {
        let section = profile(name);
        assert_eq!(section.header(), header);
        assert!(section.is_of(header), "{header}");
    }
    let session = Section::Named(SectionKind::SsoSession, "default");
    assert_eq!(session.header(), "sso-session default");
}

#[test]
fn line_ends_are_refused_and_values_not_told() {
    let error = |section, edit| {
        let error = Document::new("").apply(section, &[edit]).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        error(profile("a\nb"), Edit::Set("k", "v")),
        "Invalid section name: newline characters and carriage returns are not allowed: \
         'profile a\\nb'"
    );
    assert_eq!(
        error(DEFAULT, Edit::Set("k\r", "v")),
        "Invalid key: newline characters and carriage returns are not allowed: 'k\\r'"
    );
    assert_eq!(
        error(DEFAULT, Edit::Set("k", "secret\n")),
        "Invalid value for key k: newline characters and carriage returns are not allowed."
    );
}

/// Files that parse, of lines such as people write.
fn file() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        3 => prop::sample::select(vec!["[default]", "[profile a]", "[profile \"b c\"]", "[x]"]),
        4 => prop::sample::select(vec!["k = 1", "l=2", "m: 3", "K2 = a = b", "s =", "t ="]),
        3 => prop::sample::select(vec!["  n = 4", "    o = 5", "\tp = 6", "  k = 7"]),
        2 => prop::sample::select(vec!["# k = 8", "; c", "  # n = 9", "#:"]),
        2 => prop::sample::select(vec!["", "  "]),
    ];
    let end = prop::sample::select(vec!["\n", "\r\n"]);
    (prop::collection::vec(line, 0..14), end, any::<bool>())
        .prop_map(|(lines, end, is_ended)| {
            let mut text = lines.join(end);
            if is_ended && !text.is_empty() {
                text.push_str(end);
            }
            text
        })
        .prop_filter("parses", |text| ini::parse(text).is_ok())
}

fn edit() -> impl Strategy<Value = Edit<'static>> {
    let key = || prop::sample::select(vec!["k", "l", "k2", "s", "new"]);
    let inner = || prop::sample::select(vec!["n", "k", "new"]);
    let block = || prop::sample::select(vec!["s", "t", "k", "new"]);
    prop_oneof![
        key().prop_map(|key| Edit::Set(key, "v")),
        (block(), inner()).prop_map(|(block, key)| Edit::SetNested(block, key, "v")),
        key().prop_map(Edit::Unset),
        (block(), inner()).prop_map(|(block, key)| Edit::UnsetNested(block, key)),
    ]
}

/// What a file says: the keys of each section, nested ones by both names.
fn said(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let flat = |section: IniSection| {
        let mut keys = Vec::new();
        for (key, value) in section.entries {
            if !value.starts_with('\n') {
                keys.push((key, value));
                continue;
            }
            for (inner, value) in ini::nested(&value).unwrap() {
                keys.push((format!("{key}.{inner}"), value));
            }
        }
        keys.sort();
        (section.name, keys)
    };
    ini::parse(text).unwrap().into_iter().map(flat).collect()
}

/// What the file is to say after the edit.
fn expected(
    text: &str,
    section: Section<'_>,
    edit: Edit<'_>,
) -> Vec<(String, Vec<(String, String)>)> {
    let mut said = said(text);
    let at = said.iter().rposition(|(name, _)| section.is_of(name));
    let (name, value) = match edit {
        Edit::Set(key, value) => (key.to_owned(), Some(value)),
        Edit::SetNested(block, key, value) => (format!("{block}.{key}"), Some(value)),
        Edit::Unset(key) => (key.to_owned(), None),
        Edit::UnsetNested(block, key) => (format!("{block}.{key}"), None),
    };
    let at = match (at, value) {
        (Some(at), _) => at,
        (None, None) => return said,
        (None, Some(_)) => {
            said.push((section.header(), Vec::new()));
            said.len() - 1
        }
    };
    let keys = &mut said[at].1;
    keys.retain(|(known, _)| match edit {
        // All of a block gives way, and so does a plain value to a block.
        Edit::Set(key, _) | Edit::Unset(key) => {
            known != key && !known.starts_with(&format!("{key}."))
        }
        Edit::SetNested(block, ..) => *known != name && known != block,
        Edit::UnsetNested(..) => *known != name,
    });
    keys.extend(value.map(|value| (name, value.to_owned())));
    keys.sort();
    said
}

fn bare(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

fn is_subsequence(short: &[&str], long: &[&str]) -> bool {
    let mut long = long.iter();
    short.iter().all(|line| long.any(|other| other == line))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_changes_what_it_names_and_nothing_else(
        text in file(),
        name in prop::sample::select(vec!["default", "a", "b c", "new"]),
        edit in edit(),
    ) {
        let section = profile(name);
        let mut document = Document::new(&text);
        let changed = document.apply(section, &[edit]).unwrap();
        let after = document.text();
        prop_assert_eq!(changed, after != text);
        // A block that loses its last key may go or stay empty.
        let filled = |said: Vec<(String, Vec<(String, String)>)>| {
            said.into_iter()
                .map(|(name, mut keys)| {
                    keys.retain(|(key, value)| !value.is_empty() || !["s", "t"].contains(&&**key));
                    (name, keys)
                })
                .collect::<Vec<_>>()
        };
        prop_assert_eq!(filled(said(after)), filled(expected(&text, section, edit)), "{}", after);
        // Lines that have nothing to do with the key are there, in their order
        // and byte for byte; all lines end as they did.
        let (block, inner) = match edit {
            Edit::Set(key, _) | Edit::Unset(key) => (key, None),
            Edit::SetNested(block, key, _) | Edit::UnsetNested(block, key) => (block, Some(key)),
        };
        let mut others: Vec<&str> = Vec::new();
        let mut in_block = false;
        let mut is_plain = false;
        for line in ini::Lines::new(&text) {
            let line = line.unwrap();
            let is_named = match line.kind {
                ini::LineKind::Key(key, value) => {
                    in_block = key.to_lowercase() == block;
                    is_plain = !value.is_empty();
                    in_block
                }
                ini::LineKind::Continuation(text) => {
                    let name = text.split('=').next().unwrap().trim();
                    in_block && (is_plain || inner.is_none_or(|inner| inner == name))
                }
                _ => false,
            };
            if !is_named {
                others.push(bare(line.text));
            }
        }
        let lines: Vec<&str> = after.split('\n').map(bare).collect();
        prop_assert!(is_subsequence(&others, &lines), "{:?}\n{:?}", others, lines);
        if text.contains('\n') {
            let ends = |text: &str, end| text.matches(end).count();
            let all = if text.contains("\r\n") { "\r\n" } else { "\n" };
            prop_assert_eq!(ends(after, all), ends(after, "\n"));
        }
    }
}
