//! ARNs and patterns of ARNs. Both are cut at the first five colons, and each
//! of the six parts is matched by itself: a wildcard never crosses one of those
//! colons, but it does cross slashes and the colons of the last part.

use crate::context::Context;
use crate::pattern::{Pattern, Special};

/// The six parts of an ARN, borrowed from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: &'a str,
    /// The service's prefix, such as `s3`.
    pub service: &'a str,
    /// The Region, or nothing.
    pub region: &'a str,
    /// The account, or nothing.
    pub account: &'a str,
    /// All that follows the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Cuts an ARN at its first five colons.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    fn parts(&self) -> [&'a str; 6] {
        [
            "arn",
            self.partition,
            self.service,
            self.region,
            self.account,
            self.resource,
        ]
    }
}

/// Whether `text` is the id of an account: twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A pattern of ARNs, of an element `Resource` or a condition.
#[derive(Clone, Debug)]
pub(crate) enum ArnPattern {
    /// `*`
    Anything,
    /// Six parts, the first of which was `arn`.
    Parts(Box<[Pattern; 6]>),
    /// What is no ARN: it matches only text that is no ARN either.
    Text(Pattern),
}

/// A text of a request, cut when it is an ARN.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MaybeArn<'a> {
    text: &'a str,
    arn: Option<[&'a str; 6]>,
}

/// Services whose ARNs have no type of resource before the name.
const UNTYPED: &[&str] = &[
    "apigateway",
    "codecommit",
    "execute-api",
    "s3",
    "sns",
    "sqs",
];

/// Whether the type of resource of an ARN, such as `user` or `table`, has a
/// wildcard, which the documentation does not allow: such an ARN matches nothing.
/// What is all stars, such as `*/*` in EC2's own examples, means every type.
pub(crate) fn has_wild_type(text: &str) -> bool {
    let Some(arn) = Arn::parse(text) else {
        return false;
    };
    let all_stars = |byte: u8| matches!(byte, b'*' | b'/' | b':');
    if arn.resource.bytes().all(all_stars) || UNTYPED.contains(&arn.service) {
        return false;
    }
    let separator = arn.resource.find(['/', ':']);
    let kind = separator.and_then(|place| arn.resource.get(..place));
    kind.is_some_and(|kind| !kind.contains("${") && kind.contains(['*', '?']))
}

impl<'a> MaybeArn<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            arn: Arn::parse(text).map(|arn| arn.parts()),
        }
    }

    pub(crate) const fn is_arn(&self) -> bool {
        self.arn.is_some()
    }
}

impl ArnPattern {
    /// Compiles a value of a condition: variables may stand anywhere. What is no
    /// ARN, `*` among it, matches none.
    pub(crate) fn condition(text: &str, variables: bool) -> Self {
        let special = Special {
            wildcards: true,
            variables,
        };
        let parts = Pattern::compile_parts(text, special);
        match <Box<[Pattern; 6]>>::try_from(parts.into_boxed_slice()) {
            Ok(parts) => Self::Parts(parts),
            Err(_) => Self::Text(Pattern::compile(text, special)),
        }
    }

    /// Compiles a value of an element `Resource`: variables may stand behind the
    /// fifth colon only, before it they are text. An ARN that lacks parts gets
    /// `*` for them, where `complete` says so.
    pub(crate) fn resource(text: &str, variables: bool, complete: bool) -> Self {
        let wildcards = true;
        let special = Special {
            wildcards,
            variables,
        };
        let plain = Special {
            wildcards,
            variables: false,
        };
        let mut parts = Pattern::compile_parts(text, special);
        if parts.len() == 6 {
            // Where a variable has colons of its own, the parts before it stand
            // where they do without regard to variables.
            for (part, own) in parts.iter_mut().zip(text.splitn(6, ':')).take(5) {
                *part = Pattern::compile(own, plain);
            }
        } else if complete && parts.len() > 1 && text.starts_with("arn:") {
            parts.resize(6, Pattern::compile("*", plain));
        }
        Self::of(text, parts, special)
    }

    fn of(text: &str, parts: Vec<Pattern>, special: Special) -> Self {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Self::Anything;
        }
        match <Box<[Pattern; 6]>>::try_from(parts.into_boxed_slice()) {
            Ok(parts) => Self::Parts(parts),
            Err(_) => Self::Text(Pattern::compile(text, special)),
        }
    }

    pub(crate) fn matches(&self, text: &MaybeArn<'_>, context: &Context) -> bool {
        match (self, &text.arn) {
            (Self::Anything, _) => true,
            (Self::Parts(patterns), Some(parts)) => patterns
                .iter()
                .zip(parts)
                .all(|(pattern, part)| pattern.matches(part, context)),
            (Self::Text(pattern), None) => pattern.matches(text.text, context),
            _ => false,
        }
    }

    /// The patterns of all parts.
    pub(crate) fn patterns(&self) -> &[Pattern] {
        match self {
            Self::Anything => &[],
            Self::Parts(parts) => &**parts,
            Self::Text(pattern) => std::slice::from_ref(pattern),
        }
    }
}
