//! Finds people and their groups.

use std::collections::{BTreeMap, BTreeSet};

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Scope, SearchEntry};

use super::connect::{ACTIVE_DIRECTORY, ANSWER, Session, said, words};
use super::names::{any_of, canonical, filled, first_value, octets};
use super::{Trouble, USER_FILTER};
use crate::auth::sources::Proven;

/// Entries of one page; directories allow at least so many.
const PAGE: i32 = 200;
/// DNs in one filter.
const AT_ONCE: usize = 40;
/// Groups of one person that are followed; nobody is in more without something being wrong.
const GROUPS: usize = 5_000;
/// An account that is shut out, in userAccountControl.
const DISABLED: u64 = 2;
/// Matches members of members of members (LDAP_MATCHING_RULE_IN_CHAIN).
const IN_CHAIN: &str = "member:1.2.840.113556.1.4.1941:";
const ATTRIBUTES: [&str; 14] = [
    "entryUUID",
    "objectGUID",
    "ipaUniqueID",
    "nsUniqueId",
    "uid",
    "sAMAccountName",
    "userPrincipalName",
    "cn",
    "displayName",
    "mail",
    "memberOf",
    "userAccountControl",
    "nsAccountLock",
    "loginDisabled",
];

/// Somebody in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where they are; changes when they move.
    pub dn: String,
    /// What never changes.
    pub subject: String,
    /// What they are called there.
    pub uid: String,
    /// Their name, for people.
    pub name: String,
    /// Their e-mail.
    pub email: Option<String>,
    /// Whether the directory lets them in.
    pub active: bool,
    member_of: Vec<String>,
}

impl Entry {
    /// As somebody whom the source vouches for; the directory's e-mail is the company's own.
    pub fn proven(self, login: &str, groups: Vec<String>) -> Proven {
        Proven {
            subject: self.subject,
            login: login.to_owned(),
            name: self.name,
            email: self.email,
            verified: true,
            groups,
        }
    }
}

/// Values of an entry by attribute in small letters; what is no text is kept as bytes.
struct Values(BTreeMap<String, Vec<Vec<u8>>>);

impl Values {
    fn of(entry: SearchEntry) -> Self {
        let mut all = BTreeMap::<String, Vec<Vec<u8>>>::new();
        for (name, values) in entry.attrs {
            all.entry(name.to_lowercase()).or_default().extend(values.into_iter().map(String::into_bytes));
        }
        for (name, values) in entry.bin_attrs {
            all.entry(name.to_lowercase()).or_default().extend(values);
        }
        Self(all)
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let values = self.0.get(&name.to_lowercase()).into_iter().flatten();
        values.filter_map(|value| String::from_utf8(value.clone()).ok()).collect()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.texts(name).into_iter().map(|text| text.trim().to_owned()).find(|text| !text.is_empty())
    }

    fn bytes(&self, name: &str) -> Option<&Vec<u8>> {
        self.0.get(&name.to_lowercase()).and_then(|values| values.first())
    }
}

fn read(entry: SearchEntry) -> Result<Entry, Trouble> {
    let dn = entry.dn.clone();
    let values = Values::of(entry);
    let subject = ["entryUUID", "ipaUniqueID", "nsUniqueId"]
        .iter()
        .find_map(|name| values.text(name))
        .or_else(|| values.bytes("objectGUID").and_then(|bytes| guid(bytes)));
    let subject = subject.ok_or_else(|| {
        Trouble::Settings(
            "the directory tells no id that never changes: let the account that searches read entryUUID or objectGUID"
                .into(),
        )
    })?;
    let uid = ["uid", "sAMAccountName", "userPrincipalName", "cn"].iter().find_map(|name| values.text(name));
    let uid = uid.unwrap_or_else(|| first_value(&dn).unwrap_or_default());
    let name = ["displayName", "cn"].iter().find_map(|name| values.text(name)).unwrap_or_else(|| uid.clone());
    let control = values.text("userAccountControl").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let is_true = |name: &str| values.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let active = control & DISABLED == 0 && !is_true("nsAccountLock") && !is_true("loginDisabled");
    Ok(Entry { dn, subject, uid, name, email: values.text("mail"), active, member_of: values.texts("memberOf") })
}

/// An objectGUID as text: its first three fields are written backwards (MS-DTYP 2.3.4).
fn guid(bytes: &[u8]) -> Option<String> {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bytes else { return None };
    if rest.len() != 8 {
        return None;
    }
    let (high, low) = rest.split_at_checked(2)?;
    let turned = |bytes: &[u8]| hex::encode(bytes);
    Some(format!(
        "{}-{}-{}-{}-{}",
        turned(&[*d, *c, *b, *a]),
        turned(&[*f, *e]),
        turned(&[*h, *g]),
        turned(high),
        turned(low)
    ))
}

