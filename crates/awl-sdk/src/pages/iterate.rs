//! The pages of a listing, one by one.
// Parity: botocore/paginate.py, PageIterator.

use std::sync::Arc;

use awl_model::ShapeKind;
use awl_protocol::Blobs;
use awl_value::{Map, Value, python};

use super::blobs::decode_members;
use super::slice::{bound, cut, length, slice_index};
use super::{PageConfig, PaginationError, Paginator, token};
use crate::{Call, Client, Error, LocalOffset, Output, TranscriptConfig};

/// The pages of a listing, one call each.
#[derive(Debug)]
pub struct Pages {
    client: Client,
    paginator: Paginator,
    /// The next call.
    call: Call,
    max_items: Option<i64>,
    /// Items of the first page to leave out, of a listing that is resumed.
    starting_truncation: Option<Value>,
    /// What the page to come was asked for with.
    token: Map,
    previous_token: Option<Map>,
    items: i64,
    first: bool,
    /// How it ends, where it has ended.
    end: Option<Result<(), PaginationError>>,
    resume_token: Option<String>,
    non_aggregate_part: Map,
}

impl Pages {
    pub(super) fn new(
        client: Client,
        paginator: Paginator,
        mut call: Call,
        config: PageConfig,
    ) -> Result<Self, PaginationError> {
        if let Some(needs) = &mut call.needs {
            paginator.add_needs(Arc::make_mut(needs));
        }
        let input_tokens = paginator.input_tokens();
        let limit = match config.page_size {
            None => None,
            Some(size) => Some(limit(&paginator, size)?),
        };
        let (token, starting_truncation) = match &config.starting_token {
            None => {
                let nothing = |name: &&'static str| ((*name).into(), Value::Null);
                (input_tokens.iter().map(nothing).collect(), None)
            }
            Some(text) => {
                let (token, truncation) = token::starting(text, input_tokens)?;
                set_tokens(&mut call.params, &token);
                (token, Some(truncation))
            }
        };
        if let Some((name, size)) = limit {
            call.params.insert(name, size);
        }
        Ok(Self {
            client,
            paginator,
            call,
            max_items: config.max_items,
            starting_truncation,
            token,
            previous_token: None,
            items: 0,
            first: true,
            end: None,
            resume_token: None,
            non_aggregate_part: Map::new(),
        })
    }

    /// The next page, with its items cut to what is wanted; None behind the
    /// last.
    ///
    /// Dropping the future loses that page: the next call asks for it again.
    ///
    /// # Errors
    /// That of the call; a service that gives the same page for ever; a
    /// resumed listing that does not fit its token.
    pub async fn next(&mut self) -> Result<Option<Output>, Error> {
        if self.end.is_some() {
            self.finish()?;
            return Ok(None);
        }
        let mut output = self.client.send(self.call.clone()).await?;
        if let Err(error) = self.accept(&mut output.value) {
            self.end = Some(Ok(()));
            return Err(error.into());
        }
        Ok(Some(output))
    }

    /// The call that [`Pages::next`] makes; None behind the last page.
    #[must_use]
    pub const fn call(&self) -> Option<&Call> {
        match self.end {
            None => Some(&self.call),
            Some(_) => None,
        }
    }

    /// Asks for the items of the first list of each page as text
    /// ([`Output::items`](crate::Output::items)). Without effect where the items are
    /// counted, or have tokens among them.
    pub fn transcribe(&mut self, local_offset: LocalOffset) {
        if self.max_items.is_some() || self.starting_truncation.is_some() {
            return;
        }
        self.call.transcript = self.paginator.plain_list().map(|list| TranscriptConfig {
            path: list.names().to_vec(),
            local_offset,
        });
    }

    /// Takes [`Pages::transcribe`] back.
    pub fn transcribe_nothing(&mut self) {
        self.call.transcript = None;
    }

    /// The model of the pages.
    #[must_use]
    pub const fn paginator(&self) -> &Paginator {
        &self.paginator
    }

    /// What is the same on all pages, as the first page has it.
    #[must_use]
    pub const fn non_aggregate_part(&self) -> &Map {
        &self.non_aggregate_part
    }

    /// What resumes the listing where `max_items` has cut it; known behind the
    /// last page.
    #[must_use]
    pub fn resume_token(&self) -> Option<&str> {
        self.resume_token.as_deref()
    }

    /// Takes [`Pages::resume_token`].
    pub const fn take_resume_token(&mut self) -> Option<String> {
        self.resume_token.take()
    }

