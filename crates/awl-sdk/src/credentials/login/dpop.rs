//! The key of a sign-in session, and the proof of having it that goes with
//! every call (DPoP, RFC 9449).
// Parity: botocore/utils.py, build_dpop_header; awscli/customizations/login/
// utils.py, _serialize_to_pem.

use awl_value::{Map, Value, json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;

use super::super::oauth::{self, encode};
use crate::env::Host;

const BEGIN: &str = "-----BEGIN EC PRIVATE KEY-----";
const END: &str = "-----END EC PRIVATE KEY-----";

/// An EC private key of RFC 5915 for P-256, but for the two keys themselves.
const DER: [&[u8]; 3] = [
    &[0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20],
    &[
        0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ],
    &[0xa1, 0x44, 0x03, 0x42, 0x00],
];

/// The key pair of a sign-in session.
#[derive(Clone)]
pub(super) struct Key(SigningKey);

impl Key {
    /// A new key.
    pub(super) fn generate(host: &dyn Host) -> Self {
        loop {
            // Nearly every number of 32 bytes is a key of this curve.
            if let Ok(key) = SigningKey::from_slice(&oauth::random(host)) {
                return Self(key);
            }
        }
    }

    /// The key that a file has; why it is none.
    pub(super) fn from_pem(text: &str) -> Result<Self, String> {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("-----BEGIN") && !line.starts_with("-----END"));
        let content: String = lines.map(str::trim).collect();
        let bytes = STANDARD
            .decode(content)
            .map_err(|error| error.to_string())?;
        let key = SecretKey::from_sec1_der(&bytes)
            .or_else(|_| SecretKey::from_pkcs8_der(&bytes))
            .map_err(|error| error.to_string())?;
        Ok(Self(key.into()))
    }

    /// The key as the file has it.
    pub(super) fn to_pem(&self) -> String {
        let (x, y) = self.coordinates();
        let der = [
            DER[0],
            &self.0.to_bytes(),
            DER[1],
            DER[2],
            &[4],
            &x[..],
            &y[..],
        ];
        let text = STANDARD.encode(der.concat());
        let mut pem = format!("{BEGIN}\n");
        let mut rest = &*text;
        while !rest.is_empty() {
            let (line, others) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = others;
        }
        pem + END + "\n"
    }

    /// The proof for a call of `url`.
    pub(super) fn proof(&self, url: &str, host: &dyn Host) -> String {
        let (x, y) = self.coordinates();
        let texts = |pairs: &[(&'static str, &str)]| {
            let mut map = Map::with_capacity(pairs.len());
            for (name, value) in pairs {
                map.push(*name, Value::from(*value));
            }
            map
        };
        let key = texts(&[
            ("kty", "EC"),
            ("x", &encode(&x)),
            ("y", &encode(&y)),
            ("crv", "P-256"),
        ]);
        let mut header = texts(&[("typ", "dpop+jwt"), ("alg", "ES256")]);
        header.push("jwk", Value::Map(key));
        let mut payload = texts(&[("htm", "POST"), ("htu", url)]);
        payload.push("iat", Value::Int(oauth::now(host)));
        payload.push("jti", Value::from(host.uuid()));
        let part = |map: Map| {
            let mut text = String::new();
            json::write(&Value::Map(map), json::Style::COMPACT, &mut text);
            encode(text.as_bytes())
        };
        let signed = format!("{}.{}", part(header), part(payload));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", encode(&signature.to_bytes()))
    }

    fn coordinates(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.0.verifying_key().to_sec1_point(false);
        let half = |at: usize| {
            let mut bytes = [0; 32];
            if let Some(half) = point.as_bytes().get(at..at + 32) {
                bytes.copy_from_slice(half);
            }
            bytes
        };
        (half(1), half(33))
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;
    use crate::env::Process;

    /// What awscrt, which the AWS CLI uses, wrote.
    const WRITTEN: &str = "-----BEGIN EC PRIVATE KEY-----\n\
        MHcCAQEEIIUuYSiVvp5q0WnM0jNdEQNr/tdaZgAQ7oyxgFNqB4AsoAoGCCqGSM49\n\
        AwEHoUQDQgAEjG13tZgVBbLcNr1p58hIMpcRMYJCZVr7jF4sBX2JXq4Xbnvz/ooL\n\
        5gjgr3Sx/eLIaNi7ivmU7cF+FOWN/1zNCw==\n\
        -----END EC PRIVATE KEY-----\n";

    #[test]
    fn keys_are_written_as_the_aws_cli_writes_them() {
        assert_eq!(Key::from_pem(WRITTEN).unwrap().to_pem(), WRITTEN);
        let new = Key::generate(&Process);
        assert_eq!(Key::from_pem(&new.to_pem()).unwrap().0, new.0);
        assert!(Key::from_pem("-----BEGIN EC PRIVATE KEY-----\nAAAA\n").is_err());
        assert!(Key::from_pem("é").is_err());
    }

    #[test]
    fn a_proof_is_of_its_key_and_url() {
        let key = Key::from_pem(WRITTEN).unwrap();
        let proof = key.proof("https://signin/v1/token", &Process);
        let (signed, signature) = proof.rsplit_once('.').unwrap();
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let signature = Signature::from_slice(&engine.decode(signature).unwrap()).unwrap();
        let public: &VerifyingKey = key.0.verifying_key();
        public.verify(signed.as_bytes(), &signature).unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        let text = |part| String::from_utf8(engine.decode(part).unwrap()).unwrap();
        assert!(text(header).starts_with(r#"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","#));
        assert!(
            text(payload).starts_with(r#"{"htm":"POST","htu":"https://signin/v1/token","iat":"#)
        );
    }
}
