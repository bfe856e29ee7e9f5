//! What every listing has: ids that are asked for, filters, pages.

use std::borrow::Cow;

use awl_protocol::server::Failure;
use awl_value::{Map, Timestamp, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::fields;
use crate::door::{Call, Outcome};

/// How something is listed.
#[derive(Debug)]
pub(super) struct Listing {
    /// The member of the output.
    pub(super) member: &'static str,
    /// Names of filters, and where the items have what they are about: members
    /// with a full stop between, lists all through; `|` before another place.
    /// Nothing where the names of members are those of the filter.
    pub(super) filters: &'static [(&'static str, &'static str)],
}

/// An item of a listing: what it is ordered by, and what it shows.
pub(super) type Item = (String, Map);

/// The page of items that is asked for.
pub(super) fn list(call: &Call<'_>, listing: &Listing, items: Vec<Item>) -> Outcome {
    let items = filtered(call, listing.filters, items)?;
    page(call, listing.member, items)
}

/// The items that all filters let through.
pub(super) fn filtered(
    call: &Call<'_>,
    known: &[(&str, &str)],
    items: Vec<Item>,
) -> Result<Vec<Item>, Failure> {
    let mut filters = Vec::new();
    for filter in call.parameters.list("Filters") {
        filters.push(Filter::read(call, known, filter)?);
    }
    let mut items = items;
    items.retain(|(_, item)| filters.iter().all(|filter| filter.lets(item)));
    Ok(items)
}

/// A page of items in their order.
pub(super) fn page(call: &Call<'_>, member: &'static str, mut items: Vec<Item>) -> Outcome {
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    if let Some(token) = call
        .parameters
        .text("NextToken")
        .filter(|text| !text.is_empty())
    {
        let last = URL_SAFE_NO_PAD.decode(token).ok();
        let last = last.and_then(|bytes| String::from_utf8(bytes).ok());
        let last = last.ok_or_else(|| {
            let message = "The specified NextToken is not valid.";
            Failure::new("InvalidNextToken", message)
        })?;
        items.retain(|(key, _)| *key > last);
    }
    let mut token = None;
    if let Some(most) = call.parameters.int("MaxResults") {
        let most = usize::try_from(most).unwrap_or_default();
        if most == 0 {
            let message = "Value ( 0 ) for parameter maxResults is invalid. Expecting a value \
                           greater than 0.";
            return Err(Failure::new("InvalidParameterValue", message));
        }
        if items.len() > most {
            items.truncate(most);
            token = items.last().map(|(key, _)| URL_SAFE_NO_PAD.encode(key));
        }
    }
    let items: Vec<Map> = items.into_iter().map(|(_, item)| item).collect();
    let mut output = fields! {member: items};
    if let Some(token) = token {
        output.push("NextToken", token.into());
    }
    Ok(Some(output))
}

/// A filter as it was given.
struct Filter<'a> {
    what: What<'a>,
    values: Vec<&'a str>,
}

enum What<'a> {
    /// Something of the item, in one of these places.
    Places(Cow<'a, str>),
    Tag(&'a str),
    TagKey,
    TagValue,
}

impl<'a> Filter<'a> {
    fn read(call: &Call<'_>, known: &[(&str, &'a str)], given: &'a Value) -> Result<Self, Failure> {
        let name = given.get("Name").and_then(Value::as_str);
        let values = given.get("Values").and_then(Value::as_list);
        let name = name.unwrap_or_default();
        let what = match name {
            "tag-key" => What::TagKey,
            "tag-value" => What::TagValue,
            _ => match name.strip_prefix("tag:") {
                Some(key) => What::Tag(key),
                None => {
                    let place = known.iter().find(|(own, _)| *own == name);
                    let place = place.ok_or_else(|| {
                        let message = format!("The filter '{name}' is invalid");
                        call.failure("InvalidParameterValue", message)
                    })?;
                    What::Places(match place.1 {
                        "" => Cow::Owned(members(name)),
                        place => Cow::Borrowed(place),
                    })
                }
            },
        };
        let values = values.unwrap_or_default().iter().filter_map(Value::as_str);
        let values: Vec<&str> = values.collect();
        if values.is_empty() {
            let message = format!("The filter '{name}' has no values");
            return Err(call.failure("InvalidParameterValue", message));
        }
        Ok(Self { what, values })
    }

    fn lets(&self, item: &Map) -> bool {
        let mut texts = Vec::new();
        match &self.what {
            What::Places(places) => {
                for place in places.split('|') {
                    let names: Vec<&str> = place.split('.').collect();
                    collect(item, &names, &mut texts);
                }
            }
            What::Tag(key) => texts.extend(tags(item, "Value", Some(key))),
            What::TagKey => texts.extend(tags(item, "Key", None)),
            What::TagValue => texts.extend(tags(item, "Value", None)),
        }
        texts
            .iter()
            .any(|text| self.values.iter().any(|value| matches(value, text)))
    }
}

/// The members that a filter is called after: `a-b.c` is `AB.C`.
fn members(name: &str) -> String {
    let mut members = String::with_capacity(name.len());
    let mut starts = true;
    for letter in name.chars() {
        match letter {
            '-' => starts = true,
            '.' => {
                members.push('.');
                starts = true;
            }
            letter if starts => {
                members.extend(letter.to_uppercase());
                starts = false;
            }
            letter => members.push(letter),
        }
    }
    members
}

