//! The choice of scheme, name and region, case by case as botocore decides it.

use super::*;

const SIGV4: EndpointAuth<'static> = EndpointAuth {
    name: "sigv4",
    signing_name: None,
    signing_region: Some("eu-west-1"),
    signing_region_set: &[],
};
const SIGV4A: EndpointAuth<'static> = EndpointAuth {
    name: "sigv4a",
    signing_name: None,
    signing_region: None,
    signing_region_set: &["us-*", "eu-*"],
};

fn service<'a>(name: &'a str, version: &'a str, auth: &'a [&'a str]) -> ServiceAuth<'a> {
    ServiceAuth {
        endpoint_prefix: name,
        signing_name: name,
        signature_version: Some(version),
        auth,
    }
}

/// A scheme's name, the signing name and the region, or the error.
fn resolve(
    service: ServiceAuth<'_>,
    operation: OperationAuth<'_>,
    endpoint: Option<&[EndpointAuth<'_>]>,
    user: UserAuth<'_>,
) -> String {
    resolve_for(service, operation, endpoint, user, Purpose::Request)
}

fn resolve_for(
    service: ServiceAuth<'_>,
    operation: OperationAuth<'_>,
    endpoint: Option<&[EndpointAuth<'_>]>,
    user: UserAuth<'_>,
    purpose: Purpose,
) -> String {
    match resolve_signing(&service, &operation, endpoint, &user, "us-west-2", purpose) {
        Ok(resolved) => {
            let Signing {
                scheme,
                signing_name,
                region,
            } = resolved.signing;
            let unsigned = if resolved.unsigned_payload {
                " unsigned"
            } else {
                ""
            };
            format!("{} {signing_name} {region}{unsigned}", scheme.name())
        }
        Err(error) => error.to_string(),
    }
}

fn plain_operation() -> OperationAuth<'static> {
    OperationAuth {
        name: "Do",
        ..OperationAuth::default()
    }
}

fn prefers(preference: &str) -> UserAuth<'_> {
    UserAuth {
        auth_scheme_preference: Some(preference),
        ..UserAuth::default()
    }
}

#[test]
fn the_service_decides_where_nobody_else_speaks() {
    let check = |service, expected: &str| {
        let actual = resolve(service, plain_operation(), None, UserAuth::default());
        assert_eq!(actual, expected);
    };
    check(
        service("ec2", "v4", &["aws.auth#sigv4"]),
        "v4 ec2 us-west-2",
    );
    check(service("ec2", "v4", &[]), "v4 ec2 us-west-2");
    check(service("sdb", "v2", &[]), "v2 sdb us-west-2");
    check(
        service("importexport", "v2", &[]),
        "v4 importexport us-west-2",
    );
    check(
        service("s3", "s3", &["aws.auth#sigv4"]),
        "s3v4 s3 us-west-2",
    );
    check(
        service("codecatalyst", "bearer", &[]),
        "bearer codecatalyst us-west-2",
    );
    check(
        service("partner", "v4", &["aws.auth#sigv4a", "aws.auth#sigv4"]),
        "v4a partner *",
    );
    check(service("x", "v9", &[]), "unknown signature version \"v9\"");
    check(service("x", "s3", &[]), "unknown signature version \"s3\"");
    check(
        service("x", "v4", &["aws.auth#sigv9"]),
        "unknown signature version \"aws.auth#sigv9\"",
    );
}

#[test]
fn the_operation_overrides_the_service() {
    let ebs = service("ebs", "v4", &["aws.auth#sigv4"]);
    let check = |operation: OperationAuth<'_>, endpoint, expected: &str| {
        let actual = resolve(ebs, operation, endpoint, UserAuth::default());
        assert_eq!(actual, expected);
    };
    let unsigned_body = OperationAuth {
        name: "PutSnapshotBlock",
        authtype: Some("v4-unsigned-body"),
        unsigned_payload: true,
        ..OperationAuth::default()
    };
    check(unsigned_body, None, "v4 ebs us-west-2 unsigned");
    check(unsigned_body, Some(&[SIGV4]), "v4 ebs eu-west-1 unsigned");
    let anonymous = OperationAuth {
        auth: &["smithy.api#noAuth"],
        authtype: Some("none"),
        ..plain_operation()
    };
    check(anonymous, None, "none ebs us-west-2");
    let asymmetric = OperationAuth {
        auth: &["aws.auth#sigv4a", "aws.auth#sigv4"],
        ..plain_operation()
    };
    check(asymmetric, None, "v4a ebs *");
    let actual = resolve(ebs, asymmetric, None, prefers("sigv4"));
    assert_eq!(actual, "v4 ebs us-west-2");
}

