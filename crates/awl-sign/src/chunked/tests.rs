//! Bodies in chunks: the examples that AWS's documentation prints, and what is refused.

use proptest::prelude::*;

use super::*;
use crate::stream::ChunkSigner;
use crate::{Scheme, SignatureLocation, Signing, SigningTime};

const SEED: &str = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

fn credentials() -> Credentials {
    Credentials::new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,
    )
}

fn presented(seed: &str, asymmetric: bool) -> Presented {
    Presented {
        location: SignatureLocation::Headers,
        asymmetric,
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        date: "20130524".to_owned(),
        region: "us-east-1".to_owned(),
        signing_name: "s3".to_owned(),
        signed_headers: vec!["host".to_owned()],
        signature: seed.to_owned(),
        time: SigningTime::parse_amz_date("20130524T000000Z").unwrap(),
        expires_in: None,
        session_token: None,
    }
}

fn decoder(announced: &str, seed: &str) -> ChunkDecoder {
    let asymmetric = announced.contains("ECDSA");
    ChunkDecoder::announced(announced, &presented(seed, asymmetric), &credentials())
        .unwrap()
        .unwrap()
}

/// Payload and trailers.
type Read = Result<(Vec<u8>, Vec<(String, String)>), ChunkError>;

fn decode(mut decoder: ChunkDecoder, body: &[u8], piece: usize) -> Read {
    let mut output = Vec::new();
    for piece in body.chunks(piece.max(1)) {
        decoder.push(piece, &mut output)?;
    }
    assert_eq!(decoder.decoded_length(), output.len() as u64);
    Ok((output, decoder.finish()?))
}

/// The chunks of S3's guide: 66,560 times `a` in chunks of 65,536.
fn guide(signatures: [&str; 3]) -> Vec<u8> {
    let mut body = Vec::new();
    for (length, signature) in [65_536, 1024, 0].into_iter().zip(signatures) {
        body.extend_from_slice(format!("{length:x};chunk-signature={signature}\r\n").as_bytes());
        body.extend(std::iter::repeat_n(b'a', length));
        if length > 0 {
            body.extend_from_slice(b"\r\n");
        }
    }
    body
}

const SIGNATURES: [&str; 3] = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
];

#[test]
fn the_guides_chunks_are_read() {
    let mut body = guide(SIGNATURES);
    body.extend_from_slice(b"\r\n");
    for piece in [1, 7, 1000, 70_000] {
        let decoder = decoder(STREAMING_SIGNED_PAYLOAD, SEED);
        let (payload, trailers) = decode(decoder, &body, piece).unwrap();
        assert_eq!(payload.len(), 66_560);
        assert!(payload.iter().all(|byte| *byte == b'a'));
        assert!(trailers.is_empty());
    }
}

#[test]
fn the_guides_trailers_are_read() {
    let seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    let signatures = [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ];
    let signature = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435";
    for (line, last) in [("\r\n", "\r\n"), ("\n\r\n", "\n\r\n\r\n"), ("\n", "\n\n")] {
        let mut body = guide(signatures);
        body.extend_from_slice(
            format!(
                "x-amz-checksum-crc32c:sOO8/Q=={line}x-amz-trailer-signature:{signature}{last}"
            )
            .as_bytes(),
        );
        let read = decode(decoder(STREAMING_SIGNED_PAYLOAD_TRAILER, seed), &body, 100);
        let (payload, trailers) = read.unwrap();
        assert_eq!(payload.len(), 66_560);
        assert_eq!(
            trailers,
            [("x-amz-checksum-crc32c".to_owned(), "sOO8/Q==".to_owned())]
        );
        let text = String::from_utf8(body).unwrap().replace("sOO8", "sOO9");
        assert_eq!(
            decode(
                decoder(STREAMING_SIGNED_PAYLOAD_TRAILER, seed),
                text.as_bytes(),
                999
            ),
            Err(ChunkError::Mismatch {
                part: "the trailers".to_owned()
            })
        );
    }
}

