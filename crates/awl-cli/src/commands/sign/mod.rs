//! `awl sign`: any request signed, and nothing sent. It shows the signed
//! request, or what stands on the way to it.

pub(crate) mod host;
pub(crate) mod request;
mod show;
pub(crate) mod signing;

use awl_sign::{
    Freeform, FreeformOptions, PathStyle, Payload, Placement, SignError, SigningTime, sign_freeform,
};

use self::request::TypedUrl;
use self::signing::Wish;
use super::custom::{Argument, Custom, Given};
use super::{Invocation, call};
use crate::argv::Globals;
use crate::error::CommandError;

/// How long a presigned URL is good where nothing is said, and at most.
const EXPIRES: u64 = 3600;
const LONGEST: u64 = 604_800;

/// The arguments of a request, which `verify` has as well.
pub(super) const METHOD: Argument = Argument::option("--method").short("-X").literal();
pub(super) const URL: Argument = Argument::option("--url").literal();
pub(super) const HEADER: Argument = Argument::option("--header").short("-H").literal();
pub(super) const BODY: Argument = Argument::option("--body").short("-d").literal();
pub(super) const BODY_FILE: Argument = Argument::option("--body-file").literal();

/// `sign`.
pub(super) static COMMAND: Custom = Custom::new(
    "sign",
    &[
        METHOD,
        URL.required(),
        HEADER,
        BODY,
        BODY_FILE,
        Argument::option("--service").literal(),
        Argument::option("--date").literal(),
        Argument::flag("--presign"),
        Argument::option("--expires").integer(),
        Argument::flag("--sigv4a"),
        Argument::flag("--sign-body"),
        Argument::flag("--unsigned-payload"),
        Argument::flag("--no-normalize-path"),
        Argument::flag("--no-double-encode"),
        Argument::flag("--no-session-token"),
        Argument::option("--show").choices(show::FORMS),
    ],
    run,
);

fn run(
    invocation: &mut Invocation,
    globals: &Globals,
    given: &Given<'_>,
) -> Result<(), CommandError> {
    let host = invocation.host.clone();
    let mut url = TypedUrl::parse(given.get("--url").unwrap_or_default())?;
    let headers = headers(given)?;
    let placement = placement(given)?;
    let body = request::body(&*host, given.get("--body"), given.get("--body-file"))?;
    let has_body = given.has("--body") || given.has("--body-file");
    let method = given
        .get("--method")
        .unwrap_or(if has_body { "POST" } else { "GET" })
        .to_ascii_uppercase();
    let time = time(given, &headers, SigningTime::from(host.now()))?;

    let config = call::load_config(invocation, globals)?;
    let wish = Wish {
        service: given.get("--service"),
        region: globals.region.as_deref(),
        asymmetric: given.has("--sigv4a"),
    };
    let signing = signing::signing(&config, &url, &wish)?;
    if signing::is_known(awl_catalog::store(), &signing.signing_name) {
        url = url.to_wire();
    }
    let mut options = FreeformOptions::of(&signing, placement);
    options.path_style = PathStyle::new(
        options.path_style.normalizes() && !given.has("--no-normalize-path"),
        options.path_style.encodes() && !given.has("--no-double-encode"),
    );
    options.say_hash |= given.has("--sign-body");
    options.sign_token = !given.has("--no-session-token");
    let payload = if given.has("--unsigned-payload") {
        Payload::Unsigned
    } else {
        Payload::Bytes(body.as_ref().into())
    };
    let freeform = Freeform {
        method: &method,
        host: &url.host,
        path: &url.path,
        query: &url.query,
        headers,
        payload,
    };
    let found = signing::credentials(&config)?;
    let signed = sign_freeform(freeform, &signing, &found.credentials, time, options)?;
    let form = given.get("--show").unwrap_or("request");
    let shown = show::Shown {
        method: &method,
        url: &url,
        signed: &signed,
        body: &body,
        body_file: given.get("--body-file").filter(|path| *path != "-"),
        is_presigned: placement != Placement::Headers,
    };
    let text = shown.form(form);
    invocation.ui.write_bytes(&text);
    Ok(())
}

/// The headers that the command line has.
pub(super) fn headers(given: &Given<'_>) -> Result<Vec<(String, String)>, CommandError> {
    given
        .each("--header")
        .flatten()
        .map(|text| request::parse_header(text))
        .collect()
}

fn placement(given: &Given<'_>) -> Result<Placement, CommandError> {
    let expires = given.get("--expires");
    if !given.has("--presign") {
        return match expires {
            Some(_) => Err(CommandError::validation(
                "--expires is for presigned URLs: --presign makes one",
            )),
            None => Ok(Placement::Headers),
        };
    }
    let expires_in = match expires {
        Some(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|seconds| (1..=LONGEST).contains(seconds))
            .ok_or_else(|| {
                CommandError::validation(format!(
                    "Invalid value for --expires: a URL is good for 1 to {LONGEST} seconds"
                ))
            })?,
        None => EXPIRES,
    };
    Ok(Placement::Query { expires_in })
}

/// When the request is signed: `--date`, else what its own header says, else
/// now.
fn time(
    given: &Given<'_>,
    headers: &[(String, String)],
    now: SigningTime,
) -> Result<SigningTime, CommandError> {
    let own = || {
        headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("x-amz-date"))
            .map(|(_, value)| value.as_str())
    };
    given
        .get("--date")
        .or_else(own)
        .map_or(Ok(now), request::parse_date)
}

impl From<SignError> for CommandError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::InvalidUrl { .. }
            | SignError::InvalidHeader { .. }
            | SignError::InvalidMethod { .. } => {
                let text = error.to_string();
                let mut letters = text.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                Self::validation(first.into_iter().chain(letters).collect::<String>())
            }
            error => Self::general(error.to_string()),
        }
    }
}
