//! Who signs: an access key, a bearer token, or nobody.

use std::fmt;

use zeroize::Zeroize;

/// An access key pair and, for temporary credentials, its session token.
///
/// The secret and the token are wiped when the value is dropped and never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The public half, sent with every request.
    pub access_key_id: String,
    /// The secret half, which only ever enters a MAC.
    pub secret_access_key: String,
    /// The token that goes with temporary credentials.
    pub session_token: Option<String>,
}

impl Credentials {
    /// Makes credentials from their parts.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token,
        }
    }

    /// The session token, unless there is none or it is empty, which botocore treats alike.
    pub fn token(&self) -> Option<&str> {
        self.session_token
            .as_deref()
            .filter(|token| !token.is_empty())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("secret_access_key", &"**redacted**")
            .field(
                "session_token",
                &self.session_token.as_ref().map(|_| "**redacted**"),
            )
            .finish()
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        self.secret_access_key.zeroize();
        self.session_token.zeroize();
    }
}

/// What a request is signed with.
#[derive(Clone, Copy)]
pub enum Identity<'a> {
    /// Nothing was found; only the scheme `none` can go on.
    Anonymous,
    /// An access key, for every scheme that computes a signature.
    Credentials(&'a Credentials),
    /// A bearer token.
    Token(&'a str),
}

impl fmt::Debug for Identity<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => formatter.write_str("Anonymous"),
            Self::Credentials(credentials) => formatter
                .debug_tuple("Credentials")
                .field(credentials)
                .finish(),
            Self::Token(_) => formatter.write_str("Token(**redacted**)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_a_secret() {
        let credentials = Credentials::new("AKID", "s3cr3t", Some("t0k3n".to_owned()));
        for text in [
            format!("{credentials:?}"),
            format!("{:#?}", Identity::Credentials(&credentials)),
            format!("{:?}", Identity::Token("t0k3n")),
        ] {
            assert!(
                !text.contains("s3cr3t") && !text.contains("t0k3n"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_empty_token_is_no_token() {
        assert_eq!(
            Credentials::new("a", "b", Some(String::new())).token(),
            None
        );
    }
}