    /// Cuts a page to what is wanted of it and prepares the next call. An
    /// error that only the next page has is kept for that.
    pub(super) fn accept(&mut self, page: &mut Map) -> Result<(), PaginationError> {
        let mut starting_truncation = 0;
        if self.first {
            self.first = false;
            if let Some(truncation) = self.starting_truncation.take() {
                starting_truncation = slice_index(&truncation)?;
                self.resume(page, starting_truncation);
            }
            self.non_aggregate_part = self.paginator.non_aggregate_part(page);
        }
        let primary = &self.paginator.result_keys()[0];
        let count = primary.find(page).map_or(Ok(0), length)?;
        if let Some(max_items) = self.max_items {
            let excess = self.items.saturating_add(count).saturating_sub(max_items);
            if excess > 0 {
                let keep = count - excess;
                let primary = primary.clone();
                cut(page, &primary, keep)?;
                let mut token = std::mem::take(&mut self.token);
                let used = keep.saturating_add(starting_truncation);
                token.insert(token::TRUNCATE, Value::Int(used));
                self.end = Some(Ok(()));
                return self.set_resume_token(&token);
            }
        }
        self.items += count;
        self.advance(page)
    }

    /// What it ends with, once.
    pub(super) fn finish(&mut self) -> Result<(), PaginationError> {
        self.end.replace(Ok(())).unwrap_or(Ok(()))
    }

    /// Prepares the next call.
    fn advance(&mut self, page: &mut Map) -> Result<(), PaginationError> {
        let mut token = self.paginator.next_token(page)?;
        if token.values().all(Value::is_null) {
            self.end = Some(Ok(()));
            return Ok(());
        }
        if self.call.blobs == Blobs::Wire
            && let Some(input) = self.call.operation.input()
        {
            decode_members(input, &mut token);
            self.paginator.replace_token(page, &token);
        }
        if self.max_items == Some(self.items) {
            let end = self.set_resume_token(&token);
            self.end = Some(end);
            return Ok(());
        }
        if self.previous_token.as_ref() == Some(&token) {
            let token = python::repr(&Value::Map(token));
            self.end = Some(Err(PaginationError::SameToken { token }));
            return Ok(());
        }
        set_tokens(&mut self.call.params, &token);
        self.token.clone_from(&token);
        self.previous_token = Some(token);
        Ok(())
    }

    /// Leaves out of the first page what an earlier listing had of it.
    fn resume(&self, page: &mut Map, start: i64) {
        let Some((primary, others)) = self.paginator.result_keys().split_first() else {
            return;
        };
        let data = match primary.find_mut(page).map(std::mem::take) {
            Some(Value::List(mut items)) => {
                items.drain(..bound(start, items.len()));
                Value::List(items)
            }
            Some(Value::String(text)) => {
                let start = bound(start, text.chars().count());
                Value::String(text.chars().skip(start).collect())
            }
            _ => Value::Null,
        };
        primary.set(page, data);
        for key in others {
            let empty = match key.find_mut(page).map(std::mem::take) {
                Some(Value::List(_)) => Value::List(Vec::new()),
                Some(Value::String(_) | Value::Timestamp(_)) => Value::String(String::new()),
                // DynamoDB counts what it has looked at.
                Some(
                    number @ (Value::Int(_) | Value::BigInt(_) | Value::Float(_) | Value::Bool(_)),
                ) => number,
                _ => Value::Null,
            };
            key.set(page, empty);
        }
    }

    fn set_resume_token(&mut self, token: &Map) -> Result<(), PaginationError> {
        let mut expected = self.paginator.input_tokens().to_vec();
        if token.contains_key(token::TRUNCATE) {
            expected.push(token::TRUNCATE);
        }
        expected.sort_unstable();
        let mut keys: Vec<&str> = token.keys().collect();
        keys.sort_unstable();
        if keys != expected {
            return Err(PaginationError::StartingToken {
                token: python::repr(&Value::Map(token.clone())),
            });
        }
        self.resume_token = Some(token::encode(token));
        Ok(())
    }
}

/// The parameter that limits a page, and its value.
fn limit(paginator: &Paginator, size: Value) -> Result<(&'static str, Value), PaginationError> {
    let name = paginator.limit_key().ok_or(PaginationError::NoPageSize)?;
    let is_text = paginator
        .operation()
        .input()
        .and_then(|input| input.member(name))
        .is_some_and(|member| member.shape().kind() == ShapeKind::String);
    let size = match size {
        Value::String(text) if !is_text => python::int(&text).ok_or_else(|| {
            PaginationError::Python(format!(
                "invalid literal for int() with base 10: {}",
                python::quote(&text)
            ))
        })?,
        Value::String(text) => Value::String(text),
        other if is_text => Value::String(python::str(&other)),
        other => other,
    };
    Ok((name, size))
}

/// Tokens that are null are no parameters.
fn set_tokens(params: &mut Map, token: &Map) {
    for (name, value) in token.iter() {
        if value.is_null() || value.as_str() == Some("None") {
            params.remove(name);
        } else {
            params.insert(name.to_owned(), value.clone());
        }
    }
}
