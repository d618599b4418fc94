//! Who acts, and what they did.

use serde_json::Value;

/// What kind of actor it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginKind {
    /// A console user.
    User,
    /// An API token.
    Token,
    /// An operator at the command line.
    CommandLine,
    /// The installation itself: a job, or the first start.
    System,
    /// Somebody who is not signed in.
    Nobody,
}

impl OriginKind {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Token => "token",
            Self::CommandLine => "command_line",
            Self::System => "system",
            Self::Nobody => "nobody",
        }
    }
}

/// Who acts, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What kind of actor it is.
    pub kind: OriginKind,
    /// Number of the user or token.
    pub id: Option<i64>,
    /// E-mail of the user, name of the token or job, or what somebody called themselves.
    pub name: String,
    /// The client's address.
    pub address: Option<String>,
    /// Of the request, as the log has it too.
    pub request_id: Option<String>,
}

impl Origin {
    fn of(kind: OriginKind, name: impl Into<String>) -> Self {
        Self { kind, id: None, name: name.into(), address: None, request_id: None }
    }

    /// An operator at the command line.
    pub fn command_line() -> Self {
        Self::of(OriginKind::CommandLine, "command line")
    }

    /// The installation itself; `name` tells which part of it.
    pub fn system(name: impl Into<String>) -> Self {
        Self::of(OriginKind::System, name)
    }

    /// Somebody who is not signed in, by what they called themselves.
    pub fn nobody(name: impl Into<String>) -> Self {
        Self::of(OriginKind::Nobody, name)
    }

    /// The same actor, seen to call from an address.
    #[must_use]
    pub fn from(mut self, address: impl ToString, request_id: Option<String>) -> Self {
        self.address = Some(address.to_string());
        self.request_id = request_id;
        self
    }
}

/// What differs between two states of a thing: of each field that does, the value before and after.
pub fn differences(before: &Value, after: &Value) -> Value {
    let field = |value: &Value, name: &str| value.get(name).cloned().unwrap_or(Value::Null);
    let names = [before, after].into_iter().filter_map(Value::as_object).flat_map(|fields| fields.keys());
    let mut found = serde_json::Map::new();
    for name in names {
        let (old, new) = (field(before, name), field(after, name));
        if old != new {
            found.insert(name.clone(), Value::Array(vec![old, new]));
        }
    }
    Value::Object(found)
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The workspace that it concerns; none for the installation.
    pub workspace: Option<i64>,
    /// What happened, such as `role.granted`.
    pub action: &'static str,
    /// What it happened to, for people; never a secret and never an observed person's id.
    pub target: &'a str,
    /// More about it, such as `{"role": ["viewer", "admin"]}` for a change; never a secret.
    pub detail: Value,
}
