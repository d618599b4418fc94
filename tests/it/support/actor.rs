//! Somebody who calls the appliance: a browser with its cookies, or a program with a token.

use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;

/// A browser or a program.
pub struct Actor {
    client: Client,
    url: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The stable code of a problem, after a look at its envelope.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        for part in ["type", "title", "detail"] {
            assert!(problem[part].as_str().is_some_and(|text| !text.is_empty()), "{part} of {problem}");
        }
        assert!(problem["errors"].is_array());
        problem["code"].as_str().unwrap().to_owned()
    }

    /// Status and code together.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        (self.status, self.code())
    }
}

impl Actor {
    pub fn new(url: &str) -> Self {
        takehold::outbound::install_tls();
        let client = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, url: url.to_owned(), token: None }
    }

    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.bytes().unwrap().to_vec() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path))
    }

    /// Writes as the console does, with its header.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).header("x-takehold-request", "1").json(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).header("x-takehold-request", "1").json(body))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).header("x-takehold-request", "1").json(body))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).header("x-takehold-request", "1"))
    }

    pub fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/v1/session", &serde_json::json!({ "email": email, "password": password }))
    }
}