/// The bytes of an objectGUID that reads like this.
fn guid_bytes(text: &str) -> Option<Vec<u8>> {
    let bytes = hex::decode(text.replace('-', "")).ok()?;
    let [d, c, b, a, f, e, h, g, rest @ ..] = bytes.as_slice() else { return None };
    let mut turned = vec![*a, *b, *c, *d, *e, *f, *g, *h];
    turned.extend_from_slice(rest);
    (turned.len() == 16).then_some(turned)
}

impl Session {
    /// Everything that a search finds, page by page; half an answer is none.
    async fn search(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: Vec<&'static str>,
    ) -> Result<Vec<SearchEntry>, Trouble> {
        let down = |e: &ldap3::LdapError| match e {
            ldap3::LdapError::FilterParsing => Trouble::Settings(words(e)),
            _ => Trouble::Down(words(e)),
        };
        let adapters: Vec<Box<dyn Adapter<'_, &'static str, Vec<&'static str>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        self.ldap.with_timeout(ANSWER);
        let stream = self.ldap.streaming_search_with(adapters, base, scope, filter, attributes).await;
        let mut stream = stream.map_err(|e| down(&e))?;
        let mut found = Vec::new();
        while let Some(entry) = stream.next().await.map_err(|e| down(&e))? {
            found.push(SearchEntry::construct(entry));
        }
        let result = stream.finish().await;
        match result.rc {
            0 => Ok(found),
            32 => Err(Trouble::Settings(format!("the directory knows no {base:?}: {}", said(&result)))),
            _ => Err(Trouble::Down(said(&result))),
        }
    }

    fn user_base(&self) -> String {
        self.config.user_base.clone().unwrap_or_default()
    }

    /// Somebody by the name that they type.
    pub async fn find(&mut self, username: &str) -> Result<Option<Entry>, Trouble> {
        let filter = self.config.user_filter.clone().filter(|filter| !filter.is_empty());
        let filter = filled(filter.as_deref().unwrap_or(USER_FILTER), username);
        let base = self.user_base();
        let mut found = self.search(&base, Scope::Subtree, &filter, ATTRIBUTES.to_vec()).await?;
        match (found.pop(), found.len()) {
            (None, _) => Ok(None),
            (Some(entry), 0) => read(entry).map(Some),
            (Some(_), more) => Err(Trouble::Wrong(format!("{} entries have this name", more + 1))),
        }
    }

    /// Somebody by their id.
    pub async fn find_subject(&mut self, subject: &str) -> Result<Option<Entry>, Trouble> {
        let mut filter = any_of(&["entryUUID", "ipaUniqueID", "nsUniqueId"], &[subject.to_owned()]);
        if let Some(bytes) = guid_bytes(subject) {
            filter = format!("(|{filter}(objectGUID={}))", octets(&bytes));
        }
        let base = self.user_base();
        let found = self.search(&base, Scope::Subtree, &filter, ATTRIBUTES.to_vec()).await?;
        found.into_iter().next().map(read).transpose()
    }

    /// All groups of somebody by DN, those that hold their groups included.
    pub async fn groups(&mut self, entry: &Entry) -> Result<Vec<String>, Trouble> {
        match self.config.group_base.clone().filter(|base| !base.is_empty()) {
            Some(base) if self.nests() && self.is_active_directory().await? => {
                let filter = any_of(&[IN_CHAIN], std::slice::from_ref(&entry.dn));
                let found = self.search(&base, Scope::Subtree, &filter, vec!["cn"]).await?;
                Ok(found.into_iter().map(|group| group.dn).collect())
            }
            Some(base) => self.groups_by_search(&base, entry).await,
            None => self.groups_by_attribute(entry).await,
        }
    }

    fn nests(&self) -> bool {
        self.config.nested_groups.unwrap_or(true)
    }

    /// Whoever holds the entry, whoever holds those, and so on; a group that was met is not followed again.
    async fn groups_by_search(&mut self, base: &str, entry: &Entry) -> Result<Vec<String>, Trouble> {
        let mut met = BTreeSet::new();
        let mut all = Vec::new();
        let mut open = vec![entry.dn.clone()];
        let mut is_first = true;
        while !open.is_empty() {
            let mut next = Vec::new();
            for some in open.chunks(AT_ONCE) {
                let mut filter = any_of(&["member", "uniqueMember"], some);
                if is_first {
                    filter = format!("(|{filter}{})", any_of(&["memberUid"], std::slice::from_ref(&entry.uid)));
                }
                for group in self.search(base, Scope::Subtree, &filter, vec!["cn"]).await? {
                    if met.insert(canonical(&group.dn).unwrap_or_else(|| group.dn.clone())) {
                        next.push(group.dn.clone());
                        all.push(group.dn);
                    }
                }
            }
            if all.len() > GROUPS {
                return Err(Trouble::Settings(format!("somebody is in more than {GROUPS} groups")));
            }
            is_first = false;
            open = if self.nests() { next } else { Vec::new() };
        }
        Ok(all)
    }

