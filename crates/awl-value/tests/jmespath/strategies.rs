//! Expressions and documents that nobody wrote: expressions that are often
//! right, expressions that are nearly right, and documents that they may fit.

use awl_value::{Key, Map, Value};
use proptest::prelude::*;
use proptest::sample::select;

/// Names, few enough that expressions and documents meet.
const NAMES: [&str; 6] = ["a", "b", "c", "foo", "_x1", "Name"];

const FUNCTIONS: [&str; 27] = [
    "abs",
    "avg",
    "ceil",
    "contains",
    "ends_with",
    "floor",
    "join",
    "keys",
    "length",
    "map",
    "max",
    "max_by",
    "merge",
    "min",
    "min_by",
    "not_null",
    "reverse",
    "sort",
    "sort_by",
    "starts_with",
    "sum",
    "to_array",
    "to_number",
    "to_string",
    "type",
    "values",
    "unknown",
];

/// Calls, with a letter for each argument: a number, text, a list of numbers, of
/// text, of anything, a map, anything.
const CALLS: [&str; 30] = [
    "abs($n)",
    "avg($N)",
    "ceil($n)",
    "contains($L, $x)",
    "contains($t, $t)",
    "ends_with($t, $t)",
    "floor($n)",
    "join($t, $T)",
    "keys($m)",
    "length($L)",
    "length($t)",
    "map(&$x, $L)",
    "max($N)",
    "max($T)",
    "max_by($L, &a)",
    "merge($m, $m)",
    "merge($m, $x)",
    "min($N)",
    "min($T)",
    "min_by($L, &to_string(@))",
    "not_null($x, $x)",
    "reverse($L)",
    "reverse($t)",
    "sort($N)",
    "sort($T)",
    "sort_by($L, &a)",
    "sort_by($L, &to_string(@))",
    "sum($N)",
    "to_number($t)",
    "values($m)",
];

const FITTING: [(&str, &[&str]); 6] = [
    (
        "$n",
        &["foo", "a[0]", "a[-1]", "`-2.5`", "`1e300`", "length(b)"],
    ),
    (
        "$t",
        &["Name", "b[0]", "'foo'", "to_string(@)", "type(foo)", "''"],
    ),
    (
        "$N",
        &[
            "a",
            "c[].a",
            "`[3, 1, 2.5]`",
            "sort(a)",
            "[foo, foo]",
            "`[]`",
        ],
    ),
    (
        "$T",
        &[
            "b",
            "c[].Name",
            "`[\"b\", \"a\"]`",
            "keys(_x1)",
            "[Name, 'x']",
        ],
    ),
    (
        "$L",
        &[
            "a",
            "b",
            "c",
            "c[?a]",
            "c[*].b",
            "values(_x1)",
            "[_x1, _x1]",
        ],
    ),
    (
        "$m",
        &[
            "_x1",
            "c[0]",
            "@",
            "`{\"b\": 1, \"z\": [2]}`",
            "{a: Name, q: foo}",
        ],
    ),
];

/// What may come anywhere in a text that is no expression.
const PIECES: [&str; 58] = [
    "a",
    "foo",
    "\"b\"",
    "\"\\u00e9\"",
    "\"\\q\"",
    "\"",
    "'raw'",
    "'it\\'s'",
    "'\\\\'",
    "'",
    "`1`",
    "`[1, 2.5, null]`",
    "`{\"a\": true}`",
    "`\"x\"`",
    "`bare word`",
    "`\\``",
    "`\"`",
    "`",
    "0",
    "1",
    "-1",
    "007",
    "99999999999999999999",
    "-",
    "*",
    "@",
    "&",
    "&&",
    "|",
    "||",
    "!",
    "!=",
    "=",
    "==",
    "<",
    "<=",
    ">",
    ">=",
    ".",
    ",",
    ":",
    "[",
    "[]",
    "[?",
    "[*]",
    "]",
    "{",
    "}",
    "(",
    ")",
    "length(",
    "sort_by(",
    " ",
    "\n",
    "é",
    "😀",
    "#",
    "\\",
];

