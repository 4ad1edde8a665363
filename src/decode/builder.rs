//! Gathering tables from the fields of the outermost message.

use super::error::{Malformed, Problem, Record};
use super::ids::IdMap;
use super::message::{Message, without_ordinal};
use super::stream::TopField;
use super::strings::StringId;
use super::tables::{Function, Line, Location, Mapping, Tables, ValueType};
use super::tally::Tally;
use super::watch::IndexWatch;
use super::wire::{Field, Payload};

/// As many as there may be values in a sample.
const MAX_SAMPLE_TYPES: usize = 65_536;

/// Lines that one location may have: more calls inlined into each other than any compiler makes.
const MAX_LINES: usize = 1_000;

/// Gathers [`Tables`] from the fields of the outermost message.
#[derive(Debug, Default)]
pub(crate) struct TablesBuilder {
    tables: Tables,
    watch: IndexWatch,
    /// Where the first sample stands.
    first_sample: u64,
    /// The number of the first field of all but the samples.
    first_field: Option<u64>,
    /// Where the run of header fields going on now began.
    header_run: Option<u64>,
    /// Where a second profile seems to begin.
    second_profile: Option<u64>,
    first_string: Option<u64>,
    strings_after_types: bool,
    /// Where the sample types stand.
    sample_types_at: Vec<u64>,
}

/// Whether the payload of this field of `Profile` is ever looked at.
pub(crate) fn is_known(number: u64) -> bool {
    (1..=15).contains(&number)
}

impl TablesBuilder {
    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Notes that so many samples stand next, the first at `at`, before they are parsed.
    #[inline]
    pub(crate) fn note_samples(&mut self, count: usize, at: u64) {
        self.header_run = None;
        if self.tables.samples == 0 {
            self.first_sample = at;
        }
        self.tables.samples += count as u64;
    }

    /// Takes in any field of the outermost message but a sample.
    pub(crate) fn field(&mut self, top: &TopField<'_>) -> Result<(), Box<Malformed>> {
        let ordinal = match top.number {
            1 => self.tables.sample_types.len(),
            3 => self.tables.mappings.len(),
            4 => self.tables.locations.len(),
            5 => self.tables.functions.len(),
            _ => 0,
        } as u64
            + 1;
        let outer = Message {
            bytes: &[],
            start: top.at,
            base: top.at,
            record: Record::Profile,
            ordinal,
        };
        let field = Field {
            number: top.number,
            payload: top.payload,
            at: 0,
            // Relative to `outer`, like `at`; heads are at most twenty bytes long.
            payload_at: usize::try_from(top.payload_at - top.at).unwrap_or(0),
        };
        self.note_header_run(top);
        let nested = |name, record| {
            let nested = outer.nested(&field, name, record, ordinal);
            nested.map_err(without_ordinal)
        };
        match top.number {
            1 => {
                self.note_second_profile(top.at);
                let value_type = self.value_type(nested("sample_type", Record::SampleType)?)?;
                if self.tables.sample_types.len() >= MAX_SAMPLE_TYPES {
                    let limit = MAX_SAMPLE_TYPES;
                    let error = outer.error(0, "sample_type", Problem::TooMany { limit });
                    return Err(without_ordinal(error));
                }
                self.tables.sample_types.push(value_type);
                self.sample_types_at.push(top.at);
            }
            3 => self.mapping(nested("mapping", Record::Mapping)?)?,
            4 => self.location(nested("location", Record::Location)?)?,
            5 => self.function(nested("function", Record::Function)?)?,
            6 => match top.payload {
                Payload::Bytes(string) => {
                    self.first_string.get_or_insert(top.at);
                    self.strings_after_types |= !self.tables.sample_types.is_empty();
                    self.tables.strings.push(string);
                }
                other => {
                    return Err(without_ordinal(outer.wrong_type(
                        0,
                        "string_table",
                        other,
                        "LEN",
                    )));
                }
            },
            11 => {
                self.tables.period_type =
                    self.value_type(nested("period_type", Record::PeriodType)?)?
            }
            13 => {
                let watch = &mut self.watch;
                outer
                    .numbers(&field, "comment", |index| {
                        watch.index(index, &outer, 0, "comment");
                    })
                    .map_err(without_ordinal)?;
            }
            _ => self.scalar(&outer, &field).map_err(without_ordinal)?,
        }
        Ok(())
    }

