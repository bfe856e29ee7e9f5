//! Names inside an expression of `--query`, as far as the output's shape tells
//! what stands there.
// Parity: awscli/autocomplete/local/basic.py, QueryCompleter. It asks a sample
// answer what the text before the last dot comes to; here the shape is walked,
// so that names inside of brackets and functions are known too.

use awl_model::{Member, Operation, Shape, ShapeKind};

use super::candidate::{Candidate, Wanted};

/// What may follow in `fragment`, an expression over the operation's answer.
pub(super) fn candidates(operation: Operation, fragment: &str, wanted: Wanted) -> Vec<Candidate> {
    let Some(output) = operation.output() else {
        return Vec::new();
    };
    // A quotation that the shell will take away.
    let text = fragment.strip_prefix(['\'', '"']).unwrap_or(fragment);
    let Some((start, shape)) = Walk::new(output).run(text) else {
        return Vec::new();
    };
    let (before, typed) = fragment.split_at(fragment.len() - text.len() + start);
    let names = shape.members().map(|member| Candidate {
        display: Some(member.name().to_owned()),
        type_name: member.shape().kind().name(),
        ..Candidate::new(format!("{before}{}", member.name()))
    });
    wanted.filter(typed, names)
}

/// What an expression comes to so far: a shape, or nobody knows.
type Type = Option<Shape>;

/// A bracket that is open.
struct Frame {
    bracket: Bracket,
    /// What a name that begins an expression inside of it is looked up in.
    base: Type,
    /// What stands before it.
    before: Type,
    /// What the first argument of a function is a list of.
    first: Type,
    /// Whether a key of a hash comes next, which is the user's own.
    is_key: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// The whole expression.
    Whole,
    /// `[a, b]`.
    List,
    /// `{key: a}`.
    Hash,
    /// `[?a]`.
    Filter,
    /// `function(a)` or `(a)`.
    Call,
}

struct Walk {
    frames: Vec<Frame>,
    current: Type,
    /// Whether a name may stand next.
    expects: bool,
    /// Whether what it comes to is one of many: `a[]`.
    is_one_of_many: bool,
}

impl Walk {
    fn new(output: Shape) -> Self {
        let frame = Frame {
            bracket: Bracket::Whole,
            base: Some(output),
            before: None,
            first: None,
            is_key: false,
        };
        Self {
            frames: vec![frame],
            current: Some(output),
            expects: true,
            is_one_of_many: false,
        }
    }

    /// Reads the expression. Where the name begins that its end is part of,
    /// and the structure that has such names.
    fn run(mut self, text: &str) -> Option<(usize, Shape)> {
        let mut at = 0;
        while let Some(letter) = text[at..].chars().next() {
            let rest = &text[at..];
            if letter.is_ascii_alphabetic() || letter == '_' {
                let end =
                    rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
                let Some(end) = end else {
                    return self.place(at);
                };
                self.name(&rest[..end], rest[end..].starts_with('('));
                at += end;
                continue;
            }
            if let '"' | '\'' | '`' = letter {
                let end = closing(rest, letter)?;
                if letter == '"' {
                    self.name(&rest[1..end], false);
                } else {
                    self.value(None);
                }
                at += end + 1;
                continue;
            }
            at += self.sign(letter, rest)?;
        }
        self.place(text.len())
    }

    /// The place where a name begins at `start`, if one may stand there.
    fn place(&self, start: usize) -> Option<(usize, Shape)> {
        let is_key = self.frames.last().is_some_and(|frame| frame.is_key);
        let shape = self.current.filter(|_| self.expects && !is_key)?;
        (shape.kind() == ShapeKind::Structure).then_some((start, shape))
    }

    fn name(&mut self, name: &str, is_function: bool) {
        let Some(frame) = self.frames.last() else {
            return;
        };
        if is_function || frame.is_key {
            return;
        }
        let member = self.current.and_then(|shape| match shape.kind() {
            ShapeKind::Structure => shape.member(name),
            ShapeKind::Map => shape.map_value(),
            _ => None,
        });
        self.value(member.map(Member::shape));
    }

