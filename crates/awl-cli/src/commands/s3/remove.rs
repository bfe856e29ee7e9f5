//! `awl s3 rm`: an object deleted, or all below a prefix. A page of keys is
//! deleted, some at once, while the next is fetched.
// Parity: awscli/customizations/s3/subcommands.py, RmCommand; filegenerator.py,
// FileGenerator.list_objects; s3handler.py, DeleteRequestSubmitter; results.py.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::Poll;

use awl_sdk::config::settings;
use awl_sdk::pages::PageConfig;
use awl_sdk::{Call, Error, Output};
use awl_value::{Map, Value, python};

use super::filter::{self, Filter};
use super::{S3, number, uri};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call, rehearsal};
use crate::debug;
use crate::error::{CommandError, Exit, explained};

/// `s3 rm`.
pub(super) const COMMAND: Custom = Custom::new(
    "rm",
    &[
        Argument::positional("paths").literal(),
        Argument::flag("--dryrun"),
        Argument::flag("--quiet"),
        Argument::flag("--recursive"),
        Argument::option("--request-payer")
            .choices(&["requester"])
            .optional(),
        Argument::option("--include").repeated(),
        Argument::option("--exclude").repeated(),
        Argument::flag("--only-show-errors"),
        Argument::option("--page-size"),
        Argument::flag("--check-access").unabbreviated(),
    ],
    run,
);

/// The exit code where something could not be done.
const FAILED: u8 = 1;

/// What is to be deleted, and what is said of it.
#[derive(Debug)]
pub(super) struct Removal<'a> {
    /// The path: `s3://BUCKET/KEY`.
    pub path: &'a str,
    /// Whether all below it is meant.
    pub is_recursive: bool,
    /// The patterns of `--include` and `--exclude`.
    pub filters: Vec<(&'static str, &'a str)>,
    /// Who pays.
    pub request_payer: Option<&'a str>,
    /// How many keys a page has.
    pub page_size: Option<i64>,
    /// Whether it is only said what would be deleted.
    pub is_dry_run: bool,
    /// What is printed.
    pub volume: Volume,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Volume {
    /// What was deleted, and what was not.
    Everything,
    /// What could not be deleted.
    Errors,
    /// Nothing.
    Nothing,
}

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let payer = given.has("--request-payer");
    let removal = Removal {
        path: given.get("paths").unwrap_or_default(),
        is_recursive: given.has("--recursive"),
        filters: given.in_order(&["--include", "--exclude"]),
        request_payer: payer.then(|| given.get("--request-payer").unwrap_or("requester")),
        page_size: number(given, "--page-size")?,
        is_dry_run: given.has("--dryrun"),
        volume: match (given.has("--quiet"), given.has("--only-show-errors")) {
            (true, _) => Volume::Nothing,
            (_, true) => Volume::Errors,
            _ => Volume::Everything,
        },
    };
    if given.has("--check-access") {
        check_access(invocation, globals, &removal)?;
    }
    remove(invocation, globals, &removal)
}

/// Asks IAM whether the caller may delete what is to be deleted.
///
/// # Errors
/// That they may not, or that it is not known.
fn check_access(
    invocation: &mut Invocation,
    globals: &Globals,
    removal: &Removal<'_>,
) -> Result<(), CommandError> {
    if !removal.is_dry_run {
        return Err(CommandError::validation("--check-access needs --dryrun"));
    }
    if !removal.path.starts_with(uri::SCHEME) {
        return Ok(());
    }
    let (bucket, key) = uri::split(removal.path)?;
    let s3 = S3::new(invocation, globals)?;
    let params = |name: &'static str, text: &str| {
        let mut params = Map::with_capacity(2);
        params.push("Bucket", Value::from(bucket));
        params.push(name, Value::from(text));
        params
    };
    let mut calls = Vec::with_capacity(2);
    if removal.is_recursive || key.is_empty() {
        let is_folder = key.is_empty() || key.ends_with('/');
        let prefix = format!("{key}{}", if is_folder { "" } else { "/" });
        calls.push(s3.call("ListObjectsV2", params("Prefix", &prefix))?);
        // Whichever keys there are, they begin so.
        calls.push(s3.call("DeleteObject", params("Key", &format!("{prefix}*")))?);
    } else {
        calls.push(s3.call("DeleteObject", params("Key", key))?);
    }
    call::until_interrupted(rehearsal::check(invocation, &s3.client, &calls))
}

