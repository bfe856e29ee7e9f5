//! A tree of named things as the metadata service lists it: folders, leaves, and
//! the version that each came with.

use std::collections::BTreeMap;

/// The versions by which the tree can be asked, the oldest first; `latest` is one
/// more.
pub(super) static VERSIONS: &[&str] = &[
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
    "2011-01-01",
    "2011-05-01",
    "2012-01-12",
    "2014-02-25",
    "2014-11-05",
    "2015-10-20",
    "2016-04-19",
    "2016-06-30",
    "2016-09-02",
    "2018-03-28",
    "2018-08-17",
    "2018-09-24",
    "2019-10-01",
    "2020-10-27",
    "2021-01-03",
    "2021-03-23",
    "2021-07-15",
    "2022-09-24",
    "2024-04-11",
    "latest",
];

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Folder(Folder),
    Text(String),
    Bytes(Vec<u8>),
    /// What is made when it is asked for.
    Made(Made),
}

/// What is made when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    ProfileInfo,
    RoleCredentials,
    IdentityInfo,
    IdentityCredentials,
    Document,
    Signature,
    SignedMessage,
}

/// A folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Folder(BTreeMap<String, Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The version that it came with.
    since: &'static str,
    /// How it is listed, where that is not its name.
    listed: Option<String>,
    node: Node,
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Made> for Node {
    fn from(made: Made) -> Self {
        Self::Made(made)
    }
}

impl Folder {
    /// Puts something at a path of names; folders on the way are made.
    pub(super) fn put(&mut self, since: &'static str, path: &str, node: impl Into<Node>) {
        self.put_at(since, &path.split('/').collect::<Vec<_>>(), node.into());
    }

    /// Puts something at names, which may be any text.
    pub(super) fn put_at(&mut self, since: &'static str, names: &[&str], node: Node) {
        let [name, rest @ ..] = names else {
            return;
        };
        if rest.is_empty() {
            let listed = None;
            let entry = Entry {
                since,
                listed,
                node,
            };
            self.0.insert((*name).to_owned(), entry);
            return;
        }
        let entry = self.0.entry((*name).to_owned()).or_insert_with(|| Entry {
            since,
            listed: None,
            node: Node::Folder(Self::default()),
        });
        entry.since = entry.since.min(since);
        if let Node::Folder(folder) = &mut entry.node {
            folder.put_at(since, rest, node);
        }
    }

    /// Has what stands at names listed otherwise than by its name.
    pub(super) fn list_as(&mut self, names: &[&str], listed: &str) {
        let Some((name, rest)) = names.split_first() else {
            return;
        };
        match self.0.get_mut(*name) {
            Some(entry) if rest.is_empty() => entry.listed = Some(listed.to_owned()),
            Some(Entry {
                node: Node::Folder(folder),
                ..
            }) => folder.list_as(rest, listed),
            _ => {}
        }
    }

    /// What stands at names in a version; None where nothing does.
    pub(super) fn find(&self, version: &str, names: &[&str]) -> Option<&Node> {
        let (name, rest) = names.split_first()?;
        let entry = self.0.get(*name)?;
        if entry.since > version {
            return None;
        }
        match &entry.node {
            node if rest.is_empty() => Some(node),
            Node::Folder(folder) => folder.find(version, rest),
            _ => None,
        }
    }

    /// The names that a version has, one a line; folders end in a slash, but for
    /// those right under the version.
    pub(super) fn listing(&self, version: &str, is_top: bool) -> String {
        let known = self.0.iter().filter(|(_, entry)| entry.since <= version);
        let names = known.map(|(name, entry)| match (&entry.listed, &entry.node) {
            (Some(listed), _) => listed.clone(),
            (None, Node::Folder(_)) if !is_top => format!("{name}/"),
            _ => name.clone(),
        });
        names.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_list_what_their_version_has() {
        let mut folder = Folder::default();
        folder.put("2011-01-01", "meta-data/network/mac", "0e:00");
        folder.put("1.0", "meta-data/ami-id", "ami-1");
        folder.put("1.0", "meta-data/public-keys/0/openssh-key", "ssh");
        folder.list_as(&["meta-data", "public-keys", "0"], "0=laptop");
        let list = |version: &str, names: &[&str]| match folder.find(version, names) {
            Some(Node::Folder(folder)) => folder.listing(version, false),
            other => panic!("{other:?}"),
        };
        assert_eq!(folder.listing("latest", true), "meta-data");
        assert_eq!(
            list("latest", &["meta-data"]),
            "ami-id\nnetwork/\npublic-keys/"
        );
        assert_eq!(list("1.0", &["meta-data"]), "ami-id\npublic-keys/");
        assert_eq!(list("1.0", &["meta-data", "public-keys"]), "0=laptop");
        assert_eq!(folder.find("1.0", &["meta-data", "network", "mac"]), None);
        assert_eq!(folder.find("latest", &["meta-data", "ami-id", "x"]), None);
    }
}
