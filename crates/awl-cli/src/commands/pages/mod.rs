//! A listing: all its pages fetched, printed as one answer or page by page, as
//! the output format has it.
// Parity: awscli/formatter.py.

mod json;

use awl_sdk::pages::{Merged, PageConfig, Pages};
use awl_sdk::{Client, Output};
use awl_value::{Map, Value};

use self::json::JsonPages;
use super::{Invocation, call};
use crate::argv::Globals;
use crate::debug;
use crate::error::CommandError;
use crate::output::{
    Layout, Paging, Printer, Rows, finish_rows, rows_of_page, show_timestamps, zone_offset,
};

/// Fetches and prints the pages of what `call` lists.
pub(super) async fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    client: &Client,
    call: awl_sdk::Call,
    config: PageConfig,
    printer: &Printer,
) -> Result<(), CommandError> {
    printer.check()?;
    let mut listing = Listing {
        invocation,
        globals,
        client,
        pages: client.pages(call, config)?,
    };
    match printer.paging() {
        Paging::Merged => listing.merged(printer).await,
        Paging::Json => listing.json().await,
        Paging::Results => listing.results(printer).await,
        Paging::Whole => listing.whole(printer).await,
        Paging::Rows(layout) => listing.rows(layout).await,
    }
}

/// The call that fetches the first page.
pub(super) fn first(
    client: &Client,
    call: awl_sdk::Call,
    config: PageConfig,
) -> Result<awl_sdk::Call, CommandError> {
    let pages = client.pages(call.clone(), config)?;
    Ok(pages.call().cloned().unwrap_or(call))
}

struct Listing<'a> {
    invocation: &'a mut Invocation,
    globals: &'a Globals,
    client: &'a Client,
    pages: Pages,
}

impl Listing<'_> {
    /// The next page; None behind the last, or where the request was printed
    /// instead of sent, or where nobody reads any more.
    async fn next(&mut self) -> Result<Option<Output>, CommandError> {
        if self.invocation.ui.is_closed() {
            return Ok(None);
        }
        let Some(call) = self.pages.call() else {
            return Ok(self.pages.next().await?);
        };
        if !call::announce(self.invocation, self.globals, self.client, call).await? {
            return Ok(None);
        }
        let page = self.pages.next().await;
        if self.globals.debug {
            match &page {
                Ok(Some(page)) => debug::answer(self.invocation, page),
                Ok(None) => {}
                Err(error) => debug::failure(self.invocation, error),
            }
        }
        Ok(page?)
    }

    fn print(&mut self, printer: &Printer, value: Map) -> Result<(), CommandError> {
        let host = &*self.invocation.host;
        printer.print(&mut self.invocation.ui, host, Value::Map(value))
    }

    /// All pages as one answer.
    async fn merged(&mut self, printer: &Printer) -> Result<(), CommandError> {
        let mut merged = Merged::new(self.pages.paginator());
        let mut is_empty = true;
        while let Some(mut page) = self.next().await? {
            merged.add(&mut page.value);
            is_empty = false;
        }
        if is_empty {
            return Ok(());
        }
        let token = self.pages.take_resume_token();
        let answer = merged.finish(self.pages.non_aggregate_part().clone(), token);
        self.print(printer, answer)
    }

    /// The same, as JSON, its longest list while it comes.
    async fn json(&mut self) -> Result<(), CommandError> {
        let mut json = JsonPages::new(self.pages.paginator());
        let mut is_empty = true;
        // An answer that is shown to somebody has to be there.
        if !self.globals.debug {
            let zone = zone_offset(self.invocation.host.clone());
            self.pages.transcribe(zone);
        }
        while let Some(mut page) = self.next().await? {
            let host = &*self.invocation.host;
            let part = self.pages.non_aggregate_part();
            let items = page.items.take();
            let items = json.add(&mut self.invocation.ui, host, &mut page.value, items, part);
            if self.pages.call().is_none() {
                // The process is about to end, which frees all memory at once;
                // to free it item by item takes as long as to parse it.
                std::mem::forget(items);
            }
            if !json.takes_text() {
                self.pages.transcribe_nothing();
            }
            is_empty = false;
        }
        if !is_empty {
            let host = &*self.invocation.host;
            json.finish(&mut self.invocation.ui, host, &mut self.pages);
        }
        Ok(())
    }

    /// The results of each page, those of the first with what is the same on
    /// all of them; then the token that resumes the listing.
    async fn results(&mut self, printer: &Printer) -> Result<(), CommandError> {
        let mut is_first = true;
        while let Some(mut page) = self.next().await? {
            let mut results = Map::new();
            if std::mem::take(&mut is_first) {
                results.clone_from(self.pages.non_aggregate_part());
            }
            for key in self.pages.paginator().result_keys() {
                let value = key.find_mut(&mut page.value).map(std::mem::take);
                key.set(&mut results, value.unwrap_or_default());
            }
            self.print(printer, results)?;
        }
        if let Some(token) = self.pages.take_resume_token() {
            let mut inner = Map::with_capacity(1);
            inner.push("NextToken", Value::String(token));
            let mut outer = Map::with_capacity(1);
            outer.push("NextToken", Value::Map(inner));
            self.print(printer, outer)?;
        }
        Ok(())
    }

    /// Each page as it is.
    async fn whole(&mut self, printer: &Printer) -> Result<(), CommandError> {
        while let Some(page) = self.next().await? {
            let host = &*self.invocation.host;
            printer.print_page(&mut self.invocation.ui, host, Value::Map(page.value))?;
        }
        Ok(())
    }

    /// The items of each page; the token that resumes the listing is no row,
    /// so it goes to standard error.
    async fn rows(&mut self, layout: Layout) -> Result<(), CommandError> {
        let mut rows = Rows::new(layout);
        while let Some(mut page) = self.next().await? {
            let results = self.pages.paginator().result_keys().iter();
            let mut text = String::new();
            for mut row in rows_of_page(&mut page.value, results) {
                show_timestamps(&mut row, &*self.invocation.host);
                rows.add(row, &mut text);
            }
            self.invocation.ui.write_out(&text);
        }
        finish_rows(&mut self.invocation.ui, rows, String::new());
        if let Some(token) = self.pages.take_resume_token() {
            let ui = &mut self.invocation.ui;
            ui.write_error(&format!("NextToken: {token}\n"));
        }
        Ok(())
    }
}