/// Deletes what is to be deleted.
///
/// # Errors
/// The end of the command: with exit code 1, told already, where something
/// could not be deleted.
pub(super) fn remove(
    invocation: &mut Invocation,
    globals: &Globals,
    removal: &Removal<'_>,
) -> Result<(), CommandError> {
    let s3 = S3::new(invocation, globals)?;
    if !removal.path.starts_with(uri::SCHEME) {
        return Err(CommandError::validation(
            "usage: aws s3 rm <S3Uri>\nError: Invalid argument type",
        ));
    }
    let (bucket, key) = uri::split(removal.path)?;
    let text = s3
        .client
        .config()
        .text(&settings::S3_MAX_CONCURRENT_REQUESTS);
    let mut work = Work {
        s3: &s3,
        removal,
        bucket,
        filter: Filter::new(
            &removal.filters,
            &filter::root(bucket, key, removal.is_recursive),
        ),
        at_once: at_once(text.as_deref().unwrap_or_default())?,
        has_failed: false,
    };
    let done = call::until_interrupted(async {
        Ok(if removal.is_recursive || key.is_empty() {
            work.all(invocation, globals, key).await
        } else {
            let keys = vec![key.to_owned()];
            work.page(invocation, globals, keys).await
        })
    });
    match done.unwrap_or_else(|error| Err(error.into())) {
        Ok(()) => {}
        Err(Stop::Fatal(error)) => {
            work.has_failed = true;
            if removal.volume != Volume::Nothing {
                let error = explained(*error);
                invocation
                    .ui
                    .write_error(&format!("fatal error: {error}\n"));
            }
        }
        Err(Stop::Command(error)) if error.exit() == Exit::Interrupted => {
            work.has_failed = true;
            if removal.volume != Volume::Nothing {
                invocation.ui.write_error("cancelled: ctrl-c received\n");
            }
        }
        Err(Stop::Command(error)) => return Err(error),
    }
    match work.has_failed {
        true => Err(CommandError::silent(FAILED)),
        false => Ok(()),
    }
}

/// How many requests are made at once.
// Parity: awscli/customizations/s3/transferconfig.py, RuntimeConfig.
fn at_once(text: &str) -> Result<usize, CommandError> {
    let number = python::int(text).and_then(|number| number.as_int());
    match number {
        Some(number @ 1..) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
        _ => Err(CommandError::general(format!(
            "Value for max_concurrent_requests must be a positive integer: {text}"
        ))),
    }
}

/// Why a removal ends early.
enum Stop {
    /// Keys could not be listed.
    Fatal(Box<Error>),
    /// The command ends.
    Command(CommandError),
}

impl From<CommandError> for Stop {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

struct Work<'a> {
    s3: &'a S3,
    removal: &'a Removal<'a>,
    bucket: &'a str,
    filter: Filter,
    at_once: usize,
    has_failed: bool,
}

