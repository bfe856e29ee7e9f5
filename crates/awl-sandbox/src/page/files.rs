//! The page's own files, and what a browser is told about them.

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

static FILES: &[(&str, &str, &str)] = &[
    ("", HTML, include_str!("index.html")),
    ("style.css", STYLE, include_str!("style.css")),
    ("icon.svg", PICTURE, include_str!("icon.svg")),
    ("app.js", SCRIPT, include_str!("app.js")),
    ("dom.js", SCRIPT, include_str!("dom.js")),
    ("wire.js", SCRIPT, include_str!("wire.js")),
    ("requests.js", SCRIPT, include_str!("requests.js")),
    ("decisions.js", SCRIPT, include_str!("decisions.js")),
    ("principals.js", SCRIPT, include_str!("principals.js")),
    ("policies.js", SCRIPT, include_str!("policies.js")),
    ("resources.js", SCRIPT, include_str!("resources.js")),
    ("tools.js", SCRIPT, include_str!("tools.js")),
];

/// The file of a path.
pub(super) fn find(path: &str) -> Option<File> {
    let name = path.strip_prefix(super::PATH)?;
    let name = name.strip_prefix('/').unwrap_or(name);
    let (_, kind, text) = FILES.iter().find(|(own, ..)| *own == name)?;
    Some(File { kind, text })
}

/// What keeps everything else out: the page loads its own files and asks for its
/// own data, nothing is inline, no text becomes markup, no other page frames it.
/// Objects of buckets are on the same origin, so that the origin alone will not do.
pub(super) fn headers(host: &str) -> [(&'static str, String); 7] {
    let own = format!("http://{host}{}/", super::PATH);
    let policy = format!(
        "default-src 'none'; script-src {own}; style-src {own}; img-src {own}; connect-src {own}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    [
        ("content-security-policy", policy),
        ("x-frame-options", "DENY".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("cache-control", "no-store".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_load_nothing_from_elsewhere() {
        for (name, _, text) in FILES {
            assert!(!text.contains("https://"), "{name}");
            // The name of SVG's elements is no address.
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://"), "{name}");
            for banned in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "eval(",
                " style=\"",
                " onclick=",
            ] {
                assert!(!text.contains(banned), "{name}: {banned}");
            }
        }
        assert!(
            find("/_awl/console")
                .unwrap()
                .text
                .contains("<!doctype html>")
        );
        assert!(find("/_awl/console/").is_some());
        assert!(find("/_awl/console/nothing").is_none());
    }
}
