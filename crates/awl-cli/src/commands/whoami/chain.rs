//! The links of the credential chain, as they answered.

use awl_sdk::credentials::{Link, Verdict};
use awl_value::{Map, Value};

/// The links as a list of maps.
pub(super) fn value(links: &[Link]) -> Value {
    let links = links.iter().map(|link| {
        let (verdict, detail) = words(&link.verdict);
        let mut map = Map::with_capacity(5);
        map.push("Provider", Value::from(link.provider));
        let profile = link.profile.as_deref().map_or(Value::Null, Value::from);
        map.push("Profile", profile);
        map.push("Depth", Value::Int(link.depth as i64));
        map.push("Verdict", Value::from(verdict));
        map.push("Detail", Value::from(detail));
        Value::Map(map)
    });
    Value::List(links.collect())
}

/// The links as lines for people: number, provider, verdict and why.
pub(super) fn lines(links: &[Link]) -> String {
    let mut text = String::from("The credential chain, in the order in which it is asked:\n");
    let mut numbers: Vec<usize> = Vec::new();
    for link in links {
        numbers.truncate(link.depth + 1);
        match numbers.get_mut(link.depth) {
            Some(number) => *number += 1,
            None => numbers.push(1),
        }
        let place: Vec<String> = numbers.iter().map(usize::to_string).collect();
        let place = format!("{}{}", "   ".repeat(link.depth), place.join("."));
        let (verdict, detail) = words(&link.verdict);
        let mark = match link.verdict {
            Verdict::Found(_) => '>',
            Verdict::Failed(_) => '!',
            _ => ' ',
        };
        let detail = match detail {
            "" => String::new(),
            detail => format!(": {}", one_line(detail)),
        };
        text.push_str(&format!(
            "{mark} {:<41} {verdict}{detail}\n",
            format!("{place} {}", link.provider)
        ));
    }
    text
}

/// What became of a link, and the detail of it.
fn words(verdict: &Verdict) -> (&'static str, &str) {
    match verdict {
        Verdict::Found(origin) => ("used", origin),
        Verdict::Absent(reason) => ("absent", reason),
        Verdict::Failed(reason) => ("failed", reason),
        Verdict::PassedOver(reason) => ("passed over", reason),
        Verdict::NotReached(there) if there.is_empty() => ("not reached", ""),
        Verdict::NotReached(there) => ("ignored", there),
        _ => ("unknown", ""),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
