//! What of two outcomes must be the same.

use super::scenario::Step;

/// Makes standard error of version 1 of the AWS CLI that of version 2, which
/// names the program and the kind of message.
pub(super) fn as_version_2(stderr: &str) -> String {
    match stderr.strip_prefix('\n') {
        Some(message) => format!("\naws: [ERROR]: {message}"),
        None => stderr.to_owned(),
    }
}

/// An output with what two calls cannot share replaced: the time, and the
/// members that the step names.
pub(super) fn masked(output: &str, step: &Step) -> String {
    let mut result = String::with_capacity(output.len());
    for line in output.split_inclusive('\n') {
        let member = step.masks.iter().find_map(|name| {
            let start = line.find(&format!("\"{name}\": "))?;
            Some(&line[..start + name.len() + 4])
        });
        match member {
            Some(start) => {
                let comma = if line.trim_end().ends_with(',') {
                    ","
                } else {
                    ""
                };
                result.push_str(&format!("{start}<masked>{comma}\n"));
            }
            None => mask_times(line, &mut result),
        }
    }
    result
}

/// Copies a line with `2026-11-22T03:04:05.678901` made `<time>`; a zone that
/// follows stays.
fn mask_times(mut line: &str, result: &mut String) {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    while let Some(offset) = (0..line.len()).find(|at| {
        line.as_bytes()[*at..]
            .get(..SHAPE.len())
            .is_some_and(|bytes| {
                bytes.iter().zip(SHAPE).all(|(byte, shape)| match shape {
                    b'0' => byte.is_ascii_digit(),
                    _ => byte == shape,
                })
            })
    }) {
        result.push_str(&line[..offset]);
        result.push_str("<time>");
        let rest = &line[offset + SHAPE.len()..];
        line = match rest.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|digit: char| digit.is_ascii_digit()),
            None => rest,
        };
    }
    result.push_str(line);
}

#[test]
fn times_are_masked_and_their_zones_are_not() {
    let step = Step {
        masks: vec!["Blob".to_owned()],
        ..Step::default()
    };
    assert_eq!(
        masked(
            "{\n  \"At\": \"2026-11-22T03:04:05.678+00:00\", \"é\": 2026-11-22T03:04:05Z\n  \"Blob\": \"x\",\n}\n",
            &step
        ),
        "{\n  \"At\": \"<time>+00:00\", \"é\": <time>Z\n  \"Blob\": <masked>,\n}\n"
    );
}
