//! Endpoints that were resolved before. A transfer makes thousands of calls
//! with the same parameters, for the object's key is none of them.

use awl_model::{Node, Operation};
use awl_value::Map;

use crate::{Builtins, Endpoint, EndpointError, parameters};

/// How many endpoints a cache keeps; the oldest goes first.
const CAPACITY: usize = 16;

/// The last few endpoints of one client. Errors are not kept.
// Parity: botocore/endpoint_provider.py, where 100 are kept by parameters.
#[derive(Clone, Debug, Default)]
pub struct EndpointCache {
    entries: Vec<Entry>,
    /// The entry to replace next, once all places are taken.
    oldest: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    service: &'static str,
    parameters: Map,
    endpoint: Endpoint,
}

impl EndpointCache {
    /// An empty cache; allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            oldest: 0,
        }
    }

    /// [`crate::resolve_operation`], unless a call before had the same
    /// parameters. `partitions` has to be the same each time.
    ///
    /// # Errors
    /// All that [`EndpointError`] has.
    pub fn resolve_operation(
        &mut self,
        operation: Operation,
        partitions: Node,
        input: &Map,
        builtins: &Builtins,
        client_context: &Map,
    ) -> Result<&Endpoint, EndpointError> {
        let service = operation.service().name();
        let parameters = parameters::parameters(operation, input, builtins, client_context)?;
        let known = self
            .entries
            .iter()
            .position(|entry| entry.service == service && entry.parameters == parameters);
        let place = match known {
            Some(place) => place,
            None => {
                let endpoint =
                    parameters::resolve_with(operation, partitions, builtins, &parameters)?;
                self.put(Entry {
                    service,
                    parameters,
                    endpoint,
                })
            }
        };
        Ok(&self.entries[place].endpoint)
    }

    fn put(&mut self, entry: Entry) -> usize {
        if self.entries.len() < CAPACITY {
            self.entries.push(entry);
            return self.entries.len() - 1;
        }
        let place = self.oldest;
        self.entries[place] = entry;
        self.oldest = (place + 1) % CAPACITY;
        place
    }
}

#[cfg(test)]
mod tests {
    use awl_value::Value;

    use super::*;
    use crate::resolve_operation;

    #[test]
    fn a_cache_changes_nothing_but_time() {
        let store = awl_catalog::store();
        let service = store.service("s3").unwrap();
        let builtins = Builtins {
            region: Some("eu-west-1".to_owned()),
            ..Builtins::default()
        };
        let mut cache = EndpointCache::new();
        for round in 0..3 {
            for number in 0..20 {
                let mut input = Map::new();
                // The last name is an error, which is not kept.
                let bucket = match number {
                    19 => "arn:aws:s3:::x".to_owned(),
                    _ => format!("bucket-{number}"),
                };
                input.insert("Bucket", Value::from(bucket));
                input.insert("Key", Value::from(format!("key-{round}")));
                for name in ["GetObject", "GetBucketLocation"] {
                    let operation = service.operation(name).unwrap();
                    let (partitions, context) = (store.partitions(), Map::new());
                    let expected =
                        resolve_operation(operation, partitions, &input, &builtins, &context);
                    let found =
                        cache.resolve_operation(operation, partitions, &input, &builtins, &context);
                    assert_eq!(found.cloned(), expected);
                }
            }
        }
        assert_eq!(cache.entries.len(), CAPACITY);
    }

    #[test]
    fn a_key_is_no_parameter() {
        let store = awl_catalog::store();
        let operation = store.service("s3").unwrap().operation("PutObject").unwrap();
        let builtins = Builtins {
            region: Some("eu-west-1".to_owned()),
            ..Builtins::default()
        };
        let mut cache = EndpointCache::new();
        for number in 0..5 {
            let mut input = Map::new();
            input.insert("Bucket", Value::from("bucket"));
            input.insert("Key", Value::from(number.to_string()));
            let context = Map::new();
            cache
                .resolve_operation(operation, store.partitions(), &input, &builtins, &context)
                .unwrap();
        }
        assert_eq!(cache.entries.len(), 1);
    }
}
