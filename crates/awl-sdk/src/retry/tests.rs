use std::time::Duration;

use super::*;

fn policy(service: &str, service_id: &str, new_2026: bool, attempts: Option<u32>) -> RetryPolicy {
    RetryPolicy::new(&RetryConfig {
        mode: RetryMode::Standard,
        max_attempts: attempts,
        new_2026,
        service,
        service_id,
        now: 0.0,
    })
}

fn ec2() -> RetryPolicy {
    policy("ec2", "EC2", false, None)
}

fn response(status: u16, error_code: Option<&'static str>) -> Outcome<'static> {
    Outcome::Response {
        status,
        error_code,
        modelled: None,
        headers: &[],
        body: b"",
    }
}

fn attempt(number: u32, outcome: Outcome<'_>) -> Attempt<'_> {
    Attempt {
        number,
        operation: "DescribeInstances",
        outcome,
    }
}

fn decide(policy: &RetryPolicy, number: u32, outcome: Outcome<'_>, random: f64) -> Decision {
    policy.decide(
        &mut CallState::default(),
        &attempt(number, outcome),
        0.0,
        random,
    )
}

fn is_retried(policy: &RetryPolicy, outcome: Outcome<'_>) -> bool {
    matches!(decide(policy, 1, outcome, 0.5), Decision::Retry { .. })
}

fn retry_in(seconds: f64) -> Decision {
    Decision::Retry {
        after: Duration::from_secs_f64(seconds),
    }
}

#[test]
fn statuses_and_codes_decide() {
    for (status, code, expected) in [
        (500, None, true),
        (502, Some("Whatever"), true),
        (503, None, true),
        (504, None, true),
        (501, None, false),
        (400, Some("RequestTimeout"), true),
        (400, Some("RequestTimeoutException"), true),
        (400, Some("PriorRequestNotComplete"), true),
        (400, Some("Throttling"), true),
        (400, Some("ThrottlingException"), true),
        (400, Some("ThrottledException"), true),
        (400, Some("RequestThrottledException"), true),
        (400, Some("TooManyRequestsException"), true),
        (400, Some("ProvisionedThroughputExceededException"), true),
        (400, Some("TransactionInProgressException"), true),
        (400, Some("RequestLimitExceeded"), true),
        (509, Some("BandwidthLimitExceeded"), true),
        (400, Some("LimitExceededException"), true),
        (403, Some("RequestThrottled"), true),
        (400, Some("SlowDown"), true),
        (400, Some("EC2ThrottledException"), true),
        (400, Some("AccessDenied"), false),
        (403, Some("RequestTimeTooSkewed"), false),
        (400, Some("throttling"), false),
        (400, None, false),
        (429, None, false),
        (200, None, false),
    ] {
        let outcome = response(status, code);
        assert_eq!(is_retried(&ec2(), outcome), expected, "{status} {code:?}");
    }
}

#[test]
fn every_failure_of_the_network_is_retried() {
    use TransportErrorKind as Kind;
    for kind in [
        Kind::Connect,
        Kind::ConnectTimeout,
        Kind::ReadTimeout,
        Kind::Tls,
        Kind::ConnectionClosed,
        Kind::Proxy,
        Kind::Response,
    ] {
        assert!(is_retried(&ec2(), Outcome::Transport(kind)), "{kind:?}");
    }
    for kind in [Kind::Request, Kind::Checksum] {
        assert!(!is_retried(&ec2(), Outcome::Transport(kind)), "{kind:?}");
    }
}

#[test]
fn models_decide() {
    let store = awl_test::compile(
        r#"{
        "metadata": {"serviceId": "Test", "protocol": "json"},
        "operations": {"Do": {"name": "Do", "http": {"method": "POST", "requestUri": "/"},
            "errors": [{"shape": "Fast"}, {"shape": "Passing"}, {"shape": "Coded"}, {"shape": "Final"}]}},
        "shapes": {
            "Fast": {"type": "structure", "members": {}, "exception": true,
                     "retryable": {"throttling": true}},
            "Passing": {"type": "structure", "members": {}, "exception": true, "retryable": {}},
            "Coded": {"type": "structure", "members": {}, "exception": true,
                      "error": {"code": "Other"}, "retryable": {"throttling": false}},
            "Final": {"type": "structure", "members": {}, "exception": true},
            "Foreign": {"type": "structure", "members": {}, "exception": true, "retryable": {}}
        }}"#,
    );
    let operation = store.service("test").unwrap().operation("Do").unwrap();
    for (code, expected) in [
        ("Fast", Some(ModelledRetry::Throttling)),
        ("Passing", Some(ModelledRetry::Transient)),
        ("Other", Some(ModelledRetry::Transient)),
        ("Coded", None),
        ("Final", None),
        ("Foreign", None),
        ("Unknown", None),
    ] {
        let modelled = modelled_retry(operation, code);
        assert_eq!(modelled, expected, "{code}");
        let outcome = Outcome::Response {
            status: 400,
            error_code: Some(code),
            modelled,
            headers: &[],
            body: b"",
        };
        assert_eq!(is_retried(&ec2(), outcome), expected.is_some(), "{code}");
    }
}

#[test]
fn services_have_their_own_cases() {
    let sts = policy("sts", "STS", false, None);
    assert!(is_retried(
        &sts,
        response(400, Some("IDPCommunicationError"))
    ));
    assert!(!is_retried(
        &ec2(),
        response(400, Some("IDPCommunicationError"))
    ));

    let dynamodb = policy("dynamodb", "DynamoDB", false, None);
    let checked = |value: &str| vec![("X-Amz-Crc32".to_owned(), value.to_owned())];
    for (value, expected) in [("907060870", false), ("907060871", true), ("none", false)] {
        let headers = checked(value);
        let outcome = Outcome::Response {
            status: 200,
            error_code: None,
            modelled: None,
            headers: &headers,
            body: b"hello",
        };
        assert_eq!(is_retried(&dynamodb, outcome), expected, "{value}");
        assert!(!is_retried(&ec2(), outcome), "{value}");
    }
    assert!(!is_retried(&dynamodb, response(200, None)));
}

#[test]
fn delays_double_up_to_twenty_seconds() {
    let policy = policy("ec2", "EC2", false, Some(100));
    for (number, longest) in [
        (1, 1.0),
        (2, 2.0),
        (3, 4.0),
        (5, 16.0),
        (6, 20.0),
        (99, 20.0),
    ] {
        let outcome = response(500, None);
        assert_eq!(decide(&policy, number, outcome, 1.0), retry_in(longest));
        assert_eq!(
            decide(&policy, number, outcome, 0.25),
            retry_in(longest / 4.0)
        );
        assert_eq!(decide(&policy, number, outcome, 0.0), retry_in(0.0));
    }
}

#[test]
fn the_last_attempt_is_marked_whatever_came_of_it() {
    for outcome in [
        response(500, None),
        response(403, Some("AccessDenied")),
        Outcome::Transport(TransportErrorKind::Connect),
    ] {
        let decision = decide(&ec2(), 3, outcome, 0.5);
        let expected = Decision::Return {
            max_attempts_reached: true,
            quota_reached: false,
            after: Duration::ZERO,
        };
        assert_eq!(decision, expected);
    }
    let once = policy("ec2", "EC2", false, Some(1));
    assert!(matches!(
        decide(&once, 1, response(400, Some("Bad")), 0.5),
        Decision::Return {
            max_attempts_reached: true,
            ..
        }
    ));
}

#[test]
fn services_attempts_differ_in_the_new_rules_alone() {
    for (service_id, new_2026, configured, expected) in [
        ("DynamoDB", false, None, 3),
        ("DynamoDB", true, None, 4),
        ("DynamoDB Streams", true, None, 4),
        ("DynamoDB", true, Some(2), 2),
        ("EC2", true, None, 3),
        ("EC2", false, Some(7), 7),
    ] {
        let policy = policy("any", service_id, new_2026, configured);
        assert_eq!(policy.max_attempts(), expected, "{service_id} {new_2026}");
    }
}

#[test]
fn the_new_rules_delay_less_where_nothing_throttles() {
    for (service_id, outcome, number, expected) in [
        ("EC2", response(500, None), 1, 0.05),
        ("EC2", response(500, None), 2, 0.1),
        ("EC2", response(400, Some("Throttling")), 1, 1.0),
        ("EC2", response(400, Some("Throttling")), 2, 2.0),
        ("DynamoDB", response(500, None), 1, 0.025),
        ("DynamoDB Streams", response(500, None), 2, 0.05),
        ("EC2", response(500, None), 12, 20.0),
    ] {
        let policy = policy("any", service_id, true, Some(50));
        assert_eq!(
            decide(&policy, number, outcome, 1.0),
            retry_in(expected),
            "{service_id} {number}"
        );
    }
}

#[test]
fn the_service_may_ask_for_a_longer_delay_in_the_new_rules() {
    for (value, new_2026, expected) in [
        ("1500", true, 1.5),
        ("60000", true, 5.05),
        ("1", true, 0.05),
        ("-5", true, 0.05),
        ("soon", true, 0.05),
        ("1500", false, 1.0),
    ] {
        let headers = [("x-amz-retry-after".to_owned(), value.to_owned())];
        let outcome = Outcome::Response {
            status: 503,
            error_code: None,
            modelled: None,
            headers: &headers,
            body: b"",
        };
        let policy = policy("ec2", "EC2", new_2026, None);
        assert_eq!(
            decide(&policy, 1, outcome, 1.0),
            retry_in(expected),
            "{value}"
        );
    }
}

/// How many first retries a client may make in vain.
fn retries_until_quota(policy: &RetryPolicy, outcome: Outcome<'_>) -> u32 {
    let mut count = 0;
    loop {
        match decide(policy, 1, outcome, 0.5) {
            Decision::Retry { .. } => count += 1,
            Decision::Return {
                max_attempts_reached,
                quota_reached,
                after,
            } => {
                assert!(quota_reached && !max_attempts_reached && after.is_zero());
                return count;
            }
        }
    }
}

#[test]
fn retries_cost_quota() {
    let timeout = Outcome::Transport(TransportErrorKind::ReadTimeout);
    let slow = Outcome::Transport(TransportErrorKind::ConnectTimeout);
    let closed = Outcome::Transport(TransportErrorKind::ConnectionClosed);
    let throttled = response(400, Some("SlowDown"));
    for (outcome, new_2026, expected) in [
        (response(500, None), false, 100),
        (throttled, false, 100),
        (closed, false, 100),
        (timeout, false, 50),
        (slow, false, 50),
        (response(500, None), true, 35),
        (timeout, true, 35),
        (throttled, true, 100),
    ] {
        let policy = policy("ec2", "EC2", new_2026, None);
        assert_eq!(retries_until_quota(&policy, outcome), expected);
    }
}

#[test]
fn success_gives_quota_back() {
    let policy = ec2();
    assert_eq!(retries_until_quota(&policy, response(500, None)), 100);
    // A call that needed no retry gives one back; five are one retry.
    for _ in 0..4 {
        policy.finish(&CallState::default(), 200);
    }
    assert_eq!(retries_until_quota(&policy, response(500, None)), 0);
    policy.finish(&CallState::default(), 200);

    // One that was retried gives back what its last retry took.
    let mut call = CallState::default();
    let failed = attempt(1, response(500, None));
    assert!(matches!(
        policy.decide(&mut call, &failed, 0.0, 0.5),
        Decision::Retry { .. }
    ));
    policy.finish(&call, 503);
    assert_eq!(retries_until_quota(&policy, response(500, None)), 0);
    policy.finish(&call, 204);
    assert_eq!(retries_until_quota(&policy, response(500, None)), 1);
}

#[test]
fn polling_goes_on_slowly_without_quota_in_the_new_rules() {
    for (service_id, operation, new_2026, expected) in [
        ("SQS", "ReceiveMessage", true, 0.05),
        ("SFN", "GetActivityTask", true, 0.05),
        ("SWF", "PollForDecisionTask", true, 0.05),
        ("SWF", "PollForActivityTask", true, 0.05),
        ("SQS", "SendMessage", true, 0.0),
        ("SQS", "ReceiveMessage", false, 0.0),
    ] {
        let policy = policy("any", service_id, new_2026, None);
        retries_until_quota(&policy, response(500, None));
        let failed = Attempt {
            number: 1,
            operation,
            outcome: response(500, None),
        };
        let decision = policy.decide(&mut CallState::default(), &failed, 0.0, 1.0);
        let expected = Decision::Return {
            max_attempts_reached: false,
            quota_reached: true,
            after: Duration::from_secs_f64(expected),
        };
        assert_eq!(decision, expected, "{service_id} {operation} {new_2026}");
    }
}

#[test]
fn only_the_adaptive_mode_slows_sending() {
    for (mode, slows) in [(RetryMode::Standard, false), (RetryMode::Adaptive, true)] {
        let policy = RetryPolicy::new(&RetryConfig {
            mode,
            max_attempts: None,
            new_2026: false,
            service: "ec2",
            service_id: "EC2",
            now: 0.0,
        });
        assert_eq!(policy.delay_before_send(0.1), None);
        let throttled = attempt(1, response(400, Some("RequestLimitExceeded")));
        for step in 1..5 {
            let now = f64::from(step) / 10.0;
            policy.decide(&mut CallState::default(), &throttled, now, 0.5);
        }
        let delays: Vec<_> = (0..5).map(|_| policy.delay_before_send(0.5)).collect();
        assert_eq!(delays.iter().any(Option::is_some), slows, "{delays:?}");
        if let Some(delay) = delays.last().copied().flatten() {
            let later = 0.5 + delay.as_secs_f64() + 1e-6;
            assert_eq!(policy.delay_before_send(later), None);
        }
    }
}

#[test]
fn settings_are_checked_in_the_real_words() {
    assert_eq!(RetryMode::parse("adaptive"), Ok(RetryMode::Adaptive));
    assert_eq!(
        RetryMode::parse("legacy").unwrap_err().to_string(),
        "Invalid value provided to \"mode\": \"legacy\" must be one of: \"standard\" or \"adaptive\""
    );
    assert_eq!(max_attempts(5), Ok(5));
    assert_eq!(
        max_attempts(0).unwrap_err().to_string(),
        "Value provided to \"max_attempts\": 0 must be an integer greater than or equal to one."
    );
    assert!(max_attempts(-1).is_err());
}

#[test]
fn the_header_tells_of_the_attempt() {
    assert_eq!(request_header(1, 3, None), "attempt=1");
    assert_eq!(request_header(2, 3, None), "attempt=2; max=3");
    assert_eq!(
        request_header(3, 5, Some("20210101T000100Z")),
        "ttl=20210101T000100Z; attempt=3; max=5"
    );
}

#[test]
fn the_end_of_listening_is_reckoned_from_the_services_clock() {
    let minute = Duration::from_secs(60);
    for (date, expected) in [
        ("Fri, 01 Jan 2021 00:00:00 GMT", Some("20210101T000100Z")),
        ("Thu, 31 Dec 2020 23:59:30 GMT", Some("20210101T000030Z")),
        ("2021-01-01T00:00:00Z", None),
        ("Fri, 01 Foo 2021 00:00:00 GMT", None),
        ("Fri, 01 Jan 2021 00:00 GMT", None),
        ("", None),
    ] {
        assert_eq!(time_to_live(date, minute).as_deref(), expected, "{date}");
    }
}
