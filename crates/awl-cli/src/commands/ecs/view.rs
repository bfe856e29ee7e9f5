//! The resources of an express gateway service: how they are put together from
//! several revisions, what sets two revisions apart, and how they are shown.
// Parity: awscli/customizations/ecs/expressgateway/managedresource.py,
// managedresourcegroup.py, color_utils.py.

use std::collections::BTreeSet;

use awl_value::Timestamp;

/// What stands in a view for the sign that turns while one waits.
pub(super) const SPINNER: &str = "{SPINNER}";

/// A resource, or several that belong together.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// One resource.
    Resource(Resource),
    /// Several.
    Group(Group),
}

/// A resource that ECS made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Resource {
    /// What it is.
    pub kind: &'static str,
    /// Its name or ARN.
    pub identifier: Option<String>,
    /// How it is.
    pub status: Option<String>,
    /// When that became so.
    pub updated_at: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// What else there is to say.
    pub information: Option<String>,
}

/// Resources that belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// What they are together.
    pub kind: Option<&'static str>,
    /// The name of that.
    pub identifier: Option<String>,
    /// How it is.
    pub status: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The keys of its members in their order; a key may come twice.
    keys: Vec<String>,
    members: Vec<(String, Node)>,
}

impl Node {
    const fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Resource(resource) => Some(resource.kind),
            Self::Group(group) => group.kind,
        }
    }

    fn identifier(&self) -> Option<&str> {
        let identifier = match self {
            Self::Resource(resource) => &resource.identifier,
            Self::Group(group) => &group.identifier,
        };
        identifier.as_deref().filter(|text| !text.is_empty())
    }

    fn key(&self) -> String {
        let kind = self.kind().unwrap_or_default();
        format!("{kind}/{}", self.identifier().unwrap_or_default())
    }

    fn combine(self, other: Self) -> Self {
        match (self, other) {
            (Self::Group(own), Self::Group(other)) => Self::Group(own.combine(other)),
            // The newer one.
            (Self::Resource(own), Self::Resource(other)) => {
                if other.updated_at.is_none() || own.updated_at >= other.updated_at {
                    Self::Resource(own)
                } else {
                    Self::Resource(other)
                }
            }
            (own, _) => own,
        }
    }
}

impl Resource {
    /// Its lines in a stream, without the last line's end.
    pub(super) fn stream_text(&self, now: &str, paint: Paint) -> String {
        let status = self.status.as_deref();
        let mut text = format!("[{now}] {}", paint.cyan(self.kind));
        if let Some(identifier) = some(&self.identifier) {
            text += &format!(" {}", paint.by_status(identifier, status));
        }
        if let Some(status) = some(&self.status) {
            text += &format!(" [{}]", paint.by_status(status, Some(status)));
        }
        if let Some(reason) = some(&self.reason) {
            text += &format!("\n  Reason: {reason}");
        }
        if let Some(time) = self.updated_at {
            text += &format!("\n  Last Updated At: {}", stamp(time, 0, ' '));
        }
        if let Some(information) = some(&self.information) {
            text += &format!("\n  Info: {information}");
        }
        text
    }

    fn status_text(&self, depth: usize, paint: Paint, offset: i32) -> String {
        let status = self.status.as_deref();
        let indent = " ".repeat(depth);
        let mut text = format!("{indent}{}", paint.cyan(self.kind));
        let identifier = some(&self.identifier);
        text += if identifier.is_some() { ": " } else { " " };
        text += &paint.symbol(status);
        if let Some(identifier) = identifier {
            text += &format!("{} ", paint.by_status(identifier, status));
        }
        if let Some(status) = some(&self.status) {
            text += &format!("- {}", paint.by_status(status, Some(status)));
        }
        if let Some(reason) = some(&self.reason) {
            text += &format!("\n{indent} Reason: {reason}");
        }
        if let Some(time) = self.updated_at {
            let time = stamp(time, offset, 'T');
            text += &format!("\n{indent} Last updated at: {time}");
        }
        if let Some(information) = some(&self.information) {
            text += &format!("\n{indent} {information}");
        }
        text.push('\n');
        text
    }
}

impl Group {
    /// A group of these.
    pub(super) fn new(kind: Option<&'static str>, nodes: Vec<Node>) -> Self {
        let mut group = Self {
            kind,
            ..Self::default()
        };
        for node in nodes {
            let key = node.key();
            group.keys.push(key.clone());
            let mut members = group.members.iter_mut();
            match members.find(|(known, _)| *known == key) {
                Some((_, member)) => *member = node,
                None => group.members.push((key, node)),
            }
        }
        group
    }

    fn get(&self, key: &str) -> Option<&Node> {
        let mut members = self.members.iter();
        members
            .find(|(known, _)| known == key)
            .map(|(_, node)| node)
    }