    /// What two profiles in one input first lead to, put as what it is.
    #[cold]
    pub(crate) fn explain(&self, mut error: Box<Malformed>) -> Box<Malformed> {
        match (self.second_profile, &mut error.problem) {
            (Some(second), Problem::DuplicateId { .. } | Problem::ValueCount { .. }) => {
                return concatenated(second);
            }
            (_, Problem::ValueCount { types, .. }) if !self.tables.sample_types.is_empty() => {
                *types = self.tables.sample_types.len();
            }
            _ => {}
        }
        error
    }

    fn scalar(&mut self, outer: &Message<'_>, field: &Field<'_>) -> Result<(), Box<Malformed>> {
        match field.number {
            7 => self.tables.drop_frames = self.watch.string(outer, field, "drop_frames")?,
            8 => _ = self.watch.string(outer, field, "keep_frames")?,
            9 => {
                // google/pprof's own test for two profiles in one input.
                let time = outer.number(field, "time_nanos")?.cast_signed();
                if self.tables.time_nanos != 0 {
                    return Err(concatenated(self.second_profile.unwrap_or(outer.base)));
                }
                self.tables.time_nanos = time;
            }
            10 => self.tables.duration_nanos = outer.number(field, "duration_nanos")?.cast_signed(),
            12 => self.tables.period = outer.number(field, "period")?.cast_signed(),
            14 => {
                self.tables.default_sample_type =
                    self.watch.string(outer, field, "default_sample_type")?;
            }
            15 => _ = self.watch.string(outer, field, "doc_url")?,
            _ => {}
        }
        Ok(())
    }

    /// Keeps `header_run` within the consecutive fields 1, 11 and 12, with which Go and
    /// google/pprof begin a profile, at the first that is of the kind this profile began with:
    /// google/pprof ends one with 11 and 12, too.
    fn note_header_run(&mut self, top: &TopField<'_>) {
        let first = *self.first_field.get_or_insert(top.number);
        if matches!(top.number, 1 | 11 | 12) {
            if top.number == first {
                self.header_run.get_or_insert(top.at);
            }
        } else {
            self.header_run = None;
        }
    }

    /// A sample type behind strings that stand behind sample types: no writer does that within
    /// one profile. Some write all strings first.
    fn note_second_profile(&mut self, at: u64) {
        if self.strings_after_types {
            self.second_profile
                .get_or_insert(self.header_run.unwrap_or(at));
        }
    }

    fn value_type(&mut self, message: Message<'_>) -> Result<ValueType, Box<Malformed>> {
        let mut value_type = ValueType::default();
        let mut cursor = message.cursor();
        while let Some(field) = message.next(&mut cursor)? {
            match field.number {
                1 => value_type.kind = self.watch.string(&message, &field, "type")?,
                2 => value_type.unit = self.watch.string(&message, &field, "unit")?,
                _ => {}
            }
        }
        Ok(value_type)
    }

