//! A writer of pprof's wire format that can also write what no sound writer would.
//!
//! A [`Profile`] is plain data with raw ids and string indexes, so a case can set any of them
//! wrong. [`Profile::fields`] gives the fields of the outermost message one by one, so a case can
//! replace the bytes of one and still know where every other one stands.

/// `value` as a varint in its shortest form.
pub fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// `value` as a varint of ten bytes, the last ones without effect.
pub fn padded(value: u64) -> Vec<u8> {
    (0..10)
        .map(|index| {
            let group = value.checked_shr(7 * index).unwrap_or(0) as u8 & 0x7f;
            if index < 9 { group | 0x80 } else { group }
        })
        .collect()
}

pub const VARINT: u64 = 0;
pub const I64: u64 = 1;
pub const LEN: u64 = 2;
pub const I32: u64 = 5;

pub fn tag(field: u64, wire: u64) -> Vec<u8> {
    varint(field << 3 | wire)
}

/// A message in the making.
#[derive(Clone, Default)]
pub struct Msg {
    pub bytes: Vec<u8>,
    /// Whether all varints (tags, lengths, numbers) are written in ten bytes.
    padded: bool,
}

impl Msg {
    pub fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, value: u64) {
        self.bytes.extend(if self.padded {
            padded(value)
        } else {
            varint(value)
        });
    }

    pub fn number(mut self, field: u64, value: u64) -> Self {
        self.push(field << 3 | VARINT);
        self.push(value);
        self
    }

    /// Leaves 0 out, as every writer does.
    fn optional(self, field: u64, value: u64) -> Self {
        if value == 0 {
            self
        } else {
            self.number(field, value)
        }
    }

    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.push(field << 3 | LEN);
        self.push(bytes.len() as u64);
        self.bytes.extend(bytes);
        self
    }

    pub fn message(self, field: u64, message: &Msg) -> Self {
        self.bytes(field, &message.bytes)
    }

    pub fn numbers(mut self, field: u64, values: &[u64], style: Style) -> Self {
        let pack = match style.packing {
            Packing::Always => !values.is_empty(),
            Packing::Long => values.len() > 2,
            Packing::Never => false,
        };
        if !pack {
            return values
                .iter()
                .fold(self, |message, &value| message.number(field, value));
        }
        let mut list = Msg {
            padded: self.padded,
            ..Msg::new()
        };
        values.iter().for_each(|&value| list.push(value));
        self.push(field << 3 | LEN);
        self.push(list.bytes.len() as u64);
        self.bytes.extend(list.bytes);
        self
    }

    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend(bytes);
        self
    }
}

#[derive(Clone, Copy)]
enum Packing {
    Always,
    /// As google/pprof: from three numbers on.
    Long,
    Never,
}

/// How numbers are written.
#[derive(Clone, Copy)]
pub struct Style {
    packing: Packing,
    padded: bool,
}

/// The orders in which known writers write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Go's runtime: each location before the first sample that needs it and before its own
    /// functions, mappings and strings last.
    Go,
    /// google/pprof: tables in the order of their numbers, samples first, strings behind.
    Google,
    /// Others: strings first, samples last, no list packed.
    StringsFirst,
}

pub const LAYOUTS: [Layout; 3] = [Layout::Go, Layout::Google, Layout::StringsFirst];

impl Layout {
    fn style(self) -> Style {
        Style {
            packing: match self {
                Layout::Go => Packing::Always,
                Layout::Google => Packing::Long,
                Layout::StringsFirst => Packing::Never,
            },
            padded: false,
        }
    }
}

#[derive(Clone, Default)]
pub struct Label {
    pub key: u64,
    pub text: u64,
    pub number: i64,
    pub unit: u64,
}

#[derive(Clone, Default)]
pub struct Sample {
    pub stack: Vec<u64>,
    pub values: Vec<i64>,
    pub labels: Vec<Label>,
}

#[derive(Clone, Default)]
pub struct Mapping {
    pub id: u64,
    pub file: u64,
    pub build_id: u64,
}

#[derive(Clone, Default)]
pub struct Location {
    pub id: u64,
    pub mapping: u64,
    /// Function id and line number.
    pub lines: Vec<(u64, i64)>,
}

