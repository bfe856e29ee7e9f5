//! Amazon CloudSearch: a search may be longer than a URL, so it is posted.

use super::{Handlers, common};

pub(super) const HANDLERS: Handlers = Handlers {
    parameters: common::aliases,
    // Parity: botocore/handlers.py, change_get_to_post.
    request: |context, _, request| {
        if context.operation.name() == "Search"
            && request.method == "GET"
            && let Some((url, query)) = request.url.split_once('?')
        {
            let (url, query) = (url.to_owned(), query.to_owned());
            request.set_header("Content-Type", "application/x-www-form-urlencoded");
            "POST".clone_into(&mut request.method);
            request.url = url;
            request.body = query.into();
        }
        Ok(())
    },
    ..Handlers::NONE
};

#[cfg(test)]
mod tests {
    use crate::handlers::testing::Fixture;
    use crate::transport::HttpRequest;

    #[test]
    fn searches_are_posted() {
        for (operation, method, url, body) in [
            ("Search", "POST", "https://host/search", "format=sdk&q=a"),
            ("Suggest", "GET", "https://host/search?format=sdk&q=a", ""),
        ] {
            let fixture = Fixture::new("cloudsearchdomain", operation);
            let mut request = HttpRequest::new("GET", "https://host/search?format=sdk&q=a");
            fixture.request("{}", &mut request);
            assert_eq!((&*request.method, &*request.url), (method, url));
            assert_eq!(request.body.as_bytes().unwrap(), body);
            assert_eq!(
                request.header("content-type").is_some(),
                operation == "Search"
            );
        }
    }
}
