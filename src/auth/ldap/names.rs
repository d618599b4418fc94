//! Names in a directory: compared without case, and put into filters without meaning anything there.

use ldap3::ldap_escape;

/// What stands for the name that somebody typed.
const USERNAME: &str = "{username}";

/// A filter with the name that somebody typed, which finds that name and nothing else (RFC 4515).
pub fn filled(filter: &str, username: &str) -> String {
    filter.replace(USERNAME, &ldap_escape(username))
}

/// A filter that finds entries whose attribute has one of these values.
pub fn any_of(attributes: &[&str], values: &[String]) -> String {
    let parts = values.iter().flat_map(|value| {
        let value = ldap_escape(value.as_str());
        attributes.iter().map(move |attribute| format!("({attribute}={value})"))
    });
    format!("(|{})", parts.collect::<String>())
}

/// An octet string as a filter takes it, such as an objectGUID.
pub fn octets(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// One part of a DN: attributes (mostly one) and their values.
type Part = Vec<(String, String)>;

/// A DN in one form, whatever case, blanks and escapes it was written with; none if it is no DN (RFC 4514).
pub fn canonical(dn: &str) -> Option<String> {
    let parts = parts(dn)?;
    let written = parts.into_iter().map(|mut part| {
        for (attribute, value) in &mut part {
            *attribute = attribute.to_lowercase();
            *value = value.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        }
        part.sort();
        // Lengths keep apart what a separator in a value would mix up.
        part.iter().map(|(a, v)| format!("{a}={}:{v}", v.len())).collect::<Vec<_>>().join("+")
    });
    Some(written.collect::<Vec<_>>().join(","))
}

/// The value of a DN's first part: `Admins` of `cn=Admins,dc=example`.
pub fn first_value(dn: &str) -> Option<String> {
    parts(dn)?.into_iter().next()?.into_iter().next().map(|(_, value)| value)
}

fn parts(dn: &str) -> Option<Vec<Part>> {
    if dn.trim().is_empty() {
        return None;
    }
    let (mut all, mut part) = (Vec::new(), Vec::new());
    let mut rest = dn.chars().peekable();
    loop {
        let attribute: String = std::iter::from_fn(|| rest.next_if(|c| !matches!(c, '=' | ',' | '+' | ';'))).collect();
        if rest.next() != Some('=') || attribute.trim().is_empty() {
            return None;
        }
        let (value, end) = value(&mut rest)?;
        part.push((attribute.trim().to_owned(), value));
        match end {
            Some('+') => {}
            Some(_) => all.push(std::mem::take(&mut part)),
            None => {
                all.push(part);
                return Some(all);
            }
        }
    }
}

/// A value up to what ends it, with its escapes resolved.
fn value(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<(String, Option<char>)> {
    // Blanks at the ends count only where they are escaped.
    let (mut bytes, mut kept, mut quoted) = (Vec::<u8>::new(), 0, false);
    let mut buffer = [0_u8; 4];
    while rest.next_if_eq(&' ').is_some() {}
    loop {
        match rest.next() {
            None if quoted => return None,
            None => {
                bytes.truncate(kept);
                return Some((String::from_utf8_lossy(&bytes).into_owned(), None));
            }
            Some('"') => quoted = !quoted,
            Some(end @ (',' | ';' | '+')) if !quoted => {
                bytes.truncate(kept);
                return Some((String::from_utf8_lossy(&bytes).into_owned(), Some(end)));
            }
            Some('\\') => {
                let first = rest.next()?;
                match (first.to_digit(16), rest.peek().and_then(|c| c.to_digit(16))) {
                    (Some(high), Some(low)) => {
                        rest.next();
                        bytes.push(u8::try_from(high * 16 + low).ok()?);
                    }
                    _ => bytes.extend_from_slice(first.encode_utf8(&mut buffer).as_bytes()),
                }
                kept = bytes.len();
            }
            Some(c) => {
                bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
                if c != ' ' || quoted {
                    kept = bytes.len();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_name_means_nothing_in_a_filter() {
        let filter = "(&(objectClass=person)(uid={username}))";
        assert_eq!(filled(filter, "ada"), "(&(objectClass=person)(uid=ada))");
        assert_eq!(filled(filter, "*)(uid=*"), "(&(objectClass=person)(uid=\\2a\\29\\28uid=\\2a))");
        assert_eq!(filled("(uid={username})", "a\\b\0"), "(uid=a\\5cb\\00)");
        assert_eq!(
            any_of(&["member", "uniqueMember"], &["cn=a(b)".to_owned()]),
            "(|(member=cn=a\\28b\\29)(uniqueMember=cn=a\\28b\\29))"
        );
        assert_eq!(octets(&[0, 0x2a, 0xff]), "\\00\\2a\\ff");
    }

    #[test]
    fn names_are_the_same_however_they_are_written() {
        let same = [
            ("cn=Admins,dc=example", "CN = admins , DC=Example"),
            ("cn=Smith\\, John,dc=x", "cn=\"smith, john\",dc=x"),
            ("cn=M\\c3\\bcller,dc=x", "cn=MÜLLER,dc=x"),
            ("cn=a  b,dc=x", "cn=A B,dc=x"),
            ("uid=a+cn=b,dc=x", "cn=B+uid=A,dc=x"),
            ("cn=a;dc=x", "cn=a,dc=x"),
        ];
        for (one, other) in same {
            assert_eq!(canonical(one), canonical(other), "{one} and {other}");
            assert!(canonical(one).is_some());
        }
        for (one, other) in [("cn=a,dc=x", "cn=a\\,dc=x"), ("cn=a,dc=x", "cn=a"), ("cn=a\\+cn=b", "cn=a+cn=b")] {
            assert_ne!(canonical(one), canonical(other), "{one} and {other}");
        }
        for wrong in ["", "admins", "=x", "cn=a,", "cn=\"a", "cn=a\\"] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
        assert_eq!(first_value("cn=Time\\2C Off,dc=x").as_deref(), Some("Time, Off"));
    }
}
