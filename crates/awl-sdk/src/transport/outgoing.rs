//! The body of a request on its way: read piece by piece, held back where the
//! request expects `100 Continue`.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use super::RequestBody;
use super::body::BodyReader;

/// How long a body waits for `100 Continue` before it is sent all the same.
// Parity: botocore/awsrequest.py, AWSConnection._send_output.
const CONTINUE_WAIT: Duration = Duration::from_secs(1);

/// What an exchange and its body know of each other.
#[derive(Default)]
pub(super) struct SendState {
    finished: AtomicBool,
    failure: Mutex<Option<io::Error>>,
    gate: Mutex<Gate>,
}

#[derive(Default)]
struct Gate {
    open: bool,
    waker: Option<Waker>,
}

impl SendState {
    /// Whether all of the body is on its way.
    pub(super) fn is_finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    /// What reading the body said, if it failed.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Lets a body go that waits for `100 Continue`.
    pub(super) fn open_gate(&self) {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.open = true;
        if let Some(waker) = gate.waker.take() {
            waker.wake();
        }
    }

    fn poll_gate(&self, context: &Context<'_>) -> bool {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        if !gate.open {
            gate.waker = Some(context.waker().clone());
        }
        gate.open
    }
}

/// A body being sent.
pub(super) struct OutgoingBody {
    content: Content,
    state: Arc<SendState>,
    /// Where it still waits: until when.
    waiting: Option<Pin<Box<Sleep>>>,
}

enum Content {
    Bytes(Bytes),
    Reader {
        reader: Box<dyn BodyReader>,
        /// What is still to come, where the length is known.
        left: Option<u64>,
    },
    Done,
}

impl OutgoingBody {
    /// Begins to read `body`; `wait`: for `100 Continue`, a second at most.
    pub(super) fn open(body: &RequestBody, state: Arc<SendState>, wait: bool) -> io::Result<Self> {
        let content = match body {
            RequestBody::Bytes(bytes) if bytes.is_empty() => Content::Done,
            RequestBody::Bytes(bytes) => Content::Bytes(bytes.clone()),
            RequestBody::Source(source) => Content::Reader {
                reader: source.open()?,
                left: source.length(),
            },
        };
        if matches!(
            content,
            Content::Done | Content::Reader { left: Some(0), .. }
        ) {
            state.finished.store(true, Ordering::Release);
        }
        Ok(Self {
            content,
            state,
            waiting: wait.then(|| Box::pin(tokio::time::sleep(CONTINUE_WAIT))),
        })
    }

    fn poll_content(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match std::mem::replace(&mut self.content, Content::Done) {
            Content::Done => Poll::Ready(None),
            Content::Bytes(bytes) => Poll::Ready(Some(Ok(bytes))),
            Content::Reader { mut reader, left } => {
                let polled = reader.poll_chunk(context);
                let left = match (&polled, left) {
                    (Poll::Ready(Some(Ok(chunk))), Some(left)) => {
                        match left.checked_sub(chunk.len() as u64) {
                            Some(0) => return polled,
                            Some(left) => Some(left),
                            None => return Poll::Ready(Some(Err(wrong_length()))),
                        }
                    }
                    (Poll::Ready(None), Some(1..)) => {
                        return Poll::Ready(Some(Err(wrong_length())));
                    }
                    (Poll::Ready(None | Some(Err(_))), _) => return polled,
                    (_, left) => left,
                };
                self.content = Content::Reader { reader, left };
                polled
            }
        }
    }
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(deadline) = &mut self.waiting {
            let late = deadline.as_mut().poll(context).is_ready();
            if !late && !self.state.poll_gate(context) {
                return Poll::Pending;
            }
            self.waiting = None;
        }
        let polled = self.poll_content(context);
        match &polled {
            Poll::Ready(Some(Err(error))) => {
                let failure = io::Error::new(error.kind(), error.to_string());
                *self
                    .state
                    .failure
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Some(failure);
            }
            Poll::Ready(_) if matches!(self.content, Content::Done) => {
                self.state.finished.store(true, Ordering::Release);
            }
            _ => {}
        }
        polled.map_ok(Frame::data)
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Done => true,
            Content::Bytes(bytes) => bytes.is_empty(),
            Content::Reader { left, .. } => *left == Some(0),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Done => SizeHint::with_exact(0),
            Content::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Reader { left, .. } => match left {
                Some(left) => SizeHint::with_exact(*left),
                None => SizeHint::new(),
            },
        }
    }
}

fn wrong_length() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the body has not the length that was announced",
    )
}
