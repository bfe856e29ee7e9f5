//! All pages as one answer.
// Parity: botocore/paginate.py, PageIterator.build_full_result; its order of
// keys is that in which they are first met.

use awl_value::{Map, Value, python};

use super::{Pages, Paginator, Path};
use crate::Error;

/// One answer, growing by a page at a time.
#[derive(Clone, Debug)]
pub struct Merged {
    keys: Vec<Path>,
    value: Map,
}

impl Merged {
    /// An answer without pages yet.
    #[must_use]
    pub fn new(paginator: &Paginator) -> Self {
        Self {
            keys: paginator.result_keys().to_vec(),
            value: Map::new(),
        }
    }

    /// Adds the results of a page, which are taken out of it: lists are
    /// joined, texts too, numbers are added; of anything else the first stays.
    pub fn add(&mut self, page: &mut Map) {
        for key in &self.keys {
            let Some(value) = key.find_mut(page).map(std::mem::take) else {
                continue;
            };
            match key.find_mut(&mut self.value) {
                None => key.set(&mut self.value, value),
                Some(existing) => join(existing, value),
            }
        }
    }

    /// The whole answer: the results, then what is the same on all pages, then
    /// the token that resumes a listing that is not at its end.
    #[must_use]
    pub fn finish(mut self, non_aggregate_part: Map, resume_token: Option<String>) -> Map {
        merge(&mut self.value, non_aggregate_part);
        if let Some(token) = resume_token {
            self.value.insert("NextToken", Value::String(token));
        }
        self.value
    }
}

impl Pages {
    /// All pages that are left as one answer.
    ///
    /// # Errors
    /// What [`Pages::next`] ends with.
    pub async fn merged(mut self) -> Result<Map, Error> {
        let mut merged = Merged::new(self.paginator());
        while let Some(mut page) = self.next().await? {
            merged.add(&mut page.value);
        }
        Ok(merged.finish(self.non_aggregate_part().clone(), self.take_resume_token()))
    }
}

fn join(existing: &mut Value, value: Value) {
    match (&mut *existing, value) {
        (Value::List(items), Value::List(more)) => items.extend(more),
        (Value::String(text), Value::String(more)) => text.push_str(&more),
        (Value::Float(number), Value::Float(more)) => *number += more,
        (Value::Float(number), Value::Int(more)) => *number += more as f64,
        (Value::Int(number), Value::Float(more)) => {
            let sum = *number as f64 + more;
            *existing = Value::Float(sum);
        }
        (Value::Int(number), Value::Int(more)) => {
            let sum = i128::from(*number) + i128::from(more);
            *existing = python::int(&sum.to_string()).unwrap_or_default();
        }
        _ => {}
    }
}

// Parity: botocore/utils.py, merge_dicts.
fn merge(map: &mut Map, more: Map) {
    for (key, value) in more {
        match (map.get_mut(&key), value) {
            (Some(Value::Map(inner)), Value::Map(more)) => merge(inner, more),
            (_, value) => {
                map.insert(key, value);
            }
        }
    }
}
