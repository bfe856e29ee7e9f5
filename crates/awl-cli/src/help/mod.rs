//! Help: pages written from models, documentation and examples in the source
//! form of the AWS CLI's pages, then read and laid out by our own code.

mod added;
mod html;
mod layout;
mod members;
mod notes;
mod operation;
mod options;
mod pages;
mod rst;
mod script;
mod syntax;
mod texts;

pub(crate) use layout::Paper;
pub(crate) use operation::OperationPage;
pub(crate) use options::{argument_text, global_text, type_name};
pub(crate) use pages::{
    custom_page, main_page, service_page, topic_names, topic_page, topics_page, waiter_text,
    waiters_page,
};
pub(crate) use script::Script;

/// The same page as HTML, under a title.
pub(crate) fn render_html(script: &Script, title: &str) -> String {
    html::page(title, &rst::parse(script.text()))
}

/// What an argument of a custom command is for, whose name comes without its
/// dashes.
pub(crate) fn custom_argument_text(lineage: &str, name: &str) -> &'static str {
    let Some(about) = texts::about(lineage) else {
        return "";
    };
    match about.argument(&format!("--{name}")) {
        "" => about.argument(name),
        text => text,
    }
}

/// The page whose source `script` is.
pub(crate) fn render(script: &Script, paper: Paper) -> String {
    let blocks = rst::parse(script.text());
    let page = layout::lay_out(&blocks, paper);
    // The process ends when the page was read: taking a long one apart again
    // is a fifth of the work.
    std::mem::forget(blocks);
    page
}

#[cfg(test)]
mod tests;
