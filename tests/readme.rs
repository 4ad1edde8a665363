//! Runs the console blocks of the README.
#![cfg(feature = "cli")]

#[test]
fn the_readme_shows_what_memlens_prints() {
    trycmd::TestCases::new()
        // Two minutes after the profile on the first screen was taken.
        .env("SOURCE_DATE_EPOCH", "1795375608")
        .env("COLUMNS", "100")
        .case("README.md");
}
