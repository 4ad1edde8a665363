//! Pseudo-random choices: splitmix64, and the few distributions that are needed. Whole numbers
//! only, so that a seed gives the same choices on every machine.

/// A stream of choices that its seed determines.
pub struct Rng(u64);

impl Rng {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, all equally likely. `limit` is at least 1 and below 2^32.
    pub fn below(&mut self, limit: usize) -> usize {
        (((self.next() >> 32) * limit as u64) >> 32) as usize
    }

    /// True in `percent` of 100 cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// True in one of `n` cases.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of `choices`, all equally likely.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// A number from 0 up, each step further with the same chance, on average `mean`.
    pub fn geometric(&mut self, mean: usize) -> usize {
        let mut count = 0;
        while self.below(mean + 1) != 0 {
            count += 1;
        }
        count
    }

    /// A number below `limit`, each octave (0, 1–2, 3–6, …) equally likely: Zipf's law with
    /// exponent 1 but for steps within an octave.
    pub fn zipf(&mut self, limit: usize) -> usize {
        loop {
            let start = 1 << self.below(limit.ilog2() as usize + 1);
            let number = start + self.below(start) - 1;
            if number < limit {
                return number;
            }
        }
    }

    /// A number in `low..=high`, near the middle more likely than at the ends.
    pub fn bell(&mut self, low: usize, high: usize) -> usize {
        let quarter = (high - low) / 4;
        let rest = high - low - 3 * quarter;
        let sum: usize = (0..3).map(|_| self.below(quarter + 1)).sum();
        low + sum + self.below(rest + 1)
    }
}
