//! Connections that are kept for the next request.

use std::sync::{Mutex, PoisonError};

use hyper::client::conn::{http1, http2};
use tokio::task::AbortHandle;

use super::connect::Activity;
use super::outgoing::OutgoingBody;

/// What a connection can be reused for: one endpoint, or one proxy for plain
/// requests to whatever endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PoolKey {
    pub(super) https: bool,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) through: Option<String>,
}

/// An open connection that no exchange holds.
pub(super) struct Connection {
    pub(super) sender: Sender,
    pub(super) activity: Activity,
    /// Ends the task that drives it.
    pub(super) driver: AbortHandle,
}

pub(super) enum Sender {
    Http1(http1::SendRequest<OutgoingBody>),
    Http2(http2::SendRequest<OutgoingBody>),
}

impl Connection {
    /// Waits until it takes a request; `false`: it has been closed meanwhile.
    pub(super) async fn is_ready(&mut self) -> bool {
        match &mut self.sender {
            Sender::Http1(sender) => sender.ready().await.is_ok(),
            Sender::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    fn is_closed(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => sender.is_closed(),
            Sender::Http2(sender) => sender.is_closed(),
        }
    }

    /// A second handle on an HTTP/2 connection, which carries many exchanges
    /// at once.
    pub(super) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1(_) => None,
            Sender::Http2(sender) => Some(Self {
                sender: Sender::Http2(sender.clone()),
                activity: self.activity.clone(),
                driver: self.driver.clone(),
            }),
        }
    }
}

/// The idle connections of a transport. There are as many as there were
/// exchanges at one time; the list is searched, for it is short.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(PoolKey, Connection)>>,
}

impl Pool {
    /// Takes the connection to `key` that was used last.
    pub(super) fn take(&self, key: &PoolKey) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let index = idle.iter().rposition(|(other, _)| other == key)?;
            if idle[index].1.is_closed() {
                idle.remove(index);
                continue;
            }
            if let Some(shared) = idle[index].1.share() {
                return Some(shared);
            }
            return Some(idle.remove(index).1);
        }
    }

    /// Keeps a connection for later.
    pub(super) fn put(&self, key: PoolKey, connection: Connection) {
        if connection.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((key, connection));
    }

    /// Forgets the connections to `key`: one of them was found dead, and those
    /// that are older have died with it.
    pub(super) fn forget(&self, key: &PoolKey) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(other, _)| other != key);
    }
}
