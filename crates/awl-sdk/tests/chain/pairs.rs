//! Cases made of two: what both providers need is there, and the earlier one
//! gives the credentials.

use std::collections::BTreeMap;

use crate::case::Case;

/// All pairs of providers, which are given in the order of the chain.
pub(crate) fn all(providers: &[Case]) -> Vec<Case> {
    let mut pairs = Vec::new();
    for (index, earlier) in providers.iter().enumerate() {
        for later in &providers[index + 1..] {
            pairs.push(pair(earlier, later));
        }
    }
    pairs
}

fn pair(earlier: &Case, later: &Case) -> Case {
    let mut case = earlier.clone();
    case.name = format!("{} before {}", earlier.name, later.name);
    for (name, value) in &later.variables {
        let variable = case.variables.entry(name.clone());
        variable.or_insert_with(|| value.clone());
    }
    for (path, content) in &later.files {
        let file = case.files.entry(path.clone()).or_default();
        *file = merged(file, content);
    }
    case.cached.extend(later.cached.iter().cloned());
    // Only what the earlier one asks may be asked.
    case.links.clear();
    case
}

/// Two files of sections as one: the keys of a section that both have, once.
fn merged(one: &str, other: &str) -> String {
    if !one.contains('[') {
        return if one.is_empty() { other } else { one }.to_owned();
    }
    let mut sections: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    for text in [one, other] {
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if line.starts_with('[') {
                current = line.to_owned();
                if !sections.iter().any(|(name, _)| *name == current) {
                    sections.push((current.clone(), BTreeMap::new()));
                }
                continue;
            }
            let (key, value) = line.split_once('=').unwrap();
            let section = sections.iter_mut().find(|(name, _)| *name == current);
            let keys = &mut section.unwrap().1;
            let key = keys.entry(key.trim().to_owned());
            key.or_insert_with(|| value.trim().to_owned());
        }
    }
    let mut text = String::new();
    for (name, keys) in sections {
        text.push_str(&name);
        text.push('\n');
        for (key, value) in keys {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    text
}
