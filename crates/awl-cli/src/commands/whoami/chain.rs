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

/// The links as lines for people: number, provider, verdict and why. Links at
/// the end that nobody came to and that have nothing are one line.
pub(super) fn lines(links: &[Link]) -> String {
    let mut text = String::from("The credential chain, in the order in which it is asked:\n");
    let mut numbers: Vec<usize> = Vec::new();
    let mut silent: Vec<&str> = Vec::new();
    for link in links {
        numbers.truncate(link.depth + 1);
        match numbers.get_mut(link.depth) {
            Some(number) => *number += 1,
            None => numbers.push(1),
        }
        if matches!(&link.verdict, Verdict::NotReached(there) if there.is_empty()) {
            silent.push(link.provider);
            continue;
        }
        let place: Vec<String> = numbers.iter().map(usize::to_string).collect();
        let (verdict, detail) = words(&link.verdict);
        let mark = match link.verdict {
            Verdict::Found(_) => '>',
            Verdict::Failed(_) => '!',
            _ => ' ',
        };
        let indent = "   ".repeat(link.depth);
        let place = format!("{indent}{:<2} {}", place.join("."), link.provider);
        let detail = one_line(detail);
        text.push_str(&format!("{mark} {place:<42} {verdict}: {detail}\n"));
    }
    if !silent.is_empty() {
        text.push_str(&format!(
            "Not reached, and with nothing to give: {}.\n",
            silent.join(", ")
        ));
    }
    if let Some(advice) = advice(links) {
        text.push_str(&format!("\n{advice}\n"));
    }
    text
}

/// What to do where a link hides another that has credentials too.
fn advice(links: &[Link]) -> Option<String> {
    let chain = || links.iter().filter(|link| link.depth == 0);
    let winner = chain().find(|link| matches!(link.verdict, Verdict::Found(_)))?;
    let hidden = chain()
        .find(|link| matches!(&link.verdict, Verdict::NotReached(there) if !there.is_empty()))?;
    let profile = winner.profile.as_deref().unwrap_or("default");
    let remedy = match winner.provider {
        "env" if hidden.profile.is_some() => format!(
            "Unset AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or say --profile {}",
            hidden.profile.as_deref().unwrap_or("default")
        ),
        "env" => "Unset AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned(),
        "shared-credentials-file" | "config-file" => {
            format!("Take the keys out of profile {profile}")
        }
        // What a profile is set up for is meant.
        _ => return None,
    };
    Some(format!(
        "{} has credentials too, but {} is asked first. {remedy} to use them.",
        hidden.provider, winner.provider
    ))
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
