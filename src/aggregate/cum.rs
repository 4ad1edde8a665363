//! The innermost loop: adding a sample to every row of its stack, once.

/// cum of every row.
///
/// A row keeps the number of the last sample that it counted, so that a row met twice in a stack
/// counts once. One record a row, so that a frame touches one cache line; the number of sample
/// types is a constant where it is one that Go writes, so that adding is a handful of
/// instructions without a loop.
#[derive(Debug)]
pub(crate) enum Cum {
    One(Vec<Record<1>>),
    Two(Vec<Record<2>>),
    Four(Vec<Record<4>>),
    Many(Strided),
}

impl Default for Cum {
    fn default() -> Self {
        Self::for_types(0)
    }
}

impl Cum {
    /// For samples with so many values.
    pub(crate) fn for_types(types: usize) -> Self {
        match types {
            1 => Self::One(Vec::new()),
            2 => Self::Two(Vec::new()),
            4 => Self::Four(Vec::new()),
            _ => Self::Many(Strided {
                types,
                cells: Vec::new(),
            }),
        }
    }

    /// The sums of a row.
    pub(crate) fn sums(&self, row: u32) -> &[i64] {
        match self {
            Self::One(rows) => rows.sums(row),
            Self::Two(rows) => rows.sums(row),
            Self::Four(rows) => rows.sums(row),
            Self::Many(rows) => rows.sums(row),
        }
    }

    /// Makes room for so many rows.
    pub(crate) fn grow_to(&mut self, rows: usize) {
        match self {
            Self::One(records) => records.grow_to(rows),
            Self::Two(records) => records.grow_to(rows),
            Self::Four(records) => records.grow_to(rows),
            Self::Many(records) => records.grow_to(rows),
        }
    }

    /// Adds to a row what another thread has counted for it.
    pub(crate) fn add(&mut self, row: u32, sums: &[i64]) {
        match self {
            Self::One(rows) => rows.add(row, sums),
            Self::Two(rows) => rows.add(row, sums),
            Self::Four(rows) => rows.add(row, sums),
            Self::Many(rows) => rows.add(row, sums),
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::One(rows) => rows.capacity() * size_of::<Record<1>>(),
            Self::Two(rows) => rows.capacity() * size_of::<Record<2>>(),
            Self::Four(rows) => rows.capacity() * size_of::<Record<4>>(),
            Self::Many(rows) => rows.cells.capacity() * size_of::<i64>(),
        }
    }
}

/// The values of a sample, or sums of them, in the form that adding them is cheapest in.
///
/// The decoder has checked that even the absolute values fit 64 bits summed up.
pub(crate) trait Values: Clone {
    /// Adds other values.
    fn add(&mut self, other: &Self);

    /// What was added since these were `earlier`.
    fn since(&self, earlier: &Self) -> Self;
}

/// Rows that can count a sample.
pub(crate) trait Counters {
    type Values: Values;

    /// Takes a sample's values, once for all its frames.
    fn values(&self, values: &[i64]) -> Self::Values;

    /// No values.
    fn zero(&self) -> Self::Values;

    /// Makes room for so many rows.
    fn grow_to(&mut self, rows: usize);

    /// Adds the values of sample number `sample` to a row, unless it has them already or is held.
    fn count(&mut self, row: u32, sample: u64, values: &Self::Values);

    /// Keeps a row from counting; `false` when it is held already.
    fn hold(&mut self, row: u32) -> bool;

    /// Adds what a held row has missed, up to and with sample number `sample`.
    fn release(&mut self, row: u32, sample: u64, missed: &Self::Values);

    /// What a row has counted.
    fn sums(&self, row: u32) -> &[i64];

    /// Adds to a row what another thread has counted for it.
    fn add(&mut self, row: u32, sums: &[i64]);
}

/// In place of a sample's number: the row is held.
const HELD: u64 = u64::MAX;

/// One row, for a fixed number of sample types.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<const TYPES: usize> {
    last_sample: u64,
    sums: [i64; TYPES],
}

impl<const TYPES: usize> Values for [i64; TYPES] {
    #[inline(always)]
    fn add(&mut self, other: &Self) {
        for (sum, value) in self.iter_mut().zip(other) {
            *sum = sum.wrapping_add(*value);
        }
    }

    #[inline(always)]
    fn since(&self, earlier: &Self) -> Self {
        let mut since = *self;
        for (value, earlier) in since.iter_mut().zip(earlier) {
            *value = value.wrapping_sub(*earlier);
        }
        since
    }
}

