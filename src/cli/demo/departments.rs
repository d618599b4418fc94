//! The departments of Samplefield, the simulated company: each an account with its own character.

/// The account that all departments belong to.
pub const COMPANY: (&str, &str) = ("samplefield", "Samplefield Group");

/// A department.
pub struct Department {
    /// The account's id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// People ever, in 26 months.
    pub people: u32,
    /// The share of them that was there from the start.
    pub first: f64,
    /// The share of end users that keeps using the apps.
    pub staying: f64,
    /// The share of builders.
    pub builders: f64,
    /// Licences bought.
    pub seats: u32,
    /// Hour (UTC) at which the working day begins; half of the shift workers begin eight hours later.
    pub opens: i32,
    /// Whether it works in shifts.
    pub shifts: bool,
}

/// All departments, the largest first.
pub const ALL: [Department; 12] = [
    department("production", "Production", 212, 0.42, 0.72, 0.02, 190, 5, true),
    department("logistics", "Logistics", 196, 0.28, 0.80, 0.03, 120, 5, true),
    department("sales", "Sales", 146, 0.44, 0.52, 0.04, 130, 7, false),
    department("support", "Support", 122, 0.30, 0.68, 0.05, 90, 6, true),
    department("engineering", "Engineering", 108, 0.40, 0.46, 0.24, 80, 8, false),
    department("finance", "Finance", 96, 0.48, 0.76, 0.08, 70, 7, false),
    department("marketing", "Marketing", 70, 0.62, 0.34, 0.06, 60, 8, false),
    department("hr", "People and Culture", 62, 0.40, 0.66, 0.08, 45, 7, false),
    department("it", "IT", 60, 0.42, 0.60, 0.30, 45, 7, false),
    department("purchasing", "Purchasing", 58, 0.45, 0.60, 0.03, 40, 7, false),
    department("facilities", "Facilities", 48, 0.44, 0.56, 0.05, 30, 6, false),
    department("legal", "Legal", 26, 0.50, 0.52, 0.05, 24, 8, false),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table above, in the order of the fields")]
const fn department(
    id: &'static str,
    name: &'static str,
    people: u32,
    first: f64,
    staying: f64,
    builders: f64,
    seats: u32,
    opens: i32,
    shifts: bool,
) -> Department {
    Department { id, name, people, first, staying, builders, seats, opens, shifts }
}
