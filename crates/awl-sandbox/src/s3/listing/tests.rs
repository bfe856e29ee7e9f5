use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::blobs::Blobs;
use crate::s3::tables::{self, Change};
use crate::store::Store;
use crate::testing::Fixed;

fn version(id: &str, is_marker: bool) -> Version {
    use crate::record::Stored as _;
    let text = format!(r#"{{"id": "{id}", "is_marker": {is_marker}, "etag": "e", "about": {{}}}}"#);
    Version::of(&awl_value::json::parse(&text).unwrap()).unwrap()
}

/// What a page-by-page listing gives: keys and groups in their order.
fn paged(
    tables: &Tables,
    prefix: &str,
    delimiter: &str,
    most: usize,
) -> (Vec<String>, Vec<String>) {
    let (mut keys, mut groups) = (Vec::new(), Vec::new());
    let mut after: Option<String> = None;
    loop {
        let asked = Asked {
            prefix,
            delimiter,
            after: after.as_deref().map(|key| (key, None)),
            most,
        };
        let page = asked.read(tables, "b", false).unwrap();
        assert!(page.entries.len() + page.prefixes.len() <= most);
        keys.extend(page.entries.into_iter().map(|entry| entry.key));
        groups.extend(page.prefixes);
        if !page.truncated {
            return (keys, groups);
        }
        after = page.last.map(|(key, _)| key);
    }
}

/// All versions, page by page.
fn paged_versions(tables: &Tables, most: usize) -> Vec<(String, String, bool)> {
    let mut all = Vec::new();
    let mut after: Option<(String, String)> = None;
    loop {
        let asked = Asked {
            prefix: "",
            delimiter: "",
            after: after.as_ref().map(|(key, id)| (&**key, Some(&**id))),
            most,
        };
        let page = asked.read(tables, "b", true).unwrap();
        let entries = page.entries.into_iter();
        all.extend(entries.map(|entry| (entry.key, entry.version.id, entry.is_latest)));
        if !page.truncated {
            return all;
        }
        after = page.last;
    }
}

proptest! {
    #[test]
    fn a_listing_is_what_a_plain_model_says(
        writes in prop::collection::vec(("[ab/é\u{10ffff}]{1,4}", any::<bool>()), 0..24),
        prefix in "[ab/é]{0,2}",
        delimiter in prop::sample::select(vec!["", "/", "a", "é", "//"]),
        most in 1_usize..5,
    ) {
        let entropy = Fixed::default();
        let kept = Store::in_memory(&entropy).unwrap();
        let blobs = Blobs::in_memory();
        tables::prepare(&kept, &blobs).unwrap();
        // By key, the versions from the oldest on.
        let mut model: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
        let mut change = Change::begin(&kept, &blobs).unwrap();
        for (key, is_marker) in &writes {
            let order = change.newest().unwrap();
            let id = tables::version_id(order, &entropy);
            change.put_version("b", key, order, &version(&id, *is_marker)).unwrap();
            model.entry(key.clone()).or_default().push((id, *is_marker));
        }
        let order = change.newest().unwrap();
        change.put_version("c", "a", order, &version("null", false)).unwrap();
        change.commit().unwrap();
        let tables = Tables::open(&kept).unwrap();
        let current = model.iter().filter(|(key, versions)| {
            key.starts_with(&prefix) && versions.last().is_some_and(|(_, marker)| !marker)
        });
        let (mut keys, mut groups) = (Vec::new(), Vec::new());
        for (key, _) in current {
            match grouped(key, &prefix, delimiter) {
                Some(group) if groups.last().is_some_and(|last| last == group) => {}
                Some(group) => groups.push(group.to_owned()),
                None => keys.push(key.clone()),
            }
        }
        prop_assert_eq!(paged(&tables, &prefix, delimiter, most), (keys, groups));
        let mut all = Vec::new();
        for (key, versions) in &model {
            for (number, (id, _)) in versions.iter().rev().enumerate() {
                all.push((key.clone(), id.clone(), number == 0));
            }
        }
        prop_assert_eq!(paged_versions(&tables, most), all);
    }
}

#[test]
fn texts_behind_a_prefix() {
    assert_eq!(behind("a/").as_deref(), Some("a0"));
    assert_eq!(behind("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
    assert_eq!(behind("a\u{10ffff}").as_deref(), Some("b"));
    assert_eq!(behind("\u{10ffff}"), None);
}
