//! A diagnosis as lines for people and as a value. Session tokens are left
//! out of both.

use awl_sign::{SignatureLocation, SigningTime};
use awl_value::{Map, Value};

use super::diagnosis::Diagnosis;
use super::difference::Difference;

/// The lines for people.
pub(super) fn lines(diagnosis: &Diagnosis) -> String {
    let mut text = match (diagnosis.verifies(), diagnosis.matches) {
        (true, _) => "The signature verifies.\n",
        (false, true) => "The signature is right, but the request would be refused.\n",
        (false, false) => "The signature does not verify.\n",
    }
    .to_owned();
    for finding in &diagnosis.findings {
        let mark = if finding.is_fatal { '-' } else { ' ' };
        text.push_str(&format!("  {mark} {}\n", finding.message));
    }
    if let Some(presented) = &diagnosis.presented {
        let place = match presented.location {
            SignatureLocation::Headers => "Authorization header",
            SignatureLocation::Query => "query",
        };
        text.push('\n');
        for (label, value) in [
            ("signed", in_words(presented.time)),
            ("key", presented.access_key_id.clone()),
            (
                "scope",
                format!("{} in {}", presented.signing_name, presented.region),
            ),
            ("place", format!("{place}, {}", algorithm(diagnosis))),
            ("headers", presented.signed_headers.join(", ")),
        ] {
            text.push_str(&format!("{label:<8} {value}\n"));
        }
    }
    if let Some(difference) = &diagnosis.difference {
        let what = what_differs(diagnosis);
        text.push_str(&format!(
            "\nThe {what} that was signed differs from the service's on line {}, at byte {} ({} \
             of all):\n{}",
            difference.line,
            difference.column,
            difference.byte,
            shown(difference).lines("signed", "service"),
        ));
    }
    if let (false, Some(reading)) = (diagnosis.matches, &diagnosis.reading) {
        text.push_str("\nThe service makes this canonical request of it:\n");
        for line in redacted(&reading.canonical_request).split('\n') {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        }
    }
    text
}

/// The value that `--output` and `--query` work on.
pub(super) fn value(diagnosis: &Diagnosis) -> Value {
    let mut map = Map::new();
    map.push("Verifies", Value::Bool(diagnosis.verifies()));
    map.push("SignatureMatches", Value::Bool(diagnosis.matches));
    if let Some(presented) = &diagnosis.presented {
        map.push("Algorithm", Value::from(algorithm(diagnosis)));
        map.push("AccessKeyId", Value::from(&*presented.access_key_id));
        map.push("Service", Value::from(&*presented.signing_name));
        map.push("Region", Value::from(&*presented.region));
        map.push("SignedAt", Value::from(presented.time.iso8601()));
        let expires = presented.expires_in.and_then(|seconds| {
            let seconds = i64::try_from(seconds).ok()?;
            let end = presented.time.epoch_seconds().checked_add(seconds)?;
            Some(SigningTime::from_epoch_seconds(end).iso8601())
        });
        map.push("ExpiresAt", expires.map_or(Value::Null, Value::from));
        let names = presented.signed_headers.iter();
        map.push(
            "SignedHeaders",
            Value::List(names.map(|name| Value::from(&**name)).collect()),
        );
    }
    let findings = diagnosis.findings.iter().map(|finding| {
        let mut map = Map::with_capacity(3);
        map.push("Code", Value::from(finding.code));
        map.push("Message", Value::from(&*finding.message));
        map.push("Refused", Value::Bool(finding.is_fatal));
        Value::Map(map)
    });
    map.push("Findings", Value::List(findings.collect()));
    if let Some(reading) = &diagnosis.reading {
        let canonical = redacted(&reading.canonical_request);
        map.push("CanonicalRequest", Value::from(canonical));
        map.push("StringToSign", Value::from(&*reading.string_to_sign));
    }
    if let Some(signed) = &diagnosis.signed {
        let canonical = redacted(&signed.canonical_request);
        map.push("SignedCanonicalRequest", Value::from(canonical));
    }
    if let Some(difference) = &diagnosis.difference {
        let number = |number: usize| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        let shown = shown(difference);
        let mut place = Map::with_capacity(6);
        place.push("Of", Value::from(what_differs(diagnosis)));
        place.push("Line", number(shown.line));
        place.push("Column", number(shown.column));
        place.push("Byte", number(shown.byte));
        place.push("Signed", Value::from(shown.ours));
        place.push("Service", Value::from(shown.theirs));
        map.push("Difference", Value::Map(place));
    }
    Value::Map(map)
}

fn algorithm(diagnosis: &Diagnosis) -> &'static str {
    match &diagnosis.presented {
        Some(presented) if presented.asymmetric => awl_sign::ALGORITHM_V4A,
        _ => awl_sign::ALGORITHM_V4,
    }
}

fn what_differs(diagnosis: &Diagnosis) -> &'static str {
    if diagnosis.differs_in_string_to_sign {
        "string to sign"
    } else {
        "canonical request"
    }
}

/// `2015-08-30 12:36:00 UTC`.
fn in_words(time: SigningTime) -> String {
    let text = time.iso8601();
    format!("{} UTC", text.replace('T', " ").trim_end_matches('Z'))
}

fn shown(difference: &Difference) -> Difference {
    Difference {
        ours: redacted(&difference.ours),
        theirs: redacted(&difference.theirs),
        ..difference.clone()
    }
}

/// A text without the session tokens in it. As many letters stand there, so
/// that places stay what they are.
fn redacted(text: &str) -> String {
    const BEFORE: [&str; 4] = [
        "x-amz-security-token:",
        "x-amz-s3session-token:",
        "X-Amz-Security-Token=",
        "X-Amz-S3session-Token=",
    ];
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let next = BEFORE
            .iter()
            .filter_map(|name| rest.find(name).map(|at| at + name.len()))
            .min();
        let Some(start) = next else {
            output.push_str(rest);
            return output;
        };
        let (before, value) = rest.split_at(start);
        let end = value.find(['&', '\n']).unwrap_or(value.len());
        output.push_str(before);
        output.extend(value[..end].chars().map(|_| '*'));
        rest = &value[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_left_out() {
        assert_eq!(
            redacted("x\nX-Amz-Security-Token=a%2F&b\nx-amz-security-token:t0\n"),
            "x\nX-Amz-Security-Token=****&b\nx-amz-security-token:**\n"
        );
        assert_eq!(redacted("plain"), "plain");
    }
}