impl Work<'_> {
    /// Deletes what is listed below `key`.
    async fn all(
        &mut self,
        invocation: &mut Invocation,
        globals: &Globals,
        key: &str,
    ) -> Result<(), Stop> {
        let is_recursive = self.removal.is_recursive;
        // Without a key, nothing but the bucket itself is asked for.
        let prefix = match is_recursive && !key.is_empty() && !key.ends_with('/') {
            true => format!("{key}/"),
            false => key.to_owned(),
        };
        let mut params = Map::with_capacity(3);
        params.push("Bucket", Value::from(self.bucket));
        params.push("Prefix", Value::from(prefix));
        if let Some(payer) = self.removal.request_payer {
            params.push("RequestPayer", Value::from(payer));
        }
        let config = PageConfig {
            page_size: self.removal.page_size.map(Value::Int),
            ..PageConfig::default()
        };
        let call = self.s3.call("ListObjectsV2", params)?;
        let pages = self.s3.client.pages(call, config);
        let mut pages = pages.map_err(|error| Stop::Fatal(Box::new(error)))?;
        let mut keys = Vec::new();
        loop {
            if let Some(call) = pages.call()
                && !call::announce(invocation, globals, &self.s3.client, call).await?
            {
                return Ok(());
            }
            let (page, done) = tokio::join!(pages.next(), self.page(invocation, globals, keys));
            done?;
            if globals.debug {
                match &page {
                    Ok(Some(page)) => debug::answer(invocation, page),
                    Ok(None) => {}
                    Err(error) => debug::failure(invocation, error),
                }
            }
            match page.map_err(|error| Stop::Fatal(Box::new(error)))? {
                Some(page) => keys = self.keys(&page.value),
                None => return Ok(()),
            }
        }
    }

    /// The keys of a page that are to be deleted.
    fn keys(&self, page: &Map) -> Vec<String> {
        let contents = page.get("Contents").and_then(Value::as_list);
        let keys = contents.unwrap_or_default().iter().filter_map(|object| {
            let key = object.get("Key")?.as_str()?;
            // Parity: in a bucket that is not asked for recursively, the
            // objects that stand for folders are found all the same.
            let is_folder = key.ends_with('/') && object.get("Size")?.as_int() == Some(0);
            (self.removal.is_recursive || is_folder).then(|| key.to_owned())
        });
        keys.collect()
    }

    /// Deletes those of these keys that the filters leave.
    async fn page(
        &mut self,
        invocation: &mut Invocation,
        globals: &Globals,
        keys: Vec<String>,
    ) -> Result<(), Stop> {
        let mut keys = keys.into_iter();
        let mut running = Running::new();
        loop {
            while running.len() < self.at_once
                && let Some(key) = keys.next()
            {
                let path = format!("{}/{key}", self.bucket);
                if !self.filter.accepts(&path) {
                    continue;
                }
                if self.removal.is_dry_run {
                    self.say(invocation, &format!("(dryrun) delete: s3://{path}\n"));
                    continue;
                }
                let call = self.deletion(&key)?;
                if !call::announce(invocation, globals, &self.s3.client, &call).await? {
                    return Err(CommandError::silent(0).into());
                }
                let client = self.s3.client.clone();
                running.push(path, async move { client.send(call).await });
            }
            let Some((path, result)) = running.next().await else {
                return Ok(());
            };
            if globals.debug {
                match &result {
                    Ok(answer) => debug::answer(invocation, answer),
                    Err(error) => debug::failure(invocation, error),
                }
            }
            match result {
                Ok(_) if self.removal.volume == Volume::Errors => {}
                Ok(_) => self.say(invocation, &format!("delete: s3://{path}\n")),
                Err(error) => {
                    self.has_failed = true;
                    if self.removal.volume != Volume::Nothing {
                        let error = explained(error);
                        let text = format!("delete failed: s3://{path} {error}\n");
                        invocation.ui.write_error(&text);
                    }
                }
            }
        }
    }

    fn deletion(&self, key: &str) -> Result<Call, CommandError> {
        let mut params = Map::with_capacity(3);
        params.push("Bucket", Value::from(self.bucket));
        params.push("Key", Value::from(key));
        if let Some(payer) = self.removal.request_payer {
            params.push("RequestPayer", Value::from(payer));
        }
        self.s3.call("DeleteObject", params)
    }

    fn say(&self, invocation: &mut Invocation, text: &str) {
        if self.removal.volume != Volume::Nothing {
            invocation.ui.write_out(text);
        }
    }
}

/// A deletion under way.
type Sending<'a> = Pin<Box<dyn Future<Output = Result<Output, Error>> + 'a>>;

/// Deletions under way, whose answers are handed on in their order.
struct Running<'a> {
    deletions: VecDeque<(String, Deletion<'a>)>,
}

enum Deletion<'a> {
    Sending(Sending<'a>),
    Done(Box<Result<Output, Error>>),
}

impl<'a> Running<'a> {
    const fn new() -> Self {
        Self {
            deletions: VecDeque::new(),
        }
    }

    fn len(&self) -> usize {
        self.deletions.len()
    }

    fn push(&mut self, path: String, sending: impl Future<Output = Result<Output, Error>> + 'a) {
        let sending = Deletion::Sending(Box::pin(sending));
        self.deletions.push_back((path, sending));
    }

    /// The first one's answer, while all go on; None where there is none.
    async fn next(&mut self) -> Option<(String, Result<Output, Error>)> {
        if self.deletions.is_empty() {
            return None;
        }
        std::future::poll_fn(|context| {
            for (_, deletion) in &mut self.deletions {
                if let Deletion::Sending(sending) = deletion
                    && let Poll::Ready(result) = sending.as_mut().poll(context)
                {
                    *deletion = Deletion::Done(Box::new(result));
                }
            }
            match self.deletions.front() {
                Some((_, Deletion::Done(_))) => Poll::Ready(()),
                _ => Poll::Pending,
            }
        })
        .await;
        match self.deletions.pop_front() {
            Some((path, Deletion::Done(result))) => Some((path, *result)),
            _ => None,
        }
    }
}
