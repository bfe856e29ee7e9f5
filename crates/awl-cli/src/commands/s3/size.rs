//! Sizes for people to read.
// Parity: awscli/customizations/s3/utils.py, human_readable_size.

/// `1 Byte`, `12 Bytes`, `1.5 KiB`.
pub(super) fn human_readable(bytes: i64) -> String {
    const BASE: f64 = 1024.0;
    if bytes == 1 {
        return "1 Byte".to_owned();
    }
    let bytes_float = bytes as f64;
    if bytes_float < BASE {
        return format!("{bytes} Bytes");
    }
    let mut unit = BASE;
    let mut suffixes = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].iter().peekable();
    while let Some(suffix) = suffixes.next() {
        unit *= BASE;
        // What rounds to the next unit is told in that.
        if (bytes_float / unit * BASE).round_ties_even() < BASE || suffixes.peek().is_none() {
            return format!("{:.1} {suffix}", BASE * bytes_float / unit);
        }
    }
    format!("{bytes} Bytes")
}

#[cfg(test)]
mod tests {
    use super::human_readable;

    /// Checked against the AWS CLI's own.
    #[test]
    fn sizes_are_those_of_the_aws_cli() {
        for (bytes, expected) in [
            (0, "0 Bytes"),
            (1, "1 Byte"),
            (1023, "1023 Bytes"),
            (1024, "1.0 KiB"),
            (1587, "1.5 KiB"),
            (1024 * 1024 - 1, "1.0 MiB"),
            (1_048_064, "1.0 MiB"),
            (1_048_063, "1023.5 KiB"),
            (1024 * 1024, "1.0 MiB"),
            (5 << 40, "5.0 TiB"),
            (i64::MAX, "8.0 EiB"),
        ] {
            assert_eq!(human_readable(bytes), expected, "{bytes}");
        }
    }
}
