//! Answers requests, one a line, from standard input: `awl policy simulate
//! --batch` without awl.

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let answer = awl_iam::batch::answer(&line?);
        writeln!(out, "{}", awl_value::json::to_string(&answer))?;
    }
    out.flush()
}
