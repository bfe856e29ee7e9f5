use super::{Arity, Check, Spec, parse};

static FORMATS: &[&str] = &["json", "text"];

fn specs() -> Vec<Spec<'static>> {
    vec![
        Spec::new("--region"),
        Spec {
            arity: Arity::Zero,
            ..Spec::new("--no-paginate")
        },
        Spec {
            arity: Arity::Zero,
            ..Spec::new("--no-sign-request")
        },
        Spec {
            check: Check::Names(&FORMATS),
            ..Spec::new("--output")
        },
        Spec {
            arity: Arity::Any,
            ..Spec::new("--ids")
        },
        Spec {
            arity: Arity::Optional,
            ..Spec::new("--skeleton")
        },
        Spec {
            check: Check::Integer,
            ..Spec::new("--count")
        },
        Spec {
            check: Check::Float,
            ..Spec::new("--ratio")
        },
        Spec {
            arity: Arity::Optional,
            check: Check::Names(&FORMATS),
            abbreviates: false,
            ..Spec::new("--print")
        },
        Spec {
            required: true,
            ..Spec::new("command")
        },
        Spec {
            arity: Arity::Optional,
            ..Spec::new("help")
        },
    ]
}

/// What is found, as `name=words`, then what is left over.
fn found(words: &[&str]) -> Result<String, String> {
    let specs = specs();
    let parsed = parse(&specs, words)?;
    let mut parts: Vec<String> = parsed
        .found
        .iter()
        .map(|(index, words)| format!("{}={}", specs[*index].name, words.join(" ")))
        .collect();
    parts.push(format!("rest={}", parsed.extras.join(" ")));
    Ok(parts.join("; "))
}

/// Checked against Python's argparse, but for the last three.
#[test]
fn words_go_where_argparse_puts_them() {
    for (words, expected) in [
        ("go", "command=go; rest="),
        ("go --region x", "command=go; --region=x; help=; rest="),
        ("--region x go", "--region=x; command=go; help=; rest="),
        ("--region=x=y go", "--region=x=y; command=go; help=; rest="),
        ("--reg x go", "--region=x; command=go; help=; rest="),
        ("--no-p go", "--no-paginate=; command=go; help=; rest="),
        ("go help", "command=go; help=help; rest="),
        ("go a b c", "command=go; help=a; rest=b c"),
        ("go --other a b", "command=go; help=; rest=--other a b"),
        (
            "go --ids a b --region x",
            "command=go; help=; --ids=a b; --region=x; rest=",
        ),
        ("go --ids", "command=go; help=; --ids=; rest="),
        ("go --ids=a b", "command=go; help=; --ids=a; rest=b"),
        ("go --skeleton", "command=go; help=; --skeleton=; rest="),
        (
            "go --skeleton input",
            "command=go; help=; --skeleton=input; rest=",
        ),
        ("go --count -5", "command=go; help=; --count=-5; rest="),
        (
            "go --ratio -.5e3",
            "command=go; help=; --ratio=-.5e3; rest=",
        ),
        ("go --region -- x", "error"),
        ("-- go", "command=go; help=; rest="),
        ("go -- --region x", "command=go; help=--region; rest=x"),
        ("go -x --region y", "command=go; help=; --region=y; rest=-x"),
        (
            "go --region a --region b",
            "command=go; help=; --region=a; --region=b; rest=",
        ),
        (
            "go --print --region x",
            "command=go; help=; --print=; --region=x; rest=",
        ),
        // What argparse refuses.
        ("go --region -x", "command=go; help=; --region=-x; rest="),
        (
            "go --ids -x --- -y",
            "command=go; help=; --ids=-x --- -y; rest=",
        ),
        ("--print go", "--print=; command=go; help=; rest="),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let result = found(&words).unwrap_or_else(|_| "error".to_owned());
        let sorted = |text: &str| {
            // When a positional without words is met is of no consequence.
            text.replace("help=; ", "")
        };
        assert_eq!(sorted(&result), sorted(expected), "{words:?}");
    }
}

/// Checked against Python's argparse.
#[test]
fn errors_are_argparses() {
    for (words, expected) in [
        ("", "the following arguments are required: command"),
        ("go --region", "argument --region: expected one argument"),
        (
            "go --region --ids",
            "argument --region: expected one argument",
        ),
        (
            "go --region --unknown",
            "argument --region: expected one argument",
        ),
        (
            "go --no-paginate=x",
            "argument --no-paginate: ignored explicit argument 'x'",
        ),
        (
            "go --no",
            "ambiguous option: --no could match --no-paginate, --no-sign-request",
        ),
        ("go --count x", "argument --count: invalid int value: 'x'"),
        (
            "go --ratio 1,5",
            "argument --ratio: invalid float value: '1,5'",
        ),
        (
            "go --output xml",
            "argument --output: Found invalid choice 'xml'\n",
        ),
        (
            "go --output jsn",
            "argument --output: Found invalid choice 'jsn'\n\nMaybe you meant:\n\n  * json",
        ),
    ] {
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        assert_eq!(found(&words), Err(expected.to_owned()), "{words:?}");
    }
}

#[test]
fn a_word_with_a_space_is_no_option() {
    let words = ["go", "--region", "--a b"];
    let parsed = parse(&specs(), &words).map(|parsed| parsed.last(0).map(<[_]>::to_vec));
    assert_eq!(parsed, Ok(Some(vec!["--a b"])));
}

#[test]
fn what_awl_alone_has_takes_part_in_no_prefix() {
    let words = ["go", "--prin"];
    let parsed = parse(&specs(), &words).map(|parsed| parsed.extras);
    assert_eq!(parsed, Ok(vec!["--prin"]));
}