/// What an item's tags say: of one key, or of all.
fn tags(item: &Map, member: &str, wanted: Option<&str>) -> Vec<String> {
    let tags = item.get("Tags").or_else(|| item.get("TagSet"));
    let tags = tags.and_then(Value::as_list);
    let tags = tags.unwrap_or_default().iter();
    let text = |tag: &Value, name: &str| Some(tag.get(name)?.as_str()?.to_owned());
    tags.filter(|tag| wanted.is_none() || text(tag, "Key").as_deref() == wanted)
        .filter_map(|tag| text(tag, member))
        .collect()
}

/// Everything that stands at a place.
fn collect(item: &Map, names: &[&str], texts: &mut Vec<String>) {
    let Some((name, rest)) = names.split_first() else {
        return;
    };
    if let Some(value) = item.get(name) {
        collect_value(value, rest, texts);
    }
}

fn collect_value(value: &Value, rest: &[&str], texts: &mut Vec<String>) {
    match value {
        Value::List(items) => {
            for item in items {
                collect_value(item, rest, texts);
            }
        }
        Value::Map(map) => collect(map, rest, texts),
        _ if !rest.is_empty() => {}
        Value::String(text) => texts.push(text.clone()),
        Value::Bool(flag) => texts.push(flag.to_string()),
        Value::Int(number) => texts.push(number.to_string()),
        Value::Float(number) => texts.push(awl_value::python_float(*number)),
        Value::Timestamp(time) => texts.push(iso(*time)),
        _ => {}
    }
}

/// `2026-11-22T12:00:00.000Z`, as EC2 compares times.
pub(super) fn iso(time: Timestamp) -> String {
    let (year, month, day, hour, minute, second, micros) = time.civil(0);
    let millis = micros / 1000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Whether a text is what a pattern says: `*` for any letters, `?` for one, and
/// either after `\` for itself.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern = parts(pattern);
    let text: Vec<char> = text.chars().collect();
    // Behind the last star, and where the text is to be tried again from.
    let (mut at, mut place, mut retry) = (0, 0, None);
    while place < text.len() {
        match pattern.get(at) {
            Some(Part::Star) => {
                retry = Some((at + 1, place));
                at += 1;
            }
            Some(Part::Any) => (at, place) = (at + 1, place + 1),
            Some(Part::Letter(letter)) if *letter == text[place] => {
                (at, place) = (at + 1, place + 1);
            }
            _ => {
                let Some((behind, from)) = retry else {
                    return false;
                };
                retry = Some((behind, from + 1));
                (at, place) = (behind, from + 1);
            }
        }
    }
    pattern[at..].iter().all(|part| *part == Part::Star)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Star,
    Any,
    Letter(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::with_capacity(pattern.len());
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '*' => Part::Star,
            '?' => Part::Any,
            '\\' => match letters.next_if(|next| ['*', '?', '\\'].contains(next)) {
                Some(next) => Part::Letter(next),
                None => Part::Letter('\\'),
            },
            letter => Part::Letter(letter),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by its definition, however long it takes.
    fn means(pattern: &[Part], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((Part::Star, rest)), _) => {
                (0..=text.len()).any(|length| means(rest, &text[length..]))
            }
            (Some((Part::Any, rest)), Some((_, behind))) => means(rest, behind),
            (Some((Part::Letter(own), rest)), Some((letter, behind))) => {
                own == letter && means(rest, behind)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_what_they_mean(pattern in r"[ab*?\\é]{0,8}", text in r"[ab*?\\é]{0,8}") {
            let letters: Vec<char> = text.chars().collect();
            prop_assert_eq!(matches(&pattern, &text), means(&parts(&pattern), &letters));
        }

        #[test]
        fn a_text_matches_itself_escaped(text in ".{0,12}") {
            let mut escaped = String::new();
            for letter in text.chars() {
                if ['*', '?', '\\'].contains(&letter) {
                    escaped.push('\\');
                }
                escaped.push(letter);
            }
            prop_assert!(matches(&escaped, &text));
        }

        #[test]
        fn values_are_alternatives_and_nothing_else_passes(
            names in prop::collection::vec("[a-c]{1,2}", 1..6),
            values in prop::collection::vec(r"[a-c*?]{1,3}", 1..4),
        ) {
            let tags = names.iter().map(|name| fields! {"Key": name.as_str(), "Value": "x"});
            let item = fields! {
                "Tags": tags.collect::<Vec<_>>(),
                "Groups": names.iter().map(|name| fields! {"Id": name.as_str()}).collect::<Vec<_>>(),
            };
            let expected = names.iter().any(|name| values.iter().any(|value| matches(value, name)));
            for what in [What::TagKey, What::Places("Nothing|Groups.Id".into())] {
                let filter = Filter { what, values: values.iter().map(|it| &**it).collect() };
                prop_assert_eq!(filter.lets(&item), expected);
            }
        }
    }

    #[test]
    fn places_are_looked_up_through_lists() {
        let item = fields! {
            "State": fields! {"Code": 16_i64, "Name": "running"},
            "Interfaces": vec![fields! {"Owned": true}, fields! {"Owned": false}],
            "At": Value::Timestamp(Timestamp::utc(1_800_000_000_500_000)),
        };
        let found = |place: &str| {
            let mut texts = Vec::new();
            collect(&item, &place.split('.').collect::<Vec<_>>(), &mut texts);
            texts
        };
        assert_eq!(found("State.Code"), ["16"]);
        assert_eq!(found("Interfaces.Owned"), ["true", "false"]);
        assert_eq!(found("At"), ["2027-01-15T08:00:00.500Z"]);
        assert!(found("State").is_empty() && found("State.Name.X").is_empty());
    }
}
