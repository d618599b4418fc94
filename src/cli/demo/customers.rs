//! The customers of Samplefield, who use three of its apps: each an account with a story. Days count back from today.

/// A customer.
pub struct Customer {
    /// The account's id, also the part of its e-mail domain before `.example`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// People ever.
    pub people: u32,
    /// Days before today of its creation.
    pub created: i32,
    /// Days before today on which a trial of 14 days began, if any.
    pub trial: Option<i32>,
    /// Days before today since which it pays, if ever.
    pub paid: Option<i32>,
    /// The plan it ends up with.
    pub plan: &'static str,
    /// Licences and monthly revenue (in the workspace's currency) at the latest count.
    pub seats: u32,
    /// See `seats`.
    pub mrr: u32,
    /// How its use went.
    pub turn: Turn,
    /// Days before today of the cancellation, and the reason given.
    pub cancelled: Option<(i32, &'static str)>,
    /// Whether its people only look at invoices.
    pub light: bool,
    /// The share of pages and features that its people have discovered.
    pub breadth: f64,
}

/// How the use of a customer went. Days count back from today.
#[derive(Clone, Copy, PartialEq)]
pub enum Turn {
    /// Much the same all the time.
    Steady,
    /// More people month by month, more licences twice.
    Rising,
    /// Less and less since this day; tickets and a bad survey come with it.
    Sliding(i32),
    /// The most active person fell silent on this day, the others do less.
    ChampionQuiet(i32),
    /// Nothing since this day.
    Silent(i32),
    /// Left on the first day, came back on the second.
    WonBack(i32, i32),
    /// The contract ended on this day without renewal.
    Lapsed(i32),
    /// Removed its data source on this day and added none.
    Unplugged(i32),
}

impl Turn {
    /// The share of the usual use, `ago` days before today: 0 to 1.
    pub fn mood(self, ago: i32) -> f64 {
        match self {
            Self::Sliding(since) if ago < since => 0.2 + 0.7 * f64::from(ago) / f64::from(since),
            Self::ChampionQuiet(since) if ago < since + 30 => 0.62,
            Self::Silent(since) | Self::Lapsed(since) if ago < since => 0.0,
            Self::WonBack(left, back) if ago < left && ago > back => 0.0,
            Self::Unplugged(since) if ago < since => 0.7,
            _ => 1.0,
        }
    }
}

const QUIET: Customer = Customer {
    id: "",
    name: "",
    people: 3,
    created: 0,
    trial: None,
    paid: None,
    plan: "free",
    seats: 3,
    mrr: 0,
    turn: Turn::Steady,
    cancelled: None,
    light: false,
    breadth: 0.34,
};

/// A customer that pays, after a trial.
const fn pays(
    id: &'static str,
    name: &'static str,
    people: u32,
    paid: i32,
    plan: (&'static str, u32, u32),
    turn: Turn,
) -> Customer {
    let (plan, seats, mrr) = plan;
    let trial = paid + 13;
    Customer {
        id,
        name,
        people,
        created: trial + 1,
        trial: Some(trial),
        paid: Some(paid),
        plan,
        seats,
        mrr,
        turn,
        ..QUIET
    }
}

/// A customer that paid and left for `reason`.
const fn left(customer: Customer, ago: i32, reason: &'static str) -> Customer {
    Customer { turn: Turn::Silent(ago), cancelled: Some((ago, reason)), ..customer }
}

/// A company that tried for 14 days and did not buy.
const fn tried(id: &'static str, name: &'static str, people: u32, ago: i32) -> Customer {
    Customer {
        id,
        name,
        people,
        created: ago,
        trial: Some(ago),
        plan: "trial",
        seats: 5,
        turn: Turn::Silent(ago - 14),
        ..QUIET
    }
}

/// All customers.
pub const ALL: &[Customer] = &[
    Customer {
        breadth: 1.0,
        ..pays("placeholder-foods", "Placeholder Foods", 25, 710, ("enterprise", 30, 2400), Turn::Steady)
    },
    pays("example-freight", "Example Freight", 21, 540, ("business", 20, 1180), Turn::Rising),
    pays("lorem-lumber", "Lorem Lumber", 13, 700, ("business", 15, 890), Turn::ChampionQuiet(12)),
    Customer {
        light: true,
        breadth: 0.2,
        ..pays("ipsum-insurance", "Ipsum Insurance", 9, 470, ("team", 10, 320), Turn::Steady)
    },
    pays("dummy-dental", "Dummy Dental", 8, 41, ("team", 10, 290), Turn::Steady),
    Customer {
        people: 6,
        created: 21,
        trial: Some(6),
        plan: "trial",
        seats: 8,
        ..named("mockup-motors", "Mockup Motors")
    },
    Customer { people: 3, created: 4, ..named("sketch-studio", "Sketch Studio") },
    Customer { people: 4, created: 128, ..named("draft-dairy", "Draft Dairy") },
    Customer { people: 4, created: 236, turn: Turn::Silent(74), ..named("outline-optics", "Outline Optics") },
    pays("specimen-steel", "Specimen Steel", 10, 330, ("business", 12, 760), Turn::Silent(36)),
    left(pays("fixture-farms", "Fixture Farms", 10, 420, ("team", 12, 360), Turn::Steady), 58, "mobile_layout"),
    left(pays("sample-shipping", "Sample Shipping", 12, 560, ("business", 15, 940), Turn::Steady), 211, "slow_region"),
    pays("template-textiles", "Template Textiles", 11, 690, ("business", 14, 820), Turn::WonBack(402, 255)),
    Customer {
        breadth: 0.9,
        ..pays("pattern-pharma", "Pattern Pharma", 19, 655, ("enterprise", 16, 1950), Turn::Rising)
    },
    Customer {
        breadth: 0.5,
        ..pays("replica-retail", "Replica Retail", 16, 690, ("business", 14, 1010), Turn::Sliding(64))
    },
    pays("filler-foundry", "Filler Foundry", 7, 395, ("team", 8, 250), Turn::Lapsed(30)),
    pays("prototype-power", "Prototype Power", 10, 66, ("business", 18, 1120), Turn::Rising),
    pays("stub-studios", "Stub Studios", 8, 300, ("team", 10, 310), Turn::Unplugged(9)),
    Customer {
        breadth: 0.7,
        ..pays("proxy-packaging", "Proxy Packaging", 14, 735, ("business", 16, 980), Turn::Steady)
    },
    Customer { breadth: 0.2, ..pays("generic-glass", "Generic Glass", 9, 330, ("team", 20, 540), Turn::Steady) },
    pays("facsimile-films", "Facsimile Films", 12, 250, ("business", 12, 700), Turn::Rising),
    left(pays("notional-nets", "Notional Nets", 6, 610, ("team", 8, 240), Turn::Steady), 330, "was_prototype"),
    left(pays("madeup-music", "Madeup Music", 5, 520, ("team", 6, 190), Turn::Steady), 140, "company_closed"),
    // A plan without the date since which it is paid: the lifecycle has to list it for repair.
    Customer { people: 4, created: 350, plan: "legacy", seats: 5, ..named("figment-fabrics", "Figment Fabrics") },
    tried("nonesuch-nutrition", "Nonesuch Nutrition", 4, 742),
    tried("imaginary-ink", "Imaginary Ink", 3, 668),
    tried("hypothetical-hats", "Hypothetical Hats", 3, 585),
    tried("fictional-frames", "Fictional Frames", 4, 497),
    tried("pretend-paper", "Pretend Paper", 3, 411),
    tried("virtual-violins", "Virtual Violins", 3, 318),
    tried("exemplar-eggs", "Exemplar Eggs", 4, 224),
    tried("simulacrum-salt", "Simulacrum Salt", 3, 150),
    tried("whatsit-wheels", "Whatsit Wheels", 4, 79),
    Customer {
        created: 3,
        trial: Some(3),
        plan: "trial",
        seats: 5,
        turn: Turn::Steady,
        ..tried("invented-ice", "Invented Ice", 3, 20)
    },
];

/// A customer that never paid.
const fn named(id: &'static str, name: &'static str) -> Customer {
    Customer { id, name, ..QUIET }
}
