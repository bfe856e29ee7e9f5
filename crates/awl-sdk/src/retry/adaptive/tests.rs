//! The figures are those that the formulas give by hand.

use super::{CubicCurve, MeasuredRate, RateLimiter, TokenBucket};

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-7
}

#[test]
fn the_curve_is_cubic_and_meets_its_maximum_at_the_plateau() {
    let curve = CubicCurve::new(10.0, 0.0);
    assert!(close(curve.plateau, 1.957_433_820_584_431_7));
    assert!(curve.succeeded(curve.plateau / 3.0) < 10.0);
    assert!(curve.succeeded(curve.plateau / 1.1) < 10.0);
    assert!(close(curve.succeeded(curve.plateau), 10.0));
    assert!(curve.succeeded(curve.plateau * 1.1) > 10.0);
    assert!(curve.succeeded(curve.plateau * 2.0) > 10.0);
}

#[test]
fn throttling_cuts_the_rate_and_starts_the_curve_again() {
    let mut curve = CubicCurve::new(10.0, 0.0);
    assert!(close(curve.throttled(8.0, 1.0), 5.6));
    assert!(close(curve.last_maximum, 8.0));
    assert!(close(curve.plateau, 1.817_120_592_832_139_7));
    assert!(close(curve.succeeded(1.0), 5.6));
}

#[test]
fn tokens_drip_in_at_the_rate_up_to_the_capacity() {
    let mut bucket = TokenBucket::new(10.0, 0.0);
    for step in 0..20 {
        assert_eq!(bucket.acquire(1.0, 1.0 + 0.1 * f64::from(step)), None);
    }
    let mut bucket = TokenBucket::new(10.0, 0.0);
    assert_eq!(bucket.acquire(1.0, 0.1), None);
    let wait = bucket.acquire(1.0, 0.15).unwrap();
    assert!(close(wait, 0.05));
    assert_eq!(bucket.acquire(1.0, 0.2), None);
    assert!(bucket.acquire(100.0, 5.0).is_some());
    assert!(close(bucket.available, 10.0));
}

#[test]
fn a_lower_rate_lowers_the_capacity_but_not_below_one() {
    let mut bucket = TokenBucket::new(10.0, 0.0);
    bucket.set_rate(1.0, 5.0);
    assert!(close(bucket.available, 1.0));
    bucket.set_rate(0.1, 6.0);
    assert!(close(bucket.rate, 0.5));
    assert!(close(bucket.capacity, 1.0));
}

#[test]
fn the_measured_rate_is_smoothed() {
    let mut measured = MeasuredRate::new(0.0);
    assert!(close(measured.record(1.0), 0.8));
    for second in 2..=20 {
        measured.record(f64::from(second));
    }
    assert!(close(measured.rate, 1.0));
    // Within one half second nothing changes.
    let before = measured.rate;
    assert!(close(measured.record(20.2), before));
    // Two requests since, in half a second: 0.8 * 4 + 0.2 * 1.
    assert!(close(measured.record(20.5), 0.8 * 4.0 + 0.2 * before));
}

#[test]
fn nothing_is_limited_until_the_first_throttling() {
    let limiter = RateLimiter::new(0.0);
    for step in 1..100 {
        let now = f64::from(step) / 100.0;
        assert_eq!(limiter.acquire(now), None);
        limiter.learn(false, now);
    }
    // 67.2 a second from here on, and 0.505 of a token has dripped in.
    limiter.learn(true, 1.0);
    let wait = limiter.acquire(1.0).unwrap();
    assert!(close(wait, 0.007_366_071_428_571_43), "{wait}");
    assert_eq!(limiter.acquire(1.0 + wait + 1e-9), None);
}

/// The rates that botocore's `ClientRateLimiter` has on the same trace.
#[test]
fn the_rate_follows_the_references() {
    let limiter = RateLimiter::new(0.0);
    for step in 1..100 {
        limiter.learn(false, f64::from(step) / 100.0);
    }
    limiter.learn(true, 1.0);
    let expected = [
        (0, 68.225_989_187_683_01),
        (8, 2.777_6),
        (16, 1.886_945_708_362_703_7),
        (24, 1.954_469_074_286_940_4),
        (32, 2.432_894_884_642_17),
        (39, 4.768_389_775_485_842),
    ];
    let mut now = 1.0;
    for step in 0..40 {
        now += f64::from(step % 7) * 0.11 + 0.05;
        limiter.learn(step % 9 == 4, now);
        let rate = limiter.0.lock().unwrap().bucket.rate;
        for (_, expected) in expected.iter().filter(|(at, _)| *at == step) {
            assert!((rate - expected).abs() < 1e-3, "{step}: {rate}");
        }
    }
}

#[test]
fn the_rate_never_exceeds_twice_what_was_measured() {
    let limiter = RateLimiter::new(0.0);
    let mut now = 0.0;
    for _ in 0..50 {
        now += 0.1;
        limiter.learn(false, now);
    }
    limiter.learn(true, now);
    // Long after, the curve is far above what the client really sends.
    for _ in 0..50 {
        now += 1.0;
        limiter.learn(false, now);
    }
    let state = limiter.0.lock().unwrap();
    assert!(state.curve.succeeded(now) > 1000.0);
    assert!(close(state.bucket.rate, 2.0 * state.measured.rate));
}