#[test]
fn the_endpoint_overrides_both() {
    let s3 = service("s3", "s3", &["aws.auth#sigv4"]);
    let check = |endpoint: &[EndpointAuth<'_>], user, expected: &str| {
        assert_eq!(
            resolve(s3, plain_operation(), Some(endpoint), user),
            expected
        );
    };
    let outposts = EndpointAuth {
        signing_name: Some("s3-outposts"),
        ..SIGV4
    };
    check(
        &[outposts],
        UserAuth::default(),
        "s3v4 s3-outposts eu-west-1",
    );
    let express = EndpointAuth {
        name: "sigv4-s3express",
        signing_name: Some("s3express"),
        ..SIGV4
    };
    check(
        &[express],
        UserAuth::default(),
        "v4-s3express s3express eu-west-1",
    );
    check(&[SIGV4A, SIGV4], UserAuth::default(), "s3v4a s3 us-*,eu-*");
    check(&[SIGV4A, SIGV4], prefers("sigv4"), "s3v4 s3 eu-west-1");
    check(
        &[SIGV4, SIGV4A],
        prefers(" what , sig v4a"),
        "s3v4a s3 us-*,eu-*",
    );
    check(&[SIGV4], prefers("httpBearerAuth"), "s3v4 s3 eu-west-1");
    check(&[SIGV4], prefers(" , "), "s3v4 s3 eu-west-1");
    check(
        &[express],
        prefers("sigv4"),
        "no supported authentication scheme among [\"sigv4-s3express\"]",
    );
    let region_set = UserAuth {
        region_set: Some("us-east-1,us-west-2"),
        ..UserAuth::default()
    };
    check(&[SIGV4A], region_set, "s3v4a s3 us-east-1,us-west-2");
    let strange = EndpointAuth {
        name: "sigv9",
        ..SIGV4
    };
    check(&[strange, SIGV4], UserAuth::default(), "s3v4 s3 eu-west-1");
    check(
        &[strange],
        UserAuth::default(),
        "unknown signature version \"sigv9\"",
    );
    check(&[], UserAuth::default(), "unknown signature version \"\"");
}

#[test]
fn no_sign_request_outranks_all() {
    let user = UserAuth {
        no_sign_request: true,
        has_bearer_token: true,
        ..UserAuth::default()
    };
    let operation = OperationAuth {
        authtype: Some("v4-unsigned-body"),
        ..plain_operation()
    };
    for service in [
        service("s3", "s3", &["aws.auth#sigv4"]),
        service("importexport", "v2", &[]),
        service("bedrock", "v4", &["smithy.api#httpBearerAuth"]),
    ] {
        let actual = resolve(service, operation, Some(&[SIGV4A]), user);
        assert!(actual.starts_with("none "), "{actual}");
    }
}

#[test]
fn some_operations_are_never_signed() {
    let sts = service("sts", "v4", &["aws.auth#sigv4"]);
    let operation = OperationAuth {
        name: "AssumeRoleWithWebIdentity",
        ..OperationAuth::default()
    };
    let actual = resolve(sts, operation, Some(&[SIGV4]), UserAuth::default());
    assert_eq!(actual, "none sts eu-west-1");
    let actual = resolve(sts, plain_operation(), Some(&[SIGV4]), UserAuth::default());
    assert_eq!(actual, "v4 sts eu-west-1");
}

#[test]
fn a_bearer_token_in_the_environment_is_taken_for_bedrock() {
    let auth = ["aws.auth#sigv4", "smithy.api#httpBearerAuth"];
    let bedrock = service("bedrock", "v4", &auth);
    let token = UserAuth {
        has_bearer_token: true,
        ..UserAuth::default()
    };
    let check = |service, user, expected: &str| {
        assert_eq!(resolve(service, plain_operation(), None, user), expected);
    };
    check(bedrock, token, "bearer bedrock us-west-2");
    check(bedrock, UserAuth::default(), "v4 bedrock us-west-2");
    check(service("other", "v4", &auth), token, "v4 other us-west-2");
    check(
        bedrock,
        prefers("httpBearerAuth,sigv4"),
        "bearer bedrock us-west-2",
    );
    assert_eq!(
        bearer_token_variable("s3-object lambda"),
        "AWS_BEARER_TOKEN_S3_OBJECT_LAMBDA"
    );
}

#[test]
fn a_configured_version_counts_where_the_endpoint_is_silent() {
    let user = |version| UserAuth {
        signature_version: Some(version),
        ..UserAuth::default()
    };
    let check = |service, endpoint, version, expected: &str| {
        let actual = resolve(service, plain_operation(), endpoint, user(version));
        assert_eq!(actual, expected);
    };
    check(
        service("importexport", "v2", &[]),
        None,
        "v2",
        "v2 importexport us-west-2",
    );
    check(
        service("s3", "s3", &["aws.auth#sigv4"]),
        None,
        "v4",
        "v4 s3 us-west-2",
    );
    check(
        service("s3", "s3", &["aws.auth#sigv4"]),
        Some(&[SIGV4]),
        "v4",
        "s3v4 s3 eu-west-1",
    );
    check(
        service("s3", "s3", &["aws.auth#sigv4"]),
        None,
        "s3",
        "unknown signature version \"s3\"",
    );
}

#[test]
fn presigned_urls_keep_the_clients_region() {
    let s3 = service("s3", "s3", &["aws.auth#sigv4"]);
    let check = |service, endpoint, keep_endpoint_region, expected: &str| {
        let purpose = Purpose::PresignedUrl {
            keep_endpoint_region,
        };
        let operation = OperationAuth {
            authtype: Some("none"),
            ..plain_operation()
        };
        let user = UserAuth::default();
        assert_eq!(
            resolve_for(service, operation, endpoint, user, purpose),
            expected
        );
    };
    check(s3, Some([SIGV4].as_slice()), false, "s3v4 s3 us-west-2");
    check(s3, Some(&[SIGV4]), true, "s3v4 s3 eu-west-1");
    check(s3, Some(&[SIGV4A]), false, "s3v4a s3 *");
    check(
        service("events", "v4", &[]),
        Some(&[SIGV4A]),
        false,
        "signature version \"v4a-query\" is not supported for this kind of request",
    );
    check(
        service("sdb", "v2", &[]),
        None,
        false,
        "signature version \"v2-query\" is not supported for this kind of request",
    );
}
