//! What the numbers of the table `dictionary` stand for.

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person's id: `u` + user id, or `a` + anonymous id.
    Person,
    /// An account's id.
    Account,
    /// An app's name.
    App,
    /// `t` (track), `p` (page) or `s` (screen) + the event's name.
    Event,
    /// A release's version.
    Version,
}

impl Kind {
    /// All kinds, in the order of their stored numbers.
    pub const ALL: [Kind; 5] = [Kind::Person, Kind::Account, Kind::App, Kind::Event, Kind::Version];

    /// Its place in [`Kind::ALL`].
    pub fn index(self) -> usize {
        match self {
            Kind::Person => 0,
            Kind::Account => 1,
            Kind::App => 2,
            Kind::Event => 3,
            Kind::Version => 4,
        }
    }

    /// As it stands in the column `kind`.
    pub fn stored(self) -> i16 {
        match self {
            Kind::Person => 1,
            Kind::Account => 2,
            Kind::App => 3,
            Kind::Event => 4,
            Kind::Version => 5,
        }
    }
}
