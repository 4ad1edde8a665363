//! The rules, one file each with its page of documentation beside it.

use super::Rule;

/// Every rule, by id. A new one is a file and a line here.
pub static RULES: &[&dyn Rule] = &[];
