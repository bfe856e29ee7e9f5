//! Blocks of IPv4 addresses.

use std::fmt;
use std::net::Ipv4Addr;

/// A block, with the bits behind its length all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    first: u32,
    length: u32,
}

impl Block {
    /// Reads `10.0.0.0/16`; bits behind the length are cleared, as EC2 does.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
        let is_number = length.bytes().all(|byte| byte.is_ascii_digit());
        let length: u32 = length.parse().ok().filter(|_| is_number)?;
        (length <= 32).then(|| Self {
            first: address & mask(length),
            length,
        })
    }

    pub(super) const fn length(self) -> u32 {
        self.length
    }

    /// How many addresses there are.
    pub(super) const fn size(self) -> u64 {
        1 << (32 - self.length)
    }

    pub(super) fn has(self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.length) == self.first
    }

    pub(super) fn contains(self, other: Self) -> bool {
        other.length >= self.length && other.first & mask(self.length) == self.first
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// The address at a place.
    pub(super) fn at(self, index: u64) -> Ipv4Addr {
        let offset = u32::try_from(index % self.size()).unwrap_or_default();
        Ipv4Addr::from(self.first | offset)
    }

    /// A smaller block in it, by its number.
    pub(super) fn part(self, length: u32, number: u32) -> Self {
        let shifted = number.checked_shl(32 - length).unwrap_or_default();
        Self {
            first: self.first | shifted & !mask(self.length),
            length,
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", Ipv4Addr::from(self.first), self.length)
    }
}

fn mask(length: u32) -> u32 {
    u32::MAX.checked_shl(32 - length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_split_and_compared() {
        let all = Block::parse("172.31.0.0/16").unwrap();
        assert_eq!(all.part(20, 3).to_string(), "172.31.48.0/20");
        assert_eq!(all.at(258).to_string(), "172.31.1.2");
        assert_eq!(
            Block::parse("10.1.2.3/8").unwrap().to_string(),
            "10.0.0.0/8"
        );
        assert!(all.contains(all.part(20, 1)) && !all.part(20, 1).contains(all));
        assert!(all.overlaps(all.part(28, 7)) && all.part(28, 7).overlaps(all));
        assert!(!all.overlaps(Block::parse("172.30.0.0/16").unwrap()));
        assert!(
            Block::parse("0.0.0.0/0")
                .unwrap()
                .has(Ipv4Addr::new(9, 9, 9, 9))
        );
        for wrong in [
            "",
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0/8",
            "10.0.0.0/+8",
            "::/0",
        ] {
            assert_eq!(Block::parse(wrong), None, "{wrong}");
        }
    }
}
