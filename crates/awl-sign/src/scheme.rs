//! Signature versions by botocore's names, and what a resolved request is signed with.

use crate::canonical::PathStyle;

/// How a request is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Not at all.
    None,
    /// A bearer token in `Authorization`.
    Bearer,
    /// Version 2: a MAC over the form's parameters.
    V2,
    /// Version 3: a MAC over the date.
    V3,
    /// Version 4.
    V4,
    /// Version 4 as S3 wants it: the path as it is sent, the body's hash in a header.
    S3V4,
    /// [`Scheme::S3V4`] with the session token of a directory bucket.
    V4S3Express,
    /// Version 4a: an asymmetric key and a set of regions.
    V4a,
    /// Version 4a as S3 wants it.
    S3V4a,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Bearer,
        Self::V2,
        Self::V3,
        Self::V4,
        Self::S3V4,
        Self::V4S3Express,
        Self::V4a,
        Self::S3V4a,
    ];

    /// From a signature version that the AWS CLI knows, without `-query` or `-presign-post`.
    // Parity: botocore/auth.py of AWS CLI 2, AUTH_TYPE_MAPS. `s3`, the MAC of 2006, is gone there.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "v3https" {
            return Some(Self::V3);
        }
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// Its name in botocore.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer => "bearer",
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
            Self::S3V4 => "s3v4",
            Self::V4S3Express => "v4-s3express",
            Self::V4a => "v4a",
            Self::S3V4a => "s3v4a",
        }
    }

    /// Whether it needs an access key.
    pub fn needs_credentials(self) -> bool {
        !matches!(self, Self::None | Self::Bearer)
    }

    /// Whether its region is a set of regions, `*` included.
    pub fn is_asymmetric(self) -> bool {
        matches!(self, Self::V4a | Self::S3V4a)
    }

    /// Whether it follows S3's rules for paths and payloads.
    pub fn is_s3(self) -> bool {
        matches!(self, Self::S3V4 | Self::V4S3Express | Self::S3V4a)
    }

    /// How paths become canonical under it.
    pub fn path_style(self) -> PathStyle {
        if self.is_s3() {
            PathStyle::AsSent
        } else {
            PathStyle::Normalized
        }
    }
}

/// What a request is signed with, apart from the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The scheme.
    pub scheme: Scheme,
    /// The service's name in the credential scope.
    pub signing_name: String,
    /// The region in the credential scope or, for version 4a, the set of regions with commas.
    pub region: String,
}

/// What decides how a request's body enters its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadFacts {
    /// The URL's scheme is `https`.
    pub https: bool,
    /// The operation's body is not signed, see [`Resolved::unsigned_payload`](crate::Resolved).
    pub unsigned_operation: bool,
    /// A checksum travels behind the body, which is sent in chunks.
    pub trailing_checksum: bool,
    /// A header carries a checksum of the body: that of the checksum algorithm chosen, or `Content-MD5`.
    pub checksum_header: bool,
    /// The operation's input has a streaming member.
    pub streaming_input: bool,
    /// `s3.payload_signing_enabled` of the profile.
    pub configured: Option<bool>,
}

/// How a body enters the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadRule {
    /// By its hash.
    Hash,
    /// Not at all: [`Payload::Unsigned`](crate::Payload::Unsigned).
    Unsigned,
    /// [`Payload::StreamingUnsignedTrailer`](crate::Payload::StreamingUnsignedTrailer).
    UnsignedTrailer,
}

/// Decides how a body enters the signature.
// Parity: botocore/auth.py, SigV4Auth.payload and S3SigV4Auth._should_sha256_sign_payload.
pub fn payload_rule(scheme: Scheme, facts: PayloadFacts) -> PayloadRule {
    if facts.trailing_checksum {
        return PayloadRule::UnsignedTrailer;
    }
    let signed = if scheme.is_s3() {
        match facts.configured {
            Some(configured) => configured,
            // TLS and a checksum together stand in for a signature of the body.
            None if !facts.https || !facts.checksum_header => true,
            None => !facts.streaming_input && !facts.unsigned_operation,
        }
    } else if scheme.is_asymmetric() {
        !facts.https || !facts.unsigned_operation
    } else {
        // Said in a header, this holds on plain HTTP as well.
        !facts.unsigned_operation
    };
    if signed {
        PayloadRule::Hash
    } else {
        PayloadRule::Unsigned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::from_name(scheme.name()), Some(scheme));
        }
        assert_eq!(Scheme::from_name("v3https"), Some(Scheme::V3));
        assert_eq!(Scheme::from_name("s3"), None);
    }

    #[test]
    fn payload_rules() {
        let plain = PayloadFacts {
            https: true,
            unsigned_operation: false,
            trailing_checksum: false,
            checksum_header: false,
            streaming_input: false,
            configured: None,
        };
        let check = |scheme, facts, expected| assert_eq!(payload_rule(scheme, facts), expected);
        check(Scheme::V4, plain, PayloadRule::Hash);
        let unsigned = PayloadFacts {
            unsigned_operation: true,
            ..plain
        };
        check(Scheme::V4, unsigned, PayloadRule::Unsigned);
        check(Scheme::S3V4, unsigned, PayloadRule::Hash);
        let insecure = PayloadFacts {
            https: false,
            ..unsigned
        };
        check(Scheme::V4, insecure, PayloadRule::Unsigned);
        check(Scheme::V4a, insecure, PayloadRule::Hash);
        let upload = PayloadFacts {
            streaming_input: true,
            checksum_header: true,
            ..plain
        };
        check(Scheme::S3V4, upload, PayloadRule::Unsigned);
        check(Scheme::V4, upload, PayloadRule::Hash);
        let insecure = PayloadFacts {
            https: false,
            ..upload
        };
        check(Scheme::S3V4, insecure, PayloadRule::Hash);
        let configured = PayloadFacts {
            configured: Some(true),
            ..upload
        };
        check(Scheme::S3V4, configured, PayloadRule::Hash);
        let configured = PayloadFacts {
            configured: Some(false),
            ..plain
        };
        check(Scheme::S3V4, configured, PayloadRule::Unsigned);
        let trailer = PayloadFacts {
            trailing_checksum: true,
            ..configured
        };
        check(Scheme::S3V4, trailer, PayloadRule::UnsignedTrailer);
    }
}
