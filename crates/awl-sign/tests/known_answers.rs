//! Signatures made by AWS CLI 2.36.7 with a frozen clock, and those that AWS's documentation
//! prints: ours must be the same to the last character.

#![expect(clippy::unwrap_used, reason = "a test helper fails by panicking")]

use awl_sign::{
    AsymmetricKey, ChunkSigner, Credentials, EventSigner, Identity, Payload, Presented, Received,
    Scheme, SignableRequest, Signing, SigningTime, presign_request, sign_request,
};

const URL: &str = "https://Example.com/a%20b//c/../d?b=2&a=x%20y&c";
const DEFAULT_FORM: (&str, &str) = (
    "Content-Type",
    "application/x-www-form-urlencoded; charset=utf-8",
);

fn credentials(token: Option<&str>) -> Credentials {
    Credentials::new(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        token.map(str::to_owned),
    )
}

fn request(method: &'static str, url: &str, body: &'static str) -> SignableRequest<'static> {
    SignableRequest {
        method: method.into(),
        url: url.to_owned(),
        headers: Vec::new(),
        payload: Payload::Bytes(body.as_bytes().into()),
    }
}

fn signing(scheme: Scheme, signing_name: &str) -> Signing {
    Signing {
        scheme,
        signing_name: signing_name.to_owned(),
        region: "us-west-2".to_owned(),
    }
}

fn time() -> SigningTime {
    SigningTime::parse_amz_date("20150830T123600Z").unwrap()
}

#[test]
fn presigned_urls() {
    let check = |scheme, token, signing_name, expires_in, headers: &[(&str, &str)], tail: &str| {
        let mut request = request("GET", URL, "");
        for (name, value) in headers {
            request
                .headers
                .push(((*name).to_owned(), (*value).to_owned()));
        }
        presign_request(
            &mut request,
            &signing(scheme, signing_name),
            Identity::Credentials(&credentials(token)),
            time(),
            expires_in,
            &[],
        )
        .unwrap();
        let start = "https://Example.com/a%20b//c/../d?b=2&a=x%20y&c=&X-Amz-Algorithm=AWS4-HMAC-SHA256\
            &X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-west-2%2F";
        assert_eq!(
            request.url,
            format!("{start}{signing_name}%2Faws4_request&X-Amz-Date=20150830T123600Z{tail}")
        );
    };
    let headers = [DEFAULT_FORM, ("X-Meta", "1"), ("User-Agent", "x")];
    check(
        Scheme::V4,
        None,
        "s3",
        900,
        &headers,
        "&X-Amz-Expires=900&X-Amz-SignedHeaders=host%3Bx-meta\
         &X-Amz-Signature=b74373b136e0d8d47666bb3b3303456ad06b54afd346b37ae0c9356027371a72",
    );
    check(
        Scheme::S3V4,
        None,
        "s3",
        900,
        &headers,
        "&X-Amz-Expires=900&X-Amz-SignedHeaders=host%3Bx-meta\
         &X-Amz-Signature=5da34ce95953346087c7fded62ad667a707fd77c00f239ea5a23b1b5def384f8",
    );
    check(
        Scheme::S3V4,
        Some("TOK/+="),
        "s3",
        900,
        &headers,
        "&X-Amz-Expires=900&X-Amz-SignedHeaders=host%3Bx-meta&X-Amz-Security-Token=TOK%2F%2B%3D\
         &X-Amz-Signature=9cc871911355d0be2a17f7c438d6f104fb9d13a316913f27366230cffc225d89",
    );
    check(
        Scheme::V4S3Express,
        Some("TOK/+="),
        "s3express",
        300,
        &[],
        "&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-S3session-Token=TOK%2F%2B%3D\
         &X-Amz-Signature=df98c29a93feb06e287670eca9a1e621712b6911fa744bb9832e883a34250fc8",
    );
}

#[test]
fn a_form_moves_into_a_presigned_url() {
    let mut request = request("GET", "https://h/?x=1", "");
    let parameters = [
        ("Action".to_owned(), "Do".to_owned()),
        ("x".to_owned(), "2 3".to_owned()),
    ];
    presign_request(
        &mut request,
        &signing(Scheme::V4, "sts"),
        Identity::Credentials(&credentials(Some("TOK/+="))),
        time(),
        60,
        &parameters,
    )
    .unwrap();
    assert_eq!(
        request.url,
        "https://h/?x=2%203&Action=Do&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-west-2%2Fsts%2Faws4_request\
         &X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host\
         &X-Amz-Security-Token=TOK%2F%2B%3D\
         &X-Amz-Signature=cf85b482ac59de7028f36294fbb43bd639001af5c9ff6340bbadaad4a2e8f65e"
    );
}