impl<const TYPES: usize> Counters for Vec<Record<TYPES>> {
    /// Copied, so that they can stay in registers.
    type Values = [i64; TYPES];

    #[inline]
    fn values(&self, values: &[i64]) -> [i64; TYPES] {
        // All samples of a profile have the same number of values.
        values.try_into().unwrap_or([0; TYPES])
    }

    fn zero(&self) -> [i64; TYPES] {
        [0; TYPES]
    }

    fn grow_to(&mut self, rows: usize) {
        if rows > self.len() {
            let record = Record {
                last_sample: 0,
                sums: [0; TYPES],
            };
            self.resize(rows, record);
        }
    }

    #[inline(always)]
    fn count(&mut self, row: u32, sample: u64, values: &[i64; TYPES]) {
        let Some(record) = self.get_mut(row as usize) else {
            return;
        };
        // Where programs recurse, whether a row was met before is a coin toss: masking out what
        // must not count is cheaper than branching around it.
        let mask = -i64::from(record.last_sample < sample);
        record.last_sample = record.last_sample.max(sample);
        for (sum, value) in record.sums.iter_mut().zip(values) {
            *sum = sum.wrapping_add(value & mask);
        }
    }

    #[inline(always)]
    fn hold(&mut self, row: u32) -> bool {
        match self.get_mut(row as usize) {
            Some(record) if record.last_sample != HELD => {
                record.last_sample = HELD;
                true
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn release(&mut self, row: u32, sample: u64, missed: &[i64; TYPES]) {
        if let Some(record) = self.get_mut(row as usize) {
            record.last_sample = sample;
            record.sums.add(missed);
        }
    }

    fn sums(&self, row: u32) -> &[i64] {
        self.get(row as usize).map_or(&[], |record| &record.sums)
    }

    fn add(&mut self, row: u32, sums: &[i64]) {
        let sums = self.values(sums);
        if let Some(record) = self.get_mut(row as usize) {
            record.sums.add(&sums);
        }
    }
}

/// Rows for any number of sample types: for each row the last sample, then the sums.
#[derive(Debug)]
pub(crate) struct Strided {
    types: usize,
    cells: Vec<i64>,
}

impl Strided {
    fn row(&mut self, row: u32) -> Option<(&mut i64, &mut [i64])> {
        let stride = self.types + 1;
        let start = row as usize * stride;
        self.cells.get_mut(start..start + stride)?.split_first_mut()
    }
}

impl Values for Vec<i64> {
    fn add(&mut self, other: &Self) {
        super::sites::add_to(self, other);
    }

    fn since(&self, earlier: &Self) -> Self {
        let earlier = earlier.iter().chain(std::iter::repeat(&0));
        let pairs = self.iter().zip(earlier);
        pairs.map(|(now, then)| now.wrapping_sub(*then)).collect()
    }
}

impl Counters for Strided {
    type Values = Vec<i64>;

    fn values(&self, values: &[i64]) -> Vec<i64> {
        values.to_vec()
    }

    fn zero(&self) -> Vec<i64> {
        vec![0; self.types]
    }

    fn grow_to(&mut self, rows: usize) {
        let cells = rows * (self.types + 1);
        if cells > self.cells.len() {
            self.cells.resize(cells, 0);
        }
    }

    fn count(&mut self, row: u32, sample: u64, values: &Vec<i64>) {
        if let Some((last_sample, _)) = self.row(row)
            && last_sample.cast_unsigned() < sample
        {
            self.release(row, sample, values);
        }
    }

    fn hold(&mut self, row: u32) -> bool {
        match self.row(row) {
            Some((last_sample, _)) if last_sample.cast_unsigned() != HELD => {
                *last_sample = HELD.cast_signed();
                true
            }
            _ => false,
        }
    }

    fn release(&mut self, row: u32, sample: u64, missed: &Vec<i64>) {
        if let Some((last_sample, _)) = self.row(row) {
            *last_sample = sample.cast_signed();
            self.add(row, missed);
        }
    }

    fn sums(&self, row: u32) -> &[i64] {
        let start = row as usize * (self.types + 1) + 1;
        self.cells
            .get(start..start + self.types)
            .unwrap_or_default()
    }

    fn add(&mut self, row: u32, sums: &[i64]) {
        if let Some((_, total)) = self.row(row) {
            for (total, sum) in total.iter_mut().zip(sums) {
                *total = total.wrapping_add(*sum);
            }
        }
    }
}