    /// The members of both; of those that are the same, the newer.
    pub(super) fn combine(self, other: Self) -> Self {
        let members = self.members.into_iter().chain(other.members);
        let mut kinds: Vec<(Option<&'static str>, Vec<Node>)> = Vec::new();
        for (_, node) in members {
            let kind = node.kind();
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, nodes)) => nodes.push(node),
                None => kinds.push((kind, vec![node])),
            }
        }
        let mut combined: Vec<(String, Node)> = Vec::new();
        for (_, nodes) in kinds {
            // One that has no name yet gives way to those that have one.
            let has_named = nodes.iter().any(|node| node.identifier().is_some());
            for node in nodes {
                if has_named && node.identifier().is_none() {
                    continue;
                }
                let key = node.key();
                match combined.iter().position(|(known, _)| *known == key) {
                    Some(at) => {
                        let known = &mut combined[at].1;
                        let own = std::mem::replace(known, Node::Group(Self::default()));
                        *known = own.combine(node);
                    }
                    None => combined.push((key, node)),
                }
            }
        }
        let nodes = combined.into_iter().map(|(_, node)| node).collect();
        Self {
            identifier: self.identifier,
            ..Self::new(self.kind, nodes)
        }
    }

    /// What only this group has, and what only the other has.
    pub(super) fn difference(&self, other: &Self) -> (Self, Self) {
        let keys = |group: &Self| -> BTreeSet<String> {
            group.members.iter().map(|(key, _)| key.clone()).collect()
        };
        let (own_keys, other_keys) = (keys(self), keys(other));
        let nameless: Vec<String> = own_keys
            .iter()
            .filter(|key| key.ends_with('/'))
            .map(|key| format!("{}/", key.trim_end_matches('/')))
            .collect();
        let is_only_others = |key: &String| {
            !own_keys.contains(key) && !nameless.iter().any(|kind| key.starts_with(&**kind))
        };
        let parts = |key: &str| match (self.get(key), other.get(key)) {
            (Some(Node::Group(own)), Some(Node::Group(other))) => Some(own.difference(other)),
            _ => None,
        };
        let own = self.keys.iter().filter_map(|key| {
            if other_keys.contains(key) {
                parts(key).map(|(own, _)| Node::Group(own))
            } else {
                self.get(key).cloned()
            }
        });
        let others = other.keys.iter().filter_map(|key| {
            if is_only_others(key) {
                other.get(key).cloned()
            } else {
                parts(key).map(|(_, other)| Node::Group(other))
            }
        });
        let group = |nodes: Vec<Node>| Self {
            identifier: self.identifier.clone(),
            ..Self::new(self.kind, nodes)
        };
        (group(own.collect()), group(others.collect()))
    }

    /// All resources, without the groups that they are in.
    pub(super) fn resources(&self) -> Vec<&Resource> {
        let mut resources = Vec::new();
        for (_, node) in &self.members {
            match node {
                Node::Resource(resource) => resources.push(resource),
                Node::Group(group) => resources.extend(group.resources()),
            }
        }
        resources
    }

    /// The group on a screen. `offset` is the machine's zone.
    pub(super) fn status_text(&self, depth: usize, paint: Paint, offset: i32) -> String {
        let mut lines = Vec::new();
        let status = some(&self.status);
        if let Some(kind) = self.kind {
            let mut header = format!("{}{}", " ".repeat(depth), paint.cyan(kind));
            match (some(&self.identifier), status) {
                (Some(identifier), Some(status)) => {
                    header += &format!(
                        ": {}{} - {}",
                        paint.symbol(Some(status)),
                        paint.by_status(identifier, Some(status)),
                        paint.by_status(status, Some(status))
                    );
                }
                (Some(identifier), None) => header += &format!(": {identifier}"),
                (None, Some(status)) => {
                    header += &format!(
                        " {}- {}",
                        paint.symbol(Some(status)),
                        paint.by_status(status, Some(status))
                    );
                }
                (None, None) => {}
            }
            lines.push(header);
            if let (Some(_), Some(reason)) = (status, some(&self.reason)) {
                lines.push(format!("{} Reason: {reason}", " ".repeat(depth)));
            }
            if !self.keys.is_empty() {
                lines.push(String::new());
            }
        }
        let depth = depth + usize::from(self.kind.is_some());
        for node in self.keys.iter().filter_map(|key| self.get(key)) {
            lines.push(match node {
                Node::Resource(resource) => resource.status_text(depth, paint, offset),
                Node::Group(group) => group.status_text(depth, paint, offset),
            });
        }
        if self.keys.is_empty() && self.kind.is_some() {
            lines.push(format!("{}<empty>", " ".repeat(depth)));
        }
        lines.join("\n")
    }
}

fn some(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// A point in time, in a zone, as it is printed.
pub(super) fn stamp(micros: i64, offset: i32, separator: char) -> String {
    let (year, month, day, hour, minute, second, _) = Timestamp::utc(micros).civil(offset);
    format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}Z")
}

/// Whether there are colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub bool);

impl Paint {
    fn with(self, colour: u8, text: &str) -> String {
        match self.0 {
            true => format!("\x1b[{colour}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    fn cyan(self, text: &str) -> String {
        self.with(36, text)
    }

    fn by_status(self, text: &str, status: Option<&str>) -> String {
        let colour = match status {
            None | Some("" | "ACTIVE" | "SUCCESSFUL") => 32,
            Some("FAILED") => 31,
            Some("DELETED") => 33,
            Some(_) => 35,
        };
        self.with(colour, text)
    }

    fn symbol(self, status: Option<&str>) -> String {
        match status {
            None | Some("" | "ACTIVE" | "SUCCESSFUL") => self.with(32, "✓ "),
            Some("FAILED" | "ROLLBACK_FAILED") => self.with(31, "X "),
            Some("DELETED" | "STOPPED" | "ROLLBACK_SUCCESSFUL") => self.with(33, "— "),
            Some(_) => self.with(35, &format!("{SPINNER} ")),
        }
    }
}
