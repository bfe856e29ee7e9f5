//! Sessions that somebody has ended before their time. The sandbox keeps no list
//! of sessions; it keeps who is meant, and until when.

use awl_value::Value;

use crate::caller::Caller;
use crate::record::{Stored, record};
use crate::store::Change;

/// Whose sessions are over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Of an access key id.
    Session(String),
    /// Of a user or role, or of a session's own ARN.
    Principal(String),
    All,
}

impl Whom {
    fn name(&self) -> String {
        match self {
            Self::Session(id) => format!("session {id}"),
            Self::Principal(arn) => format!("principal {arn}"),
            Self::All => "all".to_owned(),
        }
    }
}

impl Stored for Whom {
    fn to_value(&self) -> Value {
        self.name().into()
    }

    fn of(value: &Value) -> Option<Self> {
        Some(match value.as_str()?.split_once(' ') {
            Some(("session", id)) => Self::Session(id.to_owned()),
            Some(("principal", arn)) => Self::Principal(arn.to_owned()),
            None if value.as_str() == Some("all") => Self::All,
            _ => return None,
        })
    }
}

record! {
    /// An end.
    struct Revocation {
        whom: Whom,
        /// Ends are counted: sessions know how many there were when they began.
        number: i64,
        /// Those that were issued before this alone.
        before: Option<i64>,
    }
}

/// The ends.
#[derive(Debug, Default)]
pub(crate) struct Revoked {
    all: Vec<Revocation>,
    latest: i64,
}

impl Revoked {
    pub(super) fn take(&mut self, value: &Value) -> Option<()> {
        let one = Revocation::of(value)?;
        self.latest = self.latest.max(one.number);
        self.all.push(one);
        Some(())
    }

    /// The number of the latest: sessions that begin now are none of its.
    pub(crate) const fn latest(&self) -> i64 {
        self.latest
    }

    pub(super) fn add(&mut self, whom: Whom, before: Option<i64>) -> Change {
        self.latest += 1;
        let one = Revocation {
            whom,
            number: self.latest,
            before,
        };
        // A later one of the same says all that the earlier did, unless either
        // has a time of its own.
        let mut name = format!("revoked {}", one.whom.name());
        match before {
            None => self
                .all
                .retain(|own| own.whom != one.whom || own.before.is_some()),
            Some(before) => {
                name = format!("{name} {before}");
                self.all
                    .retain(|own| own.whom != one.whom || own.before != one.before);
            }
        }
        let change = (name, Some(one.to_value()));
        self.all.push(one);
        change
    }

    /// Whether a caller's session is over.
    pub(crate) fn covers(&self, caller: &Caller, account: &str) -> bool {
        let Some(session) = &caller.session else {
            return false;
        };
        self.all.iter().any(|one| {
            let is_meant = match &one.whom {
                Whom::Session(id) => *id == session.access_key_id,
                Whom::Principal(arn) => {
                    arn == caller.principal.arn() || *arn == caller.identity.arn(account)
                }
                Whom::All => true,
            };
            let is_earlier = match one.before {
                Some(before) => session.issued < before,
                None => session.generation < one.number,
            };
            is_meant && is_earlier
        })
    }
}
