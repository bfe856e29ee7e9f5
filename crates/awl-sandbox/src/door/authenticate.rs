//! Whether a request comes from whom it says: key, token, signature, chunks.

use std::borrow::Cow;

use awl_sign::{ChunkDecoder, Credentials, PayloadHasher, Presented, SigningTime, VerifyError};

use super::arrival::Visit;
use super::{Distrust, Sandbox};
use crate::account::{Account, Kind};
use crate::caller::Caller;
use crate::session::Session;

impl Sandbox {
    /// The caller, and the credentials that prove it. Without the body, which is
    /// still coming, its hash is the one that the headers say.
    pub(super) fn signed(
        &self,
        visit: &Visit,
        presented: &Presented,
        body: Option<&[u8]>,
    ) -> Result<(Caller, Credentials), Distrust> {
        let (caller, credentials, is_ended) = {
            let account = self.account();
            let (caller, credentials) = self.claimed(&account, presented)?;
            let is_ended = account.trouble.revoked.covers(&caller, &account.id);
            (caller, credentials, is_ended)
        };
        let hash = body.map(|body| {
            let mut hasher = PayloadHasher::new();
            hasher.update(body);
            hasher.finish()
        });
        let now = SigningTime::from_epoch_seconds(visit.now);
        presented
            .verify(&visit.received(), &credentials, hash.as_deref(), now)
            .map_err(Distrust::Signature)?;
        // Who does not know the secret is not told that its session is over.
        let session = caller.session.as_ref();
        if is_ended || session.is_some_and(|session| session.expires <= visit.now) {
            return Err(Distrust::Expired);
        }
        Ok((caller, credentials))
    }

    /// The body without the framing of chunks.
    pub(super) fn unframed<'b>(
        &self,
        visit: &Visit,
        presented: &Presented,
        credentials: &Credentials,
        body: &'b [u8],
    ) -> Result<Cow<'b, [u8]>, Distrust> {
        let announced = visit.headers.get("x-amz-content-sha256");
        let decoder = announced
            .map(|announced| ChunkDecoder::announced(announced, presented, credentials))
            .transpose();
        let incomplete = |_| Distrust::Signature(VerifyError::Incomplete { part: "Signature" });
        let Some(mut decoder) = decoder.map_err(incomplete)?.flatten() else {
            return Ok(Cow::Borrowed(body));
        };
        let mut payload = Vec::with_capacity(body.len());
        let read = decoder.push(body, &mut payload);
        read.and_then(|()| decoder.finish())
            .map_err(Distrust::Chunk)?;
        Ok(Cow::Owned(payload))
    }

    /// Who a signature claims to be of, and the secret that proves it.
    pub(super) fn claimed(
        &self,
        account: &Account,
        presented: &Presented,
    ) -> Result<(Caller, Credentials), Distrust> {
        let id = &presented.access_key_id;
        let token = presented
            .session_token
            .as_deref()
            .filter(|token| !token.is_empty());
        let Some(token) = token else {
            let key = account.key(id).filter(|key| !key.inactive);
            let key = key.ok_or(Distrust::UnknownKey)?;
            let user = account.identity(Kind::User, &key.user);
            let caller = user.and_then(|user| Caller::user(account, user, id));
            let credentials = Credentials::new(id, key.secret.expose(), None);
            return Ok((caller.ok_or(Distrust::UnknownKey)?, credentials));
        };
        let session = Session::open(token, &self.sessions).ok_or(Distrust::Token)?;
        if session.access_key_id != *id {
            return Err(Distrust::Token);
        }
        let secret = session.secret.clone();
        let credentials = Credentials::new(id, secret.expose(), Some(token.to_owned()));
        let caller = Caller::of_session(account, session).ok_or(Distrust::Token)?;
        Ok((caller, credentials))
    }
}
