//! Names that nobody bears: a common first name and a surname that says "made up".

use super::draw::Dice;

const FIRST: [&str; 60] = [
    "Ada", "Ben", "Cleo", "Dan", "Ella", "Finn", "Gina", "Hugo", "Ida", "Jonas", "Kira", "Leo", "Mira", "Nils", "Olga",
    "Paul", "Quinn", "Rosa", "Sam", "Tara", "Udo", "Vera", "Will", "Xenia", "Yusuf", "Zoe", "Amir", "Bella", "Carl",
    "Dora", "Emil", "Fay", "Gus", "Hana", "Ivan", "Jade", "Kofi", "Lena", "Max", "Nora", "Omar", "Pia", "Raj", "Suki",
    "Tom", "Uma", "Victor", "Wanda", "Yara", "Zeno", "Anouk", "Bruno", "Chidi", "Dina", "Enzo", "Freya", "Goran",
    "Hilda", "Ines", "Jun",
];

const LAST: [&str; 40] = [
    "Sample",
    "Placeholder",
    "Example",
    "Mockup",
    "Dummy",
    "Fixture",
    "Specimen",
    "Template",
    "Draft",
    "Pattern",
    "Standin",
    "Testcase",
    "Lorem",
    "Ipsum",
    "Dolor",
    "Stubbs-Stub",
    "Proxy",
    "Prototype",
    "Filler",
    "Sketch",
    "Outline",
    "Facsimile",
    "Replica",
    "Simulacrum",
    "Pretend",
    "Fable",
    "Figment",
    "Invented",
    "Madeup",
    "Nonesuch",
    "Whatsit",
    "Anybody",
    "Generic",
    "Default",
    "Hypothetical",
    "Imaginary",
    "Notional",
    "Fictional",
    "Virtual",
    "Exemplar",
];

/// Gives out each combination at most once.
pub struct Names {
    left: Vec<(&'static str, &'static str)>,
}

impl Names {
    /// All 2,400 combinations in the order that the seed decides.
    pub fn shuffled(dice: &mut Dice) -> Self {
        let mut left: Vec<_> = LAST.iter().flat_map(|last| FIRST.iter().map(move |first| (*first, *last))).collect();
        dice.shuffle(&mut left);
        Self { left }
    }

    /// The next name and the part of an e-mail address before the `@`.
    pub fn next(&mut self) -> (String, String) {
        let (first, last) = self.left.pop().unwrap_or(("Nobody", "Left"));
        (format!("{first} {last}"), format!("{first}.{last}").to_ascii_lowercase())
    }
}
