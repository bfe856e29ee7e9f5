//! Addresses and networks, of both families.

use std::net::IpAddr;

/// A network in CIDR notation. Bits behind the prefix are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u32,
}

/// Reads an address.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

impl Network {
    /// Reads `ADDRESS` or `ADDRESS/PREFIX`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, prefix) = match text.trim().split_once('/') {
            Some((text, prefix)) => (text, Some(prefix)),
            None => (text, None),
        };
        let address = address(text)?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) => {
                let valid = digits.bytes().all(|byte| byte.is_ascii_digit());
                digits
                    .parse()
                    .ok()
                    .filter(|prefix| valid && *prefix <= widest)?
            }
            None => widest,
        };
        Some(Self { address, prefix })
    }

    /// Whether the network holds an address. One of the other family is outside.
    pub(super) fn contains(self, address: IpAddr) -> bool {
        let (own, other, width) = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        // A shift by all 128 bits is none that Rust knows.
        let difference = own ^ other;
        difference
            .checked_shr(width - self.prefix)
            .is_none_or(|difference| difference == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        for (network, inside, outside) in [
            ("0.0.0.0/0", "203.0.113.7", "2001:db8::1"),
            ("::/0", "2001:db8::1", "203.0.113.7"),
            ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
            ("203.0.113.77/24", "203.0.113.1", "203.0.112.255"),
            ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
            ("203.0.113.7/32", "203.0.113.7", "203.0.113.6"),
            ("2001:DB8::/32", "2001:db8:ffff::", "2001:db9::"),
            ("2001:db8::1", "2001:0db8:0:0::1", "2001:db8::2"),
        ] {
            let network = Network::parse(network).unwrap();
            assert!(network.contains(address(inside).unwrap()), "{inside}");
            assert!(!network.contains(address(outside).unwrap()), "{outside}");
        }
        for text in [
            "",
            "10.0.0",
            "10.0.0.0/33",
            "10.0.0.0/",
            "::/129",
            "10.0.0.0/+8",
            "x/8",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