#[test]
fn header_signatures() {
    let check = |scheme, signing_name, payload, expected: &[(&str, &str)], signature: &str| {
        let mut request = request("PUT", URL, "abc");
        if payload == Payload::Unsigned {
            request.method = "POST".into();
            request.payload = payload;
        }
        let signed = sign_request(
            &mut request,
            &signing(scheme, signing_name),
            Identity::Credentials(&credentials(Some("TOK/+="))),
            time(),
        )
        .unwrap();
        assert_eq!(signed.signature, signature);
        let (last, headers) = request.headers.split_last().unwrap();
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(headers, expected);
        assert_eq!(last.0, "Authorization");
        assert!(last.1.ends_with(&format!(", Signature={signature}")));
    };
    let date = ("X-Amz-Date", "20150830T123600Z");
    let token = ("X-Amz-Security-Token", "TOK/+=");
    let hash = (
        "X-Amz-Content-SHA256",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    check(
        Scheme::S3V4,
        "s3",
        Payload::EMPTY,
        &[date, token, hash],
        "a5db12ab4d45bea851ac82d0db0ad46443d08db417d21552ab9e78db87d81e71",
    );
    check(
        Scheme::V4S3Express,
        "s3express",
        Payload::EMPTY,
        &[date, hash, ("x-amz-s3session-token", "TOK/+=")],
        "c05823b51d107982ab0062d19c44f171773a971044b480f70cf61985ee6327cb",
    );
    check(
        Scheme::V4,
        "svc",
        Payload::Unsigned,
        &[date, token, ("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")],
        "aeecfb89444cd522b35940c7b1cb6f8d377148fcac5be98a0ab8c1c1ec7141ed",
    );
}

#[test]
fn version_2_signs_the_form() {
    let mut request = request(
        "POST",
        "https://sdb.amazonaws.com/",
        "Action=ListDomains&Version=2009-04-15&A%20b=x%2F~%2A%C3%A9",
    );
    let signed = sign_request(
        &mut request,
        &signing(Scheme::V2, "sdb"),
        Identity::Credentials(&credentials(Some("TOK/+="))),
        time(),
    )
    .unwrap();
    assert_eq!(
        String::from_utf8(signed.body.unwrap()).unwrap(),
        "Action=ListDomains&Version=2009-04-15&A%20b=x%2F~%2A%C3%A9&AWSAccessKeyId=AKIDEXAMPLE\
         &SignatureVersion=2&SignatureMethod=HmacSHA256&Timestamp=2015-08-30T12%3A36%3A00Z\
         &SecurityToken=TOK%2F%2B%3D&Signature=FOdg6B9sLCmuz%2B%2BT8%2FL6V7VsR3Ia2aQfOBIxQlkhLp8%3D"
    );
    assert!(request.headers.is_empty());
}

#[test]
fn version_2_signs_the_query_where_there_is_no_body() {
    let mut request = request("GET", "https://sdb.amazonaws.com?Action=ListDomains", "");
    for _attempt in 0..2 {
        let signed = sign_request(
            &mut request,
            &signing(Scheme::V2, "sdb"),
            Identity::Credentials(&credentials(None)),
            time(),
        )
        .unwrap();
        assert_eq!(signed.body, None);
    }
    assert_eq!(request.url.matches("Signature=").count(), 1);
}

#[test]
fn version_3_signs_the_date() {
    let mut request = request("POST", URL, "");
    sign_request(
        &mut request,
        &signing(Scheme::V3, "x"),
        Identity::Credentials(&credentials(Some("TOK/+="))),
        time(),
    )
    .unwrap();
    let expected = [
        ("Date", "Sun, 30 Aug 2015 12:36:00 GMT"),
        ("X-Amz-Security-Token", "TOK/+="),
        (
            "X-Amzn-Authorization",
            "AWS3-HTTPS AWSAccessKeyId=AKIDEXAMPLE,Algorithm=HmacSHA256,\
             Signature=j8321DLpvDzWukBCfYFVyFdzJUkSBSkxJ/tW0+wPOxI=",
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(request.headers, expected);
}

/// ECDSA signatures differ each time, so the CLI's is verified and ours compared without it.
#[test]
fn version_4a_is_that_of_the_crt() {
    const CRT: &str = "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20150830/svc/aws4_request, \
        SignedHeaders=host;x-amz-date;x-amz-region-set;x-amz-security-token, \
        Signature=3045022062ce8e15ed5c39d5025cf93c7442d27ffbe5b5cacb502b0110529198c13b9b01022100\
        b1dd8e54be44c630c02fab2b01260611808cd46d65f817abbf0da6d1fcd0cd73";
    let credentials = credentials(Some("TOK/+="));
    let mut request = request("POST", URL, "abc");
    sign_request(
        &mut request,
        &signing(Scheme::V4a, "svc"),
        Identity::Credentials(&credentials),
        time(),
    )
    .unwrap();
    let own = request.headers.pop().unwrap();
    let expected = [
        ("host", "example.com"),
        ("X-Amz-Security-Token", "TOK/+="),
        ("X-Amz-Date", "20150830T123600Z"),
        ("X-Amz-Region-Set", "us-west-2"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(request.headers, expected);
    let before_signature = |value: &str| value.split_once("Signature=").unwrap().0.to_owned();
    assert_eq!(before_signature(&own.1), before_signature(CRT));

    for authorization in [own.1.as_str(), CRT] {
        let mut headers = request.headers.clone();
        headers.push(("Authorization".to_owned(), authorization.to_owned()));
        let received = Received {
            method: "POST",
            path: "/a%20b//c/../d",
            query: "b=2&a=x%20y&c",
            headers: &headers,
        };
        let presented = Presented::find(&received).unwrap();
        assert!(presented.asymmetric);
        let hash = request.payload.hash();
        presented
            .verify(&received, &credentials, Some(&hash), time())
            .unwrap();
        let other = Credentials::new("AKIDEXAMPLE", "other", None);
        assert!(
            presented
                .verify(&received, &other, Some(&hash), time())
                .is_err()
        );
    }
}

/// The public key that AWS's own libraries (aws-c-auth) expect for this access key.
#[test]
fn version_4a_derives_the_published_key() {
    let credentials = Credentials::new(
        "AKISORANDOMAASORANDOM",
        "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom",
        None,
    );
    let key = AsymmetricKey::derive(&credentials).unwrap();
    let hexadecimal: String = key
        .public_key()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hexadecimal,
        "04\
         15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb\
         0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0"
    );
}

/// The worked example of S3's guide to uploads in signed chunks.
#[test]
fn chunks_sign_as_the_guide_prints() {
    let credentials = Credentials::new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,
    );
    let signing = Signing {
        region: "us-east-1".to_owned(),
        ..signing(Scheme::S3V4, "s3")
    };
    let time = SigningTime::parse_amz_date("20130524T000000Z").unwrap();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut request = SignableRequest {
        method: "PUT".into(),
        url: "https://s3.amazonaws.com/examplebucket/chunkObject.txt".to_owned(),
        headers: vec![
            header("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            header("Content-Encoding", "aws-chunked"),
            header("x-amz-decoded-content-length", "66560"),
            header("Content-Length", "66824"),
        ],
        payload: Payload::StreamingSigned,
    };
    let seed = sign_request(
        &mut request,
        &signing,
        Identity::Credentials(&credentials),
        time,
    )
    .unwrap()
    .signature;
    assert_eq!(
        seed,
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    );
    let mut chunks = ChunkSigner::new(&credentials, &signing, time, &seed);
    for (length, expected) in [
        (
            65536,
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        ),
        (
            1024,
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        ),
        (
            0,
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ),
    ] {
        assert_eq!(chunks.sign_chunk(&vec![b'a'; length]), expected);
    }
}

/// The worked example of S3's guide to signed chunks with signed trailers.
#[test]
fn trailers_sign_as_the_guide_prints() {
    let credentials = Credentials::new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,
    );
    let signing = Signing {
        region: "us-east-1".to_owned(),
        ..signing(Scheme::S3V4, "s3")
    };
    let time = SigningTime::parse_amz_date("20130524T000000Z").unwrap();
    let seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    let mut chunks = ChunkSigner::new(&credentials, &signing, time, seed);
    for (length, expected) in [
        (
            65536,
            "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        ),
        (
            1024,
            "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        ),
        (
            0,
            "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
        ),
    ] {
        assert_eq!(chunks.sign_chunk(&vec![b'a'; length]), expected);
    }
    assert_eq!(
        chunks.sign_trailers("x-amz-checksum-crc32c:sOO8/Q==\n"),
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
    );
}

/// As AWS's SDK for Rust (aws-sigv4 1.6.4) signs the same message and the end of the stream.
#[test]
fn events_sign_as_in_the_rust_sdk() {
    // An encoded message without headers whose payload is `audio`.
    const MESSAGE: [u8; 21] = [
        0, 0, 0, 0x15, 0, 0, 0, 0, 0xcd, 0x22, 0xc7, 0x9b, b'a', b'u', b'd', b'i', b'o', 0x79,
        0x61, 0xa4, 0x85,
    ];
    let mut events = EventSigner::new(
        credentials(None),
        signing(Scheme::V4, "transcribe"),
        &"0".repeat(64),
    );
    let mut sign = |message: &[u8]| -> String {
        let signed = events.sign_event(message, time());
        assert_eq!(signed.date, time());
        signed
            .signature
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    assert_eq!(
        sign(&MESSAGE),
        "16a573759ff9d23946236e5584c74c44ec18b7db10a890a0725f7390cce1ed2f"
    );
    assert_eq!(
        sign(&[]),
        "bef9b9b48593f64b70443464cb7e83042c194d1222fa866a70b586e3b528e189"
    );
}

/// A server follows the chain that a client signs, and leaves it at the first change.
#[test]
fn signed_events_are_verified_one_after_another() {
    let chain = || EventSigner::new(credentials(None), signing(Scheme::V4, "transcribe"), "5eed");
    let (mut client, mut server) = (chain(), chain());
    for message in [&b"one"[..], b"two", b""] {
        let signed = client.sign_event(message, time());
        let date = signed.date.epoch_seconds() * 1000;
        assert!(!server.verify_event(b"other", date, &signed.signature));
        assert!(!server.verify_event(message, date + 1, &signed.signature));
        assert!(!server.verify_event(message, date, &signed.signature[1..]));
        assert!(server.verify_event(message, date, &signed.signature));
        // The same event again is not the next one.
        assert!(!server.verify_event(message, date, &signed.signature));
    }
}
