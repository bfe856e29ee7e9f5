//! All pages of a listing as one JSON document, of which the list that comes
//! first is printed while it grows: what is kept in memory is a page, not the
//! listing.

use awl_protocol::Items;
use awl_sdk::env::Host;
use awl_sdk::pages::{Merged, Pages, Paginator, Path};
use awl_value::{Map, Value, json};

use crate::output::show_timestamps;
use crate::ui::Ui;

/// So much text is held back, in bytes: a listing that fails before it is as
/// long prints nothing, as in the AWS CLI.
const HELD: usize = 4 << 20;

/// So much text is written at once.
const PIECE: usize = 64 << 10;

/// Spaces a level.
const INDENT: usize = 4;

/// The document as far as it has come.
#[derive(Debug)]
pub(super) struct JsonPages {
    /// All but the items that are printed while they come.
    merged: Merged,
    /// The lists that may be printed while they come, before it is known which
    /// is; that one then.
    keys: Vec<Path>,
    list: Option<Path>,
    is_decided: bool,
    items: usize,
    text: String,
    /// Whether text has been written already.
    flows: bool,
}

impl JsonPages {
    pub(super) fn new(paginator: &Paginator) -> Self {
        Self {
            merged: Merged::new(paginator),
            keys: paginator.result_keys().to_vec(),
            list: None,
            is_decided: false,
            items: 0,
            text: String::new(),
            flows: false,
        }
    }

    /// Adds a page, whose results are taken out of it. Gives back those that
    /// have been printed, for the caller to drop.
    pub(super) fn add(
        &mut self,
        ui: &mut Ui,
        host: &dyn Host,
        page: &mut Map,
        items: Option<Items>,
        non_aggregate_part: &Map,
    ) -> Value {
        if !self.is_decided {
            self.decide(page, non_aggregate_part);
        }
        if let Some(items) = items {
            self.add_text(ui, items);
        }
        let mut items = Value::Null;
        if let Some(list) = &self.list
            && let Some(found @ Value::List(_)) = list.find_mut(page)
        {
            items = std::mem::replace(found, Value::List(Vec::new()));
            show_timestamps(&mut items, host);
            let level = list.names().len() + 1;
            for item in items.as_list().unwrap_or_default() {
                self.text
                    .push_str(if self.items > 0 { ",\n" } else { "\n" });
                indent(level, &mut self.text);
                json::write_nested(item, json::Style::PRETTY, level, &mut self.text);
                self.items += 1;
                self.flow(ui);
            }
        }
        self.merged.add(page);
        items
    }

    /// Whether the items of the listing's first list may come as text.
    pub(super) fn takes_text(&self) -> bool {
        !self.is_decided || self.list.as_ref() == self.keys.first()
    }

    /// Adds items that are text already.
    fn add_text(&mut self, ui: &mut Ui, items: Items) {
        if items.count == 0 {
            return;
        }
        if self.items > 0 {
            self.text.push(',');
        }
        self.items += items.count;
        let held = self.text.len() + items.text.len();
        self.flows |= held >= HELD;
        if self.flows && !self.text.is_empty() {
            ui.write_out(&self.text);
            self.text.clear();
        }
        match self.flows {
            true => ui.write_out(&items.text),
            false => self.text.push_str(&items.text),
        }
    }

    /// Ends the document.
    pub(super) fn finish(mut self, ui: &mut Ui, host: &dyn Host, pages: &mut Pages) {
        let part = pages.non_aggregate_part().clone();
        let mut rest = Value::Map(self.merged.finish(part, pages.take_resume_token()));
        show_timestamps(&mut rest, host);
        match &self.list {
            Some(list) => {
                if self.items > 0 {
                    self.text.push('\n');
                    indent(list.names().len(), &mut self.text);
                }
                self.text.push(']');
                close(&rest, list.names(), 0, &mut self.text);
                self.text.push('\n');
            }
            // An operation that answers nothing prints nothing.
            None if rest.as_map().is_some_and(Map::is_empty) => {}
            None => {
                json::write(&rest, json::Style::PRETTY, &mut self.text);
                self.text.push('\n');
            }
        }
        ui.write_out(&self.text);
    }

    /// The first result that there is stands first in the document. It can be
    /// printed at once if it is a list that nothing replaces.
    fn decide(&mut self, page: &Map, non_aggregate_part: &Map) {
        let Some(key) = self.keys.iter().find(|key| key.find(page).is_some()) else {
            return;
        };
        self.is_decided = true;
        let is_list = matches!(key.find(page), Some(Value::List(_)));
        if !is_list || key.names() == ["NextToken"] || is_replaced(key.names(), non_aggregate_part)
        {
            return;
        }
        self.text.push('{');
        for (level, name) in key.names().iter().enumerate() {
            if level > 0 {
                self.text.push('{');
            }
            self.text.push('\n');
            indent(level + 1, &mut self.text);
            json::write_string(name, false, &mut self.text);
            self.text.push_str(": ");
        }
        self.text.push('[');
        self.list = Some(key.clone());
    }

    fn flow(&mut self, ui: &mut Ui) {
        let least = if self.flows { PIECE } else { HELD };
        if self.text.len() >= least {
            self.flows = true;
            ui.write_out(&self.text);
            self.text.clear();
            self.text.shrink_to(2 * PIECE);
        }
    }
}

/// Whether merging `map` into an answer replaces what stands under `names`.
fn is_replaced(names: &[&str], map: &Map) -> bool {
    let Some((first, rest)) = names.split_first() else {
        return true;
    };
    match map.get(first) {
        None => false,
        Some(Value::Map(inner)) => is_replaced(rest, inner),
        Some(_) => true,
    }
}

/// Ends the maps around the list, which is the first entry of each, with what
/// else they hold.
fn close(value: &Value, names: &[&str], level: usize, text: &mut String) {
    let Some((first, rest)) = names.split_first() else {
        return;
    };
    if let Some(inner) = value.get(first) {
        close(inner, rest, level + 1, text);
    }
    let entries = value.as_map().into_iter().flat_map(Map::iter);
    for (key, value) in entries.filter(|(key, _)| key != first) {
        text.push_str(",\n");
        indent(level + 1, text);
        json::write_string(key, false, text);
        text.push_str(": ");
        json::write_nested(value, json::Style::PRETTY, level + 1, text);
    }
    text.push('\n');
    indent(level, text);
    text.push('}');
}

fn indent(level: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', INDENT * level));
}