#[derive(Clone, Default)]
pub struct Function {
    pub id: u64,
    pub name: u64,
    pub system_name: u64,
    pub file: u64,
    pub start_line: i64,
}

/// A profile as data: any id or index may be wrong.
#[derive(Clone, Default)]
pub struct Profile {
    pub types: Vec<(u64, u64)>,
    pub samples: Vec<Sample>,
    pub mappings: Vec<Mapping>,
    pub locations: Vec<Location>,
    pub functions: Vec<Function>,
    pub strings: Vec<Vec<u8>>,
    pub drop_frames: u64,
    pub keep_frames: u64,
    pub time: i64,
    pub duration: i64,
    pub period_type: (u64, u64),
    pub period: i64,
    pub comments: Vec<u64>,
    pub default_type: u64,
    pub doc_url: u64,
}

/// Field numbers of the outermost message.
pub mod field {
    pub const SAMPLE: u64 = 2;
    pub const MAPPING: u64 = 3;
    pub const LOCATION: u64 = 4;
    pub const FUNCTION: u64 = 5;
    pub const STRING: u64 = 6;
}

impl Profile {
    /// A small heap profile of four types, three samples, inlining, a label and a mapping.
    pub fn small() -> Self {
        let mut profile = Self::default();
        let mut s = |text: &str| profile.intern(text);
        s("");
        let types = vec![
            (s("alloc_objects"), s("count")),
            (s("alloc_space"), s("bytes")),
            (s("inuse_objects"), s("count")),
            (s("inuse_space"), s("bytes")),
        ];
        let period_type = (s("space"), s("bytes"));
        let function = |id, name, file, start_line| Function {
            id,
            name,
            system_name: name,
            file,
            start_line,
        };
        let functions = vec![
            function(1, s("main.work"), s("/src/app/work.go"), 10),
            function(2, s("main.main"), s("/src/app/main.go"), 5),
            function(3, s("runtime.main"), s("/go/src/runtime/proc.go"), 147),
        ];
        let mappings = vec![Mapping {
            id: 1,
            file: s("/bin/app"),
            build_id: s("0123456789abcdef"),
        }];
        let bytes = s("bytes");
        let location = |id, lines: &[(u64, i64)]| Location {
            id,
            mapping: 1,
            lines: lines.to_vec(),
        };
        let sample = |stack: &[u64], values: [i64; 4], size| Sample {
            stack: stack.to_vec(),
            values: values.to_vec(),
            labels: vec![Label {
                key: bytes,
                number: size,
                ..Label::default()
            }],
        };
        Self {
            types,
            samples: vec![
                sample(&[1, 2, 3], [8193, 524_352, 0, 0], 64),
                sample(&[1, 3], [513, 525_312, 513, 525_312], 1024),
                sample(&[2, 3], [1, 1_048_576, 1, 1_048_576], 1_048_576),
            ],
            mappings,
            locations: vec![
                location(1, &[(1, 12)]),
                location(2, &[(1, 14), (2, 7)]),
                location(3, &[(3, 283)]),
            ],
            functions,
            time: 1_700_000_000_000_000_000,
            period_type,
            period: 524_288,
            ..profile
        }
    }

    /// The index of a string, which is added if it is new.
    pub fn intern(&mut self, text: impl AsRef<[u8]>) -> u64 {
        let text = text.as_ref();
        let index = self.strings.iter().position(|string| string == text);
        index.unwrap_or_else(|| {
            self.strings.push(text.to_vec());
            self.strings.len() - 1
        }) as u64
    }

    /// The sum of absolute values, which is what pprof calls the total.
    pub fn totals(&self) -> Vec<i64> {
        let mut totals = vec![0; self.types.len()];
        for sample in &self.samples {
            for (total, value) in totals.iter_mut().zip(&sample.values) {
                *total += value.abs();
            }
        }
        totals
    }

    pub fn bytes(&self, layout: Layout) -> Vec<u8> {
        self.fields(layout).bytes()
    }

    /// The fields of the outermost message in the order of a layout.
    pub fn fields(&self, layout: Layout) -> Fields {
        self.fields_in(layout, layout.style())
    }

