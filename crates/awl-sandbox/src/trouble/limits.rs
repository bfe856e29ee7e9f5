//! How often operations may be called: token buckets, those that AWS documents
//! and those that somebody has set.

use std::collections::BTreeMap;
use std::time::Duration;

use awl_model::Operation;
use awl_value::Map;

use super::documented;
use crate::record::{Stored as _, record};
use crate::store::Change;

/// How many buckets are kept; full ones say nothing and go.
const BUCKETS: usize = 10_000;

/// How large a bucket is, and how many thousandths of a token it gets a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) burst: i64,
    pub(crate) rate: i64,
}

/// What a call takes from a bucket.
#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) bucket: String,
    pub(crate) size: Size,
    pub(crate) tokens: i64,
}

record! {
    /// A limit that somebody has set: of an operation, or of all of a service
    /// together.
    struct Limit {
        service: String,
        operation: Option<String>,
        /// Thousandths of a request a second.
        rate: i64,
        burst: i64,
    }
}

record! {
    /// Whether documented limits count: of which services.
    struct Documented {
        services: Vec<String>,
    }
}

/// The limits, and how far they are used up.
#[derive(Debug)]
pub(crate) struct Limits {
    set: BTreeMap<String, Limit>,
    documented: Vec<String>,
    buckets: BTreeMap<String, Bucket>,
}

/// Millionths of tokens at a time.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: i64,
    at: Duration,
    size: Size,
}

