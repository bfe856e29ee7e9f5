//! Writing forms.

use awl_model::TimestampFormat;
use awl_value::Value;

use crate::encode::Encoder;
use crate::schema::{Field, Layout};
use crate::text;
use crate::timestamp::Written;

/// Writes a form. With `EC2`, names and lists as that protocol has them.
pub(crate) struct FormEncoder<const EC2: bool> {
    text: String,
    /// The name of the value that comes next.
    prefix: String,
    /// How long the names are of the containers around it.
    lengths: Vec<usize>,
    maps: Vec<(&'static str, &'static str)>,
}

impl<const EC2: bool> FormEncoder<EC2> {
    /// An empty form.
    pub(crate) const fn new() -> Self {
        Self {
            text: String::new(),
            prefix: String::new(),
            lengths: Vec::new(),
            maps: Vec::new(),
        }
    }

    /// The text written.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// Adds a pair.
    pub(crate) fn pair(&mut self, name: &str, value: &str) {
        if !self.text.is_empty() {
            self.text.push('&');
        }
        text::percent_encode(name, &mut self.text);
        self.text.push('=');
        text::percent_encode(value, &mut self.text);
    }

    fn value(&mut self, value: &str) {
        let prefix = std::mem::take(&mut self.prefix);
        self.pair(&prefix, value);
        self.prefix = prefix;
        self.leave();
    }

    fn enter(&mut self, name: &str) {
        self.lengths.push(self.prefix.len());
        if !self.prefix.is_empty() {
            self.prefix.push('.');
        }
        self.prefix.push_str(name);
    }

    fn enter_number(&mut self, index: usize) {
        self.enter(&(index + 1).to_string());
    }

    fn leave(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.prefix.truncate(length);
        }
    }
}

impl<const EC2: bool> Encoder for FormEncoder<EC2> {
    const TIMESTAMP_FORMAT: TimestampFormat = TimestampFormat::Iso8601;

    fn structure_start(&mut self, _field: &Field, _members: usize) {}

    fn structure_end(&mut self, _field: &Field) {
        self.leave();
    }

    fn member(&mut self, field: &Field) {
        self.enter(&super::member_name::<EC2>(field));
    }

    fn list_start(&mut self, field: &Field, layout: &Layout, items: usize) {
        let length = self.prefix.len();
        if EC2 {
            return;
        }
        if items == 0 {
            // `value` leaves, and so will the list's end.
            self.lengths.push(length);
            self.value("");
            return;
        }
        let item_name = layout.first().and_then(|item| item.location_name);
        if !field.flattened {
            self.prefix.push('.');
            self.prefix.push_str(item_name.unwrap_or("member"));
        } else if let Some(name) = item_name.filter(|name| !name.is_empty()) {
            // The item's name stands for the list's own.
            let cut = self.prefix.rfind('.').map_or(0, |dot| dot + 1);
            self.prefix.truncate(cut);
            self.prefix.push_str(name);
        }
    }

    fn item(&mut self, index: usize) {
        self.enter_number(index);
    }

    fn list_end(&mut self, _field: &Field) {
        self.leave();
    }

    fn map_start(&mut self, field: &Field, layout: &Layout, _entries: usize) {
        if !field.flattened {
            self.prefix.push_str(".entry");
        }
        let named = |part: Option<&Field>| part.and_then(|part| part.location_name);
        self.maps.push((
            named(layout.first()).unwrap_or("key"),
            named(layout.second()).unwrap_or("value"),
        ));
    }

    fn key(&mut self, index: usize, key: &str) {
        let (key_name, value_name) = self.maps.last().copied().unwrap_or(("key", "value"));
        let length = self.prefix.len();
        self.enter_number(index);
        self.enter(key_name);
        self.value(key);
        self.enter(value_name);
        // Leaving the value leaves the entry with it.
        self.lengths.pop();
        self.lengths.pop();
        self.lengths.push(length);
    }

    fn map_end(&mut self, _field: &Field) {
        self.maps.pop();
        self.leave();
    }

    fn null(&mut self, _field: &Field) {
        self.value("");
    }

    fn boolean(&mut self, _field: &Field, flag: bool) {
        self.value(if flag { "true" } else { "false" });
    }

    fn integer(&mut self, _field: &Field, number: &Value) {
        self.value(&text::scalar(number).unwrap_or_default());
    }

    fn float(&mut self, _field: &Field, number: f64) {
        self.value(&text::float(number));
    }

    fn string(&mut self, _field: &Field, text: &str) {
        self.value(text);
    }

    fn blob(&mut self, _field: &Field, bytes: &[u8]) {
        self.value(&text::base64_encode(bytes));
    }

    fn timestamp(&mut self, _field: &Field, time: Written) {
        self.value(&time.into_text());
    }

    fn document(&mut self, _field: &Field, value: &Value) {
        self.value(&awl_value::json::to_string(value));
    }
}
