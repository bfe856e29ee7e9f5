//! What to do about errors of identity. The AWS CLI says nothing of it, so it is
//! said on a terminal only.

/// Codes of errors, and what helps. `{}` is the program's name.
static HINTS: &[(&[&str], &str)] = &[
    (
        &[
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
        ],
        "the credentials have ended; `{} whoami --offline` says where they come from",
    ),
    (
        &[
            "AuthFailure",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
        ],
        "the service does not know these keys, or no longer; `{} whoami --offline --explain` says \
         where they come from",
    ),
    (
        &["InvalidSignatureException", "SignatureDoesNotMatch"],
        "the secret key does not belong to the access key, or something changed the request on its \
         way; `{} doctor` looks for what may be wrong",
    ),
    (
        &["RequestExpired", "RequestTimeTooSkewed"],
        "this machine's clock seems to be wrong; `{} doctor` compares it",
    ),
    (
        &["NoCredentials"],
        "`{} whoami --explain` says where credentials were looked for",
    ),
];

/// The codes with which services refuse for want of permissions.
static REFUSALS: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Client.UnauthorizedOperation",
    "NotAuthorized",
    "UnauthorizedOperation",
];

/// Whether a service refuses for want of permissions with this code.
pub(super) fn is_refusal(code: &str) -> bool {
    REFUSALS.contains(&code)
}

/// The advice for an error's code.
pub(super) fn of(code: &str, program: &str) -> Option<String> {
    let (_, advice) = HINTS.iter().find(|(codes, _)| codes.contains(&code))?;
    Some(advice.replace("{}", program))
}

#[cfg(test)]
mod tests {
    use super::{HINTS, of};

    #[test]
    fn every_code_has_one_hint() {
        let mut codes: Vec<&str> = HINTS
            .iter()
            .flat_map(|(codes, _)| *codes)
            .copied()
            .collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
        let hint = of("ExpiredToken", "aws").unwrap();
        assert!(hint.contains("`aws whoami"), "{hint}");
        assert_eq!(of("AccessDenied", "awl"), None);
    }
}