    fn value(&mut self, value: Type) {
        self.current = value;
        self.expects = false;
    }

    /// Begins an expression that looks names up in `base`.
    fn begin(&mut self, base: Type) {
        self.current = base;
        self.expects = true;
        self.is_one_of_many = false;
    }

    /// One sign, or brackets without an expression; how long they are.
    fn sign(&mut self, letter: char, rest: &str) -> Option<usize> {
        let frame = self.frames.last_mut()?;
        let base = frame.base;
        match letter {
            '.' => self.expects = true,
            '@' => self.value(base),
            '*' => {
                let values = self.current.and_then(Shape::map_value);
                self.value(values.map(Member::shape));
            }
            ':' => {
                frame.is_key = false;
                self.begin(base);
            }
            ',' => {
                if frame.bracket == Bracket::Call && frame.first.is_none() {
                    frame.first = match self.current.and_then(Shape::list_member) {
                        None if self.is_one_of_many => self.current,
                        item => item.map(Member::shape),
                    };
                }
                frame.is_key = frame.bracket == Bracket::Hash;
                self.begin(base);
            }
            '|' if !rest.starts_with("||") => {
                frame.base = self.current;
                self.expects = true;
            }
            // The expression that a function calls for every item.
            '&' if !rest.starts_with("&&") => {
                let item = frame.first;
                self.begin(item);
            }
            '|' | '&' | '=' | '!' | '<' | '>' => self.begin(base),
            '(' => self.open(Bracket::Call, base),
            '{' => {
                let base = self.current;
                self.open(Bracket::Hash, base);
            }
            '[' => return Some(self.bracket(rest)),
            ']' | '}' | ')' => self.close()?,
            '-' | '0'..='9' => self.expects = false,
            letter if letter.is_whitespace() => {}
            _ => return None,
        }
        let is_double = ["||", "&&"].iter().any(|sign| rest.starts_with(sign));
        Some(letter.len_utf8() + usize::from(is_double))
    }

    /// What begins with `[`.
    fn bracket(&mut self, rest: &str) -> usize {
        let is_index = |letter: char| letter.is_ascii_digit() || "-:*".contains(letter);
        if let Some(end) = rest.find(']')
            && rest[1..end].chars().all(is_index)
        {
            let list = self.current.and_then(Shape::list_member);
            // Behind a pipe one of many is chosen: `a[] | [0]`.
            let is_chosen = list.is_none() && self.is_one_of_many;
            self.value(match list {
                None if is_chosen => self.current,
                item => item.map(Member::shape),
            });
            let is_index = |letter: char| letter.is_ascii_digit() || letter == '-';
            self.is_one_of_many = end == 1 || !rest[1..end].chars().all(is_index);
            return end + 1;
        }
        if rest.starts_with("[?") {
            let items = self.current.and_then(Shape::list_member);
            self.open(Bracket::Filter, items.map(Member::shape));
            return 2;
        }
        let base = self.current;
        self.open(Bracket::List, base);
        1
    }

    fn open(&mut self, bracket: Bracket, base: Type) {
        self.frames.push(Frame {
            bracket,
            base,
            before: self.current,
            first: None,
            is_key: bracket == Bracket::Hash,
        });
        self.begin(base);
    }

    fn close(&mut self) -> Option<()> {
        let frame = self.frames.pop()?;
        // What closes nothing is no expression.
        self.frames.last()?;
        let value = match frame.bracket {
            Bracket::Filter => frame.before.and_then(Shape::list_member).map(Member::shape),
            // Those that sort and choose give what they were given.
            Bracket::Call => frame.first.or(self.current),
            _ => None,
        };
        self.value(value);
        self.is_one_of_many = match frame.bracket {
            Bracket::Filter => true,
            Bracket::Call => frame.first.is_some(),
            _ => false,
        };
        Some(())
    }
}

/// Where the quotation at the beginning of `text` ends.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().skip(1).find_map(|(at, letter)| {
        let ends = letter == quote && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends.then_some(at)
    })
}
