//! Values for shapes, drawn from a seed: the same seed gives the same.

use awl_model::{Location, Member, Shape, ShapeKind, TimestampFormat};
use awl_protocol::Protocol;
use awl_value::{Map, Timestamp, Value};

/// How deep values nest before optional members are left out.
const DEPTH: usize = 5;

/// Numbers from a seed (SplitMix64).
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A sequence of its own for each name and number.
    pub(crate) fn new(name: &str, number: u64) -> Self {
        let mut seed = number ^ 0x9e37_79b9_7f4a_7c15;
        for byte in name.bytes() {
            seed = (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// True so many times of a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Bytes, to damage something with.
    pub(crate) fn byte(&mut self) -> u8 {
        self.next() as u8
    }
}

/// Where a value is to stand, which decides what it may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    /// A label, or the query string.
    Uri,
    Header,
}

/// Draws values for one message.
pub(crate) struct Generator<'r> {
    pub(crate) random: &'r mut Random,
    pub(crate) protocol: Protocol,
}

impl Generator<'_> {
    /// The members of a message.
    pub(crate) fn message(&mut self, shape: Shape) -> Map {
        let mut map = Map::new();
        for member in shape.members() {
            if member.shape().is_event_stream() {
                continue;
            }
            let place = match member.location() {
                Location::Uri | Location::QueryString => Place::Uri,
                Location::Header | Location::Headers => Place::Header,
                Location::Body | Location::StatusCode => Place::Body,
            };
            let place = match self.protocol.is_rest() || shape.is_event() {
                true if member.is_event_header() => Place::Header,
                true => place,
                false => Place::Body,
            };
            let must = member.is_required()
                || member.is_host_label()
                || member.is_idempotency_token()
                || member.location() == Location::StatusCode
                || member.wire_name().eq_ignore_ascii_case("content-type")
                || place == Place::Uri && member.location() == Location::Uri;
            if must || self.random.chance(65) {
                let value = self.top(member, place);
                map.push(member.name(), value);
            }
        }
        self.one_of_union(shape, &mut map);
        map
    }

    fn top(&mut self, member: Member, place: Place) -> Value {
        if member.location() == Location::StatusCode {
            return Value::Int([200, 201, 202, 404][self.random.below(4)]);
        }
        if member.is_host_label() {
            return Value::from(["host-label", "123456789012"][self.random.below(2)]);
        }
        if member.location() == Location::Uri && member.shape().kind() == ShapeKind::String {
            let values: Vec<&str> = member.shape().enum_values().collect();
            if !values.is_empty() {
                return Value::from(values[self.random.below(values.len())]);
            }
            return Value::String(format!("l{}", self.text(Place::Uri)));
        }
        if member.is_json_value() && place == Place::Header {
            return self.document(0);
        }
        let whole = place == Place::Header;
        self.value(member.shape(), place, 0, member.timestamp_format(), whole)
    }

    fn value(
        &mut self,
        shape: Shape,
        place: Place,
        depth: usize,
        format: Option<TimestampFormat>,
        whole: bool,
    ) -> Value {
        match shape.kind() {
            ShapeKind::Structure if shape.is_document() => self.document(0),
            ShapeKind::Structure => Value::Map(self.structure(shape, depth)),
            ShapeKind::List => {
                let count = if depth > DEPTH {
                    0
                } else {
                    self.random.below(4)
                };
                let Some(item) = shape.list_member() else {
                    return Value::List(Vec::new());
                };
                let items = (0..count).map(|_| {
                    if self.nulls(shape) {
                        return Value::Null;
                    }
                    let format = item.timestamp_format();
                    self.value(item.shape(), place, depth + 1, format, whole)
                });
                Value::List(items.collect())
            }
            ShapeKind::Map => {
                let count = if depth > DEPTH {
                    0
                } else {
                    self.random.below(4)
                };
                let mut map = Map::new();
                let (Some(key), Some(item)) = (shape.map_key(), shape.map_value()) else {
                    return Value::Map(map);
                };
                for number in 0..count {
                    let key = match place {
                        Place::Header => format!("key-{number}"),
                        Place::Uri => format!("k {number}"),
                        Place::Body => self.string(key.shape(), place),
                    };
                    let value = match self.nulls(shape) {
                        true => Value::Null,
                        false => {
                            let format = item.timestamp_format();
                            self.value(item.shape(), place, depth + 1, format, whole)
                        }
                    };
                    map.insert(key, value);
                }
                Value::Map(map)
            }
            ShapeKind::String => Value::String(self.string(shape, place)),
            ShapeKind::Integer => Value::Int(match self.random.below(4) {
                0 => 0,
                1 => i64::from(i32::MIN),
                2 => i64::from(i32::MAX),
                _ => i64::from(self.random.next() as i32),
            }),
            ShapeKind::Long => Value::Int(match self.random.below(4) {
                0 => i64::MIN,
                1 => i64::MAX,
                2 => 7,
                _ => self.random.next() as i64,
            }),
            ShapeKind::Float => Value::Float(f64::from(match self.random.below(4) {
                0 => 0.1_f32,
                1 => f32::INFINITY,
                2 => -3.0,
                _ => (self.random.next() as i32) as f32 / 1000.0,
            })),
            ShapeKind::Double => Value::Float(match self.random.below(6) {
                0 => 0.1,
                1 => f64::NEG_INFINITY,
                2 => f64::NAN,
                3 => 1e300,
                4 => 3.0,
                _ => (self.random.next() as i64) as f64 / 1e7,
            }),
            ShapeKind::Boolean => Value::Bool(self.random.chance(50)),
            ShapeKind::Timestamp => {
                let seconds = self.random.below(8_000_000_000) as i64 - 4_000_000_000;
                let text = format == Some(TimestampFormat::Rfc822);
                let whole = whole || text || self.random.chance(50);
                let millis = if whole {
                    0
                } else {
                    self.random.below(1000) as i64
                };
                Value::Timestamp(Timestamp::utc(seconds * 1_000_000 + millis * 1000))
            }
            ShapeKind::Blob if place == Place::Header => Value::from("text"),
            ShapeKind::Blob => {
                let length = self.random.below(12);
                Value::Blob((0..length).map(|_| self.random.byte()).collect())
            }
        }
    }

    fn structure(&mut self, shape: Shape, depth: usize) -> Map {
        let mut map = Map::new();
        let percent = [60, 40, 30, 20, 10, 5].get(depth).copied().unwrap_or(0);
        for member in shape.members() {
            let must = member.is_required() && depth <= 3 * DEPTH;
            if must || self.random.chance(percent) {
                let format = member.timestamp_format();
                let value = self.value(member.shape(), Place::Body, depth + 1, format, false);
                map.push(member.name(), value);
            }
        }
        self.one_of_union(shape, &mut map);
        map
    }

    /// Leaves one member of a union, or gives it one.
    fn one_of_union(&mut self, shape: Shape, map: &mut Map) {
        if !shape.is_union() {
            return;
        }
        let members: Vec<Member> = shape.members().collect();
        let chosen = members[self.random.below(members.len())];
        // The simplest ends a nesting that would go on.
        let simple = members
            .iter()
            .min_by_key(|member| match member.shape().kind() {
                ShapeKind::Structure => 2,
                ShapeKind::List | ShapeKind::Map => 1,
                _ => 0,
            });
        let known: Option<String> = map.keys().next().map(str::to_owned);
        map.retain(|name, _| Some(name) == known.as_deref());
        if map.is_empty() {
            let member = match self.random.chance(40) {
                true => chosen,
                false => *simple.unwrap_or(&chosen),
            };
            let format = member.timestamp_format();
            let value = self.value(member.shape(), Place::Body, DEPTH + 1, format, false);
            map.push(member.name(), value);
        }
    }

    /// Whether a null stands here, among items or entries that may be null.
    fn nulls(&mut self, shape: Shape) -> bool {
        let notation = matches!(
            self.protocol,
            Protocol::Json | Protocol::RestJson | Protocol::RpcV2Cbor
        );
        notation && shape.is_sparse() && self.random.chance(30)
    }

    fn string(&mut self, shape: Shape, place: Place) -> String {
        let values: Vec<&str> = shape.enum_values().collect();
        if !values.is_empty() && self.random.chance(80) {
            return values[self.random.below(values.len())].to_owned();
        }
        self.text(place)
    }

    fn text(&mut self, place: Place) -> String {
        const PLAIN: &[char] = &[
            'a', 'Z', '0', '-', '_', '.', '~', '/', '+', '&', '=', '%', '"', '\'', '<', '>', '#',
            '?', ':', ',', ';', '{', ']',
        ];
        const WIDE: &[char] = &['é', 'ü', '\u{a0}', '中', '\u{2028}', '😀', '\u{fffd}'];
        let length = self.random.below(9);
        let mut text = String::new();
        for _ in 0..length {
            let pool = match place {
                Place::Header => PLAIN,
                _ if self.random.chance(25) => WIDE,
                _ => PLAIN,
            };
            text.push(pool[self.random.below(pool.len())]);
            if self.random.chance(10) && place != Place::Header {
                text.push(' ');
            }
        }
        match place {
            // An empty header is none to many.
            Place::Header => format!("h{text}"),
            Place::Body if self.random.chance(5) => text + "\n\t\\",
            _ => text,
        }
    }

    fn document(&mut self, depth: usize) -> Value {
        match self.random.below(if depth > 2 { 5 } else { 7 }) {
            0 => Value::Bool(true),
            1 => Value::Int(self.random.next() as i64),
            2 => Value::Float(0.5),
            3 => Value::String(self.text(Place::Body)),
            4 => Value::from("\u{1}\u{7f}"),
            5 => {
                let count = self.random.below(3);
                Value::List((0..count).map(|_| self.document(depth + 1)).collect())
            }
            _ => {
                let count = self.random.below(3);
                let mut map = Map::new();
                for _ in 0..count {
                    let key = self.text(Place::Body);
                    let value = self.document(depth + 1);
                    map.insert(key, value);
                }
                Value::Map(map)
            }
        }
    }
}
