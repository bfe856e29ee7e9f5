//! Keys and values inside a word of shorthand: `Key=a,Other={Inner=`.
// Parity: awscli/autocomplete/local/basic.py, ShorthandCompleter. The AWS CLI
// has it in its prompt alone.

use awl_model::{Member, Shape, ShapeKind};

use super::about::Texts;
use super::candidate::{Candidate, Wanted};

/// What may follow in `fragment`, a word of the argument that sets `member`.
pub(super) fn candidates(
    member: Member,
    fragment: &str,
    wanted: Wanted,
    texts: &Texts,
) -> Vec<Candidate> {
    // A quotation that the shell will take away.
    let text = fragment.strip_prefix(['\'', '"']).unwrap_or(fragment);
    if text.starts_with(['{', '[']) {
        return Vec::new();
    }
    let mut shape = member.shape();
    if let Some(item) = shape.list_member() {
        shape = item.shape();
    }
    if shape.is_document() {
        return Vec::new();
    }
    let mut reader = Reader { text, at: 0 };
    let Some(place) = reader.top(shape) else {
        return closing(fragment, text, wanted);
    };
    let start = fragment.len() - text.len() + place.start;
    let (before, typed) = fragment.split_at(start);
    let found = place
        .words(texts)
        .into_iter()
        .map(|word| Candidate {
            text: word.text.clone(),
            display: Some(word.text),
            ..word
        })
        .collect::<Vec<_>>();
    let mut found: Vec<Candidate> = wanted
        .filter(typed, found)
        .into_iter()
        .map(|word| Candidate {
            text: format!("{before}{}", word.shown()),
            ..word
        })
        .collect();
    found.extend(closing(fragment, text, wanted));
    found
}

/// The fragment with its brackets closed, for a list that is looked at.
fn closing(fragment: &str, text: &str, wanted: Wanted) -> Vec<Candidate> {
    if !wanted.help {
        return Vec::new();
    }
    let mut open = Vec::new();
    for letter in text.chars() {
        match letter {
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' if open.pop() != Some(letter) => return Vec::new(),
            _ => {}
        }
    }
    if open.is_empty() {
        return Vec::new();
    }
    let end: String = open.iter().rev().collect();
    vec![Candidate {
        display: Some("Autoclose brackets".to_owned()),
        ..Candidate::new(format!("{fragment}{end}"))
    }]
}

/// Where the text ends.
struct Place {
    /// Where what is to be completed begins.
    start: usize,
    /// The keys that may stand there: of this shape, but for those given.
    keys: Option<(Shape, Vec<String>)>,
    /// The shape whose value may stand there.
    value: Option<Shape>,
}

impl Place {
    /// The words that may stand there.
    fn words(&self, texts: &Texts) -> Vec<Candidate> {
        let mut found = Vec::new();
        if let Some((shape, given)) = &self.keys {
            for member in shape.members() {
                if given.iter().all(|given| given != member.name()) {
                    found.push(key(member, texts));
                }
            }
            if let Some(names) = shape.map_key() {
                let names = names.shape().enum_values();
                found.extend(names.map(|name| Candidate::new(format!("{name}="))));
            }
        }
        if let Some(shape) = self.value {
            found.extend(values(shape));
        }
        found
    }
}

fn key(member: Member, texts: &Texts) -> Candidate {
    let kind = member.shape().kind();
    let opening = match kind {
        ShapeKind::Structure | ShapeKind::Map => "{",
        ShapeKind::List => "[",
        _ => "",
    };
    Candidate {
        help: texts.of_member(member),
        type_name: kind.name(),
        ..Candidate::new(format!("{}={opening}", member.name()))
    }
}

fn values(shape: Shape) -> Vec<Candidate> {
    match shape.kind() {
        ShapeKind::Boolean => ["true", "false"].map(Candidate::new).to_vec(),
        ShapeKind::Structure | ShapeKind::Map => vec![Candidate::new("{")],
        ShapeKind::List => vec![Candidate::new("[")],
        _ => shape.enum_values().map(Candidate::new).collect(),
    }
}

