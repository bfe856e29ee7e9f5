//! Whether this machine can be an EC2 instance, from what its firmware says:
//! asking a service that is not there costs seconds.
//!
//! The AWS CLI always asks. Here it is asked unless Linux says plainly that
//! this is another machine, nothing stands in for the service on it, and the
//! configuration does not point to one.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html

use std::path::Path;

use crate::env::Host;

/// What the firmware says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Likelihood {
    /// It is an EC2 instance.
    Yes,
    /// It is none; what it is instead.
    No(String),
    /// There is nothing to tell by: another system than Linux, a container
    /// that does not see the firmware.
    Unknown,
}

/// Looks at what the firmware says.
#[must_use]
pub fn likelihood(host: &dyn Host) -> Likelihood {
    let text = |path: &str| {
        let bytes = host.read(Path::new(path)).ok()?;
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let firmware = |name: &str| text(&format!("/sys/class/dmi/id/{name}"));
    let vendor = firmware("sys_vendor");
    let is_amazon = |text: &Option<String>| {
        let lower = text.as_deref().unwrap_or_default().to_ascii_lowercase();
        lower.contains("amazon")
    };
    let hypervisor = text("/sys/hypervisor/uuid");
    let asset = firmware("board_asset_tag");
    // Older instances are Xen guests, whose firmware names the build alone.
    if is_amazon(&vendor)
        || is_amazon(&firmware("product_version"))
        || is_amazon(&firmware("bios_version"))
        || asset.is_some_and(|tag| tag.starts_with("i-"))
        || hypervisor.is_some_and(|uuid| is_ec2_uuid(&uuid))
        || firmware("product_uuid").is_some_and(|uuid| is_ec2_uuid(&uuid))
    {
        return Likelihood::Yes;
    }
    match vendor {
        Some(vendor) if !stands_in(&text) => {
            let product = firmware("product_name");
            let product = product.map_or_else(String::new, |product| format!(" {product}"));
            Likelihood::No(format!("its firmware says {vendor}{product}"))
        }
        _ => Likelihood::Unknown,
    }
}

/// Whether a UUID begins with `ec2`, in either order of its bytes.
fn is_ec2_uuid(uuid: &str) -> bool {
    let uuid = uuid.to_ascii_lowercase();
    let swapped = uuid.get(4..8).map(|bytes| (&bytes[2..], &bytes[..2]));
    uuid.starts_with("ec2") || matches!(swapped, Some(("ec", second)) if second.starts_with('2'))
}

/// Whether the service's address is one of this machine's own: then some
/// program here stands in for the service.
fn stands_in(text: &dyn Fn(&str) -> Option<String>) -> bool {
    text("/proc/net/fib_trie").is_some_and(|routes| routes.contains("169.254.169.254"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io;
    use std::path::Path;
    use std::time::SystemTime;

    use super::{Host, Likelihood, likelihood};

    #[derive(Debug)]
    struct Files(BTreeMap<&'static str, &'static str>);

    impl Host for Files {
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
        fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
            let content = path.to_str().and_then(|path| self.0.get(path));
            content
                .map(|text| text.as_bytes().to_vec())
                .ok_or_else(|| io::ErrorKind::NotFound.into())
        }
        fn list(&self, _: &Path) -> io::Result<Vec<String>> {
            Ok(Vec::new())
        }
        fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
            Ok(())
        }
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }
        fn random(&self) -> f64 {
            0.5
        }
        fn uuid(&self) -> String {
            String::new()
        }
    }

    #[test]
    fn the_firmware_tells() {
        const VENDOR: &str = "/sys/class/dmi/id/sys_vendor";
        let no = |text: &str| Likelihood::No(text.to_owned());
        let cases: &[(&[(&'static str, &'static str)], Likelihood)] = &[
            (&[], Likelihood::Unknown),
            (&[(VENDOR, "Amazon EC2\n")], Likelihood::Yes),
            (
                &[
                    (VENDOR, "Xen\n"),
                    ("/sys/class/dmi/id/bios_version", "4.11.amazon\n"),
                ],
                Likelihood::Yes,
            ),
            (
                &[
                    (VENDOR, "Xen"),
                    (
                        "/sys/hypervisor/uuid",
                        "ec2e1916-9099-7caf-fd21-012345abcdef\n",
                    ),
                ],
                Likelihood::Yes,
            ),
            (
                &[(
                    "/sys/class/dmi/id/product_uuid",
                    "45E12AEC-DCD1-B213-94ED-012345ABCDEF",
                )],
                Likelihood::Yes,
            ),
            (
                &[("/sys/class/dmi/id/board_asset_tag", "i-0123456789abcdef0")],
                Likelihood::Yes,
            ),
            (
                &[
                    (VENDOR, "QEMU\n"),
                    ("/sys/class/dmi/id/product_name", "Standard PC\n"),
                ],
                no("its firmware says QEMU Standard PC"),
            ),
            (
                &[
                    (VENDOR, "QEMU"),
                    ("/proc/net/fib_trie", "|-- 169.254.169.254\n /32 host LOCAL"),
                ],
                Likelihood::Unknown,
            ),
            (&[(VENDOR, "\n")], Likelihood::Unknown),
        ];
        for (files, expected) in cases {
            let host = Files(files.iter().copied().collect());
            assert_eq!(likelihood(&host), *expected, "{files:?}");
        }
    }
}