    /// The same by `memberOf`, where the directory keeps that.
    async fn groups_by_attribute(&mut self, entry: &Entry) -> Result<Vec<String>, Trouble> {
        let mut met = BTreeSet::new();
        let mut all = Vec::new();
        let mut open = entry.member_of.clone();
        while let Some(dn) = open.pop() {
            if !met.insert(canonical(&dn).unwrap_or_else(|| dn.clone())) {
                continue;
            }
            all.push(dn.clone());
            if all.len() > GROUPS {
                return Err(Trouble::Settings(format!("somebody is in more than {GROUPS} groups")));
            }
            if self.nests() {
                // A group that the account may not read has no parents that count.
                let found = match self.search(&dn, Scope::Base, "(objectClass=*)", vec!["memberOf"]).await {
                    Err(Trouble::Settings(_)) => Vec::new(),
                    found => found?,
                };
                open.extend(found.into_iter().flat_map(|group| Values::of(group).texts("memberOf")));
            }
        }
        Ok(all)
    }

    /// Whether the server says that it is Active Directory.
    async fn is_active_directory(&mut self) -> Result<bool, Trouble> {
        if let Some(known) = self.is_active_directory {
            return Ok(known);
        }
        let root = self.search_root().await?;
        let known = root
            .into_iter()
            .any(|root| Values::of(root).texts("supportedCapabilities").iter().any(|oid| oid == ACTIVE_DIRECTORY));
        self.is_active_directory = Some(known);
        Ok(known)
    }

    /// What a server says about itself. Without paging, which some refuse there.
    async fn search_root(&mut self) -> Result<Vec<SearchEntry>, Trouble> {
        self.ldap.with_timeout(ANSWER);
        let found = self.ldap.search("", Scope::Base, "(objectClass=*)", vec!["supportedCapabilities"]).await;
        let found = found.map_err(|e| Trouble::Down(words(&e)))?;
        Ok(found.0.into_iter().map(SearchEntry::construct).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn entry(attributes: &[(&str, &str)], bytes: &[(&str, &[u8])]) -> SearchEntry {
        let mut attrs = HashMap::<String, Vec<String>>::new();
        for (name, value) in attributes {
            attrs.entry((*name).to_owned()).or_default().push((*value).to_owned());
        }
        let bin_attrs = bytes.iter().map(|(name, value)| ((*name).to_owned(), vec![value.to_vec()])).collect();
        SearchEntry { dn: "CN=Ada,OU=People,DC=example,DC=org".into(), attrs, bin_attrs }
    }

    #[test]
    fn an_entry_of_active_directory_is_read() {
        // The example of the manual page of objectGUID: stored bytes and the string that tools show.
        let bytes: [u8; 16] =
            [0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0x78, 0x56, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0xff];
        let attributes = [
            ("sAMAccountName", "ada"),
            ("displayName", "Ada L."),
            ("MAIL", "ada@example.org"),
            ("userAccountControl", "512"),
        ];
        let read_one = read(entry(&attributes, &[("objectGUID", &bytes)])).unwrap();
        assert_eq!(read_one.subject, "12345678-1234-5678-1234-5678123456ff");
        assert_eq!(guid_bytes(&read_one.subject).unwrap(), bytes);
        assert_eq!(
            (read_one.uid.as_str(), read_one.email.as_deref(), read_one.active),
            ("ada", Some("ada@example.org"), true)
        );
        let disabled = [("sAMAccountName", "ada"), ("userAccountControl", "514")];
        assert!(!read(entry(&disabled, &[("objectGUID", &bytes)])).unwrap().active);
    }

    #[test]
    fn filters_are_filters_whatever_names_hold() {
        let dn = "CN=A\\, B (c)*,OU=People,DC=example".to_owned();
        for attributes in [[IN_CHAIN, "member"], ["uniqueMember", "memberUid"]] {
            let filter = any_of(&attributes, std::slice::from_ref(&dn));
            assert!(ldap3::parse_filter(&filter).is_ok(), "{filter}");
        }
        assert!(ldap3::parse_filter(filled(USER_FILTER, "*)(uid=*)(|(a=\\")).is_ok());
        assert!(ldap3::parse_filter(format!("(objectGUID={})", octets(&[0, 40, 42, 255]))).is_ok());
    }

    #[test]
    fn without_an_id_that_never_changes_nobody_is_known() {
        assert!(matches!(read(entry(&[("uid", "ada")], &[])), Err(Trouble::Settings(_))));
        assert_eq!(read(entry(&[("entryUUID", "u-1"), ("uid", "ada")], &[])).unwrap().subject, "u-1");
        assert_eq!(guid(&[1, 2, 3]), None);
        assert_eq!(guid_bytes("u-1"), None);
    }
}