impl Limit {
    /// What it is called in lists and records: `ec2 DescribeInstances`.
    pub(crate) fn name(&self) -> String {
        match &self.operation {
            Some(operation) => format!("{} {operation}", self.service),
            None => self.service.clone(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let usual = documented::USUAL.iter();
        Self {
            set: BTreeMap::new(),
            documented: usual.map(|&name| name.to_owned()).collect(),
            buckets: BTreeMap::new(),
        }
    }
}

impl Limits {
    /// Takes up what the store kept.
    pub(super) fn take(&mut self, kind: &str, value: &awl_value::Value) -> Option<()> {
        match kind {
            "limit" => {
                let limit = Limit::of(value)?;
                self.set.insert(limit.name(), limit);
            }
            _ => self.documented = Documented::of(value)?.services,
        }
        Some(())
    }

    pub(crate) fn set(&self) -> impl Iterator<Item = &Limit> {
        self.set.values()
    }

    /// The services whose documented limits count.
    pub(crate) fn documented(&self) -> &[String] {
        &self.documented
    }

    pub(super) fn put(&mut self, limit: Limit) -> Change {
        // The old bucket would have another size.
        self.buckets.clear();
        let change = (format!("limit {}", limit.name()), Some(limit.to_value()));
        self.set.insert(limit.name(), limit);
        change
    }

    /// Removes those of a service, or of one operation alone.
    pub(super) fn remove(&mut self, service: &str, operation: Option<&str>) -> Vec<Change> {
        let names = self.set.values().filter(|own| {
            own.service == service && (operation.is_none() || own.operation.as_deref() == operation)
        });
        let names: Vec<String> = names.map(Limit::name).collect();
        for name in &names {
            self.set.remove(name);
        }
        self.buckets.clear();
        let names = names.into_iter();
        names.map(|name| (format!("limit {name}"), None)).collect()
    }

    pub(super) fn document(&mut self, services: Vec<String>) -> Change {
        self.buckets.clear();
        self.documented.clone_from(&services);
        let record = Documented { services };
        ("documented-limits".to_owned(), Some(record.to_value()))
    }

    /// Takes the tokens of a call; false, and nothing is taken, where a bucket
    /// has too few.
    pub(crate) fn pass(
        &mut self,
        operation: Operation,
        parameters: &Map,
        region: &str,
        now: Duration,
    ) -> bool {
        let (service, name) = (operation.service().name(), operation.name());
        let own = self.set.get(&format!("{service} {name}"));
        let mut charges: Vec<Charge> = own
            .into_iter()
            .chain(self.set.get(service))
            .map(|limit| Charge {
                bucket: format!("set {} {region}", limit.name()),
                size: Size {
                    burst: limit.burst,
                    rate: limit.rate,
                },
                tokens: 1,
            })
            .collect();
        // One that is set for the operation stands for the documented one.
        if own.is_none() && self.documented.iter().any(|own| own == service) {
            charges.extend(documented::charges(operation, parameters, region));
        }
        if charges.is_empty() {
            return true;
        }
        if self.buckets.len() > BUCKETS {
            self.buckets.retain(|_, bucket| !bucket.at(now).is_full());
        }
        let filled: Vec<Bucket> = charges
            .iter()
            .map(|charge| match self.buckets.get(&charge.bucket) {
                Some(bucket) => bucket.at(now),
                None => Bucket::full(charge.size, now),
            })
            .collect();
        let passes = charges
            .iter()
            .zip(&filled)
            .all(|(charge, bucket)| bucket.tokens >= millionths(charge.tokens));
        for (charge, mut bucket) in charges.into_iter().zip(filled) {
            if passes {
                bucket.tokens -= millionths(charge.tokens);
            }
            self.buckets.insert(charge.bucket, bucket);
        }
        passes
    }
}

impl Bucket {
    fn full(size: Size, now: Duration) -> Self {
        Self {
            tokens: millionths(size.burst),
            at: now,
            size,
        }
    }

    /// As it is later. A clock that was put back adds nothing.
    fn at(self, now: Duration) -> Self {
        let passed = now.saturating_sub(self.at).as_millis();
        // A thousandth of a token a second is a millionth a millisecond.
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        let added = passed.saturating_mul(self.size.rate);
        Self {
            tokens: self
                .tokens
                .saturating_add(added)
                .min(millionths(self.size.burst)),
            // Less than a millisecond is kept for the next time.
            at: match now < self.at {
                true => now,
                false => now - Duration::from_nanos(u64::from(now.subsec_nanos()) % 1_000_000),
            },
            size: self.size,
        }
    }

    const fn is_full(self) -> bool {
        self.tokens >= millionths(self.size.burst)
    }
}

const fn millionths(tokens: i64) -> i64 {
    tokens.saturating_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use awl_model::Operation;
    use awl_value::Map;

    use super::*;

    fn operation(service: &str, name: &str) -> Operation {
        let service = awl_catalog::store().service(service).unwrap();
        service.operation(name).unwrap()
    }

    fn passes(limits: &mut Limits, operation: Operation, milliseconds: u64) -> usize {
        let now = Duration::from_millis(milliseconds);
        let empty = Map::new();
        let mut all = 0..10_000;
        all.position(|_| !limits.pass(operation, &empty, "us-east-1", now))
            .unwrap_or(10_000)
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let mut limits = Limits::default();
        limits.put(Limit {
            service: "ec2".to_owned(),
            operation: Some("DescribeInstances".to_owned()),
            rate: 2000,
            burst: 5,
        });
        let describe = operation("ec2", "DescribeInstances");
        assert_eq!(passes(&mut limits, describe, 1000), 5);
        assert_eq!(passes(&mut limits, describe, 1499), 0);
        assert_eq!(passes(&mut limits, describe, 2000), 2);
        assert_eq!(passes(&mut limits, describe, 60_000), 5);
        // Another operation is none of its business, nor another Region.
        assert_eq!(
            passes(&mut limits, operation("ec2", "DescribeImages"), 0),
            10_000
        );
        let now = Duration::from_millis(60_000);
        assert!(limits.pass(describe, &Map::new(), "eu-west-1", now));
    }

    #[test]
    fn documented_sizes_are_those_of_the_operation() {
        let mut limits = Limits::default();
        let run = operation("ec2", "RunInstances");
        assert_eq!(passes(&mut limits, run, 0), 10_000);
        assert_eq!(
            passes(&mut limits, operation("sts", "GetCallerIdentity"), 0),
            600
        );
        limits.document(vec!["ec2".to_owned()]);
        assert_eq!(passes(&mut limits, run, 0), 5);
        let describe = operation("ec2", "DescribeInstances");
        assert_eq!(passes(&mut limits, describe, 0), 50);
        let mut paged = Map::new();
        paged.push("MaxResults", 5.into());
        let pages = (0..1000)
            .filter(|_| limits.pass(describe, &paged, "us-east-1", Duration::ZERO))
            .count();
        assert_eq!(pages, 100);
        let mut many = Map::new();
        many.push("MaxCount", 999.into());
        let later = Duration::from_secs(1000);
        assert!(limits.pass(run, &many, "us-east-1", later));
        assert!(!limits.pass(run, &many, "us-east-1", later));
        assert_eq!(
            passes(&mut limits, operation("ec2", "ModifyVpcAttribute"), 0),
            50
        );
        assert_eq!(
            passes(&mut limits, operation("sts", "GetCallerIdentity"), 0),
            10_000
        );
    }

    #[test]
    fn prefixes_have_buckets_of_their_own() {
        let mut limits = Limits::default();
        let put = operation("s3", "PutObject");
        let mut object = Map::new();
        object.push("Bucket", "photos".into());
        object.push("Key", "a/b/c".into());
        let count = |limits: &mut Limits, object: &Map| {
            (0..6000)
                .filter(|_| limits.pass(put, object, "us-east-1", Duration::ZERO))
                .count()
        };
        assert_eq!(count(&mut limits, &object), 3500);
        object.insert("Key", "a/b/d".into());
        assert_eq!(count(&mut limits, &object), 0);
        object.insert("Key", "a/c/d".into());
        assert_eq!(count(&mut limits, &object), 3500);
    }
}