    /// As [`Profile::fields`], every varint written in ten bytes.
    pub fn padded_fields(&self, layout: Layout) -> Fields {
        let style = Style {
            padded: true,
            ..layout.style()
        };
        self.fields_in(layout, style)
    }

    fn fields_in(&self, layout: Layout, style: Style) -> Fields {
        let mut out = Fields {
            fields: Vec::new(),
            style,
        };
        match layout {
            Layout::Go => {
                self.header(&mut out);
                let mut done: Vec<u64> = Vec::new();
                for sample in &self.samples {
                    for id in &sample.stack {
                        self.go_location(*id, &mut done, &mut out);
                    }
                    out.message(2, self.sample(sample, style));
                }
                // What no sample needs is there, too.
                for location in &self.locations {
                    self.go_location(location.id, &mut done, &mut out);
                }
                self.scalars(&mut out);
                self.mappings(&mut out);
                self.strings(&mut out);
            }
            Layout::Google => {
                self.sample_types(&mut out);
                self.samples(&mut out);
                self.mappings(&mut out);
                self.locations(&mut out);
                self.functions(&mut out);
                self.strings(&mut out);
                self.scalars(&mut out);
                self.period(&mut out);
            }
            Layout::StringsFirst => {
                self.strings(&mut out);
                self.header(&mut out);
                self.functions(&mut out);
                self.locations(&mut out);
                self.mappings(&mut out);
                self.scalars(&mut out);
                self.samples(&mut out);
            }
        }
        out
    }

    fn header(&self, out: &mut Fields) {
        self.period(out);
        self.sample_types(out);
    }

    fn period(&self, out: &mut Fields) {
        if self.period_type != (0, 0) {
            let (kind, unit) = self.period_type;
            out.message(11, out.blank().optional(1, kind).optional(2, unit));
        }
        out.number(12, self.period as u64);
    }

    fn sample_types(&self, out: &mut Fields) {
        for &(kind, unit) in &self.types {
            out.message(1, out.blank().optional(1, kind).optional(2, unit));
        }
    }

    fn samples(&self, out: &mut Fields) {
        for sample in &self.samples {
            out.message(2, self.sample(sample, out.style));
        }
    }

    fn sample(&self, sample: &Sample, style: Style) -> Msg {
        let new = || Msg {
            padded: style.padded,
            ..Msg::new()
        };
        let values: Vec<u64> = sample.values.iter().map(|&value| value as u64).collect();
        let message = new()
            .numbers(1, &sample.stack, style)
            .numbers(2, &values, style);
        sample.labels.iter().fold(message, |message, label| {
            let label = new()
                .optional(1, label.key)
                .optional(2, label.text)
                .optional(3, label.number as u64)
                .optional(4, label.unit);
            message.message(3, &label)
        })
    }

    fn mappings(&self, out: &mut Fields) {
        for mapping in &self.mappings {
            let message = out
                .blank()
                .optional(1, mapping.id)
                .number(2, 0x40_0000)
                .number(3, 0x80_0000)
                .optional(5, mapping.file)
                .optional(6, mapping.build_id)
                .number(7, 1);
            out.message(3, message);
        }
    }

    fn location(&self, location: &Location, out: &mut Fields) {
        let message = out
            .blank()
            .optional(1, location.id)
            .optional(2, location.mapping)
            .number(3, 0x40_1000 + location.id % 0x1000);
        let message = location.lines.iter().fold(message, |message, &(id, line)| {
            let line = out.blank().optional(1, id).optional(2, line as u64);
            message.message(4, &line)
        });
        out.message(4, message);
    }

    fn locations(&self, out: &mut Fields) {
        for location in &self.locations {
            self.location(location, out);
        }
    }

    fn function(&self, function: &Function, out: &mut Fields) {
        let message = out
            .blank()
            .optional(1, function.id)
            .optional(2, function.name)
            .optional(3, function.system_name)
            .optional(4, function.file)
            .optional(5, function.start_line as u64);
        out.message(5, message);
    }

    fn functions(&self, out: &mut Fields) {
        for function in &self.functions {
            self.function(function, out);
        }
    }

