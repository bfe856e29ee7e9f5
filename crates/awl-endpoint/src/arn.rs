//! Amazon Resource Names.

use std::borrow::Cow;

/// The six parts of an ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: Cow<'a, str>,
    /// `s3`, `iam`, …
    pub service: Cow<'a, str>,
    /// The region; empty where the resource has none.
    pub region: Cow<'a, str>,
    /// The account's number; empty where the resource has none.
    pub account_id: Cow<'a, str>,
    /// All the rest, colons included.
    pub resource: Cow<'a, str>,
}

impl<'a> Arn<'a> {
    /// Splits text that begins with `arn:` and has all six parts, any of which
    /// may be empty.
    // Parity: botocore/utils.py, ArnParser.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let mut part = || parts.next().map(Cow::Borrowed);
        Some(Self {
            partition: part()?,
            service: part()?,
            region: part()?,
            account_id: part()?,
            resource: part()?,
        })
    }

    /// The parts of the resource, between `/` and `:`.
    pub fn resource_parts(&self) -> impl Iterator<Item = &str> {
        self.resource.split(['/', ':'])
    }

    /// The same, owning its text.
    #[must_use]
    pub fn into_owned(self) -> Arn<'static> {
        let owned = |part: Cow<'_, str>| Cow::Owned(part.into_owned());
        Arn {
            partition: owned(self.partition),
            service: owned(self.service),
            region: owned(self.region),
            account_id: owned(self.account_id),
            resource: owned(self.resource),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_six_parts() {
        let arn = Arn::parse("arn:aws:kinesis:us-east-1:123:stream/name:more").unwrap();
        assert_eq!(arn.service, "kinesis");
        assert_eq!(arn.account_id, "123");
        assert_eq!(
            arn.resource_parts().collect::<Vec<_>>(),
            ["stream", "name", "more"]
        );
        assert_eq!(Arn::parse("arn:aws:s3:::bucket").unwrap().region, "");
        for text in [
            "",
            "arn",
            "arn:aws:s3",
            "arn:aws:s3::",
            "urn:aws:s3:::bucket",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}