    fn mapping(&mut self, message: Message<'_>) -> Result<(), Box<Malformed>> {
        let mut id = 0;
        let mut mapping = Mapping {
            file: StringId::EMPTY,
            build_id: StringId::EMPTY,
            start: 0,
            limit: 0,
            file_offset: 0,
            offset: message.start,
        };
        let mut cursor = message.cursor();
        while let Some(field) = message.next(&mut cursor)? {
            match field.number {
                1 => id = message.number(&field, "id")?,
                2 => mapping.start = message.number(&field, "memory_start")?,
                3 => mapping.limit = message.number(&field, "memory_limit")?,
                4 => mapping.file_offset = message.number(&field, "file_offset")?,
                5 => mapping.file = self.watch.string(&message, &field, "filename")?,
                6 => mapping.build_id = self.watch.string(&message, &field, "build_id")?,
                7 => _ = message.number(&field, "has_functions")?,
                8 => _ = message.number(&field, "has_filenames")?,
                9 => _ = message.number(&field, "has_line_numbers")?,
                10 => _ = message.number(&field, "has_inline_frames")?,
                _ => {}
            }
        }
        let Tables {
            mappings,
            mapping_ids,
            ..
        } = &mut self.tables;
        insert(&message, id, mapping, mappings, mapping_ids, |mapping| {
            mapping.offset
        })
    }

    fn location(&mut self, message: Message<'_>) -> Result<(), Box<Malformed>> {
        let Tables {
            locations,
            location_ids,
            lines,
            ..
        } = &mut self.tables;
        let first_line = lines.len();
        let (mut id, mut mapping, mut address) = (0, 0, 0);
        let mut cursor = message.cursor();
        while let Some(field) = message.next(&mut cursor)? {
            match field.number {
                1 => id = message.number(&field, "id")?,
                2 => mapping = message.number(&field, "mapping_id")?,
                3 => address = message.number(&field, "address")?,
                4 => {
                    lines.push(parse_line(message.nested(
                        &field,
                        "line",
                        Record::Line,
                        message.ordinal,
                    )?)?);
                    if lines.len() - first_line > MAX_LINES {
                        let limit = MAX_LINES;
                        return Err(message.record_error("line", Problem::TooMany { limit }));
                    }
                }
                5 => _ = message.number(&field, "is_folded")?,
                _ => {}
            }
        }
        let too_many = |_| {
            message.error(
                0,
                "line",
                Problem::TooMany {
                    limit: u32::MAX as usize,
                },
            )
        };
        let location = Location {
            id,
            mapping,
            address,
            first_line: u32::try_from(first_line).map_err(too_many)?,
            lines: u32::try_from(lines.len() - first_line).map_err(too_many)?,
            offset: message.start,
        };
        insert(
            &message,
            id,
            location,
            locations,
            location_ids,
            |location| location.offset,
        )
    }

    fn function(&mut self, message: Message<'_>) -> Result<(), Box<Malformed>> {
        let mut id = 0;
        let mut function = Function {
            name: StringId::EMPTY,
            file: StringId::EMPTY,
            start_line: 0,
            offset: message.start,
        };
        let mut cursor = message.cursor();
        while let Some(field) = message.next(&mut cursor)? {
            match field.number {
                1 => id = message.number(&field, "id")?,
                2 => function.name = self.watch.string(&message, &field, "name")?,
                3 => _ = self.watch.string(&message, &field, "system_name")?,
                4 => function.file = self.watch.string(&message, &field, "filename")?,
                5 => function.start_line = message.number(&field, "start_line")?.cast_signed(),
                _ => {}
            }
        }
        let Tables {
            functions,
            function_ids,
            ..
        } = &mut self.tables;
        insert(
            &message,
            id,
            function,
            functions,
            function_ids,
            |function| function.offset,
        )
    }

