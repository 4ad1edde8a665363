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

    pub(crate) fn heap_bytes(&self) -> usize {
        match self {
            Self::One(rows) => rows.capacity() * size_of::<Record<1>>(),
            Self::Two(rows) => rows.capacity() * size_of::<Record<2>>(),
            Self::Four(rows) => rows.capacity() * size_of::<Record<4>>(),
            Self::Many(rows) => rows.cells.capacity() * size_of::<i64>(),
        }
    }
}

/// Rows that can count a sample.
pub(crate) trait Counters {
    /// The values of a sample, in the form that adding them is cheapest in.
    type Values<'v>: Copy;

    /// Takes a sample's values, once for all its frames.
    fn values<'v>(&self, values: &'v [i64]) -> Self::Values<'v>;

    /// Makes room for so many rows.
    fn grow_to(&mut self, rows: usize);

    /// Adds the values of sample number `sample` to a row, unless it has them already.
    fn count(&mut self, row: u32, sample: u64, values: Self::Values<'_>);

    /// What a row has counted.
    fn sums(&self, row: u32) -> &[i64];
}

/// One row, for a fixed number of sample types.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<const TYPES: usize> {
    last_sample: u64,
    sums: [i64; TYPES],
}

impl<const TYPES: usize> Counters for Vec<Record<TYPES>> {
    /// Copied, so that they can stay in registers.
    type Values<'v> = [i64; TYPES];

    #[inline]
    fn values(&self, values: &[i64]) -> [i64; TYPES] {
        // All samples of a profile have the same number of values.
        values.try_into().unwrap_or([0; TYPES])
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
    fn count(&mut self, row: u32, sample: u64, values: [i64; TYPES]) {
        let Some(record) = self.get_mut(row as usize) else {
            return;
        };
        // Where programs recurse, whether a row was met before is a coin toss: masking out what
        // must not count is cheaper than branching around it.
        let mask = -i64::from(record.last_sample != sample);
        record.last_sample = sample;
        for (sum, value) in record.sums.iter_mut().zip(values) {
            // The decoder has checked that even the absolute values fit 64 bits summed up.
            *sum = sum.wrapping_add(value & mask);
        }
    }

    fn sums(&self, row: u32) -> &[i64] {
        self.get(row as usize).map_or(&[], |record| &record.sums)
    }
}

/// Rows for any number of sample types: for each row the last sample, then the sums.
#[derive(Debug)]
pub(crate) struct Strided {
    types: usize,
    cells: Vec<i64>,
}

impl Strided {
    fn stride(&self) -> usize {
        self.types + 1
    }
}

impl Counters for Strided {
    type Values<'v> = &'v [i64];

    fn values<'v>(&self, values: &'v [i64]) -> &'v [i64] {
        values
    }

    fn grow_to(&mut self, rows: usize) {
        let cells = rows * self.stride();
        if cells > self.cells.len() {
            self.cells.resize(cells, 0);
        }
    }

    fn count(&mut self, row: u32, sample: u64, values: &[i64]) {
        let stride = self.stride();
        let start = row as usize * stride;
        if let Some([last_sample, sums @ ..]) = self.cells.get_mut(start..start + stride)
            && *last_sample != sample.cast_signed()
        {
            *last_sample = sample.cast_signed();
            for (sum, &value) in sums.iter_mut().zip(values) {
                *sum = sum.wrapping_add(value);
            }
        }
    }

    fn sums(&self, row: u32) -> &[i64] {
        let start = row as usize * self.stride() + 1;
        self.cells
            .get(start..start + self.types)
            .unwrap_or_default()
    }
}