/// Text of expression tokens in any order.
pub(crate) fn nearly_expressions() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES.to_vec()), 1..12).prop_map(|pieces| pieces.concat())
}

/// Expressions of the grammar; their functions often get what they do not take.
pub(crate) fn expressions() -> impl Strategy<Value = String> {
    let number = prop_oneof![Just(0_i64), -4_i64..5, Just(99)];
    let part = prop_oneof![
        Just(String::new()),
        number.clone().prop_map(|n| n.to_string())
    ];
    let slice = (part.clone(), part.clone(), part)
        .prop_map(|(start, stop, step)| format!("[{start}:{stop}:{step}]"));
    let leaf = prop_oneof![
        6 => select(NAMES.to_vec()).prop_map(str::to_owned),
        2 => Just("@".to_owned()),
        1 => Just("*".to_owned()),
        3 => literals(),
        5 => calls(),
        1 => number.clone().prop_map(|n| format!("[{n}]")),
        1 => slice.clone(),
        1 => Just("[*]".to_owned()),
        1 => Just("[]".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let name = select(NAMES.to_vec());
        let suffix = prop_oneof![
            number.clone().prop_map(|n| format!("[{n}]")),
            slice.clone(),
            Just("[*]".to_owned()),
            Just("[]".to_owned()),
            Just(".*".to_owned()),
            name.clone().prop_map(|name| format!(".{name}")),
        ];
        let operator = select(vec![
            " == ", " != ", " < ", " <= ", " > ", " >= ", " && ", " || ", " | ", "|", "==",
        ]);
        let argument = prop_oneof![
            3 => inner.clone(),
            1 => inner.clone().prop_map(|inner| format!("&{inner}")),
        ];
        prop_oneof![
            4 => (inner.clone(), suffix).prop_map(|(inner, suffix)| inner + &suffix),
            2 => (inner.clone(), name.clone()).prop_map(|(inner, name)| format!("{inner}.{name}")),
            3 => (inner.clone(), operator, inner.clone())
                .prop_map(|(left, operator, right)| format!("{left}{operator}{right}")),
            2 => (inner.clone(), inner.clone())
                .prop_map(|(list, condition)| format!("{list}[?{condition}]")),
            1 => inner.clone().prop_map(|inner| format!("!{inner}")),
            1 => inner.clone().prop_map(|inner| format!("({inner})")),
            1 => prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            1 => (inner.clone(), prop::collection::vec(inner.clone(), 1..3))
                .prop_map(|(left, items)| format!("{left}.[{}]", items.join(","))),
            1 => prop::collection::vec((name.clone(), inner.clone()), 1..4).prop_map(hash),
            1 => (inner.clone(), prop::collection::vec((name, inner.clone()), 1..3))
                .prop_map(|(left, pairs)| format!("{left}.{}", hash(pairs))),
            3 => (calls(), inner.clone()).prop_map(|(call, inner)| call.replace("@", &inner)),
            1 => (select(FUNCTIONS.to_vec()), prop::collection::vec(argument, 0..3))
                .prop_map(|(function, arguments)| format!("{function}({})", arguments.join(", "))),
            2 => (
                select(vec!["sort_by", "min_by", "max_by"]),
                inner.clone(),
                inner.clone(),
            )
                .prop_map(|(function, list, key)| format!("{function}({list}, &{key})")),
            1 => (inner.clone(), inner).prop_map(|(key, list)| format!("map(&{key}, {list})")),
        ]
    })
}