    /// The tables, once the stream has ended and everything that needed all of it was checked.
    ///
    /// Without a tally the samples are yet to be looked at.
    pub(crate) fn finish(self, tally: Option<Tally>) -> Result<Tables, Box<Malformed>> {
        let Self {
            mut tables,
            mut watch,
            first_sample,
            second_profile,
            first_string,
            sample_types_at,
            ..
        } = self;
        let whole = |offset, record, field, problem| {
            Err(Box::new(Malformed {
                offset,
                record,
                ordinal: None,
                field,
                problem,
            }))
        };
        if tables.sample_types.is_empty() {
            return whole(0, Record::Profile, "sample_type", Problem::NoSampleTypes);
        }
        let types = tables.sample_types.len();
        if let Some(tally) = tally {
            watch.join(tally.watch);
            tables.totals = tally.totals;
        }
        if tables.totals.is_empty() {
            tables.totals.resize(types, 0);
        }
        if tables.totals.len() != types {
            if let Some(second) = second_profile {
                return Err(concatenated(second));
            }
            return Err(Box::new(Malformed {
                offset: first_sample,
                record: Record::Sample,
                ordinal: Some(1),
                field: "value",
                problem: Problem::ValueCount {
                    values: tables.totals.len(),
                    types,
                },
            }));
        }
        if tables.strings.is_empty() {
            return whole(0, Record::Profile, "string_table", Problem::NoStrings);
        }
        if !tables.strings.get(StringId::EMPTY).is_empty() {
            let offset = first_string.unwrap_or(0);
            return whole(
                offset,
                Record::Profile,
                "string_table",
                Problem::FirstStringNotEmpty,
            );
        }
        watch.check(tables.strings.len())?;
        check_sample_type_names(&tables, &sample_types_at)
            .map_err(|error| second_profile.map_or(error, concatenated))?;
        check_lines(&tables)?;
        Ok(tables)
    }
}

fn parse_line(message: Message<'_>) -> Result<Line, Box<Malformed>> {
    let mut line = Line {
        function: 0,
        line: 0,
    };
    let mut cursor = message.cursor();
    while let Some(field) = message.next(&mut cursor)? {
        match field.number {
            1 => line.function = message.number(&field, "function_id")?,
            2 => line.line = message.number(&field, "line")?.cast_signed(),
            3 => _ = message.number(&field, "column")?,
            _ => {}
        }
    }
    Ok(line)
}

/// Adds an entry to a table under its id, which must be new and not 0.
fn insert<T>(
    message: &Message<'_>,
    id: u64,
    entry: T,
    table: &mut Vec<T>,
    ids: &mut IdMap,
    offset: impl Fn(&T) -> u64,
) -> Result<(), Box<Malformed>> {
    if id == 0 {
        return Err(message.record_error("id", Problem::ReservedId));
    }
    let index = u32::try_from(table.len()).unwrap_or(u32::MAX);
    if let Err(present) = ids.insert(id, index) {
        let first = table.get(present as usize).map_or(0, offset);
        return Err(message.record_error("id", Problem::DuplicateId { id, first }));
    }
    table.push(entry);
    Ok(())
}

/// Every line must name a function. Go writes functions after the location that needs them, so
/// this waits for the end.
fn check_lines(tables: &Tables) -> Result<(), Box<Malformed>> {
    for (index, location) in tables.locations.iter().enumerate() {
        for line in tables.lines(location) {
            if tables.function_ids.get(line.function).is_none() {
                return Err(Box::new(Malformed {
                    offset: location.offset,
                    record: Record::Location,
                    ordinal: Some(index as u64 + 1),
                    field: "line.function_id",
                    problem: Problem::Dangling {
                        table: Record::Function,
                        id: line.function,
                    },
                }));
            }
        }
    }
    Ok(())
}

fn check_sample_type_names(tables: &Tables, offsets: &[u64]) -> Result<(), Box<Malformed>> {
    let mut seen = hashbrown::HashSet::new();
    for (index, value_type) in tables.sample_types.iter().enumerate() {
        // As text: names that are shown alike are the same key in a report.
        if !seen.insert(tables.text(value_type.kind)) {
            return Err(Box::new(Malformed {
                offset: offsets.get(index).copied().unwrap_or(0),
                record: Record::SampleType,
                ordinal: Some(index as u64 + 1),
                field: "type",
                problem: Problem::DuplicateSampleType(tables.text(value_type.kind).into_owned()),
            }));
        }
    }
    Ok(())
}

#[cold]
fn concatenated(second: u64) -> Box<Malformed> {
    Box::new(Malformed {
        offset: second,
        record: Record::Profile,
        ordinal: None,
        field: "",
        problem: Problem::Concatenated { second },
    })
}
