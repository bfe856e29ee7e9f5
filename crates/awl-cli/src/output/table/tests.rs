use awl_value::{Value, json};
use proptest::prelude::*;

use super::{Colour, Paper, write_table};

const PAPER: Paper = Paper {
    width: 80,
    colour: Colour::Off,
};

fn table(document: &str, paper: Paper) -> Result<String, String> {
    let mut out = String::new();
    let value = json::parse(document).unwrap();
    write_table("DescribeThings", &value, paper, &mut out)?;
    Ok(out)
}

/// All expected texts here are what the AWS CLI's own formatter writes.
#[test]
fn structures_and_lists() {
    for (document, expected) in [
        (
            r#"{"Account": "1", "Arn": "arn:é"}"#,
            "\
-----------------------
|   DescribeThings    |
+----------+----------+
|  Account |   Arn    |
+----------+----------+
|  1       |  arn:é  |
+----------+----------+
",
        ),
        (
            r#"{"One": 1}"#,
            "\
----------------
|DescribeThings|
+-------+------+
|  One  |  1   |
+-------+------+
",
        ),
        (
            r#"{"Vpcs": [{"Id": "vpc-1", "Tags": [{"Key": "Name", "Value": "日本"}],
                "Main": true}, {"Id": "vpc-2", "Main": null}]}"#,
            "\
-----------------------
|   DescribeThings    |
+---------------------+
||       Vpcs        ||
|+---------+---------+|
||   Id    |  Main   ||
|+---------+---------+|
||  vpc-1  |  True   ||
|+---------+---------+|
|||      Tags       |||
||+-------+---------+||
|||  Key  |  Value  |||
||+-------+---------+||
|||  Name |  日本   |||
||+-------+---------+||
||       Vpcs        ||
|+---------+---------+|
||   Id    |  Main   ||
|+---------+---------+|
||  vpc-2  |  None   ||
|+---------+---------+|
",
        ),
        (
            r#"[["a", 1], ["bb", 2.5]]"#,
            "\
----------------
|DescribeThings|
+-----+--------+
|  a  |  1     |
|  bb |  2.5   |
+-----+--------+
",
        ),
        (
            r#"["a", ["b"], [["c"], ["dd"]]]"#,
            "\
----------------
|DescribeThings|
+--------------+
|  a           |
|  b           |
|  c           |
|  dd          |
+--------------+
",
        ),
        (
            r#"[{"a": {"b": 1}}, {"a": 2}]"#,
            "\
----------------
|DescribeThings|
+--------------+
|       a      |
+--------------+
|  {'b': 1}    |
+--------------+
||      a     ||
|+-----+------+|
||  b  |  1   ||
|+-----+------+|
|DescribeThings|
+--------------+
|       a      |
+--------------+
|  2           |
+--------------+
||      a     ||
|+------------+|
",
        ),
        ("[{}, {}]", "----------------\n|DescribeThings|\n"),
        (
            "\"text\"",
            "----------------\n|DescribeThings|\n+--------------+\n",
        ),
    ] {
        assert_eq!(table(document, PAPER).unwrap(), expected, "{document}");
    }
    for document in ["{}", "[]", "null", "0", "0.0", "false", "\"\""] {
        assert_eq!(table(document, PAPER).unwrap(), "", "{document}");
    }
}

#[test]
fn what_is_too_wide_stands_upright() {
    let document = r#"{"Narrow": "y", "Wide": "0123456789012345678901234567890123456789"}"#;
    let narrow = Paper { width: 50, ..PAPER };
    assert_eq!(
        table(document, PAPER).unwrap(),
        "\
--------------------------------------------------------
|                    DescribeThings                    |
+--------+---------------------------------------------+
| Narrow |                    Wide                     |
+--------+---------------------------------------------+
|  y     |  0123456789012345678901234567890123456789   |
+--------+---------------------------------------------+
"
    );
    assert_eq!(
        table(document, narrow).unwrap(),
        "\
--------------------------------------------------------
|                    DescribeThings                    |
+--------+---------------------------------------------+
|  Narrow|  y                                          |
|  Wide  |  0123456789012345678901234567890123456789   |
+--------+---------------------------------------------+
"
    );
}

#[test]
fn colours() {
    let document = r#"{"In": {"B": 2}}"#;
    let frame = "\x1b[2m\x1b[33m|\x1b[0m";
    let cell = |text: &str| format!("\x1b[1m\x1b[34m{text}\x1b[0m");
    let expected = format!(
        "----------------\n|DescribeThings|\n+--------------+\n{frame}|     In     |{frame}\n\
         {frame}+-----+------+{frame}\n{frame}|  {}  |  {}   |{frame}\n{frame}+-----+------+{frame}\n",
        cell("B"),
        cell("2")
    );
    let paper = |colour| Paper { width: 80, colour };
    assert_eq!(table(document, paper(Colour::On)).unwrap(), expected);
    let reset = "\x1b[0m";
    assert_eq!(
        table("\"a\"", paper(Colour::OnWithResets)).unwrap(),
        format!(
            "----------------\n{reset}{reset}|DescribeThings|{reset}{reset}\n{reset}{reset}\
             +--------------+{reset}{reset}\n{reset}"
        )
    );
}

#[test]
fn what_makes_no_table_is_pythons_error() {
    for (document, expected) in [
        (
            r#"["a", ["b", "c"]]"#,
            "Row should have 1 elements, instead it has 2",
        ),
        (
            r#"[{"a": 1}, "b"]"#,
            "string indices must be integers, not 'str'",
        ),
        (r#"[{"a": 1}, 5]"#, "'int' object is not iterable"),
        (r#"[{"a": 1}, null]"#, "'NoneType' object is not iterable"),
        (r#"[{"a": 1}, []]"#, "'list' object has no attribute 'get'"),
        (
            r#"[{"a": 1}, ["b"]]"#,
            "list indices must be integers or slices, not str",
        ),
        (r#"[{"a": 1}, [7]]"#, "list index out of range"),
        (
            r#"["a", [[1], [{"a": 1, "b": 2}]]]"#,
            "list index out of range",
        ),
    ] {
        assert_eq!(
            table(document, PAPER),
            Err(expected.to_owned()),
            "{document}"
        );
    }
}

fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        ".{0,20}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
    ];
    scalar.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            proptest::collection::vec(("[a-e]", inner), 0..5).prop_map(|entries| Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.into(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_makes_a_table_or_an_error(value in values(), width in 0_usize..100) {
        let mut out = String::new();
        let paper = Paper { width, ..PAPER };
        match write_table("Title", &value, paper, &mut out) {
            Ok(()) => prop_assert!(out.is_empty() || out.ends_with('\n')),
            Err(message) => prop_assert!(!message.is_empty()),
        }
    }
}