fn hash(pairs: Vec<(&str, String)>) -> String {
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

/// Calls whose arguments fit over most documents.
fn calls() -> impl Strategy<Value = String> {
    let choices = (
        literals(),
        prop::collection::vec(any::<prop::sample::Index>(), 8),
    );
    (select(CALLS.to_vec()), choices).prop_map(|(call, (literal, choices))| {
        let mut choices = choices.iter();
        let mut text = call.replace("$x", &literal);
        for (letter, fitting) in FITTING {
            while text.contains(letter)
                && let Some(choice) = choices.next()
            {
                text = text.replacen(letter, choice.get::<&str>(fitting), 1);
            }
        }
        text
    })
}

fn literals() -> impl Strategy<Value = String> {
    select(vec![
        "`null`",
        "`true`",
        "`false`",
        "`0`",
        "`1`",
        "`-3`",
        "`1.0`",
        "`2.5`",
        "`12345678901234567890`",
        "`\"a\"`",
        "`\"é\\u0000\"`",
        "`bare`",
        "`[]`",
        "`{}`",
        "`[3, 1, 2.5]`",
        "`[\"b\", \"a\", \"é\"]`",
        "`[1, \"a\", null, true]`",
        "`[[1, [2]], 3]`",
        "`{\"b\": 1, \"a\": [2]}`",
        "`[{\"a\": 2}, {\"a\": 1}, {\"a\": 2.0}]`",
        "`[[\"k\", 1], \"ab\"]`",
        "'a'",
        "''",
        "'12'",
        "' 1_0.5 '",
        "'it\\'s'",
    ])
    .prop_map(str::to_owned)
}

/// Documents; the numbers are such that no sum is rounded.
pub(crate) fn documents() -> impl Strategy<Value = Value> {
    let numbers = prop_oneof![
        (-3_i64..4).prop_map(Value::Int),
        (-8_i32..9).prop_map(|n| Value::Float(f64::from(n) / 4.0)),
    ];
    let texts = select(vec![
        "", "a", "b", "foo", "12", "1e3", "é😀", "\"'\\", "\n\u{7f}",
    ])
    .prop_map(Value::from);
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        2 => any::<bool>().prop_map(Value::Bool),
        4 => numbers.clone(),
        4 => texts.clone(),
        1 => Just(Value::BigInt("12345678901234567890".into())),
        1 => Just(Value::Int(i64::MIN)),
        1 => Just(Value::Float(1e22)),
        2 => prop::collection::vec(numbers.clone(), 0..6).prop_map(Value::List),
        2 => prop::collection::vec(texts.clone(), 0..6).prop_map(Value::List),
    ];
    let anything = leaf.prop_recursive(4, 40, 6, |inner| {
        let map = prop::collection::vec((select(NAMES.to_vec()), inner.clone()), 0..6).prop_map(
            |entries| {
                let entries = entries.into_iter();
                entries
                    .map(|(key, value)| (Key::from(key), value))
                    .collect::<Map>()
            },
        );
        prop_oneof![
            3 => map.clone().prop_map(Value::Map),
            1 => prop::collection::vec(inner, 0..5).prop_map(Value::List),
            2 => prop::collection::vec(map.prop_map(Value::Map), 0..5).prop_map(Value::List),
        ]
    });
    let usual = (
        prop::collection::vec(numbers.clone(), 0..6),
        prop::collection::vec(texts.clone(), 0..6),
        prop::collection::vec((numbers.clone(), texts.clone(), anything.clone()), 0..5),
        (numbers, texts, anything.clone(), anything.clone()),
    )
        .prop_map(|(a, b, c, (number, name, first, second))| {
            let map = |entries: Vec<(&'static str, Value)>| {
                let entries = entries.into_iter();
                Value::Map(
                    entries
                        .map(|(key, value)| (Key::from(key), value))
                        .collect(),
                )
            };
            let c = c.into_iter().map(|(number, text, value)| {
                map(vec![("b", value), ("a", number), ("Name", text)])
            });
            map(vec![
                ("foo", number),
                ("c", Value::List(c.collect())),
                ("Name", name),
                ("_x1", map(vec![("b", first), ("a", second)])),
                ("b", Value::List(b)),
                ("a", Value::List(a)),
            ])
        });
    prop_oneof![3 => usual, 1 => anything]
}