#[test]
fn what_is_not_what_was_signed_is_refused() {
    let check = |change: &dyn Fn(&mut Vec<u8>), expected: ChunkError| {
        let mut body = guide(SIGNATURES);
        change(&mut body);
        let read = decode(decoder(STREAMING_SIGNED_PAYLOAD, SEED), &body, 4096);
        assert_eq!(read.map(|(payload, _)| payload.len()), Err(expected));
    };
    let mismatch = |part: &str| ChunkError::Mismatch {
        part: part.to_owned(),
    };
    check(&|body| body[100] = b'b', mismatch("chunk 1"));
    check(&|body| body[66_000] = b'b', mismatch("chunk 2"));
    check(&|body| body[30] = b'0', mismatch("chunk 1"));
    // Cut behind the first chunk, with a last one of another place.
    check(
        &|body| {
            let last = body.split_off(body.len() - 84);
            body.truncate(88 + 65_536 + 2);
            body.extend_from_slice(&last);
        },
        mismatch("chunk 2"),
    );
    check(
        &|body| body.truncate(70_000.min(body.len() - 90)),
        ChunkError::Truncated,
    );
    check(&|body| body.clear(), ChunkError::Truncated);
    check(
        &|body| body.splice(0..1, *b"x").for_each(drop),
        ChunkError::Malformed("a size is no hexadecimal number"),
    );
    check(
        &|body| *body = b"5\r\nhello\r\n0\r\n\r\n".to_vec(),
        ChunkError::NotSigned,
    );
    check(
        &|body| *body = vec![b'0'; 5000],
        ChunkError::Malformed("a line is too long"),
    );
    // The chain begins with the request's own signature.
    let other = decoder(STREAMING_SIGNED_PAYLOAD, &SEED.replace('4', "5"));
    assert_eq!(
        decode(other, &guide(SIGNATURES), 4096),
        Err(mismatch("chunk 1"))
    );
    // Trailers that were announced as signed have to be.
    let body = [&guide(SIGNATURES)[..], b"\r\n"].concat();
    let trailing = decoder(STREAMING_SIGNED_PAYLOAD_TRAILER, SEED);
    assert_eq!(decode(trailing, &body, 4096), Err(ChunkError::NotSigned));
}

#[test]
fn chunks_that_are_not_signed_are_read() {
    let read = |body: &str| decode(ChunkDecoder::unsigned(), body.as_bytes(), 2);
    let (payload, trailers) = read("3\r\nabc\r\n2\r\nde\r\n0\r\nA: b \r\n\r\n").unwrap();
    assert_eq!(payload, b"abcde");
    assert_eq!(trailers, [("a".to_owned(), "b".to_owned())]);
    assert!(read("0\r\n\r\n").is_ok());
    for body in [
        "3\r\nabcd\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n",
        "+3\r\nabc\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n",
        "0\r\na\r\n\r\n",
        "0\r\n\r\nmore",
        "3\r\nab",
        "\r\n",
    ] {
        assert!(read(body).is_err(), "{body:?}");
    }
    assert!(matches!(
        ChunkDecoder::announced("UNSIGNED-PAYLOAD", &presented(SEED, false), &credentials()),
        Ok(None)
    ));
}

#[test]
fn chunks_of_version_4a_are_read() {
    let key = AsymmetricKey::derive(&credentials()).unwrap();
    let seed = key.sign("the request");
    let mut chain = Chain {
        asymmetric: true,
        timestamp: "20130524T000000Z".to_owned(),
        scope: "20130524/s3/aws4_request".to_owned(),
        previous: seed.clone(),
    };
    let mut body = String::new();
    for chunk in ["hello", ""] {
        let to_sign = chain.string("PAYLOAD", &[EMPTY_SHA256, &sha256_hex(chunk.as_bytes())]);
        chain.previous = key.sign(&to_sign);
        let line = format!(
            "{:x};chunk-signature={:*<144}\r\n",
            chunk.len(),
            chain.previous
        );
        body.push_str(&line);
        body.push_str(chunk);
        body.push_str(if chunk.is_empty() { "" } else { "\r\n" });
    }
    let trailers = "x-amz-checksum-crc32:AAAAAA==\n";
    let to_sign = chain.string("TRAILER", &[&sha256_hex(trailers.as_bytes())]);
    body.push_str(trailers);
    body.push_str(&format!(
        "x-amz-trailer-signature:{}\r\n\r\n",
        key.sign(&to_sign)
    ));
    let read = decode(
        decoder(STREAMING_SIGNED_PAYLOAD_TRAILER_V4A, &seed),
        body.as_bytes(),
        9,
    );
    assert_eq!(read.unwrap().0, b"hello");
    let body = body.replace("hello", "hullo");
    let read = decode(
        decoder(STREAMING_SIGNED_PAYLOAD_TRAILER_V4A, &seed),
        body.as_bytes(),
        9,
    );
    assert!(read.is_err());
}

proptest! {
    #[test]
    fn what_the_signer_signs_is_read(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..50), 0..5),
        piece in 1_usize..40,
    ) {
        let signing = Signing {
            scheme: Scheme::S3V4,
            signing_name: "s3".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let time = SigningTime::parse_amz_date("20130524T000000Z").unwrap();
        let mut signer = ChunkSigner::new(&credentials(), &signing, time, SEED);
        let mut body = Vec::new();
        for chunk in chunks.iter().chain([&Vec::new()]) {
            let signature = signer.sign_chunk(chunk);
            body.extend_from_slice(format!("{:x};chunk-signature={signature}\r\n", chunk.len()).as_bytes());
            body.extend_from_slice(chunk);
            body.extend_from_slice(b"\r\n");
        }
        let read = decode(decoder(STREAMING_SIGNED_PAYLOAD, SEED), &body, piece);
        prop_assert_eq!(read.unwrap().0, chunks.concat());
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200), piece in 1_usize..40) {
        let _ = decode(ChunkDecoder::unsigned(), &body, piece);
        let _ = decode(decoder(STREAMING_SIGNED_PAYLOAD_TRAILER, SEED), &body, piece);
    }
}