/// Reads shorthand that may end anywhere. What says where it ends is found at
/// its end alone; anything that goes on from there has no place.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// A word: pairs, or the value of a scalar.
    fn top(&mut self, shape: Shape) -> Option<Place> {
        match shape.kind() {
            ShapeKind::Structure | ShapeKind::Map => self.pairs(shape, None).err(),
            _ => Some(Place {
                start: 0,
                keys: None,
                value: Some(shape),
            }),
        }
    }

    /// Pairs up to `end`. The text's end is an error: the place of it, or what
    /// has none.
    fn pairs(&mut self, shape: Shape, end: Option<char>) -> Result<(), Place> {
        let mut given: Vec<String> = Vec::new();
        // The list whose items may go on without brackets.
        let mut list: Option<Shape> = None;
        loop {
            let start = self.at;
            let key = self.until(&['=', ',', '}', ']']);
            match self.next() {
                None => {
                    return Err(Place {
                        start,
                        keys: Some((shape, given)),
                        value: list,
                    });
                }
                Some('=') => {}
                // An item of a list before.
                Some(',') => continue,
                Some(letter) if Some(letter) == end => return Ok(()),
                Some(_) => return Err(self.nowhere()),
            }
            let inside = match shape.kind() {
                ShapeKind::Map => shape.map_value(),
                _ => shape.member(&key),
            };
            let Some(inside) = inside.map(Member::shape) else {
                return Err(self.nowhere());
            };
            given.push(key);
            list = inside.list_member().map(Member::shape);
            self.value(inside)?;
            match self.next() {
                Some(',') => {}
                letter if letter.is_some() && letter == end => return Ok(()),
                _ => return Err(self.nowhere()),
            }
        }
    }

    /// A value, read up to what stands behind it.
    fn value(&mut self, shape: Shape) -> Result<(), Place> {
        let start = self.at;
        match (self.peek(), shape.kind()) {
            (None, _) => Err(self.place_of(start, shape)),
            (Some('{'), ShapeKind::Structure | ShapeKind::Map) => {
                self.next();
                self.pairs(shape, Some('}'))
            }
            (Some('['), ShapeKind::List) => {
                self.next();
                self.items(shape)
            }
            (Some(quote @ ('"' | '\'')), _) => {
                self.next();
                self.until(&[quote]);
                match self.next() {
                    Some(_) => Ok(()),
                    None => Err(self.nowhere()),
                }
            }
            _ => {
                self.until(&[',', '}', ']']);
                if self.peek().is_some() {
                    return Ok(());
                }
                // A list without brackets: its first item.
                let item = shape.list_member().map_or(shape, Member::shape);
                Err(self.place_of(start, item))
            }
        }
    }

    /// The items of a list up to its bracket.
    fn items(&mut self, shape: Shape) -> Result<(), Place> {
        let Some(item) = shape.list_member().map(Member::shape) else {
            return Err(self.nowhere());
        };
        loop {
            if self.peek() == Some(']') {
                self.next();
                return Ok(());
            }
            self.value(item)?;
            match self.next() {
                Some(',') => {}
                Some(']') => return Ok(()),
                _ => return Err(self.nowhere()),
            }
        }
    }

    /// The text up to one of these letters, or to its end.
    fn until(&mut self, ends: &[char]) -> String {
        let rest = &self.text[self.at..];
        let end = rest.find(ends).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn place_of(&self, start: usize, shape: Shape) -> Place {
        Place {
            start,
            keys: None,
            value: Some(shape),
        }
    }

    /// A place where nothing can be said.
    fn nowhere(&self) -> Place {
        Place {
            start: self.text.len(),
            keys: None,
            value: None,
        }
    }
}
