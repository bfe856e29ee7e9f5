//! A decision and its explanation as somebody reads them.

use awl_iam::{Decision, Evaluation, words};

/// A line for each decision, and below it why.
pub(super) fn table(evaluations: &[Evaluation<'_>], coloured: bool) -> String {
    let width = evaluations
        .iter()
        .map(|found| found.request().action().chars().count())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (index, evaluation) in evaluations.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let request = evaluation.request();
        let decision = format!("{:<12}", evaluation.decision.as_str());
        let decision = match (coloured, evaluation.decision) {
            (false, _) => decision,
            (true, Decision::Allowed) => format!("\u{1b}[32m{decision}\u{1b}[0m"),
            (true, _) => format!("\u{1b}[31m{decision}\u{1b}[0m"),
        };
        let (action, resource) = (request.action(), request.resource());
        text.push_str(&format!("{decision}  {action:<width$}  {resource}\n"));
        for line in words::about(evaluation) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}
