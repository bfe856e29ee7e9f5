//! Listings that come in pages: the pages one by one, cut to so many items and
//! resumed where they were cut, or all as one answer.
//!
//! ```no_run
//! # async fn list(client: awl_sdk::Client) -> Result<(), awl_sdk::Error> {
//! use awl_sdk::pages::PageConfig;
//! use awl_sdk::Call;
//!
//! let operation = client.service().operation("ListObjectsV2").unwrap();
//! let params = [("Bucket".into(), "logs".into())].into_iter().collect();
//! let mut pages = client.pages(Call::new(operation, params), PageConfig::default())?;
//! while let Some(page) = pages.next().await? {
//!     println!("{:?}", page.get("Contents"));
//! }
//! # Ok(())
//! # }
//! ```
// Parity: botocore/paginate.py, PageIterator.

mod blobs;
mod error;
mod iterate;
mod merge;
mod paginator;
mod path;
mod slice;
mod token;

pub use error::PaginationError;
pub use iterate::Pages;
pub use merge::Merged;
pub use paginator::{Paginator, model, paging_parameters};
pub use path::Path;

use awl_value::Value;

use crate::{Call, Client, Error};

/// Which pages are wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageConfig {
    /// How many items there are to be over all pages.
    pub max_items: Option<i64>,
    /// How many items a page is to have: the operation's own limit, a number
    /// or text as that is.
    pub page_size: Option<Value>,
    /// Where to resume: [`Pages::resume_token`] of an earlier listing.
    pub starting_token: Option<String>,
}

impl Client {
    /// The pages of what `call` lists. Sends nothing yet.
    ///
    /// # Errors
    /// An operation without pages, a page size where it takes none, a starting
    /// token that is none of its.
    pub fn pages(&self, call: Call, config: PageConfig) -> Result<Pages, Error> {
        let paginator = Paginator::new(call.operation)?;
        Ok(Pages::new(self.clone(), paginator, call, config)?)
    }
}

#[cfg(test)]
mod tests;
