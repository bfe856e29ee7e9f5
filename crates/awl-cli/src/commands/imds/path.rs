//! Paths of the metadata service as users write them.

/// What stands beside `meta-data`.
const CATEGORIES: [&str; 3] = ["dynamic", "meta-data", "user-data"];

/// The whole path of what a user names. From the root, if it begins with a
/// slash or a version; else below `latest`, if it begins with a category; else
/// below `latest/meta-data`.
pub(super) fn resolve(path: &str) -> String {
    let (path, is_whole) = match path.strip_prefix('/') {
        Some(path) => (path, true),
        None => (path, false),
    };
    let first = path.split('/').next().unwrap_or_default();
    let is_version = first == "latest" || first.starts_with(|letter: char| letter.is_ascii_digit());
    let path = encode(path);
    if is_whole || is_version {
        path
    } else if CATEGORIES.contains(&first) {
        format!("latest/{path}")
    } else {
        format!("latest/meta-data/{path}")
    }
}

/// The whole path of a folder that a user names, a slash at its end.
pub(super) fn folder(path: &str) -> String {
    let path = resolve(path);
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    }
}

/// Whether a whole path is that of the instance's user data, which may be no
/// text.
pub(super) fn is_user_data(path: &str) -> bool {
    path.split('/').nth(1) == Some("user-data")
}

/// The names that a listing has.
pub(super) fn names(listing: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(listing);
    let lines = text.lines().map(str::trim);
    let names = lines.filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// The path with `%20` for what may not stand in a URL.
pub(super) fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:=@+,;!$&'()*%".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{folder, resolve};

    #[test]
    fn paths_begin_where_they_say() {
        for (path, expected) in [
            ("instance-id", "latest/meta-data/instance-id"),
            ("iam/", "latest/meta-data/iam/"),
            ("meta-data/instance-id", "latest/meta-data/instance-id"),
            (
                "dynamic/instance-identity/document",
                "latest/dynamic/instance-identity/document",
            ),
            ("user-data", "latest/user-data"),
            (
                "latest/meta-data/instance-id",
                "latest/meta-data/instance-id",
            ),
            (
                "/latest/meta-data/instance-id",
                "latest/meta-data/instance-id",
            ),
            ("2021-03-23/meta-data/", "2021-03-23/meta-data/"),
            ("/", ""),
            (
                "tags/instance/a b?é",
                "latest/meta-data/tags/instance/a%20b%3F%C3%A9",
            ),
        ] {
            assert_eq!(resolve(path), expected, "{path}");
        }
        for (path, expected) in [
            ("", "latest/meta-data/"),
            ("iam", "latest/meta-data/iam/"),
            ("/", ""),
            ("dynamic/", "latest/dynamic/"),
        ] {
            assert_eq!(folder(path), expected, "{path}");
        }
    }
}
