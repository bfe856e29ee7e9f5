//! The paths of a service's operations as a tree: literal parts are tried before
//! labels, labels before those that take slashes.

use std::borrow::Cow;
use std::collections::HashMap;

use awl_model::{Location, Operation};

use crate::text::percent_decode;

/// The paths of many operations.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The first is the root.
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<&'static str, usize>,
    label: Option<usize>,
    greedy: Option<usize>,
    /// The operations whose paths end here, the most exact first.
    leaves: Vec<Leaf>,
    /// How many parts may follow at most; None where a label takes any number.
    height: Option<usize>,
}

/// An operation at the end of its path.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) operation: Operation,
    labels: Vec<&'static str>,
    /// What the query string must have.
    literals: Vec<(&'static str, Option<&'static str>)>,
    /// Required parameters in the query string and in headers, by which
    /// operations of one path are told apart.
    required: Vec<(Location, &'static str)>,
}

/// What a path is searched for with.
pub(super) struct Search<'r> {
    pub(super) method: &'r str,
    pub(super) query: &'r [(Cow<'r, str>, Cow<'r, str>)],
    pub(super) has_header: &'r dyn Fn(&str) -> bool,
    /// Whether required parameters must be there.
    pub(super) strict: bool,
}

/// Where a path led to.
pub(super) struct Found<'t> {
    pub(super) leaf: &'t Leaf,
    /// How much of the path and the query is literal.
    pub(super) exactness: usize,
    values: Vec<String>,
}

impl Found<'_> {
    /// The labels with their values, still encoded.
    pub(super) fn labels(self) -> Vec<(&'static str, String)> {
        self.leaf.labels.iter().copied().zip(self.values).collect()
    }
}

impl Tree {
    pub(super) fn new(operations: impl Iterator<Item = Operation>) -> Self {
        let mut tree = Self {
            nodes: vec![Node::default()],
        };
        for operation in operations {
            tree.add(operation);
        }
        // A node comes before those below it.
        for number in (0..tree.nodes.len()).rev() {
            tree.nodes[number].height = tree.height_of(number);
        }
        for node in &mut tree.nodes {
            node.leaves.sort_by_key(|leaf| {
                let deprecated = leaf.operation.traits().get("deprecated").as_bool();
                (
                    std::cmp::Reverse((leaf.literals.len(), leaf.required.len())),
                    deprecated == Some(true),
                    leaf.operation.name(),
                )
            });
        }
        tree
    }

    fn height_of(&self, number: usize) -> Option<usize> {
        let node = &self.nodes[number];
        if node.greedy.is_some() {
            return None;
        }
        let below = node.literals.values().chain(&node.label);
        below
            .map(|next| Some(self.nodes[*next].height? + 1))
            .try_fold(0, |highest, height| {
                height.map(|height| highest.max(height))
            })
    }

    fn add(&mut self, operation: Operation) {
        let uri = operation.request_uri();
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let mut at = 0;
        let mut labels = Vec::new();
        for part in segments(path) {
            let label = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            let next = self.nodes.len();
            let node = &mut self.nodes[at];
            at = match label.map(|label| (label, label.strip_suffix('+'))) {
                None => *node.literals.entry(part).or_insert(next),
                Some((label, None)) => {
                    labels.push(label);
                    *node.label.get_or_insert(next)
                }
                Some((_, Some(label))) => {
                    labels.push(label);
                    *node.greedy.get_or_insert(next)
                }
            };
            if at == next {
                self.nodes.push(Node::default());
            }
        }
        let members = operation.input().into_iter().flat_map(|it| it.members());
        let required = members
            .filter(|member| {
                member.is_required()
                    && matches!(member.location(), Location::QueryString | Location::Header)
            })
            .map(|member| (member.location(), member.wire_name()))
            .collect();
        let literals = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (pair, None),
            })
            .collect();
        self.nodes[at].leaves.push(Leaf {
            operation,
            labels,
            literals,
            required,
        });
    }

    /// The operation for a path; a slash at its end is optional.
    pub(super) fn find(&self, path: &str, search: &Search<'_>) -> Option<Found<'_>> {
        let mut parts: Vec<&str> = segments(path).collect();
        if let Some(found) = self.descend(0, &parts, search, &mut Vec::new(), 0) {
            return Some(found);
        }
        match parts.last() {
            Some(&"") if parts.len() > 1 => {
                parts.pop();
            }
            _ => parts.push(""),
        }
        self.descend(0, &parts, search, &mut Vec::new(), 0)
    }

    fn descend(
        &self,
        at: usize,
        parts: &[&str],
        search: &Search<'_>,
        values: &mut Vec<String>,
        literal: usize,
    ) -> Option<Found<'_>> {
        let node = &self.nodes[at];
        let Some((part, rest)) = parts.split_first() else {
            let leaf = node.leaves.iter().find(|leaf| leaf.accepts(search))?;
            return Some(Found {
                leaf,
                exactness: 4 * (literal + leaf.literals.len()) + leaf.required.len(),
                values: values.clone(),
            });
        };
        let decoded = percent_decode(part).unwrap_or(Cow::Borrowed(part));
        let known = node.literals.get(&*decoded);
        if let Some(next) = known
            && let Some(found) = self.descend(*next, rest, search, values, literal + 1)
        {
            return Some(found);
        }
        if let Some(next) = node.label
            && !part.is_empty()
        {
            values.push((*part).to_owned());
            if let Some(found) = self.descend(next, rest, search, values, literal) {
                return Some(found);
            }
            values.pop();
        }
        let next = node.greedy?;
        let after = &self.nodes[next];
        // What is left must be no more than can follow.
        let follows = after.height.unwrap_or(parts.len());
        let shortest = parts.len().saturating_sub(follows).max(1);
        // What is followed by something is more exact than what takes all.
        let lengths = (shortest..parts.len()).rev();
        for length in lengths.chain([parts.len()]) {
            // A long path is joined again only where it can go on.
            let goes_on = match parts.get(length) {
                None => !after.leaves.is_empty(),
                Some(part) => after.label.is_some() || after.literals.contains_key(part),
            };
            if !goes_on || parts[..length].iter().all(|part| part.is_empty()) {
                continue;
            }
            let value = parts[..length].join("/");
            values.push(value);
            let rest = &parts[length..];
            if let Some(found) = self.descend(next, rest, search, values, literal) {
                return Some(found);
            }
            values.pop();
        }
        None
    }
}

impl Leaf {
    fn accepts(&self, search: &Search<'_>) -> bool {
        let in_query = |name: &str, value: Option<&str>| {
            search.query.iter().any(|(given, given_value)| {
                given == name && value.is_none_or(|value| given_value == value)
            })
        };
        self.operation.http_method() == search.method
            && self
                .literals
                .iter()
                .all(|(name, value)| in_query(name, *value))
            && (!search.strict
                || self.required.iter().all(|(location, name)| match location {
                    Location::Header => (search.has_header)(name),
                    _ => in_query(name, None),
                }))
    }
}

/// The parts of a path.
fn segments(path: &str) -> std::str::Split<'_, char> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}
