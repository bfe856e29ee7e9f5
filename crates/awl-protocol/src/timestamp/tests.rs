use super::*;

#[test]
fn text_is_read_as_dateutil_reads_it() {
    for (text, micros, offset) in [
        ("2015-01-01T00:00:00Z", 1_420_070_400_000_000, Some(0)),
        (
            "2015-01-01T00:00:00.123456789Z",
            1_420_070_400_123_456,
            Some(0),
        ),
        (
            "2015-01-01T00:00:00+05:30",
            1_420_050_600_000_000,
            Some(19_800),
        ),
        ("2015-01-01 00:00:00 UTC", 1_420_070_400_000_000, Some(0)),
        ("2015-01-01T00:00:00", 1_420_070_400_000_000, None),
        ("2015-01-01", 1_420_070_400_000_000, None),
        ("20150101T000000Z", 1_420_070_400_000_000, Some(0)),
        (
            "Thu, 01 Jan 2015 00:00:00 GMT",
            1_420_070_400_000_000,
            Some(0),
        ),
        (
            "Thu, 1 Jan 2015 00:00:00 -0500",
            1_420_088_400_000_000,
            Some(-18_000),
        ),
        (
            "Sunday, 06-Nov-94 08:49:37 GMT",
            784_111_777_000_000,
            Some(0),
        ),
        ("Sun Nov  6 08:49:37 1994", 784_111_777_000_000, None),
        ("Jan 1, 2015 3:04:05 PM UTC", 1_420_124_645_000_000, Some(0)),
    ] {
        let expected = match offset {
            Some(offset) => Parsed::Aware(Timestamp {
                micros,
                zone: Zone::Offset(offset),
            }),
            None => Parsed::Naive(micros),
        };
        assert_eq!(parse(text), Some(expected), "{text}");
    }
    for text in [
        "",
        "x",
        "2015-13-01",
        "-1",
        "nan",
        "0000-01-01",
        "1e300",
        "Thu",
    ] {
        let read = parse(text);
        assert!(read.is_none() || text == "-1", "{text}: {read:?}");
    }
}

#[test]
fn numbers_are_seconds_in_the_local_zone() {
    for (text, micros) in [
        ("0", 0),
        ("1.5", 1_500_000),
        (" 1420070400 ", 1_420_070_400_000_000),
        ("-1.000001", -1_000_001),
        ("1e3", 1_000_000_000),
    ] {
        assert_eq!(parse(text), Some(Parsed::Aware(local(micros))), "{text}");
    }
}

#[test]
fn times_are_written_in_every_format_and_precision() {
    use TimestampFormat::{Iso8601, Rfc822, UnixTimestamp};
    use TimestampPrecision::{Full, Legacy, Millisecond};
    let micros = 1_420_070_400_123_456;
    for (kind, precision, expected) in [
        (Iso8601, Full, "2015-01-01T00:00:00.123456Z"),
        (Iso8601, Millisecond, "2015-01-01T00:00:00.123Z"),
        (Rfc822, Full, "Thu, 01 Jan 2015 00:00:00 GMT"),
        (UnixTimestamp, Full, "1420070400.123456"),
        (UnixTimestamp, Millisecond, "1420070400.123"),
        (UnixTimestamp, Legacy, "1420070400"),
    ] {
        assert_eq!(format(micros, kind, precision).into_text(), expected);
    }
}
