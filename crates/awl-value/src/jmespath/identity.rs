//! Which parts of a result are one and the same object. In Python a result
//! refers to parts of the document, and YAML shows when it refers twice.

use std::collections::HashMap;
use std::rc::Rc;

use super::item::{Elements, Entries, Item, View};
use crate::Value;

/// For each list and map of the result, in the order in which they begin, the
/// number of the object that it is, counted from one; zero for those that come
/// once. Nothing at all where that is all of them.
pub(super) fn repeats(item: &Item<'_>) -> Vec<u32> {
    // Parts of the document do not contain each other twice.
    if let Item::Value(_) = item {
        return Vec::new();
    }
    let mut addresses = Vec::new();
    collect(item, &mut addresses);
    let mut counts: HashMap<usize, u32> = HashMap::with_capacity(addresses.len());
    for address in &addresses {
        *counts.entry(*address).or_default() += 1;
    }
    let mut numbers: HashMap<usize, u32> = HashMap::new();
    let classes: Vec<u32> = addresses
        .iter()
        .map(|address| {
            if counts.get(address).is_none_or(|count| *count < 2) {
                return 0;
            }
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX - 1) + 1;
            *numbers.entry(*address).or_insert(next)
        })
        .collect();
    if numbers.is_empty() {
        Vec::new()
    } else {
        classes
    }
}

fn collect(item: &Item<'_>, addresses: &mut Vec<usize>) {
    match item {
        Item::Value(value) => collect_value(value, addresses),
        Item::List(list) => addresses.push(Rc::as_ptr(list).addr()),
        Item::Map(map) => addresses.push(Rc::as_ptr(map).addr()),
        Item::Text(_) | Item::Owned(_) | Item::Expression(_) => return,
    }
    match item.view() {
        View::List(Elements::Items(items)) => {
            items.iter().for_each(|item| collect(item, addresses));
        }
        View::Map(Entries::Items(entries)) => {
            entries
                .iter()
                .for_each(|(_, item)| collect(item, addresses));
        }
        _ => {}
    }
}

fn collect_value(value: &Value, addresses: &mut Vec<usize>) {
    match value {
        Value::List(items) => {
            addresses.push(std::ptr::from_ref(value).addr());
            items.iter().for_each(|item| collect_value(item, addresses));
        }
        Value::Map(map) => {
            addresses.push(std::ptr::from_ref(value).addr());
            map.values().for_each(|item| collect_value(item, addresses));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::Expression;
    use crate::json;

    fn check(expression: &str, expected: &[u32]) {
        let document = json::parse(r#"{"a": [{"k": 1}, {"k": 2}], "b": {}}"#).unwrap();
        let expression = Expression::compile(expression).unwrap();
        let (value, repeats) = expression.search_identified(&document).unwrap();
        assert_eq!(value, expression.search(&document).unwrap());
        assert_eq!(repeats, expected);
    }

    #[test]
    fn what_comes_twice_has_a_number() {
        check("@", &[]);
        check("{x: a, y: b}", &[]);
        check("a[].k", &[]);
        check("[b, b]", &[0, 1, 1]);
        check("[b, a, b, a[1]]", &[0, 1, 0, 0, 2, 1, 2]);
        check("a[].{x: `[]`}", &[0, 0, 1, 0, 1]);
        check("[k, k] | {x: @, y: @}", &[0, 1, 1]);
        check("[a[:1], a[:1]]", &[0, 0, 1, 0, 1]);
        check("[to_array(a), not_null(x, a)]", &[0, 1, 2, 3, 1, 2, 3]);
    }
}