    /// A location and the functions that it is the first to need.
    fn go_location(&self, id: u64, done: &mut Vec<u64>, out: &mut Fields) {
        if done.contains(&id) {
            return;
        }
        let known = |done: &[u64], function| {
            let mut before = self.locations.iter().filter(|l| done.contains(&l.id));
            before.any(|l| l.lines.iter().any(|line| line.0 == function))
        };
        for location in self.locations.iter().filter(|location| location.id == id) {
            self.location(location, out);
        }
        let mut written: Vec<u64> = Vec::new();
        for location in self.locations.iter().filter(|location| location.id == id) {
            for &(function, _) in &location.lines {
                if !known(done, function) && !written.contains(&function) {
                    written.push(function);
                    for function in self.functions.iter().filter(|f| f.id == function) {
                        self.function(function, out);
                    }
                }
            }
        }
        done.push(id);
    }

    fn strings(&self, out: &mut Fields) {
        for string in &self.strings {
            out.message(6, Msg::new().raw(string));
        }
    }

    fn scalars(&self, out: &mut Fields) {
        for (number, value) in [
            (7, self.drop_frames),
            (8, self.keep_frames),
            (9, self.time as u64),
            (10, self.duration as u64),
        ] {
            out.number(number, value);
        }
        let comments = out.blank().numbers(13, &self.comments, out.style);
        if !comments.bytes.is_empty() {
            out.push(13, comments.bytes, 0);
        }
        out.number(14, self.default_type);
        out.number(15, self.doc_url);
    }
}

/// One field of the outermost message.
#[derive(Clone)]
pub struct Field {
    pub number: u64,
    /// Tag, length and payload.
    pub bytes: Vec<u8>,
    /// How many of them are tag and length.
    pub head: usize,
}

/// The outermost message, field by field.
#[derive(Clone)]
pub struct Fields {
    pub fields: Vec<Field>,
    style: Style,
}

impl Fields {
    fn blank(&self) -> Msg {
        Msg {
            padded: self.style.padded,
            ..Msg::new()
        }
    }

    fn push(&mut self, number: u64, bytes: Vec<u8>, payload: usize) {
        let head = bytes.len() - payload;
        self.fields.push(Field {
            number,
            bytes,
            head,
        });
    }

    fn message(&mut self, number: u64, message: Msg) {
        let bytes = self.blank().message(number, &message).bytes;
        self.push(number, bytes, message.bytes.len());
    }

    fn number(&mut self, number: u64, value: u64) {
        if value != 0 {
            let bytes = self.blank().number(number, value).bytes;
            self.push(number, bytes, 0);
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.fields
            .iter()
            .flat_map(|field| field.bytes.iter().copied())
            .collect()
    }

    /// The place among the fields of the `nth` one (from 0) with this number.
    pub fn index(&self, number: u64, nth: usize) -> usize {
        let mut matching = (0..self.fields.len()).filter(|&i| self.fields[i].number == number);
        matching.nth(nth).expect("the field is there")
    }

    /// Where the tag of a field stands.
    pub fn at(&self, number: u64, nth: usize) -> usize {
        let index = self.index(number, nth);
        self.fields[..index].iter().map(|f| f.bytes.len()).sum()
    }

    /// Where the payload of a field stands.
    pub fn body_at(&self, number: u64, nth: usize) -> usize {
        self.at(number, nth) + self.fields[self.index(number, nth)].head
    }

    pub fn body(&self, number: u64, nth: usize) -> &[u8] {
        let field = &self.fields[self.index(number, nth)];
        &field.bytes[field.head..]
    }

    /// Puts other bytes (tag, length, payload) in the place of a field.
    pub fn replace(mut self, number: u64, nth: usize, bytes: &[u8]) -> Self {
        let index = self.index(number, nth);
        self.fields[index].bytes = bytes.to_vec();
        self
    }

    /// Gives a record another payload, under the right length.
    pub fn with_body(self, number: u64, nth: usize, body: &[u8]) -> Self {
        let bytes = Msg::new().bytes(number, body).bytes;
        let head = bytes.len() - body.len();
        let index = self.index(number, nth);
        let mut fields = self.replace(number, nth, &bytes);
        fields.fields[index].head = head;
        fields
    }
}
