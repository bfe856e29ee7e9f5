//! `--presign`, an option of every operation: the call as a URL for somebody
//! else instead of the call itself. The AWS CLI has it for S3's `GetObject`
//! alone, as `s3 presign`.

use awl_sdk::Client;

use super::Invocation;
use crate::arguments::Argument;
use crate::arguments::own::{EXPIRES_IN, PRESIGN, is_free};
use crate::argv::{Arity, Check, Globals, Parsed, PrintRequest, Spec};
use crate::error::CommandError;
use crate::output;
use crate::python;

/// How long a URL is good, in seconds.
const DEFAULT: i64 = 3600;
/// How long one can be good at all.
const LONGEST: i64 = 604_800;

/// Where the options are among the specs of a line that asks for a URL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    expires_in: Option<usize>,
}

impl Options {
    /// Adds the options to the specs of an operation, where `words` ask for a
    /// URL. An argument of the operation that they abbreviate comes first.
    pub(super) fn add(
        words: &[&str],
        arguments: &[Argument],
        specs: &mut Vec<Spec<'_>>,
    ) -> Option<Self> {
        if !words.contains(&PRESIGN) || !is_free(arguments, PRESIGN) {
            return None;
        }
        let own = |name: &'static str, arity| Spec {
            arity,
            abbreviates: false,
            ..Spec::new(name)
        };
        specs.push(own(PRESIGN, Arity::Zero));
        let expires_in = is_free(arguments, EXPIRES_IN).then(|| {
            specs.push(Spec {
                check: Check::Integer,
                ..own(EXPIRES_IN, Arity::One)
            });
            specs.len() - 1
        });
        Some(Self { expires_in })
    }

    /// How many seconds the URL is to be good for.
    pub(super) fn seconds(self, parsed: &Parsed<'_>) -> i64 {
        let words = self.expires_in.and_then(|index| parsed.last(index));
        let word = words.and_then(|words| words.first());
        word.map_or(DEFAULT, |word| {
            // The parser took nothing but numbers.
            let number = python::int(word).and_then(|number| number.as_int());
            number.unwrap_or(i64::MAX)
        })
    }
}

/// Prints the URL of a call, and the headers that have to be sent with it.
///
/// # Errors
/// A call that a URL cannot make: its parameters are in the body.
pub(super) async fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    client: &Client,
    call: &awl_sdk::Call,
    expires_in: i64,
) -> Result<(), CommandError> {
    let presigned = client.presign_call(call, expires_in).await?;
    let request = presigned.request;
    let form = match globals.output.as_deref() {
        Some("json") => globals.print_request.or(Some(PrintRequest::Json)),
        _ => globals.print_request,
    };
    if let Some(form) = form {
        let text = output::presigned_text(form, &request).await?;
        invocation.ui.write_out(&text);
        return Ok(());
    }
    if presigned.needs_body {
        return Err(CommandError::validation(format!(
            "The operation {} cannot be presigned as a URL: its parameters are sent in the body \
             of a {}. With --print-request curl or --output json the body is presigned and \
             printed as well.",
            call.operation.name(),
            request.method
        )));
    }
    let mut text = format!("{}\n", request.url);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    invocation.ui.write_out(&text);
    if request.method != "GET" {
        let hint = format!("the URL is for {}", request.method);
        invocation.ui.hint(&hint);
    }
    if expires_in > LONGEST {
        invocation
            .ui
            .hint("no URL is good for longer than 604800 seconds, a week");
    }
    Ok(())
}
