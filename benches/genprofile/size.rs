//! Sizes as they are written on the command line.

use std::fmt;
use std::str::FromStr;

/// A number of bytes, written as `5KB`, `30MB`, `1GB` (powers of ten) or plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unit = UNITS
            .iter()
            .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)));
        let (digits, bytes) = unit.unwrap_or((text, &1));
        let number = digits.trim().parse::<u64>().ok();
        number
            .and_then(|number| number.checked_mul(*bytes))
            .map(Self)
            .ok_or_else(|| "not a size such as 5KB, 30MB or 1GB".to_owned())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match UNITS
            .iter()
            .find(|(_, bytes)| self.0 != 0 && self.0.is_multiple_of(*bytes))
        {
            Some((unit, bytes)) => write!(f, "{}{unit}", self.0 / bytes),
            None => write!(f, "{}", self.0),
        }
    }
}
