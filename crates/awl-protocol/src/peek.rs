//! What may be asked of a response before it is parsed.

use crate::ParseError;
use crate::codec::xml::XmlDecoder;
use crate::timestamp;

/// The name of a document's root element, without its prefix, and the text in
/// it, which is `None` where there is none.
///
/// # Errors
/// A body that is no XML.
pub fn xml_root(body: &[u8]) -> Result<(String, Option<String>), ParseError> {
    let mut decoder = XmlDecoder::of_bytes(body)?;
    let name = decoder.name();
    let (text, _) = decoder.text_of_element()?;
    decoder.finish()?;
    Ok((
        name,
        Some(text.into_owned()).filter(|text| !text.is_empty()),
    ))
}

/// Whether the text of a response is a time to botocore.
#[must_use]
pub fn is_timestamp(text: &str) -> bool {
    timestamp::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_timestamp, xml_root};

    #[test]
    fn roots_have_names_and_text() {
        let root = |body: &str| xml_root(body.as_bytes()).ok();
        assert_eq!(
            root("<?xml version='1.0'?><a:B xmlns:a='c'>d&amp;e</a:B>"),
            Some(("B".to_owned(), Some("d&e".to_owned())))
        );
        assert_eq!(root("<B/>"), Some(("B".to_owned(), None)));
        assert_eq!(root("<B>"), None);
        assert_eq!(root("b"), None);
    }

    #[test]
    fn some_texts_are_times() {
        assert!(is_timestamp("Wed, 21 Oct 2015 07:28:00 GMT"));
        assert!(is_timestamp("2015-10-21T07:28:00Z"));
        assert!(!is_timestamp("never"));
    }
}
