//! AWS Signature Version 4, in the `Authorization` header.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::kernel::Time;

/// The SHA-256 of an empty body.
pub const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is signed.
pub struct Signing<'a> {
    pub method: &'a str,
    /// As it is sent.
    pub path: &'a str,
    /// As it is sent, its pairs in order.
    pub query: &'a str,
    /// In lower case and in order.
    pub headers: &'a [(&'a str, String)],
    /// The SHA-256 of the body.
    pub payload: &'a str,
    /// As `20130524`.
    pub date: &'a str,
    /// As `20130524T000000Z`.
    pub moment: &'a str,
    pub region: &'a str,
    pub access_key: &'a str,
    pub secret_key: &'a str,
}

/// The header's value.
pub fn authorization(what: &Signing<'_>) -> String {
    let names: Vec<&str> = what.headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines: String =
        what.headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let Signing { method, path, query, payload, date, moment, region, .. } = what;
    let request = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{payload}");
    let scope = format!("{date}/{region}/s3/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let first = format!("AWS4{}", what.secret_key);
    let key = [date, *region, "s3", "aws4_request"]
        .iter()
        .fold(first.into_bytes(), |key, part| mac(&key, part.as_bytes()));
    let signature = hex(&mac(&key, text.as_bytes()));
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
        what.access_key
    )
}

/// The day and the moment as signatures write them.
pub fn date_of(now: Time) -> (String, String) {
    let moment = now.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    (moment[..8].to_owned(), moment)
}

/// A path with all but the plain signs escaped; slashes stay.
pub fn encoded(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // Every length of key is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of “Signature Calculations for the Authorization Header” in Amazon's reference.
    fn signature(
        method: &str,
        path: &str,
        query: &str,
        more: &[(&str, &str)],
        payload: &str,
    ) -> String {
        let mut headers = vec![
            ("host", "examplebucket.s3.amazonaws.com".to_owned()),
            ("x-amz-content-sha256", payload.to_owned()),
            ("x-amz-date", "20130524T000000Z".to_owned()),
        ];
        headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        headers.sort();
        let header = authorization(&Signing {
            method,
            path,
            query,
            headers: &headers,
            payload,
            date: "20130524",
            moment: "20130524T000000Z",
            region: "us-east-1",
            access_key: "AKIAIOSFODNN7EXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        });
        assert!(header.starts_with(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders="
        ));
        header.rsplit_once("Signature=").unwrap().1.to_owned()
    }

    #[test]
    fn the_published_examples_are_signed_as_published() {
        let get = signature("GET", "/test.txt", "", &[("range", "bytes=0-9")], NOTHING);
        assert_eq!(get, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        let put = signature(
            "PUT",
            &encoded("/test$file.text"),
            "",
            &[
                ("date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        );
        assert_eq!(put, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
        let lifecycle = signature("GET", "/", "lifecycle=", &[], NOTHING);
        assert_eq!(lifecycle, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
        let list = signature("GET", "/", "max-keys=2&prefix=J", &[], NOTHING);
        assert_eq!(list, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    #[test]
    fn moments_are_written_as_signatures_want_them() {
        let day: crate::kernel::Day = "2013-05-24".parse().unwrap();
        let (date, moment) = date_of(day.start());
        assert_eq!((&*date, &*moment), ("20130524", "20130524T000000Z"));
    }
}
