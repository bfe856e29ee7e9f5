//! `awl s3 ls`: the buckets, or the objects and prefixes below one. A page is
//! printed and forgotten before the next is fetched.
// Parity: awscli/customizations/s3/subcommands.py, ListCommand.

use std::fmt::Write as _;

use awl_sdk::pages::PageConfig;
use awl_value::{Map, Timestamp, Value};
use jiff::tz::TimeZone;

use super::size::human_readable;
use super::{S3, number, uri};
use crate::argv::Globals;
use crate::commands::custom::{Argument, Custom, Given};
use crate::commands::{Invocation, call};
use crate::debug;
use crate::error::CommandError;
use crate::output::local_zone;

/// `s3 ls`.
pub(super) const COMMAND: Custom = Custom::new(
    "ls",
    &[
        Argument::positional("paths").optional(),
        Argument::flag("--recursive"),
        Argument::option("--page-size"),
        Argument::flag("--human-readable"),
        Argument::flag("--summarize"),
        Argument::option("--request-payer")
            .choices(&["requester"])
            .optional(),
        Argument::option("--bucket-name-prefix"),
        Argument::option("--bucket-region"),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let config = PageConfig {
        page_size: number(given, "--page-size")?.map(Value::Int),
        ..PageConfig::default()
    };
    let s3 = S3::new(invocation, globals)?;
    let (bucket, key) = uri::split(given.get("paths").unwrap_or_default())?;
    let is_recursive = given.has("--recursive");
    let (operation, params) = if bucket.is_empty() {
        ("ListBuckets", buckets(given))
    } else {
        ("ListObjectsV2", objects(given, bucket, key, is_recursive))
    };
    let mut listing = Listing {
        zone: local_zone(&*invocation.host),
        is_recursive,
        is_human_readable: given.has("--human-readable"),
        objects: 0,
        bytes: 0,
        is_empty: true,
        text: String::new(),
    };
    let mut pages = s3.client.pages(s3.call(operation, params)?, config)?;
    call::until_interrupted(async {
        while !invocation.ui.is_closed() {
            if let Some(call) = pages.call()
                && !call::announce(invocation, globals, &s3.client, call).await?
            {
                return Ok(());
            }
            let page = pages.next().await;
            if globals.debug {
                match &page {
                    Ok(Some(page)) => debug::answer(invocation, page),
                    Ok(None) => {}
                    Err(error) => debug::failure(invocation, error),
                }
            }
            let Some(page) = page? else {
                break;
            };
            listing.add(&page.value);
            invocation.ui.write_out(&listing.text);
            listing.text.clear();
        }
        Ok(())
    })?;
    if globals.print_request.is_some() {
        return Ok(());
    }
    if given.has("--summarize") {
        invocation.ui.write_out(&listing.summary());
    }
    // Of a whole bucket, nothing is an answer too.
    if listing.is_empty && !bucket.is_empty() && !key.is_empty() {
        return Err(CommandError::silent(1));
    }
    Ok(())
}

fn buckets(given: &Given<'_>) -> Map {
    let mut params = Map::new();
    for (option, name) in [
        ("--bucket-name-prefix", "Prefix"),
        ("--bucket-region", "BucketRegion"),
    ] {
        if let Some(word) = given.get(option).filter(|word| !word.is_empty()) {
            params.push(name, Value::from(word));
        }
    }
    params
}

fn objects(given: &Given<'_>, bucket: &str, key: &str, is_recursive: bool) -> Map {
    let mut params = Map::with_capacity(4);
    params.push("Bucket", Value::from(bucket));
    params.push("Prefix", Value::from(key));
    if !is_recursive {
        params.push("Delimiter", Value::from("/"));
    }
    if given.has("--request-payer") {
        let payer = given.get("--request-payer").unwrap_or("requester");
        params.push("RequestPayer", Value::from(payer));
    }
    params
}

/// What has been listed so far, and the lines of the page at hand.
struct Listing {
    zone: TimeZone,
    is_recursive: bool,
    is_human_readable: bool,
    objects: u64,
    bytes: i64,
    /// Whether no page had anything.
    is_empty: bool,
    text: String,
}

impl Listing {
    /// Adds the lines of a page.
    fn add(&mut self, page: &Map) {
        let list = |name| page.get(name).and_then(Value::as_list).unwrap_or_default();
        for bucket in list("Buckets") {
            self.time(bucket.get("CreationDate"));
            let _ = writeln!(self.text, " {}", text(bucket, "Name"));
        }
        for prefix in list("CommonPrefixes") {
            let prefix = text(prefix, "Prefix");
            let name = prefix.rsplit('/').nth(1).unwrap_or(prefix);
            let _ = writeln!(self.text, "{:>30} {name}/", "PRE");
            self.is_empty = false;
        }
        for object in list("Contents") {
            let key = text(object, "Key");
            let size = object.get("Size").and_then(Value::as_int).unwrap_or(0);
            self.time(object.get("LastModified"));
            let _ = if self.is_human_readable {
                write!(self.text, " {:>10} ", human_readable(size))
            } else {
                write!(self.text, " {size:>10} ")
            };
            let name = if self.is_recursive {
                key
            } else {
                key.rsplit('/').next().unwrap_or(key)
            };
            self.text.push_str(name);
            self.text.push('\n');
            self.objects += 1;
            self.bytes = self.bytes.saturating_add(size);
            self.is_empty = false;
        }
    }

    /// A point in time in the machine's zone.
    fn time(&mut self, value: Option<&Value>) {
        let Some(Value::Timestamp(Timestamp { micros, .. })) = value else {
            return;
        };
        let offset = jiff::Timestamp::from_microsecond(*micros)
            .map_or(0, |time| self.zone.to_offset(time).seconds());
        let (year, month, day, hour, minute, second, _) = Timestamp::utc(*micros).civil(offset);
        let _ = write!(
            self.text,
            "{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        );
    }

    fn summary(&self) -> String {
        let size = if self.is_human_readable {
            human_readable(self.bytes)
        } else {
            self.bytes.to_string()
        };
        format!("\nTotal Objects: {}\n   Total Size: {size}\n", self.objects)
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
